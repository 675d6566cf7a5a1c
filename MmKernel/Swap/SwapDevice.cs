using System;
using System.Threading;
using MmLint;

namespace MmKernel;

/// <summary>A swap device (<c>struct swap_info_struct</c>): its slots in clusters, each processor filling one of its own.</summary>
public sealed class SwapDevice
{
    private readonly SwapStore _store;
    private readonly SwapCluster[] _clusters;
    private readonly int[] _clusterOfCpu = new int[Environment.ProcessorCount];
    [Atomic] private bool _allocates = true;
    [Atomic] private int _references = 1;

    internal SwapDevice(int type, SwapStore store)
    {
        Type = type;
        _store = store;
        _clusters = new SwapCluster[(store.PageCount - 2 + SwapCluster.Size) / SwapCluster.Size];
        for (int i = 0; i < _clusters.Length; i++)
        {
            _clusters[i] = new SwapCluster(Math.Min(SwapCluster.Size, store.PageCount - 1 - (i * SwapCluster.Size)));
            _clusterOfCpu[i % _clusterOfCpu.Length] = i;
        }
    }

    /// <summary>A reference that keeps the device from being given back (<c>get_swap_device</c>).</summary>
    [Lock(LockKind.Reference)]
    public LockName Ref => default;

    /// <summary>Its number, which swap entries carry.</summary>
    public int Type { get; }

    /// <summary>Number of slots.</summary>
    public int SlotCount => _store.PageCount - 1;

    /// <summary>Number of slots in use.</summary>
    public int UsedSlots
    {
        get
        {
            int used = 0;
            foreach (var cluster in _clusters)
                used += cluster.Used;
            return used;
        }
    }

    /// <summary>Whether nothing is read ahead.</summary>
    internal bool IsSynchronous => _store.IsSynchronous;

    /// <summary>Whether slots are given out (<c>SWP_WRITEOK</c>).</summary>
    internal bool Allocates => Volatile.Read(ref _allocates);

    /// <summary>Gives out slots again.</summary>
    internal void StartAllocating() => Volatile.Write(ref _allocates, true);

    /// <summary>Gives out no more slots; those that are being given out at the moment are waited for (<c>wait_for_allocation</c>).</summary>
    internal void StopAllocating()
    {
        Volatile.Write(ref _allocates, false);
        foreach (var cluster in _clusters)
        {
            cluster.Lock.Lock();
            cluster.Lock.Unlock();
        }
    }

    /// <summary>Takes a reference unless the device is being given back.</summary>
    [Acquires("Ref", When = "result", Try = true)]
    internal bool TryGet()
    {
        int references = Volatile.Read(ref _references);
        while (references != 0)
        {
            int seen = Interlocked.CompareExchange(ref _references, references + 1, references);
            if (seen == references)
                return true;
            references = seen;
        }

        return false;
    }

    /// <summary>Gives a reference back (<c>put_swap_device</c>).</summary>
    [Releases("Ref")]
    internal void Put() => Interlocked.Decrement(ref _references);

    /// <summary>Gives the device's own reference back, waits for the others and closes the store.</summary>
    [MaySleep]
    internal void Close()
    {
        Interlocked.Decrement(ref _references);
        Interleaving.Await(this, () => Volatile.Read(ref _references) == 0);
        Task.Current.BeginWait(this);
        var spinner = default(SpinWait);
        while (Volatile.Read(ref _references) != 0)
            spinner.SpinOnce();
        Task.Current.EndWait();
        _store.Dispose();
    }

    /// <summary>Gives a slot to a folio, which is cached there from here on (<c>folio_alloc_swap</c>).</summary>
    /// <returns>False if the device is full.</returns>
    [MustHold("folio")]
    internal bool TryAllocate(Folio folio)
    {
        int cpu = Task.Current.Cpu;
        int first = Volatile.Read(ref _clusterOfCpu[cpu]);
        for (int i = 0; i < _clusters.Length && Allocates; i++)
        {
            int cluster = (first + i) % _clusters.Length;
            if (_clusters[cluster].Used == Math.Min(SwapCluster.Size, SlotCount - (cluster * SwapCluster.Size)))
                continue;
            int slot = _clusters[cluster].Allocate(this, folio);
            if (slot < 0)
                continue;
            Volatile.Write(ref _clusterOfCpu[cpu], cluster);
            folio.Swap = new SwapEntry(Type, 1 + (cluster * SwapCluster.Size) + slot);
            folio.Set(FolioFlags.SwapCache);
            return true;
        }

        return false;
    }

    /// <summary>Reads a slot.</summary>
    [MaySleep]
    internal unsafe bool Read(int slot, byte* page) => _store.Read(slot, new Span<byte>(page, Page.Size));

    /// <summary>Writes a slot.</summary>
    [MaySleep]
    internal unsafe bool Write(int slot, byte* page) => _store.Write(slot, new ReadOnlySpan<byte>(page, Page.Size));

    /// <summary>Whether the number is one of a slot.</summary>
    internal bool HasSlot(int slot) => slot > 0 && slot <= SlotCount;

    /// <summary>The cluster that holds a slot, and the slot's number there.</summary>
    internal SwapCluster ClusterOf(int slot, out int index)
    {
        (int cluster, index) = Math.DivRem(slot - 1, SwapCluster.Size);
        return _clusters[cluster];
    }
}
