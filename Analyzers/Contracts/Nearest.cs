using System;
using System.Collections.Generic;

namespace MmLint.Analyzers;

/// <summary>Finds the name that was probably meant.</summary>
internal static class Nearest
{
    /// <summary>The candidate within two edits of <paramref name="name"/>, or one that differs in case or contains it; null where none is near.</summary>
    internal static string? Of(string name, IEnumerable<string> candidates)
    {
        string? best = null;
        int bestDistance = 3;
        foreach (string candidate in candidates)
        {
            int distance = string.Equals(candidate, name, StringComparison.OrdinalIgnoreCase) ? 0
                : name.Length >= 3 && candidate.EndsWith(name, StringComparison.OrdinalIgnoreCase) ? 1
                : Distance(name, candidate);
            if (distance >= bestDistance || distance >= name.Length) continue;
            best = candidate;
            bestDistance = distance;
        }

        return best;
    }

    private static int Distance(string left, string right)
    {
        if (Math.Abs(left.Length - right.Length) > 2) return int.MaxValue;
        int[] previous = new int[right.Length + 1];
        for (int column = 0; column <= right.Length; column++) previous[column] = column;
        for (int row = 1; row <= left.Length; row++)
        {
            int[] current = new int[right.Length + 1];
            current[0] = row;
            for (int column = 1; column <= right.Length; column++)
            {
                int change = previous[column - 1] + (left[row - 1] == right[column - 1] ? 0 : 1);
                current[column] = Math.Min(change, Math.Min(previous[column], current[column - 1]) + 1);
            }

            previous = current;
        }

        return previous[right.Length];
    }
}
