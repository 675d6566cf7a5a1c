namespace MmKernel;

/// <summary>What <c>/proc/PID/smaps</c> says about one VMA.</summary>
public readonly record struct VmaStatistics
{
    private const int ShareToKilobytes = 10 + 12;

    /// <summary>First address.</summary>
    public required ulong Start { get; init; }

    /// <summary>First address behind it.</summary>
    public required ulong End { get; init; }

    /// <summary>Properties.</summary>
    public required VmFlags Flags { get; init; }

    /// <summary>What is mapped; null for anonymous memory.</summary>
    public required VmFile? File { get; init; }

    /// <summary>Index of the first page in the object behind it.</summary>
    public required ulong PageOffset { get; init; }

    /// <summary>Resident pages (<c>Rss</c>).</summary>
    public ulong ResidentPages { get; init; }

    /// <summary>Resident anonymous pages (<c>Anonymous</c>).</summary>
    public ulong AnonymousPages { get; init; }

    /// <summary>Pages that huge pages map, as a whole (<c>AnonHugePages</c>).</summary>
    public ulong AnonymousHugePages { get; init; }

    /// <summary>Whether faults and the collapsing thread may use huge pages here (<c>THPeligible</c>).</summary>
    public bool IsHugePageEligible { get; init; }

    /// <summary>Pages in swap (<c>Swap</c>).</summary>
    public ulong SwappedPages { get; init; }

    /// <summary>The size, each page divided by the number of its mappings, in kB rounded down (<c>Pss</c>).</summary>
    public ulong ProportionalKilobytes => ProportionalShare >> ShareToKilobytes;

    /// <summary>The part of it that is locked, in kB rounded down (<c>Locked</c>).</summary>
    public ulong LockedKilobytes => LockedShare >> ShareToKilobytes;

    /// <summary>The proportional size in units of 1/4096 byte.</summary>
    internal ulong ProportionalShare { get; init; }

    /// <summary>The locked size in the same units.</summary>
    internal ulong LockedShare { get; init; }
}
