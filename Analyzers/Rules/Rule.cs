using System.Threading;
using Microsoft.CodeAnalysis;

namespace MmLint.Analyzers;

/// <summary>Makes the descriptors, so that every rule has its help link and category from one place.</summary>
internal static partial class Rule
{
    private const string HelpRoot = "https://github.com/mmlint/mmlint/blob/main/docs/rules/";

    /// <summary>Whether one of some rules that are off by default has been switched on for a file: what nobody hears is not worked out.</summary>
    internal static bool IsAnyOn(Compilation compilation, SyntaxTree tree, CancellationToken cancellation, params DiagnosticDescriptor[] rules)
    {
        CompilationOptions options = compilation.Options;
        foreach (DiagnosticDescriptor rule in rules)
        {
            ReportDiagnostic severity = default;
            bool isSet = options.SpecificDiagnosticOptions.TryGetValue(rule.Id, out severity)
                || (options.SyntaxTreeOptionsProvider is { } provider && (provider.TryGetDiagnosticValue(tree, rule.Id, cancellation, out severity) || provider.TryGetGlobalDiagnosticValue(rule.Id, cancellation, out severity)));
            if (isSet && severity is not (ReportDiagnostic.Suppress or ReportDiagnostic.Default)) return true;
        }

        return false;
    }

    private static DiagnosticDescriptor Create(
        string id, string title, string message, string category, DiagnosticSeverity severity, bool compilationEnd = false, bool enabled = true) =>
        new(
            id,
            title,
            message,
            category,
            severity,
            isEnabledByDefault: enabled,
            helpLinkUri: HelpRoot + id + ".md",
            customTags: compilationEnd ? [WellKnownDiagnosticTags.CompilationEnd] : []);
}
