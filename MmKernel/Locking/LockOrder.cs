using MmLint;

// The lock graph of the kernel, outermost first. This is the only place where it stands: the checker enforces it while typing and Lockdep
// reads the same attributes at run time. It follows the comment at the top of Linux mm/rmap.c, but for one place: there a VMA is write-locked
// inside a folio. Whoever write-locks a VMA waits for its readers, and a reader that faults waits for folios, so here the VMA comes first.
[assembly: LockOrder(
    "Residents",
    "MemoryFile.Rwsem",
    "Ksm.Mutex",
    "MmStruct.MmapLock",
    "shared(VmArea.Lock)",
    "exclusive(VmArea.Lock)",
    "UserfaultContext.MapChangingLock",
    "Folio",
    "AddressSpace.ImapLock",
    "AnonVma.Rwsem",
    "MmStruct.PageTableLock",
    "PageTableLock",
    "AddressSpace.PagesLock",
    "SwapCluster.Lock",
    "LruBatch.Lock",
    "LruLists.Lock",
    "DeferredSplit.Lock",
    "PageCpuList.Lock",
    "BuddyAllocator.Lock",
    "Rcu.CallbackLock",
    "TaskTable.Lock",
    "UserfaultContext.QueueLock",
    "Ksm.SlotsLock",
    "Registry.Lock",
    "WaitBucket.Lock")]

// Fork takes the parent's address space, then the child's, which nobody else can reach yet.
[assembly: LockNesting("MmStruct.MmapLock", Nesting.Inside)]
// Migration and userfaultfd moves lock the source folio, then the destination, and say so.
[assembly: LockNesting("Folio", Nesting.Inside)]
// A second VMA is read-locked only by trying: whoever holds the first may be what a writer waits for.
[assembly: LockNesting("shared(VmArea.Lock)", Nesting.TryOnly)]
// Any number of VMAs may be write-locked: mmap_lock excludes every rival.
[assembly: LockNesting("exclusive(VmArea.Lock)", Nesting.AnyUnder, "exclusive(MmStruct.MmapLock)")]
// Two page tables are locked in ascending order of their frame numbers.
[assembly: LockNesting("PageTableLock", Nesting.Ascending, "Order")]
