using System.Threading.Tasks;
using AnalyzerTests.Themes;

namespace AnalyzerTests.Programs;

/// <summary>Results that tell whether a lock is held, in every form in which one can ask them.</summary>
public sealed class Results : ThemeTests
{
    [Fact]
    public Task TryInALoopCondition_IsSilent() => SilentTypes("""
        public sealed class Queue
        {
            private readonly Gate _gate = new();
            [GuardedBy(nameof(_gate))] private readonly List<int> _items = [];
            public bool TryTake(int tries, out int item)
            {
                item = 0;
                bool taken = false;
                for (int i = 0; i < tries && !(taken = _gate.TryEnter()); i++) Thread.Yield();
                if (!taken) return false;
                try
                {
                    if (_items is not [.., var last]) return false;
                    item = last;
                    _items.RemoveAt(_items.Count - 1);
                    return true;
                }
                finally { _gate.Exit(); }
            }
        }
        """);

    [Fact]
    public Task LoopThatMayNotTry_Flags() => FlagsTypes("""
        public sealed class Queue
        {
            private readonly Gate _gate = new();
            [GuardedBy(nameof(_gate))] private int _item;
            public bool TryTake(int tries)
            {
                for (int i = 0; i < tries; i++)
                {
                    if (_gate.TryEnter()) break;
                }
                _item++; // MML1009
                _gate.Exit();
                return true;
            }
        }
        """);

    [Fact]
    public Task NullConditionalThroughout_IsSilent() => SilentTypes("""
        public sealed class Owner
        {
            public Node? Head { get; init; }
            public int Peek()
            {
                Head?.Gate.Enter();
                int value = Head?.Value ?? 0;
                Head?.Gate.Exit();
                return value;
            }
        }
        """);

    [Fact]
    public Task NullConditionalOnAnotherPath_Flags() => FlagsTypes("""
        public sealed class Owner
        {
            public Node? Head { get; init; }
            public Node? Tail { get; init; }
            public int Peek()
            {
                Tail?.Gate.Enter();
                int value = Head?.Value ?? 0; // MML1008
                Tail?.Gate.Exit();
                return value;
            }
        }
        """);

    [Fact]
    public Task FastLookupOrSlow_IsSilent() => SilentTypes("""
        public sealed class Cache
        {
            [Acquires("result.Gate", When = "result != null", Try = true)] public extern Node? TryLock(int key);
            [Acquires("result.Gate")] public extern Node LockSlow(int key);
            public int Get(int key)
            {
                Node node = TryLock(key) ?? LockSlow(key);
                int value = node.Value;
                node.Gate.Exit();
                return value;
            }
            public int GetTwo(int key)
            {
                Node? node = TryLock(key);
                node ??= LockSlow(key);
                int value = node.Value;
                node.Gate.Exit();
                return value;
            }
        }
        """);

    [Fact]
    public Task SlowLookupDoesNotLock_Flags() => FlagsTypes("""
        public sealed class Cache
        {
            [Acquires("result.Gate", When = "result != null", Try = true)] public extern Node? TryLock(int key);
            public extern Node FindSlow(int key);
            public int Get(int key)
            {
                Node node = TryLock(key) ?? FindSlow(key);
                int value = node.Value; // MML1008
                node.Gate.Exit();
                return value;
            }
        }
        """);

    [Fact]
    public Task NextUntilNull_IsSilent() => SilentTypes("""
        public sealed class Drainer
        {
            [Acquires("result.Gate", When = "result != null")] public extern Node? Next();
            public int Sum()
            {
                int sum = 0;
                while (Next() is { } node)
                {
                    sum += node.Value;
                    node.Gate.Exit();
                    if (sum > 100) break;
                }
                return sum;
            }
        }
        """);

    [Fact]
    public Task NextUntilNullLeftEarly_Flags() => FlagsTypes("""
        public sealed class Drainer
        {
            [Acquires("result.Gate", When = "result != null")] public extern Node? Next();
            public int Sum()
            {
                int sum = 0;
                while (Next() is { } node)
                {
                    sum += node.Value;
                    if (sum > 100) break;
                    node.Gate.Exit();
                }
                return sum; // MML1006
            }
        }
        """);

    [Fact]
    public Task LockTakenFlag_IsSilent() => SilentTypes("""
        public sealed class Plain
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private int _n;
            public bool Try(int ms)
            {
                bool taken = false;
                try
                {
                    Monitor.TryEnter(_gate, ms, ref taken);
                    if (!taken) return false;
                    _n++;
                    return true;
                }
                finally
                {
                    if (taken) Monitor.Exit(_gate);
                }
            }
        }
        """);

    [Fact]
    public Task LockTakenFlagIgnored_Flags() => FlagsTypes("""
        public sealed class Plain
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private int _n;
            public bool Try(int ms)
            {
                bool taken = false;
                try
                {
                    Monitor.TryEnter(_gate, ms, ref taken);
                    _n++; // MML1009
                    return taken;
                }
                finally
                {
                    if (taken) Monitor.Exit(_gate);
                }
            }
        }
        """);

    [Fact]
    public Task ChosenLock_IsSilent() => SilentTypes("""
        public sealed class Two
        {
            private readonly Gate _a = new();
            private readonly Gate _b = new();
            [GuardedBy(nameof(_a))] private int _x;
            [GuardedBy(nameof(_b))] private int _y;
            public void Bump(bool first)
            {
                Gate gate = first ? _a : _b;
                gate.Enter();
                if (first) _x++; else _y++;
                gate.Exit();
            }
        }
        """);

    [Fact]
    public Task ChosenLockMixedUp_Flags() => FlagsTypes("""
        public sealed class Two
        {
            private readonly Gate _a = new();
            private readonly Gate _b = new();
            [GuardedBy(nameof(_a))] private int _x;
            [GuardedBy(nameof(_b))] private int _y;
            public void Bump(bool first)
            {
                Gate gate = first ? _a : _b;
                gate.Enter();
                if (first) _y++; else _x++; // MML1009, MML1009
                gate.Exit();
            }
        }
        """);

    [Fact]
    public Task ResultPassedOnThroughLayers_IsSilent() => SilentTypes("""
        public sealed class Layers
        {
            private readonly Gate _gate = new();
            [GuardedBy(nameof(_gate))] private int _n;
            [Acquires("_gate", When = "result", Try = true)] public bool Outer() { bool got = Middle(); return got; }
            [Acquires("_gate", When = "result", Try = true)] internal bool Middle() => Inner() is true;
            [Acquires("_gate", When = "result", Try = true)] internal bool Inner() => _gate.TryEnter() && Check();
            private bool Check() { if (_n > 0) return true; _gate.Exit(); return false; }
        }
        """);

    [Fact]
    public Task ResultInvertedOrForgotten_Flags() => FlagsTypes("""
        public sealed class Layers
        {
            private readonly Gate _gate = new();
            [GuardedBy(nameof(_gate))] private int _n;
            [Acquires("_gate", When = "result", Try = true)] public bool Outer() => !_gate.TryEnter(); // MML1006
            [Acquires("_gate", When = "result", Try = true)] public bool Forgets() => _gate.TryEnter() && _n > 0; // MML1006
        }
        """);
}
