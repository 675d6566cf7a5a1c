using System.Threading.Tasks;

namespace AnalyzerTests.Themes;

/// <summary>What a path knows: conditions in every spelling, kept apart or lost.</summary>
public sealed class PathFacts : ThemeTests
{
    [Fact]
    public Task EnumSwitchedTwice_IsSilent() => Silent("""
        public enum Mode { None, Shared, Exclusive }
        public void Run(Mode mode)
        {
            switch (mode)
            {
                case Mode.Shared: _rw.EnterRead(); break;
                case Mode.Exclusive: _rw.EnterWrite(); break;
            }
            Work();
            switch (mode)
            {
                case Mode.Shared: _rw.ExitRead(); break;
                case Mode.Exclusive: _rw.ExitWrite(); break;
            }
        }
        """);

    [Fact]
    public Task EnumSwitchedTwiceWithTheModesExchanged_Flags() => Flags("""
        public enum Mode { None, Shared, Exclusive }
        public void Run(Mode mode)
        {
            switch (mode)
            {
                case Mode.Shared: _rw.EnterRead(); break;
                case Mode.Exclusive: _rw.EnterWrite(); break;
            }
            switch (mode)
            {
                case Mode.Shared: _rw.ExitWrite(); break; // MML1005
                case Mode.Exclusive: _rw.ExitRead(); break; // MML1005
            }
        }
        """);

    [Fact]
    public Task EnumComparedAfterASwitch_IsSilent() => Silent("""
        public enum Mode { None, Shared, Exclusive }
        public void Run(Mode mode)
        {
            if (mode == Mode.Exclusive) _gate.Enter();
            switch (mode)
            {
                case Mode.Exclusive: _count++; _gate.Exit(); break;
                default: Work(); break;
            }
        }
        """);

    [Fact]
    public Task EnumExcludedStepByStep_IsSilent() => Silent("""
        public enum Mode { None, Shared, Exclusive }
        public void Run(Mode mode)
        {
            if (mode != Mode.None && mode != Mode.Shared) _gate.Enter();
            if (mode is Mode.None or Mode.Shared) return;
            _count++;
            _gate.Exit();
        }
        """);

    [Fact]
    public Task NumberTestedByRange_IsSilent() => Silent("""
        public void Run(int size)
        {
            if (size > 4) _gate.Enter();
            if (size >= 5) _count++;
            if (!(size <= 4)) _gate.Exit();
        }
        """);

    [Fact]
    public Task NumberTestedByAWiderRange_Flags() => Flags("""
        public void Run(int size)
        {
            if (size > 4) _gate.Enter();
            if (size > 3) _count++; // MML1009
            if (size > 4) _gate.Exit();
        }
        """);

    [Fact]
    public Task TwoVariablesComparedBothWays_IsSilent() => Silent("""
        public int Run(int start, int end)
        {
            if (end < start) return 0;
            int total = 0;
            while (start < end) { _gate.Enter(); _count++; total += _count; start++; _gate.Exit(); }
            return total;
        }
        """);

    [Fact]
    public Task TwoVariablesComparedBothWaysAndLeaked_Flags() => Flags("""
        public void Run(int start, int end)
        {
            if (end < start || start == end) return;
            _gate.Enter();
            if (start < end) return; // MML1006
            _gate.Exit();
        }
        """);

    [Fact]
    public Task NumberTestedByANarrowerRange_IsSilent() => Silent("""
        public void Run(int size)
        {
            if (size > 4) _gate.Enter();
            if (size > 9) _count++;
            if (size > 4) _gate.Exit();
        }
        """);

    [Fact]
    public Task NullTestedInSeveralSpellings_IsSilent() => Silent("""
        public void Run(Node? node)
        {
            if (node != null) _gate.Enter();
            if (node is not null) _count++;
            if (node is { }) _count++;
            if (!(node is null)) _count++;
            if (node is Node) _count++;
            if (null != node) _gate.Exit();
        }
        """);

    [Fact]
    public Task NullConditionalResultTested_IsSilent() => Silent("""
        public void Run(Subject? other) { if (other?._gate.TryEnter() == true) other._gate.Exit(); }
        """);

    [Fact]
    public Task NullConditionalCallTakesTheLockOnlyIfNotNull_Flags() => Flags("""
        public void Run(Subject? other)
        {
            other?._gate.Enter();
        } // MML1006
        """);

    [Fact]
    public Task NullConditionalPair_IsSilent() => Silent("""
        public void Run(Subject? other) { other?._gate.Enter(); other?._gate.Exit(); }
        """);

    [Fact]
    public Task ConditionInALocal_IsSilent() => Silent("""
        public void Run(int size, bool force)
        {
            bool locked = size > 4 || force;
            if (locked) _gate.Enter();
            if (force) _count++;
            if (size > 4) _count++;
            if (locked) _gate.Exit();
        }
        """);

    [Fact]
    public Task ConditionInALocalOfAnd_Flags() => Flags("""
        public void Run(int size, bool force)
        {
            bool locked = size > 4 && force;
            if (locked) _gate.Enter();
            if (force) _count++; // MML1009
            if (locked) _gate.Exit();
        }
        """);

    [Fact]
    public Task ConditionChangedBetween_Flags() => Flags("""
        public void Run(bool locked)
        {
            if (locked) _gate.Enter();
            locked = !locked;
            if (locked) _gate.Exit(); // MML1005
        } // MML1006
        """);

    [Fact]
    public Task ConditionNegatedTwice_IsSilent() => Silent("""
        public void Run(bool locked)
        {
            if (locked) _gate.Enter();
            locked = !locked;
            if (!locked) _gate.Exit();
        }
        """);

    [Fact]
    public Task ConditionOrAssigned_IsSilent() => Silent("""
        public void Run(bool force)
        {
            bool locked = false;
            if (force) { _gate.Enter(); locked |= true; }
            if (locked) _gate.Exit();
        }
        """);

    [Fact]
    public Task ConditionInAPlainFieldCountsAsConfined_IsSilent() => Silent("""
        public bool _wanted;
        public void Run()
        {
            if (_wanted) _gate.Enter();
            if (_wanted) _gate.Exit();
        }
        """);

    [Fact]
    public Task ConditionInAReadonlyField_IsSilent() => Silent("""
        public readonly bool _wanted;
        public void Run() { if (_wanted) _gate.Enter(); Work(); if (_wanted) _gate.Exit(); }
        """);

    [Fact]
    public Task ConditionInAnInitOnlyProperty_IsSilent() => Silent("""
        public bool Wanted { get; init; }
        public void Run() { if (Wanted) _gate.Enter(); Work(); if (Wanted) _gate.Exit(); }
        """);

    [Fact]
    public Task ConditionInAConstant_IsSilent() => Silent("""
        public const bool Locking = true;
        public void Run() { if (Locking) _gate.Enter(); _count++; if (Locking) _gate.Exit(); }
        """);

    [Fact]
    public Task ConditionByAStaticCall_Flags() => Flags("""
        public void Run(string name)
        {
            if (name.StartsWith('x')) _gate.Enter();
            if (name.StartsWith('x')) _gate.Exit(); // MML1005
        } // MML1006
        """);

    [Fact]
    public Task DoWhileRetried_IsSilent() => Silent("""
        public void Run()
        {
            bool done;
            do
            {
                _gate.Enter();
                done = _count > 0;
                _gate.Exit();
            } while (!done);
        }
        """);

    [Fact]
    public Task LoopLeftByAFlag_IsSilent() => Silent("""
        public void Run()
        {
            bool held = false;
            while (!held)
            {
                if (_gate.TryEnter()) held = true;
                else Work();
            }
            _count++;
            _gate.Exit();
        }
        """);

    [Fact]
    public Task LoopLeftByAFlagSetTooEarly_Flags() => Flags("""
        public void Run()
        {
            bool held = false;
            while (!held)
            {
                held = Coin();
                if (_gate.TryEnter()) _gate.Exit();
            }
            _count++; // MML1009
        }
        """);

    [Fact]
    public Task FirstRoundOnly_IsSilent() => Silent("""
        public void Run()
        {
            bool held = false;
            for (int i = 0; i < 3; i++)
            {
                if (!held) { _gate.Enter(); held = true; }
                _count++;
            }
            if (held) _gate.Exit();
        }
        """);

    [Fact]
    public Task ThreeWayChoiceByConditional_IsSilent() => Silent("""
        public int Run(bool first, bool second)
        {
            var gate = first ? _gate : null;
            gate?.Enter();
            int value = first ? _count : second ? 1 : 2;
            gate?.Exit();
            return value;
        }
        """);

    [Fact]
    public Task TupleOfConditionAndValue_IsSilent() => Silent("""
        public (bool Locked, int Size) Begin() { _gate.Enter(); int size = _count; _gate.Exit(); return (size > 0, size); }
        public void Run()
        {
            var (locked, size) = Begin();
            if (locked) _gate.Enter();
            Work();
            if (locked) { _count = size; _gate.Exit(); }
        }
        """);

    [Fact]
    public Task SwitchExpressionDecides_IsSilent() => Silent("""
        public void Run(int kind)
        {
            bool locked = kind switch { 0 => true, 1 => true, _ => false };
            if (locked) _gate.Enter();
            if (kind == 0) _count++;
            if (locked) _gate.Exit();
        }
        """);

    [Fact]
    public Task SwitchExpressionDecidesOtherwise_Flags() => Flags("""
        public void Run(int kind)
        {
            bool locked = kind switch { 0 => true, _ => false };
            if (locked) _gate.Enter();
            if (kind == 1) _count++; // MML1009
            if (locked) _gate.Exit();
        }
        """);

    [Fact]
    public Task ThrowHelperEndsThePath_IsSilent() => Silent("""
        [DoesNotReturn] public static extern void Fail();
        public void Run()
        {
            if (!_gate.TryEnter()) Fail();
            _count++;
            _gate.Exit();
        }
        """);

    [Fact]
    public Task AssertionOfAConditionEndsThePath_IsSilent() => Silent("""
        public void Run(bool locked)
        {
            if (locked) _gate.Enter();
            System.Diagnostics.Debug.Assert(locked);
            _count++;
            _gate.Exit();
        }
        """);

    [Theory]
    [InlineData("first != second")]
    [InlineData("!ReferenceEquals(first, second)")]
    [InlineData("!object.ReferenceEquals(second, first)")]
    [InlineData("!(first == second)")]
    [InlineData("first is not null && first != second")]
    public Task OneObjectUnderTwoNames_IsSilent(string differ) => Silent($$"""
        public void Run(Node first, Node second)
        {
            first.Gate.Enter();
            if ({{differ}}) second.Gate.Enter();
            first.Value += second.Value;
            if ({{differ}}) second.Gate.Exit();
            first.Gate.Exit();
        }
        """);

    [Fact]
    public Task OneObjectUnderTwoNamesLockedOtherwise_Flags() => Flags("""
        public void Run(Node first, Node second)
        {
            first.Gate.Enter();
            if (ReferenceEquals(first, second)) second.Gate.Enter(); // MML1004
            second.Value++; // MML1009
            first.Gate.Exit();
        }
        """);
}
