using System;
using System.Numerics;

namespace MmKernel.Simulation;

/// <summary>How long things took, in classes of which each is at most a sixteenth wider than its start.</summary>
internal sealed class Latencies
{
    private const int Fraction = 16;

    private readonly long[] _classes = new long[64 * Fraction];

    internal long Count { get; private set; }

    /// <summary>The longest, in nanoseconds.</summary>
    internal double Longest { get; private set; }

    internal void Add(double nanoseconds)
    {
        Count++;
        Longest = Math.Max(Longest, nanoseconds);
        _classes[ClassOf((ulong)nanoseconds)]++;
    }

    internal void Add(Latencies others)
    {
        Count += others.Count;
        Longest = Math.Max(Longest, others.Longest);
        for (int i = 0; i < _classes.Length; i++)
            _classes[i] += others._classes[i];
    }

    /// <summary>The time that a share of all stayed below, to the upper border of its class.</summary>
    /// <param name="share">From 0 to 1.</param>
    internal double Quantile(double share)
    {
        long wanted = (long)Math.Ceiling(share * Count);
        long seen = 0;
        for (int i = 0; i < _classes.Length; i++)
        {
            seen += _classes[i];
            if (seen >= wanted && seen != 0)
                return Math.Min(Longest, UpperBorderOf(i));
        }

        return Longest;
    }

    private static int ClassOf(ulong value)
    {
        if (value < Fraction)
            return (int)value;
        int exponent = BitOperations.Log2(value);
        return (exponent * Fraction) + (int)((value >> (exponent - 4)) & (Fraction - 1));
    }

    private static double UpperBorderOf(int index)
    {
        if (index < Fraction)
            return index + 1;
        int exponent = index / Fraction;
        return ((Fraction + (index % Fraction) + 1) / (double)Fraction) * Math.Pow(2, exponent);
    }
}
