using System.Linq;
using System.Threading.Tasks;
using LockMutants.Operators;
using Xunit.Abstractions;

namespace LockMutants.Tests;

/// <summary>
/// A sample of the mutants of the kernel's code; the whole, and the mutants of its contracts, are a command (docs/proof.md). The sample is chosen by what
/// the mutants are, so it stays the same while other parts of the kernel change.
/// </summary>
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
        var mutants = Mutants.Of(kernel, options).Where(mutant => mutant.Operator.Reach != Reach.Contract && !equivalents.Contains(mutant));
        var verdicts = await new Judge(kernel, options).JudgeAsync([.. Mutants.Sample(mutants, Seed, Size)]);
        output.WriteLine($"seed {Seed}");
        foreach (var verdict in verdicts)
            output.WriteLine($"{verdict.Fate} {verdict.Mutant.File}({verdict.Mutant.Line}) {verdict.Mutant.Key} {verdict.Report}");

        Assert.True(verdicts.Count(verdict => verdict.Fate != Fate.Invalid) > Size / 2);
        Assert.InRange(verdicts.Count(verdict => verdict.Fate == Fate.Survived), 0, Size / 10);
    }
}
