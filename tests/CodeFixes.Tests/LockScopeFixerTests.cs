using System.Threading.Tasks;

namespace CodeFixTests;

/// <summary>What needs a lock is put into a scope of it.</summary>
public sealed class LockScopeFixerTests
{
    private const string Key = "LockScopeFixer";

    [Fact]
    public async Task Guarded_write_gets_a_lock_statement() => await Verify.Fix(
        Counter("""
            public void Add(int amount)
            {
                // Never below zero.
                {|MML1009:_sum|} = amount;
            }
        """),
        Counter("""
            public void Add(int amount)
            {
                // Never below zero.
                lock (_gate)
                {
                    _sum = amount;
                }
            }
        """),
        Key);

    [Fact]
    public async Task Neighbouring_accesses_share_the_lock() => await Verify.Fix(
        Counter("""
            public int Add(int amount)
            {
                int before = _sum;
                Console.WriteLine();
                _sum = before + amount;
                return before;
            }
        """),
        Counter("""
            public int Add(int amount)
            {
                lock (_gate)
                {
                    int before = _sum;
                    Console.WriteLine();
                    _sum = before + amount;
                    return before;
                }
            }
        """),
        Key);

    [Fact]
    public Task Reader_waits_for_the_shared_mode() => Fixes(
        """
            static void Look(MmStruct mm)
            {
                Visit(mm);
            }

            [MustHold("mm.MmapLock")] static void Visit(MmStruct mm) { }
        """,
        """
            static void Look(MmStruct mm)
            {
                mm.MmapLock.ReadLock();
                try
                {
                    Visit(mm);
                }
                finally
                {
                    mm.MmapLock.ReadUnlock();
                }
            }

            [MustHold("mm.MmapLock")] static void Visit(MmStruct mm) { }
        """);

    [Fact]
    public Task Writer_waits_for_the_exclusive_mode() => Fixes(
        """
            static void Change(MmStruct mm)
            {
                Rebuild(mm);
            }

            [MustHold("exclusive(mm.MmapLock)")] static void Rebuild(MmStruct mm) { }
        """,
        """
            static void Change(MmStruct mm)
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

            [MustHold("exclusive(mm.MmapLock)")] static void Rebuild(MmStruct mm) { }
        """);

    [Fact]
    public async Task Field_initializer_offers_nothing() => await Verify.OffersNo(Key, """
        public static class C
        {
            private static readonly object s_gate = new();
            [GuardedBy("s_gate")] private static int s_sum;
            private static readonly Func<int> s_get = () => s_sum; // MML1008
        }
        """);

    private static async Task Fixes(string before, string after) =>
        await Verify.Fix(FaultPath.Subject(before), FaultPath.Subject(after), Key).WithSource("Mm.cs", FaultPath.Source, FaultPath.Source);

    private static string Counter(string members) => $$"""
        public sealed class Counter
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private int _sum;

        {{members}}
        }
        """;
}
