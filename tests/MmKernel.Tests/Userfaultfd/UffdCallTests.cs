using System;
using Xunit;

namespace MmKernel.Tests;

/// <summary>What each call of userfaultfd refuses, with which error, and what it does.</summary>
public sealed class UffdCallTests : UffdTest
{
    [Fact]
    public void Nothing_works_before_the_features_are_agreed_on()
    {
        Assert.Equal(Error(Errno.EINVAL), Process.UffdRegister(Uffd, Base, PageSize, UffdRegisterMode.Missing));
        Assert.Equal(Error(Errno.EINVAL), Copy(0));
        Assert.Equal(Error(Errno.EINVAL), Protect(0, 1, UffdProtectMode.WriteProtect));
        Assert.Equal(Error(Errno.EINVAL), Process.UffdWake(Uffd, Base, PageSize));
        Assert.Equal(Error(Errno.EINVAL), Process.UffdRead(Uffd, out _, isBlocking: false));
        Assert.Equal(0, Process.UffdApi(Uffd, UffdFeatures.None, out var available));
        Assert.Equal(UffdFeatures.All, available);
        Assert.Equal(Error(Errno.EINVAL), Process.UffdApi(Uffd, UffdFeatures.None, out _));
        Assert.Equal(Error(Errno.EAGAIN), Process.UffdRead(Uffd, out _, isBlocking: false));
    }

    [Theory]
    [InlineData(1, 4096)]
    [InlineData(0, 1)]
    [InlineData(0, 0)]
    public void A_range_is_made_of_pages(ulong offset, ulong length)
    {
        Open(UffdFeatures.None);
        Assert.Equal(Error(Errno.EINVAL), Process.UffdRegister(Uffd, Base + offset, length, UffdRegisterMode.Missing));
        Assert.Equal(Error(Errno.EINVAL), Process.UffdUnregister(Uffd, Base + offset, length));
        Assert.Equal(Error(Errno.EINVAL), Process.UffdCopy(Uffd, Base + offset, Source, length, UffdFillMode.None, out _));
        Assert.Equal(Error(Errno.EINVAL), Process.UffdZeropage(Uffd, Base + offset, length, UffdFillMode.None, out _));
        Assert.Equal(Error(Errno.EINVAL), Process.UffdMove(Uffd, Base + offset, Source, length, UffdMoveMode.None, out _));
    }

    [Fact]
    public void Ranges_outside_user_memory_are_refused()
    {
        Open(UffdFeatures.None);
        Assert.Equal(Error(Errno.EINVAL), Process.UffdRegister(Uffd, 0, PageSize, UffdRegisterMode.Missing));
        Assert.Equal(Error(Errno.EINVAL), Process.UffdRegister(Uffd, Page.TaskSize, PageSize, UffdRegisterMode.Missing));
        Assert.Equal(Error(Errno.EINVAL), Process.UffdRegister(Uffd, Base, ulong.MaxValue - Page.OffsetMask, UffdRegisterMode.Missing));
    }

    [Fact]
    public void Register_refuses_what_it_cannot_handle()
    {
        Open(UffdFeatures.None);
        Assert.Equal(Error(Errno.EINVAL), Process.UffdRegister(Uffd, Base, PageSize, UffdRegisterMode.None));
        Assert.Equal(Error(Errno.EINVAL), Process.UffdRegister(Uffd, Base, PageSize, (UffdRegisterMode)8));
        Assert.Equal(Error(Errno.EINVAL), Process.UffdRegister(Uffd, Elsewhere, PageSize, UffdRegisterMode.Missing));
        Assert.Equal(Error(Errno.EINVAL), Process.UffdRegister(Uffd, Base, PageSize, UffdRegisterMode.Minor));
        var file = Machine.CreateMemoryFile(PageSize);
        Process.Mmap(Elsewhere, PageSize, Prot.Read, MapFlags.Shared | MapFlags.Fixed, file.Open(isWritable: false));
        Assert.Equal(Error(Errno.EPERM), Process.UffdRegister(Uffd, Elsewhere, PageSize, UffdRegisterMode.Missing));
        var other = Process.CreateUserfaultfd();
        Assert.Equal(0, Process.UffdApi(other, UffdFeatures.None, out _));
        Assert.Equal(0, Process.UffdRegister(other, Base, PageSize, UffdRegisterMode.Missing));
        Assert.Equal(Error(Errno.EBUSY), Process.UffdRegister(Uffd, Base, 2 * PageSize, UffdRegisterMode.Missing));
        Assert.Equal(Error(Errno.EINVAL), Process.UffdUnregister(Uffd, Base, PageSize));
    }

    [Fact]
    public void Registration_cuts_VMAs_and_unregistering_joins_them()
    {
        Open(UffdFeatures.None);
        Write(Process, 0, 1);
        Register(4, 4, UffdRegisterMode.Missing);
        Assert.Equal([(0, VmFlags.None), (4, VmFlags.UffdMissing), (8, VmFlags.None)], Layout());
        Register(4, 4, UffdRegisterMode.Missing | UffdRegisterMode.WriteProtect);
        Assert.Equal([(0, VmFlags.None), (4, VmFlags.UffdMissing | VmFlags.UffdWriteProtect), (8, VmFlags.None)], Layout());
        Assert.Equal(0, Process.UffdUnregister(Uffd, At(6), PageSize));
        Assert.Equal(5, Layout().Length);
        Assert.Equal(0, Process.UffdUnregister(Uffd, At(0), 16 * PageSize));
        Assert.Equal([(0, VmFlags.None)], Layout());
        Truth.Check(Machine, Process);
    }

    [Fact]
    public void Copy_fills_what_is_missing()
    {
        Open(UffdFeatures.Sigbus);
        Assert.Equal(Error(Errno.ENOENT), Copy(0));
        Register(0, 4, UffdRegisterMode.Missing);
        Assert.Equal(Signal.SIGBUS, TryRead(Process, 0));
        Assert.Equal(0, Copy(0));
        Assert.Equal(77UL, Read(Process, 0));
        Assert.Equal(Error(Errno.EEXIST), Copy(0));
        Assert.Equal(Error(Errno.ENOENT), Copy(3, 2));
        Assert.Equal(Error(Errno.EINVAL), Copy(1, 1, UffdFillMode.WriteProtect));
        Assert.Equal(Error(Errno.EINVAL), Copy(1, 1, (UffdFillMode)4));
        Assert.Equal(Error(Errno.EFAULT), Process.UffdCopy(Uffd, At(1), Elsewhere, PageSize, UffdFillMode.None, out _));
        Assert.Equal(Signal.SIGBUS, TryWrite(Process, 1));
        Truth.Check(Machine, Process);
    }

    [Fact]
    public void What_was_done_before_an_error_is_told()
    {
        Open(UffdFeatures.Sigbus);
        Register(0, 8, UffdRegisterMode.Missing);
        Assert.Equal(0, Copy(2));
        Assert.Equal(Error(Errno.EAGAIN), Process.UffdCopy(Uffd, At(0), Source, 4 * PageSize, UffdFillMode.None, out long copied));
        Assert.Equal(2 * Page.Size, copied);
        Assert.Equal(Error(Errno.EEXIST), Process.UffdZeropage(Uffd, At(1), 4 * PageSize, UffdFillMode.None, out long filled));
        Assert.Equal(Error(Errno.EEXIST), filled);
        Truth.Check(Machine, Process);
    }

    [Fact]
    public void Copy_faults_its_source_in()
    {
        Open(UffdFeatures.None);
        Register(0, 4, UffdRegisterMode.Missing);
        var file = Machine.CreateMemoryFile(PageSize);
        file.Write(0, BitConverter.GetBytes(5UL));
        Process.Mmap(Elsewhere, PageSize, Prot.Read, MapFlags.Private | MapFlags.Fixed, file.Open(isWritable: false));
        Assert.Equal(0, Process.UffdCopy(Uffd, At(0), Elsewhere, PageSize, UffdFillMode.None, out _));
        Assert.Equal(5UL, Read(Process, 0));
        Assert.Equal(0, Process.UffdCopy(Uffd, At(1), Source + 4, PageSize, UffdFillMode.None, out _));
        Truth.Check(Machine, [Process], [file]);
    }

    [Fact]
    public void Zeropage_maps_zeros_that_can_be_written()
    {
        Open(UffdFeatures.Sigbus);
        Register(0, 4, UffdRegisterMode.Missing);
        Assert.Equal(0, Process.UffdZeropage(Uffd, At(0), 2 * PageSize, UffdFillMode.None, out _));
        Assert.Equal(Error(Errno.EINVAL), Process.UffdZeropage(Uffd, At(2), PageSize, UffdFillMode.WriteProtect, out _));
        Assert.Equal(0UL, Read(Process, 0));
        Write(Process, 1, 3);
        Assert.Equal(3UL, Read(Process, 1));
        Assert.Equal(Signal.SIGBUS, TryRead(Process, 2));
        Truth.Check(Machine, Process);
    }

    [Fact]
    public void Shared_memory_is_filled_in_the_file()
    {
        Open(UffdFeatures.Sigbus);
        var file = Machine.CreateMemoryFile(3 * PageSize);
        Process.Mmap(Elsewhere, 4 * PageSize, ReadWrite, MapFlags.Shared | MapFlags.Fixed, file.Open(isWritable: true));
        Assert.Equal(0, Process.UffdRegister(Uffd, Elsewhere, 4 * PageSize, UffdRegisterMode.Missing));
        Assert.Equal(Signal.SIGBUS, Process.Read(Elsewhere, new byte[8]).Signal);
        Assert.Equal(0, Process.UffdCopy(Uffd, Elsewhere, Source, PageSize, UffdFillMode.None, out _));
        Assert.Equal(0, Process.UffdZeropage(Uffd, Elsewhere + PageSize, PageSize, UffdFillMode.None, out _));
        byte[] word = new byte[8];
        Assert.Equal(8, file.Read(0, word));
        Assert.Equal(77UL, BitConverter.ToUInt64(word));
        Assert.Equal(2, file.Mapping.PageCount);
        Assert.Equal(Error(Errno.EFAULT), Process.UffdCopy(Uffd, Elsewhere + (3 * PageSize), Source, PageSize, UffdFillMode.None, out _));

        // In the file, though not mapped: nothing is missing.
        file.Write(2 * PageSize, word);
        Assert.Equal(Error(Errno.EEXIST), Process.UffdCopy(Uffd, Elsewhere + (2 * PageSize), Source, PageSize, UffdFillMode.None, out _));
        Assert.True(Process.Read(Elsewhere + (2 * PageSize), word).IsOk);
        Truth.Check(Machine, [Process], [file]);
    }

    [Fact]
    public void Continue_maps_what_the_file_has()
    {
        Open(UffdFeatures.Sigbus);
        var file = Machine.CreateMemoryFile(2 * PageSize);
        file.Write(0, BitConverter.GetBytes(9UL));
        Process.Mmap(Elsewhere, 3 * PageSize, ReadWrite, MapFlags.Shared | MapFlags.Fixed, file.Open(isWritable: true));
        Assert.Equal(0, Process.UffdRegister(Uffd, Elsewhere, 3 * PageSize, UffdRegisterMode.Minor));
        byte[] word = new byte[8];
        Assert.Equal(Signal.SIGBUS, Process.Read(Elsewhere, word).Signal);
        Assert.Equal(0, Process.UffdContinue(Uffd, Elsewhere, PageSize, UffdFillMode.None, out _));
        Assert.True(Process.Read(Elsewhere, word).IsOk);
        Assert.Equal(9UL, BitConverter.ToUInt64(word));
        Assert.Equal(Error(Errno.EEXIST), Process.UffdContinue(Uffd, Elsewhere, PageSize, UffdFillMode.None, out _));
        Assert.Equal(Error(Errno.EFAULT), Process.UffdContinue(Uffd, Elsewhere + PageSize, PageSize, UffdFillMode.None, out _));
        Assert.Equal(Error(Errno.EINVAL), Process.UffdContinue(Uffd, Elsewhere + (2 * PageSize), PageSize, UffdFillMode.None, out _));

        // A hole is no minor fault: the file grows a page.
        Assert.True(Process.Read(Elsewhere + PageSize, word).IsOk);
        Register(0, 1, UffdRegisterMode.Missing);
        Assert.Equal(Error(Errno.EINVAL), Process.UffdContinue(Uffd, At(0), PageSize, UffdFillMode.None, out _));
        Truth.Check(Machine, [Process], [file]);
    }

    [Fact]
    public void Poison_makes_accesses_fail_until_it_is_discarded()
    {
        Open(UffdFeatures.None);
        Register(0, 4, UffdRegisterMode.Missing);
        Assert.Equal(0, Process.UffdPoison(Uffd, At(1), PageSize, UffdFillMode.None, out _));
        Assert.Equal(Error(Errno.EEXIST), Process.UffdPoison(Uffd, At(1), PageSize, UffdFillMode.None, out _));
        Assert.Equal(Signal.SIGBUS, TryRead(Process, 1));
        Assert.Equal(0, Process.Fork(out var child));
        Assert.Equal(Signal.SIGBUS, TryRead(child!, 1));
        Assert.Equal(0, Copy(1));
        Assert.Equal(77UL, Read(Process, 1));
        Assert.Equal(0, Process.UffdPoison(Uffd, At(2), PageSize, UffdFillMode.None, out _));
        Assert.Equal(0, Process.UffdUnregister(Uffd, At(0), 16 * PageSize));
        Assert.Equal(Signal.SIGBUS, TryWrite(Process, 2));
        Assert.Equal(0, Process.Madvise(At(2), PageSize, Advice.DontNeed));
        Assert.Equal(0UL, Read(Process, 2));
        Truth.Check(Machine, Process, child!);
    }

    [Fact]
    public void A_process_that_is_gone_is_told_by_each_call_in_its_way()
    {
        Open(UffdFeatures.None);
        var other = Machine.CreateProcess();
        Map(other, Source, 1);
        Process.Exit();
        Assert.Equal(Error(Errno.ENOMEM), other.UffdRegister(Uffd, Base, PageSize, UffdRegisterMode.Missing));
        Assert.Equal(Error(Errno.ENOMEM), other.UffdUnregister(Uffd, Base, PageSize));
        Assert.Equal(Error(Errno.ESRCH), other.UffdCopy(Uffd, Base, Source, PageSize, UffdFillMode.None, out _));
        Assert.Equal(Error(Errno.ESRCH), other.UffdWriteProtect(Uffd, Base, PageSize, UffdProtectMode.WriteProtect));
        Assert.Equal(Error(Errno.EINVAL), other.UffdMove(Uffd, Base, Source, PageSize, UffdMoveMode.None, out _));
        other.UffdClose(Uffd);
    }

    [Fact]
    public void Closing_takes_the_registration_away()
    {
        Open(UffdFeatures.Sigbus);
        Register(2, 4, UffdRegisterMode.Missing | UffdRegisterMode.WriteProtect);
        Assert.Equal(Signal.SIGBUS, TryRead(Process, 2));
        Process.UffdClose(Uffd);
        Assert.Equal(0UL, Read(Process, 2));
        Assert.Single(Layout());
        Truth.Check(Machine, Process);
    }

    private (int Page, VmFlags Flags)[] Layout()
    {
        var result = new System.Collections.Generic.List<(int, VmFlags)>();
        foreach (var vma in Process.Smaps())
        {
            if (vma.Start >= Base && vma.Start < At(16))
                result.Add(((int)((vma.Start - Base) / PageSize), vma.Flags & VmFlags.UffdMask));
        }

        return [.. result];
    }
}
