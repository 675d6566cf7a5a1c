using System.Threading.Tasks;

namespace AnalyzerTests.Themes;

/// <summary>Contracts for types that one cannot annotate come from files; each bad line is reported where it stands.</summary>
public sealed class ContractFiles
{
    private const string Vendor = """
        public sealed class Vendor
        {
            public readonly object Sync = new();
            public int Count;
            public extern void Flush();
            public extern void Begin();
            public extern void End();
        }
        """;

    [Fact]
    public Task GuardBroken_Flags() => Flags(
        """F:Vendor.Count = GuardedBy("Sync")""",
        "public static int Get(Vendor vendor) => vendor.Count; // MML1008");

    [Fact]
    public Task GuardKept_IsSilent() => Silent(
        """F:Vendor.Count = GuardedBy("Sync")""",
        "public static int Get(Vendor vendor) { lock (vendor.Sync) return vendor.Count; }");

    [Fact]
    public Task NeedNotMet_Flags() => Flags(
        """M:Vendor.Flush = MustHold("Sync")""",
        "public static void Run(Vendor vendor) => vendor.Flush(); // MML1001");

    [Fact]
    public Task EffectsKept_IsSilent() => Silent(
        """
        F:Vendor.Count = GuardedBy("Sync")
        M:Vendor.Begin = Acquires("Sync")
        M:Vendor.End = Releases("Sync")
        """,
        "public static void Run(Vendor vendor) { vendor.Begin(); vendor.Count++; vendor.End(); }");

    [Fact]
    public Task EffectForgotten_Flags() => Flags(
        """M:Vendor.Begin = Acquires("Sync")""",
        """
        public static void Run(Vendor vendor)
        {
            vendor.Begin();
        } // MML1006
        """);

    [Fact]
    public Task SeveralContractsOnOneLine_Flags() => Flags(
        """M:Vendor.Flush = MustHold("Sync"), Releases("Sync")""",
        """
        public static void Run(Vendor vendor)
        {
            Monitor.Enter(vendor.Sync);
            vendor.Flush();
            Monitor.Exit(vendor.Sync); // MML1005
        }
        """);

    [Fact]
    public Task CommentsAndBlankLines_IsSilent() => Silent("// none\n\n# none either\n", "public static void Run() { }");

    [Fact]
    public Task OtherFilesAreLeftAlone_IsSilent() => SilentFile("notes.txt", "not a contract", "public static void Run() { }");

    [Fact]
    public Task NoEqualsSign_Flags() => Flags("{|MML0008:M:Vendor.Flush MustHold(\"Sync\")|}", "public static void Run() { }");

    [Fact]
    public Task NoDocumentationCommentId_Flags() => Flags("{|MML0008:Vendor.Flush = MustHold(\"Sync\")|}", "public static void Run() { }");

    [Fact]
    public Task NoSuchMember_Flags() => Flags("{|MML0008:M:Vendor.Flosh = MustHold(\"Sync\")|}", "public static void Run() { }");

    [Fact]
    public Task NoSuchAttribute_Flags() => Flags("{|MML0008:M:Vendor.Flush = MustHlod(\"Sync\")|}", "public static void Run() { }");

    [Fact]
    public Task AttributeOnTheWrongKindOfMember_Flags() => Flags("{|MML0008:M:Vendor.Flush = GuardedBy(\"Sync\")|}", "public static void Run() { }");

    [Fact]
    public Task TooManyArguments_Flags() => Flags("{|MML0008:M:Vendor.Flush = MustHold(\"Sync\", \"Sync\")|}", "public static void Run() { }");

    [Fact]
    public Task NoSuchNamedArgument_Flags() => Flags("{|MML0008:M:Vendor.Flush = MustHold(\"Sync\", Whne = \"true\")|}", "public static void Run() { }");

    [Fact]
    public Task NotAttributes_Flags() => Flags("{|MML0008:M:Vendor.Flush = MustHold(\"Sync\"|}", "public static void Run() { }");

    [Fact]
    public Task ContractDoesNotBind_Flags() => Flags("{|MML0001:M:Vendor.Flush = MustHold(\"Snyc\")|}", "public static void Run() { }");

    private static async Task Flags(string file, string members) =>
        await Verify.Flags(Vendor + InUser(members)).WithFile("vendor.lockcontracts", file);

    private static Task Silent(string file, string members) => SilentFile("vendor.lockcontracts", file, members);

    private static async Task SilentFile(string name, string file, string members) =>
        await Verify.Silent(Vendor + InUser(members)).WithFile(name, file);

    private static string InUser(string members) => "\npublic static class User\n{\n" + members + "\n}\n";
}
