using System.Threading;
using MmLint;
using static MmKernel.PageTableEntry;
using static MmKernel.PageTableWalk;

namespace MmKernel;

/// <summary>Moving huge pages as a whole when a mapping moves by a multiple of their size (<c>move_huge_pmd</c>).</summary>
/// <remarks>
/// A move must not fail halfway, and a huge page may be split by others until it is moved: then it takes a table at the target. So a table is set
/// aside beforehand for each huge page to move; either it becomes the target's, or it is given back.
/// </remarks>
internal static class HugeMove
{
    /// <summary>Makes what the move of a huge page is going to need, if one is mapped and nothing is in its way.</summary>
    /// <param name="source">The VMA that it leaves.</param>
    /// <param name="target">The VMA that it goes to.</param>
    /// <param name="from">Where it is.</param>
    /// <param name="to">Where it goes.</param>
    /// <param name="isReady">Whether it can move as a whole; with a false result, without meaning.</param>
    /// <returns>False if memory is exhausted.</returns>
    [MustHold("exclusive(source.Lock) && exclusive(target.Lock)"), Requires("target.Mm == source.Mm"), MustNotHold("AddressSpace.ImapLock || AnonVma.Rwsem"), MaySleep]
    internal static bool TryPrepare(VmArea source, VmArea target, ulong from, ulong to, out bool isReady)
    {
        isReady = false;
        if (!IsHuge(HugeEntries.Peek(source, from)))
            return true;
        if (!AllocateTables(target, to, lowest: 1))
            return false;
        isReady = HugeEntries.Peek(target, to) == None;
        return !isReady || HugeEntries.TryDeposit(target.Mm);
    }

    /// <summary>
    /// Moves the huge page. If it was split meanwhile, the table that was set aside becomes the target's instead, for its pages to be moved into.
    /// </summary>
    /// <returns>Whether a huge page was moved.</returns>
    [MustHold("exclusive(source.Lock) && target.Anchored && exclusive(source.RmapLocks)"), Requires("target.Mm == source.Mm")]
    internal static bool TryMove(VmArea source, VmArea target, ulong from, ulong to)
    {
        var mm = source.Mm;
        ulong seen = HugeEntries.Peek(source, from);
        if (!IsPresent(seen) || HugeEntries.Peek(target, to) != None)
            return false;
        mm.PageTableLock.Lock();
        bool isHuge = IsHuge(HugeEntries.Read(source, from));
        if (isHuge)
        {
            ulong entry = HugeEntries.ClearFlush(source, from);
            HugeEntries.Set(target, to, entry | SoftDirty);
            HugeEntries.DropDeposit(mm);
        }
        else
        {
            HugeEntries.Set(target, to, Make(mm.DepositedTables.Pop().Frame, Table));
        }

        mm.PageTableLock.Unlock();
        return isHuge;
    }
}
