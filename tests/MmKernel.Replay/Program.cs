using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace MmKernel.Replay;

/// <summary>Replays recorded traces on MmKernel and reports how far it agrees with the host kernel.</summary>
public static class Program
{
    private const string Usage = """
        usage: MmKernel.Replay [options] FILE...

        FILE is a trace (.jsonl) or a set of traces (.tar, .tar.gz, .tar.xz).
          --explain N   explain the first differences of at most N traces (default 5)
          --ops N       show the last N operations before a difference (default 6)
          --flavour F   only traces of this flavour

        Exit code: 0 when every bar holds, 1 when one does not, 2 for wrong usage.
        """;

    /// <summary>Entry point.</summary>
    /// <param name="args">See the usage text.</param>
    /// <returns>The exit code.</returns>
    public static int Main(string[] args)
    {
        var (explain, operations, flavor) = (5, 6, (string?)null);
        var files = new List<string>();
        for (int i = 0; i < args.Length; i++)
        {
            bool hasValue = i + 1 < args.Length;
            switch (args[i])
            {
                case "--explain" when hasValue: explain = int.Parse(args[++i], CultureInfo.InvariantCulture); break;
                case "--ops" when hasValue: operations = int.Parse(args[++i], CultureInfo.InvariantCulture); break;
                case "--flavour" when hasValue: flavor = args[++i]; break;
                case var option when option.StartsWith("--", StringComparison.Ordinal): return Fail();
                default: files.Add(args[i]); break;
            }
        }

        if (files.Count == 0) return Fail();
        var report = new Report(Console.Out);
        foreach (var trace in files.SelectMany(TraceSet.Open).Where(t => flavor == null || t.Header.Flavor == flavor))
        {
            var result = Replayer.Replay(trace);
            report.Add(result);
            if (result.First.Count > 0 && explain-- > 0) report.Explain(result, operations);
        }

        report.PrintTable();
        return report.BarsHold ? 0 : 1;
    }

    private static int Fail()
    {
        Console.Error.WriteLine(Usage);
        return 2;
    }
}
