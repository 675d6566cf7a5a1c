using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace MmLint.CodeFixes;

/// <summary>Writes contract attributes on a declaration.</summary>
internal static class Annotating
{
    /// <summary>The declaration with one more list of attributes, behind those it has and below what stands above it.</summary>
    internal static SyntaxNode Annotated(this SyntaxNode declaration, IReadOnlyList<AttributeSyntax> attributes, FixSite site)
    {
        AttributeListSyntax list = AttributeList(SeparatedList(attributes.Select(attribute => attribute.WithName(Name(attribute, site))))).NormalizeWhitespace().WithAdditionalAnnotations(Formatter.Annotation);
        SyntaxList<AttributeListSyntax> known = ListsOf(declaration);
        SyntaxTriviaList leading = declaration.GetLeadingTrivia();
        SyntaxTrivia[] indentation = leading.Reverse().TakeWhile(static trivia => trivia.IsKind(SyntaxKind.WhitespaceTrivia)).Take(1).ToArray();
        if (known.Count == 0)
        {
            SyntaxNode bare = declaration.WithLeadingTrivia(indentation);
            return WithLists(bare, List([list.WithLeadingTrivia(leading).WithTrailingTrivia(site.EndOfLine)]));
        }

        bool isAlone = known.Last().GetTrailingTrivia().Any(static trivia => trivia.IsKind(SyntaxKind.EndOfLineTrivia));
        AttributeListSyntax last = known.Last().WithTrailingTrivia(site.EndOfLine);
        return WithLists(declaration, known.Replace(known.Last(), isAlone ? known.Last() : last).Add(list.WithLeadingTrivia(indentation).WithTrailingTrivia(isAlone ? known.Last().GetTrailingTrivia() : TriviaList(Space))));
    }

    /// <summary>The attributes in a text such as <c>MustHold("_gate"), MaySleep</c>.</summary>
    internal static IReadOnlyList<AttributeSyntax> Parsed(string attributes) =>
        ParseCompilationUnit("[assembly: " + attributes + "]").AttributeLists[0].Attributes.Select(static attribute => attribute.WithoutTrivia()).ToList();

    internal static SyntaxList<AttributeListSyntax> ListsOf(SyntaxNode declaration) => declaration switch
    {
        MemberDeclarationSyntax member => member.AttributeLists,
        LocalFunctionStatementSyntax local => local.AttributeLists,
        AccessorDeclarationSyntax accessor => accessor.AttributeLists,
        _ => default,
    };

    private static NameSyntax Name(AttributeSyntax attribute, FixSite site)
    {
        bool isImported = site.Model.LookupNamespacesAndTypes(site.Node.SpanStart, name: attribute.Name + "Attribute").Any();
        return isImported ? attribute.Name : ParseName("MmLint." + attribute.Name);
    }

    private static SyntaxNode WithLists(SyntaxNode declaration, SyntaxList<AttributeListSyntax> lists) => declaration switch
    {
        MemberDeclarationSyntax member => member.WithAttributeLists(lists),
        LocalFunctionStatementSyntax local => local.WithAttributeLists(lists),
        AccessorDeclarationSyntax accessor => accessor.WithAttributeLists(lists),
        _ => declaration,
    };
}
