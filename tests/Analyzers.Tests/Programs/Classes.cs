using System.Threading.Tasks;
using AnalyzerTests.Themes;

namespace AnalyzerTests.Programs;

/// <summary>Classes as one meets them, each with a mistake or two.</summary>
public sealed class Classes : ThemeTests
{
    [Fact]
    public Task WorkStealing_Flags() => FlagsTypes("""
        public sealed class Deque
        {
            public readonly Gate Gate = new();
            [GuardedBy(nameof(Gate))] private readonly LinkedList<int> _items = new();
            [MustHold("Gate")] internal bool TryTake(out int item)
            {
                item = 0;
                if (_items.First is not { } first) return false;
                item = first.Value;
                _items.RemoveFirst();
                return true;
            }
            public bool Steal(Deque[] others, out int item)
            {
                foreach (Deque other in others)
                {
                    if (other == this || !other.Gate.TryEnter()) continue;
                    try
                    {
                        if (other.TryTake(out item)) return true;
                    }
                    finally { other.Gate.Exit(); }
                }
                item = 0;
                return false;
            }
            public bool StealWrong(Deque[] others, out int item)
            {
                foreach (Deque other in others)
                {
                    if (!other.Gate.TryEnter()) continue;
                    if (other.TryTake(out item)) return true; // MML1006
                    other.Gate.Exit();
                }
                item = 0;
                return false;
            }
        }
        """);

    [Fact]
    public Task RecentlyUsedCache_Flags() => FlagsTypes("""
        public sealed class Lru<TKey, TValue>(int capacity) where TKey : notnull
        {
            private readonly Lock _lock = new();
            [GuardedBy(nameof(_lock))] private readonly Dictionary<TKey, LinkedListNode<(TKey Key, TValue Value)>> _map = new();
            [GuardedBy(nameof(_lock))] private readonly LinkedList<(TKey Key, TValue Value)> _order = new();
            [GuardedBy(nameof(_lock))] private long _hits;
            public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
            {
                lock (_lock)
                {
                    if (_map.TryGetValue(key, out var node))
                    {
                        _order.Remove(node);
                        _order.AddFirst(node);
                        _hits++;
                        value = node.Value.Value;
                        return true;
                    }
                }
                value = default;
                return false;
            }
            public void Add(TKey key, TValue value)
            {
                lock (_lock)
                {
                    if (_map.Count >= capacity) Evict();
                    _map[key] = _order.AddFirst((key, value));
                }
            }
            private void Evict()
            {
                if (_order.Last is not { } last) return;
                _map.Remove(last.Value.Key);
                _order.RemoveLast();
            }
            public double HitRate => _hits / (double)_map.Count; // MML1008
        }
        """);

    [Fact]
    public Task ConnectionPool_Flags() => FlagsTypes("""
        public sealed class Pool<T> : IDisposable where T : class, IDisposable, new()
        {
            private readonly SemaphoreSlim _slots = new(8, 8);
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private readonly Stack<T> _idle = new();
            [GuardedBy(nameof(_gate))] private bool _disposed;
            public async Task<T> RentAsync(CancellationToken token)
            {
                await _slots.WaitAsync(token).ConfigureAwait(false);
                lock (_gate)
                {
                    if (_disposed)
                    {
                        _slots.Release();
                        throw new ObjectDisposedException(nameof(Pool<T>));
                    }
                    if (_idle.TryPop(out var item)) return item;
                }
                return new T();
            }
            public void Return(T item)
            {
                lock (_gate)
                {
                    if (_disposed) item.Dispose();
                    else _idle.Push(item);
                }
                _slots.Release();
            }
            public void Dispose()
            {
                T[] all;
                lock (_gate)
                {
                    if (_disposed) return;
                    _disposed = true;
                    all = _idle.ToArray();
                    _idle.Clear();
                }
                foreach (var item in all) item.Dispose();
            }
            public int Idle => _idle.Count; // MML1008
        }
        """);

    [Fact]
    public Task EventAggregator_Flags() => FlagsTypes("""
        public sealed class Agg
        {
            private readonly Lock _lock = new();
            [GuardedBy(nameof(_lock))] private readonly List<WeakReference<Action>> _subs = [];
            public void Subscribe(Action a) { lock (_lock) _subs.Add(new WeakReference<Action>(a)); }
            public void Publish()
            {
                List<Action> live = [];
                lock (_lock)
                {
                    _subs.RemoveAll(w => { if (w.TryGetTarget(out var a)) { live.Add(a); return false; } return true; });
                }
                foreach (var a in live) a();
            }
            public int CountLater() { IEnumerable<int> q; lock (_lock) q = System.Linq.Enumerable.Select(_subs, s => _subs.Count); return System.Linq.Enumerable.Sum(q); } // MML1008
        }
        """);

    [Fact]
    public Task StateMachine_Flags() => FlagsTypes("""
        public enum Phase { Idle, Running, Stopping, Stopped }
        public sealed class Worker
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private Phase _phase;
            [GuardedBy(nameof(_gate))] private Thread? _thread;
            public void Start()
            {
                lock (_gate)
                {
                    if (_phase is Phase.Running or Phase.Stopping) throw new InvalidOperationException();
                    _phase = Phase.Running;
                    _thread = new Thread(Loop);
                    _thread.Start();
                }
            }
            private void Loop()
            {
                while (true)
                {
                    lock (_gate)
                    {
                        while (_phase == Phase.Idle) Monitor.Wait(_gate);
                        if (_phase == Phase.Stopping)
                        {
                            _phase = Phase.Stopped;
                            Monitor.PulseAll(_gate);
                            return;
                        }
                    }
                    Thread.Sleep(1);
                    if (_phase == Phase.Stopped) return; // MML1008
                }
            }
            public void Stop()
            {
                Thread? thread;
                lock (_gate)
                {
                    if (_phase != Phase.Running) return;
                    _phase = Phase.Stopping;
                    Monitor.PulseAll(_gate);
                    thread = _thread;
                }
                thread?.Join();
            }
        }
        """);

    [Fact]
    public Task CacheReadThenWritten_Flags() => FlagsTypes("""
        public sealed class Memo
        {
            private readonly ReaderWriterLockSlim _rw = new();
            [GuardedBy(nameof(_rw))] private readonly Dictionary<int, string> _map = [];
            public string Get(int key, Func<int, string> make)
            {
                _rw.EnterReadLock();
                try
                {
                    if (_map.TryGetValue(key, out var known)) return known;
                }
                finally { _rw.ExitReadLock(); }
                string made = make(key);
                _rw.EnterWriteLock();
                try
                {
                    if (!_map.TryAdd(key, made)) made = _map[key];
                    return made;
                }
                finally { _rw.ExitWriteLock(); }
            }
            public string GetWrong(int key)
            {
                _rw.EnterReadLock();
                try
                {
                    if (_map.TryGetValue(key, out var known)) return known;
                }
                finally { _rw.ExitReadLock(); }
                return _map[key]; // MML1008
            }
        }
        """);

    [Fact]
    public Task TwoLockQueue_Flags() => FlagsTypes("""
        public sealed class TwoLockQueue<T>
        {
            private sealed class Cell
            {
                public T Item = default!;
                [Atomic] public Cell? Next;
            }
            private readonly object _headLock = new();
            private readonly object _tailLock = new();
            [GuardedBy(nameof(_headLock))] private Cell _head;
            [GuardedBy(nameof(_tailLock))] private Cell _tail;
            public TwoLockQueue() => _head = _tail = new Cell();
            public void Enqueue(T item)
            {
                var cell = new Cell { Item = item };
                lock (_tailLock)
                {
                    Volatile.Write(ref _tail.Next, cell);
                    _tail = cell;
                }
            }
            public bool TryDequeue([MaybeNullWhen(false)] out T item)
            {
                lock (_headLock)
                {
                    Cell? next = Volatile.Read(ref _head.Next);
                    if (next is null)
                    {
                        item = default;
                        return false;
                    }
                    item = next.Item;
                    _head = next;
                    return true;
                }
            }
            public bool IsEmptyWrong()
            {
                lock (_tailLock) return _head == _tail; // MML1008
            }
        }
        """);

    [Fact]
    public Task UnstatedAsyncLock_IsSilent() => SilentTypes("""
        public sealed class AsyncLock
        {
            private readonly SemaphoreSlim _sem = new(1, 1);
            public async Task<Releaser> LockAsync() { await _sem.WaitAsync(); return new Releaser(_sem); }
            public readonly struct Releaser(SemaphoreSlim sem) : IDisposable { public void Dispose() => sem.Release(); }
        }
        """);

    [Fact]
    public Task SpinUntilCancelled_Flags() => FlagsTypes("""
        public sealed class Tw
        {
            private readonly Gate _gate = new();
            [GuardedBy(nameof(_gate))] private int _n;
            public bool Right(CancellationToken token)
            {
                var spinner = new SpinWait();
                while (!_gate.TryEnter())
                {
                    if (token.IsCancellationRequested) return false;
                    spinner.SpinOnce();
                }
                try { _n++; return true; }
                finally { _gate.Exit(); }
            }
            public bool Wrong(CancellationToken token)
            {
                while (!_gate.TryEnter())
                {
                    if (token.IsCancellationRequested) break;
                }
                try { _n++; return true; } // MML1009
                finally { _gate.Exit(); }
            }
        }
        """);
}
