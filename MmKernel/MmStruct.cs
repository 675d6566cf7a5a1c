using System;
using System.Collections.Generic;
using System.Threading;
using MmLint;

namespace MmKernel;

/// <summary>
/// An address space (<c>struct mm_struct</c>). This file is where to start reading: the state that everything else works on, and what guards
/// each part of it. The order of the locks stands in Locking/LockOrder.cs and nowhere else.
/// </summary>
/// <remarks>
/// <para>
/// <see cref="MmapLock"/> held exclusively is needed to change the set of VMAs, and held shared to look around among them. A page fault
/// normally needs neither: it finds its VMA in the tree under RCU, takes that VMA's own lock for reading
/// (<see cref="VmaLocking.LockVmaUnderRcu"/>), and works under it alone. Only what looks at other VMAs as well goes back to mmap_lock.
/// </para>
/// <para>
/// One access runs like this: <see cref="Mmu"/> walks the page tables as a processor does; if the entry does not allow the access,
/// <see cref="FaultHandling.HandleMmFault"/> finds out what belongs there and installs it under the spinlock of the page table, recording
/// in the reverse map (<see cref="RmapWalking"/>) who maps the page.
/// </para>
/// <para>
/// Two references keep an address space. <see cref="Users"/> keeps its VMAs: when the last user goes, everything is unmapped.
/// <see cref="Count"/> keeps only the object, so its holder must not look at VMAs without becoming a user first.
/// </para>
/// </remarks>
public sealed class MmStruct
{
    // The least that Linux leaves, whatever the limit of the stack.
    private const ulong SpaceForStack = 128UL << 20;

    [Atomic] private bool _isOomVictim;
    [Atomic] private int _oomScoreAdjustment;
    [Atomic] private bool _hasPinned;

    private MmStruct(Machine machine, ResourceLimits limits, Folio topTable)
    {
        Machine = machine;
        Limits = limits;
        Vmas = new VmaTree(this);
        Residents = new Residents(this);
        TopTable = topTable;
    }

    /// <summary>Creates an empty address space with one user, the caller (<c>mm_alloc</c>).</summary>
    /// <param name="machine">The machine whose memory it uses.</param>
    /// <param name="limits">What the process may use.</param>
    /// <returns>Null if memory is exhausted.</returns>
    [return: Fresh]
    [AllocatesPages, Acquires("result.Users", When = "result != null")]
    internal static MmStruct? TryCreate(Machine machine, ResourceLimits limits)
    {
        var table = machine.Memory.AllocateTable();
        return table == null ? null : new MmStruct(machine, limits, table);
    }

    /// <summary>The machine whose memory the address space uses.</summary>
    public Machine Machine { get; }

    /// <summary>What the process may use (<c>rlim</c>).</summary>
    public ResourceLimits Limits { get; }

    /// <summary>Guards the set of VMAs and, write-held, bounds the write locks of each (<c>mmap_lock</c>).</summary>
    public RwSemaphore MmapLock { get; } = new(LockdepClass.MmapLock);

    /// <summary>Guards the upper page-table levels, huge pages in them, and the first assignment of a VMA's anon_vma (<c>page_table_lock</c>).</summary>
    public SpinLock PageTableLock { get; } = new(LockdepClass.MmPageTable);

    /// <summary>The threads that run in here.</summary>
    [Ensures("result.Mm == this")]
    public Residents Residents { get; }

    /// <summary>A reference that keeps the VMAs (<c>mm_users</c>).</summary>
    [Lock(LockKind.Reference)]
    public LockName Users => default;

    /// <summary>A reference that keeps the object (<c>mm_count</c>). It never satisfies a need for <see cref="Users"/>.</summary>
    [Lock(LockKind.Reference)]
    public LockName Count => default;

    /// <summary>The VMAs (<c>mm_mt</c>).</summary>
    [Ensures("result.Mm == this")]
    public VmaTree Vmas { get; }

    /// <summary>Number of VMAs (<c>map_count</c>).</summary>
    [GuardedBy("MmapLock"), ReadFreely] public int MapCount;

    /// <summary>Pages mapped (<c>total_vm</c>).</summary>
    [GuardedBy("MmapLock"), ReadFreely] public ulong TotalPages;

    /// <summary>Pages in locked VMAs (<c>locked_vm</c>).</summary>
    [GuardedBy("MmapLock"), ReadFreely] public ulong LockedPages;

    /// <summary>Private writable pages that are no stack (<c>data_vm</c>).</summary>
    [GuardedBy("MmapLock"), ReadFreely] public ulong DataPages;

    /// <summary>Executable, not writable pages (<c>exec_vm</c>).</summary>
    [GuardedBy("MmapLock"), ReadFreely] public ulong ExecPages;

    /// <summary>Pages of stacks (<c>stack_vm</c>).</summary>
    [GuardedBy("MmapLock"), ReadFreely] public ulong StackPages;

    /// <summary>Flags that new VMAs start with, set by mlockall (<c>def_flags</c>).</summary>
    [GuardedBy("MmapLock")] public VmFlags DefaultFlags;

    /// <summary>Where the heap starts (<c>start_brk</c>).</summary>
    [GuardedBy("MmapLock")] public ulong StartBreak;

    /// <summary>Where the heap ends (<c>brk</c>).</summary>
    [GuardedBy("MmapLock")] public ulong Break;

    /// <summary>Below here mmap looks for free ranges, from the top down; the room above is for a stack (<c>mmap_base</c>).</summary>
    [GuardedBy("MmapLock")] public ulong MmapBase = Page.TaskSize - SpaceForStack;

    /// <summary>What handlers of userfaultfds are to hear of as soon as mmap_lock is released.</summary>
    [GuardedBy("MmapLock", Deep = true)] internal readonly List<PendingUserfaultEvent> UserfaultEvents = [];

    /// <summary>Whether the last user is gone. Tested outside mmap_lock it says nothing.</summary>
    [GuardedBy("MmapLock")] public bool IsExiting;

    /// <summary>Write-held while fork makes pages read-only, for those who pin pages without any lock (<c>write_protect_seq</c>).</summary>
    internal SeqCount WriteProtectSeq { get; } = new();

    /// <summary>Whether pages of the process were ever pinned, so that fork looks for pins (<c>MMF_HAS_PINNED</c>).</summary>
    internal bool HasPinned
    {
        get => Volatile.Read(ref _hasPinned);
        set => Volatile.Write(ref _hasPinned, value);
    }

    /// <summary>
    /// Whether the process is being killed because memory is exhausted: its private memory may be gone, so it runs no more
    /// (<c>MMF_UNSTABLE</c>).
    /// </summary>
    internal bool IsOomVictim
    {
        get => Volatile.Read(ref _isOomVictim);
        set => Volatile.Write(ref _isOomVictim, value);
    }

    /// <summary>How much sooner than others the process is killed when memory is exhausted (<c>oom_score_adj</c>).</summary>
    internal int OomScoreAdjustment
    {
        get => Volatile.Read(ref _oomScoreAdjustment);
        set => Volatile.Write(ref _oomScoreAdjustment, value);
    }

    /// <summary>When the process was killed because memory was exhausted, by the clock of <see cref="System.Diagnostics.Stopwatch"/>.</summary>
    [Atomic] internal long KilledAt;

    /// <summary>How often the memory of the killed process was to be taken since.</summary>
    [Atomic] internal int ReapAttempts;

    /// <summary>Number of users; a test for 1 proves nothing, for anybody with a count may become a user.</summary>
    [Atomic] internal int UsersCount = 1;

    /// <summary>Number of counts; all users together own one.</summary>
    [Atomic] internal int CountCount = 1;

    /// <summary>The highest page-table level (<c>pgd</c>).</summary>
    internal Folio TopTable { get; }

    /// <summary>Frames that are page tables, the highest level not counted (<c>pgtables_bytes</c>).</summary>
    [Atomic] internal long TableFrames;

    /// <summary>Tables set aside, one for each entry that maps a huge page (<c>pmd_huge_pte</c>).</summary>
    [GuardedBy("PageTableLock", Deep = true)] internal readonly Stack<Folio> DepositedTables = [];

    [Atomic] private bool _isHugePageDisabled;

    /// <summary>Whether the process does without huge pages (<c>MMF_DISABLE_THP_COMPLETELY</c>).</summary>
    [WriteBy("exclusive(MmapLock)")]
    internal bool IsHugePageDisabled
    {
        get => Volatile.Read(ref _isHugePageDisabled);
        set => Volatile.Write(ref _isHugePageDisabled, value);
    }

    /// <summary>Pages mapped, by kind (<c>rss_stat</c>).</summary>
    internal RssCounters Rss { get; } = new();

    [Atomic] private bool _isMergeable;

    /// <summary>Whether pages may be merged with others', as far as VMAs ask for it (<c>MMF_VM_MERGEABLE</c>).</summary>
    internal bool IsMergeable => Volatile.Read(ref _isMergeable);

    /// <summary>Has pages merged from now on.</summary>
    /// <returns>False if they were before.</returns>
    internal bool TrySetMergeable() => !Interlocked.Exchange(ref _isMergeable, true);

    /// <summary>No VMA asks for it any more.</summary>
    [MustHold("MmapLock")]
    internal void ClearMergeable() => Volatile.Write(ref _isMergeable, false);

    /// <summary>Stops being a user; the last one unmaps everything (<c>mmput</c>).</summary>
    [Releases("Users"), MustNotHold("MmapLock"), MaySleep]
    internal void Put()
    {
        if (Interlocked.Decrement(ref UsersCount) == 0)
        {
            Teardown.ExitMmap(this);
            AdoptUsersCount();
            PutCount();
        }
    }

    /// <summary>All users together own one count, which the last of them is left with.</summary>
    [Acquires("Count")]
    private void AdoptUsersCount() =>
        Lockdep.Assert(Volatile.Read(ref UsersCount) == 0 && Volatile.Read(ref CountCount) > 0, "an address space without count");

    /// <summary>Gives a count back; the last one frees the highest page-table level (<c>mmdrop</c>).</summary>
    [Releases("Count")]
    internal void PutCount()
    {
        if (Interlocked.Decrement(ref CountCount) == 0)
            Machine.Memory.FreeTable(TopTable);
    }

    /// <summary>The use that the caller owned belongs to a process from here on.</summary>
    [Releases("Users")]
    internal void HandOverUser() => Lockdep.Assert(Volatile.Read(ref UsersCount) > 0, "use handed over that nobody has");

    /// <summary>Takes over the use that a process gives up.</summary>
    [Acquires("Users")]
    internal void AdoptUser() => Lockdep.Assert(Volatile.Read(ref UsersCount) > 0, "use adopted that nobody has");

    /// <summary>
    /// Becomes a user if there still is one (<c>mmget_not_zero</c>). The object outlives its last count as long as anything refers to it, so
    /// nothing needs to be held.
    /// </summary>
    [Acquires("Users", When = "result", Try = true)]
    internal bool TryGet()
    {
        int users = Volatile.Read(ref UsersCount);
        while (users != 0)
        {
            int seen = Interlocked.CompareExchange(ref UsersCount, users + 1, users);
            if (seen == users)
                return true;
            users = seen;
        }

        return false;
    }
}
