using System.Threading.Tasks;

namespace AnalyzerTests.Themes;

/// <summary>An object needs no lock until others can see it.</summary>
public sealed class Freshness : ThemeTests
{
    [Fact]
    public Task FreshObjectFilledIn_IsSilent() => Silent("""
        public static Node Make() { var node = new Node(); node.Value = 1; return node; }
        """);

    [Fact]
    public Task FreshObjectByInitializer_IsSilent() => Silent("""
        public static Node Make() => new() { Value = 1, Next = new Node { Value = 2 } };
        """);

    [Fact]
    public Task StoredInAFieldAndWritten_Flags() => Flags("""
        public static Node? s_last;
        public static void Make()
        {
            var node = new Node();
            s_last = node;
            node.Value = 1; // MML1009
        }
        """);

    [Fact]
    public Task WrittenAndThenStored_IsSilent() => Silent("""
        public static Node? s_last;
        public static void Make() { var node = new Node(); node.Value = 1; s_last = node; }
        """);

    [Fact]
    public Task PassedOnAndWritten_Flags() => Flags("""
        public static extern void Register(Node node);
        public static void Make()
        {
            var node = new Node();
            Register(node);
            node.Value = 1; // MML1009
        }
        """);

    [Fact]
    public Task BorrowedAndWritten_IsSilent() => Silent("""
        public static extern void Print([Borrowed] Node node);
        public static void Make() { var node = new Node(); Print(node); node.Value = 1; }
        """);

    [Fact]
    public Task CapturedAndWritten_Flags() => Flags("""
        public static extern void Later(Action action);
        public static void Make()
        {
            var node = new Node();
            Later(() => node.Gate.AssertHeld());
            node.Value = 1; // MML1009
        }
        """);

    [Fact]
    public Task StoredOnOnePathAndWritten_Flags() => Flags("""
        public static Node? s_last;
        public static void Make()
        {
            var node = new Node();
            if (Coin()) s_last = node;
            node.Value = 1; // MML1009
        }
        """);

    [Fact]
    public Task FreshOrNot_Flags() => Flags("""
        public static void Touch(Node other)
        {
            var node = Coin() ? new Node() : other;
            node.Value = 1; // MML1009
        }
        """);

    [Fact]
    public Task FreshOnBothPaths_IsSilent() => Silent("""
        public static Node Make()
        {
            Node node;
            if (Coin()) node = new Node(); else node = new Node { Value = 2 };
            node.Value++;
            return node;
        }
        """);

    [Fact]
    public Task FreshResult_IsSilent() => Silent("""
        [return: Fresh] public static extern Node Allocate();
        public static void Make() { var node = Allocate(); node.Value = 1; }
        """);

    [Fact]
    public Task ResultOfUnknownAge_Flags() => Flags("""
        public static extern Node Find();
        public static void Touch()
        {
            var node = Find();
            node.Value = 1; // MML1009
        }
        """);

    [Fact]
    public Task FreshParameterFilledIn_IsSilent() => Silent("""
        public static void Fill([Fresh, Borrowed] Node node) => node.Value = 1;
        """);

    [Fact]
    public Task StoredInAnotherFreshObject_IsSilent() => Silent("""
        public static Node Pair()
        {
            var first = new Node();
            var second = new Node();
            first.Next = second;
            second.Value = 1;
            return first;
        }
        """);

    [Fact]
    public Task StoredInAPublishedObject_Flags() => Flags("""
        [MustHold("list.Gate")] public static void Push(Node list)
        {
            var node = new Node();
            list.Next = node;
            node.Value = 1; // MML1009
        }
        """);

    [Fact]
    public Task AddedToAListAndWritten_Flags() => Flags("""
        public static void Collect(List<Node> nodes)
        {
            var node = new Node();
            nodes.Add(node);
            node.Value = 1; // MML1009
        }
        """);

    [Fact]
    public Task FreshInEveryRound_IsSilent() => Silent("""
        public static void Collect(List<Node> nodes)
        {
            for (int i = 0; i < 3; i++)
            {
                var node = new Node();
                node.Value = i;
                nodes.Add(node);
            }
        }
        """);

    [Fact]
    public Task MustHoldOfAFreshObject_IsSilent() => Silent("""
        [MustHold("node.Gate")] public static extern void Visit([Borrowed] Node node);
        public static void Make() { var node = new Node(); Visit(node); }
        """);

    [Fact]
    public Task ReturnedLockedUnsaid_Flags() => Flags("""
        public static Node Make()
        {
            var node = new Node();
            node.Gate.Enter();
            return node; // MML1006
        }
        """);

    [Fact]
    public Task ReturnedLockedAsSaid_IsSilent() => Silent("""
        [Acquires("result.Gate")] public static Node Make() { var node = new Node(); node.Gate.Enter(); return node; }
        """);

    [Fact]
    public Task CopyOfAFreshReference_IsSilent() => Silent("""
        public static Node Make() { var node = new Node(); var same = node; same.Value = 1; return node; }
        """);

    [Fact]
    public Task ReferenceOfAFreshObjectAfterItWasPut_Flags() => FlagsTypes("""
        public sealed class Page
        {
            [Lock(Reference)] public LockName Ref => default;
            [Releases("Ref")] public extern void Put();
            [MustHold("Ref")] public extern void Use();
            public static void Run()
            {
                var page = new Page();
                page.Use();
                page.Put();
                page.Use(); // MML1001
            }
        }
        """);
}
