using System.Threading.Tasks;

namespace AnalyzerTests.Themes;

/// <summary>A public member whose callers can never hold what it needs.</summary>
public sealed class UnreachableLocks : ThemeTests
{
    [Fact]
    public Task PublicMemberNeedsAPrivateLock_Flags() => Flags("""
        private readonly Gate _own = new();
        [MustHold(nameof(_own))] public extern void Run(); // MML0010
        """);

    [Fact]
    public Task PublicMemberReleasesAPrivateLock_Flags() => Flags("""
        private readonly Gate _own = new();
        [Releases("_own")] public void Leave() => _own.Exit(); // MML0010
        """);

    [Fact]
    public Task OneOfTwoLocksIsPrivate_Flags() => Flags("""
        private readonly Gate _own = new();
        [MustHold("_own && _gate")] public extern void Run(); // MML0010
        """);

    [Fact]
    public Task PrivateLockIsOneAlternative_IsSilent() => Silent("""
        private readonly Gate _own = new();
        [MustHold("_own || _gate")] public extern void Run();
        """);

    [Fact]
    public Task PrivateMember_IsSilent() => Silent("""
        private readonly Gate _own = new();
        [MustHold(nameof(_own))] private extern void Run();
        """);

    [Fact]
    public Task InternalMember_IsSilent() => Silent("""
        private readonly Gate _own = new();
        [MustHold(nameof(_own))] internal extern void Run();
        """);

    [Fact]
    public Task ProtectedMember_IsSilent() => SilentTypes("""
        public class Shape { private readonly Gate _own = new(); [MustHold(nameof(_own))] protected extern void Run(); }
        """);

    [Fact]
    public Task NeedUnderACondition_IsSilent() => Silent("""
        private readonly Gate _own = new();
        [MustHold("_own", When = "locked")] public extern void Run(bool locked);
        """);

    [Fact]
    public Task AnotherMemberTakesIt_IsSilent() => Silent("""
        private readonly Gate _own = new();
        [Acquires("_own")] public void Begin() => _own.Enter();
        [Releases("_own")] public void End() => _own.Exit();
        [MustHold("_own")] public extern void Run();
        """);

    [Fact]
    public Task ScopeTakesIt_IsSilent() => Silent("""
        private readonly Gate _own = new();
        [Acquires("_own")] public GateScope Begin() => new(_own);
        [MustHold("_own")] public extern void Run();
        """);

    [Fact]
    public Task AssertionVouchesForIt_IsSilent() => Silent("""
        private readonly Gate _own = new();
        [AssertsHeld("_own")] public extern void AssertOwned();
        [MustHold("_own")] public extern void Run();
        """);

    [Fact]
    public Task CallbackRunsUnderIt_IsSilent() => Silent("""
        private readonly Gate _own = new();
        public void Each([MustHold("_own")] Action visit) { _own.Enter(); visit(); _own.Exit(); }
        [MustHold("_own")] public extern void Run();
        """);

    [Fact]
    public Task PublicPropertyLeadsToIt_IsSilent() => Silent("""
        private readonly Gate _own = new();
        public Gate Own => _own;
        [MustHold("_own")] public extern void Run();
        """);

    [Fact]
    public Task PublicMethodReturnsIt_IsSilent() => Silent("""
        private readonly Gate _own = new();
        public Gate Open() => _own;
        [MustHold("_own")] public extern void Run();
        """);

    [Fact]
    public Task PublicAliasStandsForIt_IsSilent() => Silent("""
        private readonly Gate _own = new();
        [LockAlias("_own")] public LockName Own => default;
        [MustHold("_own")] public extern void Run();
        """);

    [Fact]
    public Task LockIsGivenByTheCaller_IsSilent() => SilentTypes("""
        public sealed class Child
        {
            private readonly Gate _parents;
            public Child(Gate gate) => _parents = gate;
            [MustHold("_parents")] public extern void Run();
        }
        """);

    [Fact]
    public Task NestedTypeUsesIt_IsSilent() => Silent("""
        private readonly Gate _own = new();
        public sealed class Walker { public void Run(Subject subject) { subject._own.Enter(); subject.Run(); subject._own.Exit(); } }
        [MustHold("_own")] public extern void Run();
        """);

    [Fact]
    public Task OverrideIsCalledUnderIt_IsSilent() => SilentTypes("""
        public abstract class Shape
        {
            private readonly Gate _own = new();
            [MustHold("_own")] protected abstract void OnDraw();
            [MustHold("_own")] public extern void Run();
            public void Draw() { _own.Enter(); OnDraw(); _own.Exit(); }
        }
        """);
}
