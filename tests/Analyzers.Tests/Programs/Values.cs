using System.Threading.Tasks;
using AnalyzerTests.Themes;

namespace AnalyzerTests.Programs;

/// <summary>Structs, records, iterators, partial members, scopes and callbacks.</summary>
public sealed class Values : ThemeTests
{
    [Fact]
    public Task AwaitInFinally_Flags() => FlagsTypes("""
        public sealed class Af2
        {
            private readonly SemaphoreSlim _sem = new(1, 1);
            [GuardedBy(nameof(_sem))] private int _n;
            public async Task Right(Func<Task> work)
            {
                await _sem.WaitAsync();
                try { _n++; await work(); }
                finally { await Task.Yield(); _n--; _sem.Release(); }
            }
            public async Task Wrong(Func<Task> work)
            {
                await _sem.WaitAsync();
                try { _n++; await work(); }
                finally { _sem.Release(); await Task.Yield(); _n--; } // MML1009
            }
        }
        """);

    [Fact]
    public Task NestedLambdas_Flags() => FlagsTypes("""
        public sealed class Nest
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private int _n;
            public Action Right() => () => { lock (_gate) { List<int> l = []; l.ForEach(i => _n += i); } };
            public Action Wrong() { lock (_gate) return () => { List<int> l = []; l.ForEach(i => _n += i); }; } // MML1009
        }
        """);

    [Fact]
    public Task StructWithItsLock_Flags() => FlagsTypes("""
        public struct Cell
        {
            public readonly object Gate;
            [GuardedBy(nameof(Gate))] public int N;
            public Cell() { Gate = new(); N = 1; }
        }
        public sealed class Cells
        {
            private Cell _a = new();
            public void Right() { lock (_a.Gate) _a.N++; }
            public void Wrong(ref Cell b) { lock (_a.Gate) b.N++; } // MML1009
        }
        """);

    [Fact]
    public Task RecordCopiedUnderItsLock_Flags() => FlagsTypes("""
        public sealed record State2(Gate Gate)
        {
            [GuardedBy(nameof(Gate))] public int N { get; set; }
            public State2 Copy() { Gate.Enter(); var c = this with { }; Gate.Exit(); return c; }
            public void Wrong() => N++; // MML1009
        }
        """);

    [Fact]
    public Task DictionaryOfNodes_Flags() => FlagsTypes("""
        public sealed class Map2
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private readonly Dictionary<int, Node> _nodes = [];
            public int Sum()
            {
                int sum = 0;
                lock (_gate)
                {
                    foreach (var (_, node) in _nodes)
                    {
                        node.Gate.Enter();
                        sum += node.Value;
                        node.Gate.Exit();
                    }
                    foreach (Node node in _nodes.Values)
                    {
                        sum += node.Value; // MML1008
                    }
                }
                return sum;
            }
            public bool TryLock(int key, [NotNullWhen(true)] out Node? node)
            {
                lock (_gate)
                {
                    if (!_nodes.TryGetValue(key, out node)) return false;
                }
                node.Gate.Enter();
                return true; // MML1006
            }
            [Acquires("node.Gate", When = "result")]
            public bool TryLockRight(int key, [NotNullWhen(true)] out Node? node)
            {
                lock (_gate)
                {
                    if (!_nodes.TryGetValue(key, out node)) return false;
                }
                node.Gate.Enter();
                return true;
            }
        }
        """);

    [Fact]
    public Task PartialMembers_Flags() => FlagsTypes("""
        public sealed partial class Part
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private int _n;
            [MustHold(nameof(_gate))] private partial void Step();
            public partial int N { get; }
        }
        public sealed partial class Part
        {
            private partial void Step() => _n++;
            public partial int N { get { lock (_gate) return _n; } }
            public void Right() { lock (_gate) Step(); }
            public void Wrong() => Step(); // MML1001
        }
        """);

    [Fact]
    public Task CallbackUnderTheLock_IsSilent() => SilentTypes("""
        public sealed class Cb
        {
            private readonly Gate _gate = new();
            [GuardedBy(nameof(_gate))] private int _n;
            public void Update([InvokedNow] Func<int, int> f) { _gate.Enter(); try { _n = f(_n); } finally { _gate.Exit(); } }
            public void Twice() => Update(n => n * 2);
            public void Deadlock() => Update(n => { _gate.Enter(); _gate.Exit(); return n; });
        }
        """);

    [Fact]
    public Task SequenceReader_Flags() => FlagsTypes("""
        public sealed class Seq
        {
            private readonly object _gate = new();
            [Atomic] private int _version;
            [GuardedBy(nameof(_gate)), ReadFreely] private int _value;
            public int Read()
            {
                while (true)
                {
                    int before = Volatile.Read(ref _version);
                    int value = Volatile.Read(ref _value);
                    if ((before & 1) == 0 && Volatile.Read(ref _version) == before) return value;
                }
            }
            public void Write(int value)
            {
                lock (_gate)
                {
                    Interlocked.Increment(ref _version);
                    Volatile.Write(ref _value, value);
                    Interlocked.Increment(ref _version);
                }
            }
            public int Wrong() => _version; // MML1008
        }
        """);

    [Fact]
    public Task ScopeThatIsAClass_Flags() => FlagsTypes("""
        [ScopedLock] public sealed class Held : IDisposable
        {
            private Gate? _gate;
            [Acquires("gate")] public Held(Gate gate) { gate.Enter(); _gate = gate; }
            public void Dispose() { _gate?.Exit(); _gate = null; }
        }
        public sealed class UseHeld
        {
            private readonly Gate _gate = new();
            [GuardedBy(nameof(_gate))] private int _n;
            public void Right() { using var h = new Held(_gate); _n++; }
            [Acquires("_gate")] public Held Take() => new(_gate);
            public void Right2() { using (Take()) _n++; }
            public void Right3(bool b) { Held? h = null; try { if (b) { h = Take(); _n++; } } finally { h?.Dispose(); } }
            public void Wrong() { Take(); _n++; } // MML1006
            public void Wrong2(bool b) { Held? h = b ? Take() : null; _n++; h?.Dispose(); } // MML1009
        }
        """);

    [Fact]
    public Task IteratorUnderTheLock_Flags() => FlagsTypes("""
        public sealed class Gen2
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private readonly List<int> _items = [];
            [MustHold(nameof(_gate))] private int Next(int i) => _items[i];
            public int Right()
            {
                lock (_gate)
                {
                    int sum = 0;
                    foreach (int i in Indexes(_items.Count)) sum += Next(i);
                    return sum;
                }
            }
            private static IEnumerable<int> Indexes(int n) { for (int i = 0; i < n; i++) yield return i; }
            public IEnumerable<int> Wrong()
            {
                yield return Next(0); // MML1001
                lock (_gate) _items.Clear();
                yield break;
            }
        }
        """);
}
