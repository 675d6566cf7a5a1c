using System.Threading.Tasks;
using AnalyzerTests.Themes;

namespace AnalyzerTests.Programs;

/// <summary>Private helpers without contracts, and guards that nobody wrote.</summary>
public sealed class Inferred : ThemeTests
{
    [Fact]
    public Task ChainOfOverloads_Flags() => FlagsTypes("""
        public sealed class Inf1
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private readonly List<string> _log = [];
            public void Write(string s) { lock (_gate) Append(s); }
            public void WriteAll(string[] all) { lock (_gate) foreach (var s in all) Append(s, 2); }
            private void Append(string s, int n) { for (int i = 0; i < n; i++) Append(s); }
            private void Append<T>(T item) => _log.Add(item?.ToString() ?? "");
            public void Wrong(string s) => Append(s, 1); // MML1001
        }
        """);

    [Fact]
    public Task LockOfAParameter_Flags() => FlagsTypes("""
        public sealed class Inf2
        {
            private static void Fill(Node node, int v) { node.Value = v; Clear(node); }
            private static void Clear(Node node) => node.Next = null;
            public static void Right(Node n) { n.Gate.Enter(); Fill(n, 1); n.Gate.Exit(); }
            public static void Wrong(Node n, Node m) { n.Gate.Enter(); Fill(m, 1); n.Gate.Exit(); } // MML1001
        }
        """);

    [Fact]
    public Task DropsIfEmpty_Flags() => FlagsTypes("""
        public sealed class Inf3
        {
            private readonly Gate _gate = new();
            [GuardedBy(nameof(_gate))] private int _n;
            private bool DropIfEmpty()
            {
                if (_n > 0) return false;
                _gate.Exit();
                return true;
            }
            public int Right()
            {
                _gate.Enter();
                if (DropIfEmpty()) return 0;
                int n = _n--;
                _gate.Exit();
                return n;
            }
            public int Wrong()
            {
                _gate.Enter();
                DropIfEmpty();
                int n = _n--; // MML1009
                _gate.Exit();
                return n;
            }
        }
        """);

    [Fact]
    public Task MutualRecursion_Flags() => FlagsTypes("""
        public sealed class Inf4
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private int _depth;
            private void Even(int n) { if (n > 0) Odd(n - 1); }
            private void Odd(int n) { _depth++; if (n > 0) Even(n - 1); }
            public void Right() { lock (_gate) Even(4); }
            public void Wrong() => Even(4); // MML1001
        }
        """);

    [Fact]
    public Task HelperPassedOn_Flags() => FlagsTypes("""
        public sealed class Inf5
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private int _sum;
            private void Add(int i) => _sum += i;
            private bool Big(int i) => i > _sum;
            public void Right(List<int> l) { lock (_gate) l.ForEach(Add); }
            public int Right2(List<int> l) { lock (_gate) return l.FindIndex(Big); }
            public void Wrong(List<int> l) => l.ForEach(Add); // MML1001
            public void Wrong2(List<int> l) { lock (_gate) Task.Run(() => Add(1)); } // MML1001
        }
        """);

    [Fact]
    public Task SuggestedGuard_Flags() => FlagsTypes("""
        public sealed class Sug
        {
            private readonly ReaderWriterLockSlim _rw = new();
            private int _a;
            public void S1(int v) { _rw.EnterWriteLock(); try { Set(v); } finally { _rw.ExitWriteLock(); } }
            public int G1() { _rw.EnterReadLock(); try { return _a; } finally { _rw.ExitReadLock(); } }
            public int G2() { _rw.EnterReadLock(); try { return _a + 1; } finally { _rw.ExitReadLock(); } }
            public int G3() => _a + 2; // MML1021
            private void Set(int v) => _a = v;
        }
        """);

    [Fact]
    public Task NoGuardToSuggest_IsSilent() => SilentTypes("""
        public sealed class NoSug
        {
            private readonly object _gate = new();
            private volatile bool _stop;
            private int _count;
            public void A() { lock (_gate) { _stop = true; _count++; } }
            public void B() { lock (_gate) { _stop = false; _count++; } }
            public void C() { lock (_gate) { _stop = !_stop; _count++; } }
            public bool IsStopped => _stop;
            public int Count => Interlocked.CompareExchange(ref _count, 0, 0);
        }
        """);

    [Fact]
    public Task TakenAgainByTheSameThread_IsSilent() => SilentTypes("""
        public sealed class Reent
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private int _n;
            private void Inner() { lock (_gate) _n++; }
            public void Outer() { lock (_gate) { Inner(); _n--; } }
            public void Both() { Inner(); Outer(); }
        }
        """);

    [Fact]
    public Task LocalFunctionsTakeAndRelease_Flags() => FlagsTypes("""
        public sealed class Loc
        {
            private readonly Gate _gate = new();
            [GuardedBy(nameof(_gate))] private int _n;
            public void Run(bool f)
            {
                if (f) Begin();
                else _gate.Enter();
                _n++;
                End();
                void Begin() { _gate.Enter(); _n = 0; }
                void End() => _gate.Exit();
            }
            public void Wrong(bool f)
            {
                if (f) Begin();
                _n++; // MML1009
                if (f) _gate.Exit();
                void Begin() => _gate.Enter();
            }
        }
        """);

    [Fact]
    public Task LambdaInALocal_Flags() => FlagsTypes("""
        public sealed class Lam
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private int _n;
            public void Right() { var bump = () => { _n++; }; lock (_gate) { bump(); bump(); } }
            public void Wrong() { var bump = () => { _n++; }; lock (_gate) bump(); bump(); } // MML1009
        }
        """);
}
