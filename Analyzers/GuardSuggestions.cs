using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace MmLint.Analyzers;

/// <summary>
/// Suggests guards that nobody wrote down (<see cref="UnstatedGuards"/>). That takes all bodies of a type, which hosts give only to analyzers that are
/// content to come last: apart from <see cref="LockContracts"/>, which must answer at every key.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class GuardSuggestions : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rule.UnstatedGuard);

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (!Relevance.Of(start.Compilation, start.Options.AdditionalFiles, start.CancellationToken)) return;
            Engine engine = Engine.Of(start.Compilation, start.Options, start.CancellationToken);
            start.RegisterSymbolStartAction(type => WatchFields(type, engine), SymbolKind.NamedType);
        });
    }

    private static void WatchFields(SymbolStartAnalysisContext context, Engine engine)
    {
        if (!engine.IsWatched((INamedTypeSymbol)context.Symbol)) return;
        var bodies = new ConcurrentBag<(IOperation Root, ISymbol Owner)>();
        context.RegisterOperationBlockAction(blocks =>
        {
            foreach (IOperation body in Engine.BodiesOf(blocks.OperationBlocks)) bodies.Add((Engine.RootOf(body), blocks.OwningSymbol));
        });
        context.RegisterSymbolEndAction(end =>
        {
            foreach (Diagnostic diagnostic in UnstatedGuards.Of(engine.Watch(bodies, end.CancellationToken))) end.ReportDiagnostic(diagnostic);
        });
    }
}
