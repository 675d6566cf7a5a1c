using System.Collections.Generic;
using System.Globalization;
using System.Text.Json;

namespace MmKernel.Replay;

/// <summary>One operation of a trace, with the host's answer and the state of every process that it changed.</summary>
/// <param name="Index">Position in the trace.</param>
/// <param name="Process">The process that performs it.</param>
/// <param name="Operation">Its name, as the trace spells it.</param>
/// <param name="Arguments">Its arguments: pages, lengths in pages, numbers of the x86-64 Linux ABI.</param>
/// <param name="Result">What the host returned, as compact JSON.</param>
/// <param name="States">The processes whose state changed.</param>
public sealed record TraceStep(
    int Index, int Process, string Operation, IReadOnlyDictionary<string, long> Arguments, string Result,
    IReadOnlyDictionary<int, ProcessState> States)
{
    /// <summary>An argument by its name in the trace.</summary>
    /// <param name="name">The name.</param>
    /// <returns>The value, or 0 where the operation has no such argument.</returns>
    public long this[string name] => Arguments.TryGetValue(name, out long value) ? value : 0;

    /// <summary>Reads one line after the header.</summary>
    /// <param name="line">The line.</param>
    /// <returns>The step.</returns>
    public static TraceStep Parse(string line)
    {
        using var document = JsonDocument.Parse(line);
        var root = document.RootElement;

        var arguments = new Dictionary<string, long>();
        foreach (var argument in root.GetProperty("a").EnumerateObject())
            arguments[argument.Name] = argument.Value.GetInt64();

        var states = new SortedDictionary<int, ProcessState>();
        foreach (var process in root.GetProperty("s").EnumerateObject())
            states[int.Parse(process.Name, CultureInfo.InvariantCulture)] = ProcessState.Parse(process.Value);

        return new TraceStep(
            root.GetProperty("i").GetInt32(), root.GetProperty("p").GetInt32(), root.GetProperty("op").GetString()!, arguments,
            root.GetProperty("r").GetRawText(), states);
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        var arguments = new List<string>();
        foreach (var (name, value) in Arguments)
            arguments.Add(string.Create(CultureInfo.InvariantCulture, $"{name}={Spell(name, value)}"));
        return string.Create(CultureInfo.InvariantCulture, $"{Index}: p{Process} {Operation}({string.Join(' ', arguments)}) = {Result}");
    }

    private static string Spell(string name, long value) =>
        value.ToString(name is "flags" ? "x" : "d", CultureInfo.InvariantCulture);
}
