namespace MmKernel;

/// <summary>What happens in the memory of a machine, under the names of <c>/proc/vmstat</c> (<c>enum vm_event_item</c>).</summary>
public enum VmEvent
{
    /// <summary>Faults that came to an end, successful or not.</summary>
    Pgfault,

    /// <summary>Faults for which a page had to be read.</summary>
    Pgmajfault,

    /// <summary>Pages read from swap.</summary>
    Pswpin,

    /// <summary>Pages written to swap.</summary>
    Pswpout,

    /// <summary>Pages that reclaim found to be in use, or could not free.</summary>
    Pgactivate,

    /// <summary>Pages moved from an active list to the inactive one.</summary>
    Pgdeactivate,

    /// <summary>Pages marked as not wanted any more (MADV_FREE).</summary>
    Pglazyfree,

    /// <summary>Pages dropped because they were not wanted any more.</summary>
    Pglazyfreed,

    /// <summary>Pages of active lists that were looked at.</summary>
    Pgrefill,

    /// <summary>Pages of inactive lists that the background reclaimer looked at.</summary>
    PgscanKswapd,

    /// <summary>Pages of inactive lists that those who needed memory looked at.</summary>
    PgscanDirect,

    /// <summary>Of these, pages backed by swap.</summary>
    PgscanAnon,

    /// <summary>Of these, pages of files.</summary>
    PgscanFile,

    /// <summary>Pages that the background reclaimer freed.</summary>
    PgstealKswapd,

    /// <summary>Pages that those who needed memory freed.</summary>
    PgstealDirect,

    /// <summary>Of these, pages backed by swap.</summary>
    PgstealAnon,

    /// <summary>Of these, pages of files.</summary>
    PgstealFile,

    /// <summary>Pages moved to another frame.</summary>
    PgmigrateSuccess,

    /// <summary>Pages that were to be moved and were not.</summary>
    PgmigrateFail,

    /// <summary>Frames that compaction looked at for pages to move.</summary>
    CompactMigrateScanned,

    /// <summary>Frames that compaction looked at for a place to move a page to.</summary>
    CompactFreeScanned,

    /// <summary>Pages and free frames that compaction took for itself.</summary>
    CompactIsolated,

    /// <summary>Times that somebody who needed a large block had memory compacted for it.</summary>
    CompactStall,

    /// <summary>Of these, times that there was no such block then either.</summary>
    CompactFail,

    /// <summary>Of these, times that there was one.</summary>
    CompactSuccess,

    /// <summary>Merged pages that a write copied.</summary>
    CowKsm,

    /// <summary>Pages read from swap before anybody asked for them.</summary>
    SwapRa,

    /// <summary>Of these, pages that somebody asked for then.</summary>
    SwapRaHit,

    /// <summary>Processes killed because memory was exhausted.</summary>
    OomKill,
}
