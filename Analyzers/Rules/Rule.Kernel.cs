using Microsoft.CodeAnalysis;

namespace MmLint.Analyzers;

/// <summary>
/// MML2xxx: an MML1xxx finding in which the annotations recognise a mistake that code which manages memory is known for. It takes the place of the
/// general finding; <see cref="Refinement"/> decides.
/// </summary>
internal static partial class Rule
{
    private const string Kernel = "MmLint.Kernel";

    internal static readonly DiagnosticDescriptor AlternativeExists = Create("MML2001", "Lock is not held, and another member does without", "{0}", Kernel, DiagnosticSeverity.Error);
    internal static readonly DiagnosticDescriptor PassedUnlocked = Create("MML2002", "Object is passed on unlocked", "{0}", Kernel, DiagnosticSeverity.Error);
    internal static readonly DiagnosticDescriptor LookupPromisesLess = Create("MML2003", "Locked lookup promises less than is required", "{0}", Kernel, DiagnosticSeverity.Error);
    internal static readonly DiagnosticDescriptor OnlyPartLocked = Create("MML2004", "Only one part of the whole is locked", "{0}", Kernel, DiagnosticSeverity.Error);
    internal static readonly DiagnosticDescriptor PartNotWriteLocked = Create("MML2005", "Part of the whole is not write-locked", "{0}", Kernel, DiagnosticSeverity.Error);
    internal static readonly DiagnosticDescriptor ResultMisreports = Create("MML2006", "Result and lock disagree", "{0}", Kernel, DiagnosticSeverity.Error);
    internal static readonly DiagnosticDescriptor NotLookedUpAgain = Create("MML2007", "Value from before the lock was retaken", "{0}", Kernel, DiagnosticSeverity.Error);
    internal static readonly DiagnosticDescriptor CrashingAssertion = Create("MML2008", "Assertion crashes where a report would do", "{0}", Kernel, DiagnosticSeverity.Warning);
    internal static readonly DiagnosticDescriptor ForeignContext = Create("MML2009", "Call is for the current context only", "{0}", Kernel, DiagnosticSeverity.Error);
    internal static readonly DiagnosticDescriptor OpenCoded = Create("MML2010", "Lock is taken and released around a call that has a helper", "{0}", Kernel, DiagnosticSeverity.Info);
    internal static readonly DiagnosticDescriptor UnbalancedReference = Create("MML2011", "Reference is not put exactly once", "{0}", Kernel, DiagnosticSeverity.Error);
}
