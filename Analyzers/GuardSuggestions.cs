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
            engine.Suggests = true;
            var bodies = new ConcurrentDictionary<ISymbol, ConcurrentBag<(IOperation Root, ISymbol Owner)>>(SymbolEqualityComparer.Default);
            start.RegisterSymbolStartAction(type => WatchFields(type, engine, bodies), SymbolKind.NamedType);
        });
    }

    /// <summary>Nested types see the private fields of the types around them, so all are judged together, at the end of the outermost, which comes last.</summary>
    private static void WatchFields(SymbolStartAnalysisContext context, Engine engine, ConcurrentDictionary<ISymbol, ConcurrentBag<(IOperation Root, ISymbol Owner)>> all)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        if (!engine.IsWatched(type)) return;
        INamedTypeSymbol outermost = BodyAnalysis.OutermostOf(type);
        ConcurrentBag<(IOperation Root, ISymbol Owner)> bodies = all.GetOrAdd(outermost, static _ => []);
        context.RegisterOperationBlockAction(blocks =>
        {
            foreach (IOperation body in Engine.BodiesOf(blocks.OperationBlocks)) bodies.Add((Engine.RootOf(body), blocks.OwningSymbol));
        });
        context.RegisterSymbolEndAction(end =>
        {
            if (type.ContainingType is not null || !all.TryRemove(outermost, out ConcurrentBag<(IOperation Root, ISymbol Owner)>? seen)) return;
            foreach (Diagnostic diagnostic in UnstatedGuards.Of(engine.Watch(GuardCandidates.Among(seen, engine), end.CancellationToken))) end.ReportDiagnostic(diagnostic);
        });
    }
}
