using System.Threading.Tasks;

namespace AnalyzerTests.Themes;

/// <summary>What was looked up under a lock is good for as long as the lock stays held.</summary>
public sealed class Staleness : ThemeTests
{
    [Fact]
    public Task LookedUpAndUsedUnderOneHold_IsSilent() => Silent("""
        [MustHold("_gate")] [return: ValidWhileHeld("_gate")] public extern Node? Find();
        public bool Run() { _gate.Enter(); var node = Find(); bool any = node != null && node.Gate != null; _gate.Exit(); return any; }
        """);

    [Fact]
    public Task UsedAfterExit_Flags() => Flags("""
        [MustHold("_gate")] [return: ValidWhileHeld("_gate")] public extern Node Find();
        public Gate Run()
        {
            _gate.Enter();
            var node = Find();
            _gate.Exit();
            return node.Gate; // MML1014
        }
        """);

    [Fact]
    public Task UsedAfterExitAndEnter_Flags() => Flags("""
        [MustHold("_gate")] [return: ValidWhileHeld("_gate")] public extern Node Find();
        public Gate Run()
        {
            _gate.Enter();
            var node = Find();
            _gate.Exit();
            _gate.Enter();
            var gate = node.Gate; // MML2007
            _gate.Exit();
            return gate;
        }
        """);

    [Fact]
    public Task OneOfTwoThatAreStale_Flags() => Flags("""
        [MustHold("_gate")] [return: ValidWhileHeld("_gate")] public extern Node Find(int key);
        public Gate Run(bool other)
        {
            _gate.Enter();
            var left = Find(1);
            var right = Find(2);
            _gate.Exit();
            _gate.Enter();
            var node = left;
            if (other) node = right;
            var gate = node.Gate; // MML2007
            _gate.Exit();
            return gate;
        }
        """);

    [Fact]
    public Task OneOfTwoThatAreLookedUpAgain_IsSilent() => Silent("""
        [MustHold("_gate")] [return: ValidWhileHeld("_gate")] public extern Node Find(int key);
        public Gate Run(bool other)
        {
            _gate.Enter();
            var left = Find(1);
            var right = Find(2);
            _gate.Exit();
            _gate.Enter();
            left = Find(1);
            right = Find(2);
            var node = left;
            if (other) node = right;
            var gate = node.Gate;
            _gate.Exit();
            return gate;
        }
        """);

    [Fact]
    public Task LookedUpAgain_IsSilent() => Silent("""
        [MustHold("_gate")] [return: ValidWhileHeld("_gate")] public extern Node Find();
        public Gate Run()
        {
            _gate.Enter();
            var node = Find();
            _gate.Exit();
            _gate.Enter();
            node = Find();
            var gate = node.Gate;
            _gate.Exit();
            return gate;
        }
        """);

    [Fact]
    public Task ComparedAfterExit_IsSilent() => Silent("""
        [MustHold("_gate")] [return: ValidWhileHeld("_gate")] public extern Node? Find();
        public bool Run(Node other) { _gate.Enter(); var node = Find(); _gate.Exit(); return node == other || node is null; }
        """);

    [Fact]
    public Task PassedOnAfterExit_Flags() => Flags("""
        [MustHold("_gate")] [return: ValidWhileHeld("_gate")] public extern Node Find();
        public static extern void Print(Node node);
        public void Run()
        {
            _gate.Enter();
            var node = Find();
            _gate.Exit();
            Print(node); // MML1014
        }
        """);

    [Fact]
    public Task CopyOfAStaleValue_Flags() => Flags("""
        [MustHold("_gate")] [return: ValidWhileHeld("_gate")] public extern Node Find();
        public Gate Run()
        {
            _gate.Enter();
            var node = Find();
            var copy = node;
            _gate.Exit();
            return copy.Gate; // MML1014
        }
        """);

    [Fact]
    public Task StaleOnOnePath_Flags() => Flags("""
        [MustHold("_gate")] [return: ValidWhileHeld("_gate")] public extern Node Find();
        [MustHold("_gate"), Releases("_gate"), Acquires("_gate")] public Gate Run(bool pause)
        {
            var node = Find();
            if (pause) { _gate.Exit(); _gate.Enter(); }
            return node.Gate; // MML2007
        }
        """);

    [Fact]
    public Task StaleOnOnePathAndLookedUpThere_IsSilent() => Silent("""
        [MustHold("_gate")] [return: ValidWhileHeld("_gate")] public extern Node Find();
        [MustHold("_gate"), Releases("_gate"), Acquires("_gate")] public Gate Run(bool pause)
        {
            var node = Find();
            if (pause) { _gate.Exit(); _gate.Enter(); }
            if (pause) node = Find();
            return node.Gate;
        }
        """);

    [Fact]
    public Task StaleInTheNextRound_Flags() => Flags("""
        [MustHold("_gate")] [return: ValidWhileHeld("_gate")] public extern Node Find();
        [MustHold("_gate"), Releases("_gate"), Acquires("_gate")] public void Run()
        {
            var node = Find();
            while (Coin())
            {
                node.Gate.AssertHeld(); // MML2007
                _gate.Exit();
                _gate.Enter();
            }
        }
        """);

    [Fact]
    public Task EitherOfTwoLocksKeepsItGood_IsSilent() => Silent("""
        [MustHold("_gate")] [return: ValidWhileHeld("_gate || result.Gate")] public extern Node Find();
        public int Run()
        {
            _gate.Enter();
            var node = Find();
            if (!node.Gate.TryEnter()) { _gate.Exit(); return 0; }
            _gate.Exit();
            int value = node.Value;
            node.Gate.Exit();
            return value;
        }
        """);

    [Fact]
    public Task SecondLockTakenTooLate_Flags() => Flags("""
        [MustHold("_gate")] [return: ValidWhileHeld("_gate || result.Gate")] public extern Node Find();
        public void Run()
        {
            _gate.Enter();
            var node = Find();
            _gate.Exit();
            node.Gate.Enter(); // MML1014
            node.Gate.Exit();
        }
        """);

    [Fact]
    public Task DroppedByACallee_Flags() => Flags("""
        [MustHold("_gate")] [return: ValidWhileHeld("_gate")] public extern Node Find();
        [MustHold("_gate"), Releases("_gate"), Acquires("_gate")] public extern void Pause();
        [MustHold("_gate"), Releases("_gate"), Acquires("_gate")] public Gate Run()
        {
            var node = Find();
            Pause();
            return node.Gate; // MML2007
        }
        """);

    [Fact]
    public Task DroppedByACalleeInOneOutcome_IsSilent() => Silent("""
        [MustHold("_gate")] [return: ValidWhileHeld("_gate")] public extern Node Find();
        [MustHold("_gate"), Releases("_gate", When = "result"), Acquires("_gate", When = "result")] public extern bool MayPause();
        [MustHold("_gate"), Releases("_gate"), Acquires("_gate")] public Gate Run()
        {
            var node = Find();
            if (MayPause()) node = Find();
            return node.Gate;
        }
        """);

    [Fact]
    public Task DowngradeKeepsItGood_IsSilent() => Silent("""
        [MustHold("_rw")] [return: ValidWhileHeld("_rw")] public extern Node Find();
        public Gate Run() { _rw.EnterWrite(); var node = Find(); _rw.Downgrade(); var gate = node.Gate; _rw.ExitRead(); return gate; }
        """);

    [Fact]
    public Task PerishableField_Flags() => Flags("""
        [GuardedBy(nameof(_gate)), ValidWhileHeld("_gate")] public Node _current = new();
        public Gate Run()
        {
            _gate.Enter();
            var current = _current;
            _gate.Exit();
            return current.Gate; // MML1014
        }
        """);

    [Fact]
    public Task PerishableFieldUsedInside_IsSilent() => Silent("""
        [GuardedBy(nameof(_gate)), ValidWhileHeld("_gate")] public Node _current = new();
        public Gate Run() { _gate.Enter(); var gate = _current.Gate; _gate.Exit(); return gate; }
        """);

    [Fact]
    public Task ConditionTestedBeforeTheLock_Flags() => Flags("""
        [Requires("_node != null")] public extern void Use();
        [GuardedBy(nameof(_gate))] public Node? _node;
        public void Run()
        {
            _gate.Enter();
            bool any = _node != null;
            _gate.Exit();
            _gate.Enter();
            if (any) Use(); // MML1015
            _gate.Exit();
        }
        """);

    [Fact]
    public Task ConditionTestedUnderTheLock_IsSilent() => Silent("""
        [MustHold("_gate"), Requires("_node != null")] public extern void Use();
        [GuardedBy(nameof(_gate))] public Node? _node;
        public void Run() { _gate.Enter(); if (_node != null) Use(); _gate.Exit(); }
        """);

    [Fact]
    public Task ConditionChangedUnderTheLock_Flags() => Flags("""
        [MustHold("_gate"), Requires("_node != null")] public extern void Use();
        [GuardedBy(nameof(_gate))] public Node? _node;
        [MustHold("_gate")] public void Run()
        {
            if (_node == null) return;
            _node = null;
            Use(); // MML1015
        }
        """);

    [Fact]
    public Task ConditionKeptByACalleeThatCannotChangeIt_IsSilent() => Silent("""
        [MustHold("_gate"), Requires("_node != null")] public extern void Use();
        [GuardedBy(nameof(_gate))] public Node? _node;
        [MustHold("_gate")] public void Run() { if (_node == null) return; Work(); Use(); }
        """);

    [Fact]
    public Task ConditionPerhapsChangedByACalleeThatHasTheLock_Flags() => Flags("""
        [MustHold("_gate"), Requires("_node != null")] public extern void Use();
        [MustHold("_gate")] public extern void Shuffle();
        [GuardedBy(nameof(_gate))] public Node? _node;
        [MustHold("_gate")] public void Run()
        {
            if (_node == null) return;
            Shuffle();
            Use(); // MML1015
        }
        """);

    [Fact]
    public Task SequenceCountValidated_IsSilent() => Silent("""
        [Lock(SeqCount)] public sealed class Sequence
        {
            [Acquires("shared(this)")] public extern void Begin();
            [Releases("this", Keeps = "!result")] public extern bool Retry();
        }
        public readonly Sequence _sequence = new();
        [ReadBy("shared(_sequence)"), WriteBy("_gate")] public int _value;
        public int Get()
        {
            while (true)
            {
                _sequence.Begin();
                int value = _value;
                if (!_sequence.Retry()) return value;
            }
        }
        """);

    /// <summary>Handing over the holder reads nothing that is stale; what the callee finds in it needs the lock.</summary>
    [Fact]
    public Task NeedOverStalePathOfWhatIsHandedOver_Flags() => Flags("""
        public sealed class Holder { [WriteOnce, ValidWhileHeld("Node.Gate")] public Node Node { get; private set; } = null!; }
        [MustHold("holder.Node.Gate")] public extern void Use(Holder holder);
        [MustHold("holder.Node.Gate"), Releases("holder.Node.Gate")]
        public void Run(Holder holder)
        {
            if (holder.Node.Value != 0) Use(holder);
            holder.Node.Gate.Exit();
            Use(holder); // MML1001
        }
        """);
}
