using System.Threading.Tasks;

namespace CodeFixTests;

/// <summary>A check that reads guarded data moves under the lock that is taken right after it.</summary>
public sealed class CheckInsideFixerTests
{
    private const string Key = "CheckInsideFixer";

    [Fact]
    public Task Lock_statement_inside() => Fixes(
        """
            public void Fill()
            {
                // Once is enough.
                if ({|MML1008:_slot|} == null)
                {
                    lock (_gate)
                    {
                        _slot = new object();
                    }
                }
            }
        """,
        """
            public void Fill()
            {
                // Once is enough.
                lock (_gate)
                {
                    if (_slot == null)
                    {
                        _slot = new object();
                    }
                }
            }
        """);

    [Fact]
    public Task Way_out_before() => Fixes(
        """
            public void Fill()
            {
                if ({|MML1008:_slot|} != null)
                    return;
                lock (_gate)
                {
                    _slot = new object(); // filled
                }
            }
        """,
        """
            public void Fill()
            {
                lock (_gate)
                {
                    if (_slot != null)
                        return;
                    _slot = new object(); // filled
                }
            }
        """);

    [Fact]
    public Task Calls() => Fixes(
        """
            public void Fill()
            {
                if ({|MML1008:_slot|} == null)
                {
                    Monitor.Enter(_gate);
                    _slot = new object();
                    Monitor.Exit(_gate);
                }
            }
        """,
        """
            public void Fill()
            {
                Monitor.Enter(_gate);
                if (_slot == null)
                {
                    _slot = new object();
                }

                Monitor.Exit(_gate);
            }
        """);

    [Fact]
    public Task Other_lock_offers_nothing() => OffersNothing("""
            private readonly object _other = new();
            public void Fill()
            {
                if (_slot == null) // MML1008
                {
                    lock (_other) { }
                }
            }
        """);

    [Fact]
    public Task Check_with_another_branch_offers_nothing() => OffersNothing("""
            public bool Fill()
            {
                if (_slot == null) // MML1008
                {
                    lock (_gate) { _slot = new object(); }
                }
                else
                {
                    return true;
                }

                return false;
            }
        """);

    private static async Task Fixes(string before, string after) => await Verify.Fix(Subject(before), Subject(after), Key);

    private static async Task OffersNothing(string members) => await Verify.OffersNo(Key, Subject(members));

    private static string Subject(string members) => $$"""
        public sealed class Cache
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private object? _slot;

        {{members}}
        }
        """;
}
