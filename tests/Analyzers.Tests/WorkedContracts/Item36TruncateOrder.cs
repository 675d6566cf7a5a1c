using System.Threading.Tasks;

namespace AnalyzerTests.WorkedContracts;

/// <summary>The new size is stored, then the range is unmapped, then its pages go: each step needs the one before.</summary>
public sealed class Item36TruncateOrder : WorkedContractTests
{
    [Fact]
    public Task RemovedBeforeItIsUnmapped_Flags() => Flags("""
        public sealed class Truncation { [Tracked] public bool IsSizeStored; [Tracked] public bool IsUnmapped; }
        [Assigns("work.IsSizeStored"), Ensures("work.IsSizeStored")] static extern void StoreSize(Truncation work);
        [Requires("work.IsSizeStored"), Assigns("work.IsUnmapped"), Ensures("work.IsUnmapped")] static extern void UnmapRange(Truncation work);
        [Requires("work.IsUnmapped"), MustHold("folio")] static extern void Remove(Truncation work, Folio folio);
        [MustHold("folio"), Assigns("work.IsSizeStored"), Assigns("work.IsUnmapped")] static void Truncate(Truncation work, Folio folio)
        {
          StoreSize(work);
          Remove(work, folio); // MML1015
          UnmapRange(work);
        }
        """);

    [Fact]
    public Task UnmappedBeforeTheSizeIsStored_Flags() => Flags("""
        public sealed class Truncation { [Tracked] public bool IsSizeStored; [Tracked] public bool IsUnmapped; }
        [Assigns("work.IsSizeStored"), Ensures("work.IsSizeStored")] static extern void StoreSize(Truncation work);
        [Requires("work.IsSizeStored"), Assigns("work.IsUnmapped"), Ensures("work.IsUnmapped")] static extern void UnmapRange(Truncation work);
        [Assigns("work.IsSizeStored"), Assigns("work.IsUnmapped")] static void Truncate(Truncation work)
        {
          UnmapRange(work); // MML1015
          StoreSize(work);
        }
        """);

    [Fact]
    public Task StoredUnmappedRemoved_IsSilent() => Silent("""
        public sealed class Truncation { [Tracked] public bool IsSizeStored; [Tracked] public bool IsUnmapped; }
        [Assigns("work.IsSizeStored"), Ensures("work.IsSizeStored")] static extern void StoreSize(Truncation work);
        [Requires("work.IsSizeStored"), Assigns("work.IsUnmapped"), Ensures("work.IsUnmapped")] static extern void UnmapRange(Truncation work);
        [Requires("work.IsUnmapped"), MustHold("folio")] static extern void Remove(Truncation work, Folio folio);
        [MustHold("folio"), Assigns("work.IsSizeStored"), Assigns("work.IsUnmapped")] static void Truncate(Truncation work, Folio folio)
        {
          StoreSize(work);
          UnmapRange(work);
          Remove(work, folio);
          UnmapRange(work);
        }
        """);
}
