using System;

namespace MmKernel;

/// <summary>What can be made to fail.</summary>
[Flags]
internal enum FaultPoint
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Frames: of memory, of page tables, huge ones (<c>fail_page_alloc</c>).</summary>
    Page = 1,

    /// <summary>A VMA (<c>vm_area_alloc</c>, <c>vm_area_dup</c>).</summary>
    Vma = 2,

    /// <summary>Nodes of the tree of VMAs (<c>mas_preallocate</c>).</summary>
    TreeNode = 4,

    /// <summary>An anon_vma (<c>anon_vma_alloc</c>).</summary>
    AnonVma = 8,

    /// <summary>A link between VMA and anon_vma (<c>anon_vma_chain_alloc</c>).</summary>
    AnonVmaChain = 0x10,

    /// <summary>A slot of a swap device (<c>folio_alloc_swap</c>).</summary>
    SwapSlot = 0x20,

    /// <summary>A place in the index of a page cache (<c>xas_nomem</c>).</summary>
    PageCacheNode = 0x40,

    /// <summary>A userfaultfd of a forked child, or what notes an event for it (<c>userfaultfd_ctx_cachep</c>).</summary>
    Userfaultfd = 0x80,

    /// <summary>What merging knows of an address space, a page or a merged page (<c>mm_slot_cache</c>, <c>rmap_item_cache</c>, <c>stable_node_cache</c>).</summary>
    Merging = 0x100,

    /// <summary>A killable wait for a lock, which ends with a fatal signal.</summary>
    Wait = 0x200,

    /// <summary>Everything that allocates.</summary>
    Memory = Wait - 1,

    /// <summary>Everything.</summary>
    All = Memory | Wait,
}

/// <summary>
/// Makes what a task asks for fail on purpose: the n-th time, or again and again after random numbers of times (<c>lib/fault-inject.c</c>, with
/// <c>/proc/self/task/N/fail-nth</c>). Objects of the managed heap are never short of memory otherwise.
/// </summary>
/// <param name="points">What may fail.</param>
/// <param name="successes">How often it succeeds before.</param>
/// <param name="next">After a failure, how often it succeeds before the next; null if there is none.</param>
internal sealed class FaultInjector(FaultPoint points, int successes, Func<int>? next = null)
{
    private const int Done = -1;

    private int _left = successes;

    /// <summary>How often something was made to fail.</summary>
    internal int Failures { get; private set; }

    /// <summary>What failed last.</summary>
    internal FaultPoint Last { get; private set; }

    /// <summary>Whether what the current task asks for is to fail now.</summary>
    internal static bool Fails(FaultPoint point) => Task.Current.FaultInjector is { } injector && injector.Decide(point);

    /// <summary>Whether the current task is to be killed while it waits; it is marked so.</summary>
    internal static bool Kills()
    {
        if (!Fails(FaultPoint.Wait))
            return false;
        Task.Current.Kill();
        return true;
    }

    private bool Decide(FaultPoint point)
    {
        if ((points & point) == 0 || _left == Done || _left-- > 0)
            return false;
        Failures++;
        Last = point;
        _left = next == null ? Done : next();
        return true;
    }
}
