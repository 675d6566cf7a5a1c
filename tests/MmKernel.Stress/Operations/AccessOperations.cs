using System;
using System.Collections.Generic;
using Xunit;

namespace MmKernel.Stress;

/// <summary>Loads and stores.</summary>
internal static class AccessOperations
{
    internal static IReadOnlyList<Operation> All { get; } =
    [
        new("load", 60, thread => thread.InSome(process => Load(thread, process, Area.Anonymous, 0))),
        new("store", 60, thread => thread.InSome(process => Store(thread, process, Area.Anonymous, 0))),
        new("load changing", 40, thread => thread.InSome(process => Load(thread, process, Area.Changing, 0))),
        new("store changing", 40, thread => thread.InSome(process => Store(thread, process, Area.Changing, 0))),
        new("load shared", 30, thread => thread.InSome(process => Load(thread, process, Area.Shared, 0))),
        new("store shared", 30, thread => thread.InSome(process => Store(thread, process, Area.Shared, 0))),
        new("load private file", 20, thread => thread.InSome(process => Load(thread, process, Area.Private, 0))),
        new("store private file", 20, thread => thread.InSome(process => Store(thread, process, Area.Private, 0))),
        new("load moving", 30, thread => thread.InSome(process => Load(thread, process, Area.Moving, EitherPlace(thread)))),
        new("store moving", 30, thread => thread.InSome(process => Store(thread, process, Area.Moving, EitherPlace(thread)))),
        new("load stack", 15, thread => thread.InSome(process => Load(thread, process, Area.Stack, 0))),
        new("store stack", 15, thread => thread.InSome(process => Store(thread, process, Area.Stack, 0))),
        new("load served", 30, thread => thread.InSome(process => Load(thread, process, Area.Served, EitherPlace(thread)))),
        new("store served", 30, thread => thread.InSome(process => Store(thread, process, Area.Served, EitherPlace(thread)))),
        new("load watched", 15, thread => thread.InSome(process => Load(thread, process, Area.Watched, 0))),
        new("store watched", 15, thread => thread.InSome(process => Store(thread, process, Area.Watched, 0))),
        new("load merging", 15, thread => thread.InSome(process => Load(thread, process, Area.Merging, 0))),
        new("store merging", 15, thread => thread.InSome(process => Store(thread, process, Area.Merging, 0))),
        new("load huge", 12, thread => thread.InSome(process => Load(thread, process, Area.Huge, 0))),
        new("store huge", 12, thread => thread.InSome(process => Store(thread, process, Area.Huge, 0))),
    ];

    /// <summary>Where something that moves may be.</summary>
    internal static ulong EitherPlace(StressThread thread) => thread.Random.Next(2) == 0 ? 0 : Area.MovedBy;

    private static void Load(StressThread thread, StressProcess process, Area area, ulong moved)
    {
        ulong offset = thread.AnyOffset(area.PageCount);
        var result = process.Process.Read(area.Start + moved + offset, thread.Word);
        if (result.IsOk)
            area.Check(BitConverter.ToUInt64(thread.Word), offset, process);
        else
            Allow(area, result);
    }

    private static void Store(StressThread thread, StressProcess process, Area area, ulong moved)
    {
        ulong offset = thread.AnyOffset(area.PageCount);
        var result = process.Process.Write(area.Start + moved + offset, BitConverter.GetBytes(area.ValueAt(offset, process)));
        if (!result.IsOk)
            Allow(area, result);
    }

    /// <summary>Only what is unmapped, protected or cut off somewhere may be missing; memory may be short anywhere.</summary>
    private static void Allow(Area area, AccessResult result)
    {
        bool expected = result.Signal switch
        {
            Signal.SIGKILL => true,
            Signal.SIGBUS => area.IsFile || area == Area.Served,
            Signal.SIGSEGV => area != Area.Anonymous && area != Area.Merging && !area.IsFile,
            _ => false,
        };
        Assert.True(expected, $"{area.Name}: {result}");
    }
}
