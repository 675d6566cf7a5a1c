using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace LockMutants;

/// <summary>
/// Which files a member's contract can matter to: those that speak of the member, or of what is declared in terms of it: of an alias that means its lock, of a
/// parameter whose delegate type it is.
/// </summary>
internal sealed partial class Mentions
{
    private const string AttributeSuffix = "Attribute";
    private readonly Dictionary<SyntaxTree, HashSet<string>> _words = [];
    private readonly Dictionary<string, HashSet<string>> _declaredWith = [];

    /// <summary>Reads the words of all files.</summary>
    public Mentions(IEnumerable<SyntaxTree> trees)
    {
        foreach (var tree in trees)
        {
            var root = tree.GetRoot();
            _words.Add(tree, [.. WordsOf(root)]);
            foreach (var member in root.DescendantNodes().OfType<MemberDeclarationSyntax>())
                Note(member);
        }
    }

    /// <summary>The files; null where the member may be used without being named.</summary>
    public IReadOnlyList<SyntaxTree>? FilesOf(string member)
    {
        string[] path = member.Split('.');
        string name = path[^1] == "new" ? path[^2] : path[^1];
        if (name is "Dispose" or "this[]" or "assembly" || name.Contains("operator", System.StringComparison.Ordinal))
            return null;
        var names = new HashSet<string>();
        var next = new Queue<string>([name]);
        while (next.TryDequeue(out string? each))
        {
            if (!names.Add(each))
                continue;
            if (each.EndsWith(AttributeSuffix, System.StringComparison.Ordinal))
                next.Enqueue(each[..^AttributeSuffix.Length]);
            foreach (string user in _declaredWith.GetValueOrDefault(each) ?? [])
                next.Enqueue(user);
        }

        return [.. _words.Where(words => words.Value.Overlaps(names)).Select(static words => words.Key)];
    }

    /// <summary>The declaration without what runs: its types, its attributes, the path that a property stands for.</summary>
    private void Note(MemberDeclarationSyntax member)
    {
        IEnumerable<SyntaxNode> parts = member switch
        {
            BaseMethodDeclarationSyntax method => [.. method.AttributeLists, method.ParameterList, .. Types((method as MethodDeclarationSyntax)?.ReturnType)],
            PropertyDeclarationSyntax property => [.. property.AttributeLists, property.Type, .. Types(property.ExpressionBody)],
            BaseFieldDeclarationSyntax field => [.. field.AttributeLists, field.Declaration.Type],
            DelegateDeclarationSyntax type => [.. type.AttributeLists, type.ParameterList],
            BaseTypeDeclarationSyntax type => type.AttributeLists,
            _ => [],
        };
        string[] names = member switch
        {
            MethodDeclarationSyntax method => [method.Identifier.ValueText],
            ConstructorDeclarationSyntax constructor => [constructor.Identifier.ValueText],
            PropertyDeclarationSyntax property => [property.Identifier.ValueText],
            BaseFieldDeclarationSyntax field => [.. field.Declaration.Variables.Select(static variable => variable.Identifier.ValueText)],
            DelegateDeclarationSyntax type => [type.Identifier.ValueText],
            BaseTypeDeclarationSyntax type => [type.Identifier.ValueText],
            _ => [],
        };
        foreach (string word in parts.SelectMany(WordsOf))
        {
            if (!_declaredWith.TryGetValue(word, out var users))
                _declaredWith.Add(word, users = []);
            users.UnionWith(names);
        }
    }

    private static IEnumerable<SyntaxNode> Types(SyntaxNode? node) => node is null ? [] : [node];

    /// <summary>Identifiers, and those that contracts write in strings.</summary>
    private static IEnumerable<string> WordsOf(SyntaxNode node)
    {
        foreach (var token in node.DescendantTokens())
        {
            if (token.IsKind(SyntaxKind.IdentifierToken))
                yield return token.ValueText;
            else if (token.IsKind(SyntaxKind.StringLiteralToken) && token.Parent?.FirstAncestorOrSelf<AttributeSyntax>() is not null)
            {
                foreach (Match word in Word().Matches(token.ValueText))
                    yield return word.Value;
            }
        }
    }

    [GeneratedRegex(@"\w+")]
    private static partial Regex Word();
}
