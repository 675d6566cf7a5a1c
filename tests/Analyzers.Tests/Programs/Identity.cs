using System.Threading.Tasks;
using AnalyzerTests.Themes;

namespace AnalyzerTests.Programs;

/// <summary>Which lock a name stands for: aliases, captures, patterns, generic types.</summary>
public sealed class Identity : ThemeTests
{
    [Fact]
    public Task PropertyThatIsTheLock_Flags() => FlagsTypes("""
        public sealed class Holder
        {
            private readonly object _gate = new();
            public object SyncRoot => _gate;
            [GuardedBy(nameof(_gate))] internal int N;
        }
        public static class Use
        {
            public static void A(Holder h) { lock (h.SyncRoot) h.N++; }
            public static void B(Holder h, Holder k) { lock (k.SyncRoot) h.N++; } // MML1009
        }
        """);

    [Fact]
    public Task AliasOfOneOfTwo_Flags() => FlagsTypes("""
        public sealed class Merge
        {
            private readonly Node _a = new();
            public void Run(bool f)
            {
                Node n = f ? _a : new Node();
                var gate = n.Gate;
                gate.Enter();
                n.Value++;
                gate.Exit();
            }
            public void RunWrong(bool f, Node other)
            {
                Node n = f ? _a : other;
                _a.Gate.Enter();
                n.Value++; // MML1009
                _a.Gate.Exit();
            }
        }
        """);

    [Fact]
    public Task CapturedByALocalFunction_Flags() => FlagsTypes("""
        public sealed class Cap
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private int _n;
            public void Run(List<int> items)
            {
                int sum = 0;
                lock (_gate)
                {
                    foreach (int i in items) Add(i);
                }
                void Add(int i) { sum += i; _n += sum; }
            }
            public void RunWrong(List<int> items)
            {
                foreach (int i in items) Add(i); // MML1001
                void Add(int i) => _n += i;
            }
        }
        """);

    [Fact]
    public Task VariableMovesOn_Flags() => FlagsTypes("""
        public sealed class Chain
        {
            public static void Walk(Node? n)
            {
                while (n is not null)
                {
                    n.Gate.Enter();
                    Node? next = n.Next;
                    n.Gate.Exit();
                    n = next;
                }
            }
            public static void WalkWrong(Node? n)
            {
                if (n is null) return;
                n.Gate.Enter();
                n = n.Next;
                n?.Gate.Exit(); // MML1005
            } // MML1006
        }
        """);

    [Fact]
    public Task EnsuredEquality_Flags() => FlagsTypes("""
        public sealed class Parent
        {
            public readonly object Gate = new();
            [GuardedBy(nameof(Gate))] public int Count;
        }
        public sealed class Child
        {
            public required Parent Parent { get; init; }
        }
        public static class Family
        {
            [Ensures("result.Parent == parent")] public static extern Child Make(Parent parent);
            public static void Right(Parent p)
            {
                Child c = Make(p);
                lock (p.Gate) c.Parent.Count++;
                lock (c.Parent.Gate) p.Count++;
            }
            public static void Wrong(Parent p, Parent q)
            {
                Child c = Make(p);
                lock (q.Gate) c.Parent.Count++; // MML1009
            }
        }
        """);

    [Fact]
    public Task PatternVariableNamesTheLock_IsSilent() => SilentTypes("""
        public sealed class Al
        {
            public object? Any { get; init; }
            public int Get()
            {
                if (Any is Node { Gate: var gate } node)
                {
                    gate.Enter();
                    int v = node.Value;
                    node.Gate.Exit();
                    return v;
                }
                return 0;
            }
        }
        """);

    [Fact]
    public Task RefLocal_Flags() => FlagsTypes("""
        public sealed class Refs
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private int _n;
            public void Right()
            {
                lock (_gate)
                {
                    ref int n = ref _n;
                    n++;
                }
            }
            public void Wrong()
            {
                ref int n = ref _n; // MML1009
                n++;
            }
        }
        """);

    [Fact]
    public Task SwappedLocals_Flags() => FlagsTypes("""
        public sealed class Swap
        {
            public static void Right(Node a, Node b)
            {
                (a, b) = (b, a);
                a.Gate.Enter();
                a.Value = 1;
                a.Gate.Exit();
            }
            public static void Wrong(Node a, Node b)
            {
                a.Gate.Enter();
                (a, b) = (b, a);
                a.Value = 1; // MML1009
                b.Gate.Exit();
            }
            public static void RightTwo(Node a, Node b)
            {
                a.Gate.Enter();
                (a, b) = (b, a);
                b.Value = 1;
                b.Gate.Exit();
            }
        }
        """);

    [Fact]
    public Task GenericWrapper_Flags() => FlagsTypes("""
        public interface ILockable { [Lock(LockKind.Mutex)] Gate Gate { get; } }
        public sealed class Guarded<T>(T initial)
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private T _value = initial;
            public R With<R>([InvokedNow(Once = true)] Func<T, R> f) { lock (_gate) return f(_value); }
            public void Set(T value) { lock (_gate) _value = value; }
            public T Peek() => _value; // MML1008
        }
        """);

    [Fact]
    public Task StaticLockOfAGenericType_Flags() => FlagsTypes("""
        public static class PerType<T>
        {
            public static readonly object Gate = new();
            [GuardedBy(nameof(Gate))] public static int Count;
        }
        public static class UsePer
        {
            public static void Right() { lock (PerType<int>.Gate) PerType<int>.Count++; }
            public static void Wrong() { lock (PerType<string>.Gate) PerType<int>.Count++; } // MML1009
        }
        """);

    [Fact]
    public Task ConditionalAccessNamesThePath_Flags() => FlagsTypes("""
        public sealed class Deep
        {
            public readonly Node Node = new();
            public readonly Deep? Inner;
            public void Right()
            {
                if (Inner?.Node is not { } n) return;
                n.Gate.Enter();
                Inner.Node.Value++;
                n.Gate.Exit();
            }
            public void Wrong()
            {
                if (Inner?.Node is not { } n) return;
                n.Gate.Enter();
                Node.Value++; // MML1009
                n.Gate.Exit();
            }
        }
        """);

    [Fact]
    public Task LockThatMayBeReplaced_Flags() => FlagsTypes("""
        public sealed class Repl
        {
            private object _gate = new();
            [GuardedBy(nameof(_gate))] private int _n; // MML0005
            public void Go() { lock (_gate) _n++; }
        }
        """);

    [Fact]
    public Task LockThatAMethodReturns_IsSilent() => SilentTypes("""
        public sealed class Striped
        {
            private readonly object[] _locks = [new(), new()];
            private object LockFor(string key) => _locks[key.Length % _locks.Length];
            public void A(string key) { lock (LockFor(key)) { } }
            public void B(string key) { object l = LockFor(key); Monitor.Enter(l); try { } finally { Monitor.Exit(l); } }
        }
        """);

    [Fact]
    public Task NestedClassUsesTheOuterLock_Flags() => FlagsTypes("""
        public sealed class Outer
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private int _version;
            public sealed class Enumerator(Outer outer)
            {
                [GuardedBy("outer._gate")] private int _seen;
                public bool Move() { lock (outer._gate) { if (_seen != outer._version) throw new InvalidOperationException(); _seen++; return true; } }
                public int Peek() => _seen; // MML1008
            }
            public void Change() { lock (_gate) _version++; }
        }
        """);
}
