using System.Threading.Tasks;
using AnalyzerTests.Themes;

namespace AnalyzerTests.Programs;

/// <summary>Orders, circles, sleeping, and what may be held across await and yield.</summary>
public sealed class Orders : ThemeTests
{
    [Fact]
    public Task OrderOfThree_Flags() => FlagsTypes("""
        [assembly: LockOrder("Sys.Outer", "shared(Sys.Mid)", "Sys.Inner")]
        public sealed class Sys
        {
            public readonly Gate Outer = new();
            public readonly RwGate Mid = new();
            public readonly SpinGate Inner = new();
            public void Right() { Outer.Enter(); Mid.EnterRead(); Inner.Enter(); Inner.Exit(); Mid.ExitRead(); Outer.Exit(); }
            public void Wrong() { Inner.Enter(); Outer.Enter(); Outer.Exit(); Inner.Exit(); } // MML1010
            public void TryIsFine() { Mid.EnterRead(); if (Outer.TryEnter()) Outer.Exit(); Mid.ExitRead(); }
        }
        """);

    [Fact]
    public Task SleepingUnderASpinLock_Flags() => FlagsTypes("""
        public sealed class Sl
        {
            private readonly SpinGate _spin = new();
            [MaySleep] public static extern void Wait();
            public void Wrong() { _spin.Enter(); Wait(); _spin.Exit(); } // MML1012
            [MaySleep] public void Right() { _spin.Enter(); _spin.Exit(); Wait(); }
            [MaySleep] public void OnlyWhenNotHeld(bool atomic) { if (atomic) _spin.Enter(); else Wait(); if (atomic) _spin.Exit(); }
        }
        """);

    [Fact]
    public Task CallsItselfUnderTheLock_Flags() => FlagsTypes("""
        public sealed class Self
        {
            private readonly Gate _gate = new();
            [MustNotHold("_gate")] public void Outer() { _gate.Enter(); _gate.Exit(); }
            public void Wrong() { _gate.Enter(); Outer(); _gate.Exit(); } // MML1007
            public void Right() { _gate.Enter(); _gate.Exit(); Outer(); }
        }
        """);

    [Fact]
    public Task CircleOfOneObject_Flags() => FlagsTypes("""
        public sealed class Cyc
        {
            private readonly object _a = new();
            private readonly object _b = new();
            public void One() { lock (_a) Two(); } // MML1020
            public void Two() { lock (_b) { } }
            public void Three() { lock (_b) One(); }
        }
        """);

    [Fact]
    public Task CircleOfStatics_Flags() => FlagsTypes("""
        public static class St
        {
            private static readonly object s_a = new();
            private static readonly object s_b = new();
            public static void One() { lock (s_a) lock (s_b) { } } // MML1020
            public static void Two() { lock (s_b) lock (s_a) { } }
        }
        """);

    [Fact]
    public Task WrapperAndWrapped_IsSilent() => SilentTypes("""
        public class Target
        {
            protected readonly object SyncRoot = new();
            public void Flush() { lock (SyncRoot) FlushAsync(); }
            protected virtual void FlushAsync() { }
            public void Write() { lock (SyncRoot) { } }
        }
        public sealed class Wrapper : Target
        {
            private readonly object _lock = new();
            public required Target Wrapped { get; init; }
            protected override void FlushAsync() { lock (_lock) Wrapped.Write(); }
        }
        """);

    [Fact]
    public Task ParentAndChild_Flags() => FlagsTypes("""
        public sealed class Parent
        {
            private readonly object _gate = new();
            private readonly List<Child> _children = [];
            public void Close() { lock (_gate) foreach (Child c in _children) c.Stop(); } // MML1023
            internal void Forget() { lock (_gate) { } }
        }
        public sealed class Child(Parent parent)
        {
            private readonly object _gate = new();
            public void Stop() { lock (_gate) { } }
            public void Fail() { lock (_gate) parent.Forget(); }
        }
        """);

    [Fact]
    public Task RegistryAndMembers_Flags() => FlagsTypes("""
        public sealed class Conn
        {
            private static readonly object s_all = new();
            private readonly object _gate = new();
            public void Close() { lock (_gate) lock (s_all) { } } // MML1020
            public static void CloseAll(Conn[] all) { lock (s_all) foreach (Conn c in all) lock (c._gate) { } }
        }
        """);

    [Fact]
    public Task NestingAscends_Flags() => FlagsTypes("""
        [assembly: LockNesting("Bin.Gate", Nesting.Ascending, "Index")]
        public sealed class Bin
        {
            public required int Index { get; init; }
            [Lock(LockKind.Mutex)] public Gate Gate { get; } = new();
            public static void Both(Bin a, Bin b)
            {
                a.Gate.Enter();
                b.Gate.Enter(); // MML1011
                b.Gate.Exit();
                a.Gate.Exit();
            }
            public static void Right(Bin a, Bin b)
            {
                if (a == b) return;
                if (a.Index > b.Index) (a, b) = (b, a);
                a.Gate.Enter();
                b.Gate.Enter();
                b.Gate.Exit();
                a.Gate.Exit();
            }
        }
        """);

    [Fact]
    public Task HelperTakesWhatIsHeld_Flags() => FlagsTypes("""
        public sealed class Inf
        {
            private readonly Gate _gate = new();
            [GuardedBy(nameof(_gate))] private int _n;
            private void Log() { _gate.Enter(); _n++; _gate.Exit(); }
            public void Wrong() { _gate.Enter(); Log(); _gate.Exit(); } // MML1004
            public void Right(bool held) { if (!held) Log(); }
        }
        """);

    [Fact]
    public Task AwaitUnderLocks_Flags() => FlagsTypes("""
        public sealed class Aff
        {
            private readonly ReaderWriterLockSlim _rw = new();
            private readonly SemaphoreSlim _sem = new(1);
            private readonly Mutex _mutex = new();
            public async Task A() { _rw.EnterReadLock(); await Task.Yield(); _rw.ExitReadLock(); } // MML1019
            public async Task B() { await _sem.WaitAsync(); await Task.Yield(); _sem.Release(); }
            public async Task C() { _mutex.WaitOne(); try { await Task.Yield(); } finally { _mutex.ReleaseMutex(); } } // MML1019
            public async Task D() { Monitor.Enter(this); Monitor.Exit(this); await Task.Yield(); }
            public async Task E(bool b) { if (b) _rw.EnterWriteLock(); if (!b) await Task.Yield(); if (b) _rw.ExitWriteLock(); }
            public async Task F(bool b) { if (b) _rw.EnterWriteLock(); await Task.Yield(); if (b) _rw.ExitWriteLock(); } // MML1019
        }
        """);

    [Fact]
    public Task AwaitInDisguise_Flags() => FlagsTypes("""
        public sealed class Af
        {
            private readonly Lock _lock = new();
            [GuardedBy(nameof(_lock))] private int _n;
            public async Task A(IAsyncEnumerable<int> s)
            {
                await foreach (int i in s) lock (_lock) _n += i;
            }
            public async Task B(IAsyncEnumerable<int> s)
            {
                Monitor.Enter(s);
                await foreach (int i in s) { } // MML1019
                Monitor.Exit(s);
            }
            public async Task C(IAsyncDisposable d)
            {
                Monitor.Enter(d);
                await using (d) { } // MML1019
                Monitor.Exit(d);
            }
        }
        """);

    [Fact]
    public Task YieldUnderLocks_Flags() => FlagsTypes("""
        public sealed class Yi
        {
            private readonly Gate _gate = new();
            [GuardedBy(nameof(_gate))] private int _n;
            public IEnumerable<int> A() { int v; _gate.Enter(); v = _n; _gate.Exit(); yield return v; }
            public IEnumerable<int> B() { _gate.Enter(); int v = _n; yield return v; _gate.Exit(); } // MML1019
        }
        """);

    [Fact]
    public Task TwoMembersBothWays_Flags() => FlagsTypes("""
        public sealed class Owner2
        {
            private readonly object _a = new();
            private readonly object _b = new();
            [GuardedBy(nameof(_a))] private int _x;
            [GuardedBy(nameof(_b))] private int _y;
            public void Move(int n) { lock (_a) { lock (_b) { _x -= n; _y += n; } } } // MML1020
            public void Back(int n) { lock (_b) { _y -= n; lock (_a) _x += n; } }
        }
        """);

    [Fact]
    public Task SinksOfOneName_Flags() => FlagsTypes("""
        public interface ISink<T> { void OnNext(T value); }
        public sealed class Nop<T> : ISink<T> { public static readonly ISink<T> Instance = new Nop<T>(); public void OnNext(T value) { } }
        public abstract class Sink<T> : ISink<T>
        {
            private ISink<T>? _next;
            public abstract void OnNext(T value);
            protected void Forward(T value) => (_next ?? Nop<T>.Instance).OnNext(value);
            protected void Reset() => Nop<T>.Instance.OnNext(default!);
        }
        public static class Zip1
        {
            public sealed class _ : Sink<int>
            {
                private readonly object _gate = new();
                public override void OnNext(int value) { lock (_gate) Forward(value); } // MML1023
                public void R() { lock (_gate) Reset(); }
            }
        }
        public static class Zip2
        {
            public sealed class _ : Sink<int>
            {
                private readonly object _gate = new();
                public override void OnNext(int value) { lock (_gate) Forward(value); }
                public void R() { lock (_gate) Reset(); }
            }
        }
        """);
}
