using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;

namespace MmLint.Check;

/// <summary>One diagnostic as the compiler logged it.</summary>
/// <param name="Rule">The id.</param>
/// <param name="Level">error, warning or note.</param>
/// <param name="Message">The message.</param>
/// <param name="File">The full path; empty if it belongs to no file.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Column">The column, from 1.</param>
/// <param name="EndLine">The line of the end.</param>
/// <param name="EndColumn">The column behind the end.</param>
/// <param name="IsSuppressed">Whether the source suppresses it.</param>
internal sealed record Finding(string Rule, string Level, string Message, string File, int Line, int Column, int EndLine, int EndColumn, bool IsSuppressed)
{
    /// <summary>Reads a SARIF 2.1 log as the C# compiler writes it.</summary>
    /// <param name="log">The log file.</param>
    /// <returns>All results, in the order of their files and lines.</returns>
    public static IReadOnlyList<Finding> ReadAll(string log)
    {
        using var sarif = JsonDocument.Parse(System.IO.File.ReadAllBytes(log));
        return
        [
            .. sarif.RootElement.GetProperty("runs").EnumerateArray().SelectMany(run => run.GetProperty("results").EnumerateArray()).Select(Read)
                .OrderBy(f => f.File, StringComparer.Ordinal).ThenBy(f => f.Line).ThenBy(f => f.Column).ThenBy(f => f.Rule, StringComparer.Ordinal),
        ];
    }

    private static Finding Read(JsonElement result)
    {
        string rule = result.GetProperty("ruleId").GetString()!;
        string level = result.TryGetProperty("level", out var stated) ? stated.GetString()! : "warning";
        string message = result.GetProperty("message").GetProperty("text").GetString()!;
        bool suppressed = result.TryGetProperty("suppressions", out var suppressions) && suppressions.GetArrayLength() > 0;
        if (!result.TryGetProperty("locations", out var locations) || locations.GetArrayLength() == 0)
            return new Finding(rule, level, message, "", 0, 0, 0, 0, suppressed);

        var place = locations[0].GetProperty("physicalLocation");
        var region = place.GetProperty("region");
        int line = region.GetProperty("startLine").GetInt32();
        int column = region.GetProperty("startColumn").GetInt32();
        return new Finding(
            rule, level, message, new Uri(place.GetProperty("artifactLocation").GetProperty("uri").GetString()!).LocalPath,
            line, column, region.GetProperty("endLine").GetInt32(), region.GetProperty("endColumn").GetInt32(), suppressed);
    }
}
