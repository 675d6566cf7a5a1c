using System.Threading.Tasks;
using Microsoft.CodeAnalysis.CodeFixes;
using MmLint.CodeFixes;

namespace CodeFixTests;

/// <summary>What a name, an assertion or the body of a helper says becomes an attribute.</summary>
public sealed class UnstatedContractTests
{
    private const string Key = "UnstatedContractFixer";

    private const string Config = """
        [*.cs]
        dotnet_diagnostic.MML0011.severity = suggestion
        dotnet_diagnostic.MML0012.severity = suggestion
        """;

    [Fact]
    public Task Name() => Fixes(
        """
            /// <summary>Adds.</summary>
            internal void {|MML0011:AddLocked|}(int more) => _count.Value += more;
        """,
        """
            /// <summary>Adds.</summary>
            [MustHold("_gate")]
            internal void AddLocked(int more) => _count.Value += more;
        """);

    [Fact]
    public Task Names_in_the_whole_document() => Fixes(
        """
            internal void {|MML0011:AddLocked|}(int more) => _count.Value += more;

            [Obsolete("slow")]
            internal void {|MML0011:ClearNeedsLock|}() => _count.Value = 0;
        """,
        """
            [MustHold("_gate")]
            internal void AddLocked(int more) => _count.Value += more;

            [Obsolete("slow")]
            [MustHold("_gate")]
            internal void ClearNeedsLock() => _count.Value = 0;
        """);

    [Fact]
    public Task Assertion() => Fixes(
        """
            internal void {|MML0011:Add|}(int more)
            {
                System.Diagnostics.Debug.Assert(Monitor.IsEntered(_gate));
                _count.Value += more;
            }
        """,
        """
            [MustHold("_gate")]
            internal void Add(int more)
            {
                System.Diagnostics.Debug.Assert(Monitor.IsEntered(_gate));
                _count.Value += more;
            }
        """);

    [Fact]
    public Task Question_that_throws() => Fixes(
        """
            internal static void {|MML0011:Add|}(Counter counter)
            {
                if (!Monitor.IsEntered(counter._gate))
                    throw new SynchronizationLockException();
                counter._count.Value++;
            }
        """,
        """
            [MustHold("counter._gate")]
            internal static void Add(Counter counter)
            {
                if (!Monitor.IsEntered(counter._gate))
                    throw new SynchronizationLockException();
                counter._count.Value++;
            }
        """);

    [Fact]
    public Task Mode_of_an_assertion() => Fixes(
        """
            internal void {|MML0011:Add|}(ReaderWriterLockSlim door)
            {
                System.Diagnostics.Debug.Assert(door.IsWriteLockHeld);
            }
        """,
        """
            [MustHold("exclusive(door)")]
            internal void Add(ReaderWriterLockSlim door)
            {
                System.Diagnostics.Debug.Assert(door.IsWriteLockHeld);
            }
        """);

    [Fact]
    public Task Body_of_a_helper() => Fixes(
        """
            public void AddTwice()
            {
                lock (_gate)
                {
                    Add(1);
                    Add(1);
                }
            }

            // Adds.
            private void {|MML0012:Add|}(int more) => _sum += more;
            [GuardedBy(nameof(_gate))] private int _sum;
        """,
        """
            public void AddTwice()
            {
                lock (_gate)
                {
                    Add(1);
                    Add(1);
                }
            }

            // Adds.
            [MustHold("_gate")]
            private void Add(int more) => _sum += more;
            [GuardedBy(nameof(_gate))] private int _sum;
        """);

    [Fact]
    public Task Need_that_another_one_implies_is_not_written() => Fixes(
        """
            private readonly ReaderWriterLockSlim _door = new();
            [GuardedBy(nameof(_door))] private int _sum;
            public void AddTwice()
            {
                _door.EnterWriteLock();
                Add(1);
                _door.ExitWriteLock();
            }

            private int {|MML0012:Add|}(int more)
            {
                int before = _sum;
                _sum = before + more;
                return before;
            }
        """,
        """
            private readonly ReaderWriterLockSlim _door = new();
            [GuardedBy(nameof(_door))] private int _sum;
            public void AddTwice()
            {
                _door.EnterWriteLock();
                Add(1);
                _door.ExitWriteLock();
            }

            [MustHold("exclusive(_door)")]
            private int Add(int more)
            {
                int before = _sum;
                _sum = before + more;
                return before;
            }
        """);

    [Fact]
    public Task Suffixes_of_ones_own() => Fixes(
        """
            internal void Add_NeedsGate(int more) => _count.Value += more;
            internal void AddLocked(int more) => _count.Value += more;
        """.Replace("Add_NeedsGate", "{|MML0011:Add_NeedsGate|}", System.StringComparison.Ordinal),
        """
            [MustHold("_gate")]
            internal void Add_NeedsGate(int more) => _count.Value += more;
            internal void AddLocked(int more) => _count.Value += more;
        """,
        Config + "\nmmlint.lock_suffixes = _NeedsGate, _UnderGate\n");

    [Fact]
    public async Task Whole_project() => await Verify.Fix(
        Subject("    internal void {|MML0011:AddLocked|}(int more) => _count.Value += more;"), Subject("    [MustHold(\"_gate\")]\n    internal void AddLocked(int more) => _count.Value += more;"), Key)
        .WithSource("Other.cs", Subject("    internal void {|MML0011:ClearLocked|}() => _count.Value = 0;", "Other"), Subject("    [MustHold(\"_gate\")]\n    internal void ClearLocked() => _count.Value = 0;", "Other"))
        .WithConfig(Config).InScope(FixAllScope.Project);

    [Fact]
    public async Task Question_about_a_lock_says_nothing() => await Verify.OffersNo(Key, Subject("""
            public bool IsLocked() => Monitor.IsEntered(_gate);
            public extern void Unlocked();
            [MustHold("_gate")] public void ClearLocked() => _count.Value = 0;
            public void Sometimes(bool careful)
            {
                if (careful)
                    System.Diagnostics.Debug.Assert(Monitor.IsEntered(_gate));
            }
            public int Peek() => _plain; // MML1008
            [GuardedBy(nameof(_gate))] private int _plain;
        """)).WithConfig(Config);

    [Fact]
    public async Task Refactoring_offers_it_where_the_rules_are_off()
    {
        await Verify.Refactors(
            new UnstatedContractRefactoring(),
            Subject("    internal void {|#here:Add|}Locked(int more) => _count.Value += more;"),
            Subject("    [MustHold(\"_gate\")]\n    internal void AddLocked(int more) => _count.Value += more;"),
            "State [MustHold(\"_gate\")]");
        await Verify.OffersRefactorings(new UnstatedContractRefactoring(), Subject("    internal void AddLocked(int {|#here:more|}) => _count.Value += more;"), []);
    }

    [Fact]
    public async Task One_offer_for_each_lock_of_the_type() => await Verify.OffersRefactorings(
        new UnstatedContractRefactoring(),
        Subject("    private readonly Lock _other = new();\n    internal void {|#here:Add|}Locked(int more) => _count.Value += more;"), [], "State [MustHold(\"_gate\")]", "State [MustHold(\"_other\")]");

    private static async Task Fixes(string before, string after, string config = Config) => await Verify.Fix(Subject(before), Subject(after), Key).WithConfig(config);

    private static string Subject(string members, string name = "Counter") => $$"""
        public sealed class {{name}}
        {
            internal readonly object _gate = new();
            internal readonly StrongBox<int> _count = new();

            public void Increment()
            {
                lock (_gate)
                    _count.Value++;
            }

        {{members}}

            internal sealed class StrongBox<T> { public T? Value; }
        }
        """;
}
