using Microsoft.CodeAnalysis;

namespace MmLint.Analyzers;

/// <summary>MML1xxx: the code does not keep a contract. {0} is the whole sentence; the flow engine builds it, see Flow/Findings.</summary>
internal static partial class Rule
{
    private const string Locking = "MmLint.Locking";

    internal static readonly DiagnosticDescriptor NotHeld = Create("MML1001", "Lock is not held", "{0}", Locking, DiagnosticSeverity.Error);
    internal static readonly DiagnosticDescriptor WrongMode = Create("MML1002", "Lock is held in the wrong mode", "{0}", Locking, DiagnosticSeverity.Error);
    internal static readonly DiagnosticDescriptor MayNotBeHeld = Create("MML1003", "Lock may not be held", "{0}", Locking, DiagnosticSeverity.Warning);
    internal static readonly DiagnosticDescriptor AlreadyHeld = Create("MML1004", "Lock is already held", "{0}", Locking, DiagnosticSeverity.Error);
    internal static readonly DiagnosticDescriptor ReleaseNotHeld = Create("MML1005", "Released lock is not held", "{0}", Locking, DiagnosticSeverity.Error);
    internal static readonly DiagnosticDescriptor Leak = Create("MML1006", "Locks at exit differ from the contract", "{0}", Locking, DiagnosticSeverity.Error);
    internal static readonly DiagnosticDescriptor MustNotBeHeld = Create("MML1007", "Lock must not be held", "{0}", Locking, DiagnosticSeverity.Error);
    internal static readonly DiagnosticDescriptor UnguardedRead = Create("MML1008", "Guarded member is read without its lock", "{0}", Locking, DiagnosticSeverity.Error);
    internal static readonly DiagnosticDescriptor UnguardedWrite = Create("MML1009", "Guarded member is written without its lock", "{0}", Locking, DiagnosticSeverity.Error);
    internal static readonly DiagnosticDescriptor Order = Create("MML1010", "Lock is taken out of order", "{0}", Locking, DiagnosticSeverity.Error);
    internal static readonly DiagnosticDescriptor NestingBroken = Create("MML1011", "Second lock of one class", "{0}", Locking, DiagnosticSeverity.Error);
    internal static readonly DiagnosticDescriptor SleepInAtomic = Create("MML1012", "Call may sleep in atomic context", "{0}", Locking, DiagnosticSeverity.Error);
    internal static readonly DiagnosticDescriptor IgnoredResult = Create("MML1013", "Result that says whether the lock is held is ignored", "{0}", Locking, DiagnosticSeverity.Error);
    internal static readonly DiagnosticDescriptor Stale = Create("MML1014", "Value is stale", "{0}", Locking, DiagnosticSeverity.Error);
    internal static readonly DiagnosticDescriptor FactNotKnown = Create("MML1015", "Required fact is not known", "{0}", Locking, DiagnosticSeverity.Error);
    internal static readonly DiagnosticDescriptor LeakOnThrow = Create("MML1016", "Lock leaks when a call throws", "{0}", Locking, DiagnosticSeverity.Info, enabled: false);
    internal static readonly DiagnosticDescriptor LostName = Create("MML1017", "Name of a held lock changes", "{0}", Locking, DiagnosticSeverity.Error);
    internal static readonly DiagnosticDescriptor UndeclaredAssignment = Create("MML1018", "Tracked member is assigned without saying so", "{0}", Locking, DiagnosticSeverity.Error);
    internal static readonly DiagnosticDescriptor LockCycle = Create("MML1020", "Locks are taken in a circle", "{0}", Locking, DiagnosticSeverity.Error, compilationEnd: true);
    internal static readonly DiagnosticDescriptor HeldAcrossAwait = Create("MML1019", "Thread-owned lock is held across await or yield", "{0}", Locking, DiagnosticSeverity.Error);
    internal static readonly DiagnosticDescriptor UnstatedGuard = Create("MML1021", "Field is accessed without the lock that guards it elsewhere", "{0}", Locking, DiagnosticSeverity.Info);
    internal static readonly DiagnosticDescriptor KeptDelegate = Create("MML1022", "Delegate is not invoked as its parameter says", "{0}", Locking, DiagnosticSeverity.Error);
    internal static readonly DiagnosticDescriptor StaleIndex = Create("MML1024", "Index is from before the lock was retaken", "{0}", Locking, DiagnosticSeverity.Warning);
    internal static readonly DiagnosticDescriptor StaleObject = Create("MML1025", "Object is from before the lock was retaken", "{0}", Locking, DiagnosticSeverity.Info);
    internal static readonly DiagnosticDescriptor StaleCondition = Create("MML1026", "Condition is from before the lock was retaken", "{0}", Locking, DiagnosticSeverity.Info);
    internal static readonly DiagnosticDescriptor UnlistedOrder = Create("MML1027", "Locks nest in an order that no list has", "{0}", Locking, DiagnosticSeverity.Warning, compilationEnd: true, enabled: false);
    internal static readonly DiagnosticDescriptor PossibleCycle = Create("MML1023", "Locks may be taken in a circle", "{0}", Locking, DiagnosticSeverity.Info, compilationEnd: true);
}
