using System;
using System.Diagnostics;
using System.Linq;

namespace MmLint.Check;

/// <summary>Runs the SDK that runs us.</summary>
internal static class DotNet
{
    /// <summary>Runs a command that must succeed.</summary>
    public static void Run(string folder, params string[] arguments)
    {
        var (exitCode, output) = TryRun(folder, arguments);
        if (exitCode != 0)
            throw new InvalidOperationException($"dotnet {string.Join(' ', arguments)} in {folder} ended with {exitCode}:{Environment.NewLine}{output}");
    }

    /// <summary>Runs a command that may fail.</summary>
    /// <returns>The exit code and all that was printed.</returns>
    public static (int ExitCode, string Output) TryRun(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // What a build or test run above us tells its own processes would lead the inner one astray.
        foreach (string name in start.Environment.Keys.Where(k => k.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
            start.Environment.Remove(name);

        // Servers outlive the command and keep analyzers loaded that are about to be built anew.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["UseSharedCompilation"] = "false";
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";

        using var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet does not start");
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.GetAwaiter().GetResult());
    }
}
