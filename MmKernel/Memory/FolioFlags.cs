using System;

namespace MmKernel;

/// <summary>Flags of a folio (<c>enum pageflags</c>), changed by atomic bit operations.</summary>
[Flags]
internal enum FolioFlags
{
    None = 0,

    /// <summary>The folio lock is held (<c>PG_locked</c>).</summary>
    Locked = 1 << 0,

    /// <summary>Somebody sleeps for the folio lock (<c>PG_waiters</c>).</summary>
    Waiters = 1 << 1,

    /// <summary>The contents are valid (<c>PG_uptodate</c>).</summary>
    UpToDate = 1 << 2,

    /// <summary>The contents are newer than the file's (<c>PG_dirty</c>).</summary>
    Dirty = 1 << 3,

    /// <summary>Belongs to one mapping alone, which may write to it (<c>PG_anon_exclusive</c>).</summary>
    AnonExclusive = 1 << 4,

    /// <summary>Backed by swap, not by a file (<c>PG_swapbacked</c>).</summary>
    SwapBacked = 1 << 5,

    /// <summary>Used since the flag was last cleared (<c>PG_referenced</c>).</summary>
    Referenced = 1 << 6,

    /// <summary>Anonymous, mapped at least once since it was allocated (the low bits of <c>folio->mapping</c>).</summary>
    Anonymous = 1 << 7,

    /// <summary>On one of the lists of reclaim (<c>PG_lru</c>).</summary>
    Lru = 1 << 8,

    /// <summary>Used repeatedly (<c>PG_active</c>).</summary>
    Active = 1 << 9,

    /// <summary>Mapped by a locked VMA, so not to be reclaimed (<c>PG_mlocked</c>, <c>PG_unevictable</c>).</summary>
    Mlocked = 1 << 10,

    /// <summary>Has a slot in swap, under which it is found (<c>PG_swapcache</c>).</summary>
    SwapCache = 1 << 11,

    /// <summary>Was used, and somebody who only tracks uses has cleared the accessed bit that said so (<c>PG_young</c>).</summary>
    Young = 1 << 13,

    /// <summary>Not used since somebody who tracks uses looked (<c>PG_idle</c>).</summary>
    Idle = 1 << 14,

    /// <summary>Always filled with zeros: nobody writes to it, and who maps it is not counted (<c>is_zero_folio</c>).</summary>
    Zero = 1 << 16,

    /// <summary>Read before anybody asked for it (<c>PG_readahead</c>).</summary>
    Readahead = 1 << 12,
}
