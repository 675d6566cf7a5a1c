using System.Threading.Tasks;

namespace AnalyzerTests.Themes;

/// <summary>Holders whose Dispose gives the lock back.</summary>
public sealed class Scoped : ThemeTests
{
    [Fact]
    public Task UsingStatement_IsSilent() => Silent("""
        public void Run() { using (new GateScope(_gate)) _count++; }
        """);

    [Fact]
    public Task UsingDeclaration_IsSilent() => Silent("""
        public void Run() { using var scope = new GateScope(_gate); _count++; }
        """);

    [Fact]
    public Task UsedAfterTheUsingStatement_Flags() => Flags("""
        public void Run()
        {
            using (new GateScope(_gate)) _count++;
            _count++; // MML1009
        }
        """);

    [Fact]
    public Task ReturnedInsideUsing_IsSilent() => Silent("""
        public int Get() { using (new GateScope(_gate)) return _count; }
        """);

    [Fact]
    public Task ThrownInsideUsing_IsSilent() => Silent("""
        public int Get() { using var scope = new GateScope(_gate); if (_count == 0) throw new InvalidOperationException(); return _count; }
        """);

    [Fact]
    public Task UsingInAnInnerBlock_Flags() => Flags("""
        public void Run()
        {
            if (Coin()) { using var scope = new GateScope(_gate); _count++; }
            _count--; // MML1009
        }
        """);

    [Fact]
    public Task NeverDisposed_Flags() => Flags("""
        public void Run()
        {
            var scope = new GateScope(_gate);
            _count++;
        } // MML1006
        """);

    [Fact]
    public Task DisposedByHand_IsSilent() => Silent("""
        public void Run() { var scope = new GateScope(_gate); _count++; scope.Dispose(); }
        """);

    [Fact]
    public Task DisposedByHandOnOnePath_Flags() => Flags("""
        public void Run()
        {
            var scope = new GateScope(_gate);
            if (Coin()) return; // MML1006
            scope.Dispose();
        }
        """);

    [Fact]
    public Task MadeAndThrownAway_Flags() => Flags("""
        public void Run()
        {
            new GateScope(_gate);
            Work();
        } // MML1006
        """);

    [Fact]
    public Task ScopeOfAnotherGate_Flags() => Flags("""
        public void Run(Node node)
        {
            using var scope = new GateScope(node.Gate);
            _count++; // MML1009
        }
        """);

    [Fact]
    public Task ScopeTakenTwice_Flags() => Flags("""
        public void Run()
        {
            using var first = new GateScope(_gate);
            using var second = new GateScope(_gate); // MML1004
        }
        """);

    [Fact]
    public Task ScopeReturnedAsDeclared_IsSilent() => Silent("""
        [Acquires("_gate")] public GateScope Hold() => new(_gate);
        public void Run() { using var scope = Hold(); _count++; }
        """);

    [Fact]
    public Task ScopeReturnedUndeclared_Flags() => Flags("""
        public GateScope Hold() => new(_gate); // MML1006
        """);

    [Fact]
    public Task ScopeFromAMethodNotUsed_Flags() => Flags("""
        [Acquires("_gate")] public extern GateScope Hold();
        public void Run()
        {
            Hold();
        } // MML1006
        """);

    [Fact]
    public Task TwoScopesOfDifferentLocks_IsSilent() => Silent("""
        [ScopedLock] public readonly ref struct ReadScope
        {
            [Acquires("shared(rw)")] public extern ReadScope(RwGate rw);
            public extern void Dispose();
        }
        public void Run() { using var outer = new GateScope(_gate); using var inner = new ReadScope(_rw); _count = _table; }
        """);

    [Fact]
    public Task ScopeOnlyOnOnePath_IsSilent() => Silent("""
        public void Run(bool wanted)
        {
            if (!wanted) { Work(); return; }
            using var scope = new GateScope(_gate);
            _count++;
        }
        """);

    [Fact]
    public Task ClassAsScope_IsSilent() => Silent("""
        [ScopedLock] public sealed class Holder : IDisposable
        {
            [Acquires("gate")] public extern Holder(Gate gate);
            public extern void Dispose();
        }
        public void Run() { using var holder = new Holder(_gate); _count++; }
        """);

    [Fact]
    public Task ScopeThatTakesOverALock_IsSilent() => Silent("""
        [ScopedLock] public sealed class Bundle : IDisposable
        {
            [Releases("gate")] public extern void Adopt(Gate gate);
            public extern void Dispose();
        }
        public void Run()
        {
            using var bundle = new Bundle();
            _gate.Enter();
            bundle.Adopt(_gate);
        }
        """);
}
