using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace MmKernel.Agreement;

/// <summary>Prints what agreed and what did not.</summary>
internal static class Report
{
    /// <summary>Prints a table by kind of clause, and every contradiction.</summary>
    /// <returns>How many clauses were contradicted.</returns>
    internal static int Print(ClauseBook clauses, IReadOnlyDictionary<int, Evaluation> evaluations, TextWriter output)
    {
        output.WriteLine($"{"kind",-12}{"clauses",10}{"evaluated",11}{"held",16}{"by ownership",14}{"contradicted",14}{"by tests",12}");
        foreach (var kind in Enum.GetValues<CheckKind>())
            PrintRow(kind.ToString(), [.. clauses.Checked.Where(clause => clause.Kind == kind)], evaluations, output);
        PrintRow("all", clauses.Checked, evaluations, output);
        foreach (var group in clauses.Unchecked.CountBy(static entry => entry.Reason).OrderByDescending(static group => group.Value))
            output.WriteLine($"{group.Value,5} clauses are not evaluated: {group.Key}");
        var contradicted = clauses.Checked.Where(clause => evaluations.TryGetValue(clause.Number, out var found) && found.Contradicted > 0).ToList();
        foreach (var clause in contradicted)
        {
            output.WriteLine($"CONTRADICTED {evaluations[clause.Number].Contradicted} of {evaluations[clause.Number].Contradicted + evaluations[clause.Number].Held + evaluations[clause.Number].Lent}: {clause.Member}: {clause.Kind} {clause.Text}");
            foreach (string place in evaluations[clause.Number].Places)
                output.WriteLine($"    {place}");
        }

        return contradicted.Count;
    }

    /// <summary>Lists the clauses that are not evaluated, and those that nothing reached.</summary>
    internal static void List(ClauseBook clauses, IReadOnlyDictionary<int, Evaluation> evaluations, TextWriter output)
    {
        foreach (var entry in clauses.Unchecked.OrderBy(static entry => entry.Reason, StringComparer.Ordinal))
            output.WriteLine($"not evaluated: {entry.Member}: {entry.Text} ({entry.Reason})");
        foreach (var clause in clauses.Checked.Where(clause => !evaluations.ContainsKey(clause.Number)))
            output.WriteLine($"not reached: {clause.Member}: {clause.Kind} {clause.Text}");
    }

    private static void PrintRow(string name, IReadOnlyCollection<Clause> clauses, IReadOnlyDictionary<int, Evaluation> evaluations, TextWriter output)
    {
        var found = clauses.Where(clause => evaluations.ContainsKey(clause.Number)).Select(clause => evaluations[clause.Number]).ToList();
        output.WriteLine($"{name,-12}{clauses.Count,10:N0}{found.Count,11:N0}{found.Sum(static entry => entry.Held),16:N0}{found.Sum(static entry => entry.Lent),14:N0}{found.Sum(static entry => entry.Contradicted),14:N0}{found.Sum(static entry => entry.Foreign),12:N0}");
    }
}
