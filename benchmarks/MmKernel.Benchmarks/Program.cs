using System;

namespace MmKernel.Benchmarks;

/// <summary>
/// <c>faults</c> (the default): faults per second and bytes allocated per fault. <c>host</c>: the same work on the host kernel and here,
/// exit code 1 if a goal is missed. <c>locks</c>: sections per second under contended locks. <c>experiment</c>: policies of locking side by side, see <see cref="Experiments"/>.
/// </summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        string suite = args.Length == 0 ? "faults" : args[0];
        switch (suite)
        {
            case "faults":
                FaultRate.Run();
                return 0;
            case "host":
                return HostComparison.Run() ? 0 : 1;
            case "locks":
                LockRate.Run();
                return 0;
            case "experiment":
                return Experiments.Run(args.AsSpan(1));
            default:
                Console.Error.WriteLine($"Unknown suite '{suite}'. Suites: faults, host, locks, experiment.");
                return 2;
        }
    }
}
