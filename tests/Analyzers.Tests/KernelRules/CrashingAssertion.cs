using System.Threading.Tasks;

namespace AnalyzerTests.KernelRules;

/// <summary>MML2008: an assertion that crashes is called although one that reports and goes on exists.</summary>
public sealed class CrashingAssertion : KernelRuleTests
{
    [Fact]
    public Task Called_Flags() => Flags("""
        static void Run(VmArea vma) => VmBugOn(vma.IsShared); // MML2008
        """);

    [Fact]
    public Task CalledWithNothingHeldOrNeeded_Flags() => Flags("""
        static void Run(int order)
        {
            VmBugOn(order > 10); // MML2008
        }
        """);

    [Fact]
    public Task Alternative_IsNamed() => Says("""
        static void Run(int order) => VmBugOn(order > 10); // MML2008
        """, "'VmBugOn' ends the process where its assertion fails; call VmWarnOnOnce instead");

    [Fact]
    public Task ReportCalled_IsSilent() => Silent("""
        static void Run(int order) => VmWarnOnOnce(order > 10);
        """);

    [Fact]
    public Task CrashWithoutAlternative_IsSilent() => Silent("""
        static void Run(int order) => Panic(order > 10);
        """);

    [Fact]
    public Task CalledByWhatCrashesItself_IsSilent() => Silent("""
        [Crashes] static void BugOn(int order) => VmBugOn(order > 10);
        """);

    [Fact]
    public Task AlternativeThatDoesNotReplaceACrash_IsSilent() => Silent("""
        [UseInstead(nameof(Better))] static extern void Worse(bool condition);
        static extern void Better(bool condition);
        static void Run(int order) => Worse(order > 10);
        """);
}
