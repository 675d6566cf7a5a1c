using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace MmLint.Analyzers;

/// <summary>
/// Gathers, while a body is analysed, what a contract would have to say for it to be right: locks it needs of its callers, gives up, or
/// leaves held. Private members get their contract this way, so that small helpers need no attributes.
/// </summary>
internal sealed class Inference(IMethodSymbol method, ContractCatalog catalog)
{
    /// <summary>Each round may uncover needs behind needs; helpers that want more rounds are better off with a stated contract.</summary>
    internal const int MaxRounds = 5;

    internal static readonly AttributeModel Source = new("Inferred", ImmutableArray<object?>.Empty, ImmutableDictionary<string, object?>.Empty, onReturn: false, static () => null);

    private readonly List<(State State, Term Result)> _exits = [];
    private readonly List<LockFormula> _needs = [];
    private readonly List<LockFormula> _released = [];
    private readonly List<LockFormula> _taken = [];
    private readonly Dictionary<int, List<LockFormula>> _given = [];
    private bool _sleeps;

    /// <summary>Whether a caller could write the formula: it runs through the member's own parameters, <c>this</c> and statics only.</summary>
    private bool IsExpressible(LockFormula formula) =>
        !formula.Any(part => part is Opaque or Condition or Tuple or Constant { Value: null } or Root { Kind: RootKind.Local or RootKind.Value or RootKind.Result }
            || part is Root { Kind: RootKind.Parameter, Symbol: { } parameter } && !SymbolEqualityComparer.Default.Equals(parameter.ContainingSymbol, method))
        && formula.Locks.All(static item => item.Term is not Constant) && formula.Locks.Any();

    /// <summary>Takes note of a missing lock; false where no contract could ask for it.</summary>
    internal bool Need(LockFormula formula)
    {
        if (!IsExpressible(formula)) return false;
        if (_needs.All(known => known.ToString() != formula.ToString())) _needs.Add(formula);
        return true;
    }

    /// <summary>Takes note that a lock is given up that was not taken here.</summary>
    internal bool Release(LockFormula.Lock item)
    {
        if (!IsExpressible(item)) return false;
        if (_released.All(known => known.ToString() != item.ToString())) _released.Add(item);
        return true;
    }

    /// <summary>Takes note that the body waits for a lock, so that callers must not hold it.</summary>
    internal void Take(LockFormula.Lock item)
    {
        if (IsExpressible(item) && _taken.All(known => known.ToString() != item.ToString())) _taken.Add(item);
    }

    /// <summary>Takes note of what is held when a delegate is invoked that the method was given.</summary>
    internal void Invoke(IParameterSymbol parameter, IEnumerable<Hold> holds)
    {
        List<LockFormula> here = holds.Where(static hold => !hold.Maybe).Select(static hold => (LockFormula)new LockFormula.Lock(hold.Term, hold.Mode)).Where(IsExpressible).ToList();
        _given[parameter.Ordinal] = _given.TryGetValue(parameter.Ordinal, out List<LockFormula>? known) ? known.Where(formula => here.Any(other => other.ToString() == formula.ToString())).ToList() : here;
    }

    internal void Sleep() => _sleeps = true;

    internal void Exit(State state, Term result) => _exits.Add((state, result));

    /// <summary>The contract that the last round asks for; null where it asks for nothing beyond <paramref name="known"/>.</summary>
    internal MemberContract? Improve(MemberContract known)
    {
        var contract = new MemberContract(method, method.Parameters) { IsInferred = true, MaySleep = known.MaySleep || _sleeps };
        contract.Needs.AddRange(known.Needs);
        bool grown = contract.MaySleep != known.MaySleep;
        foreach (LockClause clause in known.Releases)
        {
            // What was found to be given up may turn out to be given up on some ways out only.
            bool isPartial = clause.When is null && clause.Locks is LockFormula.Lock && _exits.Exists(exit => IsLeftHeld(exit.State, clause.Locks));
            Fact? when = null;
            bool isTold = isPartial && TellsApart(state => !IsLeftHeld(state, clause.Locks), out when);
            contract.Releases.Add(isTold ? new LockClause(clause.Locks, when, Source) : clause);
            grown |= isTold;
        }

        contract.Acquires.AddRange(known.Acquires);
        foreach (LockFormula need in _needs)
        {
            if (contract.Needs.Any(clause => clause.Locks.ToString() == need.ToString())) continue;
            contract.Needs.Add(new LockClause(need, null, Source));
            grown = true;
        }

        foreach (LockFormula released in _released)
        {
            if (contract.Releases.Any(clause => clause.Locks.ToString() == released.ToString())) continue;
            contract.Releases.Add(new LockClause(released, null, Source));
            grown = true;
        }

        contract.Excludes.AddRange(known.Excludes);
        foreach (LockFormula taken in _taken)
        {
            if (contract.Excludes.Any(clause => clause.Locks.ToString() == taken.ToString()) || contract.Needs.Concat(contract.Releases).Any(clause => clause.Locks.Locks.Any(item => item.Term.ToString() == taken.ToString()))) continue;
            contract.Excludes.Add(new LockClause(taken, null, Source));
            grown = true;
        }

        foreach (KeyValuePair<int, List<LockFormula>> given in _given)
        {
            contract.Given[given.Key] = given.Value;
            grown |= !known.Given.TryGetValue(given.Key, out List<LockFormula>? before) || before.Count != given.Value.Count;
        }

        if (grown) return contract;
        foreach ((Term term, Mode mode) in _exits.SelectMany(static exit => exit.State.Holds).Where(static hold => hold.Origin == Origin.Here && !hold.Maybe).Select(static hold => (hold.Term, hold.Mode)).Distinct())
        {
            var item = new LockFormula.Lock(term, mode);
            if (_exits.Any(exit => exit.State.Entry.Any(entry => entry.Term.Equals(term))) && IsExpressible(item) && contract.Releases.All(clause => clause.Locks.Locks.All(known => !known.Term.Equals(term))))
            {
                // Held by the caller and taken here: it was dropped in between, on some path at least.
                contract.Releases.Add(new LockClause(new LockFormula.Lock(term, Mode.None), null, Source));
                contract.Acquires.Add(new LockClause(item, null, Source));
                grown = true;
                continue;
            }

            if (!IsExpressible(item) || contract.Acquires.Any(clause => clause.Locks.ToString() == item.ToString())) continue;
            if (!TellsApart(state => state.Holds.Any(hold => hold.Term.Equals(term)), out Fact? when)) continue;
            contract.Acquires.Add(new LockClause(item, when, Source));
            grown = true;
        }

        foreach ((Hold hold, int index) in _exits.SelectMany(static exit => exit.State.Entry.Select(static (hold, index) => (hold, index))).GroupBy(static pair => pair.hold.Term).Select(static group => group.First()))
        {
            var item = new LockFormula.Lock(hold.Term, Mode.None);
            if (!IsExpressible(item) || contract.Releases.Any(clause => clause.Locks.Locks.Any(known => known.Term.Equals(hold.Term)))) continue;
            if (_exits.All(exit => exit.State.Holds.Any(held => held.Term.Equals(hold.Term)))) continue;
            if (!TellsApart(state => !state.Holds.Any(held => held.Term.Equals(hold.Term)), out Fact? when)) continue;
            contract.Releases.Add(new LockClause(item, when, Source));
            grown = true;
        }

        return grown ? contract : null;
    }

    /// <summary>Whether the outcome holds at every exit (no condition), or exactly where the result says so.</summary>
    private bool TellsApart(Func<State, bool> outcome, out Fact? when)
    {
        when = null;
        if (_exits.Count == 0) return false;
        if (_exits.All(exit => outcome(exit.State))) return true;
        foreach ((Term said, Func<(State State, Term Result), Term> at, Func<Term, Fact> question) in Tellers())
        {
            foreach (bool positive in new[] { true, false })
            {
                if (!_exits.All(exit => exit.State.Decide(question(at(exit))) is { } value && (value == positive) == outcome(exit.State))) continue;
                when = positive ? question(said) : question(said).Negate();
                return true;
            }
        }

        foreach (Literal literal in _exits.SelectMany(static exit => exit.State.Facts.Literals).Where(IsSaidByCallers).Distinct().OrderBy(literal => literal.Atom.Any(IsAssignable)))
        {
            if (!_exits.All(exit => exit.State.Facts.Evaluate(literal.Atom) is { } value && (value == literal.Positive) == outcome(exit.State))) continue;
            when = new Fact.Single(literal);
            return true;
        }

        return false;
    }

    /// <summary>What the method leaves behind that may tell its callers how it went: the result or its parts, and out parameters.</summary>
    private IEnumerable<(Term Said, Func<(State State, Term Result), Term> At, Func<Term, Fact> Question)> Tellers()
    {
        Term result = Root.Result(method.ReturnType);
        if (Question(method.ReturnType) is { } question) yield return (result, static exit => exit.Result, question);
        if (method.ReturnType is INamedTypeSymbol { IsTupleType: true } tuple)
        {
            for (int index = 0; index < tuple.TupleElements.Length; index++)
            {
                int part = index;
                IFieldSymbol field = tuple.TupleElements[index];
                if (Question(field.Type) is { } ofPart) yield return (new MemberOf(result, field), exit => exit.Result is Tuple { Elements: var elements } ? elements[part] : new MemberOf(exit.Result, field), ofPart);
            }
        }

        foreach (IParameterSymbol parameter in method.Parameters)
        {
            if (parameter.RefKind == RefKind.Out && Question(parameter.Type) is { } left) yield return (Root.Parameter(parameter), exit => exit.State.Values.TryGetValue(parameter, out Term? value) ? value : Root.Parameter(parameter), left);
        }
    }

    private static Func<Term, Fact>? Question(ITypeSymbol type) => type switch
    {
        { SpecialType: SpecialType.System_Boolean } => Fact.Holds,
        { IsReferenceType: true } => static term => Fact.IsNull(term).Negate(),
        { SpecialType: SpecialType.System_Int32 or SpecialType.System_Int64 } or { TypeKind: TypeKind.Enum } => static term => Fact.Equal(term, new Constant(0L, null)),
        _ => null,
    };

    /// <summary>
    /// Whether callers can say it too, and it is true from the call on: of the method's own parameters, of members that do not change, and of members that only the
    /// caller could be seen to change.
    /// </summary>
    private bool IsSaidByCallers(Literal literal) => !literal.Atom.Any(part => part switch
    {
        Root { Kind: RootKind.This } or Constant => false,
        Root { Kind: RootKind.Parameter, Symbol: IParameterSymbol { RefKind: RefKind.None } parameter } => !SymbolEqualityComparer.Default.Equals(parameter.ContainingSymbol, method),
        MemberOf { Member: IFieldSymbol { IsReadOnly: true } or IPropertySymbol { SetMethod: null or { IsInitOnly: true } } } member => !catalog.IsStable(member.Member),
        MemberOf => !IsAssignable(part),
        _ => true,
    });

    /// <summary>A plain field or property that states no rule: what is known of it stays known until it is seen to be assigned, as within one body.</summary>
    private bool IsAssignable(Term part) => part is MemberOf { Member: IFieldSymbol { IsReadOnly: false, IsVolatile: false } or IPropertySymbol { SetMethod.IsInitOnly: false } } member && !catalog.IsStable(member.Member);

    private static bool IsLeftHeld(State state, LockFormula released) => released is LockFormula.Lock { Term: var term } && state.Holds.Any(hold => hold.Term.Equals(term));
}
