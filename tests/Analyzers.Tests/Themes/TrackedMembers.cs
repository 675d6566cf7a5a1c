using System.Threading.Tasks;

namespace AnalyzerTests.Themes;

/// <summary>Members that one thread owns and contracts follow.</summary>
public sealed class TrackedMembers : ThemeTests
{
    [Fact]
    public Task AssignedAndSaid_IsSilent() => Silent("""
        [Tracked] public Node? _current;
        [Assigns("_current")] public void Forget() => _current = null;
        """);

    [Fact]
    public Task AssignedUnsaid_Flags() => Flags("""
        [Tracked] public Node? _current;
        public void Forget() => _current = null; // MML1018
        """);

    [Fact]
    public Task AssignedByACalleeUnsaid_Flags() => Flags("""
        [Tracked] public Node? _current;
        [Assigns("_current")] public extern void Advance();
        public void Run() => Advance(); // MML1018
        """);

    [Fact]
    public Task AssignedByACalleeAndSaid_IsSilent() => Silent("""
        [Tracked] public Node? _current;
        [Assigns("_current")] public extern void Advance();
        [Assigns("_current")] public void Run() => Advance();
        """);

    [Fact]
    public Task FactSurvivesAnUnrelatedCall_IsSilent() => Silent("""
        [Tracked] public Node? _current;
        [Requires("_current != null")] public extern void Use();
        public void Run() { if (_current == null) return; Work(); Use(); }
        """);

    [Fact]
    public Task FactDiesWithAnAssigningCall_Flags() => Flags("""
        [Tracked] public Node? _current;
        [Assigns("_current")] public extern void Advance();
        [Requires("_current != null")] public extern void Use();
        [Assigns("_current")] public void Run()
        {
            if (_current == null) return;
            Advance();
            Use(); // MML1015
        }
        """);

    [Fact]
    public Task LockNamedThroughATrackedMember_IsSilent() => Silent("""
        [Tracked] public Node? _current;
        [MustHold("_current.Gate")] public void Bump() => _current!.Value++;
        """);

    [Fact]
    public Task LockLostByAssigningATrackedMember_Flags() => Flags("""
        [Tracked] public Node? _current;
        [MustHold("_current.Gate"), Assigns("_current")] public void Next(Node other)
        {
            _current = other; // MML1017
        }
        """);

    [Fact]
    public Task AssignedInItsConstructor_IsSilent() => Silent("""
        public sealed class Cursor { [Tracked] public Node? Current; public Cursor(Node node) => Current = node; }
        """);

    [Fact]
    public Task WriteOnceCarriesALockPath_IsSilent() => Silent("""
        [WriteOnce] public Node? _owner;
        [GuardedBy("_owner.Gate")] public int _owned;
        [MustHold("_owner.Gate")] public void Bump() => _owned++;
        """);

    [Fact]
    public Task WriteOnceReadFreely_IsSilent() => Silent("""
        [WriteOnce] public int _limit;
        public int Limit() => _limit;
        """);

    [Fact]
    public Task WriteOnceAssignedAfterPublication_Flags() => Flags("""
        [WriteOnce] public int _limit;
        public void Raise() => _limit = 4; // MML1009
        """);

    [Fact]
    public Task WriteOnceAssignedBeforePublication_IsSilent() => Silent("""
        [WriteOnce] public int _limit;
        public static Subject Make() { var subject = new Subject(); subject._limit = 4; return subject; }
        """);

    [Theory]
    [InlineData("Open != old(Open)", "Open = !Open;")]
    [InlineData("Open == old(Open)", "Open = !Open; Open = !Open;")]
    [InlineData("Open", "if (!Open) Open = !Open;")]
    [InlineData("Open == other", "Open = other;")]
    [InlineData("Open != other", "Open = !other;")]
    [InlineData("!Open || old(Open)", "Open = Open && other;")]
    public Task FlagComputedFromItself_IsSilent(string ensured, string body) => Silent($$"""
        [Tracked] public bool Open;
        [Assigns("Open"), Ensures("{{ensured}}")] public void Run(bool other) { {{body}} }
        """);

    [Theory]
    [InlineData("Open != old(Open)", "Open = true;")]
    [InlineData("Open != old(Open)", "Open = !Open; Open = !Open;")]
    [InlineData("Open == old(Open)", "Open = !Open;")]
    [InlineData("Open == old(Open)", "Open = Open && other;")]
    [InlineData("Open", "Open = !Open;")]
    public Task FlagThatIsOtherwise_Flags(string ensured, string body) => Flags($$"""
        [Tracked] public bool Open;
        [Assigns("Open"), Ensures("{{ensured}}")] public void Run(bool other) { {{body}}
        } // MML1015
        """);
}
