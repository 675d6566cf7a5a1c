using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;

namespace MmLint.Analyzers;

/// <summary>
/// The attributes that a line of a contract file may state. A project that uses only contract files need not reference the annotations, so
/// the compiler does not check these lines; a test holds this list to the annotations.
/// </summary>
internal static class ContractVocabulary
{
    private const string Data = "FP";
    private const string Anything = "TMFPEp";

    private static readonly ImmutableDictionary<string, Entry> Entries = new Dictionary<string, Entry>
    {
        ["Lock"] = new("TFP", 1, 1, "Owner", "Reentrant", "Atomic"),
        ["ScopedLock"] = new("T", 0, 0),
        ["LockAlias"] = new(Data, 1, 1),
        ["ReleasedWith"] = new(Data, 2, 2),
        ["LockClass"] = new(Data, 1, 1, "When"),
        ["ProofOf"] = new(Data, 1, 1),
        ["MustHold"] = new(Anything, 1, 1, "When"),
        ["MustNotHold"] = new(Anything, 1, 1, "When"),
        ["Requires"] = new(Anything, 1, 1, "When"),
        ["Acquires"] = new(Anything, 1, 1, "When", "Try", "Idempotent", "Inside"),
        ["Releases"] = new(Anything, 1, 1, "When", "Idempotent", "Keeps"),
        ["Downgrades"] = new(Anything, 1, 1, "When"),
        ["Ensures"] = new(Anything, 1, 1, "When", "While"),
        ["AssertsHeld"] = new(Anything, 1, 1, "When"),
        ["Assigns"] = new(Anything, 1, 1),
        ["ReliesOn"] = new("MP", 1, 1),
        ["MaySleep"] = new(Anything, 0, 0, "When"),
        ["Crashes"] = new(Anything, 0, 0),
        ["UseInstead"] = new(Anything, 1, 1, "When"),
        ["NoLockAnalysis"] = new(Anything, 1, 1),
        ["GuardedBy"] = new(Data, 1, int.MaxValue, "Deep"),
        ["ReadBy"] = new(Data, 1, 1, "When"),
        ["WriteBy"] = new(Data, 1, 1, "When"),
        ["ReadFreely"] = new(Data, 0, 0),
        ["Atomic"] = new(Data, 0, 0),
        ["WriteOnce"] = new(Data, 0, 0),
        ["Tracked"] = new(Data, 0, 0),
        ["ValidWhileHeld"] = new(Data + "r", 1, 1),
        ["Owns"] = new(Data + "r", 1, 1),
        ["Fresh"] = new("rp", 0, 0),
        ["Borrowed"] = new("p", 0, 0),
        ["InvokedNow"] = new("p", 0, 0, "Once"),
        ["InvokedWhileEnumerated"] = new("p", 0, 0),
    }.ToImmutableDictionary(StringComparer.Ordinal);

    /// <summary>The names, without "Attribute".</summary>
    internal static IEnumerable<string> Names => Entries.Keys;

    /// <summary>The named arguments of an attribute.</summary>
    internal static ImmutableArray<string> NamedOf(string name) => Entries[name].Named;

    /// <summary>
    /// What is wrong with an attribute on a symbol of the kind that a documentation comment ID begins with, <c>r</c> for a returned value, <c>p</c> for a
    /// parameter; null where nothing is.
    /// </summary>
    internal static string? Objection(string name, char target, int arguments, IEnumerable<string> named)
    {
        if (!Entries.TryGetValue(name, out Entry? entry)) return "'" + name + "' is not a contract attribute" + (Nearest.Of(name, Names) is { } near ? "; did you mean '" + near + "'?" : "");
        if (entry.Targets.IndexOf(target) < 0) return "'" + name + "' says nothing about a " + NameOf(target);
        if (arguments < entry.Least || arguments > entry.Most) return "'" + name + "' takes " + Count(entry.Least) + (entry.Most > entry.Least ? " or more" : "") + ", not " + arguments.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return named.FirstOrDefault(argument => !entry.Named.Contains(argument)) is { } unknown ? "'" + name + "' has no argument '" + unknown + "'" : null;
    }

    private static string Count(int arguments) => arguments == 0 ? "no argument" : arguments == 1 ? "1 argument" : arguments.ToString(System.Globalization.CultureInfo.InvariantCulture) + " arguments";

    private static string NameOf(char target) => target switch
    {
        'T' => "type",
        'M' => "method",
        'P' => "property",
        'F' => "field",
        'E' => "event",
        'p' => "parameter",
        _ => "returned value",
    };

    private sealed class Entry(string targets, int least, int most, params string[] named)
    {
        /// <summary>First letters of documentation comment IDs, <c>r</c> for returned values, and <c>p</c> for parameters.</summary>
        internal string Targets { get; } = targets;

        internal int Least { get; } = least;

        internal int Most { get; } = most;

        internal ImmutableArray<string> Named { get; } = named.ToImmutableArray();
    }
}
