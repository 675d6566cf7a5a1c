using System;
using MmLint;

namespace MmKernel;

/// <summary>When a fault under the VMA lock finds out that the VMA has no anon_vma.</summary>
public enum AnonVmaCheck
{
    /// <summary>Where it is needed: mmap_lock is tried there, and only if that fails the fault starts again (<c>vmf_anon_prepare</c>).</summary>
    Late,

    /// <summary>Right after the lookup: the fault goes back to mmap_lock at once, as Linux did up to 6.6.</summary>
    Early,

    /// <summary>Right after the lookup, also for private mappings of files, which only need one when they are written.</summary>
    EarlyPrivate,

    /// <summary>Where it is needed, but mmap_lock is not tried: the fault starts again in any case.</summary>
    LateWithoutTry,
}

/// <summary>When a private mapping gets its anon_vma.</summary>
public enum AnonVmaCreation
{
    /// <summary>With its first own page, as in Linux.</summary>
    Lazy,

    /// <summary>When it is made, so that no fault has to look for one.</summary>
    Eager,
}

/// <summary>What moving a page by userfaultfd holds against reverse mapping.</summary>
public enum UffdMoveLocking
{
    /// <summary>The folio lock: who walks a folio's mappings has it locked, whatever kind it is.</summary>
    FolioLock,

    /// <summary>The write lock of the page's anon_vma as well, which Linux needed as long as some walks went without the folio lock.</summary>
    AnonVmaLock,
}

/// <summary>How a <see cref="Machine"/> is built.</summary>
public sealed record MachineOptions
{
    /// <summary>Physical memory in bytes; a multiple of 4 MiB.</summary>
    public long MemoryBytes { get; init; } = 256L << 20;

    /// <summary>When a missing anon_vma is noticed.</summary>
    public AnonVmaCheck AnonVmaCheck { get; init; } = AnonVmaCheck.Late;

    /// <summary>When private mappings get their anon_vma.</summary>
    public AnonVmaCreation AnonVmaCreation { get; init; } = AnonVmaCreation.Lazy;

    /// <summary>Whether faults try the per-VMA lock before mmap_lock (<c>CONFIG_PER_VMA_LOCK</c>).</summary>
    public bool PerVmaLocks { get; init; } = true;

    /// <summary>Lowest address that may be mapped (<c>vm.mmap_min_addr</c>); a page boundary.</summary>
    public ulong MinimumAddress { get; init; } = 0x1_0000;

    /// <summary>Whether fork locks VMAs that nobody else can be using.</summary>
    public ForkLocking ForkLocking { get; init; } = ForkLocking.Always;

    /// <summary>Whether a thread looks for equal pages all the time (<c>ksmd</c>); else they are merged when asked for.</summary>
    public bool KsmThread { get; init; }

    /// <summary>Whether merging turns pages of zeros into the zero page (<c>/sys/kernel/mm/ksm/use_zero_pages</c>).</summary>
    public bool KsmUsesZeroPage { get; init; }

    /// <summary>What moving a page by userfaultfd holds.</summary>
    public UffdMoveLocking UffdMoveLocking { get; init; } = UffdMoveLocking.FolioLock;

    /// <summary>Where huge pages are used at first; see <see cref="MmKernel.HugePages.Mode"/>.</summary>
    public HugePageMode HugePages { get; init; } = HugePageMode.Never;

    /// <summary>Whether a thread makes huge pages of single ones all the time (<c>khugepaged</c>); else they are made when asked for.</summary>
    public bool KhugepagedThread { get; init; }

    /// <summary>Most VMAs that a process may have (<c>vm.max_map_count</c>).</summary>
    public int MaxMapCount { get; init; } = 65530;

    /// <summary>What happens when memory gets short.</summary>
    public ReclaimPolicy Reclaim { get; init; }

    /// <summary>How much memory may be promised (<c>vm.overcommit_memory</c>).</summary>
    public OvercommitMode Overcommit { get; init; } = OvercommitMode.Guess;

    /// <summary>The share of memory that <see cref="OvercommitMode.Never"/> promises, in percent (<c>vm.overcommit_ratio</c>).</summary>
    public int OvercommitRatio { get; init; } = 50;
}

/// <summary>A computer: physical memory and the processes in it. Machines have nothing in common but the thread-related state of the host.</summary>
public sealed class Machine : IDisposable
{
    /// <summary>Builds a machine with no process.</summary>
    /// <param name="options">How; null for the defaults.</param>
    public Machine(MachineOptions? options = null)
    {
        Options = options ?? new MachineOptions();
        Memory = new PhysicalMemory(Options.MemoryBytes, Options.Reclaim);
        Commit = new CommitAccount(Options.Overcommit, (ulong)Options.MemoryBytes >> Page.Shift, Options.OvercommitRatio);
        Ksm = new Ksm(Memory, Options);
        PageIdle = new PageIdle(Memory);
        HugePages = new HugePages(Memory, Options);
        Khugepaged = new Khugepaged(Memory, HugePages, Options);
    }

    /// <summary>How the machine was built.</summary>
    public MachineOptions Options { get; }

    /// <summary>Its physical memory.</summary>
    public PhysicalMemory Memory { get; }

    /// <summary>What forks locked.</summary>
    public ForkCounters Forks { get; } = new();

    /// <summary>Memory promised to processes.</summary>
    public CommitAccount Commit { get; }

    /// <summary>Same-page merging.</summary>
    public Ksm Ksm { get; }

    /// <summary>Which pages are not used.</summary>
    public PageIdle PageIdle { get; }

    /// <summary>Transparent huge pages.</summary>
    public HugePages HugePages { get; }

    /// <summary>Who makes huge pages of single ones.</summary>
    public Khugepaged Khugepaged { get; }

    /// <summary>Starts a process with an empty address space.</summary>
    /// <param name="limits">What it may use; null for the defaults.</param>
    /// <exception cref="InsufficientMemoryException">Memory is exhausted.</exception>
    [MaySleep]
    public Process CreateProcess(ResourceLimits? limits = null)
    {
        var mm = MmStruct.TryCreate(this, limits ?? new ResourceLimits()) ?? throw new InsufficientMemoryException("There is no memory for a page table.");
        return new Process(this, mm);
    }

    /// <summary>Creates a file in memory (<c>memfd_create(2)</c>).</summary>
    /// <param name="size">Its length in bytes.</param>
    /// <param name="flags">Whether it takes seals.</param>
    public MemoryFile CreateMemoryFile(ulong size, MemoryFileFlags flags = MemoryFileFlags.None) => MemoryFile.Create(this, size, flags);

    /// <summary>Creates a file whose pages lie elsewhere and are only cached in memory.</summary>
    /// <param name="size">Its length in bytes.</param>
    /// <param name="backing">Where the pages lie.</param>
    public MemoryFile CreateFile(ulong size, FileBacking backing) => MemoryFile.CreateBacked(this, size, backing);

    /// <summary>Puts a swap device to use (<c>swapon(2)</c>).</summary>
    /// <param name="store">What it keeps its pages on; the machine owns it from here on.</param>
    /// <returns>The device; null if there are too many.</returns>
    /// <exception cref="InvalidOperationException">The machine does not reclaim memory.</exception>
    public SwapDevice? SwapOn(SwapStore store)
    {
        if (Memory.Lru == null)
            throw new InvalidOperationException("A machine that does not reclaim memory cannot swap.");
        return Memory.Swap.Add(store);
    }

    /// <summary>Gives a swap device up: what lies on it is brought back into memory (<c>swapoff(2)</c>).</summary>
    /// <param name="device">The device.</param>
    /// <returns>0; −ENOMEM if not everything fits into memory, −EINTR: then the device goes on being used.</returns>
    [MaySleep]
    public long SwapOff(SwapDevice device)
    {
        device.StopAllocating();
        int error = MmKernel.SwapOff.TryToUnuse(this, device);
        if (error != 0)
        {
            device.StartAllocating();
            return error;
        }

        Memory.Swap.Remove(device);
        device.Close();
        return 0;
    }

    /// <summary>Moves pages together, so that free frames make large blocks (<c>/proc/sys/vm/compact_memory</c>).</summary>
    /// <returns>Number of pages moved; 0 where no lists of pages are kept.</returns>
    [TakesRmap]
    public int CompactMemory() => Compaction.CompactZone(Memory);

    /// <summary>The text of <c>/proc/vmstat</c>.</summary>
    /// <returns>A name and a number a line: how many pages there are of each kind, and how often what happened.</returns>
    public string VmstatText() => VmstatView.Text(this);

    /// <summary>Gives the physical memory back. No process may be used afterwards.</summary>
    [MaySleep]
    public void Dispose()
    {
        Ksm.Stop();
        Khugepaged.Stop();
        Memory.Reclaimer?.Stop();
        Rcu.Call(new DeferredRelease(Memory));
    }

    /// <summary>Page tables that wait for a grace period still lie in the memory: it goes after them, callbacks running in order.</summary>
    private sealed class DeferredRelease(PhysicalMemory memory) : RcuHead
    {
        [MaySleep]
        public override void Run() => memory.Dispose();
    }
}
