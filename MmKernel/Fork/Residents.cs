using System.Threading;
using MmLint;

namespace MmKernel;

/// <summary>
/// The threads that run in an address space. Only they read-lock its VMAs, so whoever is alone in it and keeps others out while it holds mmap_lock
/// exclusively finds every VMA as if it had write-locked it: that is what fork may skip the VMA locks by.
/// </summary>
/// <remarks>
/// A count of users proves nothing of the kind: the threads of a process share one, and a userfaultfd handler fills pages from another process under
/// VMA locks alone. Entering costs two plain memory accesses; whoever closes pays for the ordering with a process-wide barrier, as in
/// <see cref="Rcu"/>.
/// </remarks>
/// <param name="mm">The address space.</param>
[Lock(LockKind.ReaderWriter)]
[method: Ensures("Mm == mm")]
public sealed class Residents(MmStruct mm)
{
    [Atomic] private bool _closed;

    /// <summary>The address space.</summary>
    public MmStruct Mm { get; } = mm;

    /// <summary>Being alone: as good as holding every VMA write-locked.</summary>
    [Lock(LockKind.Section), MustHold("exclusive(this) && exclusive(Mm.MmapLock)"), ProofOf("exclusive(VmArea.Lock)")]
    public LockName Sole => default;

    /// <summary>Whether somebody is alone in here.</summary>
    internal bool IsClosed => Volatile.Read(ref _closed);

    /// <summary>Makes the calling thread, which runs in another address space, one of those here.</summary>
    [Acquires("shared(this)"), MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    internal void Enter()
    {
        var task = Task.Current;
        Volatile.Write(ref task.GuestIn, Mm);
        Interleaving.Reach(SchedulePoint.LockFree, this);
        while (IsClosed)
        {
            Volatile.Write(ref task.GuestIn, null);
            AwaitOpening();
            Volatile.Write(ref task.GuestIn, Mm);
        }
    }

    /// <summary>Undoes <see cref="Enter()"/>.</summary>
    [Releases("shared(this)")]
    internal void Leave() => Volatile.Write(ref Task.Current.GuestIn, null);

    /// <summary>Makes the calling thread one of those here for as long as it runs in the address space.</summary>
    [MaySleep]
    internal void MoveIn(Task task)
    {
        Volatile.Write(ref task.ResidentIn, Mm);
        Interleaving.Reach(SchedulePoint.LockFree, this);
        while (IsClosed)
        {
            Volatile.Write(ref task.ResidentIn, null);
            AwaitOpening();
            Volatile.Write(ref task.ResidentIn, Mm);
        }
    }

    /// <summary>Keeps others out if the calling thread, which runs in here, is alone.</summary>
    [MustHold("exclusive(Mm.MmapLock)"), Acquires("exclusive(this)", When = "result", Try = true)]
    internal bool TryClose()
    {
        Volatile.Write(ref _closed, true);
        Interleaving.Reach(SchedulePoint.LockFree, this);

        // A thread that came in before this is seen by the search, and one that comes later sees that it is closed.
        Interlocked.MemoryBarrierProcessWide();
        var self = Task.Current;
        foreach (var task in TaskTable.All)
        {
            if (Volatile.Read(ref task.GuestIn) == Mm || (task != self && Volatile.Read(ref task.ResidentIn) == Mm))
            {
                Volatile.Write(ref _closed, false);
                return false;
            }
        }

        return true;
    }

    /// <summary>Lets being alone stand for the VMA locks.</summary>
    [MustHold("exclusive(this) && exclusive(Mm.MmapLock)"), Acquires("Sole")]
    internal void Claim() => Lockdep.Assert(IsClosed, "nobody is alone in the address space");

    /// <summary>Lets others in again.</summary>
    [Releases("exclusive(this) && Sole")]
    internal void Open() => Volatile.Write(ref _closed, false);

    /// <summary>Whoever closed holds mmap_lock until it opens again.</summary>
    [MaySleep]
    private void AwaitOpening()
    {
        Mm.MmapLock.ReadLock();
        Mm.MmapLock.ReadUnlock();
    }
}
