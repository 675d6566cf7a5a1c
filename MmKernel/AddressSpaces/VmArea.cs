using System.Threading;
using MmLint;

namespace MmKernel;

/// <summary>
/// A range of addresses with one set of properties (<c>struct vm_area_struct</c>). Layout is read under any lock that keeps the VMA where it
/// is, the rest under mmap_lock or the VMA lock; writing needs the VMA write-locked, and layout the reverse-map locks as well.
/// </summary>
public sealed class VmArea
{
    /// <summary>Creates a detached VMA: no lock is needed for it until it enters the tree (<c>vm_area_alloc</c>).</summary>
    /// <param name="mm">The address space that it is made for.</param>
    [Ensures("Mm == mm")]
    public VmArea(MmStruct mm)
    {
        Mm = mm;
        Lock = new VmaLock(mm.MmapLock);
    }

    /// <summary>The address space (<c>vm_mm</c>).</summary>
    [WriteOnce] public readonly MmStruct Mm;

    /// <summary>What is mapped; null for anonymous memory (<c>vm_file</c>).</summary>
    [WriteOnce] public VmFile? File;

    /// <summary>The per-VMA lock. Its write hold ends with that of mmap_lock.</summary>
    [ReleasedWith("Mm.MmapLock", LockMode.Exclusive)]
    public VmaLock Lock { get; }

    /// <summary>Who handles faults that it is registered for; null if nobody (<c>vm_userfaultfd_ctx</c>).</summary>
    [ReadBy("Anchored"), WriteBy("exclusive(Lock)")] internal UserfaultContext? Userfault;

    /// <summary>Enough to read every field and to populate page-table entries: mmap_lock or the VMA lock.</summary>
    [LockAlias("Lock || Mm.MmapLock")]
    public LockName Anchored => default;

    /// <summary>Nobody faults in it: it is write-locked, or whoever holds mmap_lock is alone in the address space, as fork may be.</summary>
    [LockAlias("exclusive(Lock) || exclusive(Mm.MmapLock) && Mm.Residents.Sole")]
    public LockName Frozen => default;

    /// <summary>Some lock under which reverse mapping finds the VMA.</summary>
    [LockAlias("AnonVma.Lock || File.Mapping.ImapLock")]
    public LockName AnyRmap => default;

    /// <summary>Enough to read the layout and to clear page-table entries.</summary>
    [LockAlias("Anchored || AnyRmap")]
    public LockName Stable => default;

    /// <summary>All locks under which reverse mapping finds the VMA; none if it is linked nowhere.</summary>
    [LockAlias("(File != null ? File.Mapping.ImapLock : null) && (AnonVma != null ? AnonVma.Lock : null)")]
    public LockName RmapLocks => default;

    /// <summary>First address (<c>vm_start</c>).</summary>
    [ReadBy("Stable"), WriteBy("exclusive(Lock) && exclusive(RmapLocks)")] public ulong Start;

    /// <summary>First address behind the range (<c>vm_end</c>).</summary>
    [ReadBy("Stable"), WriteBy("exclusive(Lock) && exclusive(RmapLocks)")] public ulong End;

    /// <summary>
    /// Page number of the start: in the file, or for anonymous memory the page number at which it was first mapped (<c>vm_pgoff</c>).
    /// </summary>
    [ReadBy("Stable"), WriteBy("exclusive(Lock) && exclusive(RmapLocks)")] public ulong PageOffset;

    /// <summary>Properties (<c>vm_flags</c>); whoever comes by the reverse map may read them while they change.</summary>
    [ReadBy("Stable"), WriteBy("exclusive(Lock)"), ReadFreely] public VmFlags Flags;

    /// <summary>
    /// Where the anonymous pages of the VMA hang (<c>anon_vma</c>). Null turns into non-null under mmap_lock held shared, so null may change
    /// under the VMA lock while non-null stays.
    /// </summary>
    [ReadBy("Anchored || AnonVma.Lock"), ReadFreely]
    [WriteBy("exclusive(Lock) || (AnonVma == null ? Mm.MmapLock && Mm.PageTableLock && exclusive(value.Lock) : exclusive(Lock))")]
    [WriteBy("exclusive(Lock) && exclusive(AnonVma.Lock)", When = "value == null && AnonVma != null")]
    public AnonVma? AnonVma;

    /// <summary>
    /// The links to the anon_vmas whose trees the VMA is in (<c>anon_vma_chain</c>). The array is replaced, not changed, so that who reads it while the first
    /// fault sets it finds the old one or the new.
    /// </summary>
    [ReadBy("Mm.MmapLock || Lock || AnonVma.Lock"), ReadFreely, WriteBy("exclusive(Lock) || Mm.MmapLock && Mm.PageTableLock")]
    internal AnonVmaChain[] AnonVmaChain = [];

    /// <summary>The node in the tree of the VMAs that map the file (<c>shared.rb</c>).</summary>
    [GuardedBy("File.Mapping.ImapLock")] internal int FileNode;

    [Atomic] private bool _mayHoldGuards;
    [Atomic] private long _swapHistory;

    /// <summary>Where and how pages were last read from swap, as <see cref="SwapReadahead"/> packs it (<c>swap_readahead_info</c>).</summary>
    internal long SwapHistory
    {
        get => Volatile.Read(ref _swapHistory);
        set => Volatile.Write(ref _swapHistory, value);
    }

    /// <summary>
    /// Whether guard markers may be in its page tables. It is raised while others read the flags under the same shared lock, so it is no
    /// part of them, and it stays when the markers go (<c>VM_MAYBE_GUARD</c>).
    /// </summary>
    internal bool MayHoldGuards
    {
        get => Volatile.Read(ref _mayHoldGuards);
        set => Volatile.Write(ref _mayHoldGuards, value);
    }

    /// <summary>Whether writes are shared (<c>VM_SHARED</c>).</summary>
    [MustHold("Stable")]
    public bool IsShared => (Flags & VmFlags.Shared) != 0;

    /// <summary>Whether nothing but anonymous memory is behind it (<c>vma_is_anonymous</c>).</summary>
    public bool IsAnonymous => File == null;

    /// <summary>Bytes covered.</summary>
    [MustHold("Stable")]
    public ulong Length => End - Start;

    /// <summary>Pages covered (<c>vma_pages</c>).</summary>
    [MustHold("Stable")]
    public ulong PageCount => (End - Start) >> Page.Shift;

    /// <summary>The index in the object behind it of the page at <paramref name="address"/> (<c>linear_page_index</c>).</summary>
    [MustHold("Stable")]
    public ulong PageIndex(ulong address) => PageOffset + ((address - Start) >> Page.Shift);
}
