using System.Threading.Tasks;

namespace AnalyzerTests.Themes;

/// <summary>What is wrong in a contract is underlined where it stands, however the string is written.</summary>
public sealed class ContractSpans : ThemeTests
{
    [Fact]
    public Task NameThatDoesNotExist() => Flags("""
        [MustHold("{|MML0001:_gaet|}")] public extern void Run();
        """);

    [Fact]
    public Task MemberThatDoesNotExist() => Flags("""
        [MustHold("node.{|MML0001:Gaet|}")] public extern void Run(Node node);
        """);

    [Fact]
    public Task SecondOfTwoLocks() => Flags("""
        [MustHold("_gate && exclusive(node.{|MML0001:Gaet|})")] public extern void Run(Node node);
        """);

    [Fact]
    public Task MemberThatIsNoLock() => Flags("""
        [MustHold("node.{|MML0001:Value|}")] public extern void Run(Node node);
        """);

    [Fact]
    public Task Condition() => Flags("""
        [MustHold("_gate", When = "node.Value > {|MML0001:Limit|}")] public extern void Run(Node node);
        """);

    [Fact]
    public Task NameThatMayChange() => Flags("""
        public Gate Current = new();
        [MustHold("{|MML0005:Current|}")] public extern void Run();
        """);

    [Fact]
    public Task VerbatimString() => Flags("""
        [MustHold(@"node.{|MML0001:Gaet|}")] public extern void Run(Node node);
        """);

    [Fact]
    public Task RawString() => Flags(""""
        [MustHold("""node.{|MML0001:Gaet|}""")] public extern void Run(Node node);
        """");

    [Fact]
    public Task EscapedString() => Flags("""
        [MustHold("\u005fgate\x20&& {|MML0001:_r\u0077x|}")] public extern void Run();
        """);

    [Fact]
    public Task ConcatenatedString() => Flags("""
        [MustHold("node" + "." + "{|MML0001:Gaet|}")] public extern void Run(Node node);
        """);

    [Fact]
    public Task NameAcrossTwoStrings() => Flags("""
        [MustHold("node.{|MML0001:Ga" + "et|}")] public extern void Run(Node node);
        """);

    [Fact]
    public Task InterpolatedString() => Flags("""
        [MustHold($"{nameof(node)}.{|MML0001:Gaet|}")] public extern void Run(Node node);
        """);

    [Fact]
    public Task NameThatIsGivenByNameof() => Flags("""
        [MustHold($"node.{{|MML0001:nameof(Node.Value)|}}")] public extern void Run(Node node);
        """);

    [Fact]
    public Task EntryOfAnOrder() => FlagsTypes("""
        [assembly: LockOrder("Gate", "shared({|MML0001:RwGaet|})")]
        """);

    [Fact]
    public Task TextThatIsNoExpression_IsTheWholeAttribute() => Flags("""
        [{|MML0001:MustHold("")|}] public extern void Run();
        """);

    [Fact]
    public Task ConstantThatStandsElsewhere_IsTheWholeAttribute() => Flags("""
        private const string Lock = "_gaet";
        [{|MML0001:MustHold(Lock)|}] public extern void Run();
        """);

    [Fact]
    public Task PartOfABundle_IsTheWholeAttribute() => FlagsTypes("""
        [MustHold("gaet")] public sealed class GuardedAttribute : ContractGroupAttribute;
        public static class User { [{|MML0001:Guarded|}] public static extern void Run(Gate gate); }
        """);
}
