using System;
using Xunit;

namespace MmKernel.Tests;

/// <summary>Finding pages by what they are, and those that were written since the last time.</summary>
public sealed class PagemapScanTests : IDisposable
{
    private const ulong Base = 0x10_0000_0000;
    private const Prot ReadWrite = Prot.Read | Prot.Write;
    private const MapFlags Anonymous = MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed;
    private const PagemapScanFlags Tracking = PagemapScanFlags.WriteProtectMatching | PagemapScanFlags.CheckWriteProtectAsync;

    private readonly Machine _machine = new(new MachineOptions { MemoryBytes = 16 << 20, Reclaim = ReclaimPolicy.Direct });
    private readonly Process _process;

    public PagemapScanTests()
    {
        _process = _machine.CreateProcess();
        Assert.Equal((long)Base, _process.Mmap(Base, 8 * Page.Size, ReadWrite, Anonymous));
    }

    public void Dispose() => _machine.Dispose();

    [Fact]
    public void Categories_tell_what_pages_are()
    {
        _ = _machine.SwapOn(SwapStore.InMemory(1 << 20));
        var file = _machine.CreateMemoryFile(Page.Size);
        Write(0);
        Assert.True(_process.Read(At(1), new byte[1]).IsOk);
        Write(2);
        Assert.Equal(0, _process.Madvise(At(2), Page.Size, Advice.PageOut));
        Assert.Equal(0, _process.Madvise(At(3), Page.Size, Advice.GuardInstall));
        Assert.Equal((long)At(5), _process.Mmap(At(5), Page.Size, ReadWrite, MapFlags.Shared | MapFlags.Fixed, file.Open(isWritable: true)));
        Write(5);
        var regions = Scan(new PagemapScanRequest { Start = Base, End = At(8), AnyOf = PageCategories.Present | PageCategories.Swapped, Returned = PageCategories.All });
        Assert.Equal(
            [
                new PageRegion(At(0), At(1), PageCategories.Present | PageCategories.Written),
                new PageRegion(At(1), At(2), PageCategories.Present | PageCategories.Written | PageCategories.ZeroPage),
                new PageRegion(At(2), At(3), PageCategories.Swapped | PageCategories.Written),
                new PageRegion(At(3), At(4), PageCategories.Swapped | PageCategories.Written | PageCategories.Guard),
                new PageRegion(At(5), At(6), PageCategories.Present | PageCategories.Written | PageCategories.File),
            ],
            regions);
    }

    [Fact]
    public void Neighbours_that_do_not_differ_in_what_is_asked_for_are_one_region()
    {
        for (ulong page = 0; page < 4; page++)
            Write(page);
        Assert.True(_process.Read(At(4), new byte[1]).IsOk);
        Assert.Equal(
            [new PageRegion(At(0), At(5), PageCategories.Present)],
            Scan(new PagemapScanRequest { Start = Base, End = At(8), Required = PageCategories.Present, Returned = PageCategories.Present }));
        Assert.Equal(
            [new PageRegion(At(0), At(4), PageCategories.None), new PageRegion(At(4), At(5), PageCategories.ZeroPage)],
            Scan(new PagemapScanRequest { Start = Base, End = At(8), Required = PageCategories.Present, Returned = PageCategories.ZeroPage }));
    }

    [Fact]
    public void A_category_may_be_asked_for_by_its_absence()
    {
        Write(2);
        var request = new PagemapScanRequest { Start = Base, End = At(8), Inverted = PageCategories.Present, Required = PageCategories.Present };
        Assert.Equal([new PageRegion(At(0), At(2), PageCategories.None), new PageRegion(At(3), At(8), PageCategories.None)], Scan(request));
    }

    [Fact]
    public void Pages_written_since_the_last_scan_are_told_once()
    {
        Track();
        for (ulong page = 0; page < 4; page++)
            Write(page);
        var request = new PagemapScanRequest
        {
            Start = Base, End = At(8), Flags = Tracking, Required = PageCategories.Written, Returned = PageCategories.Written,
        };
        Assert.Equal([new PageRegion(At(0), At(4), PageCategories.Written)], Scan(request));
        Assert.Empty(Scan(request));
        Write(1);
        Write(6);
        Assert.Equal([new PageRegion(At(1), At(2), PageCategories.Written), new PageRegion(At(6), At(7), PageCategories.Written)], Scan(request));
        Assert.Empty(Scan(request));
        Assert.True(_process.Read(At(1), new byte[1]).IsOk);
        Assert.Empty(Scan(request));
        Truth.Check(_machine, _process);
    }

    [Fact]
    public void Protecting_needs_a_userfaultfd_that_only_marks()
    {
        Write(0);
        var request = new PagemapScanRequest { Start = Base, End = At(8), Flags = Tracking, Required = PageCategories.Written };
        Assert.Equal(-(long)Errno.EPERM, _process.PagemapScan(request, [], out ulong end));
        Assert.Equal(Base, end);
        Assert.Equal(0, _process.PagemapScan(request with { Flags = PagemapScanFlags.WriteProtectMatching }, [], out end));
        Assert.Equal(At(8), end);
        Write(0);
        Truth.Check(_machine, _process);
    }

    [Fact]
    public void Protection_works_without_being_told()
    {
        Track();
        Write(0);
        Write(3);
        var request = new PagemapScanRequest { Start = Base, End = At(8), Flags = Tracking, Required = PageCategories.Written };
        Assert.Equal(0, _process.PagemapScan(request, [], out _));
        Write(3);
        Assert.Equal([new PageRegion(At(3), At(4), PageCategories.None)], Scan(request));
    }

    [Fact]
    public void A_scan_ends_where_there_is_no_room_and_goes_on_from_there()
    {
        for (ulong page = 0; page < 8; page += 2)
            Write(page);
        var request = new PagemapScanRequest { Start = Base, End = At(8), Required = PageCategories.Present, Returned = PageCategories.Present };
        var regions = new PageRegion[2];
        Assert.Equal(2, _process.PagemapScan(request, regions, out ulong end));
        Assert.Equal(At(4), end);
        Assert.Equal(new PageRegion(At(2), At(3), PageCategories.Present), regions[1]);
        Assert.Equal(2, _process.PagemapScan(request with { Start = end }, regions, out end));
        Assert.Equal(At(8), end);
        Assert.Equal(new PageRegion(At(6), At(7), PageCategories.Present), regions[1]);
        Assert.Equal(1, _process.PagemapScan(request with { MaxPages = 1 }, regions, out end));
        Assert.Equal(At(2), end);
    }

    [Fact]
    public void What_is_not_told_for_lack_of_room_is_not_protected()
    {
        Track();
        Write(0);
        Write(2);
        var request = new PagemapScanRequest { Start = Base, End = At(8), Flags = Tracking, Required = PageCategories.Written };
        Assert.Equal(1, _process.PagemapScan(request, new PageRegion[1], out ulong end));
        Assert.Equal(At(2), end);
        Assert.Equal([new PageRegion(At(2), At(3), PageCategories.None)], Scan(request));
    }

    [Fact]
    public void Refusals()
    {
        var request = new PagemapScanRequest { Start = Base, End = At(1) };
        Assert.Equal(-(long)Errno.EINVAL, _process.PagemapScan(request with { Flags = (PagemapScanFlags)4 }, [], out _));
        Assert.Equal(-(long)Errno.EINVAL, _process.PagemapScan(request with { Required = (PageCategories)(1 << 9) }, [], out _));
        Assert.Equal(-(long)Errno.EINVAL, _process.PagemapScan(request with { Start = Base + 1 }, [], out _));
        Assert.Equal(-(long)Errno.EFAULT, _process.PagemapScan(request with { End = 1UL << 50 }, [], out _));
        Assert.Equal(-(long)Errno.EFAULT, _process.PagemapScan(request with { Start = At(2) }, [], out _));
    }

    private static ulong At(ulong page) => Base + (page * Page.Size);

    private void Track()
    {
        var uffd = _process.CreateUserfaultfd();
        Assert.Equal(0, _process.UffdApi(uffd, UffdFeatures.WpAsync, out _));
        Assert.Equal(0, _process.UffdRegister(uffd, Base, 8 * Page.Size, UffdRegisterMode.WriteProtect));
    }

    private PageRegion[] Scan(PagemapScanRequest request)
    {
        var regions = new PageRegion[16];
        long count = _process.PagemapScan(request, regions, out ulong end);
        Assert.InRange(count, 0, 16);
        Assert.Equal(request.End, end);
        return regions[..(int)count];
    }

    private void Write(ulong page) => Assert.True(_process.Write(At(page), [1]).IsOk);
}
