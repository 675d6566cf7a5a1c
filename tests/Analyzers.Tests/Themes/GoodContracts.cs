using System.Threading.Tasks;

namespace AnalyzerTests.Themes;

/// <summary>Every production of the grammar and every place of a contract binds.</summary>
public sealed class GoodContracts : ThemeTests
{
    [Fact]
    public Task Path_IsSilent() => Silent("""
        [MustHold("_gate")] public extern void Run();
        """);

    [Fact]
    public Task PathFromThis_IsSilent() => Silent("""
        [MustHold("this._gate")] public extern void Run();
        """);

    [Fact]
    public Task PathFromAParameter_IsSilent() => Silent("""
        [MustHold("node.Gate")] public extern void Run(Node node);
        """);

    [Fact]
    public Task LongPath_IsSilent() => Silent("""
        [WriteOnce] public Subject? _up;
        [MustHold("_up._up._gate")] public extern void Run();
        """);

    [Fact]
    public Task PathFromAType_IsSilent() => Silent("""
        public static readonly Gate s_gate = new();
        [MustHold("Subject.s_gate")] public extern void Run();
        """);

    [Fact]
    public Task PathFromANestedType_IsSilent() => Silent("""
        public static class Inner { public static readonly Gate Gate = new(); }
        [MustHold("Inner.Gate")] public extern void Run();
        """);

    [Fact]
    public Task PathThroughAnAlias_IsSilent() => Silent("""
        [LockAlias("_gate")] public LockName Main => default;
        [MustHold("Main")] public extern void Run();
        """);

    [Fact]
    public Task ParameterThatIsALock_IsSilent() => Silent("""
        [MustHold("gate")] public extern void Run(Gate gate);
        """);

    [Fact]
    public Task TypeParameterThatIsALock_IsSilent() => Silent("""
        [Lock(LockKind.Mutex)] public class OpenGate { [Acquires("this")] public extern void Enter(); }
        [MustHold("gate")] public extern void Run<T>(T gate) where T : OpenGate;
        """);

    [Fact]
    public Task AnyInstanceOfAType_IsSilent() => Silent("""
        [MustNotHold("Gate")] public extern void Run();
        """);

    [Fact]
    public Task AnyInstanceOfAMember_IsSilent() => Silent("""
        [MustNotHold("Node.Gate")] public extern void Run();
        """);

    [Fact]
    public Task SharedMode_IsSilent() => Silent("""
        [MustHold("shared(_rw)")] public extern void Run();
        """);

    [Fact]
    public Task UpgradeableMode_IsSilent() => Silent("""
        [MustHold("upgradeable(_rw)")] public extern void Run();
        """);

    [Fact]
    public Task ExclusiveModeOfAMutex_IsSilent() => Silent("""
        [MustHold("exclusive(_gate)")] public extern void Run();
        """);

    [Fact]
    public Task ModeOfAFormula_IsSilent() => Silent("""
        [MustHold("exclusive(_rw || _gate)")] public extern void Run();
        """);

    [Fact]
    public Task AllOfThree_IsSilent() => Silent("""
        [MustHold("_gate && _rw && _spin")] public extern void Run();
        """);

    [Fact]
    public Task AnyOfThree_IsSilent() => Silent("""
        [MustHold("_gate || _rw || _spin")] public extern void Run();
        """);

    [Fact]
    public Task AllAndAny_IsSilent() => Silent("""
        [MustHold("_gate && (_rw || _spin)")] public extern void Run();
        """);

    [Fact]
    public Task ChoiceByABool_IsSilent() => Silent("""
        [MustHold("wide ? _rw : _gate")] public extern void Run(bool wide);
        """);

    [Fact]
    public Task ChoiceByAFlag_IsSilent() => Silent("""
        [Flags] public enum Wish { None, Wide = 1 }
        [MustHold("(wish & Wish.Wide) != 0 ? _rw : _gate")] public extern void Run(Wish wish);
        """);

    [Fact]
    public Task ChoiceByNull_IsSilent() => Silent("""
        [MustHold("node != null ? node.Gate : null")] public extern void Run(Node? node);
        """);

    [Fact]
    public Task ChoiceOfChoices_IsSilent() => Silent("""
        public enum Mode { A, B, C }
        [MustHold("mode == Mode.A ? _gate : mode == Mode.B ? _rw : _spin")] public extern void Run(Mode mode);
        """);

    [Fact]
    public Task ConditionNegated_IsSilent() => Silent("""
        [MustHold("_gate", When = "!locked")] public extern void Run(bool locked);
        """);

    [Fact]
    public Task ConditionOfSeveral_IsSilent() => Silent("""
        [MustHold("_gate", When = "locked && size > 0 || node is null")] public extern void Run(bool locked, int size, Node? node);
        """);

    [Fact]
    public Task ConditionByIsNotNull_IsSilent() => Silent("""
        [MustHold("_gate", When = "node is not null")] public extern void Run(Node? node);
        """);

    [Fact]
    public Task ConditionByRelation_IsSilent() => Silent("""
        [MustHold("_gate", When = "first <= second")] public extern void Run(int first, int second);
        """);

    [Fact]
    public Task ConditionByNegativeNumber_IsSilent() => Silent("""
        [MustHold("_gate", When = "size == -1")] public extern void Run(int size);
        """);

    [Fact]
    public Task ConditionByCharacter_IsSilent() => Silent("""
        [MustHold("_gate", When = "name == 'x'")] public extern void Run(char name);
        """);

    [Fact]
    public Task ConditionByEnumOfAnotherNamespace_IsSilent() => Silent("""
        [MustHold("_gate", When = "day == DayOfWeek.Monday")] public extern void Run(DayOfWeek day);
        """);

    [Fact]
    public Task ConditionByConstantsJoined_IsSilent() => Silent("""
        [Flags] public enum Wish { None, A = 1, B = 2 }
        [MustHold("_gate", When = "(wish & (Wish.A | Wish.B)) != 0")] public extern void Run(Wish wish);
        """);

    [Fact]
    public Task ConditionOverTheResult_IsSilent() => Silent("""
        [Acquires("_gate", When = "result == 0")] public extern int Run();
        """);

    [Fact]
    public Task ConditionOverAFlagOfTheResult_IsSilent() => Silent("""
        [Flags] public enum Fate { None, Gone = 1 }
        [MustHold("_gate"), Releases("_gate", When = "(result & Fate.Gone) != 0")] public extern Fate Run();
        """);

    [Fact]
    public Task ConditionOverAnOutParameter_IsSilent() => Silent("""
        [Acquires("_gate", When = "taken")] public extern void Run(out bool taken);
        """);

    [Fact]
    public Task ConditionOverAMemberOfTheResult_IsSilent() => Silent("""
        [Acquires("result.Gate", When = "result != null")] public extern Node? Run();
        """);

    [Fact]
    public Task LockOfAnOutParameter_IsSilent() => Silent("""
        [Acquires("node.Gate", When = "node != null")] public extern void Run(out Node? node);
        """);

    [Fact]
    public Task SeveralOfAKind_IsSilent() => Silent("""
        [Acquires("_gate"), Acquires("shared(_rw)")] public extern void Run();
        """);

    [Fact]
    public Task ReleaseOfAFormula_IsSilent() => Silent("""
        [Releases("_gate && _rw")] public extern void Run();
        """);

    [Fact]
    public Task EnsuredEquality_IsSilent() => Silent("""
        public sealed class Leaf { public required Subject Root { get; init; } }
        [Ensures("result.Root == this")] public extern Leaf Run();
        """);

    [Fact]
    public Task EnsuredOldAndNew_IsSilent() => Silent("""
        [Ensures("size == old(size)")] public extern void Run(ref int size);
        """);

    [Fact]
    public Task RequiredRelationOfPaths_IsSilent() => Silent("""
        public required int Low { get; init; }
        public required int High { get; init; }
        [Requires("Low < High")] public extern void Run();
        """);

    [Fact]
    public Task GuardOfSeveral_IsSilent() => Silent("""
        [GuardedBy("_gate", "_rw")] public int _value;
        """);

    [Fact]
    public Task GuardByAnotherObject_IsSilent() => Silent("""
        public sealed class Leaf(Subject root) { public readonly Subject Root = root; [GuardedBy("Root._gate")] public int Value; }
        """);

    [Fact]
    public Task GuardByThis_IsSilent() => Silent("""
        [Lock(LockKind.Mutex)] public sealed class Page { [GuardedBy("this")] public int Value; [Acquires("this")] public extern void Enter(); }
        """);

    [Fact]
    public Task WriteRuleOverOldAndNew_IsSilent() => Silent("""
        [ReadBy("_gate"), WriteBy("_gate"), WriteBy("_gate && exclusive(_rw)", When = "_name != null && value == null")] public string? _name;
        """);

    [Fact]
    public Task WriteRuleOverTheLockOfTheNewValue_IsSilent() => Silent("""
        [ReadBy("_gate"), WriteBy("_gate && value.Gate")] public Node? _next;
        """);

    [Fact]
    public Task ValidityOfAParameter_IsSilent() => Silent("""
        public extern void Run([ValidWhileHeld("_gate")] Node node);
        """);

    [Fact]
    public Task ValidityByTheResultsOwnLock_IsSilent() => Silent("""
        [return: ValidWhileHeld("_gate || result.Gate")] public extern Node Run();
        """);

    [Fact]
    public Task OwnedReference_IsSilent() => Silent("""
        public sealed class Counted { [Lock(Reference)] public LockName Ref => default; }
        public sealed class Keeper { [Owns("value.Ref")] public required Counted Kept { get; init; } }
        """);

    [Fact]
    public Task ContractOnAProperty_IsSilent() => Silent("""
        [MustHold("_gate")] public extern int Size { get; }
        """);

    [Fact]
    public Task ContractOnAnAccessor_IsSilent() => Silent("""
        public extern int Size { get; [MustHold("_gate")] set; }
        """);

    [Fact]
    public Task ContractOnAnIndexer_IsSilent() => Silent("""
        public extern int this[int index] { [MustHold("_gate", When = "index > 0")] get; }
        """);

    [Fact]
    public Task ContractOnAnEvent_IsSilent() => Silent("""
        public event Action Changed { [MustHold("_gate")] add { } [MustHold("_gate")] remove { } }
        """);

    [Fact]
    public Task ContractOnAConstructor_IsSilent() => Silent("""
        public sealed class Child { [MustHold("parent.Gate")] public extern Child(Node parent); }
        """);

    [Fact]
    public Task ContractOnAnOperator_IsSilent() => Silent("""
        [MustHold("left._gate && right._gate")] public static extern Subject operator +(Subject left, Subject right);
        """);

    [Fact]
    public Task ContractOnADelegate_IsSilent() => Silent("""
        [MustHold("node.Gate"), Releases("node.Gate", When = "result")] public delegate bool Visit(Node node);
        """);

    [Fact]
    public Task ContractOnALocalFunction_IsSilent() => Silent("""
        public void Run() { Inner(_gate); [MustNotHold("gate")] static void Inner(Gate gate) { } }
        """);

    [Fact]
    public Task ContractOnAnAsyncMethod_IsSilent() => Silent("""
        [Acquires("_gate", When = "result")] public extern Task<bool> RunAsync();
        """);

    [Fact]
    public Task ContractInARecord_IsSilent() => Silent("""
        public sealed record Row(Gate Gate) { [MustHold("Gate")] public void Run() { } }
        """);

    [Fact]
    public Task ContractInAnInterface_IsSilent() => Silent("""
        public interface IRunner { Gate Gate { get; } [MustHold("Gate")] void Run(); }
        """);

    [Fact]
    public Task BoundedHold_IsSilent() => Silent("""
        [ReleasedWith("_rw", LockMode.Exclusive), Lock(LockKind.Mutex)] public LockName All => default;
        """);

    [Fact]
    public Task ConditionalClass_IsSilent() => Silent("""
        [WriteOnce] public bool _isBig;
        [LockClass("Big", When = "_isBig")] public readonly Gate _sometimes = new();
        """);

    [Fact]
    public Task NeedToAcquireALockMember_IsSilent() => Silent("""
        [MustHold("_gate")] public readonly SpinGate _inner = new();
        """);
}
