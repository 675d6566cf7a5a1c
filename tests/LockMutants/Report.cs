using System;
using System.Collections.Generic;
using System.Linq;
using LockMutants.Operators;

namespace LockMutants;

/// <summary>Prints verdicts.</summary>
internal static class Report
{
    /// <summary>Prints lines.</summary>
    public static void Print(IEnumerable<string> lines)
    {
        foreach (string line in lines)
            Console.WriteLine(line);
    }

    /// <summary>Prints one verdict.</summary>
    public static void Print(Verdict verdict) =>
        Console.WriteLine($"{verdict.Fate,-8} {verdict.Mutant.File}({verdict.Mutant.Line}) {verdict.Mutant.Key} | {(verdict.Fate == Fate.Survived ? Reasons.Of(verdict.Mutant) : verdict.Report)}");

    /// <summary>Prints survivors and a table by kind.</summary>
    /// <returns>The share that is reported: of the mutants of code, or of those of contracts if there are no others.</returns>
    public static double Summarize(IReadOnlyCollection<Verdict> verdicts, int equivalents)
    {
        foreach (var survivor in verdicts.Where(static verdict => verdict.Fate is Fate.Survived or Fate.Failed))
            Print(survivor);
        foreach (var reason in verdicts.Where(static verdict => verdict.Fate == Fate.Survived).CountBy(static verdict => Reasons.Of(verdict.Mutant)).OrderByDescending(static reason => reason.Value))
            Console.WriteLine($"{reason.Value,5} survive: {reason.Key}");

        Console.WriteLine($"{"kind",-20} {"mutants",8} {"killed",8} {"by nullable",12} {"survivors",10} {"not compiling",14}");
        foreach (var kind in Catalogue.All)
        {
            var own = verdicts.Where(verdict => verdict.Mutant.Kind == kind.Name).ToList();
            if (own.Count > 0)
                Console.WriteLine($"{kind.Name,-20} {Valid(own),8} {Killed(own),8} {Count(own, Fate.Nullable),12} {Count(own, Fate.Survived),10} {Count(own, Fate.Invalid),14}");
        }

        var rules = verdicts.Where(static verdict => verdict.Fate == Fate.Reported).CountBy(static verdict => verdict.Report[..7]).OrderByDescending(static rule => rule.Value);
        Console.WriteLine("reported as " + string.Join(", ", rules.Select(static rule => $"{rule.Key} {rule.Value}")));
        var code = verdicts.Where(static verdict => verdict.Mutant.Operator.Reach != Reach.Contract).ToList();
        var contracts = verdicts.Where(static verdict => verdict.Mutant.Operator.Reach == Reach.Contract).ToList();
        if (contracts.Count > 0)
            Console.WriteLine($"contracts, which change no behaviour: mutants {Valid(contracts)} killed {Killed(contracts)}, {100 * Share(contracts):F2} %");
        var counted = code.Count > 0 ? code : contracts;
        Console.WriteLine($"{equivalents} equivalent mutants left out (Equivalents.txt), {100 * Share(counted):F2} % of the others reported");
        Console.WriteLine($"mutants {Valid(counted)} killed {Killed(counted)}");
        return Share(counted);
    }

    private static double Share(IReadOnlyCollection<Verdict> verdicts) => Valid(verdicts) == 0 ? 0 : (double)Killed(verdicts) / Valid(verdicts);

    private static int Count(IEnumerable<Verdict> verdicts, Fate fate) => verdicts.Count(verdict => verdict.Fate == fate);

    private static int Valid(IReadOnlyCollection<Verdict> verdicts) => verdicts.Count - Count(verdicts, Fate.Invalid);

    private static int Killed(IReadOnlyCollection<Verdict> verdicts) => Count(verdicts, Fate.Reported) + Count(verdicts, Fate.Nullable);
}
