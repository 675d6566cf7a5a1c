using System.Collections.Generic;
using System.Globalization;

namespace MmKernel.Agreement;

/// <summary>How often a clause was evaluated, and with what outcome.</summary>
/// <param name="Held">It was so.</param>
/// <param name="Lent">The task does not hold the lock, but is alone with the object that the lock belongs to, or was handed it.</param>
/// <param name="Contradicted">It was not so.</param>
/// <param name="Foreign">It was not so because a test called the kernel without what the kernel needs.</param>
/// <param name="Places">Where it was not so.</param>
internal sealed record Evaluation(long Held, long Lent, long Contradicted, long Foreign, IReadOnlyList<string> Places)
{
    /// <summary>Reads a line that the kernel has written.</summary>
    internal static (int Clause, Evaluation Evaluation) Parse(string line)
    {
        string[] parts = line.Split('\t');
        return ((int)Number(parts[0]), new Evaluation(Number(parts[1]), Number(parts[2]), Number(parts[3]), Number(parts[4]), parts[5..]));
    }

    public static Evaluation operator +(Evaluation left, Evaluation right) =>
        new(left.Held + right.Held, left.Lent + right.Lent, left.Contradicted + right.Contradicted, left.Foreign + right.Foreign, [.. left.Places, .. right.Places]);

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
