using System.Runtime.CompilerServices;
using System.Threading;
using MmLint;

namespace MmKernel;

/// <summary>
/// Where tasks sleep for locks, so that a lock itself is one word. Lock objects hash to buckets; a bucket is a FIFO of sleeping tasks, each
/// with the object that it waits for (the idea of <c>folio_wait_table</c> in Linux mm/filemap.c).
/// </summary>
internal static class WaitTable
{
    private const int BucketCount = 256;

    private static readonly WaitBucket[] s_buckets = CreateBuckets();

    internal static WaitBucket For(object key) => s_buckets[RuntimeHelpers.GetHashCode(key) & (BucketCount - 1)];

    private static WaitBucket[] CreateBuckets()
    {
        var buckets = new WaitBucket[BucketCount];
        for (int i = 0; i < buckets.Length; i++)
            buckets[i] = new WaitBucket();
        return buckets;
    }
}

/// <summary>One FIFO of the <see cref="WaitTable"/>.</summary>
internal sealed class WaitBucket
{
    [GuardedBy("Lock")] private Task? _head;
    [GuardedBy("Lock")] private Task? _tail;

    internal SpinLock Lock { get; } = new(LockdepClass.WaitBucket);

    /// <summary>Queues <paramref name="task"/>, the caller, for <paramref name="key"/>.</summary>
    [MustHold("Lock")]
    internal void Enqueue(Task task, object key, bool exclusive)
    {
        task.StartWaiting(key);
        task.WaitsExclusively = exclusive;
        task.LostRaces = 0;
        task.WaitPrevious = _tail;
        if (_tail == null)
            _head = task;
        else
            _tail.WaitNext = task;
        _tail = task;
    }

    /// <summary>The task that has waited longest for <paramref name="key"/>.</summary>
    [MustHold("Lock")]
    internal Task? FirstFor(object key)
    {
        var task = _head;
        while (task != null && Volatile.Read(ref task.WaitKey) != key)
            task = task.WaitNext;
        return task;
    }

    /// <summary>The task that has waited longest for <paramref name="key"/> among those that do not want it for themselves.</summary>
    [MustHold("Lock")]
    internal Task? FirstReaderFor(object key)
    {
        var task = _head;
        while (task != null && (Volatile.Read(ref task.WaitKey) != key || task.WaitsExclusively))
            task = task.WaitNext;
        return task;
    }

    /// <summary>Takes <paramref name="task"/> out of the queue.</summary>
    [MustHold("Lock")]
    internal void Remove(Task task)
    {
        if (task.WaitPrevious == null)
            _head = task.WaitNext;
        else
            task.WaitPrevious.WaitNext = task.WaitNext;
        if (task.WaitNext == null)
            _tail = task.WaitPrevious;
        else
            task.WaitNext.WaitPrevious = task.WaitPrevious;
        task.WaitPrevious = null;
        task.WaitNext = null;
        Volatile.Write(ref task.WaitKey, null);
    }

    /// <summary>Takes <paramref name="task"/> out of the queue and lets it run.</summary>
    [MustHold("Lock")]
    internal void Grant(Task task)
    {
        Remove(task);
        task.Wake();
    }
}
