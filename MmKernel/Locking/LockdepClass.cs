using System;
using System.Collections.Generic;
using System.Reflection;
using MmLint;

namespace MmKernel;

/// <summary>
/// A class of locks as the run-time validator sees it: its place in the lock order and its rule for two locks of the class, both read from
/// the assembly's <see cref="LockOrderAttribute"/> and <see cref="LockNestingAttribute"/>, so that no second list can drift.
/// </summary>
public sealed class LockdepClass
{
    private static readonly Dictionary<string, int> s_ranks = ReadRanks();
    private static readonly Dictionary<string, LockNestingAttribute> s_nesting = ReadNesting();
    private static readonly List<LockdepClass> s_listed = [];

    private LockdepClass(string name, LockKind kind, LockOwner owner = LockOwner.Thread)
        : this(name, kind, owner, s_listed.Count) => s_listed.Add(this);

    private LockdepClass(string name, LockKind kind, LockOwner owner, int number)
    {
        Number = number;
        Name = name;
        IsAtomic = kind is LockKind.Spin or LockKind.Rcu;
        Owner = owner;
        Rank = s_ranks.GetValueOrDefault(name, Unranked);
        Nesting = s_nesting.TryGetValue(name, out var rule) ? rule.Rule : Nesting.Never;
    }

    /// <summary>More classes than there are, those of tests and tools counted as one.</summary>
    internal const int Most = 64;

    /// <summary>The rank of a class that the order does not list.</summary>
    public const int Unranked = -1;

    /// <summary>i_rwsem of files.</summary>
    public static LockdepClass Inode { get; } = new("MemoryFile.Rwsem", LockKind.ReaderWriter);

    /// <summary>mmap_lock.</summary>
    public static LockdepClass MmapLock { get; } = new("MmStruct.MmapLock", LockKind.ReaderWriter);

    /// <summary>Per-VMA locks held by readers.</summary>
    public static LockdepClass VmaShared { get; } = new("shared(VmArea.Lock)", LockKind.ReaderWriter);

    /// <summary>Per-VMA locks held by a writer.</summary>
    public static LockdepClass VmaExclusive { get; } = new("exclusive(VmArea.Lock)", LockKind.ReaderWriter);

    /// <summary>Folio locks.</summary>
    public static LockdepClass Folio { get; } = new("Folio", LockKind.Mutex, LockOwner.Anyone);

    /// <summary>i_mmap_rwsem.</summary>
    public static LockdepClass ImapLock { get; } = new("AddressSpace.ImapLock", LockKind.ReaderWriter);

    /// <summary>The root lock of an anon_vma tree.</summary>
    public static LockdepClass AnonVma { get; } = new("AnonVma.Rwsem", LockKind.ReaderWriter);

    /// <summary>page_table_lock.</summary>
    public static LockdepClass MmPageTable { get; } = new("MmStruct.PageTableLock", LockKind.Spin);

    /// <summary>Locks of single page tables.</summary>
    public static LockdepClass PageTable { get; } = new("PageTableLock", LockKind.Spin);

    /// <summary>The lock of a page cache's index.</summary>
    public static LockdepClass Pages { get; } = new("AddressSpace.PagesLock", LockKind.Spin);

    /// <summary>Clusters of swap slots.</summary>
    public static LockdepClass SwapCluster { get; } = new("SwapCluster.Lock", LockKind.Spin);

    /// <summary>The set of large folios to split when memory is short.</summary>
    public static LockdepClass DeferredSplit { get; } = new("DeferredSplit.Lock", LockKind.Spin);

    /// <summary>Folios that one processor is going to put on the lists of reclaim.</summary>
    public static LockdepClass LruBatch { get; } = new("LruBatch.Lock", LockKind.Spin);

    /// <summary>The lists of reclaim.</summary>
    public static LockdepClass Lru { get; } = new("LruLists.Lock", LockKind.Spin);

    /// <summary>Sets that somebody looks through now and then.</summary>
    public static LockdepClass Registry { get; } = new("Registry.Lock", LockKind.Spin);

    /// <summary>Per-CPU lists of free pages.</summary>
    public static LockdepClass PageCpuList { get; } = new("PageCpuList.Lock", LockKind.Spin);

    /// <summary>The zone's buddy lists.</summary>
    public static LockdepClass Buddy { get; } = new("BuddyAllocator.Lock", LockKind.Spin);

    /// <summary>Queued RCU callbacks.</summary>
    public static LockdepClass RcuCallbacks { get; } = new("Rcu.CallbackLock", LockKind.Spin);

    /// <summary>The table of tasks.</summary>
    public static LockdepClass TaskTable { get; } = new("TaskTable.Lock", LockKind.Spin);

    /// <summary>map_changing_lock of userfaultfds.</summary>
    public static LockdepClass MapChanging { get; } = new("UserfaultContext.MapChangingLock", LockKind.ReaderWriter);

    /// <summary>Queues of userfaultfds.</summary>
    public static LockdepClass UserfaultQueue { get; } = new("UserfaultContext.QueueLock", LockKind.Spin);

    /// <summary>ksm_thread_mutex.</summary>
    public static LockdepClass KsmMutex { get; } = new("Ksm.Mutex", LockKind.Mutex);

    /// <summary>The list of address spaces that are scanned for equal pages.</summary>
    public static LockdepClass KsmSlots { get; } = new("Ksm.SlotsLock", LockKind.Spin);

    /// <summary>Buckets of the wait table.</summary>
    public static LockdepClass WaitBucket { get; } = new("WaitBucket.Lock", LockKind.Spin);

    /// <summary>The classes below, but not those of tests and tools.</summary>
    internal static IReadOnlyList<LockdepClass> All => s_listed;

    /// <summary>A number below <see cref="Most"/>; classes of tests and tools share one.</summary>
    internal int Number { get; }

    /// <summary>The name in the lock order.</summary>
    public string Name { get; }

    /// <summary>Whether nothing may sleep while a lock of the class is held.</summary>
    public bool IsAtomic { get; }

    /// <summary>Who may release it.</summary>
    public LockOwner Owner { get; }

    /// <summary>Position in the lock order, outermost 0, or <see cref="Unranked"/>.</summary>
    public int Rank { get; }

    /// <summary>When two locks of the class may be held together.</summary>
    public Nesting Nesting { get; }

    /// <summary>A class outside the list, for locks of tests and tools.</summary>
    /// <param name="name">Its name; ranked if the lock order lists it.</param>
    /// <param name="kind">What kind of lock.</param>
    public static LockdepClass Create(string name, LockKind kind) => new(name, kind, LockOwner.Thread, Most - 1);

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static Dictionary<string, int> ReadRanks()
    {
        var ranks = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var order in typeof(LockdepClass).Assembly.GetCustomAttributes<LockOrderAttribute>())
        {
            foreach (string name in order.Classes)
                ranks.TryAdd(name, ranks.Count);
        }

        return ranks;
    }

    private static Dictionary<string, LockNestingAttribute> ReadNesting()
    {
        var rules = new Dictionary<string, LockNestingAttribute>(StringComparer.Ordinal);
        foreach (var rule in typeof(LockdepClass).Assembly.GetCustomAttributes<LockNestingAttribute>())
            rules[rule.LockClass] = rule;
        return rules;
    }
}
