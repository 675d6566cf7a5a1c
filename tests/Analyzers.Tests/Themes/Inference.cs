using System;
using System.Linq;
using System.Threading.Tasks;

namespace AnalyzerTests.Themes;

/// <summary>Private helpers need no attributes.</summary>
public sealed class Inference : ThemeTests
{
    [Fact]
    public Task PrivateHelperNeedsWhatItsBodyNeeds_IsSilent() => Silent("""
        public void Run() { _gate.Enter(); Bump(); _gate.Exit(); }
        private void Bump() => _count++;
        """);

    [Fact]
    public Task PrivateHelperCalledWithoutTheLock_Flags() => Flags("""
        public void Run() => Bump(); // MML1001
        private void Bump() => _count++;
        """);

    [Fact]
    public Task PrivateHelperThatTakesTheLock_IsSilent() => Silent("""
        public void Run() { Begin(); _count++; _gate.Exit(); }
        private void Begin() => _gate.Enter();
        """);

    [Fact]
    public Task PrivateHelperThatTakesTheLockAndNobodyExits_Flags() => Flags("""
        public void Run()
        {
            Begin();
            _count++;
        } // MML1006
        private void Begin() => _gate.Enter();
        """);

    [Fact]
    public Task PrivateHelperThatReleases_IsSilent() => Silent("""
        public void Run() { _gate.Enter(); End(); }
        private void End() { _count++; _gate.Exit(); }
        """);

    [Fact]
    public Task PrivateHelperOfAPrivateHelper_IsSilent() => Silent("""
        public void Run() { _gate.Enter(); Outer(); _gate.Exit(); }
        private void Outer() => Inner();
        private void Inner() => _count++;
        """);

    [Fact]
    public Task PrivateHelperOfAPrivateHelperWithoutTheLock_Flags() => Flags("""
        public void Run() => Outer(); // MML1001
        private void Outer() => Inner();
        private void Inner() => _count++;
        """);

    [Fact]
    public Task RecursivePrivateHelper_IsSilent() => Silent("""
        public void Run() { _gate.Enter(); Down(3); _gate.Exit(); }
        private void Down(int depth) { _count++; if (depth > 0) Down(depth - 1); }
        """);

    [Fact]
    public Task PrivateHelperWithAContractIsHeldToIt_Flags() => Flags("""
        [MustNotHold("_gate")] private void Bump() => _count++; // MML1009
        """);

    [Fact]
    public Task PrivateTryHelper_IsSilent() => Silent("""
        public void Run() { if (TryBegin()) { _count++; _gate.Exit(); } }
        private bool TryBegin() => _gate.TryEnter();
        """);

    [Fact]
    public Task PrivateHelperThatTakesTheLockCalledUnderIt_Flags() => Flags("""
        public void Run()
        {
            _gate.Enter();
            Bump(); // MML1004
            _gate.Exit();
        }
        private void Bump() { _gate.Enter(); _count++; _gate.Exit(); }
        """);

    [Fact]
    public Task PublicMethodIsNotInferred_Flags() => Flags("""
        public void Run() { _gate.Enter(); Bump(); _gate.Exit(); }
        public void Bump() => _count++; // MML1009
        """);

    [Fact]
    public Task HelperThatInvokesItsDelegateUnderTheLock_IsSilent() => Silent("""
        private void Locked(Action action) { _gate.Enter(); try { action(); } finally { _gate.Exit(); } }
        private T Locked<T>(Func<T> function) { _gate.Enter(); T result = function(); _gate.Exit(); return result; }
        public void Add() => Locked(() => _count++);
        public int Get() => Locked(() => _count);
        """);

    [Fact]
    public Task HelperThatInvokesItsDelegateWithoutTheLock_Flags() => Flags("""
        private void Do(Action action) => action();
        public void Add() => Do(() => _count++); // MML1009
        """);

    [Fact]
    public Task HelperThatKeepsItsDelegate_Flags() => Flags("""
        private Action? _later;
        private void Keep(Action action) { action(); _later = action; }
        public void Run() => _later?.Invoke();
        [MustHold("_gate")] public void Add() => Keep(() => _count++); // MML1009
        """);

    [Fact]
    public Task HelperThatWaitsForAPredicate_IsSilent() => SilentTypes("""
        public sealed class Door
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private bool _open;
            private void WaitUntil(Func<bool> condition) { while (!condition()) Monitor.Wait(_gate); }
            public void Enter() { lock (_gate) { WaitUntil(() => _open); _open = false; } }
            public void Open() { lock (_gate) { _open = true; Monitor.PulseAll(_gate); } }
        }
        """);

    [Fact]
    public Task HelperThatTakesItWhenItIsTold_IsSilent() => Silent("""
        public void Run(bool locked) { Begin(!locked); if (!locked) _count++; End(locked); }
        private void Begin(bool takes) { if (takes) _gate.Enter(); }
        private void End(bool keeps) { if (!keeps) _gate.Exit(); }
        """);

    [Fact]
    public Task HelperThatTakesItWhenItIsTold_AndIsToldOtherwise_Flags() => Flags("""
        public void Run(bool locked)
        {
            Begin(!locked);
            End(!locked); // MML1005
        } // MML1006
        private void Begin(bool takes) { if (takes) _gate.Enter(); }
        private void End(bool keeps) { if (!keeps) _gate.Exit(); }
        """);

    [Fact]
    public Task HelperThatGivesItUpForOneKind_IsSilent() => Silent("""
        public enum Kind { Short, Long }
        public void Run(Kind kind) { _gate.Enter(); End(kind); if (kind != Kind.Short) _gate.Exit(); }
        private void End(Kind kind) { if (kind == Kind.Short) { _count++; _gate.Exit(); } else _count--; }
        """);

    [Fact]
    public Task HelperThatTakesItByAFieldThatNeverChanges_IsSilent() => Silent("""
        private readonly bool _isShared;
        public void Run() { Begin(); Work(); End(); }
        private void Begin() { if (_isShared) _gate.Enter(); }
        private void End() { if (_isShared) _gate.Exit(); }
        """);

    [Fact]
    public Task HelperThatTakesItByAFieldThatNeverChanges_AndNobodyExits_Flags() => Flags("""
        private readonly bool _isShared;
        public void Run()
        {
            Begin();
            Work();
        } // MML1006
        private void Begin() { if (_isShared) _gate.Enter(); }
        """);

    [Fact]
    public Task HelperThatTakesItByAFieldThatChanges_Flags() => Flags("""
        private bool _isShared;
        public void Run()
        {
            _isShared = !_isShared;
            Begin();
            Work();
        } // MML1006
        private void Begin() { if (_isShared) _gate.Enter(); }
        """);

    [Fact]
    public Task HelpersThatAskAFieldThatIsChangedInBetween_Flags() => Flags("""
        private bool _isShared;
        public void Run(bool isShared)
        {
            Begin();
            _isShared = isShared;
            End(); // MML1005
        } // MML1006
        private void Begin() { if (_isShared) _gate.Enter(); }
        private void End() { if (_isShared) _gate.Exit(); }
        """);

    [Fact]
    public Task HelpersThatAskAFieldThatOthersMayChange_Flags() => Flags("""
        private volatile bool _isShared;
        public void Run() { Begin(); End(); } // MML1005
        private void Begin()
        {
            if (_isShared)
                _gate.Enter();
        } // MML1006
        private void End()
        {
            if (_isShared) _gate.Exit();
        } // MML1006
        """);

    [Fact]
    public Task HelperThatReassignsItsParameter_IsJudgedByWhatItWasGiven_Flags() => Flags("""
        public void Run(bool takes)
        {
            Begin(takes);
            if (takes) _gate.Exit(); // MML1005
        }
        private void Begin(bool takes)
        {
            if (Coin()) takes = true;
            if (takes)
                _gate.Enter();
        } // MML1006
        """);

    private const string Shared = """
        public sealed partial class Shared
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private int _count;
            private void Bump() => _count++;
            private void Begin() => Monitor.Enter(_gate);
            private static void Report() { }
        }
        """;

    [Theory]
    [InlineData("A.cs", "Z.cs")]
    [InlineData("Z.cs", "A.cs")]
    public async Task HelperInAnotherFile_IsSilent(string helpers, string callers) => await Verify.Silent("").WithSource(helpers, Shared).WithSource(callers, """
        public sealed partial class Shared
        {
            public void Add() { lock (_gate) Bump(); }
            public void AddTwo() { Begin(); Bump(); Bump(); Monitor.Exit(_gate); }
            public void Each(System.Collections.Generic.List<int> items) { lock (_gate) items.ForEach(Add); }
            public void Tell() => Report();
            private void Add(int by) => _count += by;
        }
        """);

    [Theory]
    [InlineData("A.cs", "Z.cs")]
    [InlineData("Z.cs", "A.cs")]
    public async Task HelperInAnotherFileCalledWithoutTheLock_Flags(string helpers, string callers) => await Verify.Flags("").WithSource(helpers, Shared).WithSource(callers, """
        public sealed partial class Shared
        {
            public void Tell() => Report();
            public void Add() => Bump(); // MML1001
            public void Leave()
            {
                Begin();
            } // MML1006
        }
        """);

    [Fact]
    public async Task HelperThatIsPassedOnInAnotherFile_IsSilent() => await Verify.Silent(Shared.Replace("Report() { }", "Report() { } private void Count(int by) => _count += by;", StringComparison.Ordinal)).WithSource("Callers.cs", """
        public sealed partial class Shared
        {
            public void Add() { lock (_gate) Bump(); Begin(); Monitor.Exit(_gate); }
            public void Each(System.Collections.Generic.List<int> items) { lock (_gate) items.ForEach(Count); Report(); }
        }
        """);

    /// <summary>Helpers in a circle, each of which calls the next two; the last one does the work.</summary>
    private static string Circle(int length, string work) => string.Concat(Enumerable.Range(0, length).Select(index =>
        $"private void M{index}(int n) {{ if (n == 0) return; M{(index + 1) % length}(n - 1); M{(index + 2) % length}(n - 2); {(index == length - 1 ? work : "")} }}\n"));

    [Theory]
    [InlineData(5)]
    [InlineData(24)]
    [InlineData(60)]
    public Task LongCircle_IsSilent(int length) => Silent(Circle(length, "_count++;") + "public void Run() { _gate.Enter(); M0(9); _gate.Exit(); }");

    [Theory]
    [InlineData(5)]
    [InlineData(24)]
    [InlineData(60)]
    public Task LongCircleWithoutTheLock_Flags(int length) => Flags(Circle(length, "_count++;") + "public void Run() => M0(9); // MML1001");

    [Fact]
    public Task HelperThatReleasesTwiceWhatItTakes_IsWrongItself() => FlagsTypes("""
        public sealed class Jobs
        {
            private readonly Gate _one = new();
            [GuardedBy(nameof(_one))] private bool _isStopping;
            public void Run() { while (Next() is { }) { } }
            public void Stop() { _one.Enter(); _isStopping = true; _one.Exit(); }
            private object? Next()
            {
                _one.Enter();
                try
                {
                    if (!_isStopping) return this;
                    _one.Exit();
                    return null;
                }
                finally
                {
                    _one.Exit(); // MML1005
                }
            }
        }
        """);
}
