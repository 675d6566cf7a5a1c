using System.Collections.Generic;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace LockMutants.Operators;

/// <summary>A way to break locking code, and where it applies.</summary>
/// <param name="Name">Its name, which <c>--kind</c> selects.</param>
/// <param name="Explanation">What it does.</param>
/// <param name="Apply">Finds its places in a file.</param>
/// <param name="Reach">Where the analyzers could notice it.</param>
internal sealed record Operator(string Name, string Explanation, System.Func<SourceFile, IEnumerable<Edit>> Apply, Reach Reach = Reach.Body);

/// <summary>Where the analyzers could notice a change.</summary>
internal enum Reach
{
    /// <summary>In the changed file only: fewer locks are taken, so no circle of locks can come about elsewhere.</summary>
    Body,

    /// <summary>In the changed file, or in the order of locks of the whole program.</summary>
    Order,

    /// <summary>Wherever the changed contract is relied on.</summary>
    Contract,
}

/// <summary>What an operator does at one place.</summary>
/// <param name="At">The place.</param>
/// <param name="What">What is changed, in terms of the source.</param>
/// <param name="Changes">The edits.</param>
internal sealed record Edit(SyntaxNode At, string What, ImmutableArray<TextChange> Changes)
{
    /// <summary>Replaces a node by another text.</summary>
    public static Edit Replace(SyntaxNode node, string text, string? what = null) =>
        new(node, what ?? OneLine(node) + " => " + OneLine(text), [new TextChange(node.Span, text)]);

    /// <summary>The text of a node in one line.</summary>
    public static string OneLine(SyntaxNode node) => OneLine(node.NormalizeWhitespace(" ", " ").ToString());

    private static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, System.StringSplitOptions.RemoveEmptyEntries));
}
