using System.Threading.Tasks;
using AnalyzerTests.Themes;

namespace AnalyzerTests.Programs;

/// <summary>Delegates, overrides and other threads.</summary>
public sealed class Conversions : ThemeTests
{
    [Fact]
    public Task OtherThreadsHoldNothing_Flags() => FlagsTypes("""
        public sealed class Starts
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private int _n;
            public void A() { lock (_gate) { Task.Run(() => _n++); } } // MML1009
            public void B() { lock (_gate) { new Thread(() => _n++).Start(); } } // MML1009
            public void C() { lock (_gate) { Parallel.For(0, 3, i => _n += i); } } // MML1009
            public void D() { lock (_gate) { using var t = new Timer(_ => _n++); } } // MML1009
            public void E() { lock (_gate) { Task.Run(() => { lock (_gate) _n++; }); } }
            public async Task F() { await Task.Run(() => { lock (_gate) _n++; }); }
        }
        """);

    [Fact]
    public Task MethodGroups_Flags() => FlagsTypes("""
        [MustHold("node.Gate")] public delegate void Visitor(Node node);
        public static class Walk
        {
            public static void Each(Node node, Visitor visitor)
            {
                node.Gate.Enter();
                visitor(node);
                node.Gate.Exit();
            }
            public static void EachWrong(Node node, Visitor visitor) => visitor(node); // MML1001
            [MustHold("node.Gate")] public static void Bump(Node node) => node.Value++;
            [MustHold("node.Gate"), Releases("node.Gate")] public static void Drop(Node node) => node.Gate.Exit();
            public static void Use(Node node)
            {
                Each(node, Bump);
                Each(node, n => n.Value = 1);
                Each(node, Drop); // MML0004
                Action<Node> plain = Bump;
                plain(node); // MML1001
            }
        }
        """);

    [Fact]
    public Task Overrides_Flags() => FlagsTypes("""
        public abstract class Base
        {
            public readonly Gate Gate = new();
            [GuardedBy(nameof(Gate))] protected int N;
            [MustHold("Gate")] public abstract void Step();
            public void Run() { Gate.Enter(); Step(); Gate.Exit(); }
        }
        public sealed class Good : Base
        {
            public override void Step() => N++;
        }
        public sealed class Needs : Base
        {
            public readonly Gate Other = new();
            [MustHold("Gate && Other")] public override void Step() => N++; // MML0003
        }
        public sealed class Less : Base
        {
            [MustNotHold("Gate")] public override void Step() { } // MML0003
        }
        """);

    [Fact]
    public Task DelegateInvokedUnderTheLock_Flags() => FlagsTypes("""
        public sealed class Locker
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private int _n;
            private T With<T>([InvokedNow(Once = true), MustHold("_gate")] Func<T> f) { lock (_gate) return f(); }
            public int Get() => With(() => _n);
            public int GetWrong() { Func<int> f = () => _n; return With(f) + f(); } // MML1008
        }
        """);

    [Fact]
    public Task EventHandlers_Flags() => FlagsTypes("""
        public sealed class Pub
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private int _n;
            public event Action? Changed;
            public void Hook() { lock (_gate) Changed += () => _n++; } // MML1009
            public void Raise() { lock (_gate) Changed?.Invoke(); }
        }
        """);

    [Fact]
    public Task ExplicitImplementation_Flags() => FlagsTypes("""
        public interface ILocked { [MustHold("gate")] int Read(Gate gate); }
        public sealed class Impl : ILocked
        {
            int ILocked.Read(Gate gate) => 1;
        }
        public static class CallIt
        {
            public static int Right(ILocked l, Gate g) { g.Enter(); int v = l.Read(g); g.Exit(); return v; }
            public static int Wrong(ILocked l, Gate g) => l.Read(g); // MML1001
        }
        """);

    [Fact]
    public Task DelegateInAField_Flags() => FlagsTypes("""
        public sealed class Hook
        {
            public readonly Gate Gate = new();
            [GuardedBy(nameof(Gate))] private int _n;
            [MustHold("Gate")] private readonly Action _step;
            public Hook() => _step = () => _n++;
            public void Right() { Gate.Enter(); _step(); Gate.Exit(); }
            public void Wrong() => _step(); // MML1001
        }
        """);

    [Fact]
    public Task DeferredQuery_Flags() => FlagsTypes("""
        public sealed class Lq
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private readonly List<int> _items = [];
            public int Right() { lock (_gate) return System.Linq.Enumerable.Count(_items, i => i > _items.Count); }
            public IEnumerable<int> Wrong() { lock (_gate) return System.Linq.Enumerable.Where(_items, i => i > _items.Count); } // MML1008
        }
        """);

    [Fact]
    public Task Continuations_Flags() => FlagsTypes("""
        public sealed class Cont
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private int _n;
            public void Wrong(Task t) { lock (_gate) t.ContinueWith(_ => _n++); } // MML1009
            public void Right(Task t) { t.ContinueWith(_ => { lock (_gate) _n++; }); }
            public void Reg(CancellationToken c) { lock (_gate) c.Register(() => _n = 0); } // MML1009
            public Lazy<int> Lz() { lock (_gate) return new Lazy<int>(() => _n); } // MML1008
        }
        """);

    [Fact]
    public Task BaseCalls_Flags() => FlagsTypes("""
        public class B1
        {
            public readonly Gate Gate = new();
            [MustHold("Gate")] public virtual void Step() { }
        }
        public class D1 : B1
        {
            [GuardedBy(nameof(Gate))] private int _n;
            public override void Step() { base.Step(); _n++; }
            public void Wrong() => base.Step(); // MML1001
            public void Right() { Gate.Enter(); Step(); Gate.Exit(); }
        }
        """);
}
