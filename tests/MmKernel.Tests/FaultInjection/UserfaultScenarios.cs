using System;
using System.Collections.Generic;
using Xunit;
using static MmKernel.Tests.FaultInjection.FaultWorld;
using static MmKernel.Tests.FaultInjection.Scenario;

namespace MmKernel.Tests.FaultInjection;

/// <summary>Calls on a userfaultfd; EAGAIN says that a part was done.</summary>
internal static class UserfaultScenarios
{
    internal static IReadOnlyList<Scenario> All { get; } =
    [
        new("register the middle", "ENOMEM", Open, world => Of(world.Process.UffdRegister(world.Userfaultfd, At(2), 2 * PageSize, UffdRegisterMode.Missing))),
        new("unregister the middle", "ENOMEM", world => Missing(world), world => Of(world.Process.UffdUnregister(world.Userfaultfd, At(2), 2 * PageSize))),
        new("close with neighbours that fit", "ok SIGKILL", world =>
        {
            world.Map(Base, 8);
            world.Write(world.Process, At(5), 5);
            world.Register(UffdRegisterMode.Missing, 2, 2);
        }, world =>
        {
            world.Process.UffdClose(world.Userfaultfd);
            return Of(world.Process.Read(At(2), new byte[8]));
        }) { Killed = "SIGKILL" },
        new("uffd copy", "ENOMEM EAGAIN", Missing, world => Of(world.Process.UffdCopy(world.Userfaultfd, Base, Elsewhere, 2 * PageSize, UffdFillMode.None, out _))) { Repeated = "ok EEXIST" },
        new("uffd zeropage", "ENOMEM EAGAIN", Missing, world => Of(world.Process.UffdZeropage(world.Userfaultfd, Base, 2 * PageSize, UffdFillMode.None, out _))) { Repeated = "ok EEXIST" },
        new("uffd poison", "ENOMEM EAGAIN", Missing, world => Of(world.Process.UffdPoison(world.Userfaultfd, Base, 2 * PageSize, UffdFillMode.None, out _))) { Repeated = "ok EEXIST" },
        new("uffd continue", "ENOMEM EFAULT", Minor, world => Of(world.Process.UffdContinue(world.Userfaultfd, Base, 2 * PageSize, UffdFillMode.None, out _))) { Repeated = "ok EEXIST" },
        new("uffd write-protect", "ENOMEM", world => Open(world, UffdRegisterMode.WriteProtect, UffdFeatures.WpUnpopulated),
            world => Of(world.Process.UffdWriteProtect(world.Userfaultfd, Base, 4 * PageSize, UffdProtectMode.WriteProtect))),
        new("uffd move", "ENOMEM", Missing, Move) { MayLose = true, Repeated = "ok EEXIST ENOENT" },
        new("uffd move of pages in swap", "ENOMEM EFAULT EAGAIN", world =>
        {
            Missing(world);
            Assert.Equal(0, world.Process.Madvise(Elsewhere, 4 * PageSize, Advice.PageOut));
        }, Move)
        {
            MayLose = true, Repeated = "ok EEXIST ENOENT", Killed = "EINTR EFAULT",
        },
    ];

    private static void Open(FaultWorld world) => Open(world, UffdRegisterMode.WriteProtect, UffdFeatures.None);

    private static void Open(FaultWorld world, UffdRegisterMode mode, UffdFeatures features)
    {
        world.Map(Base, 8);
        world.Map(Elsewhere, 4);
        for (ulong page = 0; page < 4; page++)
            world.Write(world.Process, Elsewhere + (page * PageSize), 50 + page);
        world.Register(mode, 0, 8, features);
    }

    private static void Missing(FaultWorld world) => Open(world, UffdRegisterMode.Missing, UffdFeatures.None);

    private static void Minor(FaultWorld world)
    {
        var file = world.CreateFile(8);
        Assert.Equal(8 * Page.Size, file.Write(0, new byte[8 * Page.Size]));
        world.Map(Base, 8, flags: MapFlags.Shared | MapFlags.Fixed, file: file.Open(isWritable: true));
        world.Register(UffdRegisterMode.Minor, 0, 8);
    }

    private static string Move(FaultWorld world) => Of(world.Process.UffdMove(world.Userfaultfd, Base, Elsewhere, 2 * PageSize, UffdMoveMode.None, out _));
}
