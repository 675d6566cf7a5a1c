using System;

namespace MmKernel;

/// <summary>What a message is about (<c>UFFD_EVENT_*</c>).</summary>
public enum UffdEvent
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A thread waits for a page.</summary>
    Pagefault = 0x12,

    /// <summary>The process forked.</summary>
    Fork = 0x13,

    /// <summary>A range was moved by mremap.</summary>
    Remap = 0x14,

    /// <summary>The pages of a range are being discarded.</summary>
    Remove = 0x15,

    /// <summary>A range is gone.</summary>
    Unmap = 0x16,
}

/// <summary>What kind of fault a message reports (<c>UFFD_PAGEFAULT_FLAG_*</c>).</summary>
[Flags]
public enum UffdFaultFlags
{
    /// <summary>A read of a missing page.</summary>
    None = 0,

    /// <summary>A write.</summary>
    Write = 1,

    /// <summary>A write to a protected page.</summary>
    WriteProtect = 2,

    /// <summary>A page of the file that is not mapped.</summary>
    Minor = 4,
}

/// <summary>What a handler reads (<c>struct uffd_msg</c>).</summary>
public readonly record struct UffdMessage
{
    /// <summary>What it is about.</summary>
    public required UffdEvent Event { get; init; }

    /// <summary>Fault: the kind.</summary>
    public UffdFaultFlags Flags { get; init; }

    /// <summary>Fault: the address. Remap: the old start. Remove and unmap: the start.</summary>
    public ulong Address { get; init; }

    /// <summary>Remap: the new start. Remove and unmap: the end.</summary>
    public ulong Other { get; init; }

    /// <summary>Remap: the length in bytes.</summary>
    public ulong Length { get; init; }

    /// <summary>Fault: the thread, if the feature was asked for; 0 otherwise.</summary>
    public int ThreadId { get; init; }

    /// <summary>Fork: the userfaultfd of the child.</summary>
    public Userfaultfd? Child { get; init; }
}
