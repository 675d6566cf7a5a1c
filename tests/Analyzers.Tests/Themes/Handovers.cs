using System.Threading.Tasks;

namespace AnalyzerTests.Themes;

/// <summary>A lock that one member takes and another one of the type gives back, and no contract says so of either.</summary>
public sealed class Handovers : ThemeTests
{
    private static Task FlagsIn(string members) => FlagsTypes(Store(members));

    private static Task SilentIn(string members) => SilentTypes(Store(members));

    private static string Store(string members) => "using System; using System.Threading; public sealed class Store\n{\nprivate readonly object _gate = new(); private readonly ReaderWriterLockSlim _rw = new(); private readonly Mutex? _mutex = new(); private int _count;\n" + members + "\n}";

    [Fact]
    public Task EnterAndExit_AreSilent() => SilentIn("""
        public void Enter() => Monitor.Enter(_gate);
        public void Exit() => Monitor.Exit(_gate);
        """);

    [Theory]
    [InlineData("readonly ")]
    [InlineData("")]
    public Task HalvesThatAskTheSameMember_AreSilent(string modifier) => SilentIn($$"""
        private {{modifier}}bool _isShared;
        public void Enter() { if (_isShared) Monitor.Enter(_gate); }
        public void Exit() { if (_isShared) Monitor.Exit(_gate); }
        """);

    [Fact]
    public Task HalfThatDoesNotAskTheMember_Flags() => FlagsIn("""
        private readonly bool _isShared;
        public void Enter()
        {
            if (_isShared) Monitor.Enter(_gate);
        } // MML1006
        public void Exit() => Monitor.Exit(_gate);
        """);

    [Fact]
    public Task HalvesThatAskOppositely_Flag() => FlagsIn("""
        private readonly bool _isShared;
        public void Enter(bool wanted)
        {
            if (_isShared || wanted) Monitor.Enter(_gate);
        } // MML1006
        public void Exit() { if (!_isShared) return; Monitor.Exit(_gate); }
        """);

    [Fact]
    public Task FlagByReference_IsSilent() => SilentIn("""
        private void Take(ref bool isTaken)
        {
            if (isTaken) return;
            Monitor.TryEnter(this, 10_000, ref isTaken);
            if (!isTaken) throw new TimeoutException();
        }
        public void TakeNow(ref bool isTaken) => Monitor.Enter(this, ref isTaken);
        protected internal void Give(ref bool isTaken)
        {
            if (!isTaken) return;
            Monitor.Exit(this);
            isTaken = false;
        }
        public void Set(int count)
        {
            bool isTaken = false;
            try
            {
                TakeNow(ref isTaken);
                _count = count;
            }
            finally
            {
                Give(ref isTaken);
            }
        }
        public void Begin() => new Thread(static store => ((Store)store!).Await()).Start(this);
        private void Await()
        {
            bool isTaken = false;
            try
            {
                Take(ref isTaken);
                Monitor.Wait(this, 10);
            }
            finally
            {
                Give(ref isTaken);
            }
        }
        """);

    [Fact]
    public Task FlagByReferenceThatSaysSomethingElse_Flags() => FlagsIn("""
        public void Take(ref bool isTaken)
        {
            if (_count > 3) Monitor.Enter(_gate);
            isTaken = _count < 2;
        } // MML1006
        public void Give() => Monitor.Exit(_gate);
        """);

    [Fact]
    public Task WrapperOfMonitor_IsSilent() => SilentTypes("""
        internal static class Locks
        {
            public static void Take(object gate, ref bool isTaken) => Monitor.Enter(gate, ref isTaken);
            public static void Take(object gate) => Monitor.Enter(gate);
            public static bool TryTake(object gate) => Monitor.TryEnter(gate);
            public static bool TryTake(object gate, int wait) { return Monitor.TryEnter(gate, wait); }
            public static void Give(object gate) => Monitor.Exit(gate);
            public static void WakeAll(object gate) => Monitor.PulseAll(gate);
            public static void Sleep(object gate) { Monitor.Wait(gate); }
        }
        public sealed class Door
        {
            private readonly object _gate = new();
            public void Close() { while (!Monitor.TryEnter(_gate)) Thread.Yield(); }
            public void Open() => Locks.Give(_gate);
        }
        """);

    [Fact]
    public Task HalfOfAWrapper_Flags() => FlagsTypes("""
        internal static class Locks
        {
            public static void Take(object gate) => Monitor.Enter(gate); // MML1006
            public static void Drop(SemaphoreSlim gate) => gate.Release();
        }
        internal static class Others
        {
            public static void Give(object gate) => Monitor.Exit(gate); // MML1005
            public static void Wake(object gate) => Monitor.Pulse(gate); // MML1001
        }
        """);

    [Fact]
    public Task PulseOfALockThatOnlyStatementsTake_Flags() => FlagsIn("""
        public void Add() { lock (_gate) _count++; }
        public void Wake() => Monitor.Pulse(_gate); // MML1001
        """);

    [Fact]
    public Task LockThatIsKeptUntilDisposal_IsSilent() => SilentTypes("""
        internal sealed class Reading : IDisposable
        {
            private ReaderWriterLockSlim? _lock;
            public Reading(ReaderWriterLockSlim given) { _lock = given; given.EnterReadLock(); }
            public void Dispose() { if (_lock != null) { _lock.ExitReadLock(); _lock = null; } }
        }
        internal struct Cursor
        {
            private object? _locked;
            public void Leave() { if (_locked != null) { Monitor.Exit(_locked); _locked = null; } }
            public void Move(object next) { if (_locked != null) Monitor.Exit(_locked); Monitor.Enter(_locked = next); }
        }
        """);

    [Fact]
    public Task LockThatIsKeptAndNeverGivenBack_Flags() => FlagsTypes("""
        internal sealed class Reading
        {
            private ReaderWriterLockSlim? _lock;
            public Reading(ReaderWriterLockSlim given) { _lock = given; given.EnterReadLock(); } // MML1006
            public bool IsReading => _lock != null;
        }
        """);

    [Fact]
    public Task SemaphoreThatGoesByAnotherType_IsSilent() => SilentTypes("""
        internal sealed class Pool
        {
            private readonly SemaphoreSlim[] _all = [new(1, 1)];
            public object? Take(int index) { var one = _all[index]; return one.Wait(10) ? one : null; }
            public void Give(object? one) { if (one is null) return; ((SemaphoreSlim)one).Release(); }
            public void GiveToo(object one) { if (one is SemaphoreSlim semaphore) semaphore.Release(); }
            public void GiveAs(object one) => (one as SemaphoreSlim)?.Release();
        }
        """);

    [Fact]
    public Task CallersLockThatIsDroppedAndRetakenOnOnePath_IsSilent() => SilentIn("""
        public void Wake() { Monitor.Enter(_gate); Monitor.PulseAll(_gate); Monitor.Exit(_gate); }
        public bool Receive(int wait)
        {
            if (wait == 0)
            {
                Monitor.Exit(_gate);
                Monitor.Enter(_gate);
            }
            else
            {
                Monitor.Wait(_gate, wait);
            }
            return _count > 0;
        }
        """);

    [Fact]
    public Task SemaphoreThatOthersGiveBackWhenTheyHaveTakenIt_Flags() => FlagsTypes("""
        internal sealed class Queue
        {
            private readonly SemaphoreSlim _slots = new(1);
            private bool _isOpen;
            public void Post()
            {
                _slots.Wait();
                if (_isOpen) _slots.Release();
            } // MML1006
            public void Look() { _slots.Wait(); _slots.Release(); }
        }
        """);

    [Fact]
    public Task SemaphoreLentUntilDisposal_IsSilent() => SilentTypes("""
        internal sealed class Owner
        {
            private readonly SemaphoreSlim _slots = new(1);
            internal readonly struct Loan : IDisposable
            {
                private readonly Owner _owner;
                internal Loan(Owner owner) { _owner = owner; owner._slots.Release(); }
                public void Dispose() { if (_owner is object) _owner._slots.Wait(); }
            }
        }
        """);

    [Fact]
    public Task ReleaseAsADelegate_SaysNothingOfLocksThatNobodySpeaksOf() => SilentTypes("""
        public sealed class Worker(Mutex mutex)
        {
            private readonly List<Action> _work = [];
            public void Leave() => _work.Add(mutex.ReleaseMutex);
        }
        """);

    [Fact]
    public Task ReleaseOfAGuardAsADelegate_Flags() => FlagsTypes("""
        public sealed class Worker
        {
            private readonly Mutex _mutex = new();
            [GuardedBy(nameof(_mutex))] private int _count;
            private readonly List<Action> _work = [];
            public void Leave() => _work.Add(_mutex.ReleaseMutex); // MML0004
            public int Count() { _mutex.WaitOne(); int count = _count; _mutex.ReleaseMutex(); return count; }
        }
        """);

    [Fact]
    public Task CallersLock_StaysWithTheCallerAtAnAwait() => SilentIn("""
        public void Start() { Monitor.Enter(_gate); _ = Run(); Monitor.Exit(_gate); }
        private async Task Run()
        {
            System.Diagnostics.Debug.Assert(Monitor.IsEntered(_gate));
            _count++;
            await Task.Yield();
        }
        """);

    [Fact]
    public Task CallersLock_IsGoneAfterAnAwait() => FlagsTypes("""
        public sealed class Store
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private int _count;
            private async Task Run()
            {
                System.Diagnostics.Debug.Assert(Monitor.IsEntered(_gate));
                _count++;
                await Task.Yield();
                _count--; // MML1009
            }
        }
        """);

    [Fact]
    public Task StatementInALambdaOfAConstructor_IsSilent() => SilentTypes("""
        public sealed class Tasks
        {
            private int _good;
            private int _bad;
            public Tasks(Dictionary<int, Task> given)
            {
                foreach (KeyValuePair<int, Task> pair in given)
                {
                    pair.Value.ContinueWith(task =>
                    {
                        bool isGood = task.Status == TaskStatus.RanToCompletion;
                        lock (this)
                        {
                            if (isGood) _good++;
                            else _bad++;
                        }
                        if (_bad > 0) Console.WriteLine();
                    });
                }
            }
        }
        """);

    private static string Writer(string finding, string slow) => $$"""
        public sealed class Writer
        {
            private readonly SemaphoreSlim _slots = new(1);
            private Task? _flush;
            public Task Write()
            {
                if (!_slots.Wait(0)) return Slow(false);
                if (_flush is { IsCompletedSuccessfully: false }) return Slow(true); {{finding}}
                try { Console.WriteLine(); } finally { _slots.Release(); }
                return Task.CompletedTask;
            }
            private async Task Slow(bool isHeld)
            {
                {{slow}}
            }
        }
        """;

    [Fact]
    public Task SemaphoreThatAnAsyncHelperGivesBack_IsSilent() =>
        SilentTypes(Writer("", "if (!isHeld) await _slots.WaitAsync(); try { if (_flush != null) await _flush; } finally { _slots.Release(); }"));

    [Fact]
    public Task SemaphoreThatTheAsyncHelperKeeps_Flags() => FlagsTypes(Writer("// MML1006", "if (_flush != null) await _flush;"));

    [Fact]
    public Task EnterWithoutExit_Flags() => FlagsIn("""
        public void Enter() => Monitor.Enter(_gate); // MML1006
        """);

    [Fact]
    public Task ExitWithoutEnter_Flags() => FlagsIn("""
        public void Exit() => Monitor.Exit(_gate); // MML1005
        """);

    [Fact]
    public Task ExitOfAnotherLock_DoesNotExcuse() => FlagsIn("""
        private readonly object _other = new();
        public void Enter() => Monitor.Enter(_gate); // MML1006
        public void Exit() => Monitor.Exit(_other); // MML1005
        """);

    [Fact]
    public Task ExitOnAnotherPathOfTheSameMember_DoesNotExcuse() => FlagsIn("""
        public void Add()
        {
            Monitor.Enter(_gate);
            if (_count > 3)
                return; // MML1006
            _count++;
            Monitor.Exit(_gate);
        }
        """);

    [Fact]
    public Task PathThatComesBackWithoutTheLock_Flags() => FlagsIn("""
        public void Enter()
        {
            if (_count > 3)
                return;
            Monitor.Enter(_gate);
        } // MML1006
        public void Exit() => Monitor.Exit(_gate);
        """);

    [Fact]
    public Task LockThatGuardsSomething_Flags() => FlagsIn("""
        [GuardedBy(nameof(_gate))] private int _guarded;
        public void Enter() { Monitor.Enter(_gate); _guarded++; } // MML1006
        public void Exit() => Monitor.Exit(_gate); // MML1005
        """);

    [Fact]
    public Task MemberThatStatesSomethingElse_Flags() => FlagsIn("""
        [MaySleep] public void Enter() => Monitor.Enter(_gate); // MML1006
        public void Exit() => Monitor.Exit(_gate);
        """);

    [Fact]
    public Task SecondRelease_Flags() => FlagsIn("""
        public void Enter() => Monitor.Enter(_gate);
        public void Exit()
        {
            Monitor.Exit(_gate);
            Monitor.Exit(_gate); // MML1005
        }
        """);

    [Fact]
    public Task WrapperOfAReaderWriterLock_IsSilent() => SilentIn("""
        public void EnterRead() { try { } finally { _rw.EnterReadLock(); } }
        public void ExitRead() => _rw.ExitReadLock();
        public void EnterWrite() => _rw.EnterWriteLock();
        public void ExitWrite() { if (_rw.IsWriteLockHeld) _rw.ExitWriteLock(); }
        """);

    [Fact]
    public Task ResultThatSaysWhetherItIsHeld_IsSilent() => SilentIn("""
        public bool TryEnter(TimeSpan limit)
        {
            if (_count > 3) return false;
            return Monitor.TryEnter(_gate, limit);
        }
        public void Exit() => Monitor.Exit(_gate);
        """);

    [Fact]
    public Task ObjectThatIsOnlyReturnedWithTheLock_IsSilent() => SilentIn("""
        public Store? Borrow()
        {
            if (_mutex is null) return null;
            _mutex.WaitOne();
            if (_count > 3)
            {
                _mutex.ReleaseMutex();
                return null;
            }
            return this;
        }
        public void Return() => _mutex?.ReleaseMutex();
        """);

    [Fact]
    public Task ObjectThatIsReturnedWithoutTheLock_Flags() => FlagsIn("""
        public Store? Borrow()
        {
            _mutex!.WaitOne();
            if (_count > 3)
            {
                _mutex.ReleaseMutex();
                return this;
            }
            return this; // MML1006
        }
        public void Return() => _mutex?.ReleaseMutex();
        """);

    [Fact]
    public Task TransactionThatOneMemberBeginsAndAnotherEnds_IsSilent() => SilentIn("""
        public bool Begin()
        {
            Open();
            try
            {
                return Compute();
            }
            catch
            {
                Close();
                throw;
            }
        }
        public void Commit()
        {
            try
            {
                _count++;
            }
            finally
            {
                Close();
            }
        }
        private bool Compute() => _count > 3;
        private void Open() => Monitor.Enter(_gate);
        private void Close() => Monitor.Exit(_gate);
        """);

    [Theory]
    [InlineData("public readonly struct Scope(object gate) : IDisposable")]
    [InlineData("public readonly ref struct Scope(object gate)")]
    public Task ScopeThatNobodyDeclared_IsSilent(string declaration) => SilentTypes($$"""
        using System; using System.Threading;
        {{declaration}}
        {
            private readonly object _gate = gate;
            public static Scope Enter(object gate) { Monitor.Enter(gate); return new Scope(gate); }
            public void Dispose() => Monitor.Exit(_gate);
        }
        """);

    [Theory]
    [InlineData("public sealed class Scope(object gate) { private readonly object _gate = gate; public void Dispose()")]
    [InlineData("public sealed class Scope(object gate) : IDisposable { private object _gate = gate; public void Dispose()")]
    [InlineData("public sealed class Scope(object gate) : IDisposable { private readonly object _gate = gate; public void Dispose() { } public void Close()")]
    public Task ReleaseThatNoUsingCalls_Flags(string declaration) => FlagsTypes($$"""
        using System; using System.Threading;
        {{declaration}} => Monitor.Exit(_gate); // MML1005
        }
        """);

    [Fact]
    public Task CallersLockThatIsDroppedAndRetaken_IsSilent() => SilentTypes("""
        using System.Threading;
        public sealed class Recovery
        {
            private readonly SemaphoreSlim _one = new(1, 1);
            public async Task RunAsync(string[] consumers, bool isSlow)
            {
                foreach (string consumer in consumers)
                {
                    try { _one.Release(); await Task.Yield(); }
                    finally { await _one.WaitAsync(); }
                    if (isSlow)
                    {
                        _one.Release();
                        await Task.Yield();
                        await _one.WaitAsync();
                    }
                }
            }
        }
        """);

    [Fact]
    public Task CallersLockThatIsDroppedAndRetakenTwice_Flags() => FlagsTypes("""
        using System.Threading;
        public sealed class Recovery
        {
            private readonly SemaphoreSlim _one = new(1, 1);
            public void Run(bool isSlow)
            {
                _one.Release();
                _one.Wait();
                if (isSlow)
                    _one.Wait(); // MML1004
            }
        }
        """);

    private const string Session = """
        using System.Threading;
        public sealed class Session
        {
            private readonly SemaphoreSlim _one = new(1, 1);
            private static extern Session? Next();
            private static extern bool Coin();

        """;

    [Fact]
    public Task CallersLockThatIsRetakenWhenItsOwnerTurnsOutToBeThis_IsSilent() => SilentTypes(Session + """
            public void Run(Session other)
            {
                other._one.Release();
                if (other == this) Coin();
                other._one.Wait();
            }
        }
        """);

    [Fact]
    public Task CallersLockThatIsRetakenWhenItsOwnerHasAnotherName_IsSilent() => SilentTypes(Session + """
            private Session _current = new();
            public void Run()
            {
                Session last = _current;
                last._one.Release();
                _current = Next() ?? this;
                last._one.Wait();
            }
        }
        """);

    [Fact]
    public Task CallersLockThatIsRetakenTwiceAfterItsOwnerTurnedOutToBeThis_Flags() => FlagsTypes(Session + """
            public void Run(Session other)
            {
                other._one.Release();
                if (other == this) Coin();
                other._one.Wait();
                if (other == this) _one.Wait(); // MML1004
            }
        }
        """);

    private const string Publisher = """
        using System.Threading; using System.Threading.Tasks;
        public sealed partial class Publisher
        {
            private readonly SemaphoreSlim _one = new(1, 1);
            private bool _confirms;
            public void Configure(bool confirms) => _confirms = confirms;

        """;

    private const string MaybeTakes = "private async Task MaybeTake() { if (_confirms) await _one.WaitAsync(); }\n";

    private const string MaybeGives = "private void MaybeGive() { if (_confirms) _one.Release(); }\n";

    [Fact]
    public Task HelpersThatAskOneFlag_AreSilent() => SilentTypes(Publisher + MaybeTakes + MaybeGives + """
            public async Task Publish()
            {
                await MaybeTake();
                try { await Task.Yield(); }
                finally { MaybeGive(); }
            }
        }
        """);

    [Fact]
    public Task HelpersThatAskOneFlag_AndTheCallerAsWell_AreSilent() => SilentTypes(Publisher + MaybeTakes + """
            public async Task Publish()
            {
                await MaybeTake();
                await Task.Yield();
                if (_confirms) _one.Release();
            }
        }
        """);

    [Fact]
    public Task HelperThatAsksAFlag_AndACallerThatDoesNot_Flags() => FlagsTypes(Publisher + MaybeTakes + """
            public async Task Publish()
            {
                await MaybeTake();
                await Task.Yield();
            } // MML1006
        }
        """);

    [Fact]
    public Task HelpersThatAskOneFlag_AndTheCallerChangesIt_Flags() => FlagsTypes(Publisher + MaybeTakes + MaybeGives + """
            public async Task Publish(bool confirms)
            {
                await MaybeTake();
                _confirms = confirms;
                MaybeGive();
            } // MML1006
        }
        """);

    [Theory]
    [InlineData("private readonly object _gate = new();", "public void Enter() => Monitor.Enter(_gate);", "public void Exit() => Monitor.Exit(_gate);")]
    [InlineData("private readonly ReaderWriterLockSlim _rw = new();", "public void EnterRead() => _rw.EnterReadLock();", "public void ExitRead() => _rw.ExitReadLock();")]
    public async Task HalvesInTwoFilesOfAPartialType_AreSilent(string declaration, string enter, string exit) =>
        await Verify.Silent("using System.Threading; public sealed partial class Store { " + declaration + enter + " }").WithSource("Other.cs", "using System.Threading; public sealed partial class Store { " + exit + " }");

    [Fact]
    public async Task OtherHalfInAnotherType_Flags() => await Verify.Flags("using System.Threading; public sealed partial class Store { internal readonly object _gate = new(); public void Enter() => Monitor.Enter(_gate); /* */ } // MML1006")
        .WithSource("Other.cs", "using System.Threading; public sealed class Other { public void Exit(Store store) => Monitor.Exit(store._gate); // MML1005\n }");
}
