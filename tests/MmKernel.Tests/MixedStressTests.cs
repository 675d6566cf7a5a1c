using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Xunit;
using Xunit.Abstractions;

namespace MmKernel.Tests;

/// <summary>Everything at once: private and shared memory, forks, exits, remote access, truncation, reverse-map walks.</summary>
public sealed class MixedStressTests(ITestOutputHelper output)
{
    private const ulong Anonymous = 0x20_0000_0000;
    private const ulong Shared = 0x28_0000_0000;
    private const int Pages = 24;
    private const Prot ReadWrite = Prot.Read | Prot.Write;

    [Fact]
    public void Everything_adds_up_at_quiescent_points()
    {
        int seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        using var machine = new Machine(new MachineOptions { MemoryBytes = 32 << 20 });
        var file = machine.CreateMemoryFile(Pages * Page.Size);
        Process[] processes = [machine.CreateProcess(), machine.CreateProcess()];
        foreach (var process in processes)
        {
            Assert.Equal((long)Anonymous, process.Mmap(Anonymous, Pages * Page.Size, ReadWrite, MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed));
            Assert.Equal((long)Shared, process.Mmap(Shared, Pages * Page.Size, ReadWrite, MapFlags.Shared | MapFlags.Fixed, file.Open(isWritable: true)));
        }

        QuiescentRounds.Run(
            rounds: 5, seed, TimeSpan.FromSeconds(30), (id, random) => Run(processes[id % 2], processes[(id + 1) % 2], file, random), () => Truth.Check(machine, processes, [file]));
    }

    private static void Run(Process process, Process other, MemoryFile file, Random random)
    {
        byte[] word = new byte[8];
        for (int step = 0; step < 1500; step++)
        {
            ulong offset = (ulong)random.Next(Pages) * Page.Size;
            switch (random.Next(24))
            {
                case 0:
                    ForkAndExit(process, random);
                    break;
                case 1:
                    Assert.Equal(0, file.PunchHole(offset, Page.Size));
                    break;
                case 2:
                    Assert.Equal(0, file.Truncate((ulong)random.Next(Pages / 2, Pages + 1) * Page.Size));
                    break;
                case 3:
                    Assert.Equal(8, process.WriteRemote(other, Anonymous + offset, BitConverter.GetBytes(Anonymous + offset)));
                    break;
                case 4:
                    Assert.Equal(8, process.ReadRemote(other, Anonymous + offset, word));
                    Check(word, Anonymous + offset);
                    break;
                case 5:
                    Reference(file, offset >> Page.Shift);
                    break;
                case < 10:
                    Assert.True(process.Write(Anonymous + offset, BitConverter.GetBytes(Anonymous + offset)).IsOk);
                    break;
                case < 14:
                    Assert.True(process.Read(Anonymous + offset, word).IsOk);
                    Check(word, Anonymous + offset);
                    break;
                case < 18:
                    AllowEnd(process.Write(Shared + offset, BitConverter.GetBytes(Shared + offset)));
                    break;
                default:
                    var result = process.Read(Shared + offset, word);
                    AllowEnd(result);
                    if (result.IsOk)
                        Check(word, Shared + offset);
                    break;
            }
        }
    }

    private static void ForkAndExit(Process process, Random random)
    {
        Assert.Equal(0, process.Fork(out var child));
        byte[] word = new byte[8];
        ulong address = Anonymous + ((ulong)random.Next(Pages) * Page.Size);
        Assert.True(child!.Read(address, word).IsOk);
        Check(word, address);
        Assert.True(child.Write(address, BitConverter.GetBytes(address)).IsOk);
        child.Exit();
    }

    private static void Reference(MemoryFile file, ulong index)
    {
        var folio = file.Mapping.Find(index);
        if (folio == null)
            return;
        _ = RmapWalking.FolioReferenced(folio, isLocked: false);
        file.Mapping.Memory.Put(folio);
    }

    /// <summary>A word holds its own address or has not been written: anything else is somebody else's page.</summary>
    private static void Check(byte[] word, ulong address)
    {
        ulong value = BitConverter.ToUInt64(word);
        Assert.True(value == 0 || value == address, $"{value:x} at {address:x}");
    }

    private static void AllowEnd(AccessResult result) => Assert.True(result.IsOk || result.Signal == Signal.SIGBUS);
}
