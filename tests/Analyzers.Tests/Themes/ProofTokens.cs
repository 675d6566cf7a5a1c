using System.Threading.Tasks;

namespace AnalyzerTests.Themes;

/// <summary>A token that stands for a lock is refused unless it keeps everybody out who could take that lock.</summary>
public sealed class ProofTokens : ThemeTests
{
    private const string Table = """
        public sealed class Table
        {
            public readonly RwGate Outer = new();
            public readonly RwGate Row = new();

        """;

    [Fact]
    public Task AnybodyCanTakeTheToken_Flags() => FlagsTypes(Table + """
            [Lock(Section), ProofOf("exclusive(Table.Row)")] public LockName Alone => default; // MML0006
        }
        """);

    [Fact]
    public Task EverybodyNeedsWhatTheTokenExcludes_IsSilent() => SilentTypes(Table + """
            [Lock(Section), ReleasedWith("Outer", LockMode.Exclusive), ProofOf("exclusive(Table.Row)")] public LockName Alone => default;
            [MustHold("Outer"), Acquires("shared(Row)")] public void Enter() => Row.EnterRead();
            [MustHold("Outer"), Acquires("exclusive(Row)")] public void EnterWrite() => Row.EnterWrite();
        }
        """);

    [Fact]
    public Task SomebodyNeedsNothing_Flags() => FlagsTypes(Table + """
            [Lock(Section), ReleasedWith("Outer", LockMode.Exclusive), ProofOf("exclusive(Table.Row)")] public LockName Alone => default; // MML0006
            [MustHold("Outer"), Acquires("shared(Row)")] public void Enter() => Row.EnterRead();
            [Acquires("shared(Row)")] public void Sneak() => Row.EnterRead();
        }
        """);

    [Fact]
    public Task SomebodyTriesWithoutIt_Flags() => FlagsTypes(Table + """
            [Lock(Section), ReleasedWith("Outer", LockMode.Exclusive), ProofOf("exclusive(Table.Row)")] public LockName Alone => default; // MML0006
            [Acquires("shared(Row)", When = "result", Try = true)] public bool Sneak() => Row.TryEnterRead();
        }
        """);

    [Fact]
    public Task SomebodyTakesAndGivesItBackWithoutIt_Flags() => FlagsTypes(Table + """
            [Lock(Section), ReleasedWith("Outer", LockMode.Exclusive), ProofOf("exclusive(Table.Row)")] public LockName Alone => default; // MML0006
        }
        public static class Elsewhere
        {
            public static void Peek(Table table) { table.Row.EnterRead(); table.Row.ExitRead(); }
        }
        """);

    [Fact]
    public Task SomebodyTakesBoth_IsSilent() => SilentTypes(Table + """
            [Lock(Section), ReleasedWith("Outer", LockMode.Exclusive), ProofOf("exclusive(Table.Row)")] public LockName Alone => default;
        }
        public static class Elsewhere
        {
            public static void Peek(Table table) { table.Outer.EnterRead(); table.Row.EnterRead(); table.Row.ExitRead(); table.Outer.ExitRead(); }
        }
        """);

    [Fact]
    public Task ReadersDoNotDisturbAProofOfASharedHold_IsSilent() => SilentTypes(Table + """
            [Lock(Section), ReleasedWith("Outer", LockMode.Exclusive), ProofOf("shared(Table.Row)")] public LockName Still => default;
            [Acquires("shared(Row)")] public void Enter() => Row.EnterRead();
        }
        """);

    [Fact]
    public Task WritersDisturbAProofOfASharedHold_Flags() => FlagsTypes(Table + """
            [Lock(Section), ReleasedWith("Outer", LockMode.Exclusive), ProofOf("shared(Table.Row)")] public LockName Still => default; // MML0006
            [Acquires("exclusive(Row)")] public void Enter() => Row.EnterWrite();
        }
        """);

    [Fact]
    public Task TokenThatNeedsASharedHoldExcludesWritersOnly_Flags() => FlagsTypes(Table + """
            [Lock(Section), MustHold("shared(Outer)"), ProofOf("exclusive(Table.Row)")] public LockName Alone => default; // MML0006
            [MustHold("shared(Outer)"), Acquires("exclusive(Row)")] public void Enter() => Row.EnterWrite();
        }
        """);

    [Fact]
    public Task TokenThatNeedsAnExclusiveHold_IsSilent() => SilentTypes(Table + """
            [Lock(Section), MustHold("exclusive(Outer)"), ProofOf("exclusive(Table.Row)")] public LockName Alone => default;
            [MustHold("shared(Outer)"), Acquires("exclusive(Row)")] public void Enter() => Row.EnterWrite();
        }
        """);

    [Fact]
    public Task NeedThatIsOneOfTwo_Flags() => FlagsTypes(Table + """
            public readonly Gate Other = new();
            [Lock(Section), ReleasedWith("Outer", LockMode.Exclusive), ProofOf("exclusive(Table.Row)")] public LockName Alone => default; // MML0006
            [MustHold("Outer || Other"), Acquires("exclusive(Row)")] public void Enter() => Row.EnterWrite();
        }
        """);

    [Fact]
    public Task HoldThatOutlivesItsNeed_Flags() => FlagsTypes(Table + """
            [Lock(Section), ReleasedWith("Outer", LockMode.Exclusive), ProofOf("exclusive(Table.Row)")] public LockName Alone => default; // MML0006
            public void Keep() { Outer.EnterRead(); Row.EnterRead(); Outer.ExitRead(); Row.ExitRead(); }
        }
        """);

    [Fact]
    public Task HoldThatOutlivesItsNeedBehindACall_Flags() => FlagsTypes(Table + """
            [Lock(Section), ReleasedWith("Outer", LockMode.Exclusive), ProofOf("exclusive(Table.Row)")] public LockName Alone => default; // MML0006
            [MustHold("Outer"), Acquires("shared(Row)")] public void Enter() => Row.EnterRead();
            [Releases("shared(Outer)")] public void Leave() => Outer.ExitRead();
            public void Keep() { Outer.EnterRead(); Enter(); Leave(); Row.ExitRead(); }
        }
        """);

    [Fact]
    public Task HoldThatOutlivesItsNeedOnOnePath_Flags() => FlagsTypes(Table + """
            [Lock(Section), ReleasedWith("Outer", LockMode.Exclusive), ProofOf("exclusive(Table.Row)")] public LockName Alone => default; // MML0006
            public void Keep(bool early)
            {
                Outer.EnterRead();
                Row.EnterRead();
                if (early) Outer.ExitRead();
                Row.ExitRead();
                if (!early) Outer.ExitRead();
            }
        }
        """);

    [Fact]
    public Task DowngradeThatTheTokenToleratesNot_Flags() => FlagsTypes(Table + """
            [Lock(Section), MustHold("shared(Outer)"), ProofOf("exclusive(Table.Row)")] public LockName Alone => default; // MML0006
            public void Keep() { Outer.EnterWrite(); Row.EnterRead(); Outer.Downgrade(); Row.ExitRead(); Outer.ExitRead(); }
        }
        """);

    [Fact]
    public Task HoldThatEndsBeforeItsNeed_IsSilent() => SilentTypes(Table + """
            public readonly Gate Other = new();
            [Lock(Section), ReleasedWith("Outer", LockMode.Exclusive), ProofOf("exclusive(Table.Row)")] public LockName Alone => default;
            public void Keep() { Other.Enter(); Outer.EnterRead(); Row.EnterRead(); Other.Exit(); Row.ExitRead(); Outer.ExitRead(); }
        }
        """);

    [Fact]
    public Task HoldOfTheCallersThatIsCoveredElsewhere_IsSilent() => SilentTypes(Table + """
            [Lock(Section), ReleasedWith("Outer", LockMode.Exclusive), ProofOf("exclusive(Table.Row)")] public LockName Alone => default;
            [MustHold("shared(Row)")] public void Touch() { if (Outer.TryEnterRead()) Outer.ExitRead(); }
            public void Keep() { Outer.EnterRead(); Row.EnterRead(); Row.ExitRead(); Outer.ExitRead(); }
        }
        """);

    [Fact]
    public Task HoldOfTheCallersWhoseNeedIsGivenUp_Flags() => FlagsTypes(Table + """
            [Lock(Section), ReleasedWith("Outer", LockMode.Exclusive), ProofOf("exclusive(Table.Row)")] public LockName Alone => default; // MML0006
            [MustHold("shared(Outer) && shared(Row)"), Releases("shared(Outer)")] public void Leave() => Outer.ExitRead();
        }
        """);

    [Fact]
    public Task NeedThatOutlivesAnother_IsSilent() => SilentTypes(Table + """
            public readonly Gate Other = new();
            [Lock(Section), ReleasedWith("Outer", LockMode.Exclusive), ProofOf("exclusive(Table.Row)")] public LockName Alone => default;
            public void Keep() { Outer.EnterRead(); Other.Enter(); Outer.ExitRead(); Other.Exit(); }
            public void KeepReading() { Outer.EnterWrite(); Row.EnterRead(); Outer.Downgrade(); Row.ExitRead(); Outer.ExitRead(); }
        }
        """);

    [Fact]
    public Task HoldThatIsBoundToItsNeed_IsSilent() => SilentTypes("""
        public sealed class Table
        {
            public readonly RwGate Outer = new();
            [ReleasedWith("Outer", LockMode.Exclusive)] public readonly RwGate Row = new();
            [Lock(Section), ReleasedWith("Outer", LockMode.Exclusive), ProofOf("exclusive(Table.Row)")] public LockName Alone => default;
            public void Keep() { Outer.EnterWrite(); Row.EnterWrite(); Outer.ExitWrite(); }
        }
        """);

    [Fact]
    public Task ProofDoesNotBind_Flags() => FlagsTypes(Table + """
            [Lock(Section), ProofOf("exclusive(Table.Rwo)")] public LockName Alone => default; // MML0001
        }
        """);

    [Fact]
    public async Task MessageNamesWhoCanRun() => await Verify.Flags(Table + """
            [Lock(Section), ReleasedWith("Outer", LockMode.Exclusive), ProofOf("exclusive(Table.Row)")] public LockName Alone => default; // MML0006
            [Acquires("shared(Row)")] public void Sneak() => Row.EnterRead();
        }
        """).WithSource("Locks.cs", Declarations)
        .WithMessage("'Alone' is no proof of exclusive(Table.Row): 'Sneak' can hold it without Table.Outer");
}
