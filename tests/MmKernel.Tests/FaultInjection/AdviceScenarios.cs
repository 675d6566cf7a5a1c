using System;
using System.Collections.Generic;
using Xunit;
using static MmKernel.Tests.FaultInjection.FaultWorld;
using static MmKernel.Tests.FaultInjection.Scenario;

namespace MmKernel.Tests.FaultInjection;

/// <summary>Advice, merging, swap and pages that change frames.</summary>
internal static class AdviceScenarios
{
    internal static IReadOnlyList<Scenario> All { get; } =
    [
        new("madvise that changes flags", "EAGAIN ENOMEM", world => world.Fill(8), world => Advise(world, Advice.DontFork)),
        new("populate for reading", "ENOMEM EFAULT", world => world.Map(Base, 8), world => Advise(world, Advice.PopulateRead)),
        new("populate for writing", "ENOMEM EFAULT", world => world.Map(Base, 8), world => Advise(world, Advice.PopulateWrite)),
        new("page out", "ok", world => world.Fill(8), world => Advise(world, Advice.PageOut)),
        new("will need", "ok", InSwap, world => Advise(world, Advice.WillNeed)),
        new("guards", "ENOMEM", world => world.Map(Base, 8), world => Advise(world, Advice.GuardInstall)),
        new("ask for merging", "ENOMEM EAGAIN", world => world.Fill(8), world => Advise(world, Advice.Mergeable)),
        new("give up merging", "ENOMEM EAGAIN", Merged, world => Advise(world, Advice.Unmergeable)),
        new("scan for equal pages", "ok", Equal, world => Scan(world)) { Killed = "ok" },
        new("unmerge everything", "ENOMEM", Merged, world => Of(world.Machine.Ksm.UnmergeAll())),
        new("move pages", "ok", world => world.Fill(8), Move) { Killed = "ok" },
        new("swapoff", "ENOMEM", InSwap, world => Of(world.Machine.SwapOff(world.Device))),
    ];

    private static string Advise(FaultWorld world, Advice advice) => Of(world.Process.Madvise(At(2), 4 * PageSize, advice));

    private static void InSwap(FaultWorld world)
    {
        world.Fill(8);
        world.PageOut(8);
    }

    private static void Equal(FaultWorld world)
    {
        world.Map(Base, 8);
        Assert.Equal(0, world.Process.Madvise(Base, 8 * PageSize, Advice.Mergeable));
        for (ulong page = 0; page < 8; page++)
            world.Write(world.Process, At(page), 9 + (page & 1));
    }

    private static void Merged(FaultWorld world)
    {
        Equal(world);
        world.Machine.Ksm.Scan(3);
    }

    private static string Scan(FaultWorld world)
    {
        world.Machine.Ksm.Scan(3);
        return "ok";
    }

    /// <summary>A page for which there is no frame stays where it is.</summary>
    private static string Move(FaultWorld world)
    {
        ulong[] addresses = [At(0), At(3), At(5)];
        int[] status = new int[3];
        return Of(world.Process.MovePages(addresses, MovePagesFlags.Move, status));
    }
}
