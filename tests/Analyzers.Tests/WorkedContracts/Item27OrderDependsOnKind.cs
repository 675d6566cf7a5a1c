using System.Threading.Tasks;

namespace AnalyzerTests.WorkedContracts;

/// <summary>Huge-page mappings take the mapping lock outside the folio lock, all others inside.</summary>
public sealed class Item27OrderDependsOnKind : WorkedContractTests
{
    [Fact]
    public Task HugeMappingInsideTheFolio_Flags() => Flags("""
        [Requires("mapping.IsHugetlb")]
        [MustHold("folio"), MaySleep] static void UnmapFolio(Folio folio, AddressSpace mapping)
        {
          mapping.ImapLock.ReadLock(); // MML1010
          mapping.ImapLock.ReadUnlock();
        }
        """);

    [Fact]
    public Task AnyMappingInsideTheFolio_IsSilent() => Silent("""
        [MustHold("folio"), MaySleep] static void UnmapFolio(Folio folio, AddressSpace mapping)
        {
          mapping.ImapLock.ReadLock();
          mapping.ImapLock.ReadUnlock();
        }
        """);

    [Fact]
    public Task HugeMappingOutsideTheFolio_IsSilent() => Silent("""
        [Requires("mapping.IsHugetlb"), MaySleep] static void UnmapFolio(Folio folio, AddressSpace mapping)
        {
          mapping.ImapLock.ReadLock();
          folio.Lock();
          folio.Unlock();
          mapping.ImapLock.ReadUnlock();
        }
        """);
}
