using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace MmLint.Analyzers;

/// <content>What this body does with fields that say nothing of a guard, for <see cref="UnstatedGuards"/>.</content>
internal sealed partial class BodyAnalysis
{
    /// <summary>What was seen; null where nobody asks.</summary>
    internal Observations? Seen { get; init; }

    private Observations? Watching => !_recording || _inference is not null ? null : _outer is null ? Seen : _outer.Watching;

    /// <summary>Whether the field could have a guard: private data that changes, whose accesses are plain.</summary>
    internal static bool MayHaveGuard(ISymbol member, ContractCatalog catalog) => member is IFieldSymbol
    {
        IsReadOnly: false, IsConst: false, IsVolatile: false, IsImplicitlyDeclared: false, DeclaredAccessibility: Accessibility.Private, AssociatedSymbol: null,
    } field && !catalog.DataOf(field).IsStated && catalog.LockOf(field) is null;

    /// <summary>The type that the type is nested in, however deep, or itself.</summary>
    internal static INamedTypeSymbol OutermostOf(INamedTypeSymbol type)
    {
        while (type.ContainingType is { } outer) type = outer;
        return type.OriginalDefinition;
    }

    private void WatchAccess(State state, MemberPlace place, bool writes)
    {
        if (Watching is not { } seen || place.Member is not { } member || !SymbolEqualityComparer.Default.Equals(OutermostOf(member.ContainingType), OutermostOf(_owner.ContainingType)) || !MayHaveGuard(member, _catalog)) return;
        var path = new MemberOf(place.Target, member, place.Operation.Type);
        if (state.IsFresh(path) || IsUnderConstruction(path)) return;
        seen.Add(new FieldAccess((IFieldSymbol)member.OriginalDefinition, _owner.OriginalDefinition, place.Operation.Syntax, writes, Observations.HeldOf(state, place.Target, writes), SetsUp(state)));
    }

    /// <summary>
    /// Whether the member publishes its object further on, and has neither done so nor taken a lock on the way here: what it does until then is done to an object that
    /// nobody else knows yet, as far as its own body shows. Who asks, in a condition, takes it that others have had the object.
    /// </summary>
    private bool SetsUp(State state)
    {
        if (_isChecking || _block is not { } block || Method is not { MethodKind: MethodKind.Ordinary } || !state.Holds.IsEmpty || !state.Losses.IsEmpty) return false;
        return (_publications ??= new Publications(_graph)).AreAllAfter(block, _current);
    }

    private Publications? _publications;

    private void WatchAtomic(ISymbol? member)
    {
        if (member is not null) Watching?.Atomic.Add(member.OriginalDefinition);
    }

    private void WatchCall(State state, CallSite site)
    {
        if (Watching is not { } seen || site.Callee is not IMethodSymbol { MethodKind: MethodKind.Ordinary or MethodKind.LocalFunction } callee || callee.DeclaringSyntaxReferences.IsEmpty) return;
        if (callee.MethodKind == MethodKind.Ordinary && callee.DeclaredAccessibility != Accessibility.Private) return;
        Term? target = callee.MethodKind == MethodKind.LocalFunction ? Root.This(_owner.ContainingType) : site.Receiver;
        if (target is not null && state.IsFresh(target)) return;
        seen.Calls.Add(new HelperCall(callee.OriginalDefinition, _owner.OriginalDefinition, Observations.HeldOf(state, target, exclusively: false), SetsUp(state)));
    }

    private void WatchGiven(IDelegateCreationOperation creation)
    {
        if (creation.Target is IMethodReferenceOperation { Method: var method }) Watching?.Given.Add(method.OriginalDefinition);
    }
}
