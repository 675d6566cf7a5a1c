using System.Threading.Tasks;

namespace AnalyzerTests.Themes;

/// <summary>Ordinary concurrent classes, written as one writes them: right as they stand, so nothing is reported.</summary>
public sealed class WholePrograms : ThemeTests
{
    [Fact]
    public Task BoundedQueue_IsSilent() => SilentTypes("""
        public sealed class BoundedQueue<T>(int capacity)
        {
            private readonly object _sync = new();
            [GuardedBy(nameof(_sync))] private readonly Queue<T> _items = new(capacity);
            [GuardedBy(nameof(_sync))] private bool _closed;

            public void Add(T item)
            {
                lock (_sync)
                {
                    while (_items.Count == capacity && !_closed)
                        Monitor.Wait(_sync);
                    if (_closed)
                        throw new InvalidOperationException("closed");
                    _items.Enqueue(item);
                    Monitor.PulseAll(_sync);
                }
            }

            public bool TryTake([MaybeNullWhen(false)] out T item, TimeSpan patience)
            {
                lock (_sync)
                {
                    while (_items.Count == 0)
                    {
                        if (_closed || !Monitor.Wait(_sync, patience))
                        {
                            item = default;
                            return false;
                        }
                    }

                    item = _items.Dequeue();
                    Monitor.PulseAll(_sync);
                    return true;
                }
            }

            public void Close()
            {
                lock (_sync)
                {
                    _closed = true;
                    Monitor.PulseAll(_sync);
                }
            }
        }
        """);

    [Fact]
    public Task LeastRecentlyUsedCache_IsSilent() => SilentTypes("""
        public sealed class LruCache<TKey, TValue>(int capacity) where TKey : notnull
        {
            private readonly Lock _lock = new();
            [GuardedBy(nameof(_lock))] private readonly Dictionary<TKey, LinkedListNode<(TKey Key, TValue Value)>> _map = [];
            [GuardedBy(nameof(_lock))] private readonly LinkedList<(TKey Key, TValue Value)> _order = new();
            [GuardedBy(nameof(_lock))] private long _hits, _misses;

            public TValue GetOrAdd(TKey key, Func<TKey, TValue> make)
            {
                lock (_lock)
                {
                    if (_map.TryGetValue(key, out var found))
                    {
                        _hits++;
                        _order.Remove(found);
                        _order.AddFirst(found);
                        return found.Value.Value;
                    }

                    _misses++;
                }

                var made = make(key);
                using (_lock.EnterScope())
                {
                    if (_map.TryGetValue(key, out var raced))
                        return raced.Value.Value;
                    Insert(key, made);
                    return made;
                }
            }

            public (long Hits, long Misses) Statistics
            {
                get
                {
                    lock (_lock)
                        return (_hits, _misses);
                }
            }

            [MustHold(nameof(_lock))] private void Insert(TKey key, TValue value)
            {
                if (_map.Count == capacity && _order.Last is { } oldest)
                {
                    _order.RemoveLast();
                    _map.Remove(oldest.Value.Key);
                }

                _map[key] = _order.AddFirst((key, value));
            }
        }
        """);

    [Fact]
    public Task ReadMostlyTable_IsSilent() => SilentTypes("""
        public sealed class ReadMostlyTable : IDisposable
        {
            private readonly ReaderWriterLockSlim _rw = new();
            [GuardedBy(nameof(_rw))] private readonly Dictionary<int, string> _rows = [];
            [GuardedBy(nameof(_rw))] private int _version;

            public string? Find(int id, out int version)
            {
                _rw.EnterReadLock();
                try
                {
                    version = _version;
                    return _rows.GetValueOrDefault(id);
                }
                finally
                {
                    _rw.ExitReadLock();
                }
            }

            public bool TryAdd(int id, string row)
            {
                if (!_rw.TryEnterWriteLock(1000))
                    return false;
                try
                {
                    if (!_rows.TryAdd(id, row))
                        return false;
                    _version++;
                    return true;
                }
                finally
                {
                    _rw.ExitWriteLock();
                }
            }

            public string AddIfMissing(int id, string row)
            {
                _rw.EnterUpgradeableReadLock();
                try
                {
                    if (_rows.TryGetValue(id, out var known))
                        return known;
                    _rw.EnterWriteLock();
                    try
                    {
                        _rows[id] = row;
                        _version++;
                        return row;
                    }
                    finally
                    {
                        _rw.ExitWriteLock();
                    }
                }
                finally
                {
                    _rw.ExitUpgradeableReadLock();
                }
            }

            public void Dispose() => _rw.Dispose();
        }
        """);

    [Fact]
    public Task AsynchronousStore_IsSilent() => SilentTypes("""
        public sealed class AsynchronousStore
        {
            private readonly SemaphoreSlim _one = new(1, 1);
            [GuardedBy(nameof(_one))] private readonly List<string> _lines = [];
            [GuardedBy(nameof(_one))] private bool _dirty;

            public async Task AppendAsync(string line, CancellationToken cancellation)
            {
                await _one.WaitAsync(cancellation).ConfigureAwait(false);
                try
                {
                    _lines.Add(line);
                    _dirty = true;
                }
                finally
                {
                    _one.Release();
                }
            }

            public async Task<int> FlushAsync(Func<IReadOnlyList<string>, Task> write)
            {
                await _one.WaitAsync();
                try
                {
                    if (!_dirty)
                        return 0;
                    await write(_lines);
                    _dirty = false;
                    return _lines.Count;
                }
                finally
                {
                    _one.Release();
                }
            }
        }
        """);

    [Fact]
    public Task LazyValueByDoubleCheck_IsSilent() => SilentTypes("""
        public sealed class LazyValue<T>(Func<T> make) where T : class
        {
            private readonly object _sync = new();
            [GuardedBy(nameof(_sync)), ReadFreely] private T? _value;

            public T Value
            {
                get
                {
                    var seen = Volatile.Read(ref _value);
                    if (seen is not null)
                        return seen;
                    lock (_sync)
                    {
                        if (_value is null)
                            Volatile.Write(ref _value, make());
                        return _value!;
                    }
                }
            }
        }
        """);

    [Fact]
    public Task ObserverList_IsSilent() => SilentTypes("""
        public sealed class Subjects
        {
            private readonly Lock _lock = new();
            [GuardedBy(nameof(_lock))] private Action<int>[] _observers = [];

            public IDisposable Subscribe(Action<int> observer)
            {
                lock (_lock)
                    _observers = [.. _observers, observer];
                return new Subscription(this, observer);
            }

            public void Publish(int value)
            {
                Action<int>[] observers;
                lock (_lock)
                    observers = _observers;
                foreach (var observer in observers)
                    observer(value);
            }

            private void Remove(Action<int> observer)
            {
                lock (_lock)
                    _observers = Array.FindAll(_observers, each => each != observer);
            }

            private sealed class Subscription(Subjects owner, Action<int> observer) : IDisposable
            {
                private int _disposed;

                public void Dispose()
                {
                    if (Interlocked.Exchange(ref _disposed, 1) == 0)
                        owner.Remove(observer);
                }
            }
        }
        """);

    [Fact]
    public Task AccountsLockedInOrder_IsSilent() => SilentTypes("""
        [assembly: LockNesting("Account.Gate", Nesting.Ascending, "Number")]
        public sealed class Account(int number)
        {
            public int Number { get; } = number;
            public readonly Gate Gate = new();
            [GuardedBy(nameof(Gate))] public decimal Balance;
        }

        public static class Bank
        {
            public static bool Transfer(Account from, Account to, decimal amount)
            {
                if (from.Number == to.Number)
                    return true;
                if (from.Number < to.Number)
                {
                    from.Gate.Enter();
                    to.Gate.Enter();
                }
                else
                {
                    to.Gate.Enter();
                    from.Gate.Enter();
                }

                bool covered = from.Balance >= amount;
                if (covered)
                {
                    from.Balance -= amount;
                    to.Balance += amount;
                }

                from.Gate.Exit();
                to.Gate.Exit();
                return covered;
            }
        }
        """);

    [Fact]
    public Task ConnectionPool_IsSilent() => SilentTypes("""
        public sealed class Connection { public bool IsOpen { get; set; } }

        public sealed class ConnectionPool
        {
            private readonly object _sync = new();
            [GuardedBy(nameof(_sync))] private readonly Stack<Connection> _idle = new();
            [GuardedBy(nameof(_sync))] private int _open;

            public Connection Rent()
            {
                Connection? connection = null;
                bool create = false;
                lock (_sync)
                {
                    if (_idle.Count > 0)
                        connection = _idle.Pop();
                    else if (_open < 10)
                    {
                        _open++;
                        create = true;
                    }
                    else
                        throw new InvalidOperationException("exhausted");
                }

                if (!create)
                    return connection!;
                try
                {
                    return new Connection { IsOpen = true };
                }
                catch
                {
                    lock (_sync)
                        _open--;
                    throw;
                }
            }

            public void Return(Connection connection)
            {
                bool keep;
                lock (_sync)
                {
                    keep = connection.IsOpen && _idle.Count < 5;
                    if (keep)
                        _idle.Push(connection);
                    else
                        _open--;
                }

                if (!keep)
                    connection.IsOpen = false;
            }
        }
        """);

    [Fact]
    public Task SpinLockedCounterStripes_IsSilent() => SilentTypes("""
        public sealed class Stripe
        {
            private SpinLock _spin = new(enableThreadOwnerTracking: false);
            [GuardedBy(nameof(_spin))] private long _sum;

            public void Add(long value)
            {
                bool taken = false;
                try
                {
                    _spin.Enter(ref taken);
                    _sum += value;
                }
                finally
                {
                    if (taken)
                        _spin.Exit(useMemoryBarrier: false);
                }
            }

            public bool TryRead(out long sum)
            {
                bool taken = false;
                _spin.TryEnter(ref taken);
                sum = taken ? _sum : 0;
                if (taken)
                    _spin.Exit();
                return taken;
            }
        }
        """);

    [Fact]
    public Task StateMachineWithTryLocks_IsSilent() => SilentTypes("""
        public enum Step { Idle, Busy, Done }

        public sealed class Machine
        {
            public readonly Gate Gate = new();
            public readonly RwGate Table = new();
            [GuardedBy(nameof(Gate))] private Step _step;
            [GuardedBy(nameof(Table))] private int _rows;

            public bool TryAdvance(bool wait)
            {
                if (wait)
                    Gate.Enter();
                else if (!Gate.TryEnter())
                    return false;
                bool advanced = _step switch
                {
                    Step.Idle => Start(),
                    Step.Busy when Table.TryEnterWrite() => Finish(),
                    _ => false,
                };
                Gate.Exit();
                return advanced;
            }

            [MustHold("Gate")] private bool Start()
            {
                _step = Step.Busy;
                return true;
            }

            [MustHold("Gate"), Releases("exclusive(Table)")] private bool Finish()
            {
                _rows++;
                _step = Step.Done;
                Table.ExitWrite();
                return true;
            }
        }
        """);

    [Fact]
    public Task TraversalThatDropsTheLockForCallbacks_IsSilent() => SilentTypes("""
        public sealed class Registry
        {
            private readonly Gate _gate = new();
            [GuardedBy(nameof(_gate))] private readonly List<Action> _callbacks = [];
            [GuardedBy(nameof(_gate))] private int _running;

            public int RunAll()
            {
                int ran = 0;
                _gate.Enter();
                for (int i = 0; i < _callbacks.Count; i++)
                {
                    var callback = _callbacks[i];
                    _running++;
                    _gate.Exit();
                    try
                    {
                        callback();
                        ran++;
                    }
                    catch (OperationCanceledException)
                    {
                        ran = -1;
                    }

                    _gate.Enter();
                    _running--;
                    if (ran < 0)
                        break;
                }

                _gate.Exit();
                return ran;
            }
        }
        """);
}
