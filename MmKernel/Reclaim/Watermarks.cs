using System;

namespace MmKernel;

/// <summary>How much memory is kept free, in frames (<c>_watermark</c>).</summary>
/// <param name="Min">Below here only reclaim itself allocates; others free pages first.</param>
/// <param name="Low">Below here the background reclaimer is woken.</param>
/// <param name="High">Up to here it works.</param>
internal readonly record struct Watermarks(long Min, long Low, long High)
{
    /// <summary>The marks of a machine that reclaims.</summary>
    internal static Watermarks For(long frames)
    {
        long min = Math.Max(frames / 128, 16);
        return new Watermarks(min, 2 * min, 3 * min);
    }
}
