using System.Threading.Tasks;

namespace AnalyzerTests.Themes;

/// <summary>What a try-acquire returns decides what is held.</summary>
public sealed class TryLock : ThemeTests
{
    [Fact]
    public Task EnteredIfTried_IsSilent() => Silent("""
        public void Run() { if (_gate.TryEnter()) { _count++; _gate.Exit(); } }
        """);

    [Fact]
    public Task UsedWithoutAsking_Flags() => Flags("""
        public void Run()
        {
            bool entered = _gate.TryEnter();
            _count++; // MML1009
            if (entered) _gate.Exit();
        }
        """);

    [Fact]
    public Task ResultIgnored_Flags() => Flags("""
        public void Run() => {|MML1013:_gate.TryEnter()|};
        """);

    [Fact]
    public Task ResultDiscarded_Flags() => Flags("""
        public void Run() => _ = _gate.TryEnter(); // MML1013
        """);

    [Fact]
    public Task ResultStoredAndNeverAsked_Flags() => Flags("""
        public void Run()
        {
            bool entered = _gate.TryEnter();
            Work();
        } // MML1006
        """);

    [Fact]
    public Task ExitedWithoutAsking_Flags() => Flags("""
        public void Run()
        {
            _gate.TryEnter(); // MML1013
            _gate.Exit();
        }
        """);

    [Fact]
    public Task LeftWhenNotEntered_IsSilent() => Silent("""
        public void Run() { if (!_gate.TryEnter()) return; _count++; _gate.Exit(); }
        """);

    [Fact]
    public Task LeftWhenEntered_Flags() => Flags("""
        public void Run()
        {
            if (_gate.TryEnter()) return; // MML1006
            Work();
        }
        """);

    [Fact]
    public Task UsedInTheFailedBranch_Flags() => Flags("""
        public void Run()
        {
            if (_gate.TryEnter()) _gate.Exit();
            else _count++; // MML1009
        }
        """);

    [Fact]
    public Task ResultStoredInALocal_IsSilent() => Silent("""
        public void Run()
        {
            bool entered = _gate.TryEnter();
            Work();
            if (entered) { _count++; _gate.Exit(); }
        }
        """);

    [Fact]
    public Task ResultStoredNegated_IsSilent() => Silent("""
        public void Run()
        {
            bool busy = !_gate.TryEnter();
            if (busy) return;
            _count++;
            _gate.Exit();
        }
        """);

    [Fact]
    public Task ResultComparedWithFalse_IsSilent() => Silent("""
        public void Run() { if (_gate.TryEnter() == false) return; _count++; _gate.Exit(); }
        """);

    [Fact]
    public Task ResultMatchedByPattern_IsSilent() => Silent("""
        public void Run() { if (_gate.TryEnter() is true) { _count++; _gate.Exit(); } }
        """);

    [Fact]
    public Task ResultBySwitch_IsSilent() => Silent("""
        public void Run()
        {
            switch (_gate.TryEnter())
            {
                case true: _count++; _gate.Exit(); break;
                default: break;
            }
        }
        """);

    [Fact]
    public Task ResultReturnedAsDeclared_IsSilent() => Silent("""
        [Acquires("_gate", When = "result", Try = true)] public bool TryBegin() => _gate.TryEnter();
        """);

    [Fact]
    public Task ResultReturnedNegated_Flags() => Flags("""
        [Acquires("_gate", When = "result", Try = true)] public bool TryBegin()
        {
            return !_gate.TryEnter(); // MML1006
        }
        """);

    [Fact]
    public Task ResultReturnedUndeclared_Flags() => Flags("""
        public bool TryBegin() => _gate.TryEnter(); // MML1006
        """);

    [Fact]
    public Task ConstantReturnedOnEachBranch_IsSilent() => Silent("""
        [Acquires("_gate", When = "result", Try = true)] public bool TryBegin()
        {
            if (!_gate.TryEnter()) return false;
            if (_count > 0) return true;
            _gate.Exit();
            return false;
        }
        """);

    [Fact]
    public Task TrueReturnedWithoutTheLock_Flags() => Flags("""
        [Acquires("_gate", When = "result", Try = true)] public bool TryBegin()
        {
            if (!_gate.TryEnter()) return true; // MML1006
            return true;
        }
        """);

    [Fact]
    public Task BothOfTwoTriedAndTheFirstForgotten_Flags() => Flags("""
        public void Run()
        {
            if (_gate.TryEnter() && _rw.TryEnterWrite()) { _count = _table; _rw.ExitWrite(); _gate.Exit(); }
        } // MML1006
        """);

    [Fact]
    public Task BothOfTwoTriedWithUndo_IsSilent() => Silent("""
        public void Run()
        {
            if (!_gate.TryEnter()) return;
            if (!_rw.TryEnterWrite()) { _gate.Exit(); return; }
            _count = _table;
            _rw.ExitWrite();
            _gate.Exit();
        }
        """);

    [Fact]
    public Task TriedUntilEntered_IsSilent() => Silent("""
        public void Run() { while (!_gate.TryEnter()) Work(); _count++; _gate.Exit(); }
        """);

    [Fact]
    public Task TriedAFewTimes_IsSilent() => Silent("""
        public bool Run()
        {
            for (int i = 0; i < 3; i++)
            {
                if (!_gate.TryEnter()) continue;
                _count++;
                _gate.Exit();
                return true;
            }
            return false;
        }
        """);

    [Fact]
    public Task TriedUnlessAlreadyNeeded_IsSilent() => Silent("""
        public void Run(bool want)
        {
            if (want && !_gate.TryEnter()) return;
            Work();
            if (want) _gate.Exit();
        }
        """);

    [Fact]
    public Task TriedOrWaited_IsSilent() => Silent("""
        public void Run() { if (!_gate.TryEnter()) { Work(); _gate.Enter(); } _count++; _gate.Exit(); }
        """);

    [Fact]
    public Task ErrorCodeZeroMeansEntered_IsSilent() => Silent("""
        public int Run()
        {
            int error = _rw.EnterWriteOrFail();
            if (error != 0) return error;
            _table = 1;
            _rw.ExitWrite();
            return 0;
        }
        """);

    [Fact]
    public Task ErrorCodeMisread_Flags() => Flags("""
        public int Run()
        {
            int error = _rw.EnterWriteOrFail();
            if (error == 0) return error; // MML1006
            _rw.ExitWrite(); // MML1005
            return error;
        }
        """);

    [Fact]
    public Task ErrorCodeIgnored_Flags() => Flags("""
        public void Run()
        {
            _rw.EnterWriteOrFail(); // MML1013
        }
        """);

    [Fact]
    public Task DeclaredTryButWaits_Flags() => Flags("""
        [Acquires("_gate", When = "result", Try = true)] public bool TryBegin()
        {
            _gate.Enter(); // MML1010
            return true;
        }
        """);

    [Fact]
    public Task LocalOverwrittenBeforeItIsAsked_Flags() => Flags("""
        public void Run()
        {
            bool entered = _gate.TryEnter();
            entered = Coin();
            if (entered) _gate.Exit(); // MML1005
        } // MML1006
        """);

    [Fact]
    public Task ResultInAField_Flags() => Flags("""
        public bool _entered;
        public void Run()
        {
            _entered = _gate.TryEnter();
        } // MML1006
        """);

    [Fact]
    public Task ResultInATuple_IsSilent() => Silent("""
        public void Run()
        {
            var (entered, size) = (_gate.TryEnter(), 4);
            if (entered) { _count = size; _gate.Exit(); }
        }
        """);

    [Fact]
    public Task ReaderTriedAndWritten_Flags() => Flags("""
        public void Run()
        {
            if (!_rw.TryEnterRead()) return;
            _table = 1; // MML1002
            _rw.ExitRead();
        }
        """);
}
