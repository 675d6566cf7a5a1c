using System.Threading.Tasks;

namespace AnalyzerTests.WorkedContracts;

/// <summary>A page-table lock is not enough to change a folio's mapping.</summary>
public sealed class Item08MappingChangesUnderTheFolioLock : WorkedContractTests
{
    [Fact]
    public Task WritingUnderThePageTableLock_Flags() => Flags("""
        [MustHold("pte.Ptl && vma.Anchored"), Requires("vma.AnonVma != null")]
        static void FolioMoveAnonRmap(Folio folio, VmArea vma, MappedPte pte)
        {
          folio.Mapping = vma.AnonVma; // MML1009
        }
        """);

    [Fact]
    public Task WritingUnderTheFolioLock_IsSilent() => Silent("""
        [MustHold("folio && pte.Ptl && vma.Anchored"), Requires("vma.AnonVma != null")]
        static void FolioMoveAnonRmap(Folio folio, VmArea vma, MappedPte pte)
        {
          folio.Mapping = vma.AnonVma;
        }
        """);

    [Fact]
    public Task ReadingOnceWithoutTheLock_IsSilent() => Silent("""
        [MustHold("folio.Ref")] static bool HasMapping(Folio folio) => Volatile.Read(ref folio.Mapping) != null;
        """);

    [Fact]
    public Task ReadingPlainlyWithoutTheLock_Flags() => Flags("""
        [MustHold("folio.Ref")] static bool HasMapping(Folio folio) => folio.Mapping != null; // MML1008
        """);
}
