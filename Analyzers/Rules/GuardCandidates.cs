using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace MmLint.Analyzers;

/// <summary>
/// Which bodies of a type <see cref="UnstatedGuards"/> has to follow. In most types each field is accessed either under one lock statement everywhere or so seldom that nothing could be concluded:
/// that shows in the operations as they were written. Only where it does not, the bodies that access the field are followed, and those that call the helpers among them.
/// </summary>
internal sealed class GuardCandidates
{
    private readonly Engine _engine;
    private readonly (IOperation Root, ISymbol Owner)[] _bodies;
    private readonly Dictionary<ISymbol, FieldUse> _fields = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<ISymbol, List<int>> _mentions = new(SymbolEqualityComparer.Default);
    private readonly HashSet<ISymbol> _called = new(SymbolEqualityComparer.Default);

    /// <summary>Whether code runs inside a lock statement that does not keep what is held.</summary>
    private bool _interrupts;

    private GuardCandidates(IEnumerable<(IOperation Root, ISymbol Owner)> bodies, Engine engine)
    {
        _engine = engine;
        _bodies = bodies.ToArray();
    }

    /// <summary>Those of a type's bodies without which no field of it could be reported.</summary>
    internal static IReadOnlyCollection<(IOperation Root, ISymbol Owner)> Among(IEnumerable<(IOperation Root, ISymbol Owner)> bodies, Engine engine)
    {
        var candidates = new GuardCandidates(bodies, engine);
        for (int index = 0; index < candidates._bodies.Length; index++) candidates.LookAt(index);
        return candidates.Choose();
    }

    private void LookAt(int body)
    {
        (IOperation root, ISymbol owner) = _bodies[body];
        bool constructs = owner is IMethodSymbol { MethodKind: MethodKind.Constructor or MethodKind.StaticConstructor or MethodKind.Destructor };
        foreach (IOperation operation in root.DescendantsAndSelf())
        {
            switch (operation)
            {
                case IFieldReferenceOperation reference when BodyAnalysis.MayHaveGuard(reference.Field, _engine.Catalog):
                    List<ISymbol> guards = GuardsAround(reference, owner.ContainingType, out bool runsLater);
                    if (constructs && !runsLater) break;
                    ISymbol field = reference.Field.OriginalDefinition;
                    (_fields.TryGetValue(field, out FieldUse? known) ? known : _fields[field] = new FieldUse()).Add(body, guards);
                    break;
                case IInvocationOperation invocation:
                    _called.Add(invocation.TargetMethod);
                    if (invocation.Instance is IMemberReferenceOperation { Member: var holder }) _called.Add(holder);
                    else if (invocation.Instance is IParameterReferenceOperation { Parameter: var parameter }) _called.Add(parameter);
                    Mention(invocation.TargetMethod, body);
                    break;
                case IMethodReferenceOperation { Method: var given }:
                    Mention(given, body);
                    break;
                case IObjectCreationOperation { Constructor: { } constructor }:
                    _called.Add(constructor);
                    break;
                case IPropertyReferenceOperation { Property: var property }:
                    if (property.GetMethod is { } getter) _called.Add(getter);
                    if (property.SetMethod is { } setter) _called.Add(setter);
                    break;
                case IAwaitOperation or IReturnOperation { Kind: OperationKind.YieldReturn }:
                    _interrupts |= IsInLock(operation);
                    break;
            }
        }
    }

    private void Mention(IMethodSymbol method, int body)
    {
        if (!UnstatedGuards.IsHelper(method)) return;
        ISymbol helper = method.OriginalDefinition;
        (_mentions.TryGetValue(helper, out List<int>? known) ? known : _mentions[helper] = []).Add(body);
    }

    /// <summary>The locks of the accessed object that lock statements around the access hold, and those of no object; the type stands for the object itself.</summary>
    private static List<ISymbol> GuardsAround(IFieldReferenceOperation access, INamedTypeSymbol type, out bool runsLater)
    {
        var guards = new List<ISymbol>();
        bool isOwn = IsThis(access.Instance);
        runsLater = false;
        IOperation inner = access;
        for (IOperation? around = access.Parent; around is not null && !runsLater; inner = around, around = around.Parent)
        {
            runsLater = around is IAnonymousFunctionOperation or ILocalFunctionOperation;
            if (around is not ILockOperation { Body: var body, LockedValue: var locked } || body != inner) continue;
            while (locked is IConversionOperation conversion) locked = conversion.Operand;
            if (isOwn && IsThis(locked)) guards.Add(type);
            else if (locked is IFieldReferenceOperation { Field: { IsReadOnly: true } field, Instance: var holder } && (field.IsStatic || (isOwn && IsThis(holder)))) guards.Add(field);
        }

        return guards;
    }

    private static bool IsThis(IOperation? operation) => operation is IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ContainingTypeInstance };

    private static bool IsInLock(IOperation? operation)
    {
        while (operation is not (null or ILockOperation)) operation = operation.Parent;
        return operation is not null;
    }

    private IReadOnlyCollection<(IOperation Root, ISymbol Owner)> Choose()
    {
        bool? interrupts = null;
        var chosen = new bool[_bodies.Length];
        var pending = new Stack<int>();
        foreach (FieldUse use in _fields.Values)
        {
            if (use.Places <= UnstatedGuards.LeastGuarded || (use.HasOneGuard && !(interrupts ??= _interrupts || _called.Any(LetsGo)))) continue;
            foreach (int body in use.Bodies) Take(body);
        }

        while (pending.Count > 0)
        {
            ISymbol owner = _bodies[pending.Pop()].Owner;
            if (!UnstatedGuards.IsHelper(owner)) continue;
            // Nobody names it, so that it is called in a way that does not show, if at all.
            if (!_mentions.TryGetValue(owner.OriginalDefinition, out List<int>? callers)) return _bodies;
            foreach (int caller in callers) Take(caller);
        }

        return _bodies.Where((_, index) => chosen[index]).ToList();

        void Take(int body)
        {
            if (chosen[body]) return;
            chosen[body] = true;
            pending.Push(body);
        }
    }

    /// <summary>Whether a call may leave less locked than before.</summary>
    private bool LetsGo(ISymbol called)
    {
        MemberContract contract = _engine.ContractOf(called);
        if (contract.Releases.Count > 0 || contract.Downgrades.Count > 0) return true;
        return called is IMethodSymbol { MethodKind: MethodKind.DelegateInvoke, ContainingType: var type } && _engine.ContractOf(type) is { IsEmpty: false };
    }

    /// <summary>Where one field is accessed.</summary>
    private sealed class FieldUse
    {
        private List<ISymbol>? _guards;

        internal int Places { get; private set; }

        internal List<int> Bodies { get; } = [];

        /// <summary>Whether one lock is around all places.</summary>
        internal bool HasOneGuard => _guards is { Count: > 0 };

        internal void Add(int body, List<ISymbol> guards)
        {
            Places++;
            if (Bodies.Count == 0 || Bodies[Bodies.Count - 1] != body) Bodies.Add(body);
            if (_guards is null) _guards = guards;
            else _guards.RemoveAll(guard => !guards.Contains(guard, SymbolEqualityComparer.Default));
        }
    }
}
