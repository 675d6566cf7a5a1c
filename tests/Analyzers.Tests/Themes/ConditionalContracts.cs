using System.Threading.Tasks;

namespace AnalyzerTests.Themes;

/// <summary>Preconditions and effects that depend on an argument or a result.</summary>
public sealed class ConditionalContracts : ThemeTests
{
    [Fact]
    public Task NeedForTrueOnlyCalledWithFalse_IsSilent() => Silent("""
        [MustHold("_gate", When = "locked")] public extern void Scan(bool locked);
        public void Run() => Scan(false);
        """);

    [Fact]
    public Task NeedForTrueOnlyCalledWithTrue_Flags() => Flags("""
        [MustHold("_gate", When = "locked")] public extern void Scan(bool locked);
        public void Run() => Scan(true); // MML1001
        """);

    [Fact]
    public Task NeedForTrueOnlyCalledWithAnUnknown_Flags() => Flags("""
        [MustHold("_gate", When = "locked")] public extern void Scan(bool locked);
        public void Run(bool locked) => Scan(locked); // MML1001
        """);

    [Fact]
    public Task NeedForTrueOnlyPassedOn_IsSilent() => Silent("""
        [MustHold("_gate", When = "locked")] public extern void Scan(bool locked);
        [MustHold("_gate", When = "locked")] public void Run(bool locked) => Scan(locked);
        """);

    [Fact]
    public Task NeedForTrueOnlyPassedOnInverted_Flags() => Flags("""
        [MustHold("_gate", When = "locked")] public extern void Scan(bool locked);
        [MustHold("_gate", When = "locked")] public void Run(bool locked) => Scan(!locked); // MML1001
        """);

    [Fact]
    public Task NeedForFalseMetByTakingTheLock_IsSilent() => Silent("""
        [MustHold("_gate", When = "!optimistic")] public extern void Scan(bool optimistic);
        public void Run(bool optimistic)
        {
            if (!optimistic) _gate.Enter();
            Scan(optimistic);
            if (!optimistic) _gate.Exit();
        }
        """);

    [Fact]
    public Task BodyUsesTheLockUnderItsCondition_IsSilent() => Silent("""
        [MustHold("_gate", When = "locked")] public void Bump(bool locked) { if (locked) _count++; }
        """);

    [Fact]
    public Task BodyUsesTheLockWithoutItsCondition_Flags() => Flags("""
        [MustHold("_gate", When = "locked")] public void Bump(bool locked) => _count++; // MML1009
        """);

    [Fact]
    public Task BodyTakesTheLockUnlessHeld_IsSilent() => Silent("""
        [MustHold("_gate", When = "locked")] public void Bump(bool locked)
        {
            if (!locked) _gate.Enter();
            _count++;
            if (!locked) _gate.Exit();
        }
        """);

    [Fact]
    public Task BodyTakesTheLockAlthoughHeld_Flags() => Flags("""
        [MustHold("_gate", When = "locked")] public void Bump(bool locked)
        {
            if (locked) _gate.Enter(); // MML1004
            _count++; // MML1009
        }
        """);

    [Fact]
    public Task NeedForANullArgument_IsSilent() => Silent("""
        [MustHold("_gate", When = "node == null")] public extern void Scan(Node? node);
        public void Run(Node node) => Scan(node);
        """);

    [Fact]
    public Task NeedForANullArgumentNotMet_Flags() => Flags("""
        [MustHold("_gate", When = "node == null")] public extern void Scan(Node? node);
        public void Run() => Scan(null); // MML1001
        """);

    [Fact]
    public Task NeedForANullArgumentTested_IsSilent() => Silent("""
        [MustHold("_gate", When = "node == null")] public extern void Scan(Node? node);
        public void Run(Node? node) { if (node != null) Scan(node); }
        """);

    [Fact]
    public Task NeedForAnEnumMember_IsSilent() => Silent("""
        public enum Mode { Quick, Full }
        [MustHold("_gate", When = "mode == Mode.Full")] public extern void Scan(Mode mode);
        public void Run(Mode mode) { if (mode == Mode.Quick) Scan(mode); Scan(Mode.Quick); }
        """);

    [Fact]
    public Task NeedForAnEnumMemberNotMet_Flags() => Flags("""
        public enum Mode { Quick, Full }
        [MustHold("_gate", When = "mode == Mode.Full")] public extern void Scan(Mode mode);
        public void Run(Mode mode)
        {
            switch (mode)
            {
                case Mode.Full: Scan(mode); break; // MML1001
                default: break;
            }
        }
        """);

    [Fact]
    public Task NeedForAFlag_IsSilent() => Silent("""
        [Flags] public enum Wish { None, Sync = 1, Deep = 2 }
        [MustHold("_gate", When = "(wish & Wish.Sync) != 0")] public extern void Scan(Wish wish);
        public void Run() { Scan(Wish.Deep); Scan(Wish.None); }
        """);

    [Fact]
    public Task NeedForAFlagNotMet_Flags() => Flags("""
        [Flags] public enum Wish { None, Sync = 1, Deep = 2 }
        [MustHold("_gate", When = "(wish & Wish.Sync) != 0")] public extern void Scan(Wish wish);
        public void Run() => Scan(Wish.Deep | Wish.Sync); // MML1001
        """);

    [Fact]
    public Task NeedForAFlagTestedByHasFlag_IsSilent() => Silent("""
        [Flags] public enum Wish { None, Sync = 1, Deep = 2 }
        [MustHold("_gate", When = "(wish & Wish.Sync) != 0")] public extern void Scan(Wish wish);
        public void Run(Wish wish) { if (!wish.HasFlag(Wish.Sync)) Scan(wish); }
        """);

    [Fact]
    public Task NeedForAFlagClearedBefore_IsSilent() => Silent("""
        [Flags] public enum Wish { None, Sync = 1, Deep = 2 }
        [MustHold("_gate", When = "(wish & Wish.Sync) != 0")] public extern void Scan(Wish wish);
        public void Run(Wish wish) => Scan(wish & ~Wish.Sync);
        """);

    [Fact]
    public Task NeedForANonZeroNumber_IsSilent() => Silent("""
        [MustHold("_gate", When = "size != 0")] public extern void Scan(int size);
        public void Run() => Scan(0);
        """);

    [Fact]
    public Task NeedForANonZeroNumberNotMet_Flags() => Flags("""
        [MustHold("_gate", When = "size != 0")] public extern void Scan(int size);
        public void Run(int size) { if (size == 0) Scan(size); else Scan(size); } // MML1001
        """);

    [Fact]
    public Task ReleasedWhenTrueIsReturned_IsSilent() => Silent("""
        [MustHold("_gate"), Releases("_gate", When = "result")] public extern bool Finish();
        [Releases("_gate")] public void Run() { if (!Finish()) _gate.Exit(); }
        """);

    [Fact]
    public Task ReleasedWhenTrueIsReturnedForgotten_Flags() => Flags("""
        [MustHold("_gate"), Releases("_gate", When = "result")] public extern bool Finish();
        [Releases("_gate")] public void Run()
        {
            Finish();
            _gate.Exit(); // MML1005
        }
        """);

    [Fact]
    public Task ReleasedWhenTrueIsReturnedAndUsed_Flags() => Flags("""
        [MustHold("_gate"), Releases("_gate", When = "result")] public extern bool Finish();
        [Releases("_gate")] public void Run()
        {
            if (Finish()) _count++; // MML1009
            else _gate.Exit();
        }
        """);

    [Fact]
    public Task ReleasedByAFlagOfTheResult_IsSilent() => Silent("""
        [Flags] public enum Fate { None, Gone = 1, Dirty = 2 }
        [MustHold("_gate"), Releases("_gate", When = "(result & Fate.Gone) != 0")] public extern Fate Finish();
        [Releases("_gate")] public Fate Run()
        {
            var fate = Finish();
            if ((fate & Fate.Gone) == 0) _gate.Exit();
            return fate;
        }
        """);

    [Fact]
    public Task ReleasedByAnotherFlagOfTheResult_Flags() => Flags("""
        [Flags] public enum Fate { None, Gone = 1, Dirty = 2 }
        [MustHold("_gate"), Releases("_gate", When = "(result & Fate.Gone) != 0")] public extern Fate Finish();
        [Releases("_gate")] public Fate Run()
        {
            var fate = Finish();
            if ((fate & Fate.Dirty) == 0) _gate.Exit(); // MML1005
            return fate; // MML1006
        }
        """);

    [Fact]
    public Task BodyReleasesAsItsResultSays_IsSilent() => Silent("""
        [MustHold("_gate"), Releases("_gate", When = "result")] public bool Finish()
        {
            if (_count > 0) return false;
            _gate.Exit();
            return true;
        }
        """);

    [Fact]
    public Task BodyReleasesAgainstItsResult_Flags() => Flags("""
        [MustHold("_gate"), Releases("_gate", When = "result")] public bool Finish()
        {
            if (_count > 0) return true; // MML2006
            _gate.Exit();
            return true;
        }
        """);

    [Fact]
    public Task ResultPassedThroughALocal_IsSilent() => Silent("""
        [MustHold("_gate"), Releases("_gate", When = "result != 0")] public extern int Finish();
        [MustHold("_gate"), Releases("_gate", When = "result != 0")] public int Run()
        {
            int error = Finish();
            if (error != 0) return error;
            _count++;
            return 0;
        }
        """);

    [Fact]
    public Task ResultMappedToAnotherCode_IsSilent() => Silent("""
        [MustHold("_gate"), Releases("_gate", When = "result != 0")] public extern int Finish();
        [MustHold("_gate"), Releases("_gate", When = "!result")] public bool Run()
        {
            int error = Finish();
            return error == 0;
        }
        """);

    [Fact]
    public Task ResultMappedWrongly_Flags() => Flags("""
        [MustHold("_gate"), Releases("_gate", When = "result != 0")] public extern int Finish();
        [MustHold("_gate"), Releases("_gate", When = "!result")] public bool Run()
        {
            int error = Finish();
            return error != 0; // MML2006
        }
        """);

    [Fact]
    public Task ResultMatchedByASwitchExpression_IsSilent() => Silent("""
        [MustHold("_gate"), Releases("_gate", When = "result != 0")] public extern int Finish();
        [Releases("_gate")] public int Run()
        {
            int error = Finish();
            return error switch { 0 => Leave(), _ => error };
        }
        [Releases("_gate")] public int Leave() { _gate.Exit(); return 0; }
        """);

    [Fact]
    public Task RelationToAConstant_IsSilent() => Silent("""
        [MustHold("_gate"), Releases("_gate", When = "result < 0")] public extern int Finish();
        [Releases("_gate")] public void Run() { if (Finish() >= 0) _gate.Exit(); }
        """);

    [Fact]
    public Task AcquiredWhenAskedFor_IsSilent() => Silent("""
        [Acquires("_gate", When = "wait")] public extern void Begin(bool wait);
        public void Run() { Begin(true); _count++; _gate.Exit(); Begin(false); }
        """);

    [Fact]
    public Task AcquiredWhenNotAskedFor_Flags() => Flags("""
        [Acquires("_gate", When = "wait")] public extern void Begin(bool wait);
        public void Run()
        {
            Begin(false);
            _count++; // MML1009
        }
        """);

    [Fact]
    public Task AcquiresOneOrTheOther_IsSilent() => Silent("""
        [Acquires("_gate", When = "result"), Acquires("exclusive(_rw)", When = "!result")] public extern bool Begin();
        public void Run() { if (Begin()) { _count++; _gate.Exit(); } else { _table++; _rw.ExitWrite(); } }
        """);

    [Fact]
    public Task AcquiresOneOrTheOtherMixedUp_Flags() => Flags("""
        [Acquires("_gate", When = "result"), Acquires("exclusive(_rw)", When = "!result")] public extern bool Begin();
        public void Run()
        {
            if (Begin()) { _count++; _gate.Exit(); return; }
            _count++; // MML1009
            _rw.ExitWrite();
        }
        """);

    [Fact]
    public Task OldValueThatStays_IsSilent() => SilentTypes(Versioned + """
        [MustHold("Gate"), Ensures("Version == old(Version)")] public int Keep() => Version;
        [MustHold("Gate")] public void Run() { if (Version != 3) return; Keep(); NeedsThree(); } }
        """);

    [Fact]
    public Task OldValueThatDoesNotStay_Flags() => FlagsTypes(Versioned + """
        [MustHold("Gate"), Ensures("Version == old(Version)")] public void Keep() => Version = 7; } // MML1015
        """);

    [Fact]
    public Task OldValueThatTurns_Flags() => FlagsTypes(Versioned + """
        [MustHold("Gate")] public void Right() { if (Open) return; Toggle(); NeedsOpen(); }
        [MustHold("Gate")] public void Wrong() { if (!Open) return; Toggle(); NeedsOpen(); } } // MML1015
        """);

    private const string Versioned = """
        public sealed class Document
        {
            public readonly object Gate = new();
            [GuardedBy(nameof(Gate))] public int Version;
            [GuardedBy(nameof(Gate))] public bool Open;
            [MustHold("Gate"), Ensures("Open != old(Open)")] public extern void Toggle();
            [MustHold("Gate"), Requires("Version == 3")] public extern void NeedsThree();
            [MustHold("Gate"), Requires("Open")] public extern void NeedsOpen();

        """;
}
