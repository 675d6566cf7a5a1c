using System.Collections.Generic;
using System.Linq;
using System.Text;
using Xunit;

namespace MmKernel.Tests.Host;

/// <summary>Runs calls on both kernels and compares every result and the maps at the end.</summary>
internal static class Agreement
{
    /// <summary>Fails with the calls and results up to the first that differ.</summary>
    internal static void Check(string what, IReadOnlyList<HostCall> calls)
    {
        var (expected, maps) = HostProgram.Run(calls);
        using var guest = new GuestProcess();
        var log = new StringBuilder();
        for (int i = 0; i < calls.Count; i++)
        {
            string host = calls[i].Show(expected[i]);
            string ours = calls[i].Show(guest.Run(calls[i]));
            log.Append('\n').Append(calls[i]).Append(" = ").Append(host);
            Assert.True(host == ours, $"{what}, call {i}: {ours} here, on the host: {log}");
        }

        string[] hostLines = GuestProcess.LinesInWindow(maps);
        string[] ourLines = GuestProcess.LinesInWindow(guest.Process.MapsText());
        Assert.True(
            hostLines.SequenceEqual(ourLines),
            $"{what}: maps differ, on the host:\n{string.Join('\n', hostLines)}\nhere:\n{string.Join('\n', ourLines)}\nafter: {log}");
        Truth.Check(guest.Machine, [guest.Process], guest.Files);
    }
}
