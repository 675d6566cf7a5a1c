using System.Collections.Generic;
using System.Threading;
using MmLint;

namespace MmKernel;

/// <summary>
/// The state behind a userfaultfd: which faults and events wait for its handler (<c>struct userfaultfd_ctx</c>). VMAs point to it while they are
/// registered.
/// </summary>
/// <param name="mm">The address space whose faults it handles.</param>
/// <param name="flags">Flags of its creation.</param>
/// <remarks>
/// It keeps the address space as an object only: whoever wants to look at VMAs becomes a user first, which fails once the process is gone.
/// </remarks>
internal sealed class UserfaultContext(MmStruct mm, UffdFlags flags)
{
    // In the order of arrival; those whose message was read stay until they are woken.
    [GuardedBy("QueueLock")] private readonly List<UserfaultWait> _faults = [];
    [GuardedBy("QueueLock")] private readonly List<UserfaultWait> _events = [];
    [Atomic] private ulong _features = NoFeatures;
    [Atomic] private bool _released;
    [Atomic] private int _changes;

    // Features are asked for once; this says that they were not yet.
    private const ulong NoFeatures = 1UL << 63;

    /// <summary>The address space.</summary>
    internal MmStruct Mm { get; } = mm;

    /// <summary>Flags of its creation.</summary>
    internal UffdFlags Flags { get; } = flags;

    /// <summary>
    /// Held exclusively to start a change of mappings that the handler must hear of, and shared by calls that such a change must not overtake
    /// (<c>map_changing_lock</c>).
    /// </summary>
    internal RwSemaphore MapChangingLock { get; } = new(LockdepClass.MapChanging);

    /// <summary>Guards the queues (<c>fault_pending_wqh.lock</c> and its siblings).</summary>
    internal SpinLock QueueLock { get; } = new(LockdepClass.UserfaultQueue);

    /// <summary>Whether the features were agreed on (<c>userfaultfd_is_initialized</c>).</summary>
    internal bool IsInitialized => Volatile.Read(ref _features) != NoFeatures;

    /// <summary>The features agreed on.</summary>
    internal UffdFeatures Features => (UffdFeatures)(Volatile.Read(ref _features) & ~NoFeatures);

    /// <summary>Whether it was closed.</summary>
    internal bool IsReleased => Volatile.Read(ref _released);

    /// <summary>Whether mappings are changing in a way that the handler has not heard of yet (<c>mmap_changing</c>).</summary>
    [MustHold("MapChangingLock")]
    internal bool IsChanging => Volatile.Read(ref _changes) != 0;

    /// <summary>The same without the lock: a call that finds it true need not start.</summary>
    internal bool SeemsChanging => Volatile.Read(ref _changes) != 0;

    /// <summary>Whether some features are agreed on.</summary>
    internal bool Has(UffdFeatures feature) => (Features & feature) != 0;

    /// <summary>Agrees on features; once.</summary>
    /// <returns>False if that was done before.</returns>
    internal bool Initialize(UffdFeatures features) =>
        Interlocked.CompareExchange(ref _features, (ulong)features, NoFeatures) == NoFeatures;

    /// <summary>Starts a change that the handler must hear of. Calls that fill pages are refused until <see cref="EndChange"/>.</summary>
    [MustNotHold("MapChangingLock"), MaySleep]
    internal void BeginChange()
    {
        MapChangingLock.WriteLock();
        CountChange();
        MapChangingLock.WriteUnlock();
    }

    /// <summary>Calls that are under way have ended, and later ones see it.</summary>
    [MustHold("exclusive(MapChangingLock)")]
    private void CountChange() => Interlocked.Increment(ref _changes);

    /// <summary>The handler has heard of the change, or nobody will.</summary>
    internal void EndChange()
    {
        int now = Interlocked.Decrement(ref _changes);
        Lockdep.Assert(now >= 0, "more changes of mappings ended than begun");
    }

    /// <summary>Marks it closed: nothing waits for it from here on, except what <see cref="WakeAll"/> finds.</summary>
    /// <returns>False if it was closed before.</returns>
    internal bool Release() => !Interlocked.Exchange(ref _released, true);

    /// <summary>Queues a fault of the current task, which goes to sleep for it.</summary>
    internal void AddFault(UserfaultWait wait)
    {
        QueueLock.Lock();
        wait.Task.StartWaiting(wait);
        _faults.Add(wait);
        QueueLock.Unlock();
    }

    /// <summary>Queues an event of the current task, which goes to sleep until it is read.</summary>
    internal void AddEvent(UserfaultWait wait)
    {
        QueueLock.Lock();
        wait.Task.StartWaiting(wait);
        _events.Add(wait);
        QueueLock.Unlock();
    }

    /// <summary>Takes a fault out that was not woken.</summary>
    internal void Forget(UserfaultWait wait)
    {
        QueueLock.Lock();
        _ = _faults.Remove(wait);
        QueueLock.Unlock();
    }

    /// <summary>Ends the wait for an event to be read.</summary>
    /// <returns>Whether it was.</returns>
    internal bool EndEvent(UserfaultWait wait)
    {
        QueueLock.Lock();
        _ = _events.Remove(wait);
        bool wasRead = wait.WasRead;
        QueueLock.Unlock();
        return wasRead;
    }

    /// <summary>Lets a handler that waits for messages look (<c>wake_up_poll</c> on <c>fd_wqh</c>).</summary>
    internal void WakeReaders()
    {
        var bucket = WaitTable.For(this);
        bucket.Lock.Lock();
        while (bucket.FirstFor(this) is { } reader)
            bucket.Grant(reader);
        bucket.Lock.Unlock();
    }

    /// <summary>Wakes the threads that wait for pages in a range (<c>wake_userfault</c>).</summary>
    internal void Wake(ulong start, ulong length)
    {
        QueueLock.Lock();
        for (int i = _faults.Count - 1; i >= 0; i--)
        {
            if (_faults[i].Message.Address - start < length)
                WakeAt(_faults, i);
        }

        QueueLock.Unlock();
    }

    /// <summary>Wakes everybody, because it was closed.</summary>
    internal void WakeAll()
    {
        QueueLock.Lock();
        while (_faults.Count != 0)
            WakeAt(_faults, _faults.Count - 1);
        while (_events.Count != 0)
            WakeAt(_events, _events.Count - 1);
        QueueLock.Unlock();
        WakeReaders();
    }

    /// <summary>Reads a message: of a fault, else of an event (<c>userfaultfd_ctx_read</c>).</summary>
    /// <returns>0; −EAGAIN if there is none; then, if <paramref name="reader"/> is given, it is queued for the next.</returns>
    internal int TryRead(Task? reader, out UffdMessage message)
    {
        message = default;
        int error = 0;
        QueueLock.Lock();
        if (FindUnread() is { } fault)
        {
            fault.WasRead = true;
            message = fault.Message;
        }
        else if (_events.Count != 0)
        {
            // Whoever caused the event goes on as soon as the handler knows.
            _events[0].WasRead = true;
            message = _events[0].Message;
            WakeAt(_events, 0);
        }
        else
        {
            error = -(int)Errno.EAGAIN;
            if (reader != null)
                QueueReader(reader);
        }

        QueueLock.Unlock();
        return error;
    }

    /// <summary>Takes a reader out of the queue that was not woken.</summary>
    internal void ForgetReader(Task reader)
    {
        var bucket = WaitTable.For(this);
        bucket.Lock.Lock();
        if (!reader.IsWoken)
            bucket.Remove(reader);
        bucket.Lock.Unlock();
    }

    private void QueueReader(Task reader)
    {
        var bucket = WaitTable.For(this);
        bucket.Lock.Lock();
        bucket.Enqueue(reader, this, exclusive: false);
        if (IsReleased)
            bucket.Grant(reader);
        bucket.Lock.Unlock();
    }

    [MustHold("QueueLock")]
    private UserfaultWait? FindUnread()
    {
        foreach (var wait in _faults)
        {
            if (!wait.WasRead)
                return wait;
        }

        return null;
    }

    [MustHold("QueueLock")]
    private void WakeAt(List<UserfaultWait> queue, int index)
    {
        var wait = queue[index];
        queue.RemoveAt(index);
        wait.Task.Wake();
    }
}

/// <summary>A thread that waits for a handler, with the message for it (<c>struct userfaultfd_wait_queue</c>).</summary>
/// <param name="task">The thread.</param>
/// <param name="message">The message.</param>
internal sealed class UserfaultWait(Task task, in UffdMessage message)
{
    /// <summary>The thread.</summary>
    internal Task Task { get; } = task;

    /// <summary>The message.</summary>
    internal UffdMessage Message { get; } = message;

    /// <summary>Whether the handler has the message.</summary>
    [GuardedBy("UserfaultContext.QueueLock")] internal bool WasRead;
}
