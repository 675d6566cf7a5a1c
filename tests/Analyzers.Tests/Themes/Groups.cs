using System.Threading.Tasks;

namespace AnalyzerTests.Themes;

/// <summary>Bundles of contracts that have one name.</summary>
public sealed class Groups : ThemeTests
{
    [Fact]
    public Task GroupIsBoundAtEachUse_IsSilent() => SilentTypes("""
        [MustHold("node.Gate")] public sealed class OnNodeAttribute : ContractGroupAttribute;
        public static class User
        {
            [OnNode] public static void Grow(Node node) => node.Value++;
            [OnNode] public static void Shrink(int by, Node node) => node.Value -= by;
        }
        """);

    [Fact]
    public Task GroupNeedNotMet_Flags() => FlagsTypes("""
        [MustHold("node.Gate")] public sealed class OnNodeAttribute : ContractGroupAttribute;
        public static class User
        {
            [OnNode] public static extern void Grow(Node node);
            public static void Run(Node node) => Grow(node); // MML1001
        }
        """);

    [Fact]
    public Task GroupAddsToOwnContracts_IsSilent() => SilentTypes("""
        [MustHold("node.Gate")] public sealed class OnNodeAttribute : ContractGroupAttribute;
        public static class User
        {
            [OnNode, Releases("node.Gate")] public static void Finish(Node node) { node.Value++; node.Gate.Exit(); }
        }
        """);

    [Fact]
    public Task GroupWithAnEffect_Flags() => FlagsTypes("""
        [MustHold("node.Gate"), Releases("node.Gate")] public sealed class FinishesAttribute : ContractGroupAttribute;
        public static class User
        {
            [Finishes] public static extern void Finish(Node node);
            public static void Run(Node node)
            {
                node.Gate.Enter();
                Finish(node);
                node.Value++; // MML1009
            }
        }
        """);

    [Fact]
    public Task GroupThatDoesNotBindAtItsUse_Flags() => FlagsTypes("""
        [MustHold("node.Gate")] public sealed class OnNodeAttribute : ContractGroupAttribute;
        public static class User
        {
            [OnNode] public static extern void Grow(Node other); // MML0001
        }
        """);

    [Fact]
    public Task GroupOfNothing_IsSilent() => SilentTypes("""
        public sealed class MarkedAttribute : ContractGroupAttribute;
        public static class User { [Marked] public static extern void Run(); }
        """);
}
