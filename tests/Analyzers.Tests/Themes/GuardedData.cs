using System.Threading.Tasks;

namespace AnalyzerTests.Themes;

/// <summary>A guarded member is touched only under its lock.</summary>
public sealed class GuardedData : ThemeTests
{
    [Fact]
    public Task ReadUnderTheLock_IsSilent() => Silent("""
        public int Get() { _gate.Enter(); int value = _count; _gate.Exit(); return value; }
        """);

    [Fact]
    public Task ReadWithoutTheLock_Flags() => Flags("""
        public int Get() => {|MML1008:_count|};
        """);

    [Fact]
    public Task WrittenWithoutTheLock_Flags() => Flags("""
        public void Set(int value) => {|MML1009:_count|} = value;
        """);

    [Fact]
    public Task IncrementIsReportedOnceAsWrite_Flags() => Flags("""
        public void Bump() => {|MML1009:_count|}++;
        """);

    [Fact]
    public Task CompoundAssignmentIsReportedOnceAsWrite_Flags() => Flags("""
        public void Add(int value) => {|MML1009:_count|} += value;
        """);

    [Fact]
    public Task ReadAfterExit_Flags() => Flags("""
        public int Get()
        {
            _gate.Enter();
            int value = _count;
            _gate.Exit();
            return value + _count; // MML1008
        }
        """);

    [Fact]
    public Task ReadBeforeEnter_Flags() => Flags("""
        public int Get()
        {
            int before = _count; // MML1008
            _gate.Enter();
            int value = _count;
            _gate.Exit();
            return value - before;
        }
        """);

    [Fact]
    public Task ReadInTheUnlockedBranch_Flags() => Flags("""
        public int Get()
        {
            if (Coin()) return _count; // MML1008
            _gate.Enter();
            int value = _count;
            _gate.Exit();
            return value;
        }
        """);

    [Fact]
    public Task ReadUnderAnotherLock_Flags() => Flags("""
        public int Get()
        {
            _rw.EnterWrite();
            int value = _count; // MML1008
            _rw.ExitWrite();
            return value;
        }
        """);

    [Fact]
    public Task ReadUnderTheSameLockOfAnotherObject_Flags() => Flags("""
        public static int Get(Node left, Node right)
        {
            left.Gate.Enter();
            int value = right.Value; // MML1008
            left.Gate.Exit();
            return value;
        }
        """);

    [Fact]
    public Task ReadUnderTheLockOfTheSameObject_IsSilent() => Silent("""
        public static int Get(Node left, Node right)
        {
            right.Gate.Enter();
            int value = right.Value;
            right.Gate.Exit();
            return value;
        }
        """);

    [Fact]
    public Task NeededLockCovers_IsSilent() => Silent("""
        [MustHold("_gate")] public void Bump() => _count++;
        """);

    [Fact]
    public Task NeededLockOfAParameterCovers_IsSilent() => Silent("""
        [MustHold("node.Gate")] public static void Bump(Node node) => node.Value++;
        """);

    [Fact]
    public Task NeededLockOfTheWrongParameter_Flags() => Flags("""
        [MustHold("left.Gate")] public static void Bump(Node left, Node right) => right.Value++; // MML1009
        """);

    [Fact]
    public Task PassedByRefWithoutTheLock_Flags() => Flags("""
        public void Bump() => Interlocked.Increment(ref _count); // MML1009
        """);

    [Fact]
    public Task PassedByRefUnderTheLock_IsSilent() => Silent("""
        [MustHold("_gate")] public void Bump() => Interlocked.Increment(ref _count);
        """);

    [Fact]
    public Task PassedByInWithoutTheLock_Flags() => Flags("""
        public static extern int Twice(in int value);
        public int Get() => Twice(in _count); // MML1008
        """);

    [Fact]
    public Task FilledByOutWithoutTheLock_Flags() => Flags("""
        public void Parse(string text) => int.TryParse(text, out _count); // MML1009
        """);

    [Fact]
    public Task MentionedByNameof_IsSilent() => Silent("""
        public string Name() => nameof(_count);
        """);

    [Fact]
    public Task PartOfAGuardedStructWrittenWithoutTheLock_Flags() => Flags("""
        public struct Point { public int X; }
        [GuardedBy(nameof(_gate))] public Point _point;
        public void Move() => _point.X = 1; // MML1009
        """);

    [Fact]
    public Task PartOfAGuardedStructWrittenUnderTheLock_IsSilent() => Silent("""
        public struct Point { public int X; }
        [GuardedBy(nameof(_gate))] public Point _point;
        [MustHold("_gate")] public void Move() => _point.X = 1;
        """);

    [Fact]
    public Task GuardedPropertyReadWithoutTheLock_Flags() => Flags("""
        [GuardedBy(nameof(_gate))] public int Size { get; set; }
        public bool IsEmpty() => Size == 0; // MML1008
        """);

    [Fact]
    public Task GuardedPropertyWrittenUnderTheLock_IsSilent() => Silent("""
        [GuardedBy(nameof(_gate))] public int Size { get; set; }
        [MustHold("_gate")] public void Clear() => Size = 0;
        """);

    [Fact]
    public Task ElementOfAGuardedArrayNeedsTheArrayOnly_IsSilent() => Silent("""
        [GuardedBy(nameof(_gate))] public int[] _cells = new int[4];
        public int Last()
        {
            _gate.Enter();
            var cells = _cells;
            _gate.Exit();
            return cells[3];
        }
        """);

    [Fact]
    public Task ElementOfADeeplyGuardedArrayAfterExit_Flags() => Flags("""
        [GuardedBy(nameof(_gate), Deep = true)] public int[] _cells = new int[4];
        public int Last()
        {
            _gate.Enter();
            var cells = _cells;
            _gate.Exit();
            return cells[3]; // MML1008
        }
        """);

    [Fact]
    public Task ElementOfADeeplyGuardedArrayWritten_IsSilent() => Silent("""
        [GuardedBy(nameof(_gate), Deep = true)] public readonly int[] _cells = new int[4];
        [MustHold("_gate")] public void Set(int index) => _cells[index] = 1;
        """);

    [Fact]
    public Task ElementOfADeeplyGuardedArrayWrittenWithoutTheLock_Flags() => Flags("""
        [GuardedBy(nameof(_gate), Deep = true)] public readonly int[] _cells = new int[4];
        public void Set(int index) => _cells[index] = 1; // MML1009
        """);

    [Fact]
    public Task StaticFieldUnderAStaticLock_IsSilent() => Silent("""
        public static readonly Gate s_gate = new();
        [GuardedBy(nameof(s_gate))] public static int s_total;
        public static void Add() { s_gate.Enter(); s_total++; s_gate.Exit(); }
        """);

    [Fact]
    public Task StaticFieldWithoutItsLock_Flags() => Flags("""
        public static readonly Gate s_gate = new();
        [GuardedBy(nameof(s_gate))] public static int s_total;
        public void Add() => s_total++; // MML1009
        """);

    [Fact]
    public Task OneOfTwoGuardsIsEnoughToRead_IsSilent() => Silent("""
        [GuardedBy(nameof(_gate), nameof(_rw))] public int _shared;
        [MustHold("_gate")] public int Get() => _shared;
        [MustHold("_rw")] public int GetToo() => _shared;
        """);

    [Fact]
    public Task OneOfTwoGuardsIsNotEnoughToWrite_Flags() => Flags("""
        [GuardedBy(nameof(_gate), nameof(_rw))] public int _shared;
        [MustHold("_gate")] public void Set() => _shared = 1; // MML1009
        """);

    [Fact]
    public Task BothGuardsAreEnoughToWrite_IsSilent() => Silent("""
        [GuardedBy(nameof(_gate), nameof(_rw))] public int _shared;
        [MustHold("_gate && exclusive(_rw)")] public void Set() => _shared = 1;
        """);

    [Fact]
    public Task NoGuardIsNotEnoughToRead_Flags() => Flags("""
        [GuardedBy(nameof(_gate), nameof(_rw))] public int _shared;
        public int Get() => _shared; // MML1008
        """);

    [Fact]
    public Task ReadAndWriteRulesThatDiffer_IsSilent() => Silent("""
        [ReadBy("_gate || _rw"), WriteBy("exclusive(_rw)")] public int _shared;
        [MustHold("_gate")] public int Get() => _shared;
        [MustHold("exclusive(_rw)")] public void Set() => _shared = 1;
        """);

    [Fact]
    public Task WrittenUnderTheReadRule_Flags() => Flags("""
        [ReadBy("_gate || _rw"), WriteBy("exclusive(_rw)")] public int _shared;
        [MustHold("_gate")] public void Set() => _shared = 1; // MML1009
        """);

    [Fact]
    public Task WriteRuleForOneValueOnly_IsSilent() => Silent("""
        [ReadBy("_gate"), WriteBy("_gate"), WriteBy("_gate && exclusive(_rw)", When = "value == null")] public string? _name;
        [MustHold("_gate")] public void Name() => _name = "x";
        [MustHold("_gate && exclusive(_rw)")] public void Forget() => _name = null;
        """);

    [Fact]
    public Task WriteRuleForOneValueBroken_Flags() => Flags("""
        [ReadBy("_gate"), WriteBy("_gate"), WriteBy("_gate && exclusive(_rw)", When = "value == null")] public string? _name;
        [MustHold("_gate")] public void Forget() => _name = null; // MML1009
        """);

    [Fact]
    public Task FreelyReadByVolatile_IsSilent() => Silent("""
        [GuardedBy(nameof(_gate)), ReadFreely] public bool _done;
        public bool IsDone() => Volatile.Read(ref _done);
        """);

    [Fact]
    public Task FreelyReadButPlainly_Flags() => Flags("""
        [GuardedBy(nameof(_gate)), ReadFreely] public bool _done;
        public bool IsDone() => _done; // MML1008
        """);

    [Fact]
    public Task FreelyReadIsNotFreelyWritten_Flags() => Flags("""
        [GuardedBy(nameof(_gate)), ReadFreely] public bool _done;
        public void Finish() => Volatile.Write(ref _done, true); // MML1009
        """);

    [Fact]
    public Task AtomicMemberByInterlocked_IsSilent() => Silent("""
        [Atomic] public int _users;
        public bool Drop() => Interlocked.Decrement(ref _users) == 0;
        """);

    [Fact]
    public Task AtomicMemberPlainly_Flags() => Flags("""
        [Atomic] public int _users;
        public void Reset() => _users = 0; // MML1009
        """);

    [Theory]
    [InlineData("Volatile.Write(ref _users, reset ? 0 : 1)")]
    [InlineData("Volatile.Write(ref _users, count ?? 0)")]
    [InlineData("Interlocked.Exchange(ref _users, count switch { null => 0, _ => 1 })")]
    [InlineData("Interlocked.CompareExchange(ref _users, reset ? 0 : 1, count ?? 2)")]
    public Task AtomicMemberByInterlockedWithAValueThatBranches_IsSilent(string change) => Silent($$"""
        [Atomic] public int _users;
        public void Change(bool reset, int? count) => {{change}};
        """);

    [Fact]
    public Task FreelyReadIsNotFreelyWrittenWithAValueThatBranches_Flags() => Flags("""
        [GuardedBy(nameof(_gate)), ReadFreely] public bool _done;
        public void Finish(bool? done) => Volatile.Write(ref _done, done ?? true); // MML1009
        """);

    [Fact]
    public Task GuardedMemberByReferenceBesideAValueThatBranches_Flags() => Flags("""
        [GuardedBy(nameof(_gate))] public int _sum;
        private static void Set(ref int place, int value) => place = value;
        public void Reset(bool zero) => Set(ref _sum, zero ? 0 : 1); // MML1008
        """);

    [Fact]
    public Task GuardedMemberByReferenceBesideAValueThatBranches_IsSilent() => Silent("""
        [GuardedBy(nameof(_gate))] public int _sum;
        private static void Set(ref int place, int value) => place = value;
        public void Reset(bool zero) { lock (_gate) Set(ref _sum, zero ? 0 : 1); }
        """);

    [Fact]
    public Task DoubleCheckedRead_IsSilent() => Silent("""
        [GuardedBy(nameof(_gate)), ReadFreely] public object? _value;
        public object Get()
        {
            if (Volatile.Read(ref _value) is { } ready) return ready;
            _gate.Enter();
            object result = _value ??= new object();
            _gate.Exit();
            return result;
        }
        """);

    [Fact]
    public Task DoubleCheckedReadWithoutTheFence_Flags() => Flags("""
        [GuardedBy(nameof(_gate)), ReadFreely] public object? _value;
        public object Get()
        {
            if (_value is { } ready) return ready; // MML1008
            _gate.Enter();
            object result = _value ??= new object();
            _gate.Exit();
            return result;
        }
        """);

    [Fact]
    public Task ReadInAnInterpolatedString_Flags() => Flags("""
        public string Text() => $"count {_count}"; // MML1008
        """);

    [Fact]
    public Task ReadInAConditionOnOnePath_Flags() => Flags("""
        public bool Any(bool locked)
        {
            if (locked) _gate.Enter();
            bool any = _count > 0; // MML1008
            if (locked) _gate.Exit();
            return any;
        }
        """);

    [Fact]
    public Task WrittenByDeconstructionWithoutTheLock_Flags() => Flags("""
        public void Set() => (_count, _) = (1, 2); // MML1009
        """);

    [Fact]
    public Task VisibleGetterIsJudgedWhereItStands_Flags() => FlagsTypes("""
        public sealed class Visits
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private int _count;
            public int Count => _count; // MML1008
            public int Twice() => Count + Count;
        }
        """);

    [Fact]
    public Task GetterThatOnlyTheAssemblySeesIsJudgedAtItsUse_Flags() => FlagsTypes("""
        public sealed class Visits
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private int _count;
            internal int Count => _count;
            public int Right() { lock (_gate) return Count; }
            public int Wrong() => Count; // MML1008
        }
        """);

    [Fact]
    public Task VisibleGetterThatSaysWhatItNeeds_IsSilent() => SilentTypes("""
        public sealed class Visits
        {
            public readonly object Gate = new();
            [GuardedBy(nameof(Gate))] private int _count;
            [MustHold("Gate")] public int Count => _count;
            public int Twice() { lock (Gate) return Count + Count; }
        }
        """);

    [Fact]
    public Task PrimaryConstructorParameterAsGuard_Flags() => FlagsTypes("""
        public sealed class Visits(object gate)
        {
            [GuardedBy(nameof(gate))] private int _count;
            public void Add() { lock (gate) _count++; }
            public int Peek() => _count; // MML1008
        }
        """);

    [Fact]
    public Task VisibleGetterThatSaysWhatItNeeds_Flags() => FlagsTypes("""
        public sealed class Visits
        {
            public readonly object Gate = new();
            [GuardedBy(nameof(Gate))] private int _count;
            [MustHold("Gate")] public int Count => _count;
            public int Twice() => Count + 1; // MML1001
        }
        """);

    [Fact]
    public Task FactOverAGetterThatSaysWhatItNeeds_IsSilent() => SilentTypes("""
        public sealed class Visits
        {
            public readonly object Gate = new();
            [GuardedBy(nameof(Gate))] private int _count;
            [MustHold("Gate")] public bool IsEmpty => _count == 0;
            [MustHold("Gate"), Requires("!IsEmpty")] public extern void Take();
            public void Run() { lock (Gate) if (!IsEmpty) Take(); }
        }
        """);

    [Fact]
    public Task CollectionThatGuardsItself_Flags() => FlagsTypes("""
        public sealed class Names
        {
            [GuardedBy(nameof(_names))] private readonly List<string> _names = [];
            public void Add(string name) { lock (_names) _names.Add(name); }
            public bool TryAdd(string name) { if (!Monitor.TryEnter(_names)) return false; _names.Add(name); Monitor.Exit(_names); return true; }
            public int Count() => _names.Count; // MML1008
        }
        """);
}
