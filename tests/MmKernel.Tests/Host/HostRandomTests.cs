using System;
using System.Collections.Generic;
using Xunit.Abstractions;

namespace MmKernel.Tests.Host;

/// <summary>Random calls with boundary values as arguments: every result and the maps at the end are those of the host.</summary>
public sealed class HostRandomTests(ITestOutputHelper output)
{
    private const ulong P = Page.Size;
    private const int CallsPerProgram = 300;
    private const int Programs = 6;

    [HostFact]
    public void Random_calls_with_boundary_values()
    {
        int seed = Chosen("MMKERNEL_SEED") ?? Environment.TickCount & 0xffffff;
        int programs = Chosen("MMKERNEL_PROGRAMS") ?? Programs;
        output.WriteLine($"seeds {seed} to {seed + programs - 1}; MMKERNEL_SEED chooses the first, MMKERNEL_PROGRAMS how many");
        for (int i = 0; i < programs; i++)
            Agreement.Check($"seed {seed + i}", Program(new Random(seed + i)));
    }

    private static int? Chosen(string variable) => int.TryParse(Environment.GetEnvironmentVariable(variable), out int value) ? value : null;

    private static List<HostCall> Program(Random random)
    {
        List<HostCall> calls =
        [
            HostCall.SetLimit(8, (ulong)random.Next(0, 40) * P),
            HostCall.SetLimit(9, random.Next(2) == 0 ? ulong.MaxValue : (HostProgram.Pages + 80) * P),
            HostCall.SetLimit(2, random.Next(2) == 0 ? ulong.MaxValue : (HostProgram.Pages + 50) * P),
            new(CallNumber.Setresuid, 65534, 65534, 65534),
            HostCall.Of(CallNumber.MemfdCreate, HostProgram.Zeros, 2),
            HostCall.Of(CallNumber.Ftruncate, 3, 16 * P),
            HostCall.Of(CallNumber.MemfdCreate, HostProgram.Zeros, 2),

            // Read and written through, and never cut: Linux 6.18 lets a file grow by a write that fails.
            HostCall.Of(CallNumber.MemfdCreate, HostProgram.Zeros, 2),
            HostCall.Of(CallNumber.Ftruncate, 5, 16 * P),
        ];
        while (calls.Count < CallsPerProgram)
            calls.Add(RandomCalls.Next(random));
        return calls;
    }
}
