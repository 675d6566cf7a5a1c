using System;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace MmLint.Analyzers;

/// <summary>Where a hold comes from, which decides what is owed for it.</summary>
internal enum Origin
{
    /// <summary>The caller holds it: a need of this member.</summary>
    Entry,

    /// <summary>This body took it and owes its release.</summary>
    Here,

    /// <summary>Somebody says that it is held; nothing is owed.</summary>
    Assumed,
}

/// <summary>One lock that is held on a path.</summary>
internal sealed class Hold(Term term, Mode mode, Origin origin, LockInfo info, SyntaxNode? site, int depth = 1, bool maybe = false, Mode beneath = Mode.None, ImmutableArray<Fact> tells = default) : IEquatable<Hold>
{
    internal Term Term { get; } = term;

    internal Mode Mode { get; } = mode;

    internal Origin Origin { get; } = origin;

    internal LockInfo Info { get; } = info;

    /// <summary>Where it was taken, for messages.</summary>
    internal SyntaxNode? Site { get; } = site;

    /// <summary>How many times it is held.</summary>
    internal int Depth { get; } = depth;

    /// <summary>The mode it falls back to when it is released: that of an upgradeable lock under its exclusive hold.</summary>
    internal Mode Beneath { get; } = beneath;

    /// <summary>Whether paths were merged of which only some hold it.</summary>
    internal bool Maybe { get; } = maybe;

    /// <summary>Of a hold that is perhaps there: facts of which each is true exactly where it is. Empty where nothing tells.</summary>
    internal ImmutableArray<Fact> Tells { get; } = tells.IsDefault || !maybe ? ImmutableArray<Fact>.Empty : tells;

    public bool Equals(Hold? other) =>
        other is not null && Tells.Length == other.Tells.Length && Mode == other.Mode && Origin == other.Origin && Depth == other.Depth && Maybe == other.Maybe && Beneath == other.Beneath && Term.Equals(other.Term)
        && (Tells.Equals(other.Tells) || Tells.SequenceEqual(other.Tells));

    public override bool Equals(object? obj) => Equals(obj as Hold);

    public override int GetHashCode() => unchecked((Term.GetHashCode() * 31) + ((int)Mode * 7) + (int)Origin + Depth);

    internal Hold With(Term? term = null, Mode? mode = null, Origin? origin = null, int? depth = null, bool? maybe = null, Mode? beneath = null) =>
        new(term ?? Term, mode ?? Mode, origin ?? Origin, Info, Site, depth ?? Depth, maybe ?? Maybe, beneath ?? Beneath, Tells);

    /// <summary>The same hold, there exactly where each of the facts is true; with no fact, perhaps there.</summary>
    internal Hold When(ImmutableArray<Fact> tells) => new(Term, Mode, Origin, Info, Site, Depth, maybe: true, Beneath, tells);
}
