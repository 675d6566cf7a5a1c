using System;
using System.Diagnostics;
using System.IO;
using System.Reflection;
using Xunit;
using Xunit.Abstractions;

namespace MmKernel.Interleavings;

/// <summary>A short run of the stress program, as it is started by hand.</summary>
public sealed class StressTests(ITestOutputHelper output)
{
    [Fact]
    public void The_stress_program_finds_nothing_in_a_short_run()
    {
        string configuration = typeof(StressTests).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;
        string program = Path.Combine(Repository.Root, "tests", "MmKernel.Stress", "bin", configuration, "net10.0", "MmKernel.Stress.dll");
        var start = new ProcessStartInfo("dotnet", [program, "--seconds", "10", "--seed", $"{Environment.TickCount}"]) { RedirectStandardOutput = true };
        using var process = System.Diagnostics.Process.Start(start)!;
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        output.WriteLine(text);
        Assert.Equal(0, process.ExitCode);
        Assert.Contains("validator on", text);
    }
}
