using System;
using System.Globalization;

namespace MmKernel.Stress;

/// <summary>
/// <c>--minutes M</c> or <c>--seconds S</c>, <c>--seed N</c>, <c>--threads T</c>, <c>--processes P</c>: does random things in P processes with T threads
/// for that time. <c>--swap M</c>: with little memory and M MiB of swap. <c>--patience S</c>: how long no operation may end.
/// <c>--faults N</c>: about how many allocations succeed before one is made to fail, 0 for none. Exit code 1: an invariant was broken; it says which, and how to do the same again.
/// </summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        var options = new StressOptions { Seed = Environment.TickCount };
        for (int i = 0; i < args.Length; i += 2)
        {
            if (i + 1 == args.Length || !double.TryParse(args[i + 1], NumberStyles.Float, CultureInfo.InvariantCulture, out double value))
                return Usage();
            switch (args[i])
            {
                case "--minutes":
                    options = options with { Time = TimeSpan.FromMinutes(value) };
                    break;
                case "--seconds":
                    options = options with { Time = TimeSpan.FromSeconds(value) };
                    break;
                case "--seed":
                    options = options with { Seed = (int)value };
                    break;
                case "--threads":
                    options = options with { Threads = (int)value };
                    break;
                case "--processes":
                    options = options with { Processes = (int)value };
                    break;
                case "--swap":
                    options = options with { SwapBytes = (long)value << 20 };
                    break;
                case "--faults":
                    options = options with { FaultInterval = (int)value };
                    break;
                case "--patience":
                    options = options with { Patience = TimeSpan.FromSeconds(value) };
                    break;
                default:
                    return Usage();
            }
        }

        Console.WriteLine($"seed {options.Seed}, {options.Threads} threads, {options.Processes} processes, validator {(Lockdep.IsEnabled ? "on" : "off")}");
        var report = StressRun.Run(options);
        Console.WriteLine(report);
        return report.Failure == null ? 0 : 1;
    }

    private static int Usage()
    {
        Console.Error.WriteLine("Options: --minutes M | --seconds S, --seed N, --threads T, --processes P, --swap MIB, --patience S, --faults INTERVAL");
        return 2;
    }
}
