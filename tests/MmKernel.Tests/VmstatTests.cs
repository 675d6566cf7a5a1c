using System;
using System.Globalization;
using System.Linq;
using Xunit;

namespace MmKernel.Tests;

/// <summary>What <c>/proc/vmstat</c> counts is what happened.</summary>
public sealed class VmstatTests : IDisposable
{
    private const ulong Base = 0x10_0000_0000;
    private const Prot ReadWrite = Prot.Read | Prot.Write;
    private const MapFlags Anonymous = MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed;
    private const int Pages = 32;

    private readonly Machine _machine = new(new MachineOptions { MemoryBytes = 16 << 20, Reclaim = ReclaimPolicy.Direct });
    private readonly Process _process;

    public VmstatTests()
    {
        _process = _machine.CreateProcess();
        Assert.Equal((long)Base, _process.Mmap(Base, Pages * Page.Size, ReadWrite, Anonymous));
    }

    public void Dispose() => _machine.Dispose();

    [Fact]
    public void Each_first_access_is_a_fault_and_each_write_to_a_page_only_read_before()
    {
        for (ulong page = 0; page < Pages; page++)
            Write(page);
        Assert.Equal(Pages, Count("pgfault"));
        Write(0);
        Assert.Equal(Pages, Count("pgfault"));
        Assert.Equal(0, _process.Madvise(Base, Page.Size, Advice.DontNeed));
        Read(0);
        Write(0);
        Assert.Equal(Pages + 2, Count("pgfault"));
        Assert.Equal(0, Count("pgmajfault"));
    }

    [Fact]
    public void Swapping_is_counted_as_often_as_the_device_is_used()
    {
        _ = _machine.SwapOn(SwapStore.InMemory(1 << 20));
        for (ulong page = 0; page < Pages; page++)
            Write(page);
        Assert.Equal(0, _process.Madvise(Base, Pages * Page.Size, Advice.PageOut));
        Assert.Equal(Pages, Count("pswpout"));
        Assert.Equal(Pages, Smaps().SwappedPages);
        for (ulong page = 0; page < Pages; page += 4)
            Read(page);
        Assert.Equal(Pages / 4, Count("pgmajfault"));
        Assert.Equal(Pages - Smaps().SwappedPages, Count("pgmajfault"));
        Assert.InRange(Count("pswpin"), Pages / 4, Pages);
        Assert.Equal(Count("pswpin") - Count("pgmajfault"), Count("swap_ra"));
        Truth.Check(_machine, _process);
    }

    [Fact]
    public void Reclaim_counts_what_it_looks_at_and_what_it_frees()
    {
        _ = _machine.SwapOn(SwapStore.InMemory(64 << 20));
        const ulong Many = 6000;
        for (ulong half = 0; half < 2; half++)
        {
            ulong start = (Base << 1) + (half * (Many / 2) * Page.Size);
            Assert.Equal((long)start, _process.Mmap(start, Many / 2 * Page.Size, ReadWrite, Anonymous));
        }

        for (ulong page = 0; page < Many; page++)
            Assert.True(_process.Write((Base << 1) + (page * Page.Size), [1]).IsOk);
        Assert.Equal(_process.Mm.Rss[RssKind.Swap], Count("pgsteal_direct"));
        Assert.Equal(Count("pgsteal_direct"), Count("pgsteal_anon"));
        Assert.Equal(0, Count("pgsteal_kswapd"));
        Assert.Equal(0, Count("pgsteal_file"));
        Assert.True(Count("pgscan_direct") >= Count("pgsteal_direct"));
        Assert.Equal(Count("pgscan_direct"), Count("pgscan_anon"));
        Assert.True(Count("pswpout") >= Count("pgsteal_anon"));
        Assert.Equal(Count("nr_anon_pages"), _process.Mm.Rss[RssKind.Anonymous]);
        Truth.Check(_machine, _process);
    }

    [Fact]
    public void Moved_pages_and_those_that_were_not_are_counted()
    {
        for (ulong page = 0; page < 4; page++)
            Write(page);
        Assert.Equal(1, _process.PinPages(Base, 1, PinFlags.Write, out var pins));
        Assert.Equal(1, _process.MovePages([Base, Base + Page.Size, Base + (2 * Page.Size)], MovePagesFlags.Move, new int[3]));
        Assert.Equal(2, Count("pgmigrate_success"));
        Assert.Equal(1, Count("pgmigrate_fail"));
        pins!.Dispose();
    }

    [Fact]
    public void Copies_of_merged_pages_and_unwanted_pages_are_counted()
    {
        Assert.Equal(0, _process.Madvise(Base, 2 * Page.Size, Advice.Mergeable));
        Write(0);
        Write(1);
        _machine.Ksm.Scan(2);
        Write(0);
        Assert.Equal(1, Count("cow_ksm"));
        Write(2);
        _machine.Memory.Lru!.DrainAll();
        Assert.Equal(0, _process.Madvise(Base + (2 * Page.Size), Page.Size, Advice.Free));
        Assert.Equal(1, Count("pglazyfree"));
        Assert.Equal(0, _process.Madvise(Base + (2 * Page.Size), Page.Size, Advice.PageOut));
        Assert.Equal(1, Count("pglazyfreed"));
        Truth.Check(_machine, _process);
    }

    [Fact]
    public void Pages_are_counted_by_kind()
    {
        var file = _machine.CreateMemoryFile(2 * Page.Size);
        ulong there = Base << 1;
        Assert.Equal((long)there, _process.Mmap(there, 2 * Page.Size, ReadWrite, MapFlags.Shared | MapFlags.Fixed, file.Open(isWritable: true)));
        for (ulong page = 0; page < 3; page++)
            Write(page);
        Assert.True(_process.Write(there, [1]).IsOk);
        _machine.Memory.Lru!.DrainAll();
        Assert.Equal(3, Count("nr_anon_pages"));
        Assert.Equal(1, Count("nr_mapped"));
        Assert.Equal(4, Count("nr_inactive_anon"));
        Assert.Equal(0, Count("nr_swapcached"));
        Assert.Equal(_machine.Memory.FreeFrames, Count("nr_free_pages"));
        Assert.Equal(0, _process.Mlock(Base, Page.Size));
        Assert.Equal(1, Count("nr_unevictable"));
    }

    [Fact]
    public void Every_name_is_one_of_the_kernels()
    {
        string[] names = [.. _machine.VmstatText().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[0])];
        Assert.Equal(names.Distinct(), names);
        string[] expected =
        [
            "nr_free_pages", "nr_inactive_anon", "nr_active_file", "pgfault", "pgmajfault", "pswpin", "pswpout", "pgactivate", "pgdeactivate", "pglazyfree",
            "pglazyfreed", "pgrefill", "pgscan_kswapd", "pgscan_direct", "pgscan_anon", "pgscan_file", "pgsteal_kswapd", "pgsteal_direct", "pgsteal_anon",
            "pgsteal_file", "pgmigrate_success", "pgmigrate_fail", "compact_migrate_scanned", "compact_free_scanned", "compact_isolated", "compact_stall", "compact_fail", "compact_success", "cow_ksm",
            "swap_ra", "swap_ra_hit", "oom_kill", "thp_fault_alloc", "thp_fault_fallback", "thp_split_pmd", "thp_zero_page_alloc_failed",
        ];
        Assert.Empty(expected.Except(names));
    }

    private VmaCounts Smaps()
    {
        var vma = _process.Smaps().First(vma => vma.Start == Base);
        return new VmaCounts((long)vma.SwappedPages);
    }

    private long Count(string name)
    {
        string line = _machine.VmstatText().Split('\n').Single(line => line.StartsWith(name + " ", StringComparison.Ordinal));
        return long.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture);
    }

    private void Read(ulong page) => Assert.True(_process.Read(Base + (page * Page.Size), new byte[1]).IsOk);

    private void Write(ulong page) => Assert.True(_process.Write(Base + (page * Page.Size), [1]).IsOk);

    private readonly record struct VmaCounts(long SwappedPages);
}
