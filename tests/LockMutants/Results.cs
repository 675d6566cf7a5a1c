using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;

namespace LockMutants;

/// <summary>
/// The verdicts of a run in a file, one in a line, so that a run that was stopped can be taken up again. They are about one state of kernel and analyzers,
/// which the first line names.
/// </summary>
internal sealed class Results
{
    private readonly Lock _gate = new();
    private readonly string _path;
    private readonly Dictionary<string, (Fate Fate, string Report)> _known = [];

    /// <summary>Reads what the file has already.</summary>
    /// <exception cref="InvalidDataException">It is about another state.</exception>
    public Results(string path, string? state)
    {
        _path = path;
        if (!File.Exists(path))
            File.WriteAllText(path, state + "\n");
        string[] lines = File.ReadAllLines(path);
        if (state is not null && lines[0] != state)
            throw new InvalidDataException($"{path} has verdicts about another kernel or other analyzers");
        foreach (string[] parts in lines.Skip(1).Select(static line => line.Split('\t')).Where(static parts => parts.Length == 3))
            _known[parts[1]] = (Enum.Parse<Fate>(parts[0]), parts[2]);
    }

    /// <summary>Whether no verdict is known yet.</summary>
    public bool IsEmpty => _known.Count == 0;

    /// <summary>What is known of a mutant.</summary>
    public Verdict? Of(Mutant mutant) => _known.TryGetValue(Name(mutant), out var known) ? new Verdict(mutant, known.Fate, known.Report) : null;

    /// <summary>Adds a verdict.</summary>
    public void Add(Verdict verdict)
    {
        lock (_gate)
            File.AppendAllText(_path, $"{verdict.Fate}\t{Name(verdict.Mutant)}\t{verdict.Report.ReplaceLineEndings(" ")}\n");
    }

    private static string Name(Mutant mutant) => mutant.File + " " + mutant.Key;
}
