using Microsoft.CodeAnalysis;

namespace MmLint.Analyzers;

/// <summary>MML0xxx: the contract itself is wrong.</summary>
internal static partial class Rule
{
    private const string Contracts = "MmLint.Contracts";

    internal static readonly DiagnosticDescriptor DoesNotBind = Create(
        "MML0001", "Contract does not bind", "Contract '{0}': {1}", Contracts, DiagnosticSeverity.Error);

    internal static readonly DiagnosticDescriptor WeakerOverride = Create(
        "MML0003", "Override has a weaker contract", "'{0}' {1}, but '{2}' {3}", Contracts, DiagnosticSeverity.Error);

    internal static readonly DiagnosticDescriptor DelegateMismatch = Create(
        "MML0004", "Method does not fit the contract of the delegate type", "'{0}' {1}, but delegate type '{2}' {3}", Contracts, DiagnosticSeverity.Error);

    internal static readonly DiagnosticDescriptor UnstableName = Create(
        "MML0005", "Contract path runs through a name that may change", "Contract '{0}': '{1}' may change while the contract is in force; {2}", Contracts, DiagnosticSeverity.Error);

    internal static readonly DiagnosticDescriptor RefusedProof = Create(
        "MML0006", "Proof token excludes nothing", "'{0}' is no proof of {1}: {2}", Contracts, DiagnosticSeverity.Error, compilationEnd: true);

    internal static readonly DiagnosticDescriptor Contradiction = Create(
        "MML0007", "Contract contradicts or repeats another", "Contract '{0}': {1}", Contracts, DiagnosticSeverity.Error);

    internal static readonly DiagnosticDescriptor TooLarge = Create(
        "MML0015", "Body is too large to be followed to its end", "'{0}' branches too much to be followed to its end, so what is reported for it may not be all; split it", Contracts, DiagnosticSeverity.Warning);

    internal static readonly DiagnosticDescriptor ContractFile = Create(
        "MML0008", "Line of a contract file is wrong", "{0}", Contracts, DiagnosticSeverity.Error);

    internal static readonly DiagnosticDescriptor ReasonMissing = Create(
        "MML0009", "NoLockAnalysis has no reason", "[NoLockAnalysis] needs a reason that is not empty", Contracts, DiagnosticSeverity.Error);

    internal static readonly DiagnosticDescriptor SaidOtherwise = Create(
        "MML0011", "Name or assertion says what no contract says", "{0}", Contracts, DiagnosticSeverity.Info, enabled: false);

    internal static readonly DiagnosticDescriptor ContractIsInferred = Create(
        "MML0012", "Contract is inferred, not stated", "{0}", Contracts, DiagnosticSeverity.Info, enabled: false);

    internal static readonly DiagnosticDescriptor NobodyCanHold = Create(
        "MML0010", "No caller can hold the lock", "'{0}' is public, but no code outside its type can hold '{1}'; make it private or internal, or give the lock a public name or a method that takes it", Contracts, DiagnosticSeverity.Warning);

    internal static readonly DiagnosticDescriptor NoExclusion = Create(
        "MML0013", "Access rule does not exclude", "'{0}': {1}", Contracts, DiagnosticSeverity.Warning, enabled: false);

    internal static readonly DiagnosticDescriptor NoAccessRule = Create(
        "MML0014", "Mutable member has no access rule", "{0}", Contracts, DiagnosticSeverity.Warning, enabled: false);

    internal static readonly DiagnosticDescriptor SplitLock = Create(
        "MML0016", "Lock order allows a deadlock between two modes", "'{0}' is listed between the shared and the exclusive mode of '{1}': who holds '{0}' and waits for one mode can meet who holds the other mode and waits for '{0}'", Contracts, DiagnosticSeverity.Warning);
}
