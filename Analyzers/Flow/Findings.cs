using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace MmLint.Analyzers;

/// <summary>
/// Collects, for every check at every place, the paths that pass and the paths that fail, and makes one sentence of them: one cause, one
/// diagnostic.
/// </summary>
internal sealed class Findings
{
    private readonly Dictionary<(SyntaxNode Node, string Key), Check> _checks = [];
    private readonly List<(SyntaxNode Node, string Key)> _order = [];

    private readonly List<(State State, Term Result)> _exits = [];

    /// <summary>Notes a path that leaves the body.</summary>
    internal void Exit(State state, Term result) => _exits.Add((state, result));

    /// <summary>Notes that a path passes a check.</summary>
    internal void Pass(SyntaxNode node, string key, State state) => At(node, key).Passing.Add(state);

    /// <summary>Notes that a path fails a check.</summary>
    internal void Fail(SyntaxNode node, string key, DiagnosticDescriptor rule, State state, Location location, Func<Sentence, string> message, object? cause = null, ImmutableDictionary<string, string?>? properties = null, Refinement? refinement = null, Func<IReadOnlyList<(State State, Term Result)>, bool>? unless = null, LockFormula? missing = null)
    {
        // Paths that fail alike at one place are one report; paths that fail in another way are another.
        Check check = At(node, key);
        if (check.Rule is not null && check.Rule != rule)
        {
            Check other = At(node, key + ":" + rule.Id);
            other.Passing = check.Passing;
            check = other;
        }

        check.Failing.Add(state);
        check.Refinements.Add(refinement);
        if (check.Message is not null) return;
        check.Rule = rule;
        check.Message = message;
        check.Location = location;
        check.Cause = cause;
        check.Missing = missing;
        check.Unless = unless;
        check.Properties = properties;
    }

    /// <summary>The diagnostics, in source order.</summary>
    internal IEnumerable<Diagnostic> Report(Func<State, Func<Term, string?>> names)
    {
        var causes = new HashSet<object>();
        var accesses = new HashSet<TextSpanKey>();
        foreach (Check check in _order.Select(key => _checks[key]).Where(static check => check.Message is not null)
            .OrderBy(static check => check.Location!.SourceSpan.Start).ThenBy(static check => check.Location!.SourceSpan.Length).ThenBy(static check => Rank(check.Rule!)))
        {
            if (check.Unless?.Invoke(_exits) == true) continue;
            Refinement? refined = Refinement.Common(check.Refinements);
            if ((refined?.Cause ?? check.Cause) is { } cause && !causes.Add(cause)) continue;
            State failing = check.Failing[0];
            Func<Term, string?> name = names(failing);
            // A leak is told apart from the other ways out of the body, which have places of their own.
            List<State> passing = check.Key.StartsWith("exit:", StringComparison.Ordinal) && check.Passing.Count == 0
                ? _exits.Select(static exit => exit.State).Where(exit => !check.Failing.Contains(exit) && !exit.Holds.Any(hold => check.Key == "exit:" + hold.Term)).ToList()
                : check.Passing.Where(state => check.Missing?.Locks.Any(item => state.Excused.Contains(state.Canonical(item.Term))) != true).ToList();
            var sentence = new Sentence(failing, name, PathCondition.Of(check.Failing, passing, name));
            string text = check.Message!(sentence) + refined?.Advice?.Invoke(sentence);
            IEnumerable<Location> related = sentence.Related.Where(static location => location.IsInSource).Distinct();
            if (!accesses.Add(new TextSpanKey(check.Rule!.Id, check.Location!.SourceSpan, check.Rule == Rule.ReleaseNotHeld ? "" : text))) continue;
            yield return Diagnostic.Create(refined?.Rule ?? check.Rule!, check.Location, related, check.Properties, text);
        }
    }

    /// <summary>The order in which failures of one check outrank each other: the more definite first.</summary>
    private static int Rank(DiagnosticDescriptor rule) => rule.Id switch
    {
        "MML1014" => 0,
        "MML1001" or "MML1008" or "MML1009" => 1,
        "MML1007" => 2,
        "MML1002" => 3,
        "MML1003" => 9,
        _ => 4,
    };

    private Check At(SyntaxNode node, string key)
    {
        if (_checks.TryGetValue((node, key), out Check? check)) return check;
        _order.Add((node, key));
        return _checks[(node, key)] = new Check(key);
    }

    private sealed record TextSpanKey(string Id, Microsoft.CodeAnalysis.Text.TextSpan Span, string Text);

    private sealed class Check(string key)
    {
        internal string Key { get; } = key;

        internal List<State> Passing { get; set; } = [];

        internal List<State> Failing { get; } = [];

        /// <summary>What each failing path is, more exactly.</summary>
        internal List<Refinement?> Refinements { get; } = [];

        internal DiagnosticDescriptor? Rule { get; set; }

        internal Func<Sentence, string>? Message { get; set; }

        internal Location? Location { get; set; }

        internal object? Cause { get; set; }

        /// <summary>The locks that are not held; a path that has lacked them before, as one that comes round a loop, passes and tells nothing.</summary>
        internal LockFormula? Missing { get; set; }

        /// <summary>Whether all ways out of the body together show that nothing is wrong.</summary>
        internal Func<IReadOnlyList<(State State, Term Result)>, bool>? Unless { get; set; }

        internal ImmutableDictionary<string, string?>? Properties { get; set; }
    }
}

/// <summary>What a message can draw on: the failing path, the names of its values, and the condition under which it is taken.</summary>
internal sealed class Sentence(State state, Func<Term, string?> name, string condition)
{
    internal State State { get; } = state;

    /// <summary>" when …", or nothing where every path fails.</summary>
    internal string Condition { get; } = condition;

    /// <summary>Places that explain the failure.</summary>
    internal List<Location> Related { get; } = [];

    internal string Name(Term term) => term.Display(name);

    internal string Name(LockFormula formula) => formula.Display(name);

    internal string Name(Fact fact) => fact.Display(name);

    /// <summary>Where a lock was given up on this path: "; X released it in line N".</summary>
    internal string LossOf(Term term)
    {
        Loss? loss = State.Losses.LastOrDefault(candidate => candidate.Term.Equals(term));
        if (loss is null) return "";
        return "; " + loss.How + " in line " + Line(loss.Site is LockStatementSyntax statement ? statement.GetLastToken().GetLocation() : loss.Site.GetLocation());
    }

    /// <summary>The line of a place, as editors count.</summary>
    internal string Line(SyntaxNode node) => Line(node.GetLocation());

    private string Line(Location place)
    {
        Related.Add(place);
        return (place.GetLineSpan().StartLinePosition.Line + 1).ToString(System.Globalization.CultureInfo.InvariantCulture);
    }
}

/// <summary>Finds the fewest words that tell the failing paths from the passing ones.</summary>
internal static class PathCondition
{
    internal static string Of(List<State> failing, List<State> passing, Func<Term, string?> name)
    {
        if (passing.Count == 0) return "";
        List<Literal> candidates = failing[0].Facts.Literals
            .Where(literal => failing.All(state => state.Facts.Evaluate(literal.Atom) == literal.Positive) && !literal.Atom.Any(part => part is Opaque && name(part) is null))
            .OrderBy(static literal => Weight(literal.Atom))
            .ThenBy(static literal => literal.Atom.Left.Depth)
            .ThenBy(literal => literal.Atom.Display(literal.Positive, name), StringComparer.Ordinal)
            .ToList();
        foreach (Literal literal in candidates)
        {
            if (passing.All(state => state.Facts.Evaluate(literal.Atom) == !literal.Positive)) return " when " + literal.Atom.Display(literal.Positive, name);
        }

        foreach (Literal literal in candidates)
        {
            if (passing.All(state => state.Facts.Evaluate(literal.Atom) != literal.Positive)) return " when " + literal.Atom.Display(literal.Positive, name);
        }

        for (int first = 0; first < candidates.Count && first < 12; first++)
        {
            for (int second = first + 1; second < candidates.Count && second < 12; second++)
            {
                Literal left = candidates[first];
                Literal right = candidates[second];
                if (passing.All(state => state.Facts.Evaluate(left.Atom) == !left.Positive || state.Facts.Evaluate(right.Atom) == !right.Positive))
                    return " when " + left.Atom.Display(left.Positive, name) + " and " + right.Atom.Display(right.Positive, name);
            }
        }

        return failing[0].Label is { } label && failing.All(state => state.Label == label) && passing.All(state => state.Label != label) ? " when " + label : " on some path";
    }

    /// <summary>Parameters and flags are what a reader knows; symbols come last.</summary>
    private static int Weight(Atom atom) => atom switch
    {
        { Kind: AtomKind.HasBit } when !atom.Any(static part => part is Opaque) => 0,
        { Left: Root } => 1,
        _ when !atom.Any(static part => part is Opaque) => 2,
        { Left: Opaque { Earlier: false } } => 3,
        _ => 4,
    };
}
