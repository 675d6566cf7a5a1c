using System;
using System.Collections.Generic;
using System.Linq;

namespace MmKernel.Stress;

/// <summary>Something that a thread does.</summary>
/// <param name="Name">What it is called in reports.</param>
/// <param name="Weight">How often it is done, in relation to the others.</param>
/// <param name="Do">Does it, and throws if what it sees cannot be.</param>
internal sealed record Operation(string Name, int Weight, Action<StressThread> Do);

/// <summary>All operations. To add some, write them in a class of their theme and add its list here.</summary>
internal static class OperationCatalogue
{
    internal static IReadOnlyList<Operation> All { get; } =
    [
        .. AccessOperations.All,
        .. MappingOperations.All,
        .. ProcessOperations.All,
        .. FileOperations.All,
        .. ObservingOperations.All,
        .. UserfaultOperations.All,
        .. MergingOperations.All,
        .. PinOperations.All,
        .. FrameOperations.All,
        .. TrackingOperations.All,
    ];

    private static readonly int s_weights = All.Sum(operation => operation.Weight);

    /// <summary>The index of a random operation.</summary>
    internal static int Pick(Random random)
    {
        int at = random.Next(s_weights);
        int index = 0;
        while ((at -= All[index].Weight) >= 0)
            index++;
        return index;
    }
}
