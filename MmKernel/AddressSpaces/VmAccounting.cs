using MmLint;

namespace MmKernel;

/// <summary>Counts the pages of an address space by kind and tests them against the limits of the process.</summary>
internal static class VmAccounting
{
    /// <summary>Whether <paramref name="pages"/> more pages of a kind stay within the limits (<c>may_expand_vm</c>).</summary>
    [MustHold("mm.MmapLock")]
    internal static bool MayExpand(MmStruct mm, VmFlags flags, ulong pages) =>
        mm.TotalPages + pages <= mm.Limits.AddressSpace >> Page.Shift
        && (!IsData(flags) || mm.DataPages + pages <= mm.Limits.Data >> Page.Shift);

    /// <summary>Whether <paramref name="bytes"/> more bytes of locked memory stay within the limit (<c>mlock_future_ok</c>).</summary>
    [MustHold("mm.MmapLock")]
    internal static bool MayLockMore(MmStruct mm, VmFlags flags, ulong bytes) =>
        (flags & VmFlags.Locked) == 0 || mm.Limits.MayLockBeyondLimit
        || mm.LockedPages + (bytes >> Page.Shift) <= mm.Limits.LockedMemory >> Page.Shift;

    /// <summary>Promises pages to the process (<c>security_vm_enough_memory_mm</c>).</summary>
    [MustHold("mm.MmapLock")]
    internal static bool TryCharge(MmStruct mm, ulong pages) => mm.Machine.Commit.TryCharge(pages, mm.TotalPages);

    /// <summary>Counts pages that are mapped from now on, as locked too if they are (<c>vm_stat_account</c>, <c>locked_vm</c>).</summary>
    [MustHold("exclusive(mm.MmapLock)")]
    internal static void Add(MmStruct mm, VmFlags flags, ulong pages)
    {
        mm.TotalPages += pages;
        if ((flags & VmFlags.Locked) != 0)
            mm.LockedPages += pages;
        if (IsExecutable(flags))
            mm.ExecPages += pages;
        else if (IsStack(flags))
            mm.StackPages += pages;
        else if (IsData(flags))
            mm.DataPages += pages;
    }

    /// <summary>Counts pages that are not mapped any longer.</summary>
    [MustHold("exclusive(mm.MmapLock)")]
    internal static void Remove(MmStruct mm, VmFlags flags, ulong pages) => Add(mm, flags, 0UL - pages);

    /// <summary>Whether a mapping like this may come to need memory of its own (<c>accountable_mapping</c>).</summary>
    internal static bool IsAccountable(VmFlags flags) => (flags & (VmFlags.NoReserve | VmFlags.Shared | VmFlags.Write)) == VmFlags.Write;

    /// <summary>Whether any access is allowed (<c>vma_is_accessible</c>).</summary>
    internal static bool IsAccessible(VmFlags flags) => (flags & VmFlags.AccessMask) != 0;

    private static bool IsExecutable(VmFlags flags) => (flags & (VmFlags.Exec | VmFlags.Write | VmFlags.GrowsDown)) == VmFlags.Exec;

    private static bool IsStack(VmFlags flags) => (flags & VmFlags.GrowsDown) != 0;

    private static bool IsData(VmFlags flags) => (flags & (VmFlags.Write | VmFlags.Shared | VmFlags.GrowsDown)) == VmFlags.Write;
}
