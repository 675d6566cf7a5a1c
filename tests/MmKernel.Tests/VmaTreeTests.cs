using System;
using System.Collections.Generic;
using System.Linq;
using Xunit;
using Xunit.Abstractions;

namespace MmKernel.Tests;

/// <summary>The VMA tree against a plain sorted list.</summary>
public sealed class VmaTreeTests(ITestOutputHelper output) : IDisposable
{
    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Fact]
    public void Walk_finds_the_covering_area_only()
    {
        var (mm, tree) = NewTree();
        var area = new VmArea(mm);
        tree.Store(0x1000, 0x3000, area);

        Assert.Null(tree.Walk(0xfff));
        Assert.Same(area, tree.Walk(0x1000));
        Assert.Same(area, tree.Walk(0x2fff));
        Assert.Null(tree.Walk(0x3000));
    }

    [Fact]
    public void Find_and_FindBefore_look_to_both_sides()
    {
        var (mm, tree) = NewTree();
        var low = new VmArea(mm);
        var high = new VmArea(mm);
        tree.Store(0x1000, 0x2000, low);
        tree.Store(0x5000, 0x6000, high);

        Assert.Same(high, tree.Find(0x2000));
        Assert.Same(low, tree.Find(0));
        Assert.Null(tree.Find(0x6000));
        Assert.Same(low, tree.FindBefore(0x5000));
        Assert.Same(high, tree.FindBefore(0x5001));
        Assert.Null(tree.FindBefore(0x1000));
    }

    [Fact]
    public void Store_cuts_back_what_it_covers()
    {
        var (mm, tree) = NewTree();
        var outer = new VmArea(mm);
        var inner = new VmArea(mm);
        tree.Store(0x1000, 0x9000, outer);
        tree.Store(0x3000, 0x4000, inner);

        Assert.Same(outer, tree.Walk(0x2fff));
        Assert.Same(inner, tree.Walk(0x3000));
        Assert.Same(outer, tree.Walk(0x4000));
    }

    [Fact]
    public void Gap_search_takes_the_highest_that_fits()
    {
        var (mm, tree) = NewTree();
        tree.Store(0x4000, 0x5000, new VmArea(mm));
        tree.Store(0x7000, 0x8000, new VmArea(mm));

        Assert.True(tree.FindGapTopDown(0x1000, 0x1000, 0x8000, out ulong one));
        Assert.Equal(0x6000UL, one);
        Assert.True(tree.FindGapTopDown(0x3000, 0x1000, 0x8000, out ulong three));
        Assert.Equal(0x1000UL, three);
        Assert.False(tree.FindGapTopDown(0x4000, 0x1000, 0x8000, out _));
        Assert.True(tree.FindGapTopDown(0x4000, 0x1000, 0xc000, out ulong above));
        Assert.Equal(0x8000UL, above);
    }

    [Theory]
    [InlineData(1, 64)]
    [InlineData(2, 600)]
    [InlineData(3, 4000)]
    public void Agrees_with_a_sorted_list(int seed, int pages)
    {
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var (mm, tree) = NewTree();
        var model = new VmArea?[pages];
        for (int step = 0; step < 4000; step++)
        {
            int start = random.Next(pages);
            int end = Math.Min(pages, start + 1 + random.Next(random.Next(4) == 0 ? 20 : 3));
            var area = random.Next(5) < 3 ? new VmArea(mm) : null;
            if (area != null)
                tree.Store(Address(start), Address(end), area);
            else
                tree.Clear(Address(start), Address(end));
            Array.Fill(model, area, start, end - start);

            int probe = random.Next(pages);
            Assert.Same(model[probe], tree.Walk(Address(probe)));
            Assert.Same(model.Skip(probe).FirstOrDefault(a => a != null), tree.Find(Address(probe)));
            Assert.Same(model.Take(probe).LastOrDefault(a => a != null), tree.FindBefore(Address(probe)));
            int length = 1 + random.Next(6);
            Assert.Equal(HighestGap(model, length), tree.FindGapTopDown((ulong)length << 12, Address(0), Address(pages), out ulong gap) ? gap : 0);
            Assert.Equal(LowestGap(model, length), tree.FindGapBottomUp((ulong)length << 12, Address(0), Address(pages), out gap) ? gap : 0);
        }

        for (int page = 0; page < pages; page++)
            Assert.Same(model[page], tree.Walk(Address(page)));
    }

    private static ulong Address(int page) => ((ulong)page + 16) << Page.Shift;

    private static ulong HighestGap(VmArea?[] model, int length)
    {
        for (int start = model.Length - length; start >= 0; start--)
        {
            if (model.AsSpan(start, length).IndexOfAnyExcept((VmArea?)null) < 0)
                return Address(start);
        }

        return 0;
    }

    private static ulong LowestGap(VmArea?[] model, int length)
    {
        for (int start = 0; start + length <= model.Length; start++)
        {
            if (model.AsSpan(start, length).IndexOfAnyExcept((VmArea?)null) < 0)
                return Address(start);
        }

        return 0;
    }

    private (MmStruct Mm, VmaTree Tree) NewTree()
    {
        var mm = _machine.CreateProcess().Mm;
        return (mm, mm.Vmas);
    }
}
