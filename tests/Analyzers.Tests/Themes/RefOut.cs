using System.Threading.Tasks;

namespace AnalyzerTests.Themes;

/// <summary>Lock states and objects that travel through ref and out parameters.</summary>
public sealed class RefOut : ThemeTests
{
    [Fact]
    public Task OutFlagSaysHeld_IsSilent() => Silent("""
        [Acquires("_gate", When = "taken", Try = true)] public extern void TryBegin(out bool taken);
        public void Run() { TryBegin(out bool taken); if (taken) { _count++; _gate.Exit(); } }
        """);

    [Fact]
    public Task OutFlagNotAsked_Flags() => Flags("""
        [Acquires("_gate", When = "taken", Try = true)] public extern void TryBegin(out bool taken);
        public void Run()
        {
            TryBegin(out bool taken);
            _count++; // MML1009
            if (taken) _gate.Exit();
        }
        """);

    [Fact]
    public Task OutFlagDiscarded_Flags() => Flags("""
        [Acquires("_gate", When = "taken", Try = true)] public extern void TryBegin(out bool taken);
        public void Run()
        {
            TryBegin(out _); // MML1013
        }
        """);

    [Fact]
    public Task OutFlagInAField_Flags() => Flags("""
        public bool _taken;
        [Acquires("_gate", When = "taken", Try = true)] public extern void TryBegin(out bool taken);
        public void Run()
        {
            TryBegin(out _taken);
        } // MML1006
        """);

    [Fact]
    public Task OutFlagSetAsDeclared_IsSilent() => Silent("""
        [Acquires("_gate", When = "taken", Try = true)] public void TryBegin(out bool taken) => taken = _gate.TryEnter();
        """);

    [Fact]
    public Task OutFlagSetWrongly_Flags() => Flags("""
        [Acquires("_gate", When = "taken", Try = true)] public void TryBegin(out bool taken)
        {
            taken = true;
            if (!_gate.TryEnter()) Work();
        } // MML1006
        """);

    [Fact]
    public Task RefFlagSaysHeld_IsSilent() => Silent("""
        [Acquires("_gate", When = "taken")] public extern void Begin(ref bool taken);
        public void Run() { bool taken = false; Begin(ref taken); if (taken) _gate.Exit(); }
        """);

    [Fact]
    public Task RefFlagOfAnEarlierCall_Flags() => Flags("""
        [Acquires("_gate", When = "taken")] public extern void Begin(ref bool taken);
        public void Run()
        {
            bool taken = false;
            Begin(ref taken);
            taken = Coin();
            if (taken) _gate.Exit(); // MML1005
        } // MML1006
        """);

    [Fact]
    public Task OutObjectIsLocked_IsSilent() => Silent("""
        [Acquires("node.Gate", When = "result")] public static extern bool TryFind([NotNullWhen(true)] out Node? node);
        public static void Run() { if (TryFind(out var node)) { node.Value++; node.Gate.Exit(); } }
        """);

    [Fact]
    public Task OutObjectIsLockedAndKept_Flags() => Flags("""
        [Acquires("node.Gate", When = "result")] public static extern bool TryFind([NotNullWhen(true)] out Node? node);
        public static int Run()
        {
            if (!TryFind(out var node)) return 0;
            return node.Value; // MML1006
        }
        """);

    [Fact]
    public Task OutObjectUsedWhenNotFound_Flags() => Flags("""
        [Acquires("node.Gate", When = "result")] public static extern bool TryFind([NotNullWhen(true)] out Node? node);
        public static void Run()
        {
            if (TryFind(out var node)) node.Gate.Exit();
            else node!.Value++; // MML1009
        }
        """);

    [Fact]
    public Task OutObjectNullOrLocked_IsSilent() => Silent("""
        [Acquires("node.Gate", When = "node != null")] public static extern void Find(out Node? node);
        public static void Run() { Find(out var node); if (node is not null) node.Gate.Exit(); }
        """);

    [Fact]
    public Task RefParameterReplaced_Flags() => Flags("""
        [MustHold("node.Gate")] public static void Run(Node node, Node other)
        {
            node = other;
            node.Value++; // MML1009
        }
        """);

    [Fact]
    public Task ParameterStillNamesTheArgumentAtExit_IsSilent() => Silent("""
        [MustHold("node.Gate")] public static void Run(Node node, Node other)
        {
            node.Value++;
            node = other;
        }
        """);

    [Fact]
    public Task RefLocalToAGuardedFieldTakenUnderTheLock_IsSilent() => Silent("""
        [MustHold("_gate")] public void Run() { ref int count = ref _count; count++; }
        """);

    [Fact]
    public Task RefLocalToAGuardedFieldTakenWithoutTheLock_Flags() => Flags("""
        public void Run()
        {
            ref int count = ref _count; // MML1009
            count++;
        }
        """);

    [Fact]
    public Task RefReturnOfAGuardedField_Flags() => Flags("""
        public ref int Slot() => ref _count; // MML1009
        """);

    [Fact]
    public Task ReleasedAtEntryAndAcquiredAtExit_IsSilent() => Silent("""
        [Releases("node.Gate"), Acquires("node.Gate", When = "node != null")] public static extern void Advance(ref Node? node);
        """);

    [Fact]
    public Task OutParameterThatIsALock_IsSilent() => Silent("""
        [Acquires("gate", When = "result")] public static extern bool TryNext(out Gate? gate);
        public static void Run()
        {
            if (!TryNext(out var gate)) return;
            Work();
            gate!.Exit();
        }
        """);

    [Fact]
    public Task OutParameterThatIsALockLeaks_Flags() => Flags("""
        [Acquires("gate", When = "result")] public static extern bool TryNext(out Gate? gate);
        public static void Run()
        {
            if (!TryNext(out var gate)) return;
            Work();
        } // MML1006
        """);
}
