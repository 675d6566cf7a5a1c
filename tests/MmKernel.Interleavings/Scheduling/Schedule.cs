using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace MmKernel.Interleavings;

/// <summary>A place in a run where more than one thread could have gone on.</summary>
/// <param name="Enabled">The threads that could, as a bit set.</param>
/// <param name="Current">The thread that had run until here.</param>
/// <param name="Chosen">The thread that went on.</param>
internal readonly record struct Decision(uint Enabled, int Current, int Chosen)
{
    /// <summary>Whether <paramref name="thread"/> goes on only by interrupting one that could go on itself.</summary>
    internal bool IsPreemption(int thread) => thread != Current && (Enabled & (1u << Current)) != 0;

    /// <summary>
    /// The alternative to try after the chosen one: at first the current thread goes on, or the lowest if it cannot; then the others, from the
    /// lowest.
    /// </summary>
    internal int? NextAlternative()
    {
        int first = First(Enabled, Current);
        for (int thread = Chosen == first ? 0 : Chosen + 1; thread < 32; thread++)
        {
            if (thread != first && (Enabled & (1u << thread)) != 0)
                return thread;
        }

        return null;
    }

    internal static int First(uint enabled, int current) =>
        (enabled & (1u << current)) != 0 ? current : System.Numerics.BitOperations.TrailingZeroCount(enabled);
}

/// <summary>Which thread goes on at each decision, in a form that is short enough to be copied out of a message: <c>0*12 1*3</c>.</summary>
internal static class Schedule
{
    internal static string Format(IReadOnlyList<Decision> decisions)
    {
        var text = new StringBuilder();
        for (int i = 0; i < decisions.Count;)
        {
            int start = i;
            while (i < decisions.Count && decisions[i].Chosen == decisions[start].Chosen)
                i++;
            text.Append(CultureInfo.InvariantCulture, $"{(text.Length == 0 ? "" : " ")}{decisions[start].Chosen}*{i - start}");
        }

        return text.ToString();
    }

    internal static List<int> Parse(string text)
    {
        var choices = new List<int>();
        foreach (string run in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = run.Split('*');
            int thread = int.Parse(parts[0], CultureInfo.InvariantCulture);
            for (int i = int.Parse(parts[1], CultureInfo.InvariantCulture); i > 0; i--)
                choices.Add(thread);
        }

        return choices;
    }
}
