using static MmKernel.PageTableEntry;

namespace MmKernel;

/// <summary>What a mapping that waits for its page to be moved allowed, and will allow again.</summary>
internal enum MigrationAccess
{
    /// <summary>Reading; others may have the page too (<c>SWP_MIGRATION_READ</c>).</summary>
    Read,

    /// <summary>Reading; the page belongs to this mapping alone (<c>SWP_MIGRATION_READ_EXCLUSIVE</c>).</summary>
    ReadExclusive,

    /// <summary>Writing (<c>SWP_MIGRATION_WRITE</c>).</summary>
    Write,
}

/// <summary>
/// Page-table entries of pages that are being moved to another frame (<c>include/linux/swapops.h</c>): not present, so that accesses fault and
/// wait, and with all that the mapping needs afterwards. The folio that such an entry names is locked as long as the entry is there.
/// </summary>
internal static class MigrationEntry
{
    private const int TypeShift = 58;
    private const ulong TypeMask = 0x1F;

    // Above the frame number, which has its place as in an entry that is present (SWP_MIG_YOUNG, SWP_MIG_DIRTY).
    private const ulong Young = 1UL << 57;
    private const ulong MigrationDirty = 1UL << 56;

    /// <summary>Whether a page-table entry is one of these (<c>is_migration_entry</c>): types that no swap device has.</summary>
    internal static bool IsIn(ulong entry) => !IsPresent(entry) && TypeOf(entry) is >= SwapEntry.MaxTypes and <= SwapEntry.MaxTypes + (ulong)MigrationAccess.Write;

    /// <summary>What the mapping allowed.</summary>
    internal static MigrationAccess AccessOf(ulong entry) => (MigrationAccess)(TypeOf(entry) - SwapEntry.MaxTypes);

    /// <summary>The number that a swap entry would have its device in, for <c>pagemap</c>.</summary>
    internal static ulong TypeOf(ulong entry) => (entry >> TypeShift) & TypeMask;

    /// <summary>What takes the place of an entry that maps the page (<c>make_writable_migration_entry</c> and its siblings).</summary>
    /// <param name="old">The entry.</param>
    /// <param name="isExclusive">Whether the page belongs to this mapping alone.</param>
    internal static ulong Replacing(ulong old, bool isExclusive)
    {
        ulong entry = old & FrameMask;
        if ((old & Accessed) != 0)
            entry |= Young;
        if ((old & Dirty) != 0)
            entry |= MigrationDirty;
        if ((old & SoftDirty) != 0)
            entry |= SwapSoftDirty;
        if ((old & UffdWriteProtect) != 0)
            entry |= SwapUffdWriteProtect;
        if (IsWritable(old))
            return WithAccess(entry, MigrationAccess.Write);
        return WithAccess(entry, isExclusive ? MigrationAccess.ReadExclusive : MigrationAccess.Read);
    }

    /// <summary>The entry without the right to write, as mprotect and userfaultfd want it; it returns with the next write fault.</summary>
    internal static ulong WriteProtected(ulong entry, bool isAnonymous)
    {
        if (AccessOf(entry) != MigrationAccess.Write)
            return entry;
        return WithAccess(entry, isAnonymous ? MigrationAccess.ReadExclusive : MigrationAccess.Read);
    }

    /// <summary>The entry for a page that is shared from here on (<c>make_readable_migration_entry</c>).</summary>
    internal static ulong Shared(ulong entry) => WithAccess(entry, MigrationAccess.Read);

    /// <summary>The bits of the entry that maps the page again, besides those of the VMA's protection.</summary>
    internal static ulong BitsOf(ulong entry)
    {
        ulong bits = None;
        if ((entry & Young) != 0)
            bits |= Accessed;
        if ((entry & MigrationDirty) != 0)
            bits |= Dirty;
        if ((entry & SwapSoftDirty) != 0)
            bits |= SoftDirty;
        if ((entry & SwapUffdWriteProtect) != 0)
            bits |= UffdWriteProtect;
        if (AccessOf(entry) == MigrationAccess.Write)
            bits |= Writable;
        return bits;
    }

    private static ulong WithAccess(ulong entry, MigrationAccess access) =>
        (entry & ~(TypeMask << TypeShift)) | ((SwapEntry.MaxTypes + (ulong)access) << TypeShift);
}
