using System;
using MmLint;
using static MmKernel.PageTableEntry;

namespace MmKernel;

/// <summary>
/// Fork copies pinned pages at once (<c>copy_present_page</c>): shared until written, the parent would get the copy and whoever pinned the
/// page would go on with one that the parent does not see any more.
/// </summary>
internal static class PinnedCopies
{
    // Marks an entry on its way from the parent's table to the child's; a bit that no entry has.
    private const ulong Mark = 1UL << 52;

    /// <summary>Whether the page must be copied (<c>folio_needs_cow_for_dma</c>). Nobody pins while fork runs.</summary>
    internal static bool IsNeeded(MmStruct mm, Folio folio) => mm.HasPinned && folio.IsAnonymous && folio.IsPinned;

    /// <summary>Whether the entry is one of those.</summary>
    internal static bool IsMarked(ulong entry) => (entry & Mark) != 0;

    /// <summary>The marked entry of a page, which is kept until it is copied.</summary>
    internal static ulong Keep(Folio folio, ulong entry)
    {
        folio.Get();
        folio.HandOverReference();
        return entry | Mark;
    }

    /// <summary>Copies the pages of marked entries, which are those of the copies then.</summary>
    /// <returns>False if memory is exhausted; no page is kept any more then, and no entry marked.</returns>
    [AllocatesPages]
    internal static bool Copy(PhysicalMemory memory, Span<ulong> entries)
    {
        bool copied = true;
        foreach (ref ulong entry in entries)
        {
            if (!IsMarked(entry))
                continue;
            var folio = memory.FolioOf(FrameOf(entry));
            folio.AdoptReference();
            entry = copied ? CopyOne(memory, folio) : None;
            copied &= entry != None;
            memory.Put(folio);
        }

        if (!copied)
            Drop(memory, entries);
        return copied;
    }

    /// <summary>Frees the copies that no table has taken.</summary>
    internal static void Drop(PhysicalMemory memory, Span<ulong> entries)
    {
        foreach (ref ulong entry in entries)
        {
            if (!IsMarked(entry))
                continue;
            var copy = memory.FolioOf(FrameOf(entry));
            copy.AdoptReference();
            memory.Put(copy);
            entry = None;
        }
    }

    /// <summary>Maps a copy, which belongs to the child alone.</summary>
    /// <returns>The entry.</returns>
    [MustHold("exclusive(target.Lock) && pte && pte.Ptl"), Requires("target.AnonVma != null")]
    internal static ulong Map(VmArea target, ulong address, MappedPte pte, ulong entry)
    {
        var memory = target.Mm.Machine.Memory;
        var copy = memory.FolioOf(FrameOf(entry));
        if (!copy.TryLock())
            throw new InvalidOperationException("A page that nobody can reach is locked.");
        copy.AdoptReference();
        AnonRmap.FolioAddAnonRmap(copy, target, address, pte, isExclusive: true);
        copy.Unlock();
        memory.Lru?.Add(copy, target.Flags);
        copy.HandOverReference();
        ulong bits = ProtectionOf(target.Flags) | Dirty;
        return Make(copy.Frame, (target.Flags & VmFlags.Write) != 0 ? bits | Writable : bits);
    }

    [AllocatesPages]
    private static ulong CopyOne(PhysicalMemory memory, Folio folio)
    {
        var copy = memory.Allocate();
        if (copy == null)
            return None;
        memory.Copy(copy, folio);
        copy.Set(FolioFlags.UpToDate);
        copy.HandOverReference();
        return Make(copy.Frame, Mark);
    }
}
