using Microsoft.CodeAnalysis;

namespace MmLint.Analyzers;

/// <summary>Makes the descriptors, so that every rule has its help link and category from one place.</summary>
internal static partial class Rule
{
    private const string HelpRoot = "https://github.com/mmlint/mmlint/blob/main/docs/rules/";

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
