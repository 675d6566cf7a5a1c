using System.Collections.Generic;
using Xunit;
using static MmKernel.Tests.FaultInjection.FaultWorld;
using static MmKernel.Tests.FaultInjection.Scenario;

namespace MmKernel.Tests.FaultInjection;

/// <summary>Calls that change mappings.</summary>
internal static class MappingScenarios
{
    // With the pages at their new place, it does not matter whether there is memory to cut the old one out: then it stays, empty.
    private const string MovedOrNot = "ENOMEM ok";

    internal static IReadOnlyList<Scenario> All { get; } =
    [
        new("mmap", "ENOMEM", _ => { }, world => Of(world.Process.Mmap(Base, 4 * PageSize, ReadWrite, Fixed))),
        new("mmap beside a neighbour", "ENOMEM ok", world => world.Fill(2), world => Of(world.Process.Mmap(At(2), 2 * PageSize, ReadWrite, Fixed))),
        new("mmap between neighbours", "ENOMEM ok", FillAround, world => Of(world.Process.Mmap(At(2), 2 * PageSize, ReadWrite, Fixed))),
        new("mmap over the middle", "ENOMEM ok", world => world.Fill(8), world => Of(world.Process.Mmap(At(2), 2 * PageSize, Prot.Read, Fixed))) { MayLose = true },
        new("mmap shared", "ENOMEM", _ => { }, world => Of(world.Process.Mmap(Base, 4 * PageSize, ReadWrite, MapFlags.Shared | MapFlags.Anonymous | MapFlags.Fixed))),
        new("mmap of a file", "ENOMEM", _ => { }, world => Of(world.Process.Mmap(Base, 4 * PageSize, ReadWrite, MapFlags.Shared | MapFlags.Fixed, world.CreateFile(4).Open(isWritable: true)))),
        new("mmap populated", "ENOMEM ok", _ => { }, world => Of(world.Process.Mmap(Base, 4 * PageSize, ReadWrite, Fixed | MapFlags.Populate))) { Killed = "EINTR ok" },
        new("munmap of the middle", "ENOMEM", world => world.Fill(8), world => Of(world.Process.Munmap(At(2), 2 * PageSize))) { MayLose = true },
        new("munmap of several", "ENOMEM", FillAround, world => Of(world.Process.Munmap(At(1), 4 * PageSize))) { MayLose = true },
        new("mprotect of the middle", "ENOMEM", world => world.Fill(8), world => Of(world.Process.Mprotect(At(2), 2 * PageSize, Prot.Read))),
        new("mprotect that joins three", "ENOMEM", ProtectMiddle, world => Of(world.Process.Mprotect(At(2), 2 * PageSize, ReadWrite))),
        new("mprotect that gives to the neighbour", "ENOMEM", ProtectFirst, world => Of(world.Process.Mprotect(At(2), PageSize, Prot.Read))),
        new("mremap that grows", "ENOMEM", world => world.Fill(4), world => Of(world.Process.Mremap(Base, 4 * PageSize, 8 * PageSize, RemapFlags.None))),
        new("mremap that moves", MovedOrNot, world => world.Fill(4), world => Of(world.Process.Mremap(At(1), 2 * PageSize, 2 * PageSize, RemapFlags.MayMove | RemapFlags.Fixed, Elsewhere)))
        {
            MayLose = true, Repeated = "ok EFAULT",
        },
        new("mremap that moves onto others", MovedOrNot, FillBoth, world => Of(world.Process.Mremap(At(1), 2 * PageSize, 2 * PageSize, RemapFlags.MayMove | RemapFlags.Fixed, Elsewhere + PageSize)))
        {
            MayLose = true, Repeated = "ok EFAULT",
        },
        new("mremap that keeps the source", "ENOMEM", world => world.Fill(4), world => Of(world.Process.Mremap(Base, 4 * PageSize, 4 * PageSize, RemapFlags.MayMove | RemapFlags.DontUnmap, 0))) { MayLose = true },
        new("mremap of merged pages", MovedOrNot, Merge, world => Of(world.Process.Mremap(Base, 4 * PageSize, 4 * PageSize, RemapFlags.MayMove | RemapFlags.Fixed, Elsewhere)))
        {
            MayLose = true, Repeated = "ok EFAULT",
        },
        new("brk that grows", "refused ok", SetBreak, world => Break(world, 4)) { Killed = "EINTR" },
        new("brk that shrinks", "refused", SetBreak, world => Break(world, 1)),
        new("mlock of the middle", "ENOMEM EAGAIN ok", world => world.Map(Base, 8), world => Of(world.Process.Mlock(At(2), 2 * PageSize))) { Killed = "EINTR ok" },
        new("munlock of the middle", "ENOMEM", Lock, world => Of(world.Process.Munlock(At(2), 2 * PageSize))),
        new("mlockall", "ok", world => world.Map(Base, 8), world => Of(world.Process.MlockAll(MlockAllFlags.Current))) { Killed = "EINTR ok" },
        new("mseal of the middle", "ENOMEM", world => world.Fill(8), world => Of(world.Process.Mseal(At(2), 2 * PageSize))),
    ];

    private static void FillAround(FaultWorld world)
    {
        world.Fill(2);
        world.Fill(2, first: 4);
    }

    private static void FillBoth(FaultWorld world)
    {
        world.Fill(4);
        world.Map(Elsewhere, 4);
        Assert.True(world.Process.Write(Elsewhere + PageSize, new byte[] { 7 }).IsOk);
        world.Write(world.Process, Elsewhere + (3 * PageSize), 8);
    }

    /// <summary>Three VMAs, of which the first has no pages, so that it must take over the anon_vma of the others.</summary>
    private static void ProtectMiddle(FaultWorld world)
    {
        world.Map(Base, 6);
        Assert.Equal(0, world.Process.Mprotect(At(2), 2 * PageSize, Prot.Read));
        world.Write(world.Process, At(4), 44);
    }

    private static void ProtectFirst(FaultWorld world)
    {
        world.Map(Base, 6);
        Assert.Equal(0, world.Process.Mprotect(Base, 2 * PageSize, Prot.Read));
        world.Write(world.Process, At(3), 33);
    }

    private static void Merge(FaultWorld world)
    {
        world.Map(Base, 4);
        Assert.Equal(0, world.Process.Madvise(Base, 4 * PageSize, Advice.Mergeable));
        for (ulong page = 0; page < 4; page++)
            world.Write(world.Process, At(page), 9);
        world.Machine.Ksm.Scan(3);
    }

    private static void Lock(FaultWorld world)
    {
        world.Fill(8);
        Assert.Equal(0, world.Process.Mlock(Base, 8 * PageSize));
    }

    private static void SetBreak(FaultWorld world)
    {
        Assert.Equal(0, world.Process.SetStartBreak(Elsewhere));
        Assert.Equal((long)(world.Process.Mm.StartBreak + (2 * PageSize)), world.Process.Brk(world.Process.Mm.StartBreak + (2 * PageSize)));
        world.Write(world.Process, world.Process.Mm.StartBreak, 5);
    }

    private static string Break(FaultWorld world, ulong pages)
    {
        long wanted = (long)(world.Process.Mm.StartBreak + (pages * PageSize));
        long result = world.Process.Brk((ulong)wanted);
        return result == wanted ? "ok" : result < 0 ? Of(result) : "refused";
    }
}
