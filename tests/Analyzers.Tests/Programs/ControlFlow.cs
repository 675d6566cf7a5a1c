using System.Threading.Tasks;
using AnalyzerTests.Themes;

namespace AnalyzerTests.Programs;

/// <summary>Jumps, loops, exceptions and stored conditions.</summary>
public sealed class ControlFlow : ThemeTests
{
    [Fact]
    public Task GotoCase_IsSilent() => SilentTypes("""
        public sealed class Machine
        {
            private readonly Gate _gate = new();
            [GuardedBy(nameof(_gate))] private int _n;
            public void Right(int kind)
            {
                switch (kind)
                {
                    case 0:
                        _gate.Enter();
                        goto case 1;
                    case 1 when kind == 1:
                        return;
                    case 1:
                        _n++;
                        _gate.Exit();
                        break;
                }
            }
        }
        """);

    [Fact]
    public Task GotoOutOfASwitch_Flags() => FlagsTypes("""
        public sealed class Machine
        {
            private readonly Gate _gate = new();
            [GuardedBy(nameof(_gate))] private int _n;
            public void Right(int kind)
            {
                switch (kind)
                {
                    case 0:
                        _gate.Enter();
                        goto Done;
                    case 1:
                        return;
                    default:
                        _gate.Enter();
                        _n++;
                        goto Done;
                }
            Done:
                _n--;
                _gate.Exit();
            }
            public void Wrong(int kind)
            {
                switch (kind)
                {
                    case 0:
                        goto Done;
                    default:
                        _gate.Enter();
                        _n++;
                        goto Done;
                }
            Done:
                _n--; // MML1009
                if (kind != 0) _gate.Exit();
            }
        }
        """);

    [Fact]
    public Task FoundAndTried_Flags() => FlagsTypes("""
        public sealed class Find
        {
            [GuardedBy("_gate")] private Node? _head;
            private readonly Gate _gate = new();
            public int Right()
            {
                Node? head;
                _gate.Enter();
                head = _head;
                _gate.Exit();
                if (head is { } node && node.Gate.TryEnter())
                {
                    int v = node.Value;
                    node.Gate.Exit();
                    return v;
                }
                return 0;
            }
            public int Wrong()
            {
                Node? head;
                _gate.Enter();
                head = _head;
                _gate.Exit();
                if (head is { } node || head!.Gate.TryEnter())
                {
                    return head!.Value; // MML1008
                }
                return 0;
            }
        }
        """);

    [Fact]
    public Task SuccessFlagInFinally_Flags() => FlagsTypes("""
        public sealed class Flagged
        {
            private readonly Gate _gate = new();
            [GuardedBy(nameof(_gate))] private int _n;
            [Acquires("_gate", When = "result")]
            public bool Begin(Func<bool> check)
            {
                bool ok = false;
                _gate.Enter();
                try
                {
                    ok = check();
                    if (ok) _n++;
                    return ok;
                }
                finally
                {
                    if (!ok) _gate.Exit();
                }
            }
            [Acquires("_gate", When = "result")]
            public bool BeginWrong(Func<bool> check)
            {
                bool ok = false;
                _gate.Enter();
                try
                {
                    ok = check();
                    return ok; // MML1006
                }
                finally
                {
                    if (ok) _gate.Exit();
                }
            }
        }
        """);

    [Fact]
    public Task UsingInALoop_Flags() => FlagsTypes("""
        public sealed class LoopU
        {
            private readonly Lock _lock = new();
            [GuardedBy(nameof(_lock))] private int _n;
            public void Right(int[] all)
            {
                foreach (int i in all)
                {
                    using var scope = _lock.EnterScope();
                    if (i < 0) continue;
                    if (i == 0) break;
                    _n += i;
                }
            }
            public void Wrong(int[] all)
            {
                foreach (int i in all)
                {
                    using (_lock.EnterScope())
                    {
                        if (i < 0) continue;
                    }
                    _n += i; // MML1009
                }
            }
        }
        """);

    [Fact]
    public Task PolicyByStaticAbstract_Flags() => FlagsTypes("""
        public interface IPolicy { static abstract bool Locks { get; } }
        public sealed class Generic<TPolicy> where TPolicy : IPolicy
        {
            private readonly Gate _gate = new();
            [GuardedBy(nameof(_gate))] private int _n;
            public void Right()
            {
                bool locks = TPolicy.Locks;
                if (locks) _gate.Enter();
                if (locks) _n++;
                if (locks) _gate.Exit();
            }
            public void Wrong()
            {
                if (TPolicy.Locks) _gate.Enter();
                _n++; // MML1009
                if (TPolicy.Locks) _gate.Exit();
            }
        }
        """);

    [Fact]
    public Task PolicyInAField_Flags() => FlagsTypes("""
        public sealed class Optional(bool shared)
        {
            private readonly bool _shared = shared;
            private readonly Gate _gate = new();
            [GuardedBy(nameof(_gate))] private int _n;
            public void Right()
            {
                if (_shared) _gate.Enter();
                try
                {
                    if (_shared) _n++;
                }
                finally
                {
                    if (_shared) _gate.Exit();
                }
            }
            public void Wrong(bool mutable)
            {
                if (mutable) _gate.Enter();
                mutable = !mutable;
                if (mutable) _gate.Exit(); // MML1005
            } // MML1006
        }
        """);

    [Fact]
    public Task PumpThatStops_Flags() => FlagsTypes("""
        public sealed class Pump
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private readonly Queue<Action> _work = new();
            [GuardedBy(nameof(_gate))] private bool _stop;
            public void Run()
            {
                while (true)
                {
                    Action next;
                    lock (_gate)
                    {
                        while (_work.Count == 0)
                        {
                            if (_stop) return;
                            Monitor.Wait(_gate);
                        }
                        next = _work.Dequeue();
                    }
                    next();
                }
            }
            public void RunWrong()
            {
                while (true)
                {
                    lock (_gate)
                    {
                        if (_stop) break;
                    }
                    _work.Dequeue()(); // MML1008
                }
            }
        }
        """);

    [Fact]
    public Task RetakenAfterAnException_Flags() => FlagsTypes("""
        public sealed class Retry
        {
            private readonly Gate _gate = new();
            [GuardedBy(nameof(_gate))] private int _n;
            public void CountsTooFar(Action work)
            {
                _gate.Enter();
                while (_n < 3)
                {
                    _gate.Exit();
                    try { work(); }
                    catch (TimeoutException) { }
                    _gate.Enter();
                    _n++; // MML1026
                }
                _gate.Exit();
            }
            public void Wrong(Action work)
            {
                _gate.Enter();
                while (_n < 3)
                {
                    _gate.Exit();
                    try
                    {
                        work();
                        _gate.Enter();
                    }
                    catch (TimeoutException) { }
                    _n++; // MML1009
                }
                _gate.Exit();
            }
        }
        """);

    [Fact]
    public Task BothOrNone_Flags() => FlagsTypes("""
        public sealed class Multi
        {
            private readonly Gate _a = new();
            private readonly Gate _b = new();
            [GuardedBy(nameof(_b))] private int _n;
            [Acquires("_a && _b", When = "result", Try = true)]
            public bool TryBoth()
            {
                if (!_a.TryEnter()) return false;
                if (_b.TryEnter()) return true;
                _a.Exit();
                return false;
            }
            [Acquires("_a && _b", When = "result", Try = true)]
            public bool TryBothWrong()
            {
                if (!_a.TryEnter()) return false;
                return _b.TryEnter(); // MML1006
            }
            public void Use()
            {
                if (!TryBoth()) return;
                _n++;
                _b.Exit();
                _a.Exit();
            }
        }
        """);

    [Fact]
    public Task CombinedResults_Flags() => FlagsTypes("""
        public sealed class Comb
        {
            private readonly Gate _a = new();
            private readonly Gate _b = new();
            [GuardedBy(nameof(_a))] private int _x;
            public void Right(bool want)
            {
                bool a = want && _a.TryEnter();
                bool b = !a && _b.TryEnter();
                if (a) _x++;
                if (a) _a.Exit();
                else if (b) _b.Exit();
            }
            public void Wrong(bool want)
            {
                bool a = want || _a.TryEnter();
                if (a) _x++; // MML1009
                if (a && !want) _a.Exit();
            }
        }
        """);
}
