using System;
using System.Collections.Generic;
using Xunit;

namespace MmKernel.Stress;

/// <summary>Devices work with pages of the anonymous area while their process forks, is reclaimed, or exits.</summary>
internal static class PinOperations
{
    private const int MostPages = 4;

    internal static IReadOnlyList<Operation> All { get; } =
    [
        new("pin", 6, thread => thread.InSome(process => Pin(thread, process))),
        new("use pinned pages", 12, thread => thread.World.Pins.Use(part => Transfer(thread, part))),
        new("unpin", 6, thread => thread.World.Pins.ReleaseOne()),
    ];

    private static void Pin(StressThread thread, StressProcess process)
    {
        int count = thread.Random.Next(1, MostPages + 1);
        ulong first = (ulong)thread.Random.Next((int)Area.Pages - MostPages) * Page.Size;
        PinFlags[] kinds = [PinFlags.None, PinFlags.Write, PinFlags.LongTerm, PinFlags.Write | PinFlags.LongTerm];
        var flags = kinds[thread.Random.Next(kinds.Length)];
        long result = process.Process.PinPages(Area.Anonymous.Start + first, count, flags, out var pages);
        Assert.True(result > 0 || (Errno)(-result) is Errno.ENOMEM or Errno.EFAULT, $"pin: {result}");
        if (pages != null)
            thread.World.Pins.Add(new PinnedPart(pages, first, process, (flags & PinFlags.Write) != 0));
    }

    /// <summary>What a device reads belongs there, and what it writes is seen by nobody but the process and children that copy it.</summary>
    private static void Transfer(StressThread thread, PinnedPart part)
    {
        int page = thread.Random.Next(part.Pages.Count);
        int inPage = thread.Random.Next(StressThread.BytesUsed / 8) * 8;
        ulong offset = part.FirstOffset + ((ulong)page * Page.Size) + (ulong)inPage;
        part.Pages.Read(page, inPage, thread.Word);
        Area.Anonymous.Check(BitConverter.ToUInt64(thread.Word), offset, part.Owner);
        if (part.IsWritten)
            part.Pages.Write(page, inPage, BitConverter.GetBytes(Area.Anonymous.ValueAt(offset, part.Owner)));
    }
}
