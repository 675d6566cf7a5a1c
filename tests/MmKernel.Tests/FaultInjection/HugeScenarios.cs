using System;
using System.Collections.Generic;
using Xunit;
using static MmKernel.Tests.FaultInjection.FaultWorld;
using static MmKernel.Tests.FaultInjection.Scenario;

namespace MmKernel.Tests.FaultInjection;

/// <summary>Huge pages: who gets none does with single ones.</summary>
internal static class HugeScenarios
{
    private const ulong Pages = HugePages.PageCount;

    internal static IReadOnlyList<Scenario> All { get; } =
    [
        Huge("huge read", "ok SIGKILL", world => world.Map(Base, Pages), world => Of(world.Process.Read(Base, new byte[8]))),
        Huge("huge write", "ok SIGKILL", world => world.Map(Base, Pages), world => Write(world)),
        Huge("write to the huge zero page", "ok SIGKILL", world =>
        {
            world.Map(Base, Pages);
            Assert.True(world.Process.Read(Base, new byte[8]).IsOk);
        }, Write),
        Huge("write to a shared huge page", "ok SIGKILL", world =>
        {
            One(world);
            world.Fork();
        }, Write) with { MayLose = true },
        Huge("fork with a huge page", "ENOMEM", One, world =>
        {
            long result = world.Process.Fork(out var child);
            if (child != null)
                world.Processes.Add(child);
            return Of(result);
        }) with { Killed = "EINTR" },
        Huge("move of a huge page", "ENOMEM ok", One,
            world => Of(world.Process.Mremap(Base, HugePages.Size, HugePages.Size, RemapFlags.MayMove | RemapFlags.Fixed, Elsewhere))) with
        {
            Killed = "EINTR", MayLose = true, Repeated = "ok EFAULT",
        },
        Huge("page out of a part of a huge page", "ok", One, world => Of(world.Process.Madvise(Base, Page.Size, Advice.PageOut))) with { Killed = "EINTR ok" },
        new("collapse", "ENOMEM EAGAIN", Singles, world => Of(world.Process.Madvise(Base, HugePages.Size, Advice.Collapse))) { Huge = HugePageMode.Madvise, Killed = "EINTR EAGAIN ok" },
    ];

    private static Scenario Huge(string name, string memory, Action<FaultWorld> prepare, Func<FaultWorld, string> act) =>
        new(name, memory, prepare, act) { Huge = HugePageMode.Always, Killed = "SIGKILL" };

    private static void One(FaultWorld world)
    {
        world.Map(Base, Pages);
        world.Write(world.Process, Base, 7);
        world.Write(world.Process, At(300), 8);
    }

    private static void Singles(FaultWorld world)
    {
        world.Map(Base, Pages);
        for (ulong page = 0; page < 8; page++)
            world.Write(world.Process, At(page), 40 + page);
    }

    private static string Write(FaultWorld world) => Of(world.Process.Write(At(1), BitConverter.GetBytes(5UL)));
}
