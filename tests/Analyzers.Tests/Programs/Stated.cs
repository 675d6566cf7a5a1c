using System.Threading.Tasks;
using AnalyzerTests.Themes;

namespace AnalyzerTests.Programs;

/// <summary>Contracts that cannot be right, and how findings are counted.</summary>
public sealed class Stated : ThemeTests
{
    [Fact]
    public Task Misspelt_Flags() => FlagsTypes("""
        public sealed class Bad
        {
            public readonly Gate Gate = new();
            [MustHold("Gaet")] public void A() { } // MML0001
            [MustHold("Gate.Nothing")] public void B() { } // MML0001
            [MustHold("other.Gate")] public void C(Bad othre) { } // MML0001
            [MustHold("Gate", When = "flag")] public void D(int flag) { } // MML0001
            [MustHold("Gate", When = "flag")] public void E(bool flag) { }
            [Acquires("Gate", When = "result")] public int F() => 0; // MML0001
        }
        """);

    [Fact]
    public Task Contradictions_Flags() => FlagsTypes("""
        public sealed class Con
        {
            public readonly RwGate Rw = new();
            [MustHold("Rw"), MustNotHold("Rw")] public void A() { } // MML0007
            [MustHold("shared(Rw)"), MustHold("shared(Rw)")] public void B() { } // MML0007
            [MustHold("exclusive(Rw)"), MustHold("shared(Rw)")] public void C() { } // MML0007
            [MustHold("Rw", When = "a && !a")] public void D(bool a) { } // MML0007
            [Acquires("shared(Rw)"), Releases("shared(Rw)")] public extern void Relock();
            [MustHold("Rw", When = "a"), MustNotHold("Rw", When = "!a")] public void E(bool a) { }
        }
        """);

    [Fact]
    public Task WrongKindOfLock_Flags() => FlagsTypes("""
        public sealed class Kinds
        {
            public readonly Gate Gate = new();
            public readonly RwGate Rw = new();
            private readonly int _n;
            [MustHold("shared(Gate)")] public void A() { } // MML0001
            [MustHold("_n")] public void B() { } // MML0001
            [Downgrades("Gate")] public extern void C(); // MML0001
            [Downgrades("Rw")] public extern void D();
            [GuardedBy("Rw")] public int Ok;
            [GuardedBy("_n")] public int Bad; // MML0001
        }
        """);

    [Fact]
    public Task HeldThroughAProperty_IsSilent() => SilentTypes("""
        public sealed class Nob
        {
            private readonly Gate _gate = new();
            [MustHold("_gate")] public void A() { }
            [MustHold("Gate")] public void B() { }
            public Gate Gate => _gate;
        }
        """);

    [Fact]
    public Task UnstableNames_Flags() => FlagsTypes("""
        public sealed class Uns
        {
            public Gate Gate = new();
            public Gate Ok { get; init; } = new();
            [MustHold("Gate")] public void A() { } // MML0005
            [MustHold("Ok")] public void B() { }
            [MustHold("Next().Gate")] public void C() { } // MML0001
            public Uns Next() => this;
        }
        """);

    [Fact]
    public Task ImplementedByABaseClass_Flags() => FlagsTypes("""
        public interface IRun { [MustHold("gate")] void Run(Gate gate); }
        public class Basic { public virtual void Run(Gate gate) { } }
        public sealed class Derived : Basic, IRun { }
        public sealed class Other : Basic, IRun { [MustHold("gate")] public override void Run(Gate gate) { } } // MML0003
        """);

    [Fact]
    public Task ConditionsOnNumbers_Flags() => FlagsTypes("""
        [Flags] public enum Fl { None, A, B }
        public sealed class Num
        {
            public readonly Gate Gate = new();
            [MustHold("Gate", When = "(f & Fl.A) != 0")] public void A(Fl f) { }
            [MustHold("Gate", When = "(f & Fl.C) != 0")] public void B(Fl f) { } // MML0001
            [MustHold("Gate", When = "n >= 3 && n < 2")] public void C(int n) { } // MML0007
            [MustHold("Gate", When = "n == 3 || n == 4")] public void D(int n) { }
            public void Right() { D(2); A(Fl.B); Gate.Enter(); D(3); A(Fl.A | Fl.B); Gate.Exit(); }
            public void Wrong() { D(4); } // MML1001
        }
        """);

    [Fact]
    public Task OneCause_Flags() => FlagsTypes("""
        public sealed class One
        {
            private readonly Gate _gate = new();
            [GuardedBy(nameof(_gate))] private int _a;
            [GuardedBy(nameof(_gate))] private int _b;
            public void Run()
            {
                _a++; // MML1009
                _b++;
                _a--;
                Step();
            }
            [MustHold("_gate")] private void Step() { }
        }
        """);

    [Fact]
    public Task TwoCauses_Flags() => FlagsTypes("""
        public sealed class Two
        {
            private readonly Gate _gate = new();
            [GuardedBy(nameof(_gate))] private int _a;
            public void Run(bool f)
            {
                if (f)
                {
                    _a++; // MML1009
                }
                else
                {
                    _a--; // MML1009
                }
            }
        }
        """);

    [Fact]
    public Task ReleasedOnOnePath_Flags() => FlagsTypes("""
        public sealed class After
        {
            private readonly Gate _gate = new();
            [GuardedBy(nameof(_gate))] private int _a;
            public int Run(bool f)
            {
                _gate.Enter();
                if (f) _gate.Exit();
                int v = _a; // MML1008
                if (!f) _gate.Exit();
                return v;
            }
        }
        """);

    [Fact]
    public Task TryFinally_Flags() => FlagsTypes("""
        public sealed class Tf
        {
            private readonly Gate _gate = new();
            [GuardedBy(nameof(_gate))] private int _a;
            public int Right()
            {
                _gate.Enter();
                try { return _a; }
                catch (InvalidOperationException) when (_a > 3) { return -1; }
                finally { _gate.Exit(); }
            }
            public int Wrong()
            {
                try
                {
                    _gate.Enter();
                    if (_a == 0) return 0; // MML1006
                    _gate.Exit();
                }
                catch (Exception) { throw; }
                return 1;
            }
            public int Nested()
            {
                _gate.Enter();
                try
                {
                    try { return Check(); }
                    finally { _a = 0; }
                }
                finally { _gate.Exit(); }
            }
            private static int Check() => 1;
        }
        """);

    [Fact]
    public Task RememberedForTheHandler_IsSilent() => SilentTypes("""
        public sealed class Ef
        {
            private readonly Gate _gate = new();
            [GuardedBy(nameof(_gate))] private int _a;
            public void Run(Action work)
            {
                bool held = false;
                try
                {
                    _gate.Enter();
                    held = true;
                    _a++;
                    _gate.Exit();
                    held = false;
                    work();
                }
                catch (Exception)
                {
                    if (held) _gate.Exit();
                    throw;
                }
            }
        }
        """);
}
