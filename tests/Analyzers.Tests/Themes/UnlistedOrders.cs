using System.Threading.Tasks;

namespace AnalyzerTests.Themes;

/// <summary>Nestings that the lists leave out; nobody is told who has not asked.</summary>
public sealed class UnlistedOrders : ThemeTests
{
    private const string On = "[*.cs]\ndotnet_diagnostic.MML1027.severity = warning";

    private const string Types = """
        public sealed class Bank
        {
            public readonly Gate First = new();
            public readonly Gate Second = new();
            public readonly Gate Third = new();
            public readonly Gate Fourth = new();
        """;

    private static async Task FlagsIn(string order, string members) => await Verify.Flags(order + "\n" + Types + members + "\n}\n").WithSource("Locks.cs", Declarations).WithConfig(On);

    private static async Task SilentIn(string order, string members) => await Verify.Silent(order + "\n" + Types + members + "\n}\n").WithSource("Locks.cs", Declarations).WithConfig(On);

    [Fact]
    public Task OuterIsListed_Flags() => FlagsIn("""[assembly: LockOrder("Bank.First", "Bank.Second")]""", """
        public void Run() { First.Enter(); Third.Enter(); Third.Exit(); First.Exit(); } // MML1027
        """);

    [Fact]
    public Task InnerIsListed_Flags() => FlagsIn("""[assembly: LockOrder("Bank.First", "Bank.Second")]""", """
        public void Run() { Third.Enter(); Second.Enter(); Second.Exit(); Third.Exit(); } // MML1027
        """);

    [Fact]
    public Task BothAreListedApart_Flags() => FlagsIn("""
        [assembly: LockOrder("Bank.First", "Bank.Second")]
        [assembly: LockOrder("Bank.First", "Bank.Third")]
        """, """
        public void Run() { Second.Enter(); Third.Enter(); Third.Exit(); Second.Exit(); } // MML1027
        """);

    [Fact]
    public Task ThroughACall_Flags() => FlagsIn("""[assembly: LockOrder("Bank.First", "Bank.Second")]""", """
        public void Run() { First.Enter(); Inner(); First.Exit(); } // MML1027
        public void Inner() { Third.Enter(); Third.Exit(); }
        """);

    [Fact]
    public async Task Message_SaysWhoTakesWhat() => await Verify.Flags("""
        [assembly: LockOrder("Bank.First", "Bank.Second")]
        """ + "\n" + Types + """
        public void Run() { First.Enter(); {|MML1027:Inner()|}; First.Exit(); }
        public void Inner() { Third.Enter(); Third.Exit(); }
        }
        """).WithSource("Locks.cs", Declarations).WithConfig(On).WithMessage("'Run' takes Bank.Third inside Bank.First through 'Inner', and no [LockOrder] says which of the two comes first");

    [Fact]
    public Task ListedAcrossLists_IsSilent() => SilentIn("""
        [assembly: LockOrder("Bank.First", "Bank.Second")]
        [assembly: LockOrder("Bank.Second", "Bank.Third")]
        """, """
        public void Run() { First.Enter(); Third.Enter(); Third.Exit(); First.Exit(); }
        """);

    [Fact]
    public Task NeitherIsListed_IsSilent() => SilentIn("""[assembly: LockOrder("Bank.First", "Bank.Second")]""", """
        public void Run() { Third.Enter(); Fourth.Enter(); Fourth.Exit(); Third.Exit(); }
        """);

    [Fact]
    public Task OnlyTried_IsSilent() => SilentIn("""[assembly: LockOrder("Bank.First", "Bank.Second")]""", """
        public void Run() { First.Enter(); if (Third.TryEnter()) Third.Exit(); First.Exit(); }
        """);

    [Fact]
    public Task OneAfterTheOther_IsSilent() => SilentIn("""[assembly: LockOrder("Bank.First", "Bank.Second")]""", """
        public void Run() { First.Enter(); First.Exit(); Third.Enter(); Third.Exit(); }
        """);

    [Fact]
    public Task AgainstTheLists_IsTheOtherRule() => FlagsIn("""[assembly: LockOrder("Bank.First", "Bank.Second")]""", """
        public void Run() { Second.Enter(); First.Enter(); First.Exit(); Second.Exit(); } // MML1010
        """);

    [Fact]
    public Task NobodyAsks_IsSilent() => SilentTypes("""[assembly: LockOrder("Bank.First", "Bank.Second")]""" + "\n" + Types + """
        public void Run() { First.Enter(); Third.Enter(); Third.Exit(); First.Exit(); }
        }
        """);
}
