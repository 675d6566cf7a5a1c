using System.Threading.Tasks;
using AnalyzerTests.Themes;

namespace AnalyzerTests.Programs;

/// <summary>The locks of the base library, with nothing else written.</summary>
public sealed class Framework : ThemeTests
{
    [Fact]
    public Task LockType_Flags() => FlagsTypes("""
        public sealed class L
        {
            private readonly Lock _lock = new();
            [GuardedBy(nameof(_lock))] private int _n;
            public void A() { using (_lock.EnterScope()) _n++; }
            public void B() { using var s = _lock.EnterScope(); _n++; }
            public void C() { if (_lock.TryEnter()) { try { _n++; } finally { _lock.Exit(); } } }
            public void D() { _lock.Enter(); try { _n++; } finally { _lock.Exit(); } }
            public void E() { if (!_lock.TryEnter(TimeSpan.FromSeconds(1))) throw new TimeoutException(); _n++; _lock.Exit(); }
            public void W1() { _lock.TryEnter(); _n++; _lock.Exit(); } // MML1013
            public void W2() { var s = _lock.EnterScope(); s.Dispose(); _n++; } // MML1009
        }
        """);

    [Fact]
    public Task ReaderWriterLockSlimForms_Flags() => FlagsTypes("""
        public sealed class R
        {
            private readonly ReaderWriterLockSlim _rw = new(LockRecursionPolicy.NoRecursion);
            [GuardedBy(nameof(_rw), Deep = true)] private readonly Dictionary<string, int> _map = [];
            public int GetOrAdd(string key)
            {
                _rw.EnterUpgradeableReadLock();
                try
                {
                    if (_map.TryGetValue(key, out int v)) return v;
                    _rw.EnterWriteLock();
                    try { return _map[key] = key.Length; }
                    finally { _rw.ExitWriteLock(); }
                }
                finally { _rw.ExitUpgradeableReadLock(); }
            }
            public int Wrong(string key)
            {
                _rw.EnterReadLock();
                try { return _map[key] = key.Length; } // MML1002
                finally { _rw.ExitReadLock(); }
            }
            public bool TryRead(string key, out int v)
            {
                v = 0;
                if (!_rw.TryEnterReadLock(TimeSpan.FromMilliseconds(5))) return false;
                try { return _map.TryGetValue(key, out v); }
                finally { _rw.ExitReadLock(); }
            }
            public int Upgrade(string key)
            {
                _rw.EnterReadLock();
                _rw.EnterWriteLock(); // MML1004
                int v = _map[key];
                _rw.ExitWriteLock();
                _rw.ExitReadLock();
                return v;
            }
        }
        """);

    [Fact]
    public Task SpinLockForms_Flags() => FlagsTypes("""
        public sealed class S
        {
            private SpinLock _spin = new(false);
            [GuardedBy(nameof(_spin))] private int _n;
            public void A() { bool t = false; try { _spin.Enter(ref t); _n++; } finally { if (t) _spin.Exit(); } }
            public void B() { bool t = false; _spin.TryEnter(ref t); if (t) { _n++; _spin.Exit(); } }
            public void W() { bool t = false; _spin.TryEnter(ref t); _n++; if (t) _spin.Exit(); } // MML1009
        }
        """);

    [Fact]
    public Task OldLocks_Flags() => FlagsTypes("""
        public sealed class O
        {
            private readonly ReaderWriterLock _rw = new();
            private readonly Mutex _m = new();
            [GuardedBy(nameof(_rw))] private int _n;
            [GuardedBy(nameof(_m))] private int _k;
            public int A() { _rw.AcquireReaderLock(-1); try { return _n; } finally { _rw.ReleaseReaderLock(); } }
            public void B() { _rw.AcquireWriterLock(-1); _n++; _rw.ReleaseWriterLock(); }
            public void C() { if (_m.WaitOne(100)) { _k++; _m.ReleaseMutex(); } }
            public void W() { _rw.AcquireReaderLock(-1); _n++; _rw.ReleaseReaderLock(); } // MML1002
            public void W2() { _m.WaitOne(100); _k++; _m.ReleaseMutex(); } // MML1013
        }
        """);

    [Fact]
    public Task WaitAndPulse_Flags() => FlagsTypes("""
        public sealed class Q<T>
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private readonly Queue<T> _items = new();
            [GuardedBy(nameof(_gate))] private bool _closed;
            public bool TryTake([MaybeNullWhen(false)] out T item, int timeout)
            {
                lock (_gate)
                {
                    while (_items.Count == 0)
                    {
                        if (_closed || !Monitor.Wait(_gate, timeout)) { item = default; return false; }
                    }
                    item = _items.Dequeue();
                    return true;
                }
            }
            public void Wrong() { Monitor.Wait(_gate); } // MML1001
            public void Wrong2() { Monitor.PulseAll(_gate); } // MML1001
            public void Put(T item) { lock (_gate) { _items.Enqueue(item); Monitor.Pulse(_gate); } }
        }
        """);

    [Fact]
    public Task CountingSemaphore_IsSilent() => SilentTypes("""
        public sealed class Throttle
        {
            private readonly SemaphoreSlim _slots = new(4, 4);
            public async Task Run(Func<Task> work)
            {
                await _slots.WaitAsync();
                try { await work(); }
                finally { _slots.Release(); }
            }
            public void Start() => _slots.Wait();
            public void Done() => _slots.Release();
        }
        """);

    [Fact]
    public Task LockOnThis_Flags() => FlagsTypes("""
        public sealed class Th
        {
            [GuardedBy("this")] private int _n;
            public void A() { lock (this) _n++; }
            public void W() { _n++; } // MML1009
            [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.Synchronized)] public void S() => _n++;
        }
        """);

    [Fact]
    public Task SynchronizedMethods_Flags() => FlagsTypes("""
        public sealed class Th
        {
            [GuardedBy("this")] private int _n;
            public void A() { lock (this) _n++; }
            public void W() { _n++; } // MML1009
            [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.Synchronized)] public void S() => _n++;
            [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveInlining)] public void T() => _n++; // MML1009
        }
        """);

    [Fact]
    public Task DeepGuardAndModes_Flags() => FlagsTypes("""
        public sealed class R
        {
            private readonly ReaderWriterLockSlim _rw = new();
            [GuardedBy(nameof(_rw), Deep = true)] private readonly Dictionary<string, int> _map = [];
            [GuardedBy(nameof(_rw), Deep = true)] private readonly int[] _deep = [1];
            public void A(string key) { _rw.EnterReadLock(); _map[key] = 1; _rw.ExitReadLock(); } // MML1002
            public void C() { _rw.EnterReadLock(); _deep[0] = 1; _rw.ExitReadLock(); } // MML1002
            public int D() { _rw.EnterReadLock(); var m = _map; _rw.ExitReadLock(); return m.Count; } // MML1008
            public int E() { _rw.EnterReadLock(); var m = _deep; _rw.ExitReadLock(); return m[0]; } // MML1008
            public void F(string key) { _rw.EnterWriteLock(); _map[key] = 1; _deep[0]++; _rw.ExitWriteLock(); }
            public void G() { _rw.EnterReadLock(); _deep[0]++; _rw.ExitReadLock(); } // MML1002
        }
        """);
}
