using System.Collections.Generic;
using MmLint;

namespace MmKernel;

/// <summary>An address space that is scanned (<c>struct ksm_mm_slot</c>).</summary>
/// <param name="mm">The address space; kept as an object, so the scan asks under mmap_lock whether it has ended.</param>
internal sealed class KsmSlot(MmStruct mm)
{
    /// <summary>The address space.</summary>
    internal MmStruct Mm { get; } = mm;

    /// <summary>What is known of its pages, by address.</summary>
    [GuardedBy("Ksm.Mutex", Deep = true)] internal readonly Dictionary<ulong, KsmRmapItem> Items = [];
}

/// <summary>What is known of a page at an address (<c>struct ksm_rmap_item</c>).</summary>
/// <param name="mm">The address space.</param>
/// <param name="address">The start of the page.</param>
internal sealed class KsmRmapItem(MmStruct mm, ulong address)
{
    /// <summary>The address space.</summary>
    internal MmStruct Mm { get; } = mm;

    /// <summary>The start of the page.</summary>
    internal ulong Address { get; } = address;

    /// <summary>The checksum of the contents when last scanned.</summary>
    [GuardedBy("Ksm.Mutex")] internal ulong Checksum;

    /// <summary>The number of the scan that last found a page here.</summary>
    [GuardedBy("Ksm.Mutex")] internal long Scan;

    /// <summary>The merged page that is mapped here; null if none is.</summary>
    [GuardedBy("Ksm.Mutex")] internal KsmStableNode? Node;

    /// <summary>By which reverse mapping finds the place.</summary>
    [GuardedBy("Ksm.Mutex")] internal KsmLink? Link;
}

/// <summary>A place where a merged page is mapped, or from which its mapping was forked.</summary>
/// <param name="Mm">The address space.</param>
/// <param name="Address">The address.</param>
/// <param name="AnonVma">In whose tree the VMA is found.</param>
internal sealed record KsmLink(MmStruct Mm, ulong Address, AnonVma AnonVma);

/// <summary>A merged page (<c>struct ksm_stable_node</c>): what the folio's mapping points to. It keeps no reference to the page.</summary>
/// <param name="folio">The page.</param>
internal sealed class KsmStableNode(Folio folio)
{
    /// <summary>The page; another one once the contents have been moved, which whoever comes by the node finds out under its lock.</summary>
    [WriteBy("Folio && value")] internal Folio Folio = folio;

    /// <summary>Where it is mapped. Reverse mapping reads it with the folio locked.</summary>
    [ReadBy("Folio"), WriteBy("Folio && Ksm.Mutex")] internal KsmLink[] Links = [];

    /// <summary>
    /// Makes another folio the merged page, unless somebody is using the old one (<c>folio_migrate_ksm</c>). Who finds the old one just now by the
    /// node notices when he locks it.
    /// </summary>
    [MustHold("source && source.Ref && target && target.Ref")]
    internal bool TryMove(Folio source, Folio target)
    {
        if (source.ReferenceCount != 1 || Folio != source)
            return false;
        Folio = target;
        source.Mapping = null;
        return true;
    }
}
