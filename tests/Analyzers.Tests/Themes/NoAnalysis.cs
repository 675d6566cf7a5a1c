using System.Threading.Tasks;

namespace AnalyzerTests.Themes;

/// <summary>A body that is not analysed still has a contract.</summary>
public sealed class NoAnalysis : ThemeTests
{
    [Fact]
    public Task BodyIsNotAnalysed_IsSilent() => Silent("""
        [NoLockAnalysis("Races with nothing: called before the first thread starts.")] public void Boot() => _count = 1;
        """);

    [Fact]
    public Task ReasonIsEmpty_Flags() => Flags("""
        [NoLockAnalysis("")] public void Boot() => _count = 1; // MML0009
        """);

    [Fact]
    public Task ReasonIsBlank_Flags() => Flags("""
        [NoLockAnalysis("  ")] public void Boot() => _count = 1; // MML0009
        """);

    [Fact]
    public Task ContractStillCounts_Flags() => Flags("""
        [NoLockAnalysis("Boot."), MustHold("_gate")] public void Boot() => Work();
        public void Run() => Boot(); // MML1001
        """);

    [Fact]
    public Task EffectStillCounts_IsSilent() => Silent("""
        [NoLockAnalysis("Boot."), Acquires("_gate")] public void Begin() => Work();
        public void Run() { Begin(); _count++; _gate.Exit(); }
        """);

    [Fact]
    public Task OtherBodiesAreAnalysed_Flags() => Flags("""
        [NoLockAnalysis("Boot.")] public void Boot() => _count = 1;
        public void Run() => _count = 1; // MML1009
        """);
}
