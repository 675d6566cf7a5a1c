using System;
using System.Collections.Generic;
using Xunit;

namespace MmKernel.Stress;

/// <summary>The file changes under its mappings.</summary>
internal static class FileOperations
{
    internal static IReadOnlyList<Operation> All { get; } =
    [
        new("truncate", 3, thread => Assert.Equal(0, thread.World.File.Truncate((ulong)thread.Random.Next((int)Area.Pages / 2, (int)Area.Pages + 1) * Page.Size))),
        new("punch hole", 3, thread => Assert.Equal(0, thread.World.File.PunchHole((ulong)thread.Random.Next((int)Area.Pages) * Page.Size, Page.Size))),
        new("remove", 3, thread => thread.InSome(process => UserfaultOperations.Allow(
            process.Process.Madvise(Area.Shared.Start + ((ulong)thread.Random.Next((int)Area.Pages) * Page.Size), Page.Size, Advice.Remove)))),
        new("read file", 6, Read),
        new("write file", 6, Write),
    ];

    private static void Read(StressThread thread)
    {
        ulong offset = thread.AnyOffset();
        if (thread.World.File.Read(offset, thread.Word) == 8)
            Area.Shared.Check(BitConverter.ToUInt64(thread.Word), offset, thread.World.Peek(0));
    }

    private static void Write(StressThread thread)
    {
        ulong offset = thread.AnyOffset();
        long result = thread.World.File.Write(offset, BitConverter.GetBytes(Area.Shared.ValueAt(offset, thread.World.Peek(thread.AnySlot()))));
        Assert.True(result is 8 or -(long)Errno.ENOSPC or -(long)Errno.ENOMEM, $"write: {result}");
    }
}
