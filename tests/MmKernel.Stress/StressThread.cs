using System;

namespace MmKernel.Stress;

/// <summary>A thread that does operations.</summary>
/// <param name="world">Where.</param>
/// <param name="id">Its number.</param>
/// <param name="random">What it decides by.</param>
internal sealed class StressThread(StressWorld world, int id, Random random)
{
    /// <summary>Bytes at the start of each page in which there are words.</summary>
    internal const int BytesUsed = 32;

    internal StressWorld World { get; } = world;

    internal int Id { get; } = id;

    internal Random Random { get; } = random;

    /// <summary>Room for one word.</summary>
    internal byte[] Word { get; } = new byte[8];

    internal int AnySlot() => Random.Next(World.ProcessCount);

    /// <summary>Does something in some process.</summary>
    internal void InSome(Action<StressProcess> action) => World.Use(AnySlot(), action);

    /// <summary>A random address of a page, and a word in it.</summary>
    internal ulong AnyOffset(ulong pages = Area.Pages) => ((ulong)Random.Next((int)pages) * Page.Size) + ((ulong)Random.Next(BytesUsed / 8) * 8);
}
