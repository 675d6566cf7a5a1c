using System;
using System.Threading;
using MmLint;

namespace MmKernel;

/// <summary>
/// A process: an address space and the system calls on it. Any number of threads may call at a time; each acts as a thread of the process.
/// A system call returns a value, or −errno as the kernel's entry points do.
/// </summary>
public sealed partial class Process
{
    [Atomic] private int _exited;

    [Releases("mm.Users")]
    internal Process(Machine machine, MmStruct mm)
    {
        Machine = machine;
        Mm = mm;
        mm.HandOverUser();
        machine.Memory.AddressSpaces.Add(mm);
    }

    /// <summary>The machine that it runs on.</summary>
    public Machine Machine { get; }

    /// <summary>What it may use (<c>prlimit(2)</c>).</summary>
    public ResourceLimits Limits => Mm.Limits;

    /// <summary>
    /// Its address space. The process is a user until it exits, which may be at any time: another process becomes a user itself first.
    /// </summary>
    internal MmStruct Mm { get; }

    /// <summary>Ends the process: everything is unmapped when the last user of its address space is gone (<c>exit_mm</c>).</summary>
    [MaySleep]
    public void Exit()
    {
        using var entry = new SystemCall(this);
        if (Interlocked.Exchange(ref _exited, 1) == 0)
        {
            Mm.AdoptUser();
            Mm.Put();
        }
    }

    /// <summary>Reads user memory as a load instruction of the process does.</summary>
    /// <param name="address">First address; the range may cross pages.</param>
    /// <param name="destination">Where the bytes go.</param>
    /// <returns>The signal that the access raised, if it did; then part of the bytes may have been read.</returns>
    [MaySleep]
    public unsafe AccessResult Read(ulong address, Span<byte> destination)
    {
        fixed (byte* buffer = destination)
            return Access(address, buffer, destination.Length, FaultFlag.None);
    }

    /// <summary>Writes user memory as a store instruction of the process does.</summary>
    /// <param name="address">First address; the range may cross pages.</param>
    /// <param name="source">The bytes.</param>
    /// <returns>The signal that the access raised, if it did; then part of the bytes may have been written.</returns>
    [MaySleep]
    public unsafe AccessResult Write(ulong address, ReadOnlySpan<byte> source)
    {
        fixed (byte* buffer = source)
            return Access(address, buffer, source.Length, FaultFlag.Write);
    }

    [MaySleep]
    private unsafe AccessResult Access(ulong address, byte* buffer, int length, FaultFlag flags)
    {
        using var entry = new SystemCall(this);
        return Mmu.AccessPages(Task.CurrentMm!, address, buffer, length, flags);
    }
}
