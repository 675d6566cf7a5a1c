using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Xunit;
using Xunit.Abstractions;

namespace MmKernel.Tests;

/// <summary>Threads that fault, map and unmap in shared address spaces, checked against recomputed truth whenever they pause.</summary>
public sealed class ConcurrencyTests(ITestOutputHelper output)
{
    private const ulong Base = 0x20_0000_0000;
    private const int Slots = 12;
    private const int PagesPerSlot = 40;
    private const MapFlags Fixed = MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed;

    [Theory]
    [InlineData(AnonVmaCheck.Late, true)]
    [InlineData(AnonVmaCheck.Early, true)]
    [InlineData(AnonVmaCheck.Late, false)]
    public void Everything_adds_up_at_quiescent_points(AnonVmaCheck check, bool perVmaLocks)
    {
        int seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        using var machine = new Machine(new MachineOptions
        {
            MemoryBytes = 32 << 20,
            AnonVmaCheck = check,
            PerVmaLocks = perVmaLocks,
        });
        Process[] processes = [machine.CreateProcess(), machine.CreateProcess()];
        long free = machine.Memory.FreeFrames;
        QuiescentRounds.Run(
            rounds: 6, seed, TimeSpan.FromSeconds(30), (id, random) => Run(processes[id % 2], id, random), () => Truth.Check(machine, processes));

        foreach (var process in processes)
            Assert.Equal(0, process.Munmap(0, Page.TaskSize));
        Rcu.Barrier();
        Assert.Equal(free, machine.Memory.FreeFrames);
    }

    /// <summary>
    /// Slots are mapped and unmapped by every thread of the process. A word holds 0, its own address and the writer's number, or nothing is
    /// mapped: anything else would be somebody else's page.
    /// </summary>
    private static void Run(Process process, int id, Random random)
    {
        byte[] word = new byte[8];
        for (int step = 0; step < 3000; step++)
        {
            int slot = random.Next(Slots);
            ulong start = Base + (ulong)(slot * PagesPerSlot * Page.Size);
            ulong address = start + (ulong)(random.Next(PagesPerSlot) * Page.Size) + (ulong)(random.Next(512) * 8);
            switch (random.Next(20))
            {
                case 0:
                    Assert.Equal((long)start, process.Mmap(start, PagesPerSlot * Page.Size, Prot.Read | Prot.Write, Fixed));
                    break;
                case 1:
                    Assert.Equal(0, process.Munmap(start, (ulong)random.Next(1, PagesPerSlot + 1) * Page.Size));
                    break;
                case < 10:
                    Allow(process.Write(address, BitConverter.GetBytes(address | (uint)id)), address);
                    break;
                default:
                    var result = process.Read(address, word);
                    Allow(result, address);
                    ulong value = result.IsOk ? BitConverter.ToUInt64(word) : 0;
                    Assert.True(value == 0 || (value & ~7UL) == address, $"{value:x} at {address:x}");
                    break;
            }
        }
    }

    private static void Allow(AccessResult result, ulong address)
    {
        if (!result.IsOk)
            Assert.Equal(new AccessResult(Signal.SIGSEGV, SignalCode.SEGV_MAPERR, address), result);
    }
}
