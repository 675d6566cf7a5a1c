using System.Threading;
using MmLint;

namespace MmKernel;

/// <summary>
/// A process: an address space and the system calls on it. Any number of threads may call at a time; each acts as a thread of the process.
/// A system call returns a value, or −errno as the kernel's entry points do.
/// </summary>
public sealed partial class Process
{
    internal Process(Machine machine, MmStruct mm)
    {
        Machine = machine;
        Mm = mm;
    }

    /// <summary>The machine that it runs on.</summary>
    public Machine Machine { get; }

    /// <summary>Its address space, in use until the process exits.</summary>
    internal MmStruct Mm { get; }

    /// <summary>Maps memory (<c>mmap(2)</c>).</summary>
    /// <param name="address">Where, or a hint, or 0.</param>
    /// <param name="length">Bytes; rounded up to pages.</param>
    /// <param name="prot">Protection.</param>
    /// <param name="flags">Flags.</param>
    /// <returns>The address, or −errno.</returns>
    [MaySleep]
    public long Mmap(ulong address, ulong length, Prot prot, MapFlags flags)
    {
        using var entry = new SystemCall(this);
        return MmapCalls.VmMmap(Mm, address, length, prot, flags);
    }

    /// <summary>Unmaps memory (<c>munmap(2)</c>).</summary>
    /// <param name="address">First address; page-aligned.</param>
    /// <param name="length">Bytes; rounded up to pages.</param>
    /// <returns>0, or −errno.</returns>
    [MaySleep]
    public long Munmap(ulong address, ulong length)
    {
        using var entry = new SystemCall(this);
        return MunmapCalls.VmMunmap(Mm, address, length);
    }
}
