using System;
using System.Collections.Generic;
using Xunit;

namespace MmKernel.Stress;

/// <summary>Userfaultfds come and go, and what they handle is changed by them and behind their back.</summary>
internal static class UserfaultOperations
{
    // Of the features that change what happens, each userfaultfd gets some.
    private static readonly UffdFeatures[] s_features =
    [
        UffdFeatures.None,
        UffdFeatures.EventFork | UffdFeatures.EventRemap | UffdFeatures.EventRemove | UffdFeatures.EventUnmap,
        UffdFeatures.EventFork | UffdFeatures.WpUnpopulated,
        UffdFeatures.WpAsync | UffdFeatures.EventRemap,
        UffdFeatures.Sigbus | UffdFeatures.EventUnmap,
    ];

    internal static IReadOnlyList<Operation> All { get; } =
    [
        new("open userfaultfd", 3, thread => thread.InSome(process => Open(thread, process))),
        new("close userfaultfd", 1, thread => thread.InSome(process => process.Userfault.Close(thread.World.Observer))),
        new("register", 6, thread => WithUserfault(thread, (process, userfaultfd) => Register(thread, process, userfaultfd))),
        new("unregister", 2, thread => WithUserfault(thread, (process, userfaultfd) => Allow(process.UffdUnregister(userfaultfd, Part(thread, out ulong length), length)))),
        new("uffd write-protect", 10, thread => WithUserfault(thread, (process, userfaultfd) => Protect(thread, process, userfaultfd))),
        new("uffd move", 20, thread => WithUserfault(thread, (process, userfaultfd) => Move(thread, process, userfaultfd))),
        new("uffd move huge", 6, thread => WithUserfault(thread, (process, userfaultfd) => MoveHuge(thread, process, userfaultfd))),
        new("uffd fill", 8, thread => WithUserfault(thread, (_, userfaultfd) => Allow(thread.World.Handlers.Fill(userfaultfd, Part(thread, out ulong _), thread.Random)))),
        new("map served", 2, thread => thread.InSome(process => Map(thread, process.Process))),
        new("unmap served", 1, thread => thread.InSome(process => Allow(process.Process.Munmap(Part(thread, out ulong length), length)))),
        new("discard served", 8, thread => thread.InSome(process => Allow(process.Process.Madvise(Part(thread, out ulong length), length, Advice.DontNeed)))),
        new("discard watched", 4, thread => thread.InSome(process => Allow(process.Process.Madvise(Area.Watched.Start, Area.Watched.Length, Advice.DontNeed)))),
        new("remap served", 2, thread => thread.InSome(process => Remap(thread, process.Process))),
        new("remote read of served", 4, RemoteRead),
    ];

    /// <summary>What such calls may fail with while others change everything: nothing mapped or registered, busy, changing, short of memory.</summary>
    internal static void Allow(long result) => Assert.True(
        result >= 0
            || (Errno)(-result) is Errno.ENOENT or Errno.EEXIST or Errno.EINVAL or Errno.EBUSY or Errno.EAGAIN or Errno.EFAULT or Errno.ENOMEM or Errno.ESRCH,
        $"unexpected result {result}");

    private static void WithUserfault(StressThread thread, Action<Process, Userfaultfd> action) =>
        thread.InSome(process => process.Userfault.Use(thread.World.Observer, userfaultfd => action(process.Process, userfaultfd)));

    private static void Open(StressThread thread, StressProcess process)
    {
        var userfaultfd = process.Process.CreateUserfaultfd();
        Assert.Equal(0, process.Process.UffdApi(userfaultfd, s_features[thread.Random.Next(s_features.Length)], out _));
        if (!process.Userfault.TryOpen(userfaultfd))
            return;
        thread.World.Handlers.Start(userfaultfd);
        process.Userfault.Use(thread.World.Observer, open =>
        {
            if (open != userfaultfd)
                return;
            foreach (ulong place in (ReadOnlySpan<ulong>)[0, Area.MovedBy])
                Allow(process.Process.UffdRegister(open, Area.Served.Start + place, Area.Served.Length, UffdRegisterMode.Missing | UffdRegisterMode.WriteProtect));
            Allow(process.Process.UffdRegister(open, Area.Watched.Start, Area.Watched.Length, UffdRegisterMode.Minor));
        });
    }

    private static void Register(StressThread thread, Process process, Userfaultfd userfaultfd)
    {
        if (thread.Random.Next(4) == 0)
        {
            var mode = thread.Random.Next(2) == 0 ? UffdRegisterMode.Minor : UffdRegisterMode.Minor | UffdRegisterMode.WriteProtect;
            Allow(process.UffdRegister(userfaultfd, Area.Watched.Start, Area.Watched.Length, mode));
            return;
        }

        UffdRegisterMode[] modes = [UffdRegisterMode.Missing, UffdRegisterMode.WriteProtect, UffdRegisterMode.Missing | UffdRegisterMode.WriteProtect];
        Allow(process.UffdRegister(userfaultfd, Part(thread, out ulong length), length, modes[thread.Random.Next(modes.Length)]));
    }

    private static void Protect(StressThread thread, Process process, Userfaultfd userfaultfd)
    {
        var mode = thread.Random.Next(3) == 0 ? UffdProtectMode.None : UffdProtectMode.WriteProtect;
        ulong start = thread.Random.Next(4) == 0 ? Area.Watched.Start : Part(thread, out _);
        Allow(process.UffdWriteProtect(userfaultfd, start, Page.Size * (ulong)thread.Random.Next(1, 4), mode));
    }

    private static void Move(StressThread thread, Process process, Userfaultfd userfaultfd)
    {
        ulong from = Part(thread, out ulong length);
        ulong to = from >= Area.Served.Start + Area.MovedBy ? from - Area.MovedBy : from + Area.MovedBy;
        Allow(process.UffdMove(userfaultfd, to, from, length, thread.Random.Next(2) == 0 ? UffdMoveMode.None : UffdMoveMode.AllowSourceHoles, out _));
    }

    /// <summary>Moves a huge page of the area, or what is left of one, away or back.</summary>
    private static void MoveHuge(StressThread thread, Process process, Userfaultfd userfaultfd)
    {
        ulong here = Area.Huge.Start;
        ulong there = here + Area.HugeMovedBy;
        if (thread.Random.Next(4) == 0)
        {
            long result = process.Mmap(there, HugePages.Size, Area.ReadWrite, MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed);
            Assert.True(result == (long)there || result == -(long)Errno.ENOMEM, $"mmap: {result}");
            Allow(process.UffdRegister(userfaultfd, here, HugePages.Size, UffdRegisterMode.WriteProtect));
            Allow(process.UffdRegister(userfaultfd, there, HugePages.Size, UffdRegisterMode.WriteProtect));
        }

        var (from, to) = thread.Random.Next(2) == 0 ? (here, there) : (there, here);
        Allow(process.Madvise(to, HugePages.Size, Advice.DontNeed));
        Allow(process.UffdMove(userfaultfd, to, from, HugePages.Size, UffdMoveMode.AllowSourceHoles, out _));
    }

    private static void Map(StressThread thread, Process process)
    {
        ulong start = Part(thread, out ulong length);
        long result = process.Mmap(start, length, Area.ReadWrite, MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed);
        Assert.True(result == (long)start || result == -(long)Errno.ENOMEM, $"mmap: {result}");
    }

    private static void Remap(StressThread thread, Process process)
    {
        ulong from = Part(thread, out ulong length);
        ulong to = from >= Area.Served.Start + Area.MovedBy ? from - Area.MovedBy : from + Area.MovedBy;
        Allow(process.Mremap(from, length, length, RemapFlags.MayMove | RemapFlags.Fixed, to));
    }

    /// <summary>A reader from outside waits for the handler like everybody else.</summary>
    private static void RemoteRead(StressThread thread)
    {
        var target = thread.World.Peek(thread.AnySlot());
        ulong offset = thread.AnyOffset();
        ulong address = Area.Served.Start + AccessOperations.EitherPlace(thread) + offset;
        if (ProcessOperations.AllowRemote(thread.World.Observer.ReadRemote(target.Process, address, thread.Word)))
            Area.Served.Check(BitConverter.ToUInt64(thread.Word), offset, target);
    }

    /// <summary>Some pages of the served area, in either place.</summary>
    private static ulong Part(StressThread thread, out ulong length)
    {
        ulong page = (ulong)thread.Random.Next((int)Area.Pages);
        length = (ulong)thread.Random.Next(1, Math.Min(8, (int)(Area.Pages - page)) + 1) * Page.Size;
        return Area.Served.Start + AccessOperations.EitherPlace(thread) + (page * Page.Size);
    }
}
