using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace LockMutants;

/// <summary>
/// Mutants that change nothing that a rule about locks could see, each with its reason, from Equivalents.txt: a line that begins with
/// <c>-</c> gives the reason of the lines that follow it, each the <see cref="Mutant.Key"/> of a mutant. Lines that begin with # are comments.
/// </summary>
internal sealed class Equivalents
{
    private readonly Dictionary<string, string> _reasons = [];

    private Equivalents(IEnumerable<string> lines)
    {
        string? reason = null;
        foreach (string line in lines.Where(static line => line.Length > 0 && line[0] != '#'))
        {
            if (line.StartsWith("- ", StringComparison.Ordinal))
                reason = line[2..];
            else
                _reasons.Add(line, reason ?? throw new InvalidDataException($"No reason above: {line}"));
        }
    }

    /// <summary>Reads the file.</summary>
    public static Equivalents Load() => new(File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Equivalents.txt")));

    /// <summary>Whether the mutant is listed.</summary>
    public bool Contains(Mutant mutant) => _reasons.ContainsKey(mutant.Key);

    /// <summary>How many of the mutants are listed.</summary>
    public int CountOf(IEnumerable<Mutant> mutants) => mutants.Count(Contains);

    /// <summary>Entries that name no mutant.</summary>
    public IReadOnlyList<string> Stale(IEnumerable<Mutant> mutants)
    {
        var keys = mutants.Select(static mutant => mutant.Key).ToHashSet();
        return [.. _reasons.Keys.Where(key => !keys.Contains(key))];
    }
}
