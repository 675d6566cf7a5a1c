using System.Collections.Generic;
using System.Composition;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeRefactorings;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using MmLint.Analyzers;

namespace MmLint.CodeFixes;

/// <summary>
/// Turns the names in a contract's string into <c>nameof</c>, so that renaming reaches them, and back: <c>"vma.Mm.Lock"</c> and
/// <c>$"{nameof(vma)}.{nameof(VmArea.Mm)}.{nameof(MmStruct.Lock)}"</c> are the same contract.
/// </summary>
[ExportCodeRefactoringProvider(LanguageNames.CSharp, Name = nameof(ContractNamesRefactoring)), Shared]
public sealed class ContractNamesRefactoring : CodeRefactoringProvider
{
    /// <inheritdoc/>
    public override async Task ComputeRefactoringsAsync(CodeRefactoringContext context)
    {
        Document document = context.Document;
        if (await document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false) is not { } root || await document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false) is not { } model) return;
        if (root.FindNode(context.Span, getInnermostNodeForTie: true).FirstAncestorOrSelf<AttributeArgumentSyntax>() is not { Parent.Parent: AttributeSyntax attribute } argument) return;
        if (model.GetTypeInfo(attribute, context.CancellationToken).Type is not { ContainingNamespace: { Name: "MmLint", ContainingNamespace.IsGlobalNamespace: true } }) return;
        if (model.GetConstantValue(argument.Expression, context.CancellationToken) is not { HasValue: true, Value: string text }) return;
        if (argument.Expression is not LiteralExpressionSyntax)
        {
            Offer("Write the contract as one string", "String", SyntaxFactory.LiteralExpression(SyntaxKind.StringLiteralExpression, SyntaxFactory.Literal(text)));
        }
        else if (Named(text, attribute, model, context.CancellationToken) is { } named)
        {
            Offer("Write the names with nameof", "Nameof", named);
        }

        void Offer(string title, string key, ExpressionSyntax expression) => context.RegisterRefactoring(CodeAction.Create(
            title, _ => Task.FromResult(document.WithSyntaxRoot(root.ReplaceNode(argument.Expression, expression.WithTriviaFrom(argument.Expression)))), nameof(ContractNamesRefactoring) + key));
    }

    /// <summary>The text with each name that code can refer to at this place replaced; null where there is none, or it would not compile to the same.</summary>
    private static ExpressionSyntax? Named(string text, AttributeSyntax attribute, SemanticModel model, CancellationToken cancellation)
    {
        ExpressionSyntax contract = SyntaxFactory.ParseExpression(text);
        if (contract.ContainsDiagnostics || contract.FullSpan.Length != text.Length) return null;
        if (ContractScope.Of(attribute, model, cancellation) is not { } scope) return null;

        var replaced = new SortedDictionary<int, (int Length, string Code)>();
        foreach (SimpleNameSyntax name in contract.DescendantNodesAndSelf().OfType<SimpleNameSyntax>())
        {
            if (Code(name) is { } code) replaced[name.SpanStart] = (name.Span.Length, code);
        }

        if (replaced.Count == 0) return null;
        if (replaced.Count == 1 && replaced.TryGetValue(0, out (int Length, string Code) only) && only.Length == text.Length) return SyntaxFactory.ParseExpression(only.Code);
        var written = new StringBuilder("$\"");
        int at = 0;
        foreach (KeyValuePair<int, (int Length, string Code)> part in replaced)
        {
            written.Append(Escaped(text.Substring(at, part.Key - at))).Append('{').Append(part.Value.Code).Append('}');
            at = part.Key + part.Value.Length;
        }

        ExpressionSyntax result = SyntaxFactory.ParseExpression(written.Append(Escaped(text.Substring(at))).Append('"').ToString());
        return ContractText.Of(result)?.Value == text ? result : null;

        string? Code(SimpleNameSyntax name)
        {
            string identifier = name.Identifier.ValueText;
            if (name.Parent is MemberAccessExpressionSyntax access && access.Name == name)
                return scope.TypeOf(access.Expression) is { } owner && ContractScope.Member(owner, identifier) is { } member && model.IsAccessible(attribute.SpanStart, member) ? "nameof(" + member.ContainingType.ToMinimalDisplayString(model, attribute.SpanStart) + "." + identifier + ")" : null;
            if (scope.Parameters.Any(parameter => parameter.Name == identifier)) return CanNameParameters(attribute) ? "nameof(" + identifier + ")" : null;
            return ContractScope.Member(scope.Type, identifier) is not null ? "nameof(" + identifier + ")" : null;
        }
    }

    /// <summary>Whether attributes of a method may name its parameters, as C# allows from version 11 on.</summary>
    private static bool CanNameParameters(AttributeSyntax attribute) => ((CSharpParseOptions)attribute.SyntaxTree.Options).LanguageVersion >= (LanguageVersion)1100;

    private static string Escaped(string text) => SyntaxFactory.Literal(text).Text is var quoted ? quoted.Substring(1, quoted.Length - 2).Replace("{", "{{").Replace("}", "}}") : text;
}
