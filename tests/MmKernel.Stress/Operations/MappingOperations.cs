using System.Collections.Generic;
using Xunit;

namespace MmKernel.Stress;

/// <summary>System calls that change mappings.</summary>
internal static class MappingOperations
{
    // What the area that changes in parts is told; its pages may be missing or forbidden at any time.
    private static readonly Advice[] s_advice =
    [
        Advice.DontNeed, Advice.PopulateRead, Advice.PopulateWrite, Advice.Random, Advice.Normal, Advice.DontFork, Advice.DoFork, Advice.WipeOnFork, Advice.KeepOnFork,
        Advice.GuardInstall, Advice.GuardRemove, Advice.DontNeedLocked, Advice.Mergeable, Advice.Unmergeable,
    ];

    // What changes where pages are, or gives up contents, which then read as zeros.
    private static readonly Advice[] s_used = [Advice.PageOut, Advice.PageOut, Advice.PageOut, Advice.Cold, Advice.Free, Advice.WillNeed];

    internal static IReadOnlyList<Operation> All { get; } =
    [
        new("map", 10, thread => thread.InSome(process => Map(thread, process.Process))),
        new("unmap", 8, thread => thread.InSome(process => Allow(process.Process.Munmap(AnyPart(thread, out ulong length), length), Errno.ENOMEM))),
        new("protect", 12, thread => thread.InSome(process => Protect(thread, process.Process))),
        new("move", 8, thread => thread.InSome(process => Move(thread, process.Process))),
        new("resize", 4, thread => thread.InSome(process => Resize(thread, process.Process))),
        new("cut the stack", 2, thread => thread.InSome(process => CutStack(thread, process.Process))),
        new("advise", 10, thread => thread.InSome(process => Advise(thread, process.Process))),
        new("page out", 10, thread => thread.InSome(process => PageOut(thread, process.Process))),
        new("sync", 2, thread => thread.InSome(process => Assert.Equal(0, process.Process.Msync(Area.Shared.Start, Area.Shared.Length, SyncFlags.Sync)))),
        new("lock all", 1, thread => thread.InSome(process => Allow(process.Process.MlockAll(MlockAllFlags.Current | MlockAllFlags.OnFault), Errno.ENOMEM, Errno.EAGAIN, Errno.EPERM))),
        new("unlock all", 3, thread => thread.InSome(process => Allow(process.Process.MunlockAll(), Errno.ENOMEM))),
        new("swapoff and swapon", 1, thread => thread.World.ReplaceSwap()),
        new("lock", 4, thread => thread.InSome(process => Allow(process.Process.Mlock(AnyPart(thread, out ulong length), length), Errno.ENOMEM, Errno.EAGAIN))),
        new("unlock", 4, thread => thread.InSome(process => Allow(process.Process.Munlock(AnyPart(thread, out ulong length), length), Errno.ENOMEM))),
        new("break", 4, thread => thread.InSome(process => Assert.True(process.Process.Brk(process.Process.Mm.StartBreak + ((ulong)thread.Random.Next(20) * Page.Size)) >= 0))),
    ];

    private static void Map(StressThread thread, Process process)
    {
        ulong start = AnyPart(thread, out ulong length);
        long result = process.Mmap(start, length, Area.ReadWrite, MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed);
        Assert.True(result == (long)start || result == -(long)Errno.ENOMEM, $"mmap: {result}");
    }

    /// <summary>Takes rights away, and gives them back, so that VMAs are split and merged.</summary>
    private static void Protect(StressThread thread, Process process)
    {
        Prot[] prots = [Prot.None, Prot.Read, Area.ReadWrite, Area.ReadWrite];
        Allow(process.Mprotect(AnyPart(thread, out ulong length), length, prots[thread.Random.Next(prots.Length)]), Errno.ENOMEM);
    }

    private static void Move(StressThread thread, Process process)
    {
        ulong from = Area.Moving.Start;
        ulong to = Area.Moving.Start;
        if (thread.Random.Next(2) == 0)
            from += Area.MovedBy;
        else
            to += Area.MovedBy;
        ulong offset = (ulong)thread.Random.Next((int)Area.Pages) * Page.Size;
        ulong length = (ulong)thread.Random.Next(1, (int)(Area.Pages - (offset / Page.Size)) + 1) * Page.Size;
        var flags = RemapFlags.MayMove | RemapFlags.Fixed | (thread.Random.Next(4) == 0 ? RemapFlags.DontUnmap : RemapFlags.None);
        long result = process.Mremap(from + offset, length, length, flags, to + offset);
        Assert.True(result == (long)(to + offset) || -result is (long)Errno.EFAULT or (long)Errno.ENOMEM or (long)Errno.EINVAL, $"mremap: {result}");
    }

    /// <summary>Shrinks or grows in place; what is added starts with zeros.</summary>
    private static void Resize(StressThread thread, Process process)
    {
        ulong start = AnyPart(thread, out ulong length);
        ulong wanted = (ulong)thread.Random.Next(1, 5) * Page.Size;
        if (start + wanted <= Area.Changing.Start + Area.Changing.Length)
            Allow(process.Mremap(start, length, wanted, RemapFlags.None), Errno.ENOMEM, Errno.EFAULT);
    }

    private static void CutStack(StressThread thread, Process process)
    {
        ulong length = (ulong)thread.Random.Next(1, (int)Area.Pages) * Page.Size;
        Allow(process.Munmap(Area.Stack.Start, length), Errno.ENOMEM);
    }

    private static void Advise(StressThread thread, Process process)
    {
        Allow(
            process.Madvise(AnyPart(thread, out ulong length), length, s_advice[thread.Random.Next(s_advice.Length)]),
            Errno.ENOMEM, Errno.EINVAL, Errno.EFAULT, Errno.EAGAIN);
    }

    private static void PageOut(StressThread thread, Process process)
    {
        var advice = s_used[thread.Random.Next(s_used.Length)];
        var area = Area.All[thread.Random.Next(Area.All.Count)];
        ulong offset = (ulong)thread.Random.Next((int)Area.Pages) * Page.Size;
        Allow(process.Madvise(area.Start + offset, area.Length - offset, advice), Errno.ENOMEM, Errno.EINVAL);
    }

    private static ulong AnyPart(StressThread thread, out ulong length)
    {
        ulong page = (ulong)thread.Random.Next((int)Area.Pages);
        length = (ulong)thread.Random.Next(1, (int)(Area.Pages - page) + 1) * Page.Size;
        return Area.Changing.Start + (page * Page.Size);
    }

    private static void Allow(long result, params Errno[] errors) =>
        Assert.True(result >= 0 || System.Array.IndexOf(errors, (Errno)(-result)) >= 0, $"unexpected result {result}");
}
