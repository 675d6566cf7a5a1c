using System.Threading;
using MmLint;
using static MmKernel.PageTableWalk;

namespace MmKernel;

/// <summary>
/// Pinning user pages for somebody who reads and writes them by frame, as a device does (<c>pin_user_pages</c>, <c>mm/gup.c</c>). A pinned
/// anonymous page belongs to its process alone for as long: it is not replaced by a copy there, and fork copies it at once.
/// </summary>
internal static unsafe class PinUserPages
{
    /// <summary>Pins the page at an address.</summary>
    /// <param name="mm">The address space.</param>
    /// <param name="address">The address.</param>
    /// <param name="flags">What the pin is for.</param>
    /// <param name="error">0; −EFAULT if nothing is mapped or the use is forbidden, −ENOMEM, −EINTR.</param>
    /// <returns>With a reference and a pin; null after an error.</returns>
    [MustHold("mm.Users"), MustNotHold("MmStruct.MmapLock || VmArea.Lock"), AllocatesPages, Acquires("result.Ref", When = "result != null")]
    internal static Folio? Pin(MmStruct mm, ulong address, PinFlags flags, out int error)
    {
        mm.HasPinned = true;
        error = 0;
        var folio = (flags & PinFlags.LongTerm) == 0 ? PinFast(mm, address, flags) : null;
        return folio ?? PinSlowly(mm, address, flags, out error);
    }

    /// <summary>Ends a pin.</summary>
    /// <param name="memory">The machine's memory.</param>
    /// <param name="folio">The page.</param>
    /// <param name="isDirty">Whether it may have been written to (<c>unpin_user_pages_dirty_lock</c>).</param>
    [Releases("folio.Ref"), MustHold("folio.Ref")]
    internal static void Unpin(PhysicalMemory memory, Folio folio, bool isDirty)
    {
        if (!folio.Head.Has(FolioFlags.Zero))
        {
            if (isDirty)
                folio.Set(FolioFlags.Dirty);
            folio.RemovePin();
        }

        memory.Put(folio);
    }

    /// <summary>
    /// Pins without any lock (<c>gup_fast</c>). The entry is read again after the pin: who takes a page out of an entry looks for pins after
    /// that. Fork does not clear entries, so its sequence count tells whether it was there.
    /// </summary>
    [MustHold("mm.Users"), Acquires("result.Ref", When = "result != null")]
    private static Folio? PinFast(MmStruct mm, ulong address, PinFlags flags)
    {
        if (!mm.WriteProtectSeq.TryReadBegin(out long sequence))
            return null;
        var folio = PinMapped(mm, address, flags);
        bool forked = mm.WriteProtectSeq.ReadRetry(sequence);
        if (folio == null || !forked)
            return folio;
        Unpin(mm.Machine.Memory, folio, isDirty: false);
        return null;
    }

    [Acquires("result.Ref", When = "result != null")]
    private static Folio? PinMapped(MmStruct mm, ulong address, PinFlags flags)
    {
        Rcu.ReadLock();
        ulong* entry = FindLeaf(mm, address, out _, out ulong huge);
        if (entry == null)
        {
            Rcu.ReadUnlock();
            return null;
        }

        ulong value = Volatile.Read(ref *entry);
        bool allowed = PageTableEntry.IsPresent(value) && (huge == PageTableEntry.None || PageTableEntry.IsHuge(value)) && !PageTableEntry.IsSpecial(value) && (value & PageTableEntry.User) != 0
            && ((flags & PinFlags.Write) == 0 || (PageTableEntry.IsWritable(value) && (value & PageTableEntry.Dirty) != 0));
        ulong frame = PageTableEntry.FrameOf(huge == PageTableEntry.None ? value : HugeEntries.PageOf(value, address));
        var folio = mm.Machine.Memory.FolioOf(allowed ? frame : PhysicalMemory.ZeroFrame);
        var head = folio.Head;
        if (!allowed || !head.TryGet())
        {
            Rcu.ReadUnlock();
            return null;
        }

        head.AddPin();

        // The table may have been replaced by a huge page, or the other way round, and the page may have become a folio of its own.
        bool isSame = Volatile.Read(ref *entry) == value && FindLeaf(mm, address, out _, out _) == entry && folio.Head == head;
        if (isSame && !MustUnshare(huge == PageTableEntry.None ? folio : head, (flags & PinFlags.Write) != 0))
        {
            Rcu.ReadUnlock();
            head.HandOverReference();
            folio.AdoptReference();
            return folio;
        }

        Rcu.ReadUnlock();
        Unpin(mm.Machine.Memory, head, isDirty: false);
        return null;
    }

    [MustHold("mm.Users"), MustNotHold("MmStruct.MmapLock || VmArea.Lock"), AllocatesPages, Acquires("result.Ref", When = "result != null")]
    private static Folio? PinSlowly(MmStruct mm, ulong address, PinFlags flags, out int error)
    {
        var folio = GetUserPages.GetUserPageLocked(mm, address, flags, isPin: true, out error);
        if (folio != null)
            mm.MmapLock.ReadUnlock();
        return folio;
    }

    /// <summary>Whether a page that is only read would be replaced under the pin by the process's next write (<c>gup_must_unshare</c>).</summary>
    internal static bool MustUnshare(Folio folio, bool isWrite) => !isWrite && folio.IsAnonymous && !folio.Has(FolioFlags.AnonExclusive);
}
