using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace MmLint.Analyzers;

/// <summary>A question that was put to an object: its field, property or method, or a static method that takes the object alone.</summary>
/// <param name="member">What was asked.</param>
/// <param name="argument">What it was asked about; null where it is about the object as a whole.</param>
internal sealed class Question(ISymbol member, Term? argument) : IEquatable<Question>
{
    internal ISymbol Member { get; } = member;

    internal Term? Argument { get; } = argument;

    /// <summary>Whether the answer is what somebody relies on.</summary>
    internal bool Answers(Reliance reliance, Term? about) =>
        reliance.Asks(Member) ? Argument is null || Argument.Equals(about) : Member is IMethodSymbol { IsStatic: true } && reliance.IsAboutAll;

    public bool Equals(Question? other) => other is not null && SymbolEqualityComparer.Default.Equals(other.Member, Member) && Equals(other.Argument, Argument);

    public override bool Equals(object? obj) => Equals(obj as Question);

    public override int GetHashCode() => SymbolEqualityComparer.Default.GetHashCode(Member);
}

/// <summary>A value that was read from guarded data and kept in a variable.</summary>
/// <param name="source">The guarded path that it was read through.</param>
/// <param name="need">What reading there needs.</param>
/// <param name="isGone">Whether that has not been held all the time since.</param>
internal sealed class Copy(MemberOf source, LockFormula need, bool isGone = false) : IEquatable<Copy>
{
    /// <summary>What the object behind the path was asked, where the value is the answer.</summary>
    internal Question? Asked { get; init; }

    internal MemberOf Source { get; } = source;

    internal LockFormula Need { get; } = need;

    internal bool IsGone { get; } = isGone;

    internal Copy Gone => new(Source, Need, isGone: true) { Asked = Asked };

    public bool Equals(Copy? other) => other is not null && other.IsGone == IsGone && other.Source.Equals(Source) && Equals(other.Asked, Asked);

    public override bool Equals(object? obj) => Equals(obj as Copy);

    public override int GetHashCode() => Source.GetHashCode();

    /// <summary>The same copy where a part of the path goes by another name; what the path itself held then has left it.</summary>
    internal Copy Renamed(Func<Term, Term> change) =>
        Source.Target is { } target && change(target) is var renamed && !ReferenceEquals(renamed, target) ? new Copy(new MemberOf(renamed, Source.Member, Source.Type), Need.Replace(part => part.Equals(target) ? renamed : null), IsGone) { Asked = Asked } : this;

    /// <summary>Whether both speak of one lock.</summary>
    internal bool SharesLock(LockFormula other) => Need.Locks.Any(mine => other.Locks.Any(theirs => theirs.Term.Equals(mine.Term)));

    /// <summary>Whether the lock is held again.</summary>
    internal bool IsBack(State state) => IsGone && state.Holds.Any(hold => Need.Locks.Any(item => item.Term.Equals(hold.Term)));
}

/// <summary>A condition about a guarded member that brought a path to where it is.</summary>
/// <param name="copy">The member.</param>
/// <param name="site">The condition.</param>
/// <param name="outcome">How it came out.</param>
internal sealed class Check(Copy copy, SyntaxNode site, bool outcome) : IEquatable<Check>
{
    internal Copy Copy { get; } = copy;

    /// <summary>What is checked; of one path, several questions can be open.</summary>
    internal Term Key => Copy.Asked is not { } asked ? Copy.Source : asked.Argument is { } argument ? new ElementOf(new MemberOf(Copy.Source, asked.Member), argument, null) : new MemberOf(Copy.Source, asked.Member);

    /// <summary>What was held when it was evaluated.</summary>
    internal ImmutableArray<Hold> Under { get; init; } = ImmutableArray<Hold>.Empty;

    /// <summary>Whether another lock has kept everybody else away all the time since.</summary>
    internal bool IsKept(State state) => Under.Any(hold => hold.Mode == Mode.Exclusive && !hold.Maybe && !Copy.Need.Locks.Any(item => item.Term.Equals(hold.Term))
        && state.Holds.Any(now => now.Mode == Mode.Exclusive && !now.Maybe && now.Term.Equals(hold.Term) && ReferenceEquals(now.Site, hold.Site)));

    internal SyntaxNode Site { get; } = site;

    internal Check Gone => new(Copy.Gone, Site, outcome) { Under = Under };

    public bool Equals(Check? other) => other is not null && ReferenceEquals(other.Site, Site) && other.Outcome == Outcome && other.Copy.Equals(Copy);

    public override bool Equals(object? obj) => Equals(obj as Check);

    public override int GetHashCode() => Copy.GetHashCode();

    internal Check Renamed(Func<Term, Term> change) => Copy.Renamed(change) is var renamed && ReferenceEquals(renamed, Copy) ? this : new Check(renamed, Site, outcome) { Under = Under };

    private bool Outcome => outcome;
}

/// <summary>What a body does with its variables that a copy from before could do harm in, so that only those are kept track of.</summary>
internal sealed class CopyUses
{
    private readonly HashSet<ISymbol> _variables = new(SymbolEqualityComparer.Default);
    private readonly HashSet<ISymbol> _written = new(SymbolEqualityComparer.Default);
    private readonly HashSet<ISymbol> _asked = new(SymbolEqualityComparer.Default);

    private CopyUses(ControlFlowGraph graph, ContractCatalog catalog, Func<IOperation, Telling?> tellingOf)
    {
        var assignments = new List<(ISymbol Variable, IOperation Value)>();
        GraphWalk.Any(graph, operation =>
        {
            NoteActs(operation, catalog);
            foreach (IOperation part in tellingOf(operation)?.Told.DescendantsAndSelf() ?? []) NoteActs(part, catalog);
            foreach (IOperation index in IndexesIn(operation)) AddVariables(index, _variables);
            if (InstanceOf(operation) is { } instance) AddVariables(instance, _variables);
            if (operation is ISimpleAssignmentOperation { Target: ILocalReferenceOperation { Local: var local }, Value: var value }) assignments.Add((local, value));
            return false;
        });
        if (_variables.Count + _written.Count + _asked.Count == 0) return;
        foreach (BasicBlock block in graph.Blocks)
        {
            if (block.ConditionKind != ControlFlowConditionKind.None && block.BranchValue is { } condition) AddVariables(condition, _variables);
        }

        for (int before = -1; before != _variables.Count;)
        {
            before = _variables.Count;
            foreach ((ISymbol variable, IOperation value) in assignments)
            {
                if (_variables.Contains(variable)) AddVariables(value, _variables);
            }
        }
    }

    internal static CopyUses In(ControlFlowGraph graph, ContractCatalog catalog, Func<IOperation, Telling?> tellingOf) => new(graph, catalog, tellingOf);

    /// <summary>Notes what an operation writes, and what it relies on.</summary>
    private void NoteActs(IOperation operation, ContractCatalog catalog)
    {
        if (Written(operation) is { } member && catalog.DataOf(member).IsGuarded) _written.Add(member.OriginalDefinition);
        foreach (IMethodSymbol called in CalledBy(operation))
        {
            foreach (Reliance reliance in catalog.ReliancesOf(called)) _asked.UnionWith(reliance.Questions.Select(static question => question.OriginalDefinition));
        }
    }

    /// <summary>Whether the variable is an index, is gone through to what it refers to, or is asked about.</summary>
    internal bool Concerns(ISymbol variable) => _variables.Contains(variable);

    /// <summary>Whether the body writes the member.</summary>
    internal bool Writes(ISymbol member) => _written.Contains(member.OriginalDefinition);

    /// <summary>Whether something in the body relies on what the member tells.</summary>
    internal bool ReliesOn(ISymbol member) => _asked.Contains(member.OriginalDefinition);

    /// <summary>Whether something in the body relies on what members tell.</summary>
    internal bool ReliesOnAny => _asked.Count > 0;

    /// <summary>Whether anything in the body could be decided by an old answer.</summary>
    internal bool DecidesAny => _written.Count + _asked.Count > 0;

    /// <summary>The methods and accessors that an operation calls by itself.</summary>
    private static IEnumerable<IMethodSymbol> CalledBy(IOperation operation) => operation switch
    {
        IInvocationOperation { TargetMethod: var called } => [called],
        IPropertyReferenceOperation { Property: var property } => new[] { property.GetMethod, property.SetMethod }.OfType<IMethodSymbol>(),
        _ => [],
    };

    /// <summary>The positions at which an operation looks into an array or a list.</summary>
    internal static IEnumerable<IOperation> IndexesIn(IOperation operation) => operation switch
    {
        IArrayElementReferenceOperation element => element.Indices,
        IPropertyReferenceOperation { Arguments: { Length: 1 } arguments, Instance.Type: { } type } when IsList(type) => [arguments[0].Value],
        IInvocationOperation { Instance.Type: { } type, Arguments: var given, TargetMethod: var called } when IsList(type) && IsOf(type, called, IsListInterface) => given.Where(static argument => argument.Parameter?.Type.SpecialType == SpecialType.System_Int32).Select(static argument => argument.Value),
        _ => [],
    };

    /// <summary>Whether elements of the type have positions.</summary>
    internal static bool IsList(ITypeSymbol type) => type is IArrayTypeSymbol || IsListInterface(type) || type.AllInterfaces.Any(IsListInterface);

    private static bool IsListInterface(ITypeSymbol type) => type.OriginalDefinition.SpecialType is SpecialType.System_Collections_Generic_IList_T or SpecialType.System_Collections_Generic_IReadOnlyList_T;

    /// <summary>Whether the method looks a key up and changes nothing: <c>TryGetValue</c> of the interfaces of dictionaries.</summary>
    internal static bool IsLookup(ISymbol callee) => callee is IMethodSymbol { ReturnType.SpecialType: SpecialType.System_Boolean, ContainingType: { } type } method
        && method.Parameters.Any(static parameter => parameter.RefKind == RefKind.Out) && IsOf(type, method, IsDictionaryInterface);

    private static bool IsDictionaryInterface(ITypeSymbol type) =>
        type is INamedTypeSymbol { Name: "IDictionary" or "IReadOnlyDictionary", Arity: 2, ContainingNamespace: { Name: "Generic", ContainingNamespace: { Name: "Collections", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } } } };

    /// <summary>Whether the method is a member of one of some interfaces, or what the type does for one.</summary>
    private static bool IsOf(ITypeSymbol type, IMethodSymbol method, Func<ITypeSymbol, bool> isInterface) => isInterface(method.ContainingType)
        || type.AllInterfaces.Where(implemented => isInterface(implemented)).SelectMany(static implemented => implemented.GetMembers()).Any(member => SymbolEqualityComparer.Default.Equals(type.FindImplementationForInterfaceMember(member), method));

    private static IOperation? InstanceOf(IOperation operation) => operation switch
    {
        IMemberReferenceOperation { Instance: { } instance } => instance,
        IInvocationOperation { Instance: { } instance } => instance,
        _ => null,
    };

    private static ISymbol? Written(IOperation operation) => TargetOf(operation)?.Member;

    /// <summary>The member that an operation writes.</summary>
    internal static IMemberReferenceOperation? TargetOf(IOperation operation) => operation switch
    {
        IAssignmentOperation assignment => assignment.Target,
        IIncrementOrDecrementOperation increment => increment.Target,
        _ => null,
    } as IMemberReferenceOperation;

    private static void AddVariables(IOperation operation, HashSet<ISymbol> into)
    {
        foreach (IOperation part in operation.DescendantsAndSelf())
        {
            if (part is ILocalReferenceOperation local) into.Add(local.Local);
        }
    }
}
