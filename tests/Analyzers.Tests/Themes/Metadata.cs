using System.Threading.Tasks;

namespace AnalyzerTests.Themes;

/// <summary>Contracts of a referenced assembly count as those of the source do.</summary>
public sealed class Metadata : ThemeTests
{
    private const string Library = Declarations + """
        public static class Nodes
        {
            [MustHold("node.Gate")] public static extern void Grow(Node node);
            [Acquires("node.Gate", When = "result", Try = true)] public static extern bool TryBegin(Node node);
            [MustHold("node.Gate")] [return: ValidWhileHeld("node.Gate")] public static extern Node Find(Node node);
            public static Gate GateOf(Node node) => node.Gate;
        }
        public abstract class Visitor { [MustHold("node.Gate")] public abstract void Visit(Node node); }
        [MustHold("node.Gate")] public delegate void Visit(Node node);
        [MustHold("node.Gate")] public sealed class OnNodeAttribute : ContractGroupAttribute;
        """;

    [Fact]
    public Task NeedNotMet_Flags() => FlagsUser("public static void Run(Node node) => Nodes.Grow(node); // MML1001");

    [Fact]
    public Task NeedMet_IsSilent() => SilentUser("public static void Run(Node node) { node.Gate.Enter(); Nodes.Grow(node); node.Gate.Exit(); }");

    [Fact]
    public Task GuardBroken_Flags() => FlagsUser("public static int Run(Node node) => node.Value; // MML1008");

    [Fact]
    public Task GuardKept_IsSilent() => SilentUser("""[MustHold("node.Gate")] public static int Run(Node node) => node.Value;""");

    [Fact]
    public Task ConditionalEffectNotAsked_Flags() => FlagsUser("public static void Run(Node node) => Nodes.TryBegin(node); // MML1013");

    [Fact]
    public Task ConditionalEffectAsked_IsSilent() => SilentUser("public static void Run(Node node) { if (Nodes.TryBegin(node)) node.Gate.Exit(); }");

    [Fact]
    public Task StaleResult_Flags() => FlagsUser("""
        public static Gate Run(Node node)
        {
            node.Gate.Enter();
            var found = Nodes.Find(node);
            node.Gate.Exit();
            return found.Gate; // MML1014
        }
        """);

    [Fact]
    public Task LambdaOfAForeignDelegateType_IsSilent() => SilentUser("public static readonly Visit s_visit = node => node.Value++;");

    [Fact]
    public Task MethodGroupThatNeedsMore_Flags() => FlagsUser("public static readonly Action<Node> s_grow = Nodes.Grow; // MML0004");

    [Fact]
    public Task GroupBoundAtAForeignUse_IsSilent() => SilentUser("[OnNode] public static void Grow(Node node) => node.Value++;");

    [Fact]
    public Task GroupBoundAtAForeignUseThatDoesNotFit_Flags() => FlagsUser("[OnNode] public static extern void Grow(Node other); // MML0001");

    [Fact]
    public async Task OverrideOfAForeignMember_IsSilent() =>
        await Verify.Silent("public sealed class Counter : Visitor { public override void Visit(Node node) => node.Value++; }").Referencing(Library);

    [Fact]
    public async Task OverrideOfAForeignMemberThatNeedsMore_Flags() => await Verify.Flags("""
        public sealed class Counter : Visitor
        {
            public readonly Gate Own = new();
            [MustHold("node.Gate && Own")] public override void Visit(Node node) { } // MML0003
        }
        """).Referencing(Library);

    private static async Task FlagsUser(string members) => await Verify.Flags(InUser(members)).Referencing(Library);

    private static async Task SilentUser(string members) => await Verify.Silent(InUser(members)).Referencing(Library);

    private static string InUser(string members) => "public static class User\n{\n" + members + "\n}\n";
}
