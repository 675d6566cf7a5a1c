using System;
using System.Collections.Generic;
using Xunit;
using static MmKernel.Tests.FaultInjection.FaultWorld;
using static MmKernel.Tests.FaultInjection.Scenario;

namespace MmKernel.Tests.FaultInjection;

/// <summary>fork, of all that a process may have.</summary>
internal static class ProcessScenarios
{
    internal static IReadOnlyList<Scenario> All { get; } =
    [
        new("fork", "ENOMEM", FillTwo, Fork),
        new("fork of a child", "ENOMEM", world =>
        {
            FillTwo(world);
            world.Fork();
        }, world => Fork(world, world.Processes[^1])),
        new("fork with pages in swap", "ENOMEM", world =>
        {
            FillTwo(world);
            world.PageOut(4);
        }, Fork),
        new("fork with merged pages", "ENOMEM ok", Merged, Fork),
        new("fork with a file", "ENOMEM", world =>
        {
            world.Map(Base, 4, flags: MapFlags.Private | MapFlags.Fixed, file: world.CreateFile(4).Open(isWritable: true));
            world.Write(world.Process, Base, 3);
        }, Fork),
        new("fork with registered memory", "ENOMEM", world =>
        {
            world.Fill(4);
            world.Register(UffdRegisterMode.WriteProtect, 0, 4);
            Assert.Equal(0, world.Process.UffdWriteProtect(world.Userfaultfd, Base, 4 * PageSize, UffdProtectMode.WriteProtect));
        }, Fork),
    ];

    private static void FillTwo(FaultWorld world)
    {
        world.Fill(4);
        world.Map(Elsewhere, 4, Prot.Read);
        world.Map(Elsewhere + (8 * PageSize), 4);
        world.Write(world.Process, Elsewhere + (8 * PageSize), 6);
    }

    private static void Merged(FaultWorld world)
    {
        world.Map(Base, 4);
        Assert.Equal(0, world.Process.Madvise(Base, 4 * PageSize, Advice.Mergeable));
        for (ulong page = 0; page < 4; page++)
            world.Write(world.Process, At(page), 9);
        world.Machine.Ksm.Scan(3);
    }

    private static string Fork(FaultWorld world) => Fork(world, world.Process);

    private static string Fork(FaultWorld world, Process parent)
    {
        long result = parent.Fork(out var child);
        Assert.Equal(result == 0, child != null);
        if (child != null)
            world.Processes.Add(child);

        // The scan finds the child's merged pages.
        if (child != null && world.Process.Mm.IsMergeable)
        {
            Task.Current.FaultInjector = null;
            Assert.Equal(0, child.Madvise(Base, 4 * PageSize, Advice.Mergeable));
            world.Machine.Ksm.Scan(3);
        }

        return Of(result);
    }
}
