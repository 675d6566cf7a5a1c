using System.Collections.Generic;
using MmLint;

namespace MmKernel;

/// <summary>A set of objects that somebody looks through now and then (<c>mmlist</c>, <c>shmem_swaplist</c>).</summary>
/// <typeparam name="T">What is in it.</typeparam>
internal sealed class Registry<T>
    where T : class
{
    [GuardedBy("Lock", Deep = true)] private readonly HashSet<T> _items = [];

    /// <summary>Guards the set; the objects live on without it.</summary>
    internal SpinLock Lock { get; } = new(LockdepClass.Registry);

    internal void Add(T item)
    {
        Lock.Lock();
        _ = _items.Add(item);
        Lock.Unlock();
    }

    internal void Remove(T item)
    {
        Lock.Lock();
        _ = _items.Remove(item);
        Lock.Unlock();
    }

    /// <summary>What is in the set now, for looking at without the lock.</summary>
    internal T[] Snapshot()
    {
        Lock.Lock();
        var items = new T[_items.Count];
        _items.CopyTo(items);
        Lock.Unlock();
        return items;
    }
}
