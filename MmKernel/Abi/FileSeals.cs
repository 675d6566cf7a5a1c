using System;

namespace MmKernel;

/// <summary>What can no longer be done with a memory file (<c>F_SEAL_*</c>, <c>fcntl(2)</c>).</summary>
[Flags]
public enum FileSeals
{
    /// <summary>Everything can be done.</summary>
    None = 0,

    /// <summary>Adding seals.</summary>
    Seal = 0x01,

    /// <summary>Making it shorter.</summary>
    Shrink = 0x02,

    /// <summary>Making it longer.</summary>
    Grow = 0x04,

    /// <summary>Changing its contents; there is no writable shared mapping.</summary>
    Write = 0x08,

    /// <summary>Changing its contents, but through writable shared mappings that exist already.</summary>
    FutureWrite = 0x10,

    /// <summary>Changing whether it can be executed.</summary>
    Exec = 0x20,
}

/// <summary>How a memory file is made (<c>MFD_*</c>, <c>memfd_create(2)</c>).</summary>
[Flags]
public enum MemoryFileFlags
{
    /// <summary>It takes no seals.</summary>
    None = 0,

    /// <summary>It takes seals.</summary>
    AllowSealing = 0x2,

    /// <summary>It cannot be executed, is sealed so, and takes other seals.</summary>
    NoExecSeal = 0x8,
}
