using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;

namespace MmKernel.Benchmarks;

/// <summary>
/// <c>experiment LETTER… | all [--seconds S] [--seed N] [--charts FOLDER]</c>: compares policies of locking about which the field argued, measured on
/// this machine and, where processors matter, simulated for more of them. docs/experiments.md says what each asks and what came out.
/// </summary>
internal static class Experiments
{
    private const double DefaultSeconds = 15;

    internal static int Run(ReadOnlySpan<string> args)
    {
        var options = new ExperimentOptions(DefaultSeconds, Seed: 1, Charts: null);
        var letters = new List<string>();
        for (int i = 0; i < args.Length; i++)
        {
            bool hasValue = i + 1 < args.Length;
            switch (args[i])
            {
                case "--seconds" when hasValue && double.TryParse(args[i + 1], CultureInfo.InvariantCulture, out double seconds):
                    options = options with { Seconds = seconds };
                    i++;
                    break;
                case "--seed" when hasValue && int.TryParse(args[i + 1], CultureInfo.InvariantCulture, out int seed):
                    options = options with { Seed = seed };
                    i++;
                    break;
                case "--charts" when hasValue:
                    options = options with { Charts = args[++i] };
                    break;
                case "all":
                    letters.AddRange(["a", "b", "c", "d", "e", "f"]);
                    break;
                case "a" or "b" or "c" or "d" or "e" or "f":
                    letters.Add(args[i]);
                    break;
                default:
                    return Usage();
            }
        }

        if (letters.Count == 0)
            return Usage();
        try
        {
            var costs = Costs.Measure();
            costs.Print();
            foreach (string letter in letters)
                Run(letter, options, costs);
            return 0;
        }
        catch (InvalidDataException problem)
        {
            Console.Error.WriteLine(problem.Message);
            return 2;
        }
    }

    private static void Run(string letter, ExperimentOptions options, Costs costs)
    {
        switch (letter)
        {
            case "a":
                new AnonymousReads(options, costs).Run();
                break;
            case "b":
                new TextReads(options, costs).Run();
                break;
            case "c":
                new ForkLoop(options).Run();
                break;
            case "d":
                new UffdMoves(options, costs).Run();
                break;
            case "e":
                new LibraryLoading(options).Run();
                break;
            default:
                new FaultLatency(options, costs).Run();
                break;
        }
    }

    private static int Usage()
    {
        Console.Error.WriteLine("experiment a | b | c | d | e | f | all [--seconds S] [--seed N] [--charts FOLDER]");
        return 2;
    }
}
