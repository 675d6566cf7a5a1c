using System.Threading.Tasks;

namespace AnalyzerTests.Themes;

/// <summary>Locks are taken from the outside in.</summary>
public sealed class Order : ThemeTests
{
    [Fact]
    public Task TakenInOrder_IsSilent() => SilentTypes("""
        [assembly: LockOrder("Gate", "RwGate", "SpinGate")]
        public sealed class User
        {
            public void Run(Gate gate, RwGate rw, SpinGate spin)
            {
                gate.Enter(); rw.EnterRead(); spin.Enter();
                spin.Exit(); rw.ExitRead(); gate.Exit();
            }
        }
        """);

    [Fact]
    public Task TakenAgainstTheOrder_Flags() => FlagsTypes("""
        [assembly: LockOrder("Gate", "RwGate", "SpinGate")]
        public sealed class User
        {
            public void Run(Gate gate, RwGate rw)
            {
                rw.EnterRead();
                gate.Enter(); // MML1010
                gate.Exit();
                rw.ExitRead();
            }
        }
        """);

    [Fact]
    public Task TakenOneAfterTheOther_IsSilent() => SilentTypes("""
        [assembly: LockOrder("Gate", "RwGate")]
        public sealed class User
        {
            public void Run(Gate gate, RwGate rw) { rw.EnterRead(); rw.ExitRead(); gate.Enter(); gate.Exit(); }
        }
        """);

    [Fact]
    public Task TriedAgainstTheOrder_IsSilent() => SilentTypes("""
        [assembly: LockOrder("Gate", "RwGate")]
        public sealed class User
        {
            public void Run(Gate gate, RwGate rw)
            {
                rw.EnterRead();
                if (gate.TryEnter()) gate.Exit();
                rw.ExitRead();
            }
        }
        """);

    [Fact]
    public Task OuterMissedOut_IsSilent() => SilentTypes("""
        [assembly: LockOrder("Gate", "RwGate", "SpinGate")]
        public sealed class User { public void Run(Gate gate, SpinGate spin) { gate.Enter(); spin.Enter(); spin.Exit(); gate.Exit(); } }
        """);

    [Fact]
    public Task TakenAgainstTheOrderUnderANeed_Flags() => FlagsTypes("""
        [assembly: LockOrder("Gate", "RwGate")]
        public sealed class User
        {
            [MustHold("rw")] public void Run(Gate gate, RwGate rw)
            {
                gate.Enter(); // MML1010
                gate.Exit();
            }
        }
        """);

    [Fact]
    public Task TakenByACalleeAgainstTheOrder_Flags() => FlagsTypes("""
        [assembly: LockOrder("Gate", "RwGate")]
        public sealed class User
        {
            [Acquires("gate")] public static extern void Begin(Gate gate);
            [MustHold("rw")] public void Run(Gate gate, RwGate rw)
            {
                Begin(gate); // MML1010
                gate.Exit();
            }
        }
        """);

    [Fact]
    public Task WaitedForByACalleeAgainstTheOrder_Flags() => FlagsTypes("""
        [assembly: LockOrder("Gate", "RwGate")]
        public sealed class User
        {
            [MustNotHold("gate")] public static extern void Drain(Gate gate);
            [MustHold("rw")] public void Run(Gate gate, RwGate rw) => Drain(gate); // MML1010
        }
        """);

    [Fact]
    public Task ListsCombine_Flags() => FlagsTypes("""
        [assembly: LockOrder("Gate", "RwGate"), LockOrder("RwGate", "SpinGate")]
        public sealed class User
        {
            [MustHold("spin")] public void Run(Gate gate, SpinGate spin)
            {
                gate.Enter(); // MML1010
                gate.Exit();
            }
        }
        """);

    [Fact]
    public Task ListsThatContradictEachOther_Flags() => FlagsTypes("""
        [assembly: LockOrder("Gate", "RwGate")]
        [assembly: LockOrder("RwGate", "Gate")] // MML0007
        public sealed class User;
        """);

    [Fact]
    public Task ClassThatIsNotListed_IsSilent() => SilentTypes("""
        [assembly: LockOrder("Gate", "RwGate")]
        public sealed class User { [MustHold("spin")] public void Run(Gate gate, SpinGate spin) { gate.Enter(); gate.Exit(); } }
        """);

    [Fact]
    public Task MemberListedBeforeItsType_Flags() => FlagsTypes("""
        [assembly: LockOrder("User.Outer", "User.Inner")]
        public sealed class User
        {
            public readonly Gate Outer = new(), Inner = new();
            public void Run()
            {
                Inner.Enter();
                Outer.Enter(); // MML1010
                Outer.Exit();
                Inner.Exit();
            }
        }
        """);

    [Fact]
    public Task MembersOfOneTypeInOrder_IsSilent() => SilentTypes("""
        [assembly: LockOrder("User.Outer", "User.Inner")]
        public sealed class User
        {
            public readonly Gate Outer = new(), Inner = new();
            public void Run() { Outer.Enter(); Inner.Enter(); Inner.Exit(); Outer.Exit(); }
        }
        """);

    [Fact]
    public Task ModesListedApart_Flags() => FlagsTypes("""
        [assembly: LockOrder("shared(RwGate)", "Gate", "exclusive(RwGate)")] // MML0016
        public sealed class User
        {
            public void Run(Gate gate, RwGate rw)
            {
                gate.Enter();
                rw.EnterRead(); // MML1010
                rw.ExitRead();
                gate.Exit();
            }
        }
        """);

    [Fact]
    public Task ModesListedApartInOrder_FlagsTheListOnly() => FlagsTypes("""
        [assembly: LockOrder("shared(RwGate)", "Gate", "exclusive(RwGate)")] // MML0016
        public sealed class User { public void Run(Gate gate, RwGate rw) { gate.Enter(); rw.EnterWrite(); rw.ExitWrite(); gate.Exit(); } }
        """);

    [Fact]
    public Task TwoOfAClassThatNoListNames_IsSilent() => SilentTypes("""
        public sealed class User
        {
            public void Run(Gate left, Gate right) { left.Enter(); right.Enter(); right.Exit(); left.Exit(); }
        }
        """);

    [Fact]
    public Task TwoOfOneClass_Flags() => FlagsTypes("""
        [assembly: LockOrder("Gate", "RwGate")]
        public sealed class User
        {
            public void Run(Gate left, Gate right)
            {
                left.Enter();
                right.Enter(); // MML1011
                right.Exit();
                left.Exit();
            }
        }
        """);

    [Fact]
    public Task TwoOfOneClassByTry_IsSilent() => SilentTypes("""
        [assembly: LockNesting("Gate", Nesting.TryOnly)]
        public sealed class User
        {
            public void Run(Gate left, Gate right)
            {
                left.Enter();
                if (right.TryEnter()) right.Exit();
                left.Exit();
            }
        }
        """);

    [Fact]
    public Task TwoOfOneClassNotByTry_Flags() => FlagsTypes("""
        [assembly: LockNesting("Gate", Nesting.TryOnly)]
        public sealed class User
        {
            [MustHold("left")] public void Run(Gate left, Gate right)
            {
                right.Enter(); // MML1011
                right.Exit();
            }
        }
        """);

    [Fact]
    public Task TwoOfOneClassUnderAThird_IsSilent() => SilentTypes("""
        [assembly: LockNesting("Node.Gate", Nesting.AnyUnder, "exclusive(Subject._rw)")]
        public sealed class User
        {
            [MustHold("exclusive(all._rw)")] public void Run(Subject all, Node left, Node right)
            {
                left.Gate.Enter(); right.Gate.Enter();
                right.Gate.Exit(); left.Gate.Exit();
            }
        }
        """);

    [Fact]
    public Task TwoOfOneClassWithoutTheThird_Flags() => FlagsTypes("""
        [assembly: LockNesting("Node.Gate", Nesting.AnyUnder, "exclusive(Subject._rw)")]
        public sealed class User
        {
            public void Run(Node left, Node right)
            {
                left.Gate.Enter();
                right.Gate.Enter(); // MML1011
                right.Gate.Exit();
                left.Gate.Exit();
            }
        }
        """);

    [Fact]
    public Task TwoOfOneClassAscending_IsSilent() => SilentTypes("""
        [assembly: LockNesting("Ranked", Nesting.Ascending, "Rank")]
        [Lock(LockKind.Mutex)] public sealed class Ranked
        {
            public required int Rank { get; init; }
            [Acquires("this")] public extern void Enter();
            [Releases("this")] public extern void Exit();
        }
        public sealed class User
        {
            public void Run(Ranked left, Ranked right)
            {
                if (left.Rank >= right.Rank) return;
                left.Enter(); right.Enter();
                right.Exit(); left.Exit();
            }
        }
        """);

    [Fact]
    public Task TwoOfOneClassDescending_Flags() => FlagsTypes("""
        [assembly: LockNesting("Ranked", Nesting.Ascending, "Rank")]
        [Lock(LockKind.Mutex)] public sealed class Ranked
        {
            public required int Rank { get; init; }
            [Acquires("this")] public extern void Enter();
            [Releases("this")] public extern void Exit();
        }
        public sealed class User
        {
            public void Run(Ranked left, Ranked right)
            {
                if (left.Rank >= right.Rank) return;
                right.Enter();
                left.Enter(); // MML1011
                left.Exit();
                right.Exit();
            }
        }
        """);

    [Fact]
    public Task SecondNamesItsOuter_IsSilent() => SilentTypes("""
        [assembly: LockNesting("Tree", Nesting.Inside)]
        [Lock(LockKind.Mutex)] public sealed class Tree
        {
            [Acquires("this")] public extern void Enter();
            [Acquires("this", Inside = "parent")] public extern void EnterInside(Tree parent);
            [Releases("this")] public extern void Exit();
        }
        public sealed class User
        {
            public void Run(Tree parent, Tree child) { parent.Enter(); child.EnterInside(parent); child.Exit(); parent.Exit(); }
        }
        """);

    [Fact]
    public Task SecondNamesAnOuterThatIsNotHeld_Flags() => FlagsTypes("""
        [assembly: LockNesting("Tree", Nesting.Inside)]
        [Lock(LockKind.Mutex)] public sealed class Tree
        {
            [Acquires("this")] public extern void Enter();
            [Acquires("this", Inside = "parent")] public extern void EnterInside(Tree parent);
            [Releases("this")] public extern void Exit();
        }
        public sealed class User
        {
            public void Run(Tree parent, Tree child, Tree stranger)
            {
                stranger.Enter();
                child.EnterInside(parent); // MML1011
                child.Exit();
                stranger.Exit();
            }
        }
        """);

    [Fact]
    public Task TwoNamesKnownToDiffer_Flags() => FlagsTypes("""
        [assembly: LockOrder("Gate", "RwGate")]
        public sealed class User
        {
            public void Run(Gate left, Gate right)
            {
                left.Enter();
                if (left != right) right.Enter(); // MML1011
                if (left != right) right.Exit();
                left.Exit();
            }
        }
        """);

    [Fact]
    public Task ClassByKnownFact_Flags() => FlagsTypes("""
        [assembly: LockOrder("Big", "SpinGate")]
        public sealed class Map { [WriteOnce] public bool IsBig; [LockClass("Big", When = "IsBig")] public readonly Gate Gate = new(); }
        public sealed class User
        {
            [MustHold("spin"), Requires("map.IsBig")] public void Run(Map map, SpinGate spin)
            {
                map.Gate.Enter(); // MML1010
                map.Gate.Exit();
            }
        }
        """);

    [Fact]
    public Task ClassByUnknownFact_IsSilent() => SilentTypes("""
        [assembly: LockOrder("Big", "SpinGate")]
        public sealed class Map { [WriteOnce] public bool IsBig; [LockClass("Big", When = "IsBig")] public readonly Gate Gate = new(); }
        public sealed class User { [MustHold("spin")] public void Run(Map map, SpinGate spin) { map.Gate.Enter(); map.Gate.Exit(); } }
        """);

    [Fact]
    public Task OtherLockBetweenTwoModes_Flags() => FlagsTypes("""
        [assembly: LockOrder("shared(Table.Lock)", "Index.Lock", "exclusive(Table.Lock)")] // MML0016
        public sealed class Table { public readonly RwGate Lock = new(); }
        public sealed class Index { public readonly RwGate Lock = new(); }
        """);

    [Fact]
    public Task OtherLockBetweenTwoModesByTwoLists_Flags() => FlagsTypes("""
        [assembly: LockOrder("exclusive(Table.Lock)", "Index.Lock")] // MML0016
        [assembly: LockOrder("Index.Lock", "shared(Table.Lock)")] // MML0016
        public sealed class Table { public readonly RwGate Lock = new(); }
        public sealed class Index { public readonly RwGate Lock = new(); }
        """);

    [Fact]
    public Task ModesSideBySide_IsSilent() => SilentTypes("""
        [assembly: LockOrder("shared(Table.Lock)", "exclusive(Table.Lock)", "Index.Lock")]
        public sealed class Table { public readonly RwGate Lock = new(); }
        public sealed class Index { public readonly RwGate Lock = new(); }
        """);
}
