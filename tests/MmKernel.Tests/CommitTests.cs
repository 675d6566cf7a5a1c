using Xunit;

namespace MmKernel.Tests;

/// <summary>What is charged to the commit account, and when that is refused (<c>vm.overcommit_memory</c>).</summary>
public sealed class CommitTests
{
    private const ulong Base = 0x20_0000_0000;
    private const ulong P = Page.Size;
    private const ulong MachinePages = 4096;
    private const Prot ReadWrite = Prot.Read | Prot.Write;
    private const MapFlags PrivateAnonymous = MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed;
    private const MapFlags SharedAnonymous = MapFlags.Shared | MapFlags.Anonymous | MapFlags.Fixed;
    private const long OutOfMemory = -(long)Errno.ENOMEM;

    [Fact]
    public void Private_writable_memory_is_charged_until_it_is_unmapped()
    {
        using var machine = Create(OvercommitMode.Guess);
        var process = machine.CreateProcess();
        Map(process, 0, 8, ReadWrite, PrivateAnonymous);
        Assert.Equal(8, machine.Commit.CommittedPages);
        Map(process, 8, 8, Prot.Read, PrivateAnonymous);
        Map(process, 16, 8, ReadWrite, PrivateAnonymous | MapFlags.NoReserve);
        Assert.Equal(8, machine.Commit.CommittedPages);
        Assert.Equal(0, process.Mprotect(Base + (8 * P), 4 * P, ReadWrite));
        Assert.Equal(12, machine.Commit.CommittedPages);
        Assert.Equal(0, process.Munmap(Base + (2 * P), 4 * P));
        Assert.Equal(8, machine.Commit.CommittedPages);
        Assert.True(process.Mremap(Base, 2 * P, 5 * P, RemapFlags.MayMove) > 0);
        Assert.Equal(11, machine.Commit.CommittedPages);
        process.Exit();
        Assert.Equal(0, machine.Commit.CommittedPages);
    }

    [Fact]
    public void Shared_memory_is_charged_by_object_not_by_mapping()
    {
        using var machine = Create(OvercommitMode.Guess);
        var process = machine.CreateProcess();
        Map(process, 0, 8, ReadWrite, SharedAnonymous);
        Assert.Equal(8, machine.Commit.CommittedPages);
        Assert.Equal(0, process.Fork(out var child));
        Assert.Equal(0, process.Munmap(Base, 8 * P));
        Assert.Equal(8, machine.Commit.CommittedPages);
        child!.Exit();
        Assert.Equal(0, machine.Commit.CommittedPages);
    }

    [Fact]
    public void Pages_of_files_and_of_shared_memory_without_reserve_are_charged_as_they_come()
    {
        using var machine = Create(OvercommitMode.Guess);
        var process = machine.CreateProcess();
        var file = machine.CreateMemoryFile(8 * P);
        Map(process, 0, 8, ReadWrite, SharedAnonymous | MapFlags.NoReserve);
        Assert.Equal((long)(Base + (8 * P)), process.Mmap(Base + (8 * P), 8 * P, ReadWrite, MapFlags.Shared | MapFlags.Fixed, file.Open(isWritable: true)));
        Assert.Equal(0, machine.Commit.CommittedPages);
        Assert.True(process.Write(Base, new byte[8]).IsOk);
        Assert.True(process.Write(Base + (8 * P), new byte[2 * Page.Size]).IsOk);
        Assert.Equal(3, machine.Commit.CommittedPages);
        Assert.Equal(0, file.PunchHole(P, P));
        Assert.Equal(2, machine.Commit.CommittedPages);
        Assert.Equal(0, file.Truncate(0));
        process.Exit();
        Assert.Equal(0, machine.Commit.CommittedPages);
    }

    [Fact]
    public void Fork_charges_the_child_and_is_refused_as_a_whole()
    {
        using var machine = Create(OvercommitMode.Never);
        var process = machine.CreateProcess();
        Map(process, 0, 1200, ReadWrite, PrivateAnonymous);
        Assert.Equal(OutOfMemory, process.Fork(out var child));
        Assert.Null(child);
        Assert.Equal(1200, machine.Commit.CommittedPages);
        Assert.Equal(0, process.Munmap(Base, 600 * P));
        Assert.Equal(0, process.Fork(out child));
        Assert.Equal(1200, machine.Commit.CommittedPages);
        child!.Exit();
        Assert.Equal(600, machine.Commit.CommittedPages);
    }

    [Theory]
    [InlineData(OvercommitMode.Guess, 4096, 0)]
    [InlineData(OvercommitMode.Guess, 4097, OutOfMemory)]
    [InlineData(OvercommitMode.Always, 400_000, 0)]
    [InlineData(OvercommitMode.Never, 2047, 0)]
    [InlineData(OvercommitMode.Never, 2048, OutOfMemory)]
    public void The_largest_mapping(OvercommitMode mode, ulong pages, long expected)
    {
        using var machine = Create(mode);
        var process = machine.CreateProcess();
        long result = process.Mmap(Base, pages * P, ReadWrite, PrivateAnonymous);
        Assert.Equal(expected == 0 ? (long)Base : expected, result);
        Assert.Equal(expected == 0 ? (long)pages : 0, machine.Commit.CommittedPages);
    }

    [Fact]
    public void Guessing_looks_at_one_request_only_and_never_looks_at_all()
    {
        using var guessing = Create(OvercommitMode.Guess);
        var process = guessing.CreateProcess();
        Map(process, 0, 4000, ReadWrite, PrivateAnonymous);
        Map(process, 4000, 4000, ReadWrite, PrivateAnonymous);

        using var strict = Create(OvercommitMode.Never);
        process = strict.CreateProcess();
        Map(process, 0, 2000, ReadWrite, PrivateAnonymous);
        Assert.Equal(OutOfMemory, process.Mmap(Base + (2000 * P), 100 * P, ReadWrite, PrivateAnonymous));
        Assert.Equal(OutOfMemory, process.Mmap(Base + (2000 * P), 100 * P, ReadWrite, SharedAnonymous));
        Assert.Equal(OutOfMemory, process.Mmap(Base + (2000 * P), 100 * P, ReadWrite, PrivateAnonymous | MapFlags.NoReserve));
        Map(process, 2000, 100, Prot.Read, PrivateAnonymous);
        Assert.Equal(OutOfMemory, process.Mprotect(Base + (2000 * P), 100 * P, ReadWrite));
        Assert.Equal(OutOfMemory, process.Mremap(Base, 2000 * P, 2100 * P, RemapFlags.MayMove));
        Assert.Equal(2000, strict.Commit.CommittedPages);
    }

    [Fact]
    public void A_file_page_that_cannot_be_promised_is_a_bus_error()
    {
        using var machine = Create(OvercommitMode.Never);
        var process = machine.CreateProcess();
        var file = machine.CreateMemoryFile(P);
        Assert.Equal((long)Base, process.Mmap(Base, P, ReadWrite, MapFlags.Shared | MapFlags.Fixed, file.Open(isWritable: true)));

        // The limit for a process is lower by a thirty-second of what it maps already: 2048 before this call, 1985 after it.
        Assert.Equal((long)(Base + P), process.Mmap(Base + P, 2046 * P, ReadWrite, PrivateAnonymous));
        Assert.Equal(Signal.SIGBUS, process.Write(Base, new byte[8]).Signal);
        Assert.Equal(2046, machine.Commit.CommittedPages);
    }

    private static Machine Create(OvercommitMode mode) => new(new MachineOptions { MemoryBytes = (long)(MachinePages * P), Overcommit = mode });

    private static void Map(Process process, ulong page, ulong pages, Prot prot, MapFlags flags) =>
        Assert.Equal((long)(Base + (page * P)), process.Mmap(Base + (page * P), pages * P, prot, flags));
}
