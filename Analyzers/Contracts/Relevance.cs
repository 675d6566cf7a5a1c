using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace MmLint.Analyzers;

/// <summary>
/// Whether a compilation can state a contract or take a lock at all. Most cannot, and cost no more than this look at their words: nothing of
/// them is bound.
/// </summary>
/// <remarks>
/// Whoever states a contract must write the name of the annotations' namespace somewhere. Whoever takes a lock of the base library must write
/// the name of its type or of the member that takes it, or a <c>lock</c> statement.
/// </remarks>
internal static class Relevance
{
    private const string Annotations = "MmLint";

    private static readonly Lazy<ImmutableHashSet<string>> Words = new(static () => ContractFiles.FrameworkLocks().Add(Annotations).Add("lock"));

    private static readonly Lazy<int> LongestWord = new(static () => Words.Value.Max(static word => word.Length));

    /// <summary>What is known of trees: they stay the same from one compilation to the next while somebody types in another.</summary>
    private static readonly ConditionalWeakTable<SyntaxTree, object> Known = new();

    internal static bool Of(Compilation compilation, ImmutableArray<AdditionalText> files, CancellationToken cancellation)
    {
        foreach (AdditionalText file in files)
        {
            if (file.Path.EndsWith(ContractFiles.Extension, StringComparison.OrdinalIgnoreCase)) return true;
        }

        foreach (IAssemblySymbol assembly in compilation.SourceModule.ReferencedAssemblySymbols)
        {
            if (MayState(assembly)) return true;
        }

        foreach (SyntaxTree tree in compilation.SyntaxTrees)
        {
            if (IsRelevant(tree, cancellation)) return true;
        }

        return false;
    }

    /// <summary>Whether the assembly can state contracts in attributes: it references the annotations, or brings attributes of that name itself.</summary>
    internal static bool MayState(IAssemblySymbol assembly)
    {
        if (assembly.Name == Annotations + ".Annotations") return false;
        foreach (IModuleSymbol module in assembly.Modules)
        {
            foreach (AssemblyIdentity reference in module.ReferencedAssemblies)
            {
                if (reference.Name == Annotations + ".Annotations") return true;
            }
        }

        return assembly.GlobalNamespace.GetMembers(Annotations).Any(static member => member is INamespaceSymbol);
    }

    private static bool IsRelevant(SyntaxTree tree, CancellationToken cancellation)
    {
        if (Known.TryGetValue(tree, out object? known)) return (bool)known;
        bool found = HasWord(tree, cancellation);
        // Two threads may look at one tree; they see the same.
        return (bool)Known.GetValue(tree, _ => found);
    }

    private static bool HasWord(SyntaxTree tree, CancellationToken cancellation)
    {
        string text = tree.GetText(cancellation).ToString();
        int longest = LongestWord.Value;
        int at = 0;
        while (at < text.Length)
        {
            if (!SyntaxFacts.IsIdentifierPartCharacter(text[at]))
            {
                at++;
                continue;
            }

            int start = at;
            while (at < text.Length && SyntaxFacts.IsIdentifierPartCharacter(text[at])) at++;
            if (at - start > longest || !Initials.Value[text[start] & 127] || !Words.Value.Contains(text.Substring(start, at - start))) continue;
            // Not what a comment or a string says.
            SyntaxToken token = tree.GetRoot(cancellation).FindToken(start);
            if (token.Span.Contains(start) && (token.IsKind(SyntaxKind.IdentifierToken) || token.IsKeyword())) return true;
        }

        return false;
    }

    private static readonly Lazy<bool[]> Initials = new(static () =>
    {
        bool[] initials = new bool[128];
        foreach (string word in Words.Value) initials[word[0]] = true;
        return initials;
    });
}
