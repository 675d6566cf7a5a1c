using System;
using System.Collections.Concurrent;

namespace MmKernel.Stress;

/// <summary>Pages of the anonymous area that a device works with.</summary>
/// <param name="Pages">The pages.</param>
/// <param name="FirstOffset">Where in the area the first is.</param>
/// <param name="Owner">The process that pinned them; it may be gone.</param>
/// <param name="IsWritten">Whether the device writes.</param>
internal sealed record PinnedPart(PinnedPages Pages, ulong FirstOffset, StressProcess Owner, bool IsWritten);

/// <summary>All that is pinned now.</summary>
internal sealed class PinnedParts
{
    private const int Most = 12;

    private readonly ConcurrentQueue<PinnedPart> _parts = [];

    /// <summary>Keeps pages pinned; with too many, those pinned first are released.</summary>
    internal void Add(PinnedPart part)
    {
        _parts.Enqueue(part);
        if (_parts.Count > Most)
            ReleaseOne();
    }

    /// <summary>Uses what nobody else uses or releases meanwhile.</summary>
    internal void Use(Action<PinnedPart> action)
    {
        if (!_parts.TryDequeue(out var part))
            return;
        action(part);
        _parts.Enqueue(part);
    }

    /// <summary>Releases those that were pinned or used first.</summary>
    internal void ReleaseOne()
    {
        if (_parts.TryDequeue(out var part))
            part.Pages.Dispose();
    }

    internal void ReleaseAll()
    {
        while (!_parts.IsEmpty)
            ReleaseOne();
    }
}
