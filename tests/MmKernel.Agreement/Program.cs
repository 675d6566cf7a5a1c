using System;
using System.Collections.Generic;
using System.Linq;

namespace MmKernel.Agreement;

/// <summary>Runs programs of this repository with a kernel that evaluates its contracts, and says whether anything contradicts them.</summary>
internal static class Program
{
    private const string Usage = """
        usage: MmKernel.Agreement [--list] stress [options of MmKernel.Stress]
               MmKernel.Agreement [--list] tests [filter]
               MmKernel.Agreement [--list] interleavings [filter]

          --list   also name the clauses that are not evaluated, and those that nothing reached

        Filters are those of dotnet test. Exit code: 0 when nothing is contradicted and the program succeeds, 1 when not, 2 for wrong usage.
        """;

    // These measure the memory or the speed of the kernel, which checks change.
    private const string Measurements = "FullyQualifiedName!~AllocationTests";

    private static int Main(string[] args)
    {
        bool list = args is ["--list", ..];
        string[] rest = list ? args[1..] : args;
        if (rest is not [var what, .. var options] || CommandOf(what, options) is not var (project, command))
        {
            Console.Error.WriteLine(Usage);
            return 2;
        }

        var kernel = Instrumentation.OfKernel();
        var run = RunOfProgram.Of(kernel, project, command, Console.WriteLine);
        int contradicted = Report.Print(kernel.Clauses, run.Evaluations, Console.Out);
        if (list)
            Report.List(kernel.Clauses, run.Evaluations, Console.Out);
        return contradicted == 0 && run.ExitCode == 0 ? 0 : 1;
    }

    private static (string Project, Func<string, IEnumerable<string>> Command)? CommandOf(string what, string[] options) => what switch
    {
        "stress" => ("MmKernel.Stress", program => [program, .. options]),
        "tests" => ("MmKernel.Tests", program => ["vstest", program, $"--TestCaseFilter:{string.Join('&', options.Select(static filter => $"({filter})").Append(Measurements))}"]),
        "interleavings" => ("MmKernel.Interleavings", program => ["vstest", program, $"--TestCaseFilter:{string.Join('&', options.Append("FullyQualifiedName~RaceTests").Select(static filter => $"({filter})"))}"]),
        _ => null,
    };
}
