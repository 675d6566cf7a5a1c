using System.Threading.Tasks;

namespace CodeFixTests;

/// <summary>A lock taken shared is taken exclusively where something inside asks for it.</summary>
public sealed class ExclusiveModeFixerTests
{
    private const string Key = "ExclusiveModeFixer";

    [Fact]
    public Task Acquire_and_release_change_together() => Fixes(
        """
            public static void Change(MmStruct mm)
            {
                mm.MmapLock.ReadLock();
                try
                {
                    {|MML1002:Rebuild(mm)|};
                }
                finally
                {
                    mm.MmapLock.ReadUnlock();
                }
            }

            [MustHold("exclusive(mm.MmapLock)")] public static extern void Rebuild(MmStruct mm);
        """,
        """
            public static void Change(MmStruct mm)
            {
                mm.MmapLock.WriteLock();
                try
                {
                    Rebuild(mm);
                }
                finally
                {
                    mm.MmapLock.WriteUnlock();
                }
            }

            [MustHold("exclusive(mm.MmapLock)")] public static extern void Rebuild(MmStruct mm);
        """);

    [Fact]
    public async Task Guarded_write_under_a_framework_lock() => await Verify.Fix(
        Table("EnterReadLock", "{|MML1002:_rows|}", "ExitReadLock"), Table("EnterWriteLock", "_rows", "ExitWriteLock"), Key);

    [Fact]
    public async Task Lock_that_the_caller_took_offers_nothing() => await Verify.OffersNo(Key, FaultPath.Subject("""
            [MustHold("mm.MmapLock")] public static void Change(MmStruct mm) => Rebuild(mm); // MML1002

            [MustHold("exclusive(mm.MmapLock)")] public static extern void Rebuild(MmStruct mm);
        """)).WithSource("Mm.cs", FaultPath.Source, FaultPath.Source);

    [Fact]
    public async Task Try_without_an_exclusive_counterpart_offers_nothing() => await Verify.OffersNo(Key, FaultPath.Subject("""
            public static void Change(MmStruct mm)
            {
                if (!mm.MmapLock.TryReadLock())
                    return;
                Rebuild(mm); // MML1002
                mm.MmapLock.ReadUnlock();
            }

            [MustHold("exclusive(mm.MmapLock)")] public static extern void Rebuild(MmStruct mm);
        """)).WithSource("Mm.cs", FaultPath.Source, FaultPath.Source);

    private static async Task Fixes(string before, string after) =>
        await Verify.Fix(FaultPath.Subject(before), FaultPath.Subject(after), Key).WithSource("Mm.cs", FaultPath.Source, FaultPath.Source);

    private static string Table(string enter, string rows, string exit) => $$"""
        public sealed class Table
        {
            private readonly ReaderWriterLockSlim _lock = new();
            [GuardedBy(nameof(_lock))] private int _rows;

            public void Clear()
            {
                _lock.{{enter}}();
                {{rows}} = 0;
                _lock.{{exit}}();
            }
        }
        """;
}
