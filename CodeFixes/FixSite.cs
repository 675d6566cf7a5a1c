using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Editing;
using MmLint.Analyzers;

namespace MmLint.CodeFixes;

/// <summary>One finding with everything a fix asks about its place.</summary>
internal sealed class FixSite
{
    private static readonly ConditionalWeakTable<Compilation, ContractCatalog> Catalogs = new();

    private FixSite(Document document, Diagnostic diagnostic, SyntaxNode root, SemanticModel model, CancellationToken cancellation)
    {
        Findings = ImmutableArray<Diagnostic>.Empty;
        Document = document;
        Diagnostic = diagnostic;
        Root = root;
        Model = model;
        Cancellation = cancellation;
        Node = root.FindNode(diagnostic.Location.SourceSpan, findInsideTrivia: false, getInnermostNodeForTie: true);
        Member = MemberOf(Node);
        Function = Node.AncestorsAndSelf().FirstOrDefault(static node => node is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax
            or BaseMethodDeclarationSyntax or AccessorDeclarationSyntax or PropertyDeclarationSyntax or IndexerDeclarationSyntax);
    }

    internal Document Document { get; }

    internal Diagnostic Diagnostic { get; }

    internal SyntaxNode Root { get; }

    internal SemanticModel Model { get; }

    internal CancellationToken Cancellation { get; }

    /// <summary>The node that was reported.</summary>
    internal SyntaxNode Node { get; }

    /// <summary>The declaration around it, the unit that is analysed again.</summary>
    internal SyntaxNode Member { get; }

    /// <summary>The method, accessor, lambda or local function that the node belongs to; null in initializers and top-level code.</summary>
    internal SyntaxNode? Function { get; }

    /// <summary>Everything that is reported in the declaration.</summary>
    internal ImmutableArray<Diagnostic> Findings { get; private set; }

    /// <summary>Every contract of the compilation.</summary>
    internal ContractCatalog Catalog => Catalogs.GetValue(Model.Compilation, compilation =>
        new ContractCatalog(compilation, ContractFiles.Read(Document.Project.AnalyzerOptions.AdditionalFiles, Cancellation)));

    /// <summary>The symbol of <see cref="Function"/>.</summary>
    internal IMethodSymbol? FunctionSymbol => Function switch
    {
        null => null,
        AnonymousFunctionExpressionSyntax lambda => Model.GetSymbolInfo(lambda, Cancellation).Symbol as IMethodSymbol,
        BasePropertyDeclarationSyntax property => (Model.GetDeclaredSymbol(property, Cancellation) as IPropertySymbol)?.GetMethod,
        _ => Model.GetDeclaredSymbol(Function, Cancellation) as IMethodSymbol,
    };

    /// <summary>What a return statement here returns; null for nothing.</summary>
    internal ITypeSymbol? ReturnType
    {
        get
        {
            if (FunctionSymbol is not { ReturnsVoid: false } method) return null;
            if (!method.IsAsync) return method.ReturnType;
            return method.ReturnType is INamedTypeSymbol { TypeArguments: { Length: 1 } arguments } ? arguments[0] : null;
        }
    }

    /// <summary>Opens the place of a finding; null where it is not in the document.</summary>
    internal static async Task<FixSite?> OpenAsync(Document document, Diagnostic diagnostic, CancellationToken cancellation)
    {
        SyntaxNode? root = await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false);
        SemanticModel? model = await document.GetSemanticModelAsync(cancellation).ConfigureAwait(false);
        if (root is null || model is null || !diagnostic.Location.IsInSource || !root.FullSpan.Contains(diagnostic.Location.SourceSpan)) return null;
        var site = new FixSite(document, diagnostic, root, model, cancellation);
        site.Findings = await Reanalysis.FindingsAsync(document, site.Member.FullSpan, cancellation, Reanalysis.IsHint(diagnostic)).ConfigureAwait(false);
        return site;
    }

    /// <summary>The declaration that is analysed as one: a method, a property with its accessors, a field; the file for top-level code.</summary>
    internal static SyntaxNode MemberOf(SyntaxNode node) =>
        node.AncestorsAndSelf().FirstOrDefault(static ancestor => ancestor is MemberDeclarationSyntax and not GlobalStatementSyntax) ?? node.SyntaxTree.GetRoot();

    /// <summary>A name that nothing in the member has yet.</summary>
    internal string Unused(string name)
    {
        var taken = new HashSet<string>(Member.DescendantTokens().Where(static token => token.IsKind(SyntaxKind.IdentifierToken)).Select(static token => token.ValueText));
        string candidate = name;
        for (int number = 2; taken.Contains(candidate); number++) candidate = name + number.ToString(CultureInfo.InvariantCulture);
        return candidate;
    }

    /// <summary>An editor of the document.</summary>
    internal SyntaxEditor Editor() => new(Root, Document.Project.Solution.Services);

    /// <summary>The end of a line as the document writes it.</summary>
    internal SyntaxTrivia EndOfLine => Root.DescendantTrivia().FirstOrDefault(static trivia => trivia.IsKind(SyntaxKind.EndOfLineTrivia)) is { RawKind: not 0 } known ? known : SyntaxFactory.LineFeed;

    /// <summary>Whether a value of one type may be given where the other is wanted, without a conversion that changes it.</summary>
    internal bool Converts(ITypeSymbol? from, ITypeSymbol? to) =>
        from is not null && to is not null && Model.Compilation.ClassifyCommonConversion(from, to) is { IsImplicit: true, IsUserDefined: false, IsNumeric: false };
}
