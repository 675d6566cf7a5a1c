using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;

namespace MmLint.Check;

/// <summary>One diagnostic as the compiler logged it.</summary>
/// <param name="Rule">The id.</param>
/// <param name="Level">error, warning or note.</param>
/// <param name="Message">The message.</param>
/// <param name="Place">Where; null if it belongs to no file.</param>
/// <param name="Related">Other places that explain it.</param>
/// <param name="IsSuppressed">Whether the source suppresses it.</param>
internal sealed record Finding(string Rule, string Level, string Message, Place? Place, IReadOnlyList<Place> Related, bool IsSuppressed)
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
                .OrderBy(f => f.Place?.File, StringComparer.Ordinal)
                .ThenBy(f => f.Place?.Line)
                .ThenBy(f => f.Place?.Column)
                .ThenBy(f => f.Rule, StringComparer.Ordinal),
        ];
    }

    private static Finding Read(JsonElement result) => new(
        result.GetProperty("ruleId").GetString()!,
        result.TryGetProperty("level", out var level) ? level.GetString()! : "warning",
        result.GetProperty("message").GetProperty("text").GetString()!,
        Place.ReadAll(result, "locations").FirstOrDefault(),
        [.. Place.ReadAll(result, "relatedLocations")],
        result.TryGetProperty("suppressions", out var suppressions) && suppressions.GetArrayLength() > 0);
}

/// <summary>A piece of a source file.</summary>
/// <param name="File">The full path.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Column">The column, from 1.</param>
/// <param name="EndLine">The line of the end.</param>
/// <param name="EndColumn">The column behind the end.</param>
internal sealed record Place(string File, int Line, int Column, int EndLine, int EndColumn)
{
    /// <summary>Reads a list of SARIF locations.</summary>
    public static IEnumerable<Place> ReadAll(JsonElement result, string property)
    {
        if (!result.TryGetProperty(property, out var locations))
            yield break;
        foreach (var physical in locations.EnumerateArray().Select(l => l.GetProperty("physicalLocation")))
        {
            var region = physical.GetProperty("region");
            yield return new Place(
                new Uri(physical.GetProperty("artifactLocation").GetProperty("uri").GetString()!).LocalPath,
                region.GetProperty("startLine").GetInt32(),
                region.GetProperty("startColumn").GetInt32(),
                region.GetProperty("endLine").GetInt32(),
                region.GetProperty("endColumn").GetInt32());
        }
    }
}
