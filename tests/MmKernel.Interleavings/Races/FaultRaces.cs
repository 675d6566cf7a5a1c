using System;
using System.Collections.Generic;
using Xunit;

namespace MmKernel.Interleavings;

/// <summary>Faults that meet changes of the address space.</summary>
internal static class FaultRaces
{
    private const ulong Page0 = World.Base;
    private const ulong Page1 = World.Base + Page.Size;
    private const ulong Elsewhere = World.Base + (64 * Page.Size);

    /// <summary>The fault comes before, and its page goes with the mapping, or behind, and finds nothing.</summary>
    internal static Race FaultAndMunmap { get; } = new("fault and munmap", world =>
    {
        var process = world.Process();
        process.Map(Page0, 2);
        process.Store(Page1, 7);
        world.Thread("fault", () => process.TryStore(Page0, 5).IsMapped(Page0));
        world.Thread("munmap", () => process.Unmap(Page0, 1));
        world.Finally(() =>
        {
            Assert.False(process.TryLoad(Page0, out _).IsMapped(Page0));
            Assert.Equal(7UL, process.Load(Page1));
        });
    });

    /// <summary>The last page of a table goes, and the table with it, while a processor walks it.</summary>
    internal static Race AccessAndTableFreeing { get; } = new("access and freeing of its page table", world =>
    {
        var process = world.Process();
        process.Map(Page0, 1);
        process.Store(Page0, 5);
        var memory = world.Machine.Memory;
        var taken = new List<Folio>();
        world.Thread("munmap", () =>
        {
            process.Unmap(Page0, 1);

            // Frames that are given back too early are used for something else, here for what looks like an entry that maps the zero page.
            for (int i = 0; i < 4; i++)
            {
                var folio = memory.Allocate()!;
                Fill(memory, folio, PageTableEntry.Make(PhysicalMemory.ZeroFrame, PageTableEntry.Present | PageTableEntry.User | PageTableEntry.Accessed));
                taken.Add(folio);
            }
        });
        world.Thread("load", () =>
        {
            if (process.TryLoad(Page0, out ulong value).IsMapped(Page0))
                Assert.Equal(5UL, value);
        });
        world.Afterwards(() => taken.ForEach(memory.Put));
    });

    /// <summary>Both need an anon_vma, and there must be one.</summary>
    internal static Race TwoFirstFaults { get; } = new("two first faults on one VMA", world =>
    {
        var process = world.Process();
        process.Map(Page0, 2);
        world.Thread("first", () => process.Store(Page0, 1));
        world.Thread("second", () => process.Store(Page1, 2));
        world.Finally(() =>
        {
            Assert.Equal(1UL, process.Load(Page0));
            Assert.Equal(2UL, process.Load(Page1));
        });
    });

    /// <summary>Both map the same page, and there must be one.</summary>
    internal static Race TwoFaultsOnOnePage { get; } = new("two faults on one page", world =>
    {
        var process = world.Process();
        process.Map(Page0, 2);
        process.Store(Page1, 1);
        world.Thread("first", () => process.Store(Page0, 1));
        world.Thread("second", () => process.Store(Page0 + 8, 2));
        world.Finally(() =>
        {
            Assert.Equal(1UL, process.Load(Page0));
            Assert.Equal(2UL, process.Load(Page0 + 8));
        });
    });

    /// <summary>When mprotect has returned nobody writes any more.</summary>
    internal static Race FaultAndMprotect { get; } = new("fault and mprotect", world =>
    {
        var process = world.Process();
        process.Map(Page0, 2);
        process.Store(Page0, 1);
        bool stored = false;
        world.Thread("fault", () =>
        {
            var result = process.TryStore(Page0, 2);
            stored = result.IsOk;
            if (!stored)
                Assert.Equal(new AccessResult(Signal.SIGSEGV, SignalCode.SEGV_ACCERR, Page0), result);
        });
        world.Thread("mprotect", () =>
        {
            process.Protect(Page0, 2, Prot.Read);
            ulong seen = process.Load(Page0);
            Assert.Equal(seen, process.Load(Page0));
        });
        world.Finally(() => Assert.Equal(stored ? 2UL : 1UL, process.Load(Page0)));
    });

    /// <summary>What was stored before the move is found behind it, and nothing is stored at the old place later.</summary>
    internal static Race FaultAndMremap { get; } = new("fault and mremap", world =>
    {
        var process = world.Process();
        process.Map(Page0, 2);
        process.Store(Page1, 1);
        bool stored = false;
        world.Thread("fault", () => stored = process.TryStore(Page0, 2).IsMapped(Page0));
        world.Thread("mremap", () => Assert.Equal((long)Elsewhere, process.Move(Page0, 2, Elsewhere)));
        world.Finally(() =>
        {
            Assert.Equal(stored ? 2UL : 0UL, process.Load(Elsewhere));
            Assert.Equal(1UL, process.Load(Elsewhere + Page.Size));
        });
    });

    /// <summary>What is found under RCU is locked, covers the address and is in the tree, though its range is mapped anew meanwhile.</summary>
    internal static Race LookupAndReuse { get; } = new("lookup under RCU and VMA reuse", world =>
    {
        var process = world.Process();
        process.Map(Page0, 2);
        world.Thread("lookup", () =>
        {
            var vma = VmaLocking.LockVmaUnderRcu(process.Mm, Page0);
            if (vma == null)
                return;
            Assert.True(vma.Start <= Page0 && vma.End > Page0, "the VMA covers another range");
            Assert.True(vma.Lock.IsAttached, "the VMA is in no tree");
            Assert.Same(process.Mm, vma.Mm);
            VmaLocking.VmaEndRead(vma);
        });
        world.Thread("reuse", () =>
        {
            process.Protect(Page1, 1, Prot.Read);
            process.Unmap(Page0, 1);
            process.Map(Page0, 1, Prot.Read);
        });
    });

    /// <summary>A stack grows for two accesses at once; each page keeps its index.</summary>
    internal static Race GrowthAndFault { get; } = new("stack growth and fault", world =>
    {
        var process = world.Process();
        Assert.Equal((long)Elsewhere, process.Mmap(Elsewhere, 2 * Page.Size, World.ReadWrite, World.Private | MapFlags.GrowsDown));
        process.Store(Elsewhere, 1);
        world.Thread("grow", () => process.Store(Elsewhere - (2 * Page.Size), 2));
        world.Thread("fault", () => process.Store(Elsewhere + Page.Size, 3));
        world.Finally(() =>
        {
            Assert.Equal(1UL, process.Load(Elsewhere));
            Assert.Equal(2UL, process.Load(Elsewhere - (2 * Page.Size)));
            Assert.Equal(3UL, process.Load(Elsewhere + Page.Size));
        });
    });

    /// <summary>A stack is unmapped while it grows.</summary>
    internal static Race GrowthAndMunmap { get; } = new("stack growth and munmap", world =>
    {
        var process = world.Process();
        Assert.Equal((long)Elsewhere, process.Mmap(Elsewhere, Page.Size, World.ReadWrite, World.Private | MapFlags.GrowsDown));
        world.Thread("grow", () => process.TryStore(Elsewhere - Page.Size, 2).IsMapped(Elsewhere - Page.Size));
        world.Thread("munmap", () => process.Unmap(Elsewhere - (4 * Page.Size), 5));
        world.Finally(() => Assert.False(process.TryLoad(Elsewhere, out _).IsMapped(Elsewhere)));
    });

    private static unsafe void Fill(PhysicalMemory memory, Folio folio, ulong value) =>
        new Span<ulong>(memory.PointerTo(folio.Frame), Page.Size / sizeof(ulong)).Fill(value);
}
