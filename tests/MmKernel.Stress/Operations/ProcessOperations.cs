using System;
using System.Collections.Generic;
using Xunit;

namespace MmKernel.Stress;

/// <summary>Processes come, go, and look into each other.</summary>
internal static class ProcessOperations
{
    internal static IReadOnlyList<Operation> All { get; } =
    [
        new("fork", 4, Fork),
        new("fork and exit", 6, ForkAndExit),
        new("exit", 1, Exit),
        new("remote read", 10, RemoteRead),
        new("remote write", 10, RemoteWrite),
    ];

    /// <summary>A new process takes the place of another one.</summary>
    private static void Exit(StressThread thread)
    {
        if (thread.World.TryCreate() is { } process)
            thread.World.Replace(thread.AnySlot(), process);
    }

    /// <summary>A child takes the place of some process.</summary>
    private static void Fork(StressThread thread)
    {
        StressProcess? child = null;
        thread.InSome(process => child = thread.World.Fork(process));
        if (child != null)
            thread.World.Replace(thread.AnySlot(), child);
    }

    /// <summary>A child that lives for a few accesses.</summary>
    private static void ForkAndExit(StressThread thread)
    {
        StressProcess? child = null;
        thread.InSome(process => child = thread.World.Fork(process));
        if (child == null)
            return;
        for (int i = thread.Random.Next(5); i > 0; i--)
        {
            ulong offset = thread.AnyOffset();
            _ = child.Process.Write(Area.Anonymous.Start + offset, BitConverter.GetBytes(Area.Anonymous.ValueAt(offset, child)));
            offset = thread.AnyOffset();
            if (child.Process.Read(Area.Anonymous.Start + offset, thread.Word).IsOk)
                Area.Anonymous.Check(BitConverter.ToUInt64(thread.Word), offset, child);
        }

        thread.World.End(child);
    }

    private static void RemoteRead(StressThread thread)
    {
        var target = thread.World.Peek(thread.AnySlot());
        ulong offset = thread.AnyOffset();
        if (AllowRemote(thread.World.Observer.ReadRemote(target.Process, Area.Anonymous.Start + offset, thread.Word)))
            Area.Anonymous.Check(BitConverter.ToUInt64(thread.Word), offset, target);
    }

    private static void RemoteWrite(StressThread thread)
    {
        var target = thread.World.Peek(thread.AnySlot());
        ulong offset = thread.AnyOffset();
        _ = AllowRemote(thread.World.Observer.WriteRemote(target.Process, Area.Anonymous.Start + offset, BitConverter.GetBytes(Area.Anonymous.ValueAt(offset, target))));
    }

    /// <summary>The other process may have exited; a part of its memory is there to the end.</summary>
    internal static bool AllowRemote(long result)
    {
        Assert.True(result == 8 || -result is (long)Errno.ESRCH or (long)Errno.EFAULT or (long)Errno.ENOMEM, $"remote access: {result}");
        return result == 8;
    }
}
