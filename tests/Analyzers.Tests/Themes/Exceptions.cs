using System.Threading.Tasks;

namespace AnalyzerTests.Themes;

/// <summary>Locks on the ways out that an exception takes.</summary>
public sealed class Exceptions : ThemeTests
{
    [Fact]
    public Task ExitedInFinally_IsSilent() => Silent("""
        public void Run() { _gate.Enter(); try { Work(); _count++; } finally { _gate.Exit(); } }
        """);

    [Fact]
    public Task ReturnedInsideTryWithFinally_IsSilent() => Silent("""
        public int Get() { _gate.Enter(); try { return _count; } finally { _gate.Exit(); } }
        """);

    [Fact]
    public Task UsedAfterFinally_Flags() => Flags("""
        public void Run()
        {
            _gate.Enter();
            try { _count++; } finally { _gate.Exit(); }
            _count--; // MML1009
        }
        """);

    [Fact]
    public Task ThrownWhileHeld_Flags() => Flags("""
        public void Run()
        {
            _gate.Enter();
            if (_count < 0) throw new InvalidOperationException(); // MML1006
            _gate.Exit();
        }
        """);

    [Fact]
    public Task ThrownAfterExit_IsSilent() => Silent("""
        public void Run()
        {
            _gate.Enter();
            if (_count < 0) { _gate.Exit(); throw new InvalidOperationException(); }
            _gate.Exit();
        }
        """);

    [Fact]
    public Task ThrownInsideTryWithFinally_IsSilent() => Silent("""
        public void Run()
        {
            _gate.Enter();
            try { if (_count < 0) throw new InvalidOperationException(); } finally { _gate.Exit(); }
        }
        """);

    [Fact]
    public Task ThrownWhileTheCallersLockIsHeld_IsSilent() => Silent("""
        [MustHold("_gate")] public void Run() { if (_count < 0) throw new InvalidOperationException(); }
        """);

    [Fact]
    public Task CaughtWhileHeld_Flags() => Flags("""
        public void Run()
        {
            try
            {
                _gate.Enter();
                Work();
                _gate.Exit();
            }
            catch (InvalidOperationException)
            {
                Work();
            }
        } // MML1006
        """);

    [Fact]
    public Task CaughtInside_IsSilent() => Silent("""
        public void Run()
        {
            _gate.Enter();
            try { Work(); } catch (InvalidOperationException) { _count = 0; }
            _gate.Exit();
        }
        """);

    [Fact]
    public Task ExitedInTryAndInCatch_Flags() => Flags("""
        public void Run()
        {
            _gate.Enter();
            try { _gate.Exit(); Work(); }
            catch (InvalidOperationException) { _gate.Exit(); } // MML1005
        }
        """);

    [Fact]
    public Task ExitedInCatchAndRethrown_IsSilent() => Silent("""
        public void Run()
        {
            _gate.Enter();
            try { _count = int.Parse("1"); }
            catch { _gate.Exit(); throw; }
            _gate.Exit();
        }
        """);

    [Fact]
    public Task RethrownWhileHeld_Flags() => Flags("""
        public void Run()
        {
            _gate.Enter();
            try { _count = int.Parse("1"); }
            catch
            {
                Work();
                throw; // MML1006
            }
            _gate.Exit();
        }
        """);

    [Fact]
    public Task EnteredInTryAfterACallThatMayThrow_Flags() => Flags("""
        public void Run()
        {
            try { Work(); _gate.Enter(); _count++; }
            finally { _gate.Exit(); } // MML1005
        }
        """);

    [Fact]
    public Task TakenFlagAskedInFinally_IsSilent() => Silent("""
        public void Run()
        {
            bool taken = false;
            try { Work(); _gate.Enter(); taken = true; _count++; }
            finally { if (taken) _gate.Exit(); }
        }
        """);

    [Fact]
    public Task TakenFlagSetTooEarly_Flags() => Flags("""
        public void Run()
        {
            bool taken = false;
            try { taken = true; Work(); _gate.Enter(); }
            finally { if (taken) _gate.Exit(); } // MML1005
        }
        """);

    [Fact]
    public Task NestedFinally_IsSilent() => Silent("""
        public void Run()
        {
            _gate.Enter();
            try
            {
                _rw.EnterWrite();
                try { _table = _count; } finally { _rw.ExitWrite(); }
            }
            finally { _gate.Exit(); }
        }
        """);

    [Fact]
    public Task NestedFinallyWithTheInnerForgotten_Flags() => Flags("""
        public void Run()
        {
            _gate.Enter();
            try
            {
                _rw.EnterWrite();
                _table = _count;
            }
            finally { _gate.Exit(); }
        } // MML1006
        """);

    [Fact]
    public Task ExceptionFilterReadsUnderTheLock_IsSilent() => Silent("""
        public void Run()
        {
            _gate.Enter();
            try { Work(); } catch (InvalidOperationException) when (_count > 0) { _count = 0; }
            _gate.Exit();
        }
        """);

    [Fact]
    public Task ExceptionFilterReadsWithoutTheLock_Flags() => Flags("""
        public void Run()
        {
            try { Work(); }
            catch (InvalidOperationException) when (_count > 0) { Work(); } // MML1008
        }
        """);

    [Fact]
    public Task FinallyReadsWithoutTheLock_Flags() => Flags("""
        public int Run()
        {
            int seen = 0;
            try { Work(); }
            finally { seen = _count; } // MML1008
            return seen;
        }
        """);

    [Fact]
    public Task ContinuedInsideTryInALoop_IsSilent() => Silent("""
        public void Run()
        {
            for (int i = 0; i < 3; i++)
            {
                _gate.Enter();
                try { if (Coin()) continue; _count++; } finally { _gate.Exit(); }
            }
        }
        """);

    [Fact]
    public Task BrokenOutOfTryInALoop_IsSilent() => Silent("""
        public void Run()
        {
            while (true)
            {
                _gate.Enter();
                try { if (Coin()) break; } finally { _gate.Exit(); }
            }
        }
        """);

    [Fact]
    public Task ReturnedFromATryWhoseFinallyDoesNotExit_Flags() => Flags("""
        public int Get()
        {
            _gate.Enter();
            try { return _count; } // MML1006
            finally { Work(); }
        }
        """);

    [Fact]
    public Task ExitedInFinallyOnOnePath_Flags() => Flags("""
        public void Run()
        {
            _gate.Enter();
            try { Work(); }
            finally { if (Coin()) _gate.Exit(); }
        } // MML1006
        """);

    [Fact]
    public Task NotImplemented_IsSilent() => Silent("""
        [Acquires("_gate")] public void Begin() => throw new NotImplementedException();
        """);

    [Fact]
    public Task DeclaredReleaseByThrowing_IsSilent() => Silent("""
        [Releases("_gate")] public void End() { if (_count < 0) throw new InvalidOperationException(); _gate.Exit(); }
        """);
}
