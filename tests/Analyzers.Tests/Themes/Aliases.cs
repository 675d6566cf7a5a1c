using System.Threading.Tasks;

namespace AnalyzerTests.Themes;

/// <summary>One lock may have several names, and several locks look alike.</summary>
public sealed class Aliases : ThemeTests
{
    [Fact]
    public Task LocalThatCopiesTheLock_IsSilent() => Silent("""
        public void Run() { var gate = _gate; gate.Enter(); _count++; _gate.Exit(); }
        """);

    [Fact]
    public Task LocalThatCopiesTheOwner_IsSilent() => Silent("""
        public static int Get(Node node) { var same = node; same.Gate.Enter(); int value = node.Value; node.Gate.Exit(); return value; }
        """);

    [Fact]
    public Task LocalReassignedToAnotherOwner_Flags() => Flags("""
        public static int Get(Node node, Node other)
        {
            var current = node;
            current.Gate.Enter();
            current = other;
            int value = current.Value; // MML1008
            node.Gate.Exit();
            return value;
        }
        """);

    [Fact]
    public Task LocalOfTwoOwnersLockedAndUsed_IsSilent() => Silent("""
        public static int Get(Node left, Node right)
        {
            var node = Coin() ? left : right;
            node.Gate.Enter();
            int value = node.Value;
            node.Gate.Exit();
            return value;
        }
        """);

    [Fact]
    public Task LocalOfTwoOwnersAndOneOfThemUsed_Flags() => Flags("""
        public static int Get(Node left, Node right)
        {
            var node = Coin() ? left : right;
            node.Gate.Enter();
            int value = left.Value; // MML1008
            node.Gate.Exit();
            return value;
        }
        """);

    [Fact]
    public Task PropertyThatReturnsTheLock_IsSilent() => Silent("""
        public Gate Lock => _gate;
        public void Run() { Lock.Enter(); _count++; _gate.Exit(); }
        """);

    [Fact]
    public Task GuardNamedByProperty_IsSilent() => Silent("""
        public Gate Lock => _gate;
        [GuardedBy(nameof(Lock))] public int _other;
        [MustHold("_gate")] public void Run() => _other++;
        """);

    [Fact]
    public Task AliasOfALockElsewhere_IsSilent() => Silent("""
        public sealed class Child
        {
            public readonly Subject Parent = new();
            [LockAlias("Parent._gate")] public Gate Lock => Parent._gate;
            [GuardedBy(nameof(Lock))] public int Size;
            [MustHold("Parent._gate")] public void Grow() => Size++;
        }
        """);

    [Fact]
    public Task AliasAndItsTargetAreOneLock_Flags() => Flags("""
        public sealed class Child
        {
            public readonly Subject Parent = new();
            [LockAlias("Parent._gate")] public Gate Lock => Parent._gate;
            [MustHold("Lock")] public void Grow()
            {
                Parent._gate.Enter(); // MML1004
            }
        }
        """);

    [Fact]
    public Task AliasWhoseGetterReturnsAnotherLock_Flags() => Flags("""
        public readonly Gate _second = new();
        [LockAlias("_gate")] public Gate Lock => _second; // MML0007
        """);

    [Fact]
    public Task AliasWhoseGetterReturnsOneOfItsLocks_IsSilent() => Silent("""
        public readonly Gate _second = new();
        public readonly bool _swapped;
        [LockAlias("_swapped ? _second : _gate")] public Gate Lock => _swapped ? _second : _gate;
        """);

    [Fact]
    public Task AliasWhoseGetterSometimesReturnsAnotherLock_Flags() => Flags("""
        public readonly Gate _second = new();
        public readonly Gate _third = new();
        public readonly bool _swapped;
        [LockAlias("_swapped ? _second : _gate")] public Gate Lock => _swapped ? _third : _gate; // MML0007
        """);

    [Fact]
    public Task AliasOfEitherLock_IsSilent() => Silent("""
        [LockAlias("_gate || _rw")] public LockName Any => default;
        [MustHold("Any")] public extern void Look();
        [MustHold("_rw")] public void Run() => Look();
        """);

    [Fact]
    public Task AliasOfEitherLockNotHeld_Flags() => Flags("""
        [LockAlias("_gate || _rw")] public LockName Any => default;
        [MustHold("Any")] public extern void Look();
        public void Run() => Look(); // MML1001
        """);

    [Fact]
    public Task AliasOfBothLocksHalfHeld_Flags() => Flags("""
        [LockAlias("_gate && _rw")] public LockName Both => default;
        [MustHold("Both")] public extern void Look();
        [MustHold("_gate")] public void Run() => Look(); // MML1001
        """);

    [Fact]
    public Task AliasByChoiceDecided_IsSilent() => Silent("""
        public bool Wide { get; init; }
        [LockAlias("Wide ? _rw : _gate")] public LockName Chosen => default;
        [MustHold("Chosen")] public extern void Look();
        [Requires("Wide"), MustHold("_rw")] public void Run() => Look();
        """);

    [Fact]
    public Task AliasByChoiceDecidedOtherwise_Flags() => Flags("""
        public bool Wide { get; init; }
        [LockAlias("Wide ? _rw : _gate")] public LockName Chosen => default;
        [MustHold("Chosen")] public extern void Look();
        [Requires("!Wide"), MustHold("_rw")] public void Run() => Look(); // MML1001
        """);

    [Fact]
    public Task AliasByChoicePassedOnUndecided_IsSilent() => Silent("""
        public bool Wide { get; init; }
        [LockAlias("Wide ? _rw : _gate")] public LockName Chosen => default;
        [MustHold("Chosen")] public extern void Look();
        [MustHold("Chosen")] public void Run() => Look();
        """);

    [Fact]
    public Task AliasByChoiceTakenByTheSameTest_IsSilent() => Silent("""
        public bool Wide { get; init; }
        [LockAlias("Wide ? _rw : _gate")] public LockName Chosen => default;
        [MustHold("Chosen")] public extern void Look();
        public void Run()
        {
            if (Wide) _rw.EnterRead(); else _gate.Enter();
            Look();
            if (Wide) _rw.ExitRead(); else _gate.Exit();
        }
        """);

    [Fact]
    public Task ObjectsKnownToBeTheSame_IsSilent() => Silent("""
        public static int Get(Node left, Node right)
        {
            if (left != right) return 0;
            left.Gate.Enter();
            int value = right.Value;
            left.Gate.Exit();
            return value;
        }
        """);

    [Fact]
    public Task ResultEnsuredToShareTheLock_IsSilent() => Silent("""
        public sealed class Leaf { public required Subject Root { get; init; } [GuardedBy("Root._gate")] public int Value; }
        [Ensures("result.Root == this")] public extern Leaf Find();
        [MustHold("_gate")] public int Get() => Find().Value;
        """);

    [Fact]
    public Task ResultOfUnknownOwner_Flags() => Flags("""
        public sealed class Leaf { public required Subject Root { get; init; } [GuardedBy("Root._gate")] public int Value; }
        public extern Leaf Find();
        [MustHold("_gate")] public int Get() => Find().Value; // MML1008
        """);

    [Fact]
    public Task LocksInAnArrayByConstantIndex_IsSilent() => Silent("""
        public readonly Node[] _nodes = new Node[2];
        public static int Get(Node[] nodes)
        {
            var node = nodes[0];
            node.Gate.Enter();
            int value = node.Value;
            node.Gate.Exit();
            return value;
        }
        """);

    [Fact]
    public Task LocksOfACollectionOneByOne_IsSilent() => Silent("""
        public static int Sum(List<Node> nodes)
        {
            int sum = 0;
            foreach (var node in nodes) { node.Gate.Enter(); sum += node.Value; node.Gate.Exit(); }
            return sum;
        }
        """);

    [Fact]
    public Task LocksOfACollectionOffByOneObject_Flags() => Flags("""
        public static int Sum(List<Node> nodes, Node extra)
        {
            int sum = 0;
            foreach (var node in nodes)
            {
                node.Gate.Enter();
                sum += extra.Value; // MML1008
                node.Gate.Exit();
            }
            return sum;
        }
        """);

    [Fact]
    public Task LocksOfAListOneByOne_IsSilent() => Silent("""
        public static void Walk(Node first)
        {
            for (Node? node = first; node != null;)
            {
                node.Gate.Enter();
                var next = node.Next;
                node.Gate.Exit();
                node = next;
            }
        }
        """);

    [Fact]
    public Task NextOfAListUsedUnderThePreviousLock_Flags() => Flags("""
        public static int Second(Node first)
        {
            first.Gate.Enter();
            int value = first.Next is { } next ? next.Value : 0; // MML1008
            first.Gate.Exit();
            return value;
        }
        """);

    [Fact]
    public Task NameOfAHeldLockChanged_Flags() => Flags("""
        public sealed class Holder { [GuardedBy("Outer")] public Gate Inner = new(); public readonly RwGate Outer = new(); }
        [MustHold("exclusive(holder.Outer)")] public static void Swap(Holder holder)
        {
            holder.Inner.Enter();
            holder.Inner = new Gate(); // MML1017
            holder.Inner.Exit();
        }
        """);
}
