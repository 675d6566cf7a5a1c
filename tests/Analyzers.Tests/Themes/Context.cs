using System.Threading.Tasks;

namespace AnalyzerTests.Themes;

/// <summary>Sleeping, and places where nothing may sleep.</summary>
public sealed class Context : ThemeTests
{
    [Fact]
    public Task SleepsUnderASpinLock_Flags() => Flags("""
        [MaySleep] public extern void Rest();
        [MaySleep] public void Run()
        {
            _spin.Enter();
            Rest(); // MML1012
            _spin.Exit();
        }
        """);

    [Fact]
    public Task SleepsAfterASpinLock_IsSilent() => Silent("""
        [MaySleep] public extern void Rest();
        [MaySleep] public void Run() { _spin.Enter(); _spin.Exit(); Rest(); }
        """);

    [Fact]
    public Task SleepsUnderAMutex_IsSilent() => Silent("""
        [MaySleep] public extern void Rest();
        [MaySleep] public void Run() { _gate.Enter(); Rest(); _gate.Exit(); }
        """);

    [Fact]
    public Task SleepsUnderANeededSpinLock_Flags() => Flags("""
        [MaySleep] public extern void Rest();
        [MustHold("_spin"), MaySleep] public void Run() => Rest(); // MML1012
        """);

    [Fact]
    public Task SleepsWithoutSayingSo_Flags() => Flags("""
        [MaySleep] public extern void Rest();
        public void Run() => Rest(); // MML1012
        """);

    [Fact]
    public Task SleepsOnOneArgument_Flags() => Flags("""
        [MaySleep(When = "wait")] public extern void Allocate(bool wait);
        [MaySleep] public void Run()
        {
            _spin.Enter();
            Allocate(true); // MML1012
            _spin.Exit();
        }
        """);

    [Fact]
    public Task DoesNotSleepOnTheOtherArgument_IsSilent() => Silent("""
        [MaySleep(When = "wait")] public extern void Allocate(bool wait);
        public void Run() { _spin.Enter(); Allocate(false); _spin.Exit(); }
        """);

    [Fact]
    public Task SleepsOnItsOwnArgument_IsSilent() => Silent("""
        [MaySleep] public extern void Rest();
        [MaySleep(When = "wait")] public void Run(bool wait) { if (wait) Rest(); }
        """);

    [Fact]
    public Task SleepsOnTheOppositeOfItsOwnArgument_Flags() => Flags("""
        [MaySleep] public extern void Rest();
        [MaySleep(When = "wait")] public void Run(bool wait) { if (!wait) Rest(); } // MML1012
        """);

    [Fact]
    public Task SleepsInAReadSection_Flags() => Flags("""
        [Lock(LockKind.Rcu)] public static LockName Reading => default;
        [Acquires("shared(Reading)")] public static extern void Begin();
        [Releases("Reading")] public static extern void End();
        [MaySleep] public static extern void Rest();
        [MaySleep] public static void Run()
        {
            Begin();
            Rest(); // MML1012
            End();
        }
        """);

    [Fact]
    public Task SleepsInAnAtomicSection_Flags() => Flags("""
        [Lock(Section, Atomic = true)] public static LockName Preparing => default;
        [Acquires("Preparing")] public static extern void Begin();
        [Releases("Preparing")] public static extern void End();
        [MaySleep] public static extern void Rest();
        [MaySleep] public static void Run()
        {
            Begin();
            Rest(); // MML1012
            End();
        }
        """);

    [Fact]
    public Task SleepsInAPlainSection_IsSilent() => Silent("""
        [Lock(Section)] public static LockName Preparing => default;
        [Acquires("Preparing")] public static extern void Begin();
        [Releases("Preparing")] public static extern void End();
        [MaySleep] public static extern void Rest();
        [MaySleep] public static void Run() { Begin(); Rest(); End(); }
        """);

    [Fact]
    public Task CallThatEndsTheAtomicContextFirst_IsSilent() => Silent("""
        [Releases("_spin"), MaySleep] public extern void ExitAndRest();
        [MaySleep] public void Run() { _spin.Enter(); ExitAndRest(); }
        """);

    [Fact]
    public Task CallThatEndsAnotherAtomicContext_Flags() => Flags("""
        [Releases("_spin"), MaySleep] public extern void ExitAndRest();
        [MustHold("inner"), MaySleep] public void Run(SpinGate inner)
        {
            if (!_spin.TryEnter()) return;
            ExitAndRest(); // MML1012
        }
        """);

    [Fact]
    public Task SleepsOnOnePath_Flags() => Flags("""
        [MaySleep] public extern void Rest();
        [MaySleep] public void Run(bool locked)
        {
            if (locked) _spin.Enter();
            Rest(); // MML1012
            if (locked) _spin.Exit();
        }
        """);

    [Fact]
    public Task SleepsInALambdaThatMaySleep_IsSilent() => Silent("""
        [MaySleep] public delegate void Slow();
        [MaySleep] public static extern void Rest();
        public static readonly Slow s_slow = () => Rest();
        """);

    [Fact]
    public Task SleepsInALambdaThatMayNot_Flags() => Flags("""
        [MaySleep] public static extern void Rest();
        public delegate void Quick();
        public static readonly Quick s_quick = () => Rest(); // MML1012
        """);

    [Fact]
    public Task SleepsInALambdaOfTheFramework_IsSilent() => Silent("""
        [MaySleep] public static extern void Rest();
        public static readonly Action s_slow = () => Rest();
        """);
}
