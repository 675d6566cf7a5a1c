using System.Threading.Tasks;

namespace AnalyzerTests.Themes;

/// <summary>A contract that cannot be meant is reported where it stands.</summary>
public sealed class BadContracts : ThemeTests
{
    [Fact]
    public Task UnknownMember_Flags() => Flags("""
        [MustHold("_gaet")] public extern void Run(); // MML0001
        """);

    [Fact]
    public Task UnknownMemberOfAPath_Flags() => Flags("""
        [MustHold("node.Lock")] public extern void Run(Node node); // MML0001
        """);

    [Fact]
    public Task UnknownParameter_Flags() => Flags("""
        [MustHold("other.Gate")] public extern void Run(Node node); // MML0001
        """);

    [Fact]
    public Task Empty_Flags() => Flags("""
        [MustHold("")] public extern void Run(); // MML0001
        """);

    [Fact]
    public Task Blank_Flags() => Flags("""
        [MustHold("  ")] public extern void Run(); // MML0001
        """);

    [Fact]
    public Task Unparsable_Flags() => Flags("""
        [MustHold("_gate &&")] public extern void Run(); // MML0001
        """);

    [Fact]
    public Task UnbalancedParenthesis_Flags() => Flags("""
        [MustHold("exclusive(_gate")] public extern void Run(); // MML0001
        """);

    [Fact]
    public Task TrailingWords_Flags() => Flags("""
        [MustHold("_gate please")] public extern void Run(); // MML0001
        """);

    [Fact]
    public Task CallInAPath_Flags() => Flags("""
        public extern Gate Find();
        [MustHold("Find()")] public extern void Run(); // MML0001
        """);

    [Fact]
    public Task NullConditionalInAPath_Flags() => Flags("""
        [MustHold("node?.Gate")] public extern void Run(Node? node); // MML0001
        """);

    [Fact]
    public Task NotALock_Flags() => Flags("""
        [MustHold("_limit")] public extern void Run(); // MML0001
        public readonly int _limit = 4;
        """);

    [Fact]
    public Task UnknownMode_Flags() => Flags("""
        [MustHold("locked(_gate)")] public extern void Run(); // MML0001
        """);

    [Fact]
    public Task ModeThatTheLockDoesNotHave_Flags() => Flags("""
        [MustHold("shared(_gate)")] public extern void Run(); // MML0001
        """);

    [Fact]
    public Task ResultOfAVoidMethod_Flags() => Flags("""
        [Acquires("result.Gate")] public extern void Run(); // MML0001
        """);

    [Fact]
    public Task ResultInANeed_Flags() => Flags("""
        [MustHold("result.Gate")] public extern Node Run(); // MML0001
        """);

    [Fact]
    public Task ValueOutsideAWriteRule_Flags() => Flags("""
        [MustHold("value.Gate")] public extern void Run(Node node); // MML0001
        """);

    [Fact]
    public Task ConditionDoesNotBind_Flags() => Flags("""
        [MustHold("_gate", When = "lokced")] public extern void Run(bool locked); // MML0001
        """);

    [Fact]
    public Task ConditionIsNoFact_Flags() => Flags("""
        [MustHold("_gate", When = "node")] public extern void Run(Node node); // MML0001
        """);

    [Fact]
    public Task ConditionIsUnparsable_Flags() => Flags("""
        [MustHold("_gate", When = "locked ==")] public extern void Run(bool locked); // MML0001
        """);

    [Fact]
    public Task EnumMemberMisspelled_Flags() => Flags("""
        public enum Mode { Quick, Full }
        [MustHold("_gate", When = "mode == Mode.Ful")] public extern void Run(Mode mode); // MML0001
        """);

    [Fact]
    public Task FactThatIsALock_Flags() => Flags("""
        [Requires("_gate")] public extern void Run(); // MML0001
        """);

    [Fact]
    public Task GuardDoesNotBind_Flags() => Flags("""
        [GuardedBy("_gaet")] public int _value; // MML0001
        """);

    [Fact]
    public Task GuardIsNotALock_Flags() => Flags("""
        [GuardedBy("_size")] public int _value; // MML0001
        public readonly string _size = "";
        """);

    [Fact]
    public Task InstanceLockForAStaticMember_Flags() => Flags("""
        [GuardedBy(nameof(_gate))] public static int s_value; // MML0001
        """);

    [Fact]
    public Task InstanceLockForAStaticMethod_Flags() => Flags("""
        [MustHold("_gate")] public static extern void Run(); // MML0001
        """);

    [Fact]
    public Task ThisInAStaticMethod_Flags() => Flags("""
        [MustHold("this._gate")] public static extern void Run(); // MML0001
        """);

    [Fact]
    public Task AliasDoesNotBind_Flags() => Flags("""
        [LockAlias("_gaet")] public LockName Any => default; // MML0001
        """);

    [Fact]
    public Task AliasOfItself_Flags() => Flags("""
        [LockAlias("Any")] public LockName Any => default; // MML0001
        """);

    [Fact]
    public Task AliasesInACircle_Flags() => Flags("""
        [LockAlias("Second")] public LockName First => default; // MML0001
        [LockAlias("First")] public LockName Second => default; // MML0001
        """);

    [Fact]
    public Task ValidityDoesNotBind_Flags() => Flags("""
        [return: ValidWhileHeld("_gaet")] public extern Node Find(); // MML0001
        """);

    [Fact]
    public Task OrderNamesNoClass_Flags() => FlagsTypes("""
        [assembly: LockOrder("Gate", "Gaet")] // MML0001
        public sealed class User;
        """);

    [Fact]
    public Task NestingNamesNoClass_Flags() => FlagsTypes("""
        [assembly: LockNesting("Gaet", Nesting.Never)] // MML0001
        public sealed class User;
        """);

    [Fact]
    public Task AlternativeDoesNotExist_Flags() => Flags("""
        [UseInstead("Runn")] public extern void Run(); // MML0001
        """);

    [Fact]
    public Task AssignsWhatIsNotTracked_Flags() => Flags("""
        public int _size;
        [Assigns("_size")] public extern void Run(); // MML0001
        """);

    [Fact]
    public Task PathThroughAMutableField_Flags() => Flags("""
        public Node _node = new();
        [MustHold("_node.Gate")] public extern void Run(); // MML0005
        """);

    [Fact]
    public Task GuardThroughAMutableField_Flags() => Flags("""
        public Node _node = new();
        [GuardedBy("_node.Gate")] public int _value; // MML0005
        """);

    [Fact]
    public Task LockInAMutableField_Flags() => Flags("""
        public Gate _second = new();
        [GuardedBy(nameof(_second))] public int _value; // MML0005
        """);

    [Fact]
    public Task PathThroughASettableProperty_Flags() => Flags("""
        public Node Node { get; set; } = new();
        [MustHold("Node.Gate")] public extern void Run(); // MML0005
        """);

    [Fact]
    public Task PathThroughAReadonlyField_IsSilent() => Silent("""
        public readonly Node _node = new();
        [MustHold("_node.Gate")] public extern void Run();
        """);

    [Fact]
    public Task PathThroughAnInitOnlyProperty_IsSilent() => Silent("""
        public Node Node { get; init; } = new();
        [MustHold("Node.Gate")] public extern void Run();
        """);

    [Fact]
    public Task PathThroughAGuardedField_IsSilent() => Silent("""
        [GuardedBy(nameof(_rw))] public Node _node = new();
        [MustHold("_rw && _node.Gate")] public extern void Run();
        """);

    [Fact]
    public Task FactOverAMutableField_Flags() => Flags("""
        public bool _open;
        [Requires("_open")] public extern void Run(); // MML0005
        """);

    [Fact]
    public Task NeededAndExcluded_Flags() => Flags("""
        [MustHold("_gate"), MustNotHold("_gate")] public extern void Run(); // MML0007
        """);

    [Fact]
    public Task SaidTwice_Flags() => Flags("""
        [MustHold("_gate"), MustHold("_gate")] public extern void Run(); // MML0007
        """);

    [Fact]
    public Task WeakerThanAnother_Flags() => Flags("""
        [MustHold("exclusive(_rw)"), MustHold("shared(_rw)")] public extern void Run(); // MML0007
        """);

    [Fact]
    public Task AcquiredThoughNeeded_Flags() => Flags("""
        [MustHold("_gate"), Acquires("_gate")] public extern void Run(); // MML0007
        """);

    [Fact]
    public Task DroppedAndRetaken_IsSilent() => Silent("""
        [MustHold("_gate"), Releases("_gate"), Acquires("_gate")] public extern void Run();
        """);

    [Fact]
    public Task ConditionThatNeverHolds_Flags() => Flags("""
        [MustHold("_gate", When = "locked && !locked")] public extern void Run(bool locked); // MML0007
        """);

    [Fact]
    public Task TwoConditions_IsSilent() => Silent("""
        [MustHold("_gate", When = "locked"), MustHold("_rw", When = "!locked")] public extern void Run(bool locked);
        """);

    [Fact]
    public Task GuardedAndFreeToAll_Flags() => Flags("""
        [GuardedBy(nameof(_gate)), WriteOnce] public int _value; // MML0007
        """);

    [Fact]
    public Task SharedAndWriteOnceForReading_IsSilent() => Silent("""
        [WriteOnce, WriteBy("_gate")] public int _value;
        """);

    [Fact]
    public Task SaidTogetherByOthers_Flags() => Flags("""
        [MustHold("_gate"), MustHold("_rw")]
        [MustHold("_rw && _gate")] public extern void Run(); // MML0007
        """);

    [Fact]
    public Task StrongerUnderACondition_IsSilent() => Silent("""
        [MustHold("_rw"), MustHold("exclusive(_rw)", When = "write")] public extern void Run(bool write);
        """);

    [Fact]
    public Task WeakerUnderACondition_Flags() => Flags("""
        [MustHold("exclusive(_rw)")]
        [MustHold("_rw", When = "read")] public extern void Run(bool read); // MML0007
        """);

    [Fact]
    public Task GroupSaysItToo_IsSilent() => SilentTypes("""
        [MustHold("node.Gate")] public sealed class OnNodeAttribute : ContractGroupAttribute;
        [MustHold("node.Gate && rw")] public sealed class OnBothAttribute : ContractGroupAttribute;
        public static class User { [OnNode, OnBoth] public static extern void Run(Node node, RwGate rw); }
        """);

    [Fact]
    public Task RepeatsItsGroup_Flags() => FlagsTypes("""
        [MustHold("node.Gate")] public sealed class OnNodeAttribute : ContractGroupAttribute;
        public static class User
        {
            [OnNode]
            [MustHold("node.Gate")] public static extern void Run(Node node); // MML0007
        }
        """);

    [Fact]
    public Task NeededAndExcludedByClass_Flags() => Flags("""
        [MustHold("_gate")]
        [MustNotHold("Gate")] public extern void Run(); // MML0007
        """);

    [Fact]
    public Task NeededSharedAndExcludedExclusively_IsSilent() => Silent("""
        [MustHold("shared(_rw)"), MustNotHold("exclusive(_rw)")] public extern void Run();
        """);

    [Fact]
    public Task NeededOrExcludedByACondition_IsSilent() => Silent("""
        [MustHold("_gate", When = "locked"), MustNotHold("_gate", When = "!locked")] public extern void Run(bool locked);
        """);

    [Fact]
    public Task ReleasedThoughExcluded_Flags() => Flags("""
        [MustNotHold("_gate")]
        [Releases("_gate")] public extern void Run(); // MML0007
        """);

    [Fact]
    public Task ExcludedAndAcquired_IsSilent() => Silent("""
        [MustNotHold("_gate"), Acquires("_gate")] public extern void Run();
        """);

    [Fact]
    public Task AcquiredTwice_Flags() => Flags("""
        [Acquires("_gate")]
        [Acquires("_gate")] public extern void Run(); // MML0007
        """);

    [Fact]
    public Task CountedTwice_IsSilent() => Silent("""
        [Lock(Reference)] public LockName Users => default;
        [Acquires("Users"), Acquires("Users")] public extern void Pin();
        """);

    [Fact]
    public Task TriedThoughNeededShared_IsSilent() => Silent("""
        [MustHold("shared(_rw)"), Acquires("shared(_rw)", When = "result", Try = true)] public extern bool Run();
        """);

    [Fact]
    public Task MarkedWhileNeeded_IsSilent() => Silent("""
        [MustHold("_rw"), Acquires("exclusive(_rw)", Idempotent = true)] public extern void Run();
        """);

    [Fact]
    public Task SharedModeOfASpinLock_Flags() => Flags("""
        [Acquires("shared(_spin)")] public extern void Run(); // MML0001
        """);

    [Fact]
    public Task ExclusiveModeOfRcu_Flags() => Flags("""
        [Lock(LockKind.Rcu)] public static LockName Grace => default;
        [MustHold("exclusive(Grace)")] public extern void Run(); // MML0001
        """);

    [Fact]
    public Task UpgradeableModeOfAMutex_Flags() => Flags("""
        [MustHold("upgradeable(_gate)")] public extern void Run(); // MML0001
        """);

    [Fact]
    public Task SharedModeOfAnyGate_Flags() => Flags("""
        [MustNotHold("shared(Gate)")] public extern void Run(); // MML0001
        """);

    [Fact]
    public Task ModeThatOneOfSeveralHas_IsSilent() => Silent("""
        [LockAlias("_gate || _rw")] public LockName Any => default;
        [MustHold("shared(Any)")] public extern void Run();
        """);

    [Fact]
    public Task DowngradeOfAMutex_Flags() => Flags("""
        [MustHold("_gate")]
        [Downgrades("_gate")] public extern void Run(); // MML0001
        """);

    [Fact]
    public Task GuardedByWhatNobodyHoldsExclusively_Flags() => Flags("""
        [Lock(LockKind.Rcu)] public static LockName Grace => default;
        [GuardedBy(nameof(Grace))] public int _value; // MML0001
        """);

    [Fact]
    public Task FactSaidTwice_Flags() => Flags("""
        [Requires("size > 0")]
        [Requires("size > 0")] public extern void Run(int size); // MML0007
        """);

    [Fact]
    public Task FactsThatContradict_Flags() => Flags("""
        [Requires("open")]
        [Requires("!open")] public extern void Run(bool open); // MML0007
        """);

    [Fact]
    public Task FactThatIsAlwaysTrue_Flags() => Flags("""
        [Requires("open || !open")] public extern void Run(bool open); // MML0007
        """);

    [Fact]
    public Task PromiseForEachOutcome_IsSilent() => Silent("""
        [Ensures("node != null", When = "result"), Ensures("node == null", When = "!result")] public extern bool Find(out Node? node);
        """);

    [Fact]
    public Task ContractOfAPropertyIsJudgedOnce_Flags() => Flags("""
        [MustHold("_gate")]
        [MustHold("_gate")] public int Size { get => 1; set { } } // MML0007
        """);

    [Fact]
    public Task SetterNeedsMoreThanItsProperty_IsSilent() => Silent("""
        [MustHold("_rw")] public int Size { get => 1; [MustHold("exclusive(_rw)")] set { } }
        """);

    [Fact]
    public Task SpacesDoNotMatter_IsSilent() => Silent("""
        [MustHold("  _gate  &&  shared( _rw ) ")] public extern void Run();
        """);

    [Fact]
    public Task ParenthesesDoNotMatter_IsSilent() => Silent("""
        [MustHold("((_gate)) && (_rw || _spin)")] public extern void Run();
        """);

    [Fact]
    public Task NameofInAString_IsSilent() => Silent("""
        [MustHold($"{nameof(node)}.{nameof(Node.Gate)}")] public extern void Run(Node node);
        """);

    [Fact]
    public Task StaticLockByTypeName_IsSilent() => Silent("""
        public static readonly Gate s_gate = new();
        [MustHold("Subject.s_gate")] public static extern void Run();
        """);

    [Fact]
    public Task LockOfAnArrayElement_IsSilent() => Silent("""
        public readonly Gate[] _gates = [new(), new()];
        [MustHold("_gates[0]"), MustHold("_gates[index]")] public extern void Run(int index);
        """);

    [Fact]
    public Task ConstantInACondition_IsSilent() => Silent("""
        public const int Limit = 4;
        [MustHold("_gate", When = "size >= Limit")] public extern void Run(int size);
        """);

    [Fact]
    public Task QualifiedEnumMember_IsSilent() => Silent("""
        [MustHold("_gate", When = "mode == LockMode.Shared")] public extern void Run(LockMode mode);
        """);

    [Fact]
    public Task KeywordAsParameterName_IsSilent() => Silent("""
        [MustHold("@lock")] public extern void Run(Gate @lock);
        """);
}
