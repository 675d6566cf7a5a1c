using System.Threading.Tasks;

namespace AnalyzerTests.Themes;

/// <summary>A message names the lock, the mode, the path on which it is missing, and where it went.</summary>
public sealed class Messages : ThemeTests
{
    [Fact]
    public Task NeedNamesTheLock() => Says("'Flush' needs _gate, which is not held", """
        [MustHold("_gate")] public extern void Flush();
        public void Run() => {|MML1001:Flush()|};
        """);

    [Fact]
    public Task NeedIsSpelledOverTheArguments() => Says("'Visit' needs first.Gate, which is not held", """
        [MustHold("node.Gate")] public static extern void Visit(Node node);
        public static void Run(Node first) => {|MML1001:Visit(first)|};
        """);

    [Fact]
    public Task NeedNamesTheParameterThatDecides() => Says("'Flush' needs _gate, which is not held when !locked", """
        [MustHold("_gate")] public extern void Flush();
        public void Run(bool locked)
        {
            if (locked) _gate.Enter();
            {|MML1001:Flush()|};
            if (locked) _gate.Exit();
        }
        """);

    [Fact]
    public Task NeedNamesTheLocalThatDecides() => Says("writing '_count' needs exclusive(_gate), which is not held when !entered", """
        public void Run()
        {
            bool entered = _gate.TryEnter();
            {|MML1009:_count|}++;
            if (entered) _gate.Exit();
        }
        """);

    [Fact]
    public Task NeedNamesTheFlagThatDecides() => Says("'Flush' needs _gate, which is not held when wish has Late", """
        [Flags] public enum Wish { None, Late = 1, Deep = 2 }
        [MustHold("_gate")] public extern void Flush();
        public void Run(Wish wish)
        {
            if ((wish & Wish.Late) == 0) _gate.Enter();
            {|MML1001:Flush()|};
            if ((wish & Wish.Late) == 0) _gate.Exit();
        }
        """);

    [Fact]
    public Task NeedNamesTheNullThatDecides() => Says("'Flush' needs _gate, which is not held when node == null", """
        [MustHold("_gate")] public extern void Flush();
        public void Run(Node? node)
        {
            if (node != null) _gate.Enter();
            {|MML1001:Flush()|};
            if (node != null) _gate.Exit();
        }
        """);

    [Fact]
    public Task ConditionIsLeftOutWhereEveryPathFails() => Says("reading '_count' needs _gate, which is not held", """
        public int Run(bool twice)
        {
            if (twice) Work();
            return {|MML1008:_count|};
        }
        """);

    [Fact]
    public Task AccessSaysWhereTheLockWent() => Says("reading '_count' needs _gate, which is not held; 'Exit' released it in line 7", """
        public int Run()
        {
            _gate.Enter();
            _count++;
            _gate.Exit();
            return {|MML1008:_count|};
        }
        """);

    [Theory]
    [InlineData("object")]
    [InlineData("Lock")]
    public async Task AccessSaysWhereTheLockStatementEnded(string type) => await Verify.Flags($$"""
        public sealed class Bank
        {
            private readonly {{type}} _gate = new();
            [GuardedBy(nameof(_gate))] private int _count;
            public int Run()
            {
                lock (_gate)
                {
                    _count++;
                }
                return {|MML1008:_count|};
            }
        }
        """)
        .WithMessage("reading '_count' needs _gate, which is not held; its lock statement ended in line 10");

    [Fact]
    public Task HelperWithoutContractIsSaidToBeInferred() => Says("'Leave' releases _gate (inferred from its body), which is not held", """
        public void Run() => {|MML1005:Leave()|};
        private void Leave() => _gate.Exit();
        """);

    [Fact]
    public Task PlaceWhereTheLockWentIsAnAdditionalLocation() => Points("""
        public int Run()
        {
            _gate.Enter();
            {|#exit:_gate.Exit()|};
            return {|MML1008:_count|};
        }
        """, "exit");

    [Fact]
    public Task ModeIsNamed() => Says("writing '_table' needs exclusive(_rw), which is only held shared", """
        [MustHold("shared(_rw)")] public void Run() => {|MML1002:_table|} = 1;
        """);

    [Fact]
    public Task UpgradeableModeIsNamed() => Says("writing '_slots' needs exclusive(_slim), which is only held upgradeable", """
        private readonly ReaderWriterLockSlim _slim = new();
        [GuardedBy(nameof(_slim))] private int _slots;
        public void Run()
        {
            _slim.EnterUpgradeableReadLock();
            {|MML1002:_slots|} = 1;
            _slim.ExitUpgradeableReadLock();
        }
        """);

    [Fact]
    public Task PathThatComesRoundALoopIsNoOtherPath() => Says("writing '_count' needs exclusive(_gate), which is not held", """
        public void Run(int times)
        {
            for (int time = 0; time < times; time++) {|MML1009:_count|}++;
        }
        """);

    [Fact]
    public Task PathThatTakesTheLockBeforeTheLoopIsAnotherPath() => Says("writing '_count' needs exclusive(_gate), which is not held when !locked", """
        public void Run(int times, bool locked)
        {
            if (locked) _gate.Enter();
            for (int time = 0; time < times; time++) {|MML1009:_count|}++;
            if (locked) _gate.Exit();
        }
        """);

    [Fact]
    public async Task OrderSaysSinceWhenTheInnerLockIsHeld() => await Verify.Flags("""
        [assembly: LockOrder("Bank._first", "Bank._second")]
        public sealed class Bank
        {
            private readonly object _first = new();
            private readonly object _second = new();
            public void Run()
            {
                lock (_second)
                {
                    lock ({|MML1010:_first|}) { }
                }
            }
        }
        """)
        .WithMessage("'lock' takes _first (Bank._first) inside _second (Bank._second), which comes after it in the lock order and is held, since line 8");

    [Fact]
    public Task LeakSaysWhereTheLockWasTaken() => Says("_gate is still held, taken in line 5", """
        public void Run()
        {
            _gate.Enter();
        {|MML1006:}|}
        """);

    [Fact]
    public Task PlaceWhereTheLockWasTakenIsAnAdditionalLocation() => Points("""
        public void Run()
        {
            {|#enter:_gate.Enter()|};
        {|MML1006:}|}
        """, "enter");

    [Fact]
    public Task LeakSaysOnWhichPath() => Says("_gate is still held when keep, taken in line 5", """
        public void Run(bool keep)
        {
            _gate.Enter();
            if (!keep) _gate.Exit();
        {|MML1006:}|}
        """);

    [Fact]
    public Task BrokenPromiseQuotesTheContract() => Says("the contract of 'Begin' says _gate is held here, but it is not", """
        [Acquires("_gate")] public void Begin()
        {
            Work();
        {|MML1006:}|}
        """);

    [Fact]
    public Task SecondAcquireSaysSinceWhen() => Says("_gate is already held exclusively, since line 5", """
        public void Run()
        {
            _gate.Enter();
            {|MML1004:_gate.Enter()|};
            _gate.Exit();
        }
        """);

    [Fact]
    public Task ExclusionNamesTheHold() => Says("'Wait' must not be called with Node.Gate held; node.Gate is", """
        [MustNotHold("Node.Gate")] public static extern void Wait();
        [MustHold("node.Gate")] public static void Run(Node node) => {|MML1007:Wait()|};
        """);

    [Fact]
    public Task StaleValueNamesTheLockItHungOn() => Says("'node' was looked up under _gate, which has been released since; 'Exit' released it in line 8", """
        [MustHold("_gate")] [return: ValidWhileHeld("_gate")] public extern Node Find();
        public Gate Run()
        {
            _gate.Enter();
            var node = Find();
            _gate.Exit();
            return {|MML1014:node|}.Gate;
        }
        """);

    [Fact]
    public Task FactIsQuotedAsItWasWritten() => Says("'Reserve' requires size > 0, which is false here", """
        [Requires("size > 0")] public extern void Reserve(int size);
        public void Run() => {|MML1015:Reserve(0)|};
        """);

    [Fact]
    public Task AlternativeIsOffered() => Says("'Flush' needs _gate, which is not held; call FlushSlowly instead", """
        [MustHold("_gate"), UseInstead(nameof(FlushSlowly))] public extern void Flush();
        public extern void FlushSlowly();
        public void Run() => {|MML2001:Flush()|};
        """);

    [Fact]
    public Task MisspeltNameIsAnsweredByTheNearest() => Says("Contract '_gaet': '_gaet' is neither a parameter, a member nor a type here; did you mean '_gate'?", """
        [MustHold("{|MML0001:_gaet|}")] public extern void Run();
        """);

    [Fact]
    public Task ConditionDoesNotNameTheValueThatALocalHadBefore() => Says("'Exit' releases _gate, which is not held on some path", """
        public void Run()
        {
            bool entered = _gate.TryEnter();
            if (entered) Work();
            entered = true;
            {|MML1005:_gate.Exit()|};
        }
        """);

    private static async Task Says(string message, string members) =>
        await Verify.Flags(InSubject(members)).WithSource("Locks.cs", Declarations).WithMessage(message);

    private static async Task Points(string members, string place) =>
        await Verify.Flags(InSubject(members)).WithSource("Locks.cs", Declarations).WithAdditionalLocations(0, place);
}
