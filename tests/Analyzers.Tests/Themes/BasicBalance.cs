using System.Threading.Tasks;

namespace AnalyzerTests.Themes;

/// <summary>What is taken is given back on every way out.</summary>
public sealed class BasicBalance : ThemeTests
{
    [Fact]
    public Task EnteredAndExited_IsSilent() => Silent("""
        public void Run() { _gate.Enter(); Work(); _gate.Exit(); }
        """);

    [Fact]
    public Task NeverExited_Flags() => Flags("""
        public void Run()
        {
            _gate.Enter();
        } // MML1006
        """);

    [Fact]
    public Task ExpressionBodyThatOnlyEnters_Flags() => Flags("""
        public void Run() => _gate.Enter(); // MML1006
        """);

    [Fact]
    public Task ReturnedWhileHeld_Flags() => Flags("""
        public void Run()
        {
            _gate.Enter();
            if (Coin()) return; // MML1006
            _gate.Exit();
        }
        """);

    [Fact]
    public Task ExitedBeforeEachReturn_IsSilent() => Silent("""
        public int Run()
        {
            _gate.Enter();
            if (Coin()) { _gate.Exit(); return 1; }
            _gate.Exit();
            return 2;
        }
        """);

    [Fact]
    public Task ExitedTwice_Flags() => Flags("""
        public void Run()
        {
            _gate.Enter();
            _gate.Exit();
            _gate.Exit(); // MML1005
        }
        """);

    [Fact]
    public Task EnteredTwice_Flags() => Flags("""
        public void Run()
        {
            _gate.Enter();
            _gate.Enter(); // MML1004
            _gate.Exit();
        }
        """);

    [Fact]
    public Task ExitedWithoutEntering_Flags() => Flags("""
        public void Run() => _gate.Exit(); // MML1005
        """);

    [Fact]
    public Task EnteredAgainAfterExit_IsSilent() => Silent("""
        public void Run()
        {
            _gate.Enter();
            _gate.Exit();
            _gate.Enter();
            _gate.Exit();
        }
        """);

    [Fact]
    public Task ExitedThoughEnteredInOneBranchOnly_Flags() => Flags("""
        public void Run()
        {
            if (Coin()) _gate.Enter();
            Work();
            _gate.Exit(); // MML1005
        }
        """);

    [Fact]
    public Task EnteredInOneBranchAndNeverExited_Flags() => Flags("""
        public void Run()
        {
            if (Coin()) _gate.Enter();
            Work();
        } // MML1006
        """);

    [Fact]
    public Task EnteredAndExitedUnderOneCondition_IsSilent() => Silent("""
        public void Run()
        {
            bool locked = Coin();
            if (locked) _gate.Enter();
            Work();
            if (locked) _gate.Exit();
        }
        """);

    [Fact]
    public Task ExitedUnderTheOppositeCondition_Flags() => Flags("""
        public void Run()
        {
            bool locked = Coin();
            if (locked) _gate.Enter();
            if (!locked) _gate.Exit(); // MML1005
        } // MML1006
        """);

    [Fact]
    public Task ConditionAskedTwice_Flags() => Flags("""
        public void Run()
        {
            if (Coin()) _gate.Enter();
            if (Coin()) _gate.Exit(); // MML1005
        } // MML1006
        """);

    [Fact]
    public Task EnteredInBothBranches_IsSilent() => Silent("""
        public void Run()
        {
            if (Coin()) { Work(); _gate.Enter(); } else _gate.Enter();
            _gate.Exit();
        }
        """);

    [Fact]
    public Task ExitedInOneBranchOfTwo_Flags() => Flags("""
        public void Run()
        {
            _gate.Enter();
            if (Coin()) _gate.Exit(); else Work();
        } // MML1006
        """);

    [Fact]
    public Task BalancedLoopBody_IsSilent() => Silent("""
        public void Run()
        {
            while (Coin()) { _gate.Enter(); Work(); _gate.Exit(); }
        }
        """);

    [Fact]
    public Task EnteredAgainInTheNextRound_Flags() => Flags("""
        public void Run()
        {
            for (;;) _gate.Enter(); // MML1004
        }
        """);

    [Fact]
    public Task DroppedAndRetakenInALoop_IsSilent() => Silent("""
        public void Run()
        {
            _gate.Enter();
            while (Coin()) { _gate.Exit(); Work(); _gate.Enter(); }
            _gate.Exit();
        }
        """);

    [Fact]
    public Task DroppedInALoopAndNotRetaken_Flags() => Flags("""
        public void Run()
        {
            _gate.Enter();
            while (Coin()) _gate.Exit(); // MML1005
            Work();
        } // MML1006
        """);

    [Fact]
    public Task LeftALoopWhileHeld_IsSilent() => Silent("""
        public void Run()
        {
            while (true)
            {
                _gate.Enter();
                if (Coin()) break;
                _gate.Exit();
            }
            _gate.Exit();
        }
        """);

    [Fact]
    public Task ContinuedWhileHeld_Flags() => Flags("""
        public void Run()
        {
            foreach (int item in new[] { 1, 2 })
            {
                _gate.Enter(); // MML1004
                if (item == 1) continue;
                _gate.Exit();
            }
        } // MML1006
        """);

    [Fact]
    public Task JumpedToTheExit_IsSilent() => Silent("""
        public int Run()
        {
            int error = 1;
            _gate.Enter();
            if (Coin()) goto exit;
            error = 0;
        exit:
            _gate.Exit();
            return error;
        }
        """);

    [Fact]
    public Task JumpedPastTheExit_Flags() => Flags("""
        public int Run()
        {
            int error = 1;
            _gate.Enter();
            if (Coin()) goto exit;
            error = 0;
            _gate.Exit();
        exit:
            return error; // MML1006
        }
        """);

    [Fact]
    public Task RetriedByGoto_IsSilent() => Silent("""
        public void Run()
        {
        retry:
            _gate.Enter();
            if (Coin()) { _gate.Exit(); goto retry; }
            _gate.Exit();
        }
        """);

    [Fact]
    public Task ExitedInEverySwitchSection_IsSilent() => Silent("""
        public int Run(int kind)
        {
            _gate.Enter();
            switch (kind)
            {
                case 0: _gate.Exit(); return 0;
                case 1: _gate.Exit(); break;
                default: _gate.Exit(); break;
            }
            return 1;
        }
        """);

    [Fact]
    public Task ForgottenInOneSwitchSection_Flags() => Flags("""
        public int Run(int kind)
        {
            _gate.Enter();
            switch (kind)
            {
                case 0: return 0; // MML1006
                default: _gate.Exit(); return 1;
            }
        }
        """);

    [Fact]
    public Task TwoLocksExitedInEitherOrder_IsSilent() => Silent("""
        public void Run()
        {
            _gate.Enter();
            _rw.EnterRead();
            _gate.Exit();
            _rw.ExitRead();
        }
        """);

    [Fact]
    public Task OneOfTwoLocksForgotten_Flags() => Flags("""
        public void Run()
        {
            _gate.Enter();
            _rw.EnterRead();
            _gate.Exit();
        } // MML1006
        """);

    [Fact]
    public Task BothLocksForgotten_Flags() => Flags("""
        public void Run()
        {
            _gate.Enter();
            _rw.EnterRead();
        } // MML1006, MML1006
        """);

    [Fact]
    public Task NeverComingBack_IsSilent() => Silent("""
        public void Run()
        {
            _gate.Enter();
            while (true) Work();
        }
        """);

    [Fact]
    public Task UnreachableExit_IsSilent() => Silent("""
        public void Run()
        {
            return;
            _gate.Exit();
        }
        """);

    [Fact]
    public Task AcquiringAsDeclared_IsSilent() => Silent("""
        [Acquires("_gate")] public void Begin() => _gate.Enter();
        [Releases("_gate")] public void End() => _gate.Exit();
        public void Run() { Begin(); End(); }
        """);

    [Fact]
    public Task DeclaredToAcquireButDoesNot_Flags() => Flags("""
        [Acquires("_gate")] public void Begin()
        {
            Work();
        } // MML1006
        """);

    [Fact]
    public Task DeclaredToReleaseButDoesNot_Flags() => Flags("""
        [Releases("_gate")] public void End()
        {
            Work();
        } // MML1006
        """);

    [Fact]
    public Task AcquiredByACalleeAndForgotten_Flags() => Flags("""
        [Acquires("_gate")] public extern void Begin();
        public void Run()
        {
            Begin();
        } // MML1006
        """);

    [Fact]
    public Task NeededLockDroppedAndRetaken_IsSilent() => Silent("""
        [MustHold("_gate"), Releases("_gate"), Acquires("_gate")] public void Pause() { _gate.Exit(); Work(); _gate.Enter(); }
        """);

    [Fact]
    public Task NeededLockDroppedAndRetakenUnsaid_Flags() => Flags("""
        [MustHold("_gate")] public void Pause()
        {
            _gate.Exit();
            Work();
            _gate.Enter();
        } // MML1006
        """);

    [Fact]
    public Task NeededLockDropped_Flags() => Flags("""
        [MustHold("_gate")] public void Pause()
        {
            _gate.Exit();
        } // MML1006
        """);

    /// <summary>A lock type vouches for what its contracts say of its locks, not for what a member merely uses.</summary>
    [Fact]
    public Task LockTypeKeepsLockThatNoContractSpeaksOf_Flags() => Flags("""
        [Lock(LockKind.Mutex)] public sealed class Page
        {
            [Lock(Section)] public LockName Closed => default;
            [Acquires("this")] public void Take() => Wait();
            [Acquires("this")] private extern void Wait();
            [Releases("this")] public extern void Drop();
            [Acquires("Closed")] private extern void Close();
            [Releases("Closed")] private extern void Open();
            public void Both(Page other)
            {
                other.Take();
            } // MML1006
            public void Half()
            {
                Close();
            } // MML1006
            public void Whole()
            {
                Close();
                Open();
            }
        }
        """);
}
