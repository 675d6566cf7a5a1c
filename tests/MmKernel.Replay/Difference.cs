namespace MmKernel.Replay;

/// <summary>How closely a replay agrees with the host; each level includes the ones before it.</summary>
public enum Level
{
    /// <summary>Results, errors and signals, and place, permissions, file and offset of every VMA.</summary>
    Geometry = 1,

    /// <summary>Values that were read and the contents of present pages.</summary>
    Contents = 2,

    /// <summary>What every page-table entry is, exclusivity, resident, anonymous, swapped, locked and proportional sizes.</summary>
    Paging = 3,

    /// <summary>The VmFlags.</summary>
    Flags = 4,
}

/// <summary>One disagreement with the host.</summary>
/// <param name="Level">The lowest level that it breaks.</param>
/// <param name="What">What differs.</param>
/// <param name="Expected">What the host did.</param>
/// <param name="Got">What happened here.</param>
public sealed record Difference(Level Level, string What, string Expected, string Got);
