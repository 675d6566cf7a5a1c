using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using MmLint;
using static MmKernel.PageTableWalk;

namespace MmKernel;

/// <summary>Looking for equal pages (<c>ksm_do_scan</c>).</summary>
internal static unsafe class KsmScan
{
    /// <summary>Looks at every page that may be merged, once.</summary>
    [MustHold("ksm.Mutex"), MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    internal static void FullScan(Ksm ksm)
    {
        // Pages on their way to the lists have a reference that would make them look used.
        ksm.Memory.Lru?.DrainAll();
        ksm.ClearUnstable();
        long scan = ksm.FullScans + 1;
        ForgetEnded(ksm, scan);
        foreach (var slot in ksm.Slots())
        {
            ulong address = 0;
            while (NextPage(slot.Mm, ref address) is { } folio)
            {
                var item = ItemAt(ksm, slot, address, scan);
                address += Page.Size;
                bool isWorthSplitting = item != null && !CompareAndMerge(ksm, item, folio);
                ksm.Memory.Put(folio);
                if (item == null || !isWorthSplitting || PageAt(item, splits: true) is not { } single)
                    continue;
                _ = CompareAndMerge(ksm, item, single);
                ksm.Memory.Put(single);
            }

            DropItems(ksm, slot, scan);
            LeaveIfDone(ksm, slot);
        }
    }

    /// <summary>Forgets what no page was found for since a scan (<c>remove_trailing_rmap_items</c>).</summary>
    [MustHold("ksm.Mutex"), MaySleep]
    internal static void DropItems(Ksm ksm, KsmSlot slot, long since)
    {
        var stale = new List<KsmRmapItem>();
        foreach (var item in slot.Items.Values)
        {
            if (item.Scan < since)
                stale.Add(item);
        }

        foreach (var item in stale)
        {
            Unlink(ksm, item);
            _ = slot.Items.Remove(item.Address);
        }
    }

    /// <returns>Null if memory was short.</returns>
    [MustHold("ksm.Mutex")]
    private static KsmRmapItem? ItemAt(Ksm ksm, KsmSlot slot, ulong address, long scan)
    {
        if (!slot.Items.TryGetValue(address, out var item) && FaultInjector.Fails(FaultPoint.Merging))
            return null;
        if (item == null)
            slot.Items[address] = item = new KsmRmapItem(slot.Mm, address);
        item.Scan = scan;
        return item;
    }

    /// <summary>Deals with one page (<c>cmp_and_merge_page</c>).</summary>
    /// <returns>False if an equal one has been found, but the page is one of a large folio, which would have to be split first.</returns>
    [MustHold("ksm.Mutex && folio.Ref"), MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    private static bool CompareAndMerge(Ksm ksm, KsmRmapItem item, Folio folio)
    {
        if (folio.KsmNode is { } node)
        {
            // Merged already; if the place is new, a fork or a move of the mapping brought the page there.
            if (item.Node == node)
                return true;
            Unlink(ksm, item);
            if (KsmMerging.FindPlace(item) is { } place)
                Link(ksm, item, node, place);
            return true;
        }

        Unlink(ksm, item);
        ulong checksum = ChecksumOf(ksm.Memory, folio);
        var same = ksm.FindStable(checksum, folio);
        if (same != null)
        {
            bool mayMerge = !folio.IsLarge;
            if (mayMerge && same.KsmNode is { } stable && KsmMerging.Merge(ksm, item, folio, same) is { } place)
                Link(ksm, item, stable, place);
            ksm.Memory.Put(same);
            return mayMerge;
        }

        // What changes all the time is not worth merging.
        if (item.Checksum != checksum)
        {
            item.Checksum = checksum;
            return true;
        }

        if (ksm.UsesZeroPage && ksm.Memory.IsSame(folio, ksm.Memory.FolioOf(PhysicalMemory.ZeroFrame)))
        {
            if (folio.IsLarge)
                return false;
            _ = KsmMerging.Merge(ksm, item, folio, merged: null);
            return true;
        }

        var other = ksm.FindOrInsertUnstable(checksum, item);
        return other == null || other == item || CompareWithUnstable(ksm, checksum, item, folio, other);
    }

    /// <summary>Deals with a page that was seen to have the contents of another one.</summary>
    /// <returns>As <see cref="CompareAndMerge"/>.</returns>
    [MustHold("ksm.Mutex && folio.Ref"), MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    private static bool CompareWithUnstable(Ksm ksm, ulong checksum, KsmRmapItem item, Folio folio, KsmRmapItem other)
    {
        if (!IsSameAt(ksm, other, folio))
            return true;
        if (folio.IsLarge)
            return false;

        // The other one is split only now that it turned out to be equal; this one, which may have been a part of the same, is a page of its own already.
        if (PageAt(other, splits: true) is not { } second)
            return true;
        if (!second.IsLarge)
            MergeTwo(ksm, checksum, item, folio, other, second);
        ksm.Memory.Put(second);
        return true;
    }

    [MustHold("ksm.Mutex && folio.Ref"), MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    private static bool IsSameAt(Ksm ksm, KsmRmapItem other, Folio folio)
    {
        if (PageAt(other, splits: false) is not { } second)
            return false;
        bool isSame = second.Frame != folio.Frame && ksm.Memory.IsSame(folio, second);
        ksm.Memory.Put(second);
        return isSame;
    }

    /// <summary>Makes a merged page of one of two, and maps it in place of the other (<c>try_to_merge_two_pages</c>).</summary>
    [MustHold("ksm.Mutex && folio.Ref && second.Ref"), MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    private static void MergeTwo(Ksm ksm, ulong checksum, KsmRmapItem item, Folio folio, KsmRmapItem other, Folio second)
    {
        var place = KsmMerging.MakeMerged(ksm, item, folio);
        if (place == null || folio.KsmNode is not { } node)
            return;
        var otherPlace = KsmMerging.Merge(ksm, other, second, folio);
        if (otherPlace == null)
        {
            // A merged page of its own has no use, and each write to it would copy.
            KsmUnmerge.BreakCow(item);
            return;
        }

        ksm.RemoveUnstable(checksum);
        ksm.InsertStable(checksum, node);
        Link(ksm, item, node, place);
        Link(ksm, other, node, otherPlace);
    }

    /// <summary>Notes where a merged page is mapped (<c>stable_tree_append</c>).</summary>
    [MustHold("ksm.Mutex"), MaySleep]
    private static void Link(Ksm ksm, KsmRmapItem item, KsmStableNode node, KsmLink place)
    {
        var folio = ksm.GetFolioLocked(node);
        if (folio == null)
            return;
        node.Links = [.. node.Links, place];
        folio.Unlock();
        ksm.Memory.Put(folio);
        item.Node = node;
        item.Link = place;
    }

    /// <summary>A place has the merged page no more (<c>remove_rmap_item_from_tree</c>).</summary>
    [MustHold("ksm.Mutex"), MaySleep]
    private static void Unlink(Ksm ksm, KsmRmapItem item)
    {
        var node = item.Node;
        if (node == null)
            return;
        var folio = ksm.GetFolioLocked(node);
        if (folio != null)
        {
            var gone = item.Link;
            node.Links = Array.FindAll(node.Links, link => link != gone);
            folio.Unlock();
            ksm.Memory.Put(folio);
        }

        item.Node = null;
        item.Link = null;
    }

    /// <summary>The next page that may be merged (<c>scan_get_next_rmap_item</c>). Nothing keeps the address space in use.</summary>
    /// <returns>With a reference; null at the end. <paramref name="address"/> is where it is.</returns>
    [MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep, Acquires("result.Ref", When = "result != null")]
    private static Folio? NextPage(MmStruct mm, ref ulong address)
    {
        mm.MmapLock.ReadLock();
        var folio = mm.IsExiting ? null : NextPageLocked(mm, ref address);
        mm.MmapLock.ReadUnlock();
        return folio;
    }

    [MustHold("mm.MmapLock"), MustHold("mm.Users", When = "mm.IsExiting"), MaySleep, Acquires("result.Ref", When = "result != null")]
    private static Folio? NextPageLocked(MmStruct mm, ref ulong address)
    {
        for (var vma = VmaLookup.FindVma(mm, address); vma != null; vma = VmaLookup.FindVma(mm, vma.End))
        {
            if (!KsmMerging.IsMergeable(vma))
                continue;
            for (ulong at = Math.Max(address, vma.Start); at < vma.End; at += Page.Size)
            {
                var folio = KsmMerging.FollowAnonymous(vma, at);
                if (folio == null)
                    continue;
                address = at;
                return folio;
            }
        }

        return null;
    }

    /// <summary>
    /// Forgets address spaces that have ended before others are looked at (<c>__ksm_exit</c> moves them to the front): a merged page that they alone had asked
    /// for takes in no more.
    /// </summary>
    [MustHold("ksm.Mutex"), MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    private static void ForgetEnded(Ksm ksm, long scan)
    {
        foreach (var slot in ksm.Slots())
        {
            if (!HasEnded(slot.Mm))
                continue;
            DropItems(ksm, slot, scan);
            ksm.RemoveSlot(slot);
        }
    }

    [MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    private static bool HasEnded(MmStruct mm)
    {
        mm.MmapLock.ReadLock();
        bool ended = mm.IsExiting;
        mm.MmapLock.ReadUnlock();
        return ended;
    }

    /// <summary>
    /// Takes an address space out in which nothing was found and no VMA asks for merging. One that asks again is scanned after all others, which decides which
    /// of two equal pages becomes the merged one.
    /// </summary>
    [MustHold("ksm.Mutex"), MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    private static void LeaveIfDone(Ksm ksm, KsmSlot slot)
    {
        var mm = slot.Mm;
        mm.MmapLock.ReadLock();
        if (slot.Items.Count == 0 && !HasMergeable(mm))
        {
            ksm.RemoveSlot(slot);
            mm.ClearMergeable();
        }

        mm.MmapLock.ReadUnlock();
    }

    [MustHold("mm.MmapLock")]
    private static bool HasMergeable(MmStruct mm)
    {
        for (var vma = mm.Vmas.Find(0); vma != null; vma = mm.Vmas.Find(vma.End))
        {
            if ((vma.Flags & VmFlags.Mergeable) != 0)
                return true;
        }

        return false;
    }

    /// <summary>The page at a place that was scanned before (<c>get_mergeable_page</c>).</summary>
    /// <param name="item">The place.</param>
    /// <param name="splits">Whether a large folio there is split, if that is possible now.</param>
    [MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep, Acquires("result.Ref", When = "result != null")]
    private static Folio? PageAt(KsmRmapItem item, bool splits)
    {
        var mm = item.Mm;
        mm.MmapLock.ReadLock();
        Folio? folio = null;
        if (KsmMerging.FindMergeableVma(mm, item.Address) is { } vma && (!splits || HugeSplit.TrySplitAt(vma, item.Address)))
            folio = KsmMerging.FollowAnonymous(vma, item.Address);
        mm.MmapLock.ReadUnlock();
        return folio;
    }

    /// <summary>What a page comes to that is not changing (<c>calc_checksum</c>); never 0 for a page of zeros, which would seem to have been seen before.</summary>
    private static ulong ChecksumOf(PhysicalMemory memory, Folio folio)
    {
        const ulong Multiplier = 0x9E37_79B9_7F4A_7C15;
        ulong sum = Multiplier;
        foreach (ulong word in MemoryMarshal.Cast<byte, ulong>(new ReadOnlySpan<byte>(memory.PointerTo(folio.Frame), Page.Size)))
            sum = (ulong.RotateLeft(sum, 5) ^ word) * Multiplier;
        return sum;
    }
}
