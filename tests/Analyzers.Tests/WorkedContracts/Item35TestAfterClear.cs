using System.Threading.Tasks;

namespace AnalyzerTests.WorkedContracts;

/// <summary>Pins are tested once the entry is cleared and flushed, and the entry is put back if there are any.</summary>
public sealed class Item35TestAfterClear : WorkedContractTests
{
    private const string Entry = """
        public static class Entry
        {
          [Lock(Section)] public static LockName Cleared => default;
          [MustHold("pte.Ptl"), Acquires("Cleared"), Acquires("pte.Ptl.FlushPending", Idempotent = true)] public static extern ulong Clear(MappedPte pte);
          [MustHold("Cleared"), MustNotHold("pte.Ptl.FlushPending")] public static extern bool IsPinned(MappedPte pte);
          [MustHold("pte.Ptl"), Releases("Cleared")] public static extern void Put(MappedPte pte, ulong value);
        }

        """;

    [Fact]
    public Task TestedBeforeTheClear_Flags() => Flags(Entry + """
        [MustHold("pte && pte.Ptl")] static void Share(MappedPte pte)
        {
          bool pinned = Entry.IsPinned(pte); // MML1001
          ulong old = Entry.Clear(pte);
          FlushTlbPage(pte);
          Entry.Put(pte, pinned ? old : 0);
        }
        """);

    [Fact]
    public Task TestedBeforeTheFlush_Flags() => Flags(Entry + """
        [MustHold("pte && pte.Ptl")] static void Share(MappedPte pte)
        {
          ulong old = Entry.Clear(pte);
          bool pinned = Entry.IsPinned(pte); // MML1007
          FlushTlbPage(pte);
          Entry.Put(pte, pinned ? old : 0);
        }
        """);

    [Fact]
    public Task PinnedAndNotPutBack_Flags() => Flags(Entry + """
        [MustHold("pte && pte.Ptl")] static bool Share(MappedPte pte)
        {
          Entry.Clear(pte);
          FlushTlbPage(pte);
          if (Entry.IsPinned(pte)) return false; // MML1006
          Entry.Put(pte, 0);
          return true;
        }
        """);

    [Fact]
    public Task TestedAfterTheFlushAndPutBack_IsSilent() => Silent(Entry + """
        [MustHold("pte && pte.Ptl")] static bool Share(MappedPte pte)
        {
          ulong old = Entry.Clear(pte);
          FlushTlbPage(pte);
          bool pinned = Entry.IsPinned(pte);
          Entry.Put(pte, pinned ? old : 0);
          return !pinned;
        }
        """);
}
