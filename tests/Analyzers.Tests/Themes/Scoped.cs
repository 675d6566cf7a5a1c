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

    [Fact]
    public Task HandedToAHelperThatDisposesOfIt_IsSilent() => Silent("""
        public void Run() { var scope = new GateScope(_gate); _count++; Finish(scope); }
        private static void Finish(GateScope scope) => scope.Dispose();
        """);

    [Fact]
    public Task HandedByReferenceToAHelperThatDisposesOfIt_IsSilent() => Silent("""
        public void Run() { var scope = new GateScope(_gate); _count++; Finish(ref scope); }
        private static void Finish(ref GateScope scope) => scope.Dispose();
        """);

    [Fact]
    public Task HandedToAHelperThatDoesNot_Flags() => Flags("""
        public void Run()
        {
            var scope = new GateScope(_gate);
            Look(scope);
        } // MML1006
        private static void Look(GateScope scope) { }
        """);

    [Fact]
    public Task HandedToAMethodThatSaysIt_IsSilent() => Silent("""
        public void Run() { var scope = new GateScope(_gate); _count++; Finish(scope); }
        [Releases("scope")] public static void Finish(GateScope scope) => scope.Dispose();
        """);

    [Fact]
    public Task HandedToAMethodThatSaysItAndUsedAfterwards_Flags() => Flags("""
        public void Run()
        {
            var scope = new GateScope(_gate);
            Finish(scope);
            _count++; // MML1009
        }
        [Releases("scope")] public static extern void Finish(GateScope scope);
        """);

    [Fact]
    public Task MethodThatSaysItDisposesAndDoesNot_Flags() => Flags("""
        [Releases("scope")] public static void Finish(GateScope scope, bool now)
        {
            if (now) scope.Dispose();
        } // MML1006
        """);

    [Fact]
    public Task MovedByAssignment_IsSilent() => Silent("""
        public void Run() { var first = new GateScope(_gate); var second = first; _count++; second.Dispose(); }
        """);

    [Fact]
    public Task DefaultUnlessWanted_IsSilent() => Silent("""
        public void Run(bool wanted) { using var scope = wanted ? new GateScope(_gate) : default; if (wanted) _count++; }
        """);

    [Fact]
    public Task DefaultFirstAndDisposedOfInFinally_IsSilent() => Silent("""
        public void Run(bool wanted)
        {
            GateScope scope = default;
            try
            {
                if (!wanted) return;
                scope = new GateScope(_gate);
                _count++;
            }
            finally { scope.Dispose(); }
        }
        """);

    [Fact]
    public Task DisposedOfEarlyAndAgainByUsing_IsSilent() => Silent("""
        public void Run() { using var scope = new GateScope(_gate); _count++; scope.Dispose(); Work(); }
        """);

    [Fact]
    public Task UsedAfterEarlyDispose_Flags() => Flags("""
        public void Run()
        {
            using var scope = new GateScope(_gate);
            scope.Dispose();
            _count++; // MML1009
        }
        """);

    [Fact]
    public Task LeftInAnOutParameter_IsSilent() => Silent("""
        [Acquires("_gate", When = "result")] public bool TryHold(out GateScope scope)
        {
            scope = default;
            if (!Coin()) return false;
            scope = new GateScope(_gate);
            return true;
        }
        public void Run() { if (TryHold(out var scope)) { _count++; scope.Dispose(); } }
        """);

    [Fact]
    public Task StoredInAMemberThatOwnsTheLock_IsSilent() => SilentTypes(Holder + """
        public sealed class Session : IDisposable
        {
            private readonly Gate _gate = new();
            [GuardedBy(nameof(_gate))] private int _count;
            [Owns("_gate")] private Holder? _holder;
            [Acquires("_gate")] internal void Begin() => _holder = new Holder(_gate);
            public void Dispose() => _holder?.Dispose();
        }
        """);

    [Fact]
    public Task StoredInAMemberThatOwnsNothing_Flags() => FlagsTypes(Holder + """
        public sealed class Session
        {
            private readonly Gate _gate = new();
            private Holder? _holder;
            public void Begin()
            {
                _holder = new Holder(_gate);
            } // MML1006
        }
        """);

    [Fact]
    public Task Deferred_IsSilent() => Silent(Deferred + """
        public void Run() { using var scope = new Late(_gate); Work(); scope.Take(); _count++; }
        public void Twice() { using var scope = new Late(_gate); scope.Take(); _count++; scope.Drop(); Work(); scope.Take(); _count++; }
        public void Never() { using var scope = new Late(_gate); Work(); }
        """);

    [Fact]
    public Task DeferredAndNotYetTaken_Flags() => Flags(Deferred + """
        public void Run()
        {
            using var scope = new Late(_gate);
            _count++; // MML1009
        }
        """);

    [Fact]
    public Task DeferredAndDroppedEarly_Flags() => Flags(Deferred + """
        public void Run()
        {
            using var scope = new Late(_gate);
            scope.Take();
            scope.Drop();
            _count++; // MML1009
        }
        """);

    [Fact]
    public Task DeferredAndNeverDisposedOf_Flags() => Flags(Deferred + """
        public void Run()
        {
            var scope = new Late(_gate);
            scope.Take();
        } // MML1006
        """);

    [Fact]
    public Task AdoptedStaysHeldUntilDisposedOf_IsSilent() => Silent(Adopting + """
        public void Run() { _gate.Enter(); using var scope = new Adopted(_gate); _count++; }
        public bool TryRun() { if (!_gate.TryEnter()) return false; using var scope = new Adopted(_gate); _count++; return true; }
        """);

    [Fact]
    public Task AdoptedThoughNotHeld_Flags() => Flags(Adopting + """
        public void Run() { using var scope = new Adopted(_gate); } // MML1005
        """);

    [Fact]
    public Task AdoptedAndReleasedByHandToo_Flags() => Flags(Adopting + """
        public void Run()
        {
            _gate.Enter();
            using (new Adopted(_gate)) _count++;
            _gate.Exit(); // MML1005
        }
        """);

    [Fact]
    public Task ScopeThatTries_IsSilent() => Silent(Trying + """
        public bool Run() { using var scope = new Attempt(_gate); if (!scope.IsHeld) return false; _count++; return true; }
        """);

    [Fact]
    public Task ScopeThatTriesAndIsNotAsked_Flags() => Flags(Trying + """
        public void Run() { using var scope = new Attempt(_gate); _count++; } // MML1009
        """);

    private const string Holder = """
        [ScopedLock] public sealed class Holder : IDisposable
        {
            private readonly Gate _held;
            [Acquires("gate")] public Holder(Gate gate) { gate.Enter(); _held = gate; }
            public void Dispose() => _held.Exit();
        }

        """;

    private const string Deferred = """
        [ScopedLock] public ref struct Late(Gate gate)
        {
            private bool _held;
            public Gate Gate { get; } = gate;
            [Acquires("Gate")] public void Take() { Gate.Enter(); _held = true; }
            [Releases("Gate")] public void Drop() { Gate.Exit(); _held = false; }
            public void Dispose() { if (_held) Gate.Exit(); }
        }

        """;

    private const string Adopting = """
        [ScopedLock] public readonly ref struct Adopted
        {
            private readonly Gate _held;
            [Releases("gate")] public Adopted(Gate gate) => _held = gate;
            public void Dispose() => _held.Exit();
        }

        """;

    private const string Trying = """
        [ScopedLock] public readonly ref struct Attempt
        {
            private readonly Gate? _held;
            [Acquires("gate", When = "result.IsHeld", Try = true)] public Attempt(Gate gate) { _held = gate.TryEnter() ? gate : null; IsHeld = _held != null; }
            public bool IsHeld { get; }
            public void Dispose() => _held?.Exit();
        }

        """;
}
