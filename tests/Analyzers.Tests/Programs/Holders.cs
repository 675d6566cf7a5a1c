using System.Threading.Tasks;
using AnalyzerTests.Themes;

namespace AnalyzerTests.Programs;

/// <summary>What is held by a value: guards, rented objects, references, awaited scopes, locks made of locks.</summary>
public sealed class Holders : ThemeTests
{
    [Fact]
    public Task RefStructGuard_IsSilent() => SilentTypes("""
        [ScopedLock] public ref struct WriteGuard
        {
            private RwGate? _gate;
            [Acquires("exclusive(gate)")] public WriteGuard(RwGate gate) { gate.EnterWrite(); _gate = gate; }
            public void Dispose() { _gate?.ExitWrite(); _gate = null; }
        }
        public sealed class Table
        {
            private readonly RwGate _rw = new();
            [GuardedBy(nameof(_rw))] private int _rows;
            public int Add(int n)
            {
                using var guard = new WriteGuard(_rw);
                if (n < 0) return _rows;
                _rows += n;
                return _rows;
            }
            public void AddEarly(int n)
            {
                var guard = new WriteGuard(_rw);
                _rows += n;
                guard.Dispose();
            }
        }
        """);

    [Fact]
    public Task RefStructGuardDisposedTooEarlyOrNever_Flags() => FlagsTypes("""
        [ScopedLock] public ref struct WriteGuard
        {
            private RwGate? _gate;
            [Acquires("exclusive(gate)")] public WriteGuard(RwGate gate) { gate.EnterWrite(); _gate = gate; }
            public void Dispose() { _gate?.ExitWrite(); _gate = null; }
        }
        public sealed class Table
        {
            private readonly RwGate _rw = new();
            [GuardedBy(nameof(_rw))] private int _rows;
            public void Add(int n)
            {
                var guard = new WriteGuard(_rw);
                guard.Dispose();
                _rows += n; // MML1009
            }
            public void Leak(int n)
            {
                var guard = new WriteGuard(_rw);
                _rows += n;
            } // MML1006
        }
        """);

    [Fact]
    public Task GuardHandedOver_IsSilent() => SilentTypes("""
        public sealed class Hand
        {
            private readonly Gate _gate = new();
            [GuardedBy(nameof(_gate))] private int _n;
            public void Go()
            {
                var scope = new GateScope(_gate);
                _n++;
                Finish(scope);
            }
            private static void Finish(GateScope scope) => scope.Dispose();
        }
        """);

    [Fact]
    public Task GuardShownOnly_Flags() => FlagsTypes("""
        public sealed class Hand
        {
            private readonly Gate _gate = new();
            [GuardedBy(nameof(_gate))] private int _n;
            public void Go()
            {
                var scope = new GateScope(_gate);
                _n++;
                Look(scope);
            } // MML1006
            private static void Look(GateScope scope) { }
        }
        """);

    [Fact]
    public Task RentedLocked_IsSilent() => SilentTypes("""
        public sealed class Pool
        {
            private readonly Gate _gate = new();
            [GuardedBy(nameof(_gate))] private Node? _free;
            [Acquires("result.Gate", When = "result != null")]
            public Node? Rent()
            {
                _gate.Enter();
                Node? node = _free;
                if (node is not null)
                {
                    node.Gate.Enter();
                    _free = node.Next;
                }
                _gate.Exit();
                return node;
            }
            [Releases("node.Gate")] public void Return(Node node)
            {
                node.Value = 0;
                node.Gate.Exit();
            }
            public void Use()
            {
                if (Rent() is not { } node) return;
                node.Value = 3;
                Return(node);
            }
        }
        """);

    [Fact]
    public Task RentedAndReturnedTwice_Flags() => FlagsTypes("""
        public sealed class Pool
        {
            [Acquires("result.Gate", When = "result != null")] public extern Node? Rent();
            [Releases("node.Gate")] public extern void Return(Node node);
            public void Use()
            {
                if (Rent() is not { } node) return;
                Return(node);
                Return(node); // MML1005
            }
            public void Drop()
            {
                Node? node = Rent();
                if (node is null || node.Value == 0) return; // MML1006
                Return(node);
            }
        }
        """);

    [Fact]
    public Task UpgradeOrGiveUp_IsSilent() => SilentTypes("""
        public sealed class Lazy2
        {
            private readonly ReaderWriterLockSlim _rw = new();
            [GuardedBy(nameof(_rw))] private string? _text;
            public string Get(bool mayWait)
            {
                _rw.EnterUpgradeableReadLock();
                try
                {
                    if (_text is { } known) return known;
                    if (!mayWait && !_rw.TryEnterWriteLock(0)) return "";
                    if (mayWait) _rw.EnterWriteLock();
                    try { return _text = "made"; }
                    finally { _rw.ExitWriteLock(); }
                }
                finally { _rw.ExitUpgradeableReadLock(); }
            }
        }
        """);

    [Fact]
    public Task UpgradeOrWriteAllTheSame_Flags() => FlagsTypes("""
        public sealed class Lazy2
        {
            private readonly ReaderWriterLockSlim _rw = new();
            [GuardedBy(nameof(_rw))] private string? _text;
            public string Get()
            {
                _rw.EnterUpgradeableReadLock();
                try
                {
                    if (_text is { } known) return known;
                    if (_rw.TryEnterWriteLock(0)) _rw.ExitWriteLock();
                    return _text = "made"; // MML1002
                }
                finally { _rw.ExitUpgradeableReadLock(); }
            }
        }
        """);

    [Fact]
    public Task CountedReference_Flags() => FlagsTypes("""
        public sealed class Res
        {
            [Lock(LockKind.Reference)] public LockName Ref => default;
            [Acquires("Ref")] public extern void Get();
            [Acquires("Ref", When = "result", Try = true)] public extern bool TryGet();
            [Releases("Ref")] public extern void Put();
        }
        public static class UseRes
        {
            public static void Right(Res r, bool keep)
            {
                if (!r.TryGet()) return;
                try { GC.KeepAlive(r); }
                finally { r.Put(); }
            }
            public static void Wrong(Res r, bool keep)
            {
                r.Get();
                if (keep) return; // MML2011
                r.Put();
            }
        }
        """);

    [Fact]
    public Task AwaitedScope_Flags() => FlagsTypes("""
        [Lock(LockKind.Mutex, Owner = LockOwner.Anyone)] public sealed class AsyncMutex
        {
            [Acquires("this")] public extern Task<Holder> LockAsync();
            [Releases("this")] public extern void Unlock();
            [ScopedLock] public readonly struct Holder(AsyncMutex mutex) : IDisposable { public void Dispose() => mutex.Unlock(); }
        }
        public sealed class UseAsync
        {
            private readonly AsyncMutex _m = new();
            [GuardedBy(nameof(_m))] private int _n;
            public async Task Right() { using (await _m.LockAsync()) { _n++; await Task.Yield(); _n++; } }
            public async Task Right2() { using var h = await _m.LockAsync(); _n++; }
            public async Task Wrong() { using (_m.LockAsync()) _n++; } // MML1009
            public async Task Wrong2() { var h = await _m.LockAsync(); _n++; } // MML1006
        }
        """);

    [Fact]
    public Task AwaitedScopeAndItsMaker_Flags() => FlagsTypes("""
        [Lock(LockKind.Mutex, Owner = LockOwner.Anyone)] public sealed class AsyncMutex
        {
            private readonly SemaphoreSlim _sem = new(1, 1);
            [Acquires("this")] public async Task<Holder> LockAsync(CancellationToken token = default) { await _sem.WaitAsync(token); return new Holder(this); }
            [Acquires("this")] public async ValueTask<Holder> LockFast() { await _sem.WaitAsync(); return new Holder(this); }
            [Releases("this")] public void Unlock() => _sem.Release();
            [ScopedLock] public readonly struct Holder(AsyncMutex mutex) : IDisposable { public void Dispose() => mutex.Unlock(); }
        }
        public sealed class UseAsync
        {
            private readonly AsyncMutex _m = new();
            [GuardedBy(nameof(_m))] private int _n;
            public async Task Right() { using (await _m.LockAsync()) { _n++; await Task.Yield(); _n++; } }
            public async Task Right2() { using var h = await _m.LockFast().ConfigureAwait(false); _n++; }
            public async Task Right3() { var t = _m.LockAsync(); await Task.Yield(); using (await t) _n++; }
            public async Task Wrong() { var t = _m.LockAsync(); using (await t) { } _n++; } // MML1009
        }
        """);

    [Fact]
    public Task LockMadeOfAMonitor_Flags() => FlagsTypes("""
        [Lock(LockKind.Mutex)] public sealed class Mine
        {
            private readonly object _o = new();
            private readonly ReaderWriterLockSlim _rw = new();
            [Acquires("this")] public void Enter() => Monitor.Enter(_o);
            [Acquires("this", When = "result", Try = true)] public bool TryEnter() => Monitor.TryEnter(_o);
            [Releases("this")] public void Exit() => Monitor.Exit(_o);
            [Acquires("this", When = "result", Try = true)] public bool TryWrong() { Monitor.Enter(_o); return true; }
            [Acquires("this", When = "result", Try = true)] public bool TryLeaks(bool b)
            {
                Monitor.Enter(_o);
                return b; // MML1006
            }
        }
        """);
}
