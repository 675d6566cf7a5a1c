using System.Threading.Tasks;
using AnalyzerTests.Themes;

namespace AnalyzerTests.Programs;

/// <summary>Shapes of servers, pools, schedulers and stores, as frameworks have them.</summary>
public sealed class Services : ThemeTests
{
    [Fact]
    public Task DisposedOnce_IsSilent() => SilentTypes("""
        public sealed class Service : IDisposable
        {
            private readonly object _sync = new();
            [GuardedBy(nameof(_sync))] private Timer? _timer;
            [GuardedBy(nameof(_sync))] private bool _disposed;
            public void Start()
            {
                lock (_sync)
                {
                    ObjectDisposedException.ThrowIf(_disposed, this);
                    _timer ??= new Timer(static state => ((Service)state!).Tick(), this, 0, 1000);
                }
            }
            private void Tick()
            {
                lock (_sync) { if (_disposed) return; }
                Console.WriteLine();
            }
            public void Dispose()
            {
                Timer? timer;
                lock (_sync)
                {
                    if (_disposed) return;
                    _disposed = true;
                    timer = _timer;
                    _timer = null;
                }
                timer?.Dispose();
            }
        }
        """);

    [Fact]
    public Task TimerThatReadsWithoutTheLock_Flags() => FlagsTypes("""
        public sealed class Service
        {
            private readonly object _sync = new();
            [GuardedBy(nameof(_sync))] private int _ticks;
            private Timer? _timer;
            public void Start()
            {
                lock (_sync)
                {
                    _ticks = 0;
                    _timer = new Timer(_ => _ticks++); // MML1009
                }
            }
        }
        """);

    [Fact]
    public Task QueueWithWaiters_IsSilent() => SilentTypes("""
        public sealed class AsyncQueue<T>
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private readonly Queue<T> _items = new();
            [GuardedBy(nameof(_gate))] private readonly Queue<TaskCompletionSource<T>> _waiters = new();
            public void Add(T item)
            {
                TaskCompletionSource<T>? waiter;
                lock (_gate)
                {
                    if (!_waiters.TryDequeue(out waiter)) { _items.Enqueue(item); return; }
                }
                waiter.SetResult(item);
            }
            public async Task<T> Take()
            {
                TaskCompletionSource<T> waiter;
                lock (_gate)
                {
                    if (_items.TryDequeue(out T? item)) return item;
                    waiter = new(TaskCreationOptions.RunContinuationsAsynchronously);
                    _waiters.Enqueue(waiter);
                }
                return await waiter.Task;
            }
        }
        """);

    [Fact]
    public Task QueueWithWaitersCheckedTooEarly_Flags() => FlagsTypes("""
        public sealed class AsyncQueue
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private readonly Queue<int> _items = new();
            [GuardedBy(nameof(_gate))] private readonly Queue<TaskCompletionSource<int>> _waiters = new();
            public void Add(int item)
            {
                bool waits;
                lock (_gate) waits = _waiters.Count > 0;
                if (waits)
                {
                    TaskCompletionSource<int> waiter;
                    lock (_gate) waiter = _waiters.Dequeue(); // MML1026
                    waiter.SetResult(item);
                    return;
                }
                lock (_gate) _items.Enqueue(item);
            }
        }
        """);

    [Fact]
    public Task ReferenceCountedConnection_Flags() => FlagsTypes("""
        public sealed class Connection
        {
            private readonly SemaphoreSlim _mutex = new(1);
            [GuardedBy(nameof(_mutex))] private int _opened;
            public async Task Open(CancellationToken token)
            {
                await _mutex.WaitAsync(token).ConfigureAwait(false);
                try { if (_opened++ == 0) await Connect(token).ConfigureAwait(false); }
                finally { _mutex.Release(); }
            }
            public async Task<bool> TryClose(TimeSpan limit)
            {
                bool taken = false;
                try
                {
                    taken = await _mutex.WaitAsync(limit);
                    if (!taken) return false;
                    _opened--;
                    return true;
                }
                finally { if (taken) _mutex.Release(); }
            }
            public async Task CloseCarelessly(TimeSpan limit)
            {
                if (await _mutex.WaitAsync(limit)) Console.WriteLine();
                _opened--; // MML1009
                _mutex.Release();
            }
            public int Opened => _opened; // MML1008
            private static extern Task Connect(CancellationToken token);
        }
        """);

    [Fact]
    public Task EnumeratorThatHoldsTheLock_Flags() => FlagsTypes("""
        public sealed class Table
        {
            public readonly Gate Gate = new();
            [GuardedBy(nameof(Gate))] public int Rows;
            [Acquires("Gate")] public Walk GetEnumerator() => new(Gate);
            [ScopedLock] public ref struct Walk
            {
                [Acquires("gate")] public extern Walk(Gate gate);
                public int Current => 0;
                public extern bool MoveNext();
                public extern void Dispose();
            }
        }
        public static class Tables
        {
            public static void Walk(Table table)
            {
                foreach (int row in table) table.Rows += row;
                table.Rows++; // MML1009
            }
            public static int First(Table table)
            {
                foreach (int row in table)
                {
                    if (row > 0) return table.Rows;
                }
                return -1;
            }
            public static void Use(Table table)
            {
                using (var walk = new Table.Walk(table.Gate))
                {
                    while (walk.MoveNext()) table.Rows++;
                }
                table.Rows++; // MML1009
            }
        }
        """);

    [Fact]
    public Task AssertedOwnership_Flags() => FlagsTypes("""
        public sealed class Cache
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private int _n;
            internal void Throws() { if (!Monitor.IsEntered(_gate)) throw new SynchronizationLockException(); _n++; }
            internal void Asserts() { System.Diagnostics.Debug.Assert(Monitor.IsEntered(_gate)); _n++; }
            internal void Logs() { if (!Monitor.IsEntered(_gate)) Console.WriteLine(); _n++; } // MML1009
            internal bool Asks() => Monitor.IsEntered(_gate) && _n > 0;
            internal bool AsksWrongly() => Monitor.IsEntered(_gate) || _n > 0; // MML1008
        }
        """);

    [Fact]
    public Task EventUnderALock_Flags() => FlagsTypes("""
        public sealed class Source
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private EventHandler? _changed;
            public event EventHandler Changed
            {
                add { lock (_gate) _changed += value; }
                remove { lock (_gate) _changed -= value; }
            }
            public void Raise()
            {
                EventHandler? handlers;
                lock (_gate) handlers = _changed;
                handlers?.Invoke(this, EventArgs.Empty);
            }
            public void RaiseCarelessly() => _changed?.Invoke(this, EventArgs.Empty); // MML1008
        }
        """);

    [Fact]
    public Task RetryUntilReady_Flags() => FlagsTypes("""
        public sealed class Reader
        {
            private readonly Gate _gate = new();
            [GuardedBy(nameof(_gate))] private bool _ready;
            [GuardedBy(nameof(_gate))] private int _n;
            public int Right()
            {
                for (;;)
                {
                    _gate.Enter();
                    if (_ready) break;
                    _gate.Exit();
                    Thread.Sleep(1);
                }
                try { return _n; }
                finally { _gate.Exit(); }
            }
            public int Backoff()
            {
                int wait = 1;
                while (!_gate.TryEnter()) { Thread.Sleep(wait); wait = Math.Min(wait * 2, 64); }
                int n = _n;
                _gate.Exit();
                return n;
            }
            public int Gives(int tries)
            {
                while (!_gate.TryEnter()) { if (--tries == 0) return -1; }
                int n = _n;
                _gate.Exit();
                return n;
            }
            public int Wrong(int tries)
            {
                while (!_gate.TryEnter()) { if (--tries == 0) break; }
                int n = _n; // MML1008
                _gate.Exit();
                return n;
            }
        }
        """);

    [Fact]
    public Task SortedPair_Flags() => FlagsTypes("""
        [assembly: LockNesting("Account.Gate", Nesting.Ascending, "Id")]
        public sealed class Account
        {
            public required int Id { get; init; }
            public readonly Gate Gate = new();
            [GuardedBy(nameof(Gate))] public decimal Balance;
        }
        public static class Bank
        {
            public static void Move(Account from, Account to, decimal amount)
            {
                if (from.Id == to.Id) return;
                (Account first, Account second) = from.Id < to.Id ? (from, to) : (to, from);
                first.Gate.Enter();
                second.Gate.Enter();
                from.Balance -= amount;
                to.Balance += amount;
                second.Gate.Exit();
                first.Gate.Exit();
            }
            public static void MoveUnsorted(Account from, Account to, decimal amount)
            {
                if (from.Id == to.Id) return;
                from.Gate.Enter();
                to.Gate.Enter(); // MML1011
                from.Balance -= amount;
                to.Balance += amount;
                to.Gate.Exit();
                from.Gate.Exit();
            }
        }
        """);

    [Fact]
    public Task TokenOfALock_Flags() => FlagsTypes("""
        public sealed class Ticketed
        {
            [Lock(LockKind.Mutex)] public LockName Seat => default;
            [GuardedBy("Seat")] private int _n;
            [Acquires("Seat", When = "result >= 0", Try = true)] public extern int Take();
            [Releases("Seat")] public extern void GiveBack(int ticket);
            public void Right()
            {
                int ticket = Take();
                if (ticket < 0) return;
                _n++;
                GiveBack(ticket);
            }
            public void AlsoRight()
            {
                if (Take() is >= 0 and var ticket) { _n++; GiveBack(ticket); }
            }
            public void Wrong()
            {
                int ticket = Take();
                if (ticket == -1) return;
                _n++; // MML1009
                GiveBack(ticket);
            }
        }
        """);

    [Fact]
    public Task ResultThatConvertsToBool_Flags() => FlagsTypes("""
        public readonly struct Taken
        {
            public bool Ok { get; init; }
        }
        public sealed class Door
        {
            [Lock(LockKind.Mutex)] public LockName Inside => default;
            [GuardedBy("Inside")] private int _n;
            [Acquires("Inside", When = "result.Ok", Try = true)] public extern Taken TryGoIn();
            [Releases("Inside")] public extern void GoOut();
            public void Right() { if (TryGoIn() is { Ok: true }) { _n++; GoOut(); } }
            public void AlsoRight() { Taken taken = TryGoIn(); if (!taken.Ok) return; _n++; GoOut(); }
            public void Wrong() { Taken taken = TryGoIn(); _n++; if (taken.Ok) GoOut(); } // MML1009
        }
        """);

    [Fact]
    public Task LockByInterface_Flags() => FlagsTypes("""
        public interface ILatch { [Acquires("this")] void Close(); [Releases("this")] void Open(); }
        [Lock(LockKind.Mutex)] public sealed class Latch : ILatch { public extern void Close(); public extern void Open(); }
        public sealed class Vault<TLatch> where TLatch : class, ILatch
        {
            private readonly TLatch _latch;
            [GuardedBy(nameof(_latch))] private int _gold;
            public Vault(TLatch latch) => _latch = latch;
            public void Put() { _latch.Close(); try { _gold++; } finally { _latch.Open(); } }
            public void Steal() => _gold--; // MML1009
            public void Forget() { _latch.Close(); _gold++; } // MML1006
        }
        """);

    [Fact]
    public Task ExceptionFilterRunsUnderTheLock_Flags() => FlagsTypes("""
        public sealed class Filtered
        {
            private readonly Gate _gate = new();
            [GuardedBy(nameof(_gate))] private int _n;
            public void Run()
            {
                _gate.Enter();
                try { Subject.Work(); }
                catch (InvalidOperationException) when (_n > 0) { _n = 0; }
                finally { _gate.Exit(); }
            }
            public void After()
            {
                try
                {
                    _gate.Enter();
                    Subject.Work();
                    _gate.Exit();
                }
                catch (InvalidOperationException)
                {
                    _n = 0;
                }
            } // MML1006
        }
        """);

    [Fact]
    public Task SnapshotsOfImmutableLists_Flags() => FlagsTypes("""
        using System.Collections.Immutable;
        public sealed class Handlers
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate)), ReadFreely] private ImmutableList<Action>? _all;
            public void Add(Action handler) { lock (_gate) _all = (_all ?? []).Add(handler); }
            public void Run() { foreach (Action handler in Volatile.Read(ref _all) ?? []) handler(); }
            public void RunPlainly() { foreach (Action handler in _all ?? []) handler(); } // MML1008
            public void Remove(Action handler) => _all = _all?.Remove(handler); // MML1008
        }
        """);

    [Fact]
    public Task LeaseOfAPool_Flags() => FlagsTypes("""
        public sealed class Pool
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private readonly Stack<byte[]> _free = new();
            [GuardedBy(nameof(_gate))] private int _rented;
            public byte[] Rent()
            {
                lock (_gate)
                {
                    _rented++;
                    if (_free.Count > 0) return _free.Pop();
                }
                return new byte[4096];
            }
            public byte[] RentTwice()
            {
                lock (_gate)
                {
                    if (_free.Count == 0) return new byte[4096];
                }
                lock (_gate)
                {
                    _rented++;
                    return _free.Pop(); // MML1026
                }
            }
            public void Return(byte[] buffer)
            {
                lock (_gate)
                {
                    _rented--;
                    if (_free.Count < 16) _free.Push(buffer);
                }
            }
            public (int Rented, int Free) Statistics() { lock (_gate) return (_rented, _free.Count); }
            public int Free => _free.Count; // MML1008
        }
        """);

    [Fact]
    public Task CancellationCallback_Flags() => FlagsTypes("""
        public sealed class Job
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private bool _cancelled;
            public void Attach(CancellationToken token)
            {
                lock (_gate) token.Register(() => _cancelled = true); // MML1009
            }
            public void AttachRight(CancellationToken token) => token.Register(() => { lock (_gate) _cancelled = true; });
            public void Continue(Task task)
            {
                lock (_gate) task.ContinueWith(_ => _cancelled = false, TaskScheduler.Default); // MML1009
            }
            public void All(List<int> items)
            {
                lock (_gate) Parallel.ForEach(items, _ => _cancelled = true); // MML1009
            }
        }
        """);

    [Fact]
    public Task KeyedLocks_IsSilent() => SilentTypes("""
        public sealed class Entry
        {
            public readonly object Gate = new();
            [GuardedBy(nameof(Gate))] public int Uses;
            [GuardedBy(nameof(Gate))] public bool IsGone;
        }
        public sealed class Keyed
        {
            private readonly System.Collections.Concurrent.ConcurrentDictionary<string, Entry> _entries = new();
            public void Use(string key)
            {
                while (true)
                {
                    Entry entry = _entries.GetOrAdd(key, static _ => new Entry());
                    lock (entry.Gate)
                    {
                        if (entry.IsGone) continue;
                        entry.Uses++;
                        return;
                    }
                }
            }
            public void Remove(string key)
            {
                if (!_entries.TryGetValue(key, out Entry? entry)) return;
                lock (entry.Gate)
                {
                    if (entry.Uses > 0) return;
                    entry.IsGone = true;
                    _entries.TryRemove(new(key, entry));
                }
            }
        }
        """);

    [Fact]
    public Task KeyedLocksByIndexer_Flags() => FlagsTypes("""
        public sealed class Entry
        {
            public readonly object Gate = new();
            [GuardedBy(nameof(Gate))] public int Uses;
        }
        public sealed class Keyed
        {
            private readonly System.Collections.Concurrent.ConcurrentDictionary<string, Entry> _entries = new();
            public void Use(string key, string other)
            {
                lock (_entries[key].Gate)
                {
                    _entries[key].Uses++; // the same key is the same path
                    _entries[other].Uses++; // MML1009
                }
            }
        }
        """);

    [Fact]
    public Task TwoPhaseStop_Flags() => FlagsTypes("""
        public enum Phase { New, Running, Stopping, Stopped }
        public sealed class Host
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private Phase _phase;
            [GuardedBy(nameof(_gate))] private Task? _loop;
            public void Start()
            {
                lock (_gate)
                {
                    if (_phase != Phase.New) throw new InvalidOperationException();
                    _phase = Phase.Running;
                    _loop = Task.Run(Loop);
                }
            }
            public async Task Stop()
            {
                Task? loop;
                lock (_gate)
                {
                    if (_phase is not Phase.Running) return;
                    _phase = Phase.Stopping;
                    loop = _loop;
                }
                if (loop is not null) await loop;
                lock (_gate) _phase = Phase.Stopped;
            }
            public async Task StopTwice()
            {
                Task? loop;
                lock (_gate)
                {
                    if (_phase is not Phase.Running) return;
                    loop = _loop;
                }
                if (loop is not null) await loop;
                lock (_gate) _phase = Phase.Stopped; // MML1026
            }
            private async Task Loop()
            {
                while (true)
                {
                    lock (_gate) { if (_phase == Phase.Stopping) return; }
                    await Task.Delay(10);
                }
            }
            public bool IsRunning => _phase == Phase.Running; // MML1008
        }
        """);

    [Fact]
    public Task AccessThatIsNone_IsSilent() => SilentTypes("""
        public sealed class Names
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private int _n;
            [GuardedBy(nameof(_gate))] public int Size { get; set; }
            public static string Of() => nameof(_n);
            public static Names Make() => new() { Size = 3, _n = 4 };
            public override string ToString() => nameof(Size) + nameof(Names._n);
        }
        """);

    [Fact]
    public Task PointersAndReferencesToGuardedData_Flags() => FlagsTypes("""
        public sealed class Buffer
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate), Deep = true)] private readonly byte[] _bytes = new byte[16];
            [GuardedBy(nameof(_gate))] private int _n;
            public void Fill() { lock (_gate) _bytes.AsSpan().Fill(1); }
            public void FillCarelessly() => _bytes.AsSpan().Fill(1); // MML1008
            public ref int Lend() => ref _n; // MML1009
            public void Swap() { lock (_gate) Set(ref _n); }
            public void SwapCarelessly() => Set(ref _n); // MML1009
            private static void Set(ref int n) => n = 0;
            public int Add(int more) { lock (_gate) { ref int n = ref _n; n += more; return n; } }
        }
        """);

    [Fact]
    public Task LocksInTwoDisposables_Flags() => FlagsTypes("""
        [ScopedLock] public sealed class Hold : IDisposable
        {
            private readonly Gate _gate;
            [Acquires("gate")] public Hold(Gate gate) { _gate = gate; gate.Enter(); }
            public void Dispose() => _gate.Exit();
        }
        public sealed class Pair
        {
            private readonly Gate _a = new();
            private readonly Gate _b = new();
            [GuardedBy(nameof(_a))] private int _left;
            [GuardedBy(nameof(_b))] private int _right;
            public void Both() { using (new Hold(_a)) using (new Hold(_b)) { _left++; _right++; } }
            public void Late() { using Hold a = new(_a); _left++; { using Hold b = new(_b); _right++; } _right++; } // MML1009
            public void Perhaps(bool needed)
            {
                Hold? hold = needed ? new Hold(_a) : null;
                if (needed) _left++;
                hold?.Dispose();
            }
            public void PerhapsNot(bool needed)
            {
                Hold? hold = needed ? new Hold(_a) : null;
                _left++; // MML1009
                hold?.Dispose();
            }
            public void Thrown() { Hold hold = new(_a); _left++; } // MML1006
        }
        """);

    [Fact]
    public Task UnitOfWork_Flags() => FlagsTypes("""
        public sealed class Store
        {
            private readonly ReaderWriterLockSlim _rw = new();
            [GuardedBy(nameof(_rw))] private int _version;
            [GuardedBy(nameof(_rw), Deep = true)] private readonly Dictionary<int, string> _rows = [];
            public string? Find(int id)
            {
                _rw.EnterReadLock();
                try { return _rows.GetValueOrDefault(id); }
                finally { _rw.ExitReadLock(); }
            }
            public bool Update(int id, Func<string?, string> change)
            {
                while (true)
                {
                    string? before;
                    int version;
                    _rw.EnterReadLock();
                    try { before = _rows.GetValueOrDefault(id); version = _version; }
                    finally { _rw.ExitReadLock(); }
                    string after = change(before);
                    _rw.EnterWriteLock();
                    try
                    {
                        if (version != _version) continue;
                        _rows[id] = after;
                        _version++;
                        return true;
                    }
                    finally { _rw.ExitWriteLock(); }
                }
            }
            public void UpdateUnderTheReadLock(int id)
            {
                _rw.EnterReadLock();
                try { _version++; } // MML1002
                finally { _rw.ExitReadLock(); }
            }
            public void AddOnce(int id, string row)
            {
                _rw.EnterReadLock();
                bool isThere = _rows.ContainsKey(id);
                _rw.ExitReadLock();
                if (isThere) return;
                _rw.EnterWriteLock();
                _rows.Add(id, row); // MML1026
                _rw.ExitWriteLock();
            }
        }
        """);

    [Fact]
    public Task SwitchOverWhatWasTaken_Flags() => FlagsTypes("""
        public enum Got { Nothing, Read, Write }
        public sealed class Modes
        {
            private readonly RwGate _rw = new();
            [GuardedBy(nameof(_rw))] private int _n;
            [Acquires("shared(_rw)", When = "result == Got.Read"), Acquires("exclusive(_rw)", When = "result == Got.Write")] private extern Got Take();
            public int Right()
            {
                switch (Take())
                {
                    case Got.Read: { int n = _n; _rw.ExitRead(); return n; }
                    case Got.Write: { int n = _n++; _rw.ExitWrite(); return n; }
                    default: return -1;
                }
            }
            public int AsAnExpression() => Take() switch { Got.Read => Leave(_n), Got.Write => LeaveWritten(_n++), _ => -1 };
            public void Wrong()
            {
                Got got = Take();
                if (got == Got.Nothing) return;
                _n++; // MML1002
                if (got == Got.Read) _rw.ExitRead(); else _rw.ExitWrite();
            }
            [Releases("shared(_rw)")] private int Leave(int n) { _rw.ExitRead(); return n; }
            [Releases("exclusive(_rw)")] private int LeaveWritten(int n) { _rw.ExitWrite(); return n; }
        }
        """);

    [Fact]
    public Task AsyncLockOfValueTasks_Flags() => FlagsTypes("""
        [Lock(LockKind.Mutex, Owner = LockOwner.Anyone)] public sealed class AsyncGate
        {
            [Acquires("this")] public extern ValueTask Enter();
            [Acquires("this", When = "result", Try = true)] public extern ValueTask<bool> TryEnter(TimeSpan limit);
            [Releases("this")] public extern void Exit();
        }
        public static class Awaits
        {
            [Ensures("result == task")] public static extern ValueTask Quietly(this ValueTask task);
        }
        public sealed class Session
        {
            private readonly AsyncGate _gate = new();
            [GuardedBy(nameof(_gate))] private int _n;
            public async Task Right() { await _gate.Enter(); try { _n++; } finally { _gate.Exit(); } }
            public async Task Configured() { await _gate.Enter().ConfigureAwait(false); try { _n++; } finally { _gate.Exit(); } }
            public async Task ByAnExtension() { await _gate.Enter().Quietly(); _n++; _gate.Exit(); }
            public async Task Limited(TimeSpan limit)
            {
                if (!await _gate.TryEnter(limit).ConfigureAwait(false)) return;
                _n++;
                _gate.Exit();
            }
            public async Task Later() { ValueTask entered = _gate.Enter(); await Task.Yield(); await entered; _n++; _gate.Exit(); }
            public async Task NotAwaited() { ValueTask entered = _gate.Enter(); _n++; await entered; _gate.Exit(); } // MML1009
            public async Task Kept(TimeSpan limit) { if (await _gate.TryEnter(limit)) _n++; } // MML1006
        }
        """);

    [Fact]
    public Task GivenUpForAWhile_Flags() => FlagsTypes("""
        public readonly ref struct Unlocked
        {
            private readonly Gate _gate;
            [Releases("gate")] public Unlocked(Gate gate) { _gate = gate; gate.Exit(); }
            [Acquires("_gate")] public void Dispose() => _gate.Enter();
        }
        public sealed class Worker
        {
            private readonly Gate _gate = new();
            [GuardedBy(nameof(_gate))] private int _n;
            public void Run()
            {
                _gate.Enter();
                _n++;
                using (new Unlocked(_gate))
                {
                    Subject.Work();
                    _n++; // MML1009
                }
                _n++;
                _gate.Exit();
            }
        }
        """);

    [Fact]
    public Task AnswersInServices_Flags() => FlagsTypes("""
        public sealed class Mailbox
        {
            private readonly SemaphoreSlim _mutex = new(1);
            private readonly ReaderWriterLockSlim _rw = new();
            [GuardedBy(nameof(_mutex))] private readonly Queue<string> _letters = new();
            [GuardedBy(nameof(_rw))] private readonly List<int> _numbers = [];
            [GuardedBy(nameof(_rw))] private readonly Dictionary<int, int> _map = [];
            private static extern void Use(int number);
            public async Task<string?> Careless()
            {
                await _mutex.WaitAsync();
                bool any = _letters.Count > 0;
                _mutex.Release();
                await Task.Yield();
                await _mutex.WaitAsync();
                string? letter = any ? _letters.Dequeue() : null; // MML1026
                _mutex.Release();
                return letter;
            }
            public async Task<string?> Right()
            {
                await _mutex.WaitAsync();
                try { return _letters.Count > 0 ? _letters.Dequeue() : null; }
                finally { _mutex.Release(); }
            }
            public void Each()
            {
                int count;
                _rw.EnterReadLock();
                count = _numbers.Count;
                _rw.ExitReadLock();
                for (int i = 0; i < count; i++)
                {
                    _rw.EnterReadLock();
                    Use(_numbers[i]); // MML1026
                    _rw.ExitReadLock();
                }
            }
            public void EachAsLongAsThereAre()
            {
                for (int i = 0; ; i++)
                {
                    _rw.EnterReadLock();
                    try
                    {
                        if (i >= _numbers.Count) return;
                        Use(_numbers[i]);
                    }
                    finally { _rw.ExitReadLock(); }
                }
            }
            public int Upgraded(int key)
            {
                _rw.EnterUpgradeableReadLock();
                try
                {
                    if (_map.ContainsKey(key)) return _map[key];
                    _rw.EnterWriteLock();
                    try { _map.Add(key, key); return key; }
                    finally { _rw.ExitWriteLock(); }
                }
                finally { _rw.ExitUpgradeableReadLock(); }
            }
            public int ReadThenWritten(int key)
            {
                _rw.EnterReadLock();
                try { if (_map.TryGetValue(key, out int known)) return known; }
                finally { _rw.ExitReadLock(); }
                _rw.EnterWriteLock();
                try
                {
                    if (_map.TryGetValue(key, out int known)) return known;
                    _map.Add(key, key);
                    return key;
                }
                finally { _rw.ExitWriteLock(); }
            }
        }
        """);

    [Fact]
    public Task TuplesThatTell_Flags() => FlagsTypes("""
        public sealed class Tellers
        {
            private readonly Gate _gate = new();
            [GuardedBy(nameof(_gate))] private int _n;
            private (bool Ok, int Code) TryTake()
            {
                if (!_gate.TryEnter()) return (false, 1);
                return (true, 0);
            }
            public int Right()
            {
                (bool ok, int code) = TryTake();
                if (!ok) return code;
                int n = _n;
                _gate.Exit();
                return n;
            }
            public int ByPattern()
            {
                if (TryTake() is not (true, _)) return -1;
                int n = _n;
                _gate.Exit();
                return n;
            }
            public int Forgotten()
            {
                var taken = TryTake();
                return taken.Ok ? _n : -1; // MML1006
            }
        }
        """);

    [Fact]
    public Task StaticRegistry_Flags() => FlagsTypes("""
        public static class Registry
        {
            private static readonly object s_gate = new();
            [GuardedBy(nameof(s_gate))] private static readonly Dictionary<Type, object> s_services = [];
            [GuardedBy(nameof(s_gate))] private static bool s_sealed;
            static Registry() => s_services[typeof(Registry)] = s_gate;
            public static T Get<T>() where T : class, new()
            {
                lock (s_gate)
                {
                    if (s_services.TryGetValue(typeof(T), out object? known)) return (T)known;
                    if (s_sealed) throw new InvalidOperationException();
                    T made = new();
                    s_services.Add(typeof(T), made);
                    return made;
                }
            }
            public static void Seal() { lock (s_gate) s_sealed = true; }
            public static bool IsSealed => s_sealed; // MML1008
            public static int Count { get { lock (s_gate) return s_services.Count; } }
            public static bool TryAdd(Type type, object service)
            {
                lock (s_gate) { if (s_services.ContainsKey(type)) return false; }
                Console.WriteLine(type);
                lock (s_gate) s_services.Add(type, service); // MML1026
                return true;
            }
        }
        """);

    [Fact]
    public Task BothSemaphoresAtOnce_IsSilent() => SilentTypes("""
        public sealed class Both
        {
            private readonly SemaphoreSlim _a = new(1);
            private readonly SemaphoreSlim _b = new(1);
            public async Task Run()
            {
                await Task.WhenAll(_a.WaitAsync(), _b.WaitAsync());
                try { Subject.Work(); }
                finally { _a.Release(); _b.Release(); }
            }
        }
        """);

    [Fact]
    public Task HandWrittenSpinLock_Flags() => FlagsTypes("""
        [Lock(LockKind.Spin)] public sealed class Word
        {
            [Atomic] private int _taken;
            [Acquires("this")] public void Take() { var wait = new SpinWait(); while (Interlocked.CompareExchange(ref _taken, 1, 0) != 0) wait.SpinOnce(); }
            [Acquires("this", When = "result", Try = true)] public bool TryTake() => Interlocked.Exchange(ref _taken, 1) == 0;
            [Releases("this")] public void Drop() => Volatile.Write(ref _taken, 0);
        }
        public sealed class Counter
        {
            private readonly Word _word = new();
            [GuardedBy(nameof(_word))] private long _sum;
            public void Add(long more) { _word.Take(); _sum += more; _word.Drop(); }
            public long? Peek() { if (!_word.TryTake()) return null; long sum = _sum; _word.Drop(); return sum; }
            public void Sleeps() { _word.Take(); Thread.Sleep(1); _word.Drop(); } // MML1012
            public long Torn() => _sum; // MML1008
        }
        """);

    [Fact]
    public Task LocalsOfAStruct_Flags() => FlagsTypes("""
        public struct Cursor
        {
            public int At;
            public int Version;
        }
        public sealed class Rows
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private readonly List<string> _rows = [];
            [GuardedBy(nameof(_gate))] private int _version;
            public string? Find(string row)
            {
                Cursor cursor = default;
                lock (_gate) { cursor.At = _rows.IndexOf(row); cursor.Version = _version; }
                lock (_gate) return cursor.Version == _version ? _rows[cursor.At] : null;
            }
            public void Insert(string row)
            {
                int at;
                lock (_gate) at = _rows.Count;
                if (at > 100) return;
                lock (_gate) _rows.Insert(at, row); // MML1024
            }
        }
        """);

    [Fact]
    public Task ProducerAndConsumerByMonitor_Flags() => FlagsTypes("""
        public sealed class Bounded<T>(int limit)
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private readonly Queue<T> _items = new();
            [GuardedBy(nameof(_gate))] private bool _completed;
            public void Add(T item)
            {
                lock (_gate)
                {
                    while (_items.Count >= limit && !_completed) Monitor.Wait(_gate);
                    ObjectDisposedException.ThrowIf(_completed, this);
                    _items.Enqueue(item);
                    Monitor.PulseAll(_gate);
                }
            }
            public bool TryTake([MaybeNullWhen(false)] out T item)
            {
                lock (_gate)
                {
                    while (_items.Count == 0)
                    {
                        if (_completed) { item = default; return false; }
                        Monitor.Wait(_gate);
                    }
                    item = _items.Dequeue();
                    Monitor.PulseAll(_gate);
                    return true;
                }
            }
            public bool IsEmpty { get { lock (_gate) return _items.Count == 0; } }
            public T? TakeIfAny()
            {
                if (IsEmpty) return default;
                lock (_gate) return _items.Dequeue(); // MML1026
            }
            public void Pulse() => Monitor.PulseAll(_gate); // MML1001
        }
        """);
}
