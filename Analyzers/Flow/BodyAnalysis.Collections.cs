using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;

namespace MmLint.Analyzers;

/// <content>
/// Locks that one loop takes and another gives back: all of an array, all of a list. Within a loop each round's lock has a name of its own and is
/// followed exactly. What is still held when the next round begins is collected: after the loop nobody can say which element is meant, so any
/// lock of the class counts as one of them, and what is owed is that some of them are released at all.
/// </content>
internal sealed partial class BodyAnalysis
{
    /// <summary>Classes of locks that a loop collects, with the loop.</summary>
    private readonly Dictionary<string, SyntaxNode> _collected = [];

    /// <summary>Classes of collected locks that something after their loop releases.</summary>
    private readonly HashSet<string> _collectionsReleased = [];

    /// <summary>Notes what a loop still holds when it begins another round.</summary>
    private void NoteRound(State state, BasicBlock from, BasicBlock head)
    {
        if (head.Ordinal > from.Ordinal || state.Holds.IsEmpty) return;
        SyntaxNode? place = head.Operations.FirstOrDefault()?.Syntax ?? head.BranchValue?.Syntax;
        if (place is null || LoopAround(place) is not { } loop) return;
        foreach (Hold hold in state.Holds)
        {
            if (hold.Origin != Origin.Here || hold.Site is not { } site || LoopAround(site) != loop || !NamesDiffer(hold.Term) || CollectionOf(hold.Term) is not { } collection) continue;
            _collected[collection] = loop;
        }
    }

    /// <summary>Whether the lock may be one of those that a loop before this place has collected.</summary>
    private bool IsCollected(Term term, SyntaxNode? place) => _collected.Count > 0 && place is not null && NamesDiffer(term) && CollectionOf(term) is { } collection
        && _collected.TryGetValue(collection, out SyntaxNode? loop) && place.SpanStart >= loop.Span.End;

    private bool ReleasesCollected(Term term, SyntaxNode place)
    {
        if (!IsCollected(term, place)) return false;
        _collectionsReleased.Add(CollectionOf(term)!);
        return true;
    }

    private bool IsReleasedWithItsCollection(Hold hold) => hold.Origin == Origin.Here && hold.Site is { } site && CollectionOf(hold.Term) is { } collection && _collectionsReleased.Contains(collection)
        && _collected.TryGetValue(collection, out SyntaxNode? loop) && loop.Span.Contains(site.Span);

    /// <summary>Whether the path names another object each time round a loop.</summary>
    private static bool NamesDiffer(Term term) => term.Any(static part => part is Opaque or ElementOf);

    private SyntaxNode? LoopAround(SyntaxNode node) => node.AncestorsAndSelf().TakeWhile(at => _body.Span.Contains(at.Span))
        .FirstOrDefault(static at => at is ForStatementSyntax or CommonForEachStatementSyntax or WhileStatementSyntax or DoStatementSyntax);

    /// <summary>What the elements of a collection of locks have in common: the member that the lock is, or its type.</summary>
    private static string? CollectionOf(Term term) => term switch
    {
        MemberOf { Member: { ContainingType: { } owner } member } => owner.ToDisplayString() + "." + member.Name,
        ElementOf { Target: { } array } => "[]" + (CollectionOf(array) ?? ""),
        _ => term.Type?.ToDisplayString(),
    };
}
