using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace MmLint.Analyzers;

/// <summary>The analyzers of the package, for hosts that do not look for them.</summary>
public static class AllAnalyzers
{
    /// <summary>One of each. They keep nothing from one compilation to the next that shows.</summary>
    public static ImmutableArray<DiagnosticAnalyzer> Instances { get; } = ImmutableArray.Create<DiagnosticAnalyzer>(new LockContracts(), new GuardSuggestions());

    /// <summary>Every rule.</summary>
    public static ImmutableArray<DiagnosticDescriptor> Rules { get; } = Instances.SelectMany(static analyzer => analyzer.SupportedDiagnostics).ToImmutableArray();
}
