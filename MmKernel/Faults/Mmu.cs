using System;
using System.Threading;
using MmLint;

namespace MmKernel;

/// <summary>
/// The memory management unit of a processor: turns an access of the current task into a walk of the page tables, and into a fault where the
/// entry does not allow it. A TLB that keeps entries from one access to the next would sit in <see cref="TryAccess"/>.
/// </summary>
internal static unsafe class Mmu
{
    /// <summary>Reads or writes within one page, faulting as often as it takes.</summary>
    /// <param name="mm">The current address space.</param>
    /// <param name="address">Where.</param>
    /// <param name="buffer">What to read into or write from.</param>
    /// <param name="length">Bytes; the range does not cross a page boundary.</param>
    /// <param name="flags">The kind of access.</param>
    [MustHold("mm.Users && mm.Residents"), Requires("mm == Task.CurrentMm"), MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    private static AccessResult Access(MmStruct mm, ulong address, byte* buffer, int length, FaultFlag flags)
    {
        var task = Task.Current;
        if (address >= Page.TaskSize)
            return new AccessResult(Signal.SIGSEGV, SignalCode.SEGV_MAPERR, address);
        while (!TryAccess(task, mm, address, buffer, length, flags))
        {
            var result = UserFault.HandleUserFault(mm, address, flags);
            if (!result.IsOk)
                return result;
        }

        return default;
    }

    /// <summary>Reads user memory without faulting, whatever is held (<c>copy_from_user</c> with page faults disabled).</summary>
    /// <returns>False if some of it takes a fault; then part of the bytes may have been read.</returns>
    [Requires("mm == Task.CurrentMm")]
    internal static bool TryRead(MmStruct mm, ulong address, byte* buffer, int length)
    {
        var task = Task.Current;
        while (length > 0)
        {
            int part = Math.Min(length, Page.Size - (int)(address & Page.OffsetMask));
            if (address >= Page.TaskSize || !TryAccess(task, mm, address, buffer, part, FaultFlag.None))
                return false;
            address += (ulong)part;
            buffer += part;
            length -= part;
        }

        return true;
    }

    /// <summary>Reads or writes across pages, one after the other, until one does not allow it (<c>copy_from_user</c>, <c>copy_to_user</c>).</summary>
    /// <param name="mm">The current address space.</param>
    /// <param name="address">Where.</param>
    /// <param name="buffer">What to read into or write from.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="flags">The kind of access.</param>
    [MustHold("mm.Users && mm.Residents"), Requires("mm == Task.CurrentMm"), MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    internal static AccessResult AccessPages(MmStruct mm, ulong address, byte* buffer, int length, FaultFlag flags)
    {
        while (length > 0)
        {
            int part = Math.Min(length, Page.Size - (int)(address & Page.OffsetMask));
            var result = Access(mm, address, buffer, part, flags);
            if (!result.IsOk)
                return result;
            address += (ulong)part;
            buffer += part;
            length -= part;
        }

        return default;
    }

    /// <summary>One attempt, with nothing held: what a flush waits for is the phase between the two stores to the task.</summary>
    private static bool TryAccess(Task task, MmStruct mm, ulong address, byte* buffer, int length, FaultFlag flags)
    {
        bool isWrite = (flags & FaultFlag.Write) != 0;
        Volatile.Write(ref task.MmuPhase, Volatile.Read(ref task.MmuPhase) + 1);
        Interleaving.Reach(SchedulePoint.Access, task);
        ulong* entry = PageTableWalk.FindLeaf(mm, address, out _, out ulong huge);
        bool done = false;
        if (entry != null && MarkUsed(entry, huge, isWrite, (flags & FaultFlag.Instruction) != 0, out ulong value))
        {
            Interleaving.Reach(SchedulePoint.Access, task);
            ulong frame = PageTableEntry.FrameOf(huge == 0 ? value : HugeEntries.PageOf(value, address));
            byte* target = mm.Machine.Memory.PointerTo(frame) + (address & Page.OffsetMask);
            if (isWrite)
                Move(buffer, target, length);
            else
                Move(target, buffer, length);
            done = true;
        }

        Volatile.Write(ref task.MmuPhase, Volatile.Read(ref task.MmuPhase) + 1);
        return done;
    }

    /// <summary>Sets the accessed and dirty bits as a processor does: only in an entry that allows the access at that moment.</summary>
    private static bool MarkUsed(ulong* entry, ulong huge, bool isWrite, bool isFetch, out ulong value)
    {
        ulong needed = PageTableEntry.Present | PageTableEntry.User | huge | (isWrite ? PageTableEntry.Writable : 0);
        ulong marks = PageTableEntry.Accessed | (isWrite ? PageTableEntry.Dirty : 0);
        while (true)
        {
            value = Volatile.Read(ref *entry);
            if ((value & needed) != needed || (isFetch && (value & PageTableEntry.NoExecute) != 0))
                return false;
            if ((value & marks) == marks || Interlocked.CompareExchange(ref *entry, value | marks, value) == value)
                return true;
        }
    }

    /// <summary>Copies; aligned words are not torn, as on the real machine.</summary>
    private static void Move(byte* from, byte* to, int length)
    {
        if (length == sizeof(ulong) && (((ulong)from | (ulong)to) & (sizeof(ulong) - 1)) == 0)
            Volatile.Write(ref *(ulong*)to, Volatile.Read(ref *(ulong*)from));
        else
            Buffer.MemoryCopy(from, to, length, length);
    }
}
