using System.Threading.Tasks;

namespace AnalyzerTests.Themes;

/// <summary>Fields without any contract that nearly all places access under one lock.</summary>
public sealed class UnstatedGuards : ThemeTests
{
    private static Task FlagsIn(string members) => FlagsTypes("using System.Linq; public sealed class Visits\n{\nprivate readonly object _gate = new();\nprivate int _count;\n" + members + "\n}");

    private static Task SilentIn(string members) => SilentTypes("using System.Linq; public sealed class Visits\n{\nprivate readonly object _gate = new();\nprivate int _count;\n" + members + "\n}");

    private const string ThreeGuarded = """
        public void Add() { lock (_gate) _count++; }
        public void Remove() { lock (_gate) _count--; }
        public int Get() { lock (_gate) return _count; }

        """;

    [Fact]
    public Task OneReadWithoutIt_Flags() => FlagsIn(ThreeGuarded + "public int Peek() => _count; // MML1021");

    [Fact]
    public Task OneWriteWithoutIt_Flags() => FlagsIn(ThreeGuarded + "public void Reset() => _count = 0; // MML1021");

    [Fact]
    public async Task Message_names_lock_counts_and_place() => await Verify.Flags("""
        public sealed class Visits
        {
            private readonly object _gate = new();
            private int {|#field:_count|};
            public void Add() { lock (_gate) {|#first:_count|}++; }
            public void Remove() { lock (_gate) {|#second:_count|}--; }
            public int Get() { lock (_gate) return {|#third:_count|}; }
            public int Peek() => {|MML1021:_count|};
        }
        """).WithMessage("'_count' is accessed under _gate in 3 of 4 places, but read without it here; if _gate guards it, say [GuardedBy(nameof(_gate))]")
        .WithAdditionalLocations(0, "field", "first", "second", "third");

    [Fact]
    public Task TwoOddPlacesOfFew_IsSilent() => SilentIn(ThreeGuarded + "public int Peek() => _count; public int Look() => _count;");

    [Fact]
    public Task HelperThatGoesOnAfterAnAwait_IsNotCounted() => SilentIn("""
        private Task? _running;
        public void Start() { lock (_gate) { _count++; _running = Run(); } }
        public void Reset() => _count = 0;
        private async Task Run()
        {
            while (_count >= 0)
            {
                await Task.Delay(1);
                _count--;
            }
        }
        """);

    [Fact]
    public Task HelperThatIsNotAsync_IsCounted() => FlagsIn("""
        public void Start() { lock (_gate) { _count++; Run(); } }
        public void Reset() => _count = 0; // MML1021
        private void Run()
        {
            while (_count >= 0) _count--;
        }
        """);

    [Fact]
    public Task TwoGuardedPlaces_IsSilent() => SilentIn("""
        public void Add() { lock (_gate) _count++; }
        public int Get() { lock (_gate) return _count; }
        public int Peek() => _count;
        """);

    [Fact]
    public Task LookedAtAgainUnderTheLock_IsSilent() => SilentIn(ThreeGuarded + "public void Clear() { if (_count == 0) return; lock (_gate) { if (_count > 0) _count = 0; } }");

    [Fact]
    public Task MadeOnFirstUse_IsSilent() => SilentIn("""
        private int[]? _all;
        public void Add() { lock (_gate) _all = null; }
        public int Size() { lock (_gate) return _all?.Length ?? 0; }
        public int[] All() { var all = _all; if (all is null) { lock (_gate) all = _all ??= new int[3]; } return all; }
        """);

    [Fact]
    public Task LookedAtOnlyAfterTheLock_Flags() => FlagsIn(ThreeGuarded + """
        public int Clear()
        {
            lock (_gate) _count = 0;
            return _count; // MML1021
        }
        """);

    [Fact]
    public Task WrittenBeforeTheLock_Flags() => FlagsIn(ThreeGuarded + """
        public void Clear()
        {
            _count = 0; // MML1021
            lock (_gate) _count = 0;
        }
        """);

    [Fact]
    public Task AnotherMemberLooksAgain_Flags() => FlagsIn(ThreeGuarded + """
        public bool IsEmpty() => _count == 0; // MML1021
        public void Clear() { lock (_gate) { if (_count > 0) _count = 0; } }
        """);

    [Fact]
    public Task Constructor_IsSilent() => SilentIn(ThreeGuarded + "public Visits(int count) => _count = count;");

    [Fact]
    public Task ObjectThatNobodyElseSees_IsSilent() => SilentIn(ThreeGuarded + "public static Visits Make() { var made = new Visits(); made._count = 3; return made; }");

    [Fact]
    public Task HelperThatAllCallersCallUnderIt_IsSilent() => SilentIn("""
        public void Add() { lock (_gate) Step(1); }
        public void Remove() { lock (_gate) Step(-1); }
        public int Get() { lock (_gate) return _count; }
        private void Step(int by) => Change(by);
        private void Change(int by) { _count += by; if (_count < 0) _count = 0; }
        """);

    [Fact]
    public Task HelperThatOneCallerCallsWithoutIt_Flags() => FlagsIn(ThreeGuarded + """
        public void AddTwo() { lock (_gate) Step(2); }
        public void AddThree() => Step(3);
        private void Step(int by) => _count += by; // MML1021
        """);

    [Fact]
    public Task HelperThatBecomesADelegate_Flags() => FlagsIn(ThreeGuarded + """
        public void AddTwo() { lock (_gate) Step(); }
        public Task AddLater() => Task.Run(Step);
        private void Step() => _count += 2; // MML1021
        """);

    [Fact]
    public Task LambdaInvokedUnderIt_IsSilent() => SilentIn(ThreeGuarded + "public bool Any(List<int> items) { lock (_gate) return items.Any(item => item == _count); }");

    [Fact]
    public Task LambdaThatRunsLater_Flags() => FlagsIn(ThreeGuarded + "public Task Reset() => Task.Run(() => { _count = 0; }); // MML1021");

    [Fact]
    public Task LockOfAnotherObject_Flags() => FlagsIn(ThreeGuarded + "public void Take(Visits other) { lock (_gate) other._count--; } // MML1021");

    [Fact]
    public Task InterlockedSomewhere_IsSilent() => SilentIn(ThreeGuarded + "public int Peek() => _count; public void Reset() => Interlocked.Exchange(ref _count, 0);");

    [Fact]
    public Task VolatileField_IsSilent() => SilentIn("""
        private volatile bool _stopped;
        public void Stop() { lock (_gate) _stopped = true; }
        public void Start() { lock (_gate) _stopped = false; }
        public void Toggle() { lock (_gate) _stopped = !_stopped; }
        public bool IsStopped => _stopped;
        """);

    [Fact]
    public Task NeverWrittenAfterConstruction_IsSilent() => SilentIn("""
        private List<int> _items = [];
        public void Add() { lock (_gate) _items.Add(1); }
        public void Remove() { lock (_gate) _items.Remove(1); }
        public void Clear() { lock (_gate) _items.Clear(); }
        public int Count => _items.Count;
        """);

    [Fact]
    public Task WriteUnderASharedHold_Flags() => FlagsIn("""
        private readonly ReaderWriterLockSlim _rw = new();
        public void Set() { _rw.EnterWriteLock(); _count = 1; _rw.ExitWriteLock(); }
        public int Get() { _rw.EnterReadLock(); int count = _count; _rw.ExitReadLock(); return count; }
        public int Two() { _rw.EnterReadLock(); int count = _count * 2; _rw.ExitReadLock(); return count; }
        public void Reset() { _rw.EnterReadLock(); _count = 0; _rw.ExitReadLock(); } // MML1021
        """);

    [Fact]
    public Task StaticField_Flags() => FlagsTypes("""
        public static class Visits
        {
            private static readonly object s_gate = new();
            private static int s_count;
            public static void Add() { lock (s_gate) s_count++; }
            public static void Remove() { lock (s_gate) s_count--; }
            public static int Get() { lock (s_gate) return s_count; }
            public static int Peek() => s_count; // MML1021
        }
        """);

    [Fact]
    public Task StatedGuard_IsReportedAsItIs() => FlagsTypes("""
        public sealed class Visits
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private int _count;
            public void Add() { lock (_gate) _count++; }
            public void Remove() { lock (_gate) _count--; }
            public int Get() { lock (_gate) return _count; }
            public int Peek() => _count; // MML1008
        }
        """);

    [Fact]
    public Task NestedTypeWithoutIt_Flags() => FlagsIn(ThreeGuarded + """
        public sealed class Reader(Visits visits)
        {
            public int Peek() => visits._count; // MML1021
        }
        """);

    [Fact]
    public Task NestedTypeUnderIt_IsSilent() => SilentIn(ThreeGuarded + """
        public struct Walker
        {
            public Visits Visits;
            public void Reset() { lock (Visits._gate) Visits._count = 0; }
        }
        """);

    [Fact]
    public Task NestedTypeHoldsTheLockOfAnotherObject_Flags() => FlagsIn(ThreeGuarded + """
        public sealed class Mover(Visits from, Visits to)
        {
            public void Move() { lock (from._gate) to._count++; } // MML1021
        }
        """);

    [Fact]
    public Task NestedTypesGuardWhatTheOuterTypeForgets_Flags() => FlagsTypes("""
        public sealed class Visits
        {
            private readonly object _gate = new();
            private int _count;
            public int Peek() => _count; // MML1021
            public sealed class Writer(Visits visits)
            {
                public void Add() { lock (visits._gate) visits._count++; }
                public void Remove() { lock (visits._gate) visits._count--; }
                public int Get() { lock (visits._gate) return visits._count; }
            }
        }
        """);

    [Fact]
    public Task FieldOfANestedType_FlagsOnce() => FlagsTypes("""
        public static class Outer
        {
            public sealed class Visits
            {
                private readonly object _gate = new();
                private int _count;
                public void Add() { lock (_gate) _count++; }
                public void Remove() { lock (_gate) _count--; }
                public int Get() { lock (_gate) return _count; }
                public int Peek() => _count; // MML1021
            }
        }
        """);

    [Fact]
    public Task FieldsOfTwoNestedTypesWithOneName_IsSilent() => SilentTypes("""
        public static class Outer
        {
            public sealed class Shared
            {
                private readonly object _gate = new();
                private int _count;
                public void Add() { lock (_gate) _count++; }
                public void Remove() { lock (_gate) _count--; }
                public int Get() { lock (_gate) return _count; }
            }
            public sealed class Local
            {
                private int _count;
                public void Add() => _count++;
            }
        }
        """);

    [Fact]
    public Task HelperThatANestedTypeCallsWithoutIt_Flags() => FlagsIn(ThreeGuarded + """
        public void AddTwo() { lock (_gate) Step(2); }
        private void Step(int by) => _count += by; // MML1021
        public sealed class Stepper(Visits visits) { public void Go() => visits.Step(1); }
        """);

    [Fact]
    public Task HelperThatANestedTypeCallsUnderIt_IsSilent() => SilentIn(ThreeGuarded + """
        private void Step(int by) => _count += by;
        public sealed class Stepper(Visits visits) { public void Go() { lock (visits._gate) visits.Step(1); } }
        """);

    [Fact]
    public Task LockDroppedInsideTheStatement_Flags() => FlagsIn(ThreeGuarded + """
        public void Reset()
        {
            lock (_gate)
            {
                Monitor.Exit(_gate);
                _count = 0; // MML1021
                Monitor.Enter(_gate);
            }
        }
        """);

    [Fact]
    public Task HelperThatDropsTheLockInsideTheStatement_Flags() => FlagsIn(ThreeGuarded + """
        public void Reset()
        {
            lock (_gate)
            {
                Drop();
                _count = 0; // MML1021
                Monitor.Enter(_gate);
            }
        }
        private void Drop() => Monitor.Exit(_gate);
        """);

    [Fact]
    public Task AnotherLockAroundIt_Flags() => FlagsIn(ThreeGuarded + """
        private readonly object _other = new();
        public void Reset() { lock (_other) _count = 0; } // MML1021
        """);

    [Fact]
    public Task TwoLocksAroundIt_IsSilent() => SilentIn(ThreeGuarded + """
        private readonly object _other = new();
        public void Reset() { lock (_other) lock (_gate) _count = 0; }
        """);

    [Fact]
    public Task LambdaInsideTheStatementThatRunsLater_Flags() => FlagsIn(ThreeGuarded + "public Task Reset() { lock (_gate) return Task.Run(() => { _count = 0; }); } // MML1021");

    [Fact]
    public Task LockOfTheTypeAroundAnObjectsField_IsSilent() => SilentIn("""
        private static readonly object s_all = new();
        public void Add() { lock (s_all) _count++; }
        public void Remove(Visits other) { lock (s_all) other._count--; }
        public int Get() { lock (s_all) return _count; }
        public int Two() { lock (s_all) return _count * 2; }
        """);

    [Fact]
    public Task LockOfOneObjectAroundAStaticField_IsSilent() => SilentIn("""
        private static int s_all;
        public void Add() { lock (_gate) s_all++; }
        public void Remove() { lock (_gate) s_all--; }
        public int Get() { lock (_gate) return s_all; }
        public int Peek() => s_all;
        """);

    [Fact]
    public Task TheObjectItselfIsLocked_Flags() => FlagsIn("""
        public void Add() { lock (this) _count++; }
        public void Remove() { lock (this) _count--; }
        public int Get() { lock (this) return _count; }
        public int Peek() => _count; // MML1021
        """);

    [Fact]
    public Task HelperOfAHelperThatOneCallerReachesWithoutIt_Flags() => FlagsIn(ThreeGuarded + """
        public void AddTwo() { lock (_gate) Step(2); }
        public void AddThree() => Step(3);
        private void Step(int by) => Change(by);
        private void Change(int by) => _count += by; // MML1021
        """);

    [Fact]
    public Task WrittenBeforeTheObjectIsHandedOn_IsSilent() => SilentIn(ThreeGuarded + "public void Run(Action<Visits> start) { _count = 0; start(this); }");

    [Fact]
    public Task HelperCalledBeforeTheObjectIsHandedOn_IsSilent() => SilentIn(ThreeGuarded + """
        private void Clear() => _count = 0;
        public void Reset() { lock (_gate) Clear(); }
        public void Run(Action<Visits> start) { Clear(); start(this); }
        """);

    [Fact]
    public Task HelperThatTheConstructorCalls_IsSilent() => SilentIn(ThreeGuarded + """
        private void Clear() => _count = 0;
        public Visits() => Clear();
        public void Reset() { lock (_gate) Clear(); }
        """);

    [Fact]
    public Task WrittenAfterTheObjectIsHandedOn_Flags() => FlagsIn(ThreeGuarded + """
        public void Run(Action<Visits> start)
        {
            start(this);
            _count = 0; // MML1021
        }
        """);

    [Fact]
    public Task WrittenAfterALockAndBeforeTheObjectIsHandedOn_Flags() => FlagsIn(ThreeGuarded + """
        public void Run(Action<Visits> start)
        {
            lock (_gate) _count++;
            _count = 0; // MML1021
            start(this);
        }
        """);

    [Fact]
    public Task GoneThroughBeforeTheObjectIsHandedOn_IsSilent() => SilentIn("""
        private int[] _all = [];
        public void Add() { lock (_gate) _all[0]++; }
        public void Remove() { lock (_gate) _all[0]--; }
        public int Get() { lock (_gate) return _all[0]; }
        public void Run(Action<Visits> start) { _all = new int[3]; _all[1] = 1; start(this); }
        """);

    [Fact]
    public Task AskedAboutBeforeTheObjectIsHandedOn_Flags() => FlagsIn(ThreeGuarded + """
        public void Run(Action<Visits> start)
        {
            if (_count == 0) // MML1021
                start(this);
        }
        """);

    [Fact]
    public Task MethodThatSaysWhatItNeeds_IsSilent() => SilentIn(ThreeGuarded + """[MustHold("_gate")] internal int Peek() => _count;""");
}
