using System;
using System.Threading;
using MmLint;
using static MmKernel.PageTableWalk;

namespace MmKernel;

/// <summary>A function that takes rmap locks itself, so nobody calls it with one held.</summary>
[MustNotHold("AddressSpace.ImapLock || AnonVma.Rwsem"), MaySleep]
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Delegate | AttributeTargets.Class)]
public sealed class TakesRmapAttribute : ContractGroupAttribute;

/// <summary>What a walk does at each VMA that may map the folio (<c>rmap_one</c>).</summary>
/// <param name="folio">The folio, locked.</param>
/// <param name="vma">The VMA.</param>
/// <param name="address">Where in the VMA the folio belongs; of a large folio, the first page that belongs into the VMA.</param>
/// <returns>False to end the walk.</returns>
[MustHold("folio && vma.AnyRmap"), MaySleep]
public delegate bool RmapOne(Folio folio, VmArea vma, ulong address);

/// <summary>Finding out who maps a folio (<c>mm/rmap.c</c>).</summary>
public static class RmapWalking
{
    /// <summary>
    /// Visits every VMA that may map the folio (<c>rmap_walk</c>). The folio is locked, whatever its kind: only then does it stay with the
    /// anon_vma at which the walk starts.
    /// </summary>
    [MustHold("folio"), TakesRmap]
    public static void RmapWalk(Folio folio, RmapOne one)
    {
        Lockdep.AssertHeld(folio, LockMode.Exclusive);
        if (folio.Mapping is AnonVma anonVma)
            RmapWalkAnon(folio, anonVma, one);
        else if (folio.Mapping is AddressSpace mapping)
            FileRmap.RmapWalkFile(folio, mapping, one);
        else if (folio.Mapping is KsmStableNode node)
            KsmRmap.RmapWalkKsm(folio, node, one);
    }

    /// <summary>
    /// Tests and clears the accessed bits of a folio's mappings (<c>folio_referenced</c>).
    /// </summary>
    /// <param name="folio">The folio.</param>
    /// <param name="isLocked">Whether the caller has locked it; if not, it has a reference.</param>
    /// <returns>How many mappings were used; 1 if the folio is busy, which counts as used.</returns>
    [MustHold("folio", When = "isLocked"), MustHold("folio.Ref", When = "!isLocked"), TakesRmap]
    public static int FolioReferenced(Folio folio, bool isLocked)
    {
        if (folio.MapCount == 0)
            return 0;
        bool weLocked = false;
        if (!isLocked && !(weLocked = folio.TryLock()))
            return 1;

        int referenced = 0;
        RmapWalk(folio, (page, vma, address) =>
        {
            if (TestAndClearYoung(page, vma, address))
                referenced++;
            return true;
        });
        if (referenced > 0)
            folio.Clear(FolioFlags.Idle);
        if (folio.Has(FolioFlags.Young))
        {
            folio.Clear(FolioFlags.Young);
            referenced++;
        }

        if (weLocked)
            folio.Unlock();
        return referenced;
    }

    /// <summary>Counts how often the pages of a folio are mapped, by looking at each VMA that may (what map counts are checked against).</summary>
    [MustHold("folio"), TakesRmap]
    public static int CountMappings(Folio folio)
    {
        int count = 0;
        RmapWalk(folio, (page, vma, address) =>
        {
            for (ulong end = HugeRmap.EndIn(page, vma, address); address < end; address += Page.Size)
            {
                if (Maps(ReadEntry(vma, address), page))
                    count++;
            }

            return true;
        });
        return count;
    }

    /// <summary>Walks the VMAs of an anon_vma and of those forked from it (<c>rmap_walk_anon</c>).</summary>
    [MustHold("folio"), TakesRmap]
    private static void RmapWalkAnon(Folio folio, AnonVma anonVma, RmapOne one)
    {
        anonVma.Lock.ReadLock();
        RmapWalkAnonLocked(folio, anonVma, new HugeRange(folio.Frame, folio.Index, (ulong)folio.PageCount), one);
        anonVma.Lock.ReadUnlock();
    }

    /// <summary>The same with the lock of the anon_vma held (<c>rmap_walk_locked</c>).</summary>
    /// <param name="folio">The folio.</param>
    /// <param name="anonVma">What it belongs to.</param>
    /// <param name="pages">The pages that are looked for.</param>
    /// <param name="one">What is done at each VMA.</param>
    [MustHold("folio && anonVma.Lock"), MaySleep]
    internal static void RmapWalkAnonLocked(Folio folio, AnonVma anonVma, HugeRange pages, RmapOne one)
    {
        var intervals = anonVma.Intervals;
        int node = IntervalTree<AnonVmaChain>.None;
        while ((node = intervals.Next(node, pages.Index, pages.Index + pages.Count - 1)) != IntervalTree<AnonVmaChain>.None)
        {
            var vma = intervals.ItemOf(node).Vma;
            if (!IsLinked(vma, anonVma))
                continue;
            ulong address = pages.Index < vma.PageOffset ? vma.Start : vma.Start + ((pages.Index - vma.PageOffset) << Page.Shift);
            if (!one(folio, vma, address))
                break;
        }
    }

    /// <summary>
    /// Whether a VMA found in the tree of an anon_vma has one itself: then its root is the same, and its lock the one held (checked, and assumed
    /// from here on). A VMA that is just being copied is in the trees already and has none yet; nothing of the folio is mapped there.
    /// </summary>
    [MustHold("anonVma.Lock"), AssertsHeld("vma.AnyRmap", When = "result")]
    internal static bool IsLinked(VmArea vma, AnonVma anonVma)
    {
        Lockdep.AssertHeld(anonVma.Lock, LockMode.Shared);
        var own = Volatile.Read(ref vma.AnonVma);
        Lockdep.Assert(own == null || own.Root == anonVma.Root, "VMA in the tree of an anon_vma of another root");
        return own != null;
    }

    /// <summary>Tests and clears the accessed bits of all entries of a VMA that map the folio (<c>ptep_clear_young_notify</c>).</summary>
    [MustHold("folio && vma.AnyRmap")]
    internal static bool TestAndClearYoung(Folio folio, VmArea vma, ulong address) =>
        folio.IsLarge ? HugeRmap.ClearAccessed(folio, vma, address) : ClearAccessed(folio, vma, address);

    /// <summary>Clears the accessed bit of the entry if it maps the folio (<c>folio_referenced_one</c>).</summary>
    [MustHold("vma.Stable")]
    private static bool ClearAccessed(Folio folio, VmArea vma, ulong address)
    {
        var pte = LockMapping(folio, vma, address);
        if (pte == null)
            return false;
        bool referenced = (pte.Value & PageTableEntry.Accessed) != 0;

        // No flush: a processor that still has the bit set only fails to report one more use (as on x86, ptep_clear_flush_young).
        if (referenced)
            pte.AndNot(PageTableEntry.Accessed);
        PteUnmapUnlock(pte);
        return referenced;
    }

    /// <summary>Locks the entry at an address if it maps the folio, or a page of it (<c>page_vma_mapped_walk</c>).</summary>
    /// <returns>Null if it does not.</returns>
    [MustHold("vma.Stable"), Acquires("result && result.Ptl", When = "result != null")]
    internal static MappedPte? LockMapping(Folio folio, VmArea vma, ulong address)
    {
        var pte = PteOffsetMapLock(vma, address);
        if (pte == null || Maps(pte.Value, folio))
            return pte;
        PteUnmapUnlock(pte);
        return null;
    }

    /// <summary>Whether an entry maps the folio, or a page of it.</summary>
    internal static bool Maps(ulong entry, Folio folio) => PageTableEntry.MapsPage(entry)
        && PageTableEntry.FrameOf(entry) - folio.Frame < (ulong)folio.PageCount;
}
