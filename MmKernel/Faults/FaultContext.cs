using MmLint;

namespace MmKernel;

/// <summary>One page fault (<c>struct vm_fault</c>). Tasks keep and reuse these objects; while in use they are confined to one thread.</summary>
public sealed class FaultContext
{
    internal FaultContext()
    {
    }

    /// <summary>The VMA; gone once the fault lock is released, so what is needed then is copied before.</summary>
    [WriteOnce, ValidWhileHeld("FaultLock")] public VmArea Vma { get; private set; } = null!;

    /// <summary>How the fault came about.</summary>
    [WriteOnce] public FaultFlag Flags { get; private set; }

    /// <summary>The start of the page that was accessed.</summary>
    [WriteOnce] public ulong Address { get; private set; }

    /// <summary>The address that was accessed.</summary>
    [WriteOnce] public ulong RealAddress { get; private set; }

    /// <summary>The lock that the fault runs under: the VMA's if the flags say so, else mmap_lock.</summary>
    [LockAlias("(Flags & FaultFlag.VmaLock) != 0 ? Vma.Lock : Vma.Mm.MmapLock")]
    public LockName FaultLock => default;

    /// <summary>The entry as it was first seen; decisions from it are checked again under the table's lock.</summary>
    [Tracked] internal ulong OrigPte;

    /// <summary>Whether it is a write.</summary>
    internal bool IsWrite => (Flags & FaultFlag.Write) != 0;

    /// <summary>Starts a fault in an object of the current task.</summary>
    [return: Fresh]
    [Ensures("result.Vma == vma"), Ensures("result.Flags == flags")]
    internal static FaultContext Start(VmArea vma, ulong address, FaultFlag flags)
    {
        var vmf = Task.Current.TakeFaultContext();
        vmf.Vma = vma;
        vmf.Flags = flags;
        vmf.Address = Page.AlignDown(address);
        vmf.RealAddress = address;
        vmf.OrigPte = PageTableEntry.None;
        return vmf;
    }

    /// <summary>Gives the object back.</summary>
    internal void Finish() => Task.Current.ReturnFaultContext(this);
}
