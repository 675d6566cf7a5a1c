using System.Linq;
using System.Threading.Tasks;
using Xunit.Abstractions;

namespace LockMutants.Tests;

/// <summary>A sample of the mutants of the kernel; the whole is a command (docs/proof.md).</summary>
public sealed class KernelSampleTests(ITestOutputHelper output)
{
    private const int Seed = 1;
    private const int Size = 40;

    [Fact]
    public async Task AreReported()
    {
        var kernel = KernelSource.Kernel();
        var options = KernelSource.Options();
        var equivalents = Equivalents.Load();
        var mutants = Mutants.Of(kernel, options).Where(mutant => !equivalents.Contains(mutant));
        var verdicts = await new Judge(kernel, options).JudgeAsync([.. Mutants.Sample(mutants, Seed, Size)]);
        output.WriteLine($"seed {Seed}");
        foreach (var verdict in verdicts)
            output.WriteLine($"{verdict.Fate} {verdict.Mutant.File}({verdict.Mutant.Line}) {verdict.Mutant.Key} {verdict.Report}");

        Assert.True(verdicts.Count(verdict => verdict.Fate != Fate.Invalid) > Size / 2);
        Assert.Empty(verdicts.Where(verdict => verdict.Fate == Fate.Survived).Select(verdict => verdict.Mutant.Key));
    }
}
