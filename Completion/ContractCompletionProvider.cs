using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Composition;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Completion;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Options;
using Microsoft.CodeAnalysis.Tags;
using Microsoft.CodeAnalysis.Text;
using MmLint.Analyzers;

namespace MmLint.Completion;

/// <summary>Offers, inside the string of a contract, the names that it can bind: parameters, the result, members on the way to a lock, and modes, or what a call can rely on. Locks come first.</summary>
[ExportCompletionProvider(nameof(ContractCompletionProvider), LanguageNames.CSharp), Shared]
public sealed class ContractCompletionProvider : CompletionProvider
{
    private const string Detail = "Detail";

    private static readonly ImmutableArray<string> Functions = ImmutableArray.Create("shared", "exclusive", "upgradeable", "old");

    /// <summary>What stands before the caret: a path that ends in a dot, if there is one, and the beginning of a name.</summary>
    private static readonly Regex BeforeCaret = new(@"((?<path>[\w.]+)\.)?(?<name>\w*)$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));

    /// <inheritdoc/>
    public override bool ShouldTriggerCompletion(SourceText text, int caretPosition, CompletionTrigger trigger, OptionSet options)
    {
        if (text is null || trigger.Kind != CompletionTriggerKind.Insertion) return false;
        if (trigger.Character is not ('.' or '"' or '(' or ' ') && !char.IsLetter(trigger.Character)) return false;
        TextLine line = text.Lines.GetLineFromPosition(caretPosition);
        string before = text.ToString(TextSpan.FromBounds(line.Start, caretPosition));
        return before.Contains('[') && before.Count(static character => character == '"') % 2 == 1;
    }

    /// <inheritdoc/>
    public override async Task ProvideCompletionsAsync(CompletionContext context)
    {
        if (context is null) return;
        CancellationToken cancellation = context.CancellationToken;
        if (await context.Document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false) is not { } root || context.Position == 0) return;
        SyntaxToken token = root.FindToken(context.Position - 1);
        if (token.Kind() is not (SyntaxKind.StringLiteralToken or SyntaxKind.InterpolatedStringTextToken or SyntaxKind.InterpolatedStringStartToken)) return;
        if (context.Position == token.Span.End && token.Text.Length > 1 && token.Text.EndsWith("\"", StringComparison.Ordinal) && !token.IsKind(SyntaxKind.InterpolatedStringTextToken)) return;
        if (token.Parent?.FirstAncestorOrSelf<AttributeArgumentSyntax>() is not { Parent.Parent: AttributeSyntax attribute } argument) return;
        if (await context.Document.GetSemanticModelAsync(cancellation).ConfigureAwait(false) is not { } model) return;
        if (ContractOf(argument, attribute, model, cancellation) is not { } contract || ContractScope.Of(attribute, model, cancellation) is not { } scope) return;
        bool isQuestion = contract.Name == "ReliesOnAttribute";

        Match match = BeforeCaret.Match(token.Text.Substring(0, context.Position - token.SpanStart));
        string path = match.Groups["path"].Value;
        var catalog = new ContractCatalog(model.Compilation, ContractFiles.Read(context.Document.Project.AnalyzerOptions.AdditionalFiles, cancellation));
        context.IsExclusive = true;
        context.CompletionListSpan = new TextSpan(token.SpanStart + match.Groups["name"].Index, match.Groups["name"].Length);
        if (path.Length > 0)
        {
            if (scope.TypeOf(SyntaxFactory.ParseExpression(path)) is { } owner) context.AddItems(MembersOf(owner));
            return;
        }

        context.AddItems(scope.Parameters.Select(parameter => Item(parameter, catalog.LockOf(parameter.Type) is not null, parameter.Type, WellKnownTags.Parameter)));
        context.AddItems(MembersOf(scope.Type));
        if (scope.HasResult && !isQuestion) context.AddItem(CompletionItem.Create("result", tags: ImmutableArray.Create(WellKnownTags.Keyword)));
        if (!scope.Carrier.IsStatic) context.AddItem(CompletionItem.Create("this", tags: ImmutableArray.Create(WellKnownTags.Keyword)));
        if (!isQuestion) context.AddItems(Functions.Select(static function => CompletionItem.Create(function, displayTextSuffix: "()", tags: ImmutableArray.Create(WellKnownTags.Method))));

        IEnumerable<CompletionItem> MembersOf(ITypeSymbol type) => (isQuestion ? ContractScope.Questions(type).Where(member => !SymbolEqualityComparer.Default.Equals(member, scope.Carrier)) : ContractScope.Members(type))
            .Where(member => member is { IsImplicitlyDeclared: false, CanBeReferencedByName: true } && model.IsAccessible(attribute.SpanStart, member)).GroupBy(static member => member.Name, StringComparer.Ordinal)
            .Select(static group => group.First())
            .Select(member => Item(member, catalog.LockOf(member) is not null || catalog.AliasOf(member) is not null, (member as IMethodSymbol)?.ReturnType ?? ContractCatalog.TypeOf(member), TagOf(member)));

        CompletionItem Item(ISymbol symbol, bool isLock, ITypeSymbol? type, string tag) => CompletionItem.Create(
            symbol.Name, sortText: (isLock ? "0" : "1") + symbol.Name, inlineDescription: type?.ToMinimalDisplayString(model, attribute.SpanStart) ?? "", tags: ImmutableArray.Create(tag),
            properties: ImmutableDictionary<string, string>.Empty.Add(Detail, symbol.ToMinimalDisplayString(model, attribute.SpanStart)));
    }

    /// <inheritdoc/>
    public override Task<CompletionDescription?> GetDescriptionAsync(Document document, CompletionItem item, CancellationToken cancellationToken) =>
        Task.FromResult<CompletionDescription?>(item is not null && item.Properties.TryGetValue(Detail, out string? detail) ? CompletionDescription.FromText(detail) : null);

    private static string TagOf(ISymbol member) => member switch { IFieldSymbol => WellKnownTags.Field, IMethodSymbol => WellKnownTags.Method, _ => WellKnownTags.Property };

    /// <summary>The attribute of which the argument is the text, if that is a contract: its parameter or property says so, wherever the attribute comes from.</summary>
    private static ITypeSymbol? ContractOf(AttributeArgumentSyntax argument, AttributeSyntax attribute, SemanticModel model, CancellationToken cancellation)
    {
        SymbolInfo info = model.GetSymbolInfo(attribute, cancellation);
        ISymbol? target = argument.NameEquals is { } name ? model.GetSymbolInfo(name.Name, cancellation).Symbol
            : (info.Symbol ?? info.CandidateSymbols.FirstOrDefault()) is IMethodSymbol { Parameters: { IsEmpty: false } parameters } && attribute.ArgumentList is { } list ? parameters[Math.Min(list.Arguments.IndexOf(argument), parameters.Length - 1)] : null;
        return target?.GetAttributes().Any(static each => each.AttributeClass is { Name: "StringSyntaxAttribute" }) == true
            && model.GetTypeInfo(attribute, cancellation).Type is { } type && type.WithBases().Any(static at => at.ContainingNamespace is { Name: "MmLint", ContainingNamespace.IsGlobalNamespace: true }) ? type : null;
    }
}
