using System;
using System.Collections.Generic;
using System.IO;

namespace MmKernel.Replay;

/// <summary>A recorded sequence of operations with what the host kernel did.</summary>
/// <param name="Name">Where it comes from, for messages.</param>
/// <param name="Header">The first line.</param>
/// <param name="Steps">The operations.</param>
public sealed record Trace(string Name, TraceHeader Header, IReadOnlyList<TraceStep> Steps)
{
    /// <summary>Reads a trace of JSON lines.</summary>
    /// <param name="name">Where it comes from, for messages.</param>
    /// <param name="reader">The lines.</param>
    /// <returns>The trace.</returns>
    /// <exception cref="InvalidDataException">There is no header.</exception>
    public static Trace Read(string name, TextReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        string first = reader.ReadLine() ?? throw new InvalidDataException($"{name}: the trace is empty.");
        var header = TraceHeader.Parse(first);
        var steps = new List<TraceStep>();
        while (reader.ReadLine() is { Length: > 0 } line)
            steps.Add(TraceStep.Parse(line));
        return new Trace(name, header, steps);
    }
}
