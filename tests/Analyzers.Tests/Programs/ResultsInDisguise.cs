using System.Threading.Tasks;
using AnalyzerTests.Themes;

namespace AnalyzerTests.Programs;

/// <summary>Results that are lifted, taken apart, put into tuples or matched against types.</summary>
public sealed class ResultsInDisguise : ThemeTests
{
    [Fact]
    public Task NullableResult_IsSilent() => SilentTypes("""
        public sealed class Nb
        {
            private readonly Gate _gate = new();
            [GuardedBy(nameof(_gate))] private int _n;
            public void Right(Nb other)
            {
                bool? taken = other._gate.TryEnter();
                if (taken == true)
                {
                    other._n++;
                    other._gate.Exit();
                }
            }
            public void Right1(Nb other)
            {
                bool? taken = other._gate.TryEnter();
                if (taken is true)
                {
                    other._n++;
                    other._gate.Exit();
                }
            }
            public void Right2(Nb? other)
            {
                bool? taken = other?._gate.TryEnter();
                if (taken is true)
                {
                    other!._n++;
                    other._gate.Exit();
                }
            }
            public void Right3(Nb? other)
            {
                bool taken = other?._gate.TryEnter() == true;
                if (taken)
                {
                    other!._n++;
                    other._gate.Exit();
                }
            }
            public void Right4(Nb other)
            {
                bool? taken = other._gate.TryEnter();
                if (taken.GetValueOrDefault())
                {
                    other._n++;
                    other._gate.Exit();
                }
            }
            public void Right5(Nb other)
            {
                bool? taken = other._gate.TryEnter();
                if (taken.HasValue && taken.Value)
                {
                    other._n++;
                    other._gate.Exit();
                }
            }
        }
        """);

    [Fact]
    public Task NullableResultOfAConditionalCall_IsSilent() => SilentTypes("""
        public sealed class Nb
        {
            private readonly Gate _gate = new();
            [GuardedBy(nameof(_gate))] private int _n;
            public void Right(Nb? other)
            {
                bool? taken = other?._gate.TryEnter();
                if (taken == true)
                {
                    other!._n++;
                    other._gate.Exit();
                }
            }
        }
        """);

    [Fact]
    public Task NullableResultOfAConditionalCallAskedTwice_IsSilent() => SilentTypes("""
        public sealed class Nb
        {
            private readonly Gate _gate = new();
            [GuardedBy(nameof(_gate))] private int _n;
            public void Right(Nb? other)
            {
                bool? taken = other?._gate.TryEnter();
                if (taken == true) other?._gate.Exit();
            }
        }
        """);

    [Fact]
    public Task NullableResultAskedInOtherWays_IsSilent() => SilentTypes("""
        public sealed class Nb
        {
            private readonly Gate _gate = new();
            [GuardedBy(nameof(_gate))] private int _n;
            public void Right(Nb? other)
            {
                bool? taken = other?._gate.TryEnter();
                if (taken is true) other?._gate.Exit();
            }
            public void Right2(Nb? other)
            {
                bool? taken = other?._gate.TryEnter();
                if (taken ?? false) other!._gate.Exit();
            }
            public void Right3(Nb? other)
            {
                bool? taken = other?._gate.TryEnter();
                if (taken != true) return;
                other!._gate.Exit();
            }
        }
        """);

    [Fact]
    public Task TupleTells_IsSilent() => SilentTypes("""
        public sealed class Tup
        {
            private readonly Gate _gate = new();
            [GuardedBy(nameof(_gate))] private int _n;
            [Acquires("_gate", When = "result.Ok", Try = true)] public (bool Ok, int Value) TryBegin() => _gate.TryEnter() ? (true, _n) : (false, 0);
            public int Right()
            {
                var (ok, v) = TryBegin();
                if (!ok) return -1;
                _n = v + 1;
                _gate.Exit();
                return v;
            }
            public int Right2()
            {
                var t = TryBegin();
                if (!t.Ok) return -1;
                _n = t.Value + 1;
                _gate.Exit();
                return t.Item2;
            }
            public int Right3()
            {
                if (TryBegin() is (true, var v))
                {
                    _n = v + 1;
                    _gate.Exit();
                }
                return 1;
            }
            public int Right4()
            {
                if (TryBegin() is not { Ok: true } t) return 0;
                _n = t.Value;
                _gate.Exit();
                return 1;
            }
        }
        """);

    [Fact]
    public Task TupleTellsByOtherNames_IsSilent() => SilentTypes("""
        public sealed class Tup
        {
            private readonly Gate _gate = new();
            [GuardedBy(nameof(_gate))] private int _n;
            [Acquires("_gate", When = "result.Ok", Try = true)] public extern (bool Ok, int Value) TryBegin();
            public int Right2()
            {
                (bool Taken, int V) t = TryBegin();
                if (!t.Taken) return -1;
                _n = t.V + 1;
                _gate.Exit();
                return t.Item2;
            }
            public int Right3()
            {
                (bool, int) t = TryBegin();
                if (!t.Item1) return -1;
                _n = t.Item2 + 1;
                _gate.Exit();
                return t.Item2;
            }
        }
        """);

    [Fact]
    public Task TupleOfAHelperTells_Flags() => FlagsTypes("""
        public sealed class Tup
        {
            private readonly Gate _gate = new();
            [GuardedBy(nameof(_gate))] private int _n;
            private (bool Ok, int Value) TryBegin() => _gate.TryEnter() ? (true, _n) : (false, 0);
            public int Right()
            {
                var (ok, v) = TryBegin();
                if (!ok) return -1;
                _n = v + 1;
                _gate.Exit();
                return v;
            }
            public int Wrong()
            {
                var (ok, v) = TryBegin();
                if (ok) return -1; // MML1006
                _n = v + 1; // MML1009
                return v;
            }
        }
        """);

    [Fact]
    public Task NullableResultLifted_Flags() => FlagsTypes("""
        public sealed class Nb
        {
            private readonly Gate _gate = new();
            [GuardedBy(nameof(_gate))] private int _n;
            public void Right(Nb? other)
            {
                bool? taken = other?._gate.TryEnter();
                if (taken == true)
                {
                    other!._n++;
                    other._gate.Exit();
                }
            }
            public void Right2(Nb? other)
            {
                if (other?._gate.TryEnter() ?? false)
                {
                    other._n++;
                    other._gate.Exit();
                }
            }
            public void Right3(Nb? other)
            {
                if (other?._gate.TryEnter() is true)
                {
                    other._n++;
                    other._gate.Exit();
                }
            }
            public void Wrong(Nb? other)
            {
                if (other?._gate.TryEnter() is not null)
                {
                    other._n++; // MML1009
                }
            } // MML1006
        }
        """);

    [Fact]
    public Task TypePatterns_Flags() => FlagsTypes("""
        public abstract class Shape { public readonly Gate Gate = new(); [GuardedBy(nameof(Gate))] public int Area; }
        public sealed class Sq : Shape { }
        public sealed class Ci : Shape { }
        public static class Sw2
        {
            public static int Right(Shape s)
            {
                switch (s)
                {
                    case Sq q:
                        q.Gate.Enter();
                        int a = s.Area;
                        q.Gate.Exit();
                        return a;
                    case Ci { Gate: var g } c:
                        g.Enter();
                        try { return c.Area; }
                        finally { g.Exit(); }
                    default:
                        return 0;
                }
            }
            public static int Wrong(Shape s, Shape t)
            {
                if (s is Sq q) q.Gate.Enter();
                int a = s.Area; // MML1008
                if (s is Sq p) p.Gate.Exit();
                return a;
            }
        }
        """);

    [Fact]
    public Task Casts_IsSilent() => SilentTypes("""
        public static class Ac
        {
            public static void Right(object o)
            {
                var node = o as Node;
                node?.Gate.Enter();
                if (node != null) node.Value++;
                node?.Gate.Exit();
            }
            public static void Right2(object o)
            {
                ((Node)o).Gate.Enter();
                ((Node)o).Value++;
                ((Node)o).Gate.Exit();
            }
        }
        """);
}
