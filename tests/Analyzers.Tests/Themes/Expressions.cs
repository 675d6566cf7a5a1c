using System.Threading.Tasks;

namespace AnalyzerTests.Themes;

/// <summary>Guarded accesses and calls in every corner of an expression.</summary>
public sealed class Expressions : ThemeTests
{
    [Fact]
    public Task ReadOnlyIfTheLeftOperandHolds_IsSilent() => Silent("""
        public bool Any() => _gate.TryEnter() && Leave(_count > 0);
        [Releases("_gate")] public bool Leave(bool result) { _gate.Exit(); return result; }
        """);

    [Fact]
    public Task ReadOnTheRightOfOr_Flags() => Flags("""
        public bool Any() => _gate.TryEnter() || _count > 0; // MML1008, MML1006
        """);

    [Fact]
    public Task ReadInBothArmsOfAConditional_Flags() => Flags("""
        public int Get(bool locked)
        {
            if (locked) _gate.Enter();
            int value = locked
                ? _count
                : _count + 1; // MML1008
            if (locked) _gate.Exit();
            return value;
        }
        """);

    [Fact]
    public Task ReadInOneArmUnderItsCondition_IsSilent() => Silent("""
        public int Get(bool locked)
        {
            if (locked) _gate.Enter();
            int value = locked ? _count : 0;
            if (locked) _gate.Exit();
            return value;
        }
        """);

    [Fact]
    public Task ArgumentReadBeforeTheCallThatExits_IsSilent() => Silent("""
        [Releases("_gate")] public extern int Leave(int value);
        public int Get() { _gate.Enter(); return Leave(_count); }
        """);

    [Fact]
    public Task OperandReadAfterTheCallThatExits_Flags() => Flags("""
        [Releases("_gate")] public extern int Leave();
        public int Get()
        {
            _gate.Enter();
            return Leave() + _count; // MML1008
        }
        """);

    [Fact]
    public Task OperandReadBeforeTheCallThatExits_IsSilent() => Silent("""
        [Releases("_gate")] public extern int Leave();
        public int Get() { _gate.Enter(); return _count + Leave(); }
        """);

    [Fact]
    public Task NamedArgumentsInOrderOfWriting_Flags() => Flags("""
        [Releases("_gate")] public extern int Leave();
        public static extern int Sum(int first, int second);
        public int Get()
        {
            _gate.Enter();
            return Sum(second: Leave(), first: _count); // MML1008
        }
        """);

    [Fact]
    public Task ReadInASwitchExpressionArm_Flags() => Flags("""
        public int Get(int kind) => kind switch
        {
            0 => 0,
            _ => _count, // MML1008
        };
        """);

    [Fact]
    public Task ReadInAPatternWithoutTheLock_Flags() => Flags("""
        public bool IsSmall() => _count is > 0 and < 10; // MML1008
        """);

    [Fact]
    public Task ReadInAPatternUnderTheLock_IsSilent() => Silent("""
        [MustHold("_gate")] public bool IsSmall() => _count is > 0 and < 10;
        """);

    [Fact]
    public Task ReadByAPropertyPattern_Flags() => Flags("""
        public static bool IsZero(Node node) => node is { Value: 0 }; // MML1008
        """);

    [Fact]
    public Task ReadByAPropertyPatternUnderTheLock_IsSilent() => Silent("""
        [MustHold("node.Gate")] public static bool IsZero(Node node) => node is { Value: 0 };
        """);

    [Fact]
    public Task ReadThroughANullConditional_Flags() => Flags("""
        public static int? Get(Node? node) => node?.Value; // MML1008
        """);

    [Fact]
    public Task ReadInAnIndexerArgument_Flags() => Flags("""
        public int Pick(int[] cells) => cells[_count]; // MML1008
        """);

    [Fact]
    public Task ReadInACollectionExpression_Flags() => Flags("""
        public int[] All() => [1, _count]; // MML1008
        """);

    [Fact]
    public Task ReadInAnObjectInitializer_Flags() => Flags("""
        public Node Copy() => new() { Value = _count }; // MML1008
        """);

    [Fact]
    public Task ReadInACoalescedDefault_Flags() => Flags("""
        public int Get(int? wanted) => wanted ?? _count; // MML1008
        """);

    [Fact]
    public Task ReadByACast_Flags() => Flags("""
        public long Get() => (long)_count; // MML1008
        """);

    [Fact]
    public Task ReadByAwaitOfAResult_Flags() => Flags("""
        public async Task<int> Get() => await Task.FromResult(_count); // MML1008
        """);

    [Fact]
    public Task WrittenByDeconstructionUnderTheLock_IsSilent() => Silent("""
        [MustHold("_gate")] public void Set() => (_count, _) = (1, 2);
        """);

    [Fact]
    public Task LockTakenInAConditionOfALoop_IsSilent() => Silent("""
        public void Run()
        {
            while (_gate.TryEnter()) { _count++; _gate.Exit(); }
        }
        """);

    [Fact]
    public Task LockTakenInAForHeader_IsSilent() => Silent("""
        public void Run()
        {
            for (_gate.Enter(); _count < 10; _count++) Work();
            _gate.Exit();
        }
        """);

    [Fact]
    public Task ReadInAForHeaderWithoutTheLock_Flags() => Flags("""
        public void Run()
        {
            for (int i = 0; i < _count; i++) Work(); // MML1008
        }
        """);

    [Fact]
    public Task ReadInADefaultOfAParameterOfALocalFunction_IsSilent() => Silent("""
        public int Run()
        {
            return Local();
            static int Local(int size = 4) => size;
        }
        """);

    [Fact]
    public Task ThrownInAnExpressionWhileHeld_Flags() => Flags("""
        public int Get(int? wanted)
        {
            _gate.Enter();
            int value = wanted ?? throw new ArgumentNullException(nameof(wanted)); // MML1006
            _gate.Exit();
            return value;
        }
        """);

    [Fact]
    public Task ReadInARangeAndIndex_Flags() => Flags("""
        public string Cut(string text) => text[.._count]; // MML1008
        """);

    [Fact]
    public Task ReadInAWithExpression_Flags() => Flags("""
        public record struct Size(int Width);
        public Size Widen(Size size) => size with { Width = _count }; // MML1008
        """);

    [Fact]
    public Task ReadInALockedInterpolation_IsSilent() => Silent("""
        [MustHold("_gate")] public string Text() => $"count {_count:N0}";
        """);

    [Fact]
    public Task SizeOfDoesNotRead_IsSilent() => Silent("""
        public int Bytes() => sizeof(int) + nameof(_table).Length;
        """);
}
