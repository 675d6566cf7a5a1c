using System.Threading.Tasks;
using AnalyzerTests.Themes;

namespace AnalyzerTests.Programs;

/// <summary>Every kind of body is held to its contract.</summary>
public sealed class Bodies : ThemeTests
{
    [Fact]
    public Task PrimaryConstructor_Flags() => FlagsTypes("""
        public sealed class Meter(object gate)
        {
            [GuardedBy(nameof(gate))] private int _n;
            public void Add() { lock (gate) _n++; }
            public int Peek() => _n; // MML1008
        }
        """);

    [Fact]
    public Task Record_Flags() => FlagsTypes("""
        public sealed record Session(int Id)
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private int _hits;
            public void Hit() { lock (_gate) _hits++; }
            public int Hits { get { lock (_gate) return _hits; } }
            public int Bad { get { return _hits; } } // MML1008
        }
        """);

    [Fact]
    public Task ExtensionBlock_Flags() => FlagsTypes("""
        public static class NodeExtensions
        {
            extension(Node node)
            {
                [MustHold("node.Gate")] public int Twice() => node.Value * 2;
                public int TwiceLocked()
                {
                    node.Gate.Enter();
                    try { return node.Twice(); }
                    finally { node.Gate.Exit(); }
                }
                public int TwiceWrong() => node.Twice(); // MML1001
            }
        }
        public static class UseExt
        {
            public static int A(Node n)
            {
                n.Gate.Enter();
                int v = n.Twice();
                n.Gate.Exit();
                return v;
            }
            public static int B(Node n, Node m)
            {
                n.Gate.Enter();
                int v = m.Twice(); // MML1001
                n.Gate.Exit();
                return v;
            }
        }
        """);

    [Fact]
    public Task StaticAbstractMembers_Flags() => FlagsTypes("""
        public interface IStep<TSelf> where TSelf : IStep<TSelf>
        {
            [MustHold("node.Gate")] static abstract void Apply(Node node);
        }
        public readonly struct Inc : IStep<Inc>
        {
            public static void Apply(Node node) => node.Value++;
        }
        public static class Runner
        {
            public static void Right<T>(Node n) where T : IStep<T>
            {
                n.Gate.Enter();
                T.Apply(n);
                n.Gate.Exit();
            }
            public static void Wrong<T>(Node n) where T : IStep<T> => T.Apply(n); // MML1001
            public static void WrongToo(Node n) => Inc.Apply(n); // MML1001
        }
        """);

    [Fact]
    public Task DefaultInterfaceMember_Flags() => FlagsTypes("""
        public interface ICounter
        {
            Gate Gate { get; }
            [MustHold("Gate")] void Add(int n);
            void AddLocked(int n)
            {
                Gate.Enter();
                Add(n);
                Gate.Exit();
            }
            void AddWrong(int n) => Add(n); // MML1001
        }
        """);

    [Fact]
    public Task OperatorsAndIndexers_Flags() => FlagsTypes("""
        public sealed class Vec
        {
            public readonly Gate Gate = new();
            [GuardedBy(nameof(Gate))] private readonly int[] _items = new int[4];
            public int this[int i]
            {
                get { Gate.Enter(); int v = _items[i]; Gate.Exit(); return v; }
                [MustHold("Gate")] set => _items[i] = value;
            }
            public void Set(int i) { Gate.Enter(); this[i] = 3; Gate.Exit(); }
            public void SetWrong(int i) => this[i] = 3; // MML1001
            [MustHold("a.Gate && b.Gate")] public static int operator +(Vec a, Vec b) => a._items[0] + b._items[0];
            public static int SumWrong(Vec a, Vec b)
            {
                a.Gate.Enter();
                int s = a + b; // MML1001
                a.Gate.Exit();
                return s;
            }
        }
        """);

    [Fact]
    public Task EventAccessorsAndFinalizer_Flags() => FlagsTypes("""
        public sealed class Bus
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private Action? _handlers;
            public event Action Changed
            {
                add { lock (_gate) _handlers += value; }
                remove { _handlers -= value; } // MML1009
            }
            public void Raise()
            {
                Action? handlers;
                lock (_gate) handlers = _handlers;
                handlers?.Invoke();
            }
            ~Bus() { _handlers = null; } // MML1009
        }
        """);

    [Fact]
    public Task ConstructorsThatPublish_Flags() => FlagsTypes("""
        public sealed class Ctor
        {
            private static readonly List<Ctor> s_all = [];
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private int _n;
            public Ctor() { _n = 1; }
            public Ctor(int n) : this() { _n = n; lock (s_all) s_all.Add(this); }
            public Ctor(string s)
            {
                lock (s_all) s_all.Add(this);
                _n = s.Length; // MML1009
            }
            public Ctor(bool b)
            {
                _n = 3;
                ThreadPool.QueueUserWorkItem(_ => _n++); // MML1009
            }
        }
        """);

    [Fact]
    public Task AsyncPool_Flags() => FlagsTypes("""
        public sealed class AsyncPool
        {
            private readonly SemaphoreSlim _gate = new(1, 1);
            [GuardedBy(nameof(_gate))] private readonly Stack<int> _free = new();
            public async Task<int> RentAsync(CancellationToken cancel)
            {
                await _gate.WaitAsync(cancel);
                try { return _free.Count > 0 ? _free.Pop() : await MakeAsync(); }
                finally { _gate.Release(); }
            }
            public async Task ReturnAsync(int item)
            {
                await _gate.WaitAsync();
                _free.Push(item);
                _gate.Release();
            }
            public async Task ReturnWrong(int item)
            {
                _ = _gate.WaitAsync();
                _free.Push(item); // MML1008
                await Task.Yield();
            }
            public async Task<bool> TryReturn(int item)
            {
                if (!await _gate.WaitAsync(TimeSpan.FromSeconds(1)).ConfigureAwait(false)) return false;
                _free.Push(item);
                _gate.Release();
                return true;
            }
            public async Task<bool> TryReturnWrong(int item)
            {
                await _gate.WaitAsync(10); // MML1013
                _free.Push(item);
                _gate.Release();
                return true;
            }
            private static async Task<int> MakeAsync() { await Task.Yield(); return 1; }
        }
        """);

    [Fact]
    public Task Iterators_Flags() => FlagsTypes("""
        public sealed class Iter
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private readonly List<int> _items = [];
            public IEnumerable<int> Copy()
            {
                int[] copy;
                lock (_gate) copy = _items.ToArray();
                foreach (int i in copy) yield return i;
            }
            public IEnumerable<int> Wrong()
            {
                lock (_gate)
                {
                    foreach (int i in _items) yield return i; // MML1019
                }
            }
            public IEnumerable<int> WrongToo()
            {
                foreach (int i in _items) yield return i; // MML1008
            }
        }
        """);

    [Fact]
    public Task TopLevelStatements_Flags() => FlagsTypes("""
        var gate = new Gate();
        int total = 0;
        gate.Enter();
        total++;
        gate.Exit();
        Console.WriteLine(total);
        var node = new Node();
        Publish(node);
        node.Value++; // MML1009
        static void Publish(Node n) => GC.KeepAlive(n);
        """);

    [Fact]
    public Task GenericMethods_Flags() => FlagsTypes("""
        public interface IHasGate { Gate Gate { get; } }
        public static class Gen
        {
            [MustHold("x.Gate")] public static void Do<T>(T x) where T : IHasGate { }
            public static void Right<T>(T x) where T : class, IHasGate
            {
                x.Gate.Enter();
                Do(x);
                x.Gate.Exit();
            }
            public static void Wrong<T>(T x, T y) where T : class, IHasGate
            {
                x.Gate.Enter();
                Do(y); // MML1001
                x.Gate.Exit();
            }
        }
        """);

    [Fact]
    public Task ResultDecidesInASwitch_Flags() => FlagsTypes("""
        public sealed class Sw
        {
            private readonly Gate _gate = new();
            [GuardedBy(nameof(_gate))] private int _n;
            [Acquires("_gate", When = "result > 0")]
            public int Begin(int kind)
            {
                switch (kind)
                {
                    case 0: return 0;
                    case 1 when _gate.TryEnter(): return 1;
                    case 1: return -1;
                    default:
                        _gate.Enter();
                        return _n > 0 ? 2 : 3;
                }
            }
            [Acquires("_gate", When = "result > 0")]
            public int BeginWrong(int kind)
            {
                _gate.Enter();
                return _n; // MML1006
            }
        }
        """);

    [Fact]
    public Task RecursiveLocalFunction_Flags() => FlagsTypes("""
        public sealed class Rec
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private readonly Dictionary<int, int> _memo = [];
            public int Fib(int n)
            {
                lock (_gate) return Inner(n);
                int Inner(int k)
                {
                    if (k < 2) return k;
                    if (_memo.TryGetValue(k, out int known)) return known;
                    return _memo[k] = Inner(k - 1) + Inner(k - 2);
                }
            }
            public int FibWrong(int n)
            {
                return Inner(n); // MML1001
                int Inner(int k)
                {
                    if (_memo.TryGetValue(k, out int known)) return known;
                    return _memo[k] = Inner(k - 1);
                }
            }
        }
        """);

    [Fact]
    public Task Accessors_Flags() => FlagsTypes("""
        public sealed class Prop
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private int _n;
            public int N
            {
                get { lock (_gate) return _n; }
                set { lock (_gate) { if (value != _n) _n = value; } }
            }
            public int Direct { get => _n; set => _n = value; } // MML1008, MML1009
            public void Swap(Prop other) { int t = N; N = other.N; other.N = t; }
        }
        """);
}
