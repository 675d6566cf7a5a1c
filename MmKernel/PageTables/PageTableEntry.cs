namespace MmKernel;

/// <summary>The layout of a page-table entry on x86-64 (<c>pgtable_types.h</c>).</summary>
internal static class PageTableEntry
{
    internal const ulong None = 0;
    internal const ulong Present = 1UL << 0;
    internal const ulong Writable = 1UL << 1;
    internal const ulong User = 1UL << 2;
    internal const ulong Accessed = 1UL << 5;
    internal const ulong Dirty = 1UL << 6;

    /// <summary>In the second level: the entry maps a huge page instead of leading to a table (<c>_PAGE_PSE</c>).</summary>
    internal const ulong Huge = 1UL << 7;

    /// <summary>Software bit 1: no folio behind it, as with the zero page (<c>_PAGE_SPECIAL</c>).</summary>
    internal const ulong Special = 1UL << 9;

    /// <summary>Software bit 2: write-protected by userfaultfd (<c>_PAGE_UFFD_WP</c>).</summary>
    internal const ulong UffdWriteProtect = 1UL << 10;

    /// <summary>Software bit 3: written to since the bits were cleared (<c>_PAGE_SOFT_DIRTY</c>).</summary>
    internal const ulong SoftDirty = 1UL << 11;

    internal const ulong NoExecute = 1UL << 63;

    internal const ulong FrameMask = 0x000F_FFFF_FFFF_F000;

    /// <summary>What an entry of an upper level carries besides the frame (<c>_PAGE_TABLE</c>).</summary>
    internal const ulong Table = Present | Writable | User | Accessed | Dirty;

    /// <summary>
    /// An entry that is not present and says that an access raises SIGSEGV (<c>PTE_MARKER_GUARD</c>): a type that no swap device has, and the
    /// kind of marker.
    /// </summary>
    internal const ulong Guard = (0x1FUL << 58) | (4UL << 12);

    /// <summary>In a swap entry: <see cref="SoftDirty"/> of the page (<c>_PAGE_SWP_SOFT_DIRTY</c>).</summary>
    internal const ulong SwapSoftDirty = 1UL << 1;

    /// <summary>In a swap entry: <see cref="UffdWriteProtect"/> of the page (<c>_PAGE_SWP_UFFD_WP</c>).</summary>
    internal const ulong SwapUffdWriteProtect = 1UL << 2;

    /// <summary>In a swap entry: the page belongs to this entry alone (<c>_PAGE_SWP_EXCLUSIVE</c>).</summary>
    internal const ulong SwapExclusive = 1UL << 3;

    /// <summary>Says that a page that is not there is write-protected by userfaultfd (<c>PTE_MARKER_UFFD_WP</c>).</summary>
    internal const ulong UffdMarker = (0x1FUL << 58) | (1UL << 12);

    /// <summary>Says that an access raises SIGBUS (<c>PTE_MARKER_POISONED</c>).</summary>
    internal const ulong Poison = (0x1FUL << 58) | (2UL << 12);

    internal static bool IsGuard(ulong entry) => entry == Guard;

    /// <summary>Whether no page is there, whatever a marker says: a userfaultfd may fill such an entry (<c>pte_none_mostly</c>).</summary>
    internal static bool IsNoneMostly(ulong entry) => entry is None or UffdMarker or Poison or Guard;

    /// <summary>What a page inherits from the marker that it takes the place of (<c>vmf_orig_pte_uffd_wp</c>).</summary>
    internal static ulong MarkedBits(ulong marker) => marker == UffdMarker ? UffdWriteProtect : 0;

    internal static bool IsPresent(ulong entry) => (entry & Present) != 0;

    internal static bool IsWritable(ulong entry) => (entry & Writable) != 0;

    internal static bool IsSpecial(ulong entry) => (entry & Special) != 0;

    /// <summary>Whether it maps a page, single or huge, that counts its mappings (<c>vm_normal_page</c>).</summary>
    internal static bool MapsPage(ulong entry) => IsPresent(entry) && !IsSpecial(entry);

    /// <summary>Whether it maps a huge page (<c>pmd_trans_huge</c>).</summary>
    internal static bool IsHuge(ulong entry) => (entry & Huge) != 0;

    internal static ulong FrameOf(ulong entry) => (entry & FrameMask) >> Page.Shift;

    /// <summary>An entry for a frame (<c>mk_pte</c>).</summary>
    internal static ulong Make(ulong frame, ulong protection) => (frame << Page.Shift) | protection;

    /// <summary>
    /// The protection bits of a VMA's entries, not writable yet (<c>vm_get_page_prot</c>). Mappings without access are entries that the
    /// processor does not honour: they are not marked as the user's.
    /// </summary>
    internal static ulong ProtectionOf(VmFlags flags)
    {
        ulong bits = Present | Accessed;
        if ((flags & VmFlags.AccessMask) != 0)
            bits |= User;
        if ((flags & VmFlags.Exec) == 0)
            bits |= NoExecute;
        return bits;
    }
}
