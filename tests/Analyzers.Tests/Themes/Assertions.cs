using System.Threading.Tasks;

namespace AnalyzerTests.Themes;

/// <summary>A run-time assertion says that a lock is held; nothing is owed for it.</summary>
public sealed class Assertions : ThemeTests
{
    [Fact]
    public Task AccessAfterAssertion_IsSilent() => Silent("""
        public void Run() { _gate.AssertHeld(); _count++; }
        """);

    [Fact]
    public Task AccessBeforeAssertion_Flags() => Flags("""
        public void Run()
        {
            _count++; // MML1009
            _gate.AssertHeld();
        }
        """);

    [Fact]
    public Task AssertedOnOnePath_Flags() => Flags("""
        public void Run()
        {
            if (Coin()) _gate.AssertHeld();
            _count++; // MML1009
        }
        """);

    [Fact]
    public Task AssertedSharedAndWritten_Flags() => Flags("""
        public void Run()
        {
            _rw.AssertRead();
            _table = 1; // MML1002
        }
        """);

    [Fact]
    public Task AssertedExclusiveAndWritten_IsSilent() => Silent("""
        public void Run() { _rw.AssertWrite(); _table = 1; }
        """);

    [Fact]
    public Task AssertedAndNotReleased_IsSilent() => Silent("""
        public int Get() { _gate.AssertHeld(); return _count; }
        """);

    [Fact]
    public Task AssertedWhereAlreadyHeld_IsSilent() => Silent("""
        public void Run() { _gate.Enter(); _gate.AssertHeld(); _count++; _gate.Exit(); }
        """);

    [Fact]
    public Task AssertionDoesNotReplaceTheExit_Flags() => Flags("""
        public void Run()
        {
            _gate.Enter();
            _gate.AssertHeld();
            _count++;
        } // MML1006
        """);

    [Fact]
    public Task AssertionOfAnotherObject_Flags() => Flags("""
        public static void Run(Node left, Node right)
        {
            left.Gate.AssertHeld();
            right.Value++; // MML1009
        }
        """);

    [Fact]
    public Task OwnAssertionMethod_IsSilent() => Silent("""
        [AssertsHeld("_gate")] public extern void Check();
        public void Run() { Check(); _count++; }
        """);

    [Fact]
    public Task AssertionThatDependsOnItsResult_IsSilent() => Silent("""
        [AssertsHeld("_gate", When = "result")] public extern bool IsHeld();
        public void Run() { if (IsHeld()) _count++; }
        """);

    [Fact]
    public Task AssertionThatDependsOnItsResultMisread_Flags() => Flags("""
        [AssertsHeld("_gate", When = "result")] public extern bool IsHeld();
        public void Run() { if (!IsHeld()) _count++; } // MML1009
        """);

    [Fact]
    public Task BodyOfAnAssertionIsNotChecked_IsSilent() => Silent("""
        [AssertsHeld("_gate")] public void Check() { if (_count < 0) throw new InvalidOperationException(); }
        """);

    [Fact]
    public Task ValueThatSomebodyElsePins_IsSilent() => Silent("""
        [AssertsHeld("result.Gate")] public static extern Node Pinned();
        public static void Run() { var node = Pinned(); node.Value++; }
        """);
}
