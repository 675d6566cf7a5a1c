using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace MmLint.Analyzers;

/// <summary>The analyzer: binds every contract of the compilation and checks every body that touches one.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class LockContracts : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(
        Rule.DoesNotBind, Rule.NotSupportedYet, Rule.WeakerOverride, Rule.DelegateMismatch, Rule.UnstableName, Rule.Contradiction, Rule.ContractFile,
        Rule.ReasonMissing, Rule.NotHeld, Rule.WrongMode, Rule.MayNotBeHeld, Rule.AlreadyHeld, Rule.ReleaseNotHeld, Rule.Leak, Rule.MustNotBeHeld,
        Rule.UnguardedRead, Rule.UnguardedWrite, Rule.Order, Rule.NestingBroken, Rule.SleepInAtomic, Rule.IgnoredResult, Rule.Stale,
        Rule.FactNotKnown, Rule.LeakOnThrow, Rule.LostName, Rule.UndeclaredAssignment, Rule.HeldAcrossAwait);

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
    }
}
