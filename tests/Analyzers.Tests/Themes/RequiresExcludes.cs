using System.Threading.Tasks;

namespace AnalyzerTests.Themes;

/// <summary>Preconditions over locks, held or not held.</summary>
public sealed class RequiresExcludes : ThemeTests
{
    [Fact]
    public Task NeedMetByOwnHold_IsSilent() => Silent("""
        [MustHold("_gate")] public extern void Flush();
        public void Run() { _gate.Enter(); Flush(); _gate.Exit(); }
        """);

    [Fact]
    public Task NeedNotMet_Flags() => Flags("""
        [MustHold("_gate")] public extern void Flush();
        public void Run() => {|MML1001:Flush()|};
        """);

    [Fact]
    public Task NeedMetByOwnNeed_IsSilent() => Silent("""
        [MustHold("_gate")] public extern void Flush();
        [MustHold("_gate")] public void Run() => Flush();
        """);

    [Fact]
    public Task NeedMetOnOnePathOnly_Flags() => Flags("""
        [MustHold("_gate")] public extern void Flush();
        public void Run(bool locked)
        {
            if (locked) _gate.Enter();
            Flush(); // MML1001
            if (locked) _gate.Exit();
        }
        """);

    [Fact]
    public Task NeedReportedOncePerCause_Flags() => Flags("""
        [MustHold("_gate")] public extern void Flush();
        public void Run()
        {
            Flush(); // MML1001
            Flush();
        }
        """);

    [Fact]
    public Task NeedOfAParameterMet_IsSilent() => Silent("""
        [MustHold("node.Gate")] public static extern void Visit(Node node);
        public static void Run(Node first) { first.Gate.Enter(); Visit(first); first.Gate.Exit(); }
        """);

    [Fact]
    public Task NeedOfAParameterMetByAnotherObject_Flags() => Flags("""
        [MustHold("node.Gate")] public static extern void Visit(Node node);
        public static void Run(Node first, Node second)
        {
            first.Gate.Enter();
            Visit(second); // MML1001
            first.Gate.Exit();
        }
        """);

    [Fact]
    public Task NeedOfTheReceiver_IsSilent() => Silent("""
        [MustHold("_gate")] public extern void Flush();
        public static void Run(Subject other) { other._gate.Enter(); other.Flush(); other._gate.Exit(); }
        """);

    [Fact]
    public Task NeedOfTheWrongReceiver_Flags() => Flags("""
        [MustHold("_gate")] public extern void Flush();
        public void Run(Subject other)
        {
            _gate.Enter();
            other.Flush(); // MML1001
            _gate.Exit();
        }
        """);

    [Fact]
    public Task TwoNeedsOneMissing_Flags() => Flags("""
        [MustHold("_gate"), MustHold("_rw")] public extern void Flush();
        [MustHold("_gate")] public void Run() => Flush(); // MML1001
        """);

    [Fact]
    public Task TwoNeedsInOneFormulaMet_IsSilent() => Silent("""
        [MustHold("_gate && shared(_rw)")] public extern void Flush();
        [MustHold("_gate"), MustHold("_rw")] public void Run() => Flush();
        """);

    [Fact]
    public Task EitherNeedMetByTheSecond_IsSilent() => Silent("""
        [MustHold("_gate || _rw")] public extern void Flush();
        [MustHold("_rw")] public void Run() => Flush();
        """);

    [Fact]
    public Task EitherNeedMetByEitherNeed_IsSilent() => Silent("""
        [MustHold("_gate || _rw")] public extern void Flush();
        [MustHold("_gate || _rw")] public void Run() => Flush();
        """);

    [Fact]
    public Task EitherNeedDoesNotMeetOneOfThem_Flags() => Flags("""
        [MustHold("_gate")] public extern void Flush();
        [MustHold("_gate || _rw")] public void Run() => Flush(); // MML1001
        """);

    [Fact]
    public Task EitherHoldOnEachPath_IsSilent() => Silent("""
        [MustHold("_gate || _rw")] public extern void Flush();
        public void Run(bool gate)
        {
            if (gate) _gate.Enter(); else _rw.EnterRead();
            Flush();
            if (gate) _gate.Exit(); else _rw.ExitRead();
        }
        """);

    [Fact]
    public Task ExcludedLockHeld_Flags() => Flags("""
        [MustNotHold("_gate")] public extern void Wait();
        public void Run()
        {
            _gate.Enter();
            Wait(); // MML1007
            _gate.Exit();
        }
        """);

    [Fact]
    public Task ExcludedLockReleasedBefore_IsSilent() => Silent("""
        [MustNotHold("_gate")] public extern void Wait();
        public void Run() { _gate.Enter(); _gate.Exit(); Wait(); }
        """);

    [Fact]
    public Task ExcludedLockOfAnotherObjectHeld_IsSilent() => Silent("""
        [MustNotHold("node.Gate")] public static extern void Wait(Node node);
        [MustHold("_gate")] public void Run(Node node) => Wait(node);
        """);

    [Fact]
    public Task ExcludedClassHeldByAnyInstance_Flags() => Flags("""
        [MustNotHold("Node.Gate")] public static extern void Wait();
        [MustHold("node.Gate")] public static void Run(Node node) => Wait(); // MML1007
        """);

    [Fact]
    public Task ExcludedClassNotHeld_IsSilent() => Silent("""
        [MustNotHold("Node.Gate")] public static extern void Wait();
        [MustHold("_rw")] public void Run() => Wait();
        """);

    [Fact]
    public Task ExcludedAndTakenByTheBody_IsSilent() => Silent("""
        [MustNotHold("_gate")] public void Wait() { _gate.Enter(); _gate.Exit(); }
        """);

    [Fact]
    public Task ExcludedInOneModeHeldInTheOther_IsSilent() => Silent("""
        [MustNotHold("exclusive(_rw)")] public extern void Wait();
        [MustHold("shared(_rw)")] public void Run() => Wait();
        """);

    [Fact]
    public Task ExcludedLockHeldOnOnePath_Flags() => Flags("""
        [MustNotHold("_gate")] public extern void Wait();
        public void Run(bool locked)
        {
            if (locked) _gate.Enter();
            Wait(); // MML1007
            if (locked) _gate.Exit();
        }
        """);

    [Fact]
    public Task FactRequiredAndKnown_IsSilent() => Silent("""
        public bool IsOpen { get; init; }
        [Requires("IsOpen")] public extern void Read();
        public void Run() { if (IsOpen) Read(); }
        """);

    [Fact]
    public Task FactRequiredAndUnknown_Flags() => Flags("""
        public bool IsOpen { get; init; }
        [Requires("IsOpen")] public extern void Read();
        public void Run() => Read(); // MML1015
        """);

    [Fact]
    public Task FactRequiredAndKnownFalse_Flags() => Flags("""
        public bool IsOpen { get; init; }
        [Requires("IsOpen")] public extern void Read();
        public void Run() { if (!IsOpen) Read(); } // MML1015
        """);

    [Fact]
    public Task FactOverAnArgument_IsSilent() => Silent("""
        [Requires("size > 0")] public extern void Reserve(int size);
        public void Run(int size) { if (size > 0) Reserve(size); Reserve(4); }
        """);

    [Fact]
    public Task FactOverAnArgumentBroken_Flags() => Flags("""
        [Requires("size > 0")] public extern void Reserve(int size);
        public void Run() => Reserve(0); // MML1015
        """);

    [Fact]
    public Task FactPassedOn_IsSilent() => Silent("""
        [Requires("size > 0")] public extern void Reserve(int size);
        [Requires("size > 0")] public void Run(int size) => Reserve(size);
        """);

    [Fact]
    public Task EnsuredFactUsed_IsSilent() => Silent("""
        public bool IsOpen { get; init; }
        [Requires("IsOpen")] public extern void Read();
        [Ensures("IsOpen", When = "result")] public extern bool TryOpen();
        public void Run() { if (TryOpen()) Read(); }
        """);

    [Fact]
    public Task EnsuredFactOfTheOtherOutcome_Flags() => Flags("""
        public bool IsOpen { get; init; }
        [Requires("IsOpen")] public extern void Read();
        [Ensures("IsOpen", When = "result")] public extern bool TryOpen();
        public void Run() { if (!TryOpen()) Read(); } // MML1015
        """);

    [Fact]
    public Task EnsuredFactNotEstablished_Flags() => Flags("""
        [Ensures("result > 0")] public int Size(bool many)
        {
            if (many) return 2;
            return 0; // MML1015
        }
        """);

    [Fact]
    public Task EnsuredFactEstablished_IsSilent() => Silent("""
        [Ensures("result > 0")] public int Size(int wanted) => wanted > 0 ? wanted : 1;
        """);
}
