using System.Threading;
using MmLint;

namespace MmKernel;

/// <summary>
/// What a process may use (<c>setrlimit(2)</c>, in bytes) and the privilege to lock more. Limits are read without a lock, as Linux reads
/// them: a change counts from the next system call that looks.
/// </summary>
public sealed class ResourceLimits
{
    /// <summary>No limit (<c>RLIM_INFINITY</c>).</summary>
    public const ulong Unlimited = ulong.MaxValue;

    /// <summary>What a shell gives its processes: an 8 MiB stack and otherwise no limit.</summary>
    public ResourceLimits()
    {
    }

    /// <summary>The limits of a forked child.</summary>
    /// <param name="parent">Those of the parent.</param>
    internal ResourceLimits(ResourceLimits parent)
    {
        AddressSpace = parent.AddressSpace;
        Data = parent.Data;
        Stack = parent.Stack;
        LockedMemory = parent.LockedMemory;
        MayLockBeyondLimit = parent.MayLockBeyondLimit;
    }

    [Atomic] private ulong _addressSpace = Unlimited;
    [Atomic] private ulong _data = Unlimited;
    [Atomic] private ulong _stack = 8UL << 20;
    [Atomic] private ulong _lockedMemory = Unlimited;
    [Atomic] private bool _mayLockBeyondLimit = true;

    /// <summary>All mappings together (<c>RLIMIT_AS</c>).</summary>
    public ulong AddressSpace
    {
        get => Volatile.Read(ref _addressSpace);
        set => Volatile.Write(ref _addressSpace, value);
    }

    /// <summary>Private writable mappings, the heap included (<c>RLIMIT_DATA</c>).</summary>
    public ulong Data
    {
        get => Volatile.Read(ref _data);
        set => Volatile.Write(ref _data, value);
    }

    /// <summary>The size to which a mapping that grows down may grow (<c>RLIMIT_STACK</c>).</summary>
    public ulong Stack
    {
        get => Volatile.Read(ref _stack);
        set => Volatile.Write(ref _stack, value);
    }

    /// <summary>Locked memory (<c>RLIMIT_MEMLOCK</c>).</summary>
    public ulong LockedMemory
    {
        get => Volatile.Read(ref _lockedMemory);
        set => Volatile.Write(ref _lockedMemory, value);
    }

    /// <summary>Whether <see cref="LockedMemory"/> does not bind the process (<c>CAP_IPC_LOCK</c>).</summary>
    public bool MayLockBeyondLimit
    {
        get => Volatile.Read(ref _mayLockBeyondLimit);
        set => Volatile.Write(ref _mayLockBeyondLimit, value);
    }

    /// <summary>Whether the process may lock anything at all (<c>can_do_mlock</c>).</summary>
    internal bool MayLock => LockedMemory != 0 || MayLockBeyondLimit;
}
