using System;
using System.Globalization;
using System.IO;
using System.Linq;
using Xunit.Abstractions;

namespace MmKernel.Agreement.Tests;

/// <summary>The kernel does what its contracts say: what the analyzers accept is so while the stress program runs.</summary>
public sealed class AgreementTests(ITestOutputHelper output)
{
    [Fact]
    public void Nothing_contradicts_the_contracts_in_a_short_run()
    {
        var kernel = Instrumentation.OfKernel();

        var run = Stress(kernel, Environment.TickCount);

        Assert.Equal(0, Print(kernel, run));
        Assert.Equal(0, run.ExitCode);
        foreach (var kind in Enum.GetValues<CheckKind>())
            Assert.True(kernel.Clauses.Checked.Any(clause => clause.Kind == kind && run.Evaluations.TryGetValue(clause.Number, out var found) && found.Held > 0), $"{kind} was never evaluated");
    }

    [Theory]
    [InlineData("AddressSpaces/MincoreCalls.cs", "        mm.MmapLock.ReadLock();\n", "", nameof(CheckKind.Needs), "Vma")]
    public void A_kernel_that_breaks_a_contract_is_found(string file, string old, string replacement, string kind, string member)
    {
        var kernel = Instrumentation.OfKernel((path, text) => path == file ? Replaced(text, old, replacement) : text);

        var run = Stress(kernel, seed: 3);

        Print(kernel, run);
        Assert.Contains(kernel.Clauses.Checked, clause => clause.Kind.ToString() == kind && clause.Member.Contains(member, StringComparison.Ordinal)
            && run.Evaluations.TryGetValue(clause.Number, out var found) && found.Contradicted > 0);
    }

    [Theory]
    [InlineData("MmStruct.cs", "[GuardedBy(\"MmapLock\"), ReadFreely] public int MapCount;", "[GuardedBy(\"PageTableLock\"), ReadFreely] public int MapCount;", nameof(CheckKind.Write), "MmStruct.MapCount")]
    [InlineData("AddressSpaces/VmaLookup.cs", "[MustHold(\"mm.MmapLock\")", "[MustHold(\"exclusive(mm.MmapLock)\")", nameof(CheckKind.Needs), "VmaLookup.")]
    public void A_contract_that_is_not_so_is_found(string file, string old, string replacement, string kind, string member) =>
        A_kernel_that_breaks_a_contract_is_found(file, old, replacement, kind, member);

    private RunOfProgram Stress(Instrumentation kernel, int seed) =>
        RunOfProgram.Of(kernel, "MmKernel.Stress", program => [program, "--seconds", "1", "--seed", seed.ToString(CultureInfo.InvariantCulture)], output.WriteLine);

    private static string Replaced(string text, string old, string replacement)
    {
        Assert.Contains(old, text, StringComparison.Ordinal);
        return text.Replace(old, replacement, StringComparison.Ordinal);
    }

    private int Print(Instrumentation kernel, RunOfProgram run)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        int contradicted = Report.Print(kernel.Clauses, run.Evaluations, text);
        output.WriteLine(text.ToString());
        return contradicted;
    }
}
