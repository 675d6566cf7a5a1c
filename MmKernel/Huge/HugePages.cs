using System.Threading;
using MmLint;

namespace MmKernel;

/// <summary>Where huge pages are used without being asked for (<c>/sys/kernel/mm/transparent_hugepage/enabled</c>).</summary>
public enum HugePageMode
{
    /// <summary>Nowhere but where MADV_COLLAPSE asks for one.</summary>
    Never,

    /// <summary>In VMAs with MADV_HUGEPAGE.</summary>
    Madvise,

    /// <summary>In all VMAs without MADV_NOHUGEPAGE.</summary>
    Always,
}

/// <summary>Why a huge page is wanted (<c>enum tva_type</c>).</summary>
internal enum HugePageUse
{
    /// <summary>A page fault, or the thread that collapses: the mode decides.</summary>
    Automatic,

    /// <summary>MADV_COLLAPSE: whatever the mode is.</summary>
    Forced,
}

/// <summary>
/// A machine's huge pages: anonymous memory that is mapped 512 pages at a time (<c>mm/huge_memory.c</c>). This is where it is decided who gets
/// one, and where those that exist are counted.
/// </summary>
/// <param name="memory">The machine's memory.</param>
/// <param name="options">How the machine was built.</param>
public sealed class HugePages(PhysicalMemory memory, MachineOptions options)
{
    /// <summary>log2 of the pages in a huge page (<c>HPAGE_PMD_ORDER</c>).</summary>
    public const int Order = 9;

    /// <summary>Pages in a huge page (<c>HPAGE_PMD_NR</c>).</summary>
    public const int PageCount = 1 << Order;

    /// <summary>Bytes in a huge page (<c>HPAGE_PMD_SIZE</c>).</summary>
    public const ulong Size = PageTableWalk.TableSpan;

    [Atomic] private int _mode = (int)options.HugePages;
    [Atomic] private bool _usesZeroPage = true;
    [Atomic] private Folio? _zeroPage;

    /// <summary>Where huge pages are used; it may be changed at any time and concerns what happens from then on.</summary>
    public HugePageMode Mode
    {
        get => (HugePageMode)Volatile.Read(ref _mode);
        set => Volatile.Write(ref _mode, (int)value);
    }

    /// <summary>Whether reads of untouched memory map a huge page of zeros that all share (<c>use_zero_page</c>).</summary>
    public bool UsesZeroPage
    {
        get => Volatile.Read(ref _usesZeroPage);
        set => Volatile.Write(ref _usesZeroPage, value);
    }

    /// <summary>What happened so far.</summary>
    public HugePageCounters Counters => memory.HugeEvents;

    /// <summary>The huge page of zeros; null as long as nobody needed it.</summary>
    internal Folio? ExistingZeroPage => Volatile.Read(ref _zeroPage);

    /// <summary>The start of the huge page that an address would lie in (<c>HPAGE_PMD_MASK</c>).</summary>
    internal static ulong AlignDown(ulong address) => address & ~(Size - 1);

    /// <summary>The start of the first huge page that could lie at or behind an address.</summary>
    internal static ulong AlignUp(ulong address) => AlignDown(address + Size - 1);

    /// <summary>Whether [start, end) is exactly what one huge page maps.</summary>
    internal static bool IsWhole(ulong start, ulong end) => (start & (Size - 1)) == 0 && end - start == Size;

    /// <summary>
    /// Whether a huge page may be mapped around an address: if it lies in the VMA as a whole, and nobody objects
    /// (<c>thp_vma_allowable_order</c>).
    /// </summary>
    [MustHold("vma.Anchored")]
    internal bool IsAllowed(VmArea vma, ulong address, HugePageUse use = HugePageUse.Automatic)
    {
        if (use == HugePageUse.Automatic && !IsModeFor(vma))
            return false;
        ulong start = AlignDown(address);
        return IsEligible(vma) && vma.Start <= start && start + Size <= vma.End;
    }

    /// <summary>Whether huge pages are possible somewhere in the VMA, and the mode wants them (<c>THPeligible</c> in smaps).</summary>
    [MustHold("vma.Anchored")]
    internal bool IsEligibleNow(VmArea vma) => IsModeFor(vma) && IsPossible(vma);

    /// <summary>Whether huge pages are possible somewhere in the VMA, whatever the mode is.</summary>
    [MustHold("vma.Anchored")]
    internal static bool IsPossible(VmArea vma)
    {
        return IsEligible(vma) && AlignUp(vma.Start) + Size <= vma.End;
    }

    /// <summary>The huge page of zeros, made if there is none (<c>mm_get_huge_zero_folio</c>). It stays until the machine goes.</summary>
    /// <returns>Null if there is no block of that size.</returns>
    [AllocatesPages]
    internal Folio? ZeroPage()
    {
        var existing = ExistingZeroPage;
        if (existing != null)
            return existing;
        var folio = memory.AllocateHuge(compacts: true);
        if (folio == null)
        {
            Counters.Add(HugePageEvent.ZeroPageAllocFailed);
            return null;
        }

        folio.Set(FolioFlags.Zero | FolioFlags.UpToDate);
        var first = Interlocked.CompareExchange(ref _zeroPage, folio, null);
        if (first != null)
        {
            memory.Put(folio);
            return first;
        }

        folio.HandOverReference();
        Counters.Add(HugePageEvent.ZeroPageAlloc);
        return folio;
    }

    /// <summary>Splits folios of which some pages are mapped no more, as reclaim does when memory is short.</summary>
    /// <returns>How many.</returns>
    [TakesRmap]
    public int SplitDeferred() => memory.Deferred.Scan();

    [MustHold("vma.Anchored")]
    private bool IsModeFor(VmArea vma) => Mode switch
    {
        HugePageMode.Always => true,
        HugePageMode.Madvise => (vma.Flags & VmFlags.HugePage) != 0,
        _ => false,
    };

    [MustHold("vma.Anchored")]
    private static bool IsEligible(VmArea vma) =>
        vma.IsAnonymous && !vma.Mm.IsHugePageDisabled
        && (vma.Flags & (VmFlags.NoHugePage | VmFlags.Shared | VmFlags.Io | VmFlags.DontExpand | VmFlags.HugeTlb)) == 0;
}
