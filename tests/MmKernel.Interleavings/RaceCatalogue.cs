using System.Collections.Generic;
using System.Linq;

namespace MmKernel.Interleavings;

/// <summary>All races. To add one, write it in a class of its theme and list it here.</summary>
internal static class RaceCatalogue
{
    internal static IReadOnlyList<Race> All { get; } =
    [
        FaultRaces.FaultAndMunmap,
        FaultRaces.AccessAndTableFreeing,
        FaultRaces.TwoFirstFaults,
        FaultRaces.TwoFaultsOnOnePage,
        FaultRaces.FaultAndMprotect,
        FaultRaces.FaultAndMremap,
        FaultRaces.LookupAndReuse,
        FaultRaces.GrowthAndFault,
        FaultRaces.GrowthAndMunmap,
        ForkRaces.ForkAndFaults,
        ForkRaces.LonelyForkAndFaults,
        ForkRaces.LonelyForkAndLongStore,
        ForkRaces.ForkAndFirstFault,
        ForkRaces.CopyOnBothSides,
        ForkRaces.CopyByTwoThreads,
        ForkRaces.CopyAndExit,
        ForkRaces.ForkAndRemoteWrite,
        RmapRaces.MergeAndWalk,
        RmapRaces.SplitAndWalk,
        RmapRaces.MoveAndWalk,
        RmapRaces.ForkAndWalk,
        RmapRaces.UnmapAndReferenced,
        RmapRaces.TruncateAndFault,
        SwapRaces.ReclaimAndWrite,
        SwapRaces.ReclaimAndMunmap,
        SwapRaces.ReclaimAndFork,
        SwapRaces.ReclaimAndReturn,
        SwapRaces.TwoAccesses,
        SwapRaces.ReturnAndFork,
        SwapRaces.ReturnAndSwapOff,
        SwapRaces.WillNeedAndSwapOff,
        SwapRaces.ForkAndSwapOff,
        SwapRaces.FileReturnAndTruncate,
        SwapRaces.FileFirstAccessAndTruncate,
        MigrationRaces.MoveAndWrite,
        MigrationRaces.MoveAndRemoteWrite,
        MigrationRaces.MoveAndFork,
        MigrationRaces.MoveAndMunmap,
        MigrationRaces.MoveAndRemap,
        MigrationRaces.MoveAndProtect,
        MigrationRaces.TwoMoves,
        MigrationRaces.MoveAndTruncate,
        MigrationRaces.MoveAndMerge,
        HugeRaces.TwoFirstWrites,
        HugeRaces.ReadAndWrite,
        HugeRaces.ForkAndWrite,
        HugeRaces.SplitAndWalk,
        HugeRaces.CollapseAndFault,
        HugeRaces.CollapseAndMunmap,
        HugeRaces.CollapseAndPin,
        HugeRaces.FolioSplitAndFork,
        HugeRaces.FolioSplitAndWrite,
        HugeRaces.FolioSplitAndMunmap,
        MigrationRaces.MoveAndIdle,
        UffdRaces.MoveAndFork,
        UffdRaces.MoveAndWalk,
        UffdRaces.MoveUnderAnonVmaLockAndWalk,
        UffdRaces.MoveAndMigration,
        UffdRaces.MoveAndPin,
        UffdRaces.HugeMoveAndWrite,
        UffdRaces.HugeMoveAndPin,
        UffdRaces.SwappedMoveAndAccess,
        UffdRaces.SwappedMoveAndReclaim,
        UffdRaces.SwappedMoveAndSwapOff,
        KsmRaces.MergeAndExit,
        KsmRaces.MergeAndWrite,
    ];

    internal static IEnumerable<string> Names => All.Select(race => race.Name);

    internal static Race Find(string name) => All.Single(race => race.Name == name);
}
