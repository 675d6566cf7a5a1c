using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace MmLint.Analyzers;

/// <summary>A rule that says more exactly what a finding is about; it is reported in place of the general one.</summary>
/// <param name="rule">The rule.</param>
/// <param name="advice">What the message adds; null for nothing.</param>
/// <param name="cause">What else may fail for the same reason, and is then not reported again.</param>
internal sealed class Refinement(DiagnosticDescriptor rule, Func<Sentence, string>? advice = null, object? cause = null)
{
    internal DiagnosticDescriptor Rule { get; } = rule;

    internal Func<Sentence, string>? Advice { get; } = advice;

    internal object? Cause { get; } = cause;

    /// <summary>What all failing paths agree on; null where one of them is no such case.</summary>
    internal static Refinement? Common(IReadOnlyList<Refinement?> refinements) =>
        refinements.Count > 0 && refinements[0] is { } first && refinements.All(other => other?.Rule == first.Rule) ? first : null;
}
