using System;
using System.Collections.Generic;
using Xunit;
using static MmKernel.Tests.FaultInjection.FaultWorld;
using static MmKernel.Tests.FaultInjection.Scenario;

namespace MmKernel.Tests.FaultInjection;

/// <summary>Faults of each kind. Who gets no memory for a fault is killed.</summary>
internal static class FaultScenarios
{
    private const MapFlags Stack = Fixed | MapFlags.GrowsDown;

    internal static IReadOnlyList<Scenario> All { get; } =
    [
        new("read of anonymous memory", "SIGKILL", world => world.Map(Base, 4), world => Read(world.Process)) { Killed = "SIGKILL" },
        new("first write", "SIGKILL", world => world.Map(Base, 4), world => Write(world.Process)) { Killed = "SIGKILL" },
        new("write to the zero page", "SIGKILL", ReadFirst, world => Write(world.Process)) { Killed = "SIGKILL" },
        new("write after a fork", "SIGKILL", Forked, world => Write(world.Process)) { Killed = "SIGKILL" },
        new("read of a file", "SIGKILL ok", world => MapFile(world, MapFlags.Shared), world => Read(world.Process)) { Killed = "SIGKILL" },
        new("write to a shared file", "SIGKILL ok", world => MapFile(world, MapFlags.Shared), world => Write(world.Process)) { Killed = "SIGKILL" },
        new("write to a private file", "SIGKILL ok", world => MapFile(world, MapFlags.Private), world => Write(world.Process)) { Killed = "SIGKILL" },
        new("read of a page in swap", "SIGKILL", InSwap, world => Read(world.Process)) { Killed = "SIGKILL" },
        new("write to a page in swap", "SIGKILL", InSwap, world => Write(world.Process)) { Killed = "SIGKILL" },
        new("write to a shared page in swap", "SIGKILL", SharedInSwap, world => Write(world.Process)) { Killed = "SIGKILL" },
        new("write to a merged page", "SIGKILL", Merged, world => Write(world.Process)) { Killed = "SIGKILL" },
        new("growth of a stack", "SIGKILL SIGSEGV", world => world.Map(At(4), 1, flags: Stack), world => Write(world.Process)) { Killed = "SIGKILL SIGSEGV" },
        new("remote read", "ENOMEM", OtherInSwap, world => Remote(world, isWrite: false)),
        new("remote write", "ENOMEM", OtherForked, world => Remote(world, isWrite: true)),
        new("pin of pages to write", "ENOMEM ok", Forked, Pin) { Killed = "EINTR ok" },
        new("pin of missing pages", "ENOMEM ok", world => world.Map(Base, 4), Pin) { Killed = "EINTR ok" },
        new("write to a file", "ENOSPC ENOMEM ok", _ => { }, world => WriteFile(world)),
    ];

    private static string Read(Process process) => Of(process.Read(Base, new byte[8]));

    private static string Write(Process process) => Of(process.Write(Base + 8, BitConverter.GetBytes(5UL)));

    private static void ReadFirst(FaultWorld world)
    {
        world.Map(Base, 4);
        Assert.Equal("ok", Read(world.Process));
    }

    private static void Forked(FaultWorld world)
    {
        world.Fill(4);
        world.Fork();
    }

    private static void MapFile(FaultWorld world, MapFlags sharing) => world.Map(Base, 8, flags: sharing | MapFlags.Fixed, file: world.CreateFile(8).Open(isWritable: true));

    private static void InSwap(FaultWorld world)
    {
        world.Fill(4);
        world.PageOut(4);
        Assert.Equal(4, world.Device.UsedSlots);
    }

    private static void SharedInSwap(FaultWorld world)
    {
        Forked(world);
        foreach (var process in world.Processes)
            Assert.Equal(0, process.Madvise(Base, 4 * PageSize, Advice.PageOut));
    }

    private static void Merged(FaultWorld world)
    {
        world.Map(Base, 4);
        Assert.Equal(0, world.Process.Madvise(Base, 4 * PageSize, Advice.Mergeable));
        for (ulong page = 0; page < 4; page++)
            world.Write(world.Process, At(page), 9);
        world.Machine.Ksm.Scan(3);
    }

    private static void OtherForked(FaultWorld world)
    {
        Forked(world);
        world.Processes.Add(world.Machine.CreateProcess());
    }

    private static void OtherInSwap(FaultWorld world)
    {
        InSwap(world);
        world.Processes.Add(world.Machine.CreateProcess());
    }

    private static string Remote(FaultWorld world, bool isWrite)
    {
        byte[] bytes = BitConverter.GetBytes(5UL);
        return Of(isWrite ? world.Processes[^1].WriteRemote(world.Process, Base + 8, bytes) : world.Processes[^1].ReadRemote(world.Process, Base, bytes));
    }

    private static string Pin(FaultWorld world)
    {
        long result = world.Process.PinPages(Base, 4, PinFlags.Write | PinFlags.LongTerm, out var pages);
        pages?.Dispose();
        return Of(result);
    }

    private static string WriteFile(FaultWorld world) => Of(world.CreateFile(4).Write(0, new byte[2 * Page.Size]));
}
