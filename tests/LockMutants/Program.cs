using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading.Tasks;
using LockMutants.Operators;

namespace LockMutants;

/// <summary>Mutates the kernel one place at a time and asks the analyzers whether they notice.</summary>
internal static class Program
{
    private const string Usage = """
        usage: LockMutants [options]

          --kind K        only mutants of this kind (may be repeated; --list shows the kinds)
          --code          only mutants that change code, not contracts
          --file F        only mutants of files whose path contains F
          --sample N      only N mutants, chosen by --seed S (default 1)
          --list          print the mutants and ask nobody
          --verbose       print every verdict
          --results F     append the verdicts to F, and do not ask again for those that it has
          --survivors F   only mutants that survived in the run that left its verdicts in F

        Exit code: 0 when at least 99 % of the mutants of code are reported and no entry of Equivalents.txt is stale, 1 when not, 2 for wrong usage.
        """;

    private const double Bar = 0.99;

    private static async Task<int> Main(string[] args)
    {
        var (kinds, file, sample, seed, list, verbose) = (new HashSet<string>(), "", int.MaxValue, 1, false, false);
        var (resultsFile, survivorsFile) = ("", "");
        for (int i = 0; i < args.Length; i++)
        {
            bool hasValue = i + 1 < args.Length;
            switch (args[i])
            {
                case "--kind" when hasValue: kinds.Add(args[++i]); break;
                case "--code": kinds.UnionWith(Catalogue.All.Where(static kind => kind.Reach != Reach.Contract).Select(static kind => kind.Name)); break;
                case "--file" when hasValue: file = args[++i]; break;
                case "--sample" when hasValue: sample = int.Parse(args[++i], CultureInfo.InvariantCulture); break;
                case "--seed" when hasValue: seed = int.Parse(args[++i], CultureInfo.InvariantCulture); break;
                case "--results" when hasValue: resultsFile = args[++i]; break;
                case "--survivors" when hasValue: survivorsFile = args[++i]; break;
                case "--list": list = true; break;
                case "--verbose": verbose = true; break;
                default:
                    Report.Print([Usage]);
                    return 2;
            }
        }

        var kernel = KernelSource.Kernel();
        var options = KernelSource.Options();
        var all = Mutants.Of(kernel, options);
        var equivalents = Equivalents.Load();
        var stale = equivalents.Stale(all);
        var mutants = Mutants.Sample(
                all.Where(mutant => (kinds.Count == 0 || kinds.Contains(mutant.Kind)) && mutant.File.Contains(file, StringComparison.Ordinal) && (list || !equivalents.Contains(mutant))), seed, sample)
            .OrderBy(static mutant => mutant.File, StringComparer.Ordinal).ThenBy(static mutant => mutant.Line).ToList();
        if (list)
        {
            Report.Print(mutants.Select(static mutant => $"{mutant.File}({mutant.Line}) {mutant.Key}"));
            return 0;
        }

        if (survivorsFile.Length > 0)
        {
            var before = new Results(survivorsFile, null);
            mutants = [.. mutants.Where(mutant => before.Of(mutant)?.Fate == Fate.Survived)];
        }

        var results = resultsFile.Length > 0 ? new Results(resultsFile, KernelSource.State(kernel)) : null;
        var judge = new Judge(kernel, options);

        // Verdicts are only written where the unmutated source has no finding.
        var unmutated = results is { IsEmpty: false } ? [] : await judge.UnmutatedAsync();
        Report.Print(unmutated.Select(static finding => $"unmutated: {finding}"));
        if (unmutated.Length > 0)
            return 1;

        var started = TimeProvider.System.GetTimestamp();
        var known = mutants.Select(mutant => results?.Of(mutant)).OfType<Verdict>().ToDictionary(static verdict => verdict.Mutant);
        List<Verdict> verdicts = [.. known.Values, .. await judge.JudgeAsync([.. mutants.Where(mutant => !known.ContainsKey(mutant))], verdict =>
        {
            results?.Add(verdict);
            if (verbose)
                Report.Print(verdict);
        })];
        Report.Print([$"{mutants.Count} mutants of {kernel.SyntaxTrees.Length} files in {TimeProvider.System.GetElapsedTime(started).TotalSeconds:F0} s, seed {seed}"]);
        Report.Print(stale.Select(static key => $"Equivalents.txt names what no longer exists: {key}"));
        return Report.Summarize(verdicts, equivalents.CountOf(all)) >= Bar && stale.Count == 0 ? 0 : 1;
    }
}
