using System;
using Xunit;

namespace MmKernel.Tests;

/// <summary>Write protection by userfaultfd, and what becomes of it when memory is forked, moved, discarded and reprotected.</summary>
public sealed class UffdWriteProtectTests : UffdTest
{
    [Fact]
    public void Refusals()
    {
        Open(UffdFeatures.None);
        Register(0, 2, UffdRegisterMode.WriteProtect);
        Register(4, 2, UffdRegisterMode.Missing);
        Assert.Equal(Error(Errno.EINVAL), Protect(0, 1, UffdProtectMode.WriteProtect | UffdProtectMode.DontWake));
        Assert.Equal(Error(Errno.EINVAL), Protect(0, 1, (UffdProtectMode)4));
        Assert.Equal(Error(Errno.ENOENT), Protect(4, 1, UffdProtectMode.WriteProtect));
        Assert.Equal(Error(Errno.ENOENT), Process.UffdWriteProtect(Uffd, Elsewhere, PageSize, UffdProtectMode.WriteProtect));
        Assert.Equal(Error(Errno.ENOENT), Protect(0, 3, UffdProtectMode.WriteProtect));
    }

    [Fact]
    public void A_protected_page_can_be_read_and_not_written()
    {
        Open(UffdFeatures.Sigbus);
        Write(Process, 0, 5);
        Register(0, 4, UffdRegisterMode.WriteProtect);
        Assert.Equal(0, Protect(0, 1, UffdProtectMode.WriteProtect));
        Assert.Equal(5UL, Read(Process, 0));
        Assert.Equal(Signal.SIGBUS, TryWrite(Process, 0));
        Assert.Equal(0, Process.Mprotect(Base, 4 * PageSize, Prot.Read));
        Assert.Equal(0, Process.Mprotect(Base, 4 * PageSize, ReadWrite));
        Assert.Equal(Signal.SIGBUS, TryWrite(Process, 0));
        Assert.Equal(0, Protect(0, 1, UffdProtectMode.None));
        Write(Process, 0, 6);
        Truth.Check(Machine, Process);
    }

    [Theory]
    [InlineData(UffdFeatures.Sigbus, false)]
    [InlineData(UffdFeatures.Sigbus | UffdFeatures.WpUnpopulated, true)]
    public void Pages_that_are_not_there_are_protected_if_asked(UffdFeatures features, bool isProtected)
    {
        Open(features);
        Register(0, 4, UffdRegisterMode.WriteProtect);
        Assert.Equal(0, Protect(0, 4, UffdProtectMode.WriteProtect));
        Assert.Equal(0UL, Read(Process, 0));
        Assert.Equal(isProtected ? Signal.SIGBUS : Signal.None, TryWrite(Process, 0));
        Assert.Equal(isProtected ? Signal.SIGBUS : Signal.None, TryWrite(Process, 1));
        Assert.Equal(0, Protect(0, 4, UffdProtectMode.None));
        Write(Process, 1, 1);
        Truth.Check(Machine, Process);
    }

    [Fact]
    public void Asynchronous_protection_only_marks()
    {
        Open(UffdFeatures.WpAsync);
        Register(0, 4, UffdRegisterMode.WriteProtect);
        Write(Process, 0, 1);
        Assert.Equal(0, Protect(0, 4, UffdProtectMode.WriteProtect));
        Assert.True(IsMarked(0));
        Write(Process, 0, 2);
        Write(Process, 1, 3);
        Assert.False(IsMarked(0));
        Assert.False(IsMarked(1));
        Assert.True(IsMarked(2));
        Truth.Check(Machine, Process);
    }

    [Fact]
    public void A_copy_may_be_protected_from_the_start()
    {
        Open(UffdFeatures.Sigbus);
        Register(0, 4, UffdRegisterMode.Missing | UffdRegisterMode.WriteProtect);
        Assert.Equal(0, Copy(0, 1, UffdFillMode.WriteProtect));
        Assert.Equal(77UL, Read(Process, 0));
        Assert.Equal(Signal.SIGBUS, TryWrite(Process, 0));
        Truth.Check(Machine, Process);
    }

    [Theory]
    [InlineData(UffdFeatures.None, false)]
    [InlineData(UffdFeatures.EventFork, true)]
    public void Children_keep_marks_only_with_their_handler(UffdFeatures feature, bool kept)
    {
        Open(UffdFeatures.WpUnpopulated | feature);
        Write(Process, 0, 5);
        Register(0, 4, UffdRegisterMode.WriteProtect);
        Assert.Equal(0, Protect(0, 2, UffdProtectMode.WriteProtect));
        var handler = new Worker(() =>
        {
            if (kept)
                Assert.Equal(0, Process.UffdRead(Uffd, out _));
        });
        Assert.Equal(0, Process.Fork(out var child));
        handler.Join();
        var entries = new PagemapEntry[2];
        child!.Pagemap(Base, entries);
        Assert.All(entries, entry => Assert.Equal(kept, (entry & PagemapEntry.UffdWriteProtected) != 0));
        Assert.True(IsMarked(0));
        Assert.Equal(5UL, Read(child, 0));
        Truth.Check(Machine, Process, child);
    }

    [Fact]
    public void A_move_that_the_handler_does_not_hear_of_drops_marks()
    {
        Open(UffdFeatures.WpUnpopulated);
        Write(Process, 0, 5);
        Register(0, 4, UffdRegisterMode.WriteProtect);
        Assert.Equal(0, Protect(0, 4, UffdProtectMode.WriteProtect));
        Assert.Equal((long)Elsewhere, Process.Mremap(Base, 4 * PageSize, 4 * PageSize, RemapFlags.MayMove | RemapFlags.Fixed, Elsewhere));
        Assert.True(Process.Write(Elsewhere, new byte[8]).IsOk);
        Assert.True(Process.Write(Elsewhere + PageSize, new byte[8]).IsOk);
        Truth.Check(Machine, Process);
    }

    [Fact]
    public void The_protection_of_file_pages_outlives_their_mapping()
    {
        Open(UffdFeatures.Sigbus);
        var file = Machine.CreateMemoryFile(2 * PageSize);
        Process.Mmap(Elsewhere, 2 * PageSize, ReadWrite, MapFlags.Shared | MapFlags.Fixed, file.Open(isWritable: true));
        Assert.True(Process.Write(Elsewhere, BitConverter.GetBytes(3UL)).IsOk);
        Assert.Equal(0, Process.UffdRegister(Uffd, Elsewhere, 2 * PageSize, UffdRegisterMode.WriteProtect));
        Assert.Equal(0, Process.UffdWriteProtect(Uffd, Elsewhere, 2 * PageSize, UffdProtectMode.WriteProtect));
        Assert.Equal(0, Process.Madvise(Elsewhere, 2 * PageSize, Advice.DontNeed));
        byte[] word = new byte[8];
        Assert.True(Process.Read(Elsewhere, word).IsOk);
        Assert.Equal(3UL, BitConverter.ToUInt64(word));
        Assert.Equal(Signal.SIGBUS, Process.Write(Elsewhere, word).Signal);
        Assert.Equal(Signal.SIGBUS, Process.Write(Elsewhere + PageSize, word).Signal);
        Assert.Equal(0, Process.UffdUnregister(Uffd, Elsewhere, 2 * PageSize));
        Assert.True(Process.Write(Elsewhere + PageSize, word).IsOk);
        Truth.Check(Machine, [Process], [file]);
    }

    private bool IsMarked(ulong page)
    {
        var entries = new PagemapEntry[1];
        Process.Pagemap(At(page), entries);
        return (entries[0] & PagemapEntry.UffdWriteProtected) != 0;
    }
}
