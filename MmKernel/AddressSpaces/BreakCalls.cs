using MmLint;

namespace MmKernel;

/// <summary>brk (<c>mm/mmap.c</c>).</summary>
internal static class BreakCalls
{
    /// <summary>Moves the end of the heap (<c>brk(2)</c>).</summary>
    /// <param name="mm">The address space.</param>
    /// <param name="address">Where the heap is to end.</param>
    /// <returns>The end of the heap: the one that was asked for, or the old one if that could not be; −EINTR if killed.</returns>
    [MustHold("mm.Users"), MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    internal static long Brk(MmStruct mm, ulong address)
    {
        if (mm.MmapLock.WriteLockKillable() != 0)
            return -(long)Errno.EINTR;
        ulong oldEnd = Page.AlignUp(mm.Break);
        ulong newEnd = Page.AlignUp(address);
        if (IsAllowed(mm, address, oldEnd, newEnd))
            mm.Break = address;
        ulong result = mm.Break;
        bool populate = result == address && newEnd > oldEnd && (mm.DefaultFlags & VmFlags.Locked) != 0;
        UffdEvents.UnlockAndComplete(mm);
        if (populate)
            Populating.MmPopulate(mm, oldEnd, newEnd - oldEnd, ignoreErrors: true);
        return (long)result;
    }

    [MustHold("exclusive(mm.MmapLock)"), MaySleep]
    private static bool IsAllowed(MmStruct mm, ulong address, ulong oldEnd, ulong newEnd)
    {
        if (address < mm.StartBreak || address - mm.StartBreak > mm.Limits.Data)
            return false;
        if (newEnd == oldEnd)
            return true;
        if (address <= mm.Break)
        {
            var heap = mm.Vmas.Find(newEnd);
            return heap != null && heap.Start < oldEnd && MunmapCalls.UnmapRange(mm, newEnd, oldEnd) == 0;
        }

        ulong length = newEnd - oldEnd;
        if (GapSearch.GetUnmappedArea(mm, oldEnd, length, isFixed: true) < 0 || !VmAccounting.MayLockMore(mm, mm.DefaultFlags, length))
            return false;
        var next = mm.Vmas.FindIntersection(oldEnd, newEnd + Page.Size + GapSearch.StackGuardGap);
        return (next == null || newEnd + Page.Size <= GapSearch.StartWithGap(next)) && Grow(mm, oldEnd, newEnd);
    }

    /// <summary>Maps more heap (<c>do_brk_flags</c>).</summary>
    [MustHold("exclusive(mm.MmapLock)"), MaySleep]
    private static bool Grow(MmStruct mm, ulong start, ulong end)
    {
        ulong pages = (end - start) >> Page.Shift;
        var flags = VmFlags.Read | VmFlags.Write | VmFlags.MayRead | VmFlags.MayWrite | VmFlags.MayExec | VmFlags.Account | mm.DefaultFlags;
        if (!VmAccounting.MayExpand(mm, flags, pages) || mm.MapCount > mm.Machine.Options.MaxMapCount || !VmAccounting.TryCharge(mm, pages))
            return false;
        var range = new VmaProposal { Start = start, End = end, PageOffset = start >> Page.Shift, Flags = flags };
        if (VmaMerge.MergeNew(mm, range, onlyGrow: true) == null)
        {
            if (FaultInjector.Fails(FaultPoint.Vma) || !VmaTree.TryReserve())
            {
                mm.Machine.Commit.Uncharge(pages);
                return false;
            }

            VmaLayout.Link(new VmArea(mm) { Start = start, End = end, PageOffset = range.PageOffset, Flags = flags });
        }

        VmAccounting.Add(mm, flags, pages);
        return true;
    }
}
