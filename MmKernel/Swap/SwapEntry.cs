namespace MmKernel;

/// <summary>
/// Where a page lies in swap (<c>swp_entry_t</c>): the device and the slot on it. Slot 0 of a device is its header, so no entry is zero.
/// </summary>
/// <param name="Type">Number of the device.</param>
/// <param name="Slot">Number of the page on the device.</param>
internal readonly record struct SwapEntry(int Type, int Slot)
{
    /// <summary>Most devices at a time (<c>MAX_SWAPFILES</c>); the numbers from here on mean markers and migration.</summary>
    internal const int MaxTypes = 8;

    private const int TypeShift = 58;
    private const ulong TypeMask = 0x1F;
    private const ulong SlotMask = (1UL << (TypeShift - Page.Shift)) - 1;

    /// <summary>Whether a page-table entry is a swap entry (<c>is_swap_pte</c> without those that are no swap).</summary>
    internal static bool IsIn(ulong entry) =>
        entry != PageTableEntry.None && !PageTableEntry.IsPresent(entry) && ((entry >> TypeShift) & TypeMask) < MaxTypes;

    /// <summary>The swap entry in a page-table entry (<c>pte_to_swp_entry</c>).</summary>
    internal static SwapEntry Of(ulong entry) => new((int)((entry >> TypeShift) & TypeMask), (int)((entry >> Page.Shift) & SlotMask));

    /// <summary>The page-table entry, without flags (<c>swp_entry_to_pte</c>).</summary>
    internal ulong ToEntry() => ((ulong)Type << TypeShift) | ((ulong)Slot << Page.Shift);
}
