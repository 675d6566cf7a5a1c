using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;

namespace MmLint.Analyzers;

/// <summary>Where a lock was given up, for messages.</summary>
internal sealed class Loss(Term term, SyntaxNode site, string how, bool isHandover = false, bool isCallers = false)
{
    internal Term Term { get; } = term;

    internal SyntaxNode Site { get; } = site;

    internal string How { get; } = how;

    /// <summary>Whether the lock is still held, by what it was stored in.</summary>
    internal bool IsHandover { get; } = isHandover;

    /// <summary>Whether it was a caller's hold that ended: whoever takes the lock again gives the caller back what was his.</summary>
    internal bool IsCallers { get; } = isCallers;

    /// <summary>The same loss of a lock that goes by another name now.</summary>
    internal Loss With(Term term) => new(term, Site, How, IsHandover, IsCallers);
}

/// <summary>An unpublished object that is stored in another one.</summary>
/// <param name="Outer">Where it is stored.</param>
/// <param name="Inner">The object.</param>
internal sealed record Inside(Term Outer, Term Inner);

/// <summary>What a scoped lock owns.</summary>
internal sealed class Owned(ImmutableArray<Hold> holds)
{
    internal ImmutableArray<Hold> Holds { get; } = holds;
}

/// <summary>
/// One path's worth of knowledge at a place: what is held, what the locals are, what is known. A block has a set of these; two merge only
/// where they hold the same locks.
/// </summary>
internal sealed record State
{
    internal static readonly State Empty = new();

    /// <summary>Values of locals, parameters and flow captures.</summary>
    internal Map<object, Term> Values { get; init; } = Map<object, Term>.Empty;

    internal FactSet Facts { get; init; } = FactSet.Empty;

    /// <summary>Equalities between paths: each key is another name of its value.</summary>
    internal Map<Term, Term> Names
    {
        get => _names;
        init
        {
            _names = value;
            _named = 0;
            foreach (KeyValuePair<Term, Term> entry in value) _named |= entry.Key.Mark;
        }
    }

    private readonly Map<Term, Term> _names = Map<Term, Term>.Empty;

    /// <summary>The marks of all terms that have another name.</summary>
    private readonly ulong _named;

    internal ImmutableArray<Hold> Holds { get; init; } = ImmutableArray<Hold>.Empty;

    /// <summary>What the caller held when this path began.</summary>
    internal ImmutableArray<Hold> Entry { get; init; } = ImmutableArray<Hold>.Empty;

    /// <summary>Facts that a contract keeps true while a lock is held, whatever the write rules say.</summary>
    internal Map<Atom, LockFormula> Whiles { get; init; } = Map<Atom, LockFormula>.Empty;

    /// <summary>The names under which the contract knows the holds of <see cref="Entry"/>; they stay when values are renamed.</summary>
    internal ImmutableArray<Term> EntryNames { get; init; } = ImmutableArray<Term>.Empty;

    /// <summary>Values that are good only while a formula holds.</summary>
    internal Map<Term, LockFormula> Stamps { get; init; } = Map<Term, LockFormula>.Empty;

    /// <summary>Values that deeply guarded members held, with what reading through them needs.</summary>
    internal Map<Term, LockFormula> Deep { get; init; } = Map<Term, LockFormula>.Empty;

    /// <summary>Values whose formula has failed since.</summary>
    internal Map<Term, LockFormula> Stale { get; init; } = Map<Term, LockFormula>.Empty;

    /// <summary>Values that variables keep of guarded data.</summary>
    internal Map<Term, Copy> Copies { get; init; } = Map<Term, Copy>.Empty;

    /// <summary>The conditions about guarded members that this path depends on.</summary>
    internal Map<Term, Check> Checks { get; init; } = Map<Term, Check>.Empty;

    /// <summary>Objects made here that nobody else can reach yet.</summary>
    internal ImmutableHashSet<Term> Fresh { get; init; } = ImmutableHashSet<Term>.Empty;

    /// <summary>Unpublished objects that are stored in unpublished objects: the inner is published with the outer.</summary>
    internal ImmutableHashSet<Inside> Stored { get; init; } = ImmutableHashSet<Inside>.Empty;

    /// <summary>What each scoped lock value owns.</summary>
    internal Map<Term, Owned> Scopes { get; init; } = Map<Term, Owned>.Empty;

    /// <summary>Locks already reported as missing: one cause, one diagnostic.</summary>
    internal ImmutableHashSet<Term> Excused { get; init; } = ImmutableHashSet<Term>.Empty;

    /// <summary>What was given up on the way.</summary>
    internal ImmutableArray<Loss> Losses { get; init; } = ImmutableArray<Loss>.Empty;

    /// <summary>Which of several entry alternatives this path started with.</summary>
    internal string? Label { get; init; }

    public bool Equals(State? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);

    /// <summary>The best name of a term, equalities applied.</summary>
    internal Term Canonical(Term term)
    {
        for (int round = 0; round < 8 && (term.Marks & _named) != 0; round++)
        {
            Term next = term.Replace(NameOf);
            if (ReferenceEquals(next, term)) break;
            term = next;
        }

        return term;
    }

    internal Fact Canonical(Fact fact) => (fact.Marks & _named) == 0 ? fact : fact.Replace(Canonical);

    private Term? NameOf(Term part) => (part.Mark & _named) != 0 && Names.TryGetValue(part, out Term? name) ? name : null;

    internal bool? Decide(Fact fact) => Facts.Decide(Canonical(fact));

    /// <summary>This path where the fact is true; null where it cannot be.</summary>
    internal State? Assume(Fact fact)
    {
        FactSet? facts = Facts.Assume(Canonical(fact));
        if (facts is null) return null;
        if (ReferenceEquals(facts, Facts)) return this;
        State state = this with { Facts = facts };
        foreach (Literal literal in facts.Literals)
        {
            if (!literal.Positive || literal.Atom is not { Kind: AtomKind.Equal, Right: not (null or Constant) } || Facts.Has(literal.Atom)) continue;
            if (state.Unify(literal.Atom.Left, literal.Atom.Right) is not { } unified) return null;
            state = unified;
        }

        return state.Settle();
    }

    /// <summary>Decides holds that are perhaps there where facts now tell; null where these contradict.</summary>
    private State? Settle()
    {
        State state = this;
        for (int index = 0; index < state.Holds.Length; index++)
        {
            Hold hold = state.Holds[index];
            if (hold.Tells.IsEmpty || state.Told(hold) is not { } there) continue;
            if (state.Decided(hold, there) is not { } decided) return null;

            // What is known now may decide others.
            state = decided;
            index = -1;
        }

        return state;
    }

    /// <summary>This path where the hold is there, or is not; null where it cannot be so.</summary>
    private State? Decided(Hold hold, bool there)
    {
        FactSet? facts = Facts;
        foreach (Fact tell in hold.Tells) facts = facts?.Assume(Canonical(there ? tell : tell.Negate()));
        return facts is null ? null : this with { Facts = facts, Holds = there ? Holds.Replace(hold, hold.With(maybe: false)) : Holds.Remove(hold) };
    }

    /// <summary>The paths on which the hold is there, and on which it is not.</summary>
    internal IEnumerable<State> Split(Hold hold)
    {
        if (Decided(hold, there: true)?.Settle() is { } with) yield return with;
        if (Decided(hold, there: false)?.Settle() is { } without) yield return without;
    }

    /// <summary>Whether the caller held it; null where that depends on what is not known.</summary>
    internal bool? WasHeld(Hold entry) => entry.Maybe ? Told(entry) : true;

    private bool? Told(Hold hold)
    {
        foreach (Fact tell in hold.Tells)
        {
            if (Decide(tell) is { } there) return there;
        }

        return null;
    }

    /// <summary>The state without the facts that <paramref name="keep"/> refuses; what they tell of a hold is unknown then.</summary>
    internal State Keep(Func<Literal, bool> keep)
    {
        FactSet facts = Facts.Keep(keep);
        ImmutableArray<Hold> holds = HoldsTold(tell => tell.Every(literal => keep(literal) && keep(literal.Negate())));
        return ReferenceEquals(facts, Facts) && holds.Equals(Holds) ? this : this with { Facts = facts, Holds = holds };
    }

    /// <summary>The state without whatever facts mention the term.</summary>
    internal State Forget(Term term)
    {
        FactSet facts = Facts.Forget(term);
        ImmutableArray<Hold> holds = HoldsTold(tell => !tell.Mentions(term));
        return ReferenceEquals(facts, Facts) && holds.Equals(Holds) ? this : this with { Facts = facts, Holds = holds };
    }

    /// <summary>The state without most of the clauses about values that nothing names any more: those that their marks show to be so, which takes no comparing.</summary>
    internal State Sifted()
    {
        FactSet facts = Facts.Clauses.Length == 0 ? Facts : Facts.KeepLive(LiveMarks());
        return ReferenceEquals(facts, Facts) ? this : this with { Facts = facts };
    }

    /// <summary>The marks of the values without a path that something here names.</summary>
    private ulong LiveMarks()
    {
        ulong live = 0;
        foreach (KeyValuePair<object, Term> entry in Values) live |= entry.Value.Opaques;
        foreach (KeyValuePair<Term, Term> entry in Names) live |= entry.Key.Opaques | entry.Value.Opaques;
        foreach (Term term in Fresh) live |= term.Opaques;
        foreach (Term term in Excused) live |= term.Opaques;
        live |= MarksOf(Stamps) | MarksOf(Stale) | MarksOf(Deep) | MarksOf(Holds) | MarksOf(Entry);
        foreach (KeyValuePair<Atom, LockFormula> entry in Whiles) live |= entry.Key.Opaques | MarksOf(entry.Value);
        foreach (KeyValuePair<Term, Owned> entry in Scopes) live |= entry.Key.Opaques | MarksOf(entry.Value.Holds);
        return live;
    }

    private static ulong MarksOf(Map<Term, LockFormula> formulas)
    {
        ulong marks = 0;
        foreach (KeyValuePair<Term, LockFormula> entry in formulas) marks |= entry.Key.Opaques | MarksOf(entry.Value);
        return marks;
    }

    private static ulong MarksOf(ImmutableArray<Hold> holds)
    {
        ulong marks = 0;
        foreach (Hold hold in holds)
        {
            marks |= hold.Term.Opaques;
            foreach (Fact tell in hold.Tells) marks |= tell.Opaques;
        }

        return marks;
    }

    private static ulong MarksOf(LockFormula formula)
    {
        ulong marks = 0;
        formula.Any(part =>
        {
            marks |= part.Opaques;
            return false;
        });
        return marks;
    }

    /// <summary>The state without facts about values that nothing names any more: nobody can ask for them.</summary>
    internal State WithoutDead()
    {
        var live = new HashSet<Term>();
        bool Note(Term part)
        {
            if (part is Opaque) live.Add(part);
            return false;
        }

        foreach (Term value in Values.Values) value.Any(Note);
        foreach (KeyValuePair<Term, Term> name in Names) name.Value.Any(Note);
        foreach (Term key in Names.Keys.Concat(Stamps.Keys).Concat(Stale.Keys).Concat(Deep.Keys).Concat(Fresh).Concat(Scopes.Keys).Concat(Excused)) key.Any(Note);
        foreach (LockFormula formula in Stamps.Values.Concat(Stale.Values).Concat(Deep.Values).Concat(Whiles.Values)) formula.Any(Note);
        foreach (Atom atom in Whiles.Keys) atom.Any(Note);
        foreach (Hold hold in Holds.Concat(Entry).Concat(Scopes.Values.SelectMany(static owned => owned.Holds)))
        {
            hold.Term.Any(Note);
            foreach (Fact tell in hold.Tells) tell.Any(Note);
        }

        return this with { Facts = Facts.Keep(literal => !literal.Atom.Any(part => part is Opaque && !live.Contains(part))) };
    }

    /// <summary>The holds, told by those facts alone that stay.</summary>
    private ImmutableArray<Hold> HoldsTold(Func<Fact, bool> stays)
    {
        ImmutableArray<Hold> holds = Holds;
        for (int index = 0; index < holds.Length; index++)
        {
            Hold hold = holds[index];
            if (!hold.Tells.IsEmpty && !hold.Tells.All(stays)) holds = holds.SetItem(index, hold.When(hold.Tells.Where(stays).ToImmutableArray()));
        }

        return holds;
    }

    /// <summary>Makes two terms one; null where what is known of them contradicts.</summary>
    internal State? Unify(Term left, Term right)
    {
        left = Canonical(left);
        right = Canonical(right);
        if (left.Equals(right)) return this;
        if (Fact.Rank(left) > Fact.Rank(right)) (left, right) = (right, left);
        if (left.Contains(right)) return this;
        // What turns out to be the same as something that is not stale has been found again.
        Map<Term, LockFormula> stale = Stale.ContainsKey(left) == Stale.ContainsKey(right) ? Stale : Stale.Remove(left).Remove(right);
        State state = this with { Names = Names.SetItem(right, left), Stale = stale };
        if (IsGone(left) != IsGone(right)) state = state.Confirm(Copies[IsGone(left) ? left : right]);
        return state.Rewrite(right, left, keepNames: true);
    }

    private bool IsGone(Term value) => !Copies.IsEmpty && Copies.TryGetValue(value, out Copy? copy) && copy.IsGone;

    /// <summary>What was copied under a lock that has been dropped since turns out to be as it was.</summary>
    internal State Confirm(Copy found)
    {
        Map<Term, Copy> copies = Copies;
        foreach (KeyValuePair<Term, Copy> entry in Copies)
        {
            if (entry.Value.IsGone && entry.Value.SharesLock(found.Need)) copies = copies.Remove(entry.Key);
        }

        Map<Term, Check> checks = Checks;
        foreach (KeyValuePair<Term, Check> entry in Checks)
        {
            if (entry.Value.Copy.IsGone && entry.Value.Copy.SharesLock(found.Need)) checks = checks.Remove(entry.Key);
        }

        return this with { Copies = copies, Checks = checks };
    }

    /// <summary>The state with a term replaced wherever it occurs; null where that shows a contradiction.</summary>
    internal State? Rewrite(Term term, Term by, bool keepNames = false)
    {
        if (Facts.Replace(term, by) is not { } facts) return null;
        var change = new Renaming(term, by);
        State renamed = this with
        {
            Facts = facts,
            Values = MapValues(Values, change),
            Names = keepNames ? MapNames(Names, change, except: term) : MapNames(Names, change),
            Holds = MapHolds(Holds, change),
            Entry = MapHolds(Entry, change),
            Whiles = MapWhiles(Whiles, change),
            Stamps = MapFormulas(Stamps, change),
            Stale = MapFormulas(Stale, change),
            Deep = MapFormulas(Deep, change),
            Copies = MapCopies(Copies, change),
            Checks = MapChecks(Checks, change),
            Fresh = Fresh.IsEmpty ? Fresh : MapSet(Fresh, change),
            Stored = Stored.IsEmpty ? Stored : Stored.Select(pair => new Inside(change.Of(pair.Outer), change.Of(pair.Inner))).ToImmutableHashSet(),
            Scopes = MapScopes(Scopes, change),
            Excused = Excused.IsEmpty ? Excused : MapSet(Excused, change),
            Losses = Losses.Any(loss => change.Concerns(loss.Term)) ? Losses.Select(loss => change.Concerns(loss.Term) ? loss.With(change.Of(loss.Term)) : loss).ToImmutableArray() : Losses,
        };
        return renamed.Settle();
    }

    /// <summary>Whether the term occurs anywhere.</summary>
    internal bool Mentions(Term term)
    {
        if (Facts.Mentions(term) || Copies.ContainsKey(term) || Stale.ContainsKey(term) || Fresh.Contains(term) || Stamps.ContainsKey(term)) return true;
        foreach (Term excused in Excused)
        {
            if (excused.Contains(term)) return true;
        }

        foreach (Hold hold in Holds)
        {
            if (hold.Term.Contains(term) || (!hold.Tells.IsEmpty && hold.Tells.Any(tell => tell.Mentions(term)))) return true;
        }

        foreach (KeyValuePair<object, Term> entry in Values)
        {
            if (entry.Value.Contains(term)) return true;
        }

        foreach (KeyValuePair<Term, Term> entry in Names)
        {
            if (entry.Key.Contains(term) || entry.Value.Contains(term)) return true;
        }

        return false;
    }

    /// <summary>Gives the value of an earlier evaluation at the same site its own name, so that the site can name the new one.</summary>
    internal State Retire(Opaque symbol) => Retire(symbol, symbol.AsEarlier());

    /// <summary>Gives what a name meant until now another name.</summary>
    internal State Retire(Term symbol, Opaque earlier)
    {
        if (!Mentions(symbol)) return this;
        State state = Forget(earlier) with
        {
            Names = NamesWithout(earlier),
            Stale = Stale.Remove(earlier),
            Stamps = Stamps.Remove(earlier),
            Fresh = Fresh.Remove(earlier),
            Copies = Copies.Remove(earlier),
        };
        return state.Rewrite(symbol, earlier) ?? state;
    }

    /// <summary>The equalities in which a term does not occur.</summary>
    private Map<Term, Term> NamesWithout(Term term)
    {
        Map<Term, Term> names = Names;
        foreach (KeyValuePair<Term, Term> entry in Names)
        {
            if (entry.Key.Contains(term) || entry.Value.Contains(term)) names = names.Remove(entry.Key);
        }

        return names;
    }

    /// <summary>Whether an object is unpublished, and with it all that hangs on it.</summary>
    internal bool IsFresh(Term term)
    {
        if (Fresh.IsEmpty) return false;
        for (Term? at = term; at is not null; at = at is MemberOf member ? member.Target : at is ElementOf element ? element.Target : null)
        {
            if (Fresh.Contains(at)) return true;
        }

        return false;
    }

    /// <summary>Whether this path and another hold the same locks for the same reasons, so that they may merge.</summary>
    /// <param name="other">The other path.</param>
    /// <param name="isLock">Whether a value is a lock.</param>
    /// <param name="ownsLock">Whether locks belong to a value, so that it matters which of two variables another one stands for.</param>
    internal bool SameKey(State other, Func<Term, bool> isLock, Func<Term, bool> ownsLock)
    {
        if (Holds.Length != other.Holds.Length || Stale.Count != other.Stale.Count || !SameTerms(Excused, other.Excused)) return false;
        if (!Holds.Equals(other.Holds))
        {
            foreach (Hold hold in Holds)
            {
                if (!other.Holds.Contains(hold)) return false;
            }
        }

        if (!Entry.Equals(other.Entry) && !Entry.SequenceEqual(other.Entry)) return false;
        if (!ReferenceEquals(Stale, other.Stale))
        {
            foreach (KeyValuePair<Term, LockFormula> entry in Stale)
            {
                if (!other.Stale.ContainsKey(entry.Key)) return false;
            }
        }

        if (!SameCopies(other)) return false;
        if (ReferenceEquals(Values, other.Values)) return true;
        foreach (KeyValuePair<object, Term> entry in Values)
        {
            if (!other.Values.TryGetValue(entry.Key, out Term? value) || value.Equals(entry.Value)) continue;
            if (entry.Key is CaptureId && IsNull(value) != IsNull(entry.Value)) return false;
            foreach (Hold hold in Holds)
            {
                if (IsNamedBy(hold.Term, entry.Value) || IsNamedBy(hold.Term, value)) return false;
            }

            foreach (Loss loss in Losses)
            {
                if (loss.IsCallers && (IsNamedBy(loss.Term, entry.Value) || IsNamedBy(loss.Term, value))) return false;
            }

            if (Stale.ContainsKey(value) != Stale.ContainsKey(entry.Value)) return false;
            if (value is not Opaque && isLock(value) || entry.Value is not Opaque && isLock(entry.Value)) return false;
            if (entry.Value is Tuple { Elements: var mine } && value is Tuple { Elements: var theirs } && mine.Length == theirs.Length)
            {
                for (int index = 0; index < mine.Length; index++)
                {
                    if (!mine[index].Equals(theirs[index]) && NameOthers(entry.Key, mine[index], theirs[index])) return false;
                }
            }

            if (NameOthers(entry.Key, entry.Value, value)) return false;
        }

        return true;

        // What ?. and ?? have found out is asked for in a moment.
        static bool IsNull(Term value) => value is Constant { Value: null };
        bool NameOthers(object key, Term mine, Term theirs) => ownsLock(theirs) && IsVariable(key, mine, this, other) && IsVariable(key, theirs, this, other);
        static bool IsVariable(object key, Term value, State first, State second) => first.Values.Any(entry => !entry.Key.Equals(key) && entry.Value.Equals(value) && second.Values.TryGetValue(entry.Key, out Term? same) && same.Equals(value));
        static bool IsNamedBy(Term hold, Term value) => value is not Constant && hold.Contains(value);
    }

    /// <summary>Whether the same variables keep what is from before their lock was retaken.</summary>
    private bool SameCopies(State other)
    {
        if (ReferenceEquals(Copies, other.Copies) && ReferenceEquals(Values, other.Values)) return true;
        if (Copies.IsEmpty && other.Copies.IsEmpty) return true;
        foreach (KeyValuePair<object, Term> entry in Values)
        {
            if (entry.Key is ISymbol && other.Values.TryGetValue(entry.Key, out Term? value) && IsFromBefore(this, entry.Value) != IsFromBefore(other, value)) return false;
        }

        return true;
        static bool IsFromBefore(State state, Term value) => state.Copies.TryGetValue(value, out Copy? copy) && copy.IsBack(state);
    }

    /// <summary>Whether nothing distinguishes the two, facts included.</summary>
    internal bool SameAs(State other) =>
        ReferenceEquals(this, other)
        || (SameKey(other, static _ => false, static _ => false) && Facts.SameAs(other.Facts) && Same(Values, other.Values) && Same(Names, other.Names)
            && Stamps.Count == other.Stamps.Count && SameTerms(Fresh, other.Fresh) && Scopes.Count == other.Scopes.Count
            && Copies.Count == other.Copies.Count && Checks.Count == other.Checks.Count);

    /// <summary>What both paths agree on. Values that differ get a new name each, <paramref name="symbolFor"/> saying which.</summary>
    /// <param name="left">The one path.</param>
    /// <param name="right">The other path.</param>
    /// <param name="symbolFor">What a value is called that differs.</param>
    /// <param name="isForced">Whether the holds may differ: what only one side holds becomes a hold that is there where facts tell, or only perhaps.</param>
    internal static State Merge(State left, State right, Func<object, Term, Opaque> symbolFor, bool isForced = false)
    {
        if (ReferenceEquals(left, right)) return left;
        var differing = new List<(object Key, Term Left, Term Right, Opaque Symbol)>();
        var gone = new List<object>();
        if (!ReferenceEquals(left.Values, right.Values))
        {
            foreach (KeyValuePair<object, Term> entry in left.Values)
            {
                if (!right.Values.TryGetValue(entry.Key, out Term? value)) gone.Add(entry.Key);
                else if (!value.Equals(entry.Value)) differing.Add((entry.Key, entry.Value, value, symbolFor(entry.Key, entry.Value)));
            }
        }

        foreach ((object _, Term leftValue, Term rightValue, Opaque symbol) in differing)
        {
            if (!leftValue.Equals(symbol)) left = left.Retire(symbol);
            if (!rightValue.Equals(symbol)) right = right.Retire(symbol);
        }

        State first = Introduce(left, differing.Select(entry => (left.Values[entry.Key], entry.Symbol)));
        State second = Introduce(right, differing.Select(entry => (right.Values[entry.Key], entry.Symbol)));
        Map<object, Term> values = left.Values;
        foreach (object key in gone) values = values.Remove(key);
        foreach ((object key, Term _, Term _, Opaque symbol) in differing) values = values.SetItem(key, symbol);
        (first, second) = (WithEqualities(first, second), WithEqualities(second, first));
        FactSet facts = FactSet.Merge(first.Facts, second.Facts, isForced ? ConditionalHolds.TellingApart(first.Facts, second.Facts).FirstOrDefault() : null);
        foreach ((object _, Term leftValue, Term rightValue, Opaque symbol) in differing) facts = CommonFlags(facts, leftValue, rightValue, symbol);
        List<(Term Left, Term Right, Term Symbol)> renamed = differing.ConvertAll(entry => (left.Values[entry.Key], right.Values[entry.Key], (Term)entry.Symbol));
        ImmutableArray<Hold> holds = isForced || AnyTold(first) || AnyTold(second) ? ConditionalHolds.Join(first, second, renamed) : left.Holds;
        (ImmutableArray<Hold> atEntry, ImmutableArray<Term> entryNames) = isForced && !left.Entry.SequenceEqual(right.Entry) ? ConditionalHolds.JoinEntry(first, second, renamed) : (left.Entry, left.EntryNames);
        return left with
        {
            Values = values,
            Facts = facts,
            Holds = holds,
            Entry = atEntry,
            EntryNames = entryNames,
            Names = CommonNames(first, second),
            Whiles = Joined(first.Whiles, second.Whiles),
            Stamps = Joined(first.Stamps, second.Stamps),
            Stale = Common(first.Stale, second.Stale),
            Fresh = first.Fresh.IsEmpty ? first.Fresh : first.Fresh.Intersect(second.Fresh),
            Deep = Joined(first.Deep, second.Deep),
            Copies = Common(first.Copies, second.Copies),
            Checks = Common(first.Checks, second.Checks),
            Stored = second.Stored.IsEmpty ? first.Stored : first.Stored.Union(second.Stored),
            Scopes = Joined(first.Scopes, second.Scopes),
            Losses = left.Losses.Length >= right.Losses.Length ? JoinedLosses(left.Losses, right.Losses) : JoinedLosses(right.Losses, left.Losses),
            Label = left.Label == right.Label ? left.Label : null,
        };
    }

    /// <summary>What is there for messages is taken from one path; whose lock it was that is gone is known from either.</summary>
    private static ImmutableArray<Loss> JoinedLosses(ImmutableArray<Loss> most, ImmutableArray<Loss> others)
    {
        foreach (Loss loss in others)
        {
            if (loss.IsCallers && !most.Any(known => known.IsCallers && known.Term.Equals(loss.Term))) most = most.Add(loss);
        }

        return most;
    }

    /// <summary>The path with those equalities as facts of which the other one knows only that they hold in some case.</summary>
    private static State WithEqualities(State state, State other)
    {
        if (other.Facts.Clauses.Length == 0 || ReferenceEquals(state.Names, other.Names)) return state;
        FactSet facts = state.Facts;
        foreach (KeyValuePair<Term, Term> name in state.Names)
        {
            if ((other.Facts.Marks & name.Key.Mark) == 0 || (other.Names.TryGetValue(name.Key, out Term? same) && same.Equals(name.Value)) || !other.Facts.Clauses.Any(clause => clause.Mentions(name.Key))) continue;
            facts = facts.Assume(Fact.Equal(name.Key, name.Value)) ?? facts;
        }

        return ReferenceEquals(facts, state.Facts) ? state : state with { Facts = facts };
    }

    /// <summary>The equalities on which both agree; a path through null names nothing, and so contradicts nothing.</summary>
    private static Map<Term, Term> CommonNames(State left, State right)
    {
        if (ReferenceEquals(left.Names, right.Names)) return left.Names;
        Map<Term, Term> common = left.Names;
        foreach (KeyValuePair<Term, Term> entry in left.Names)
        {
            if (right.Names.TryGetValue(entry.Key, out Term? name) ? !name.Equals(entry.Value) : !IsThroughNull(right, entry.Key)) common = common.Remove(entry.Key);
        }

        foreach (KeyValuePair<Term, Term> entry in right.Names)
        {
            if (!left.Names.ContainsKey(entry.Key) && IsThroughNull(left, entry.Key)) common = common.SetItem(entry.Key, entry.Value);
        }

        return common;
        static bool IsThroughNull(State state, Term path) => path is MemberOf { Target: { } target } && state.Facts.AnyNull(target);
    }

    private static Map<TKey, TValue> Joined<TKey, TValue>(Map<TKey, TValue> left, Map<TKey, TValue> right)
        where TKey : class
        where TValue : class => ReferenceEquals(left, right) || right.IsEmpty ? left : left.IsEmpty ? right : left.SetItems(right);

    private static Map<Term, TValue> Common<TValue>(Map<Term, TValue> left, Map<Term, TValue> right)
        where TValue : class
    {
        if (ReferenceEquals(left, right)) return left;
        Map<Term, TValue> common = left;
        foreach (KeyValuePair<Term, TValue> entry in left)
        {
            if (!right.TryGetValue(entry.Key, out TValue? same) || !same.Equals(entry.Value)) common = common.Remove(entry.Key);
        }

        return common;
    }

    /// <summary>What both paths know to be stale, be it under the name that stands for both.</summary>
    private static Map<Term, LockFormula> Common(Map<Term, LockFormula> left, Map<Term, LockFormula> right) =>
        ReferenceEquals(left, right) ? left : left.RemoveRange(left.Keys.Where(key => !right.ContainsKey(key)));

    private static bool AnyTold(State state)
    {
        foreach (Hold hold in state.Holds)
        {
            if (!hold.Tells.IsEmpty) return true;
        }

        return false;
    }

    /// <summary>Merges although the holds differ.</summary>
    internal static State MergeByForce(State left, State right, Func<object, Term, Opaque> symbolFor)
    {
        ImmutableHashSet<Term> excused = left.Excused.Intersect(right.Excused);
        return Merge(left with { Excused = excused }, right with { Excused = excused }, symbolFor, isForced: true);
    }

    /// <summary>Flags that two constants agree on are known of the value that stands for both.</summary>
    private static FactSet CommonFlags(FactSet facts, Term left, Term right, Opaque symbol)
    {
        if (left is not Constant { Value: long first } || right is not Constant { Value: long second } || symbol.Type is not INamedTypeSymbol { TypeKind: TypeKind.Enum } type) return facts;
        foreach (long bit in EnumNames.BitsOf(type))
        {
            if ((first & bit) != (second & bit)) continue;
            Fact has = Fact.HasBit(symbol, bit);
            facts = facts.Assume((first & bit) != 0 ? has : has.Negate()) ?? facts;
        }

        return facts;
    }

    private static State Introduce(State state, IEnumerable<(Term Value, Opaque Symbol)> symbols)
    {
        foreach ((Term value, Opaque symbol) in symbols)
        {
            if (value.Equals(symbol)) continue;
            FactSet facts = state.Facts;
            if (value is Constant constant)
            {
                facts = facts.Assume(Fact.Equal(symbol, constant)) ?? facts;
            }
            else if (value is Condition || value.Type?.SpecialType == SpecialType.System_Boolean)
            {
                Fact meaning = Fact.Holds(value);
                Fact holds = Fact.Holds(symbol);
                facts = facts.Decide(meaning) is { } known ? facts.Assume(known ? holds : holds.Negate()) ?? facts
                    : facts.Assume(Fact.And(Fact.Or(holds.Negate(), meaning), Fact.Or(holds, meaning.Negate()))) ?? facts;
            }
            else
            {
                if (value is Masked masked)
                {
                    foreach (long bit in state.Facts.Literals.Where(literal => literal.Atom.Kind == AtomKind.HasBit && literal.Atom.Left.Equals(masked.Operand)).Select(static literal => literal.Atom.Bit).Concat(masked.SetBits()))
                    {
                        Fact has = Fact.HasBit(symbol, bit);
                        if (state.Facts.Decide(Fact.HasBit(masked, bit)) is { } set) facts = facts.Assume(set ? has : has.Negate()) ?? facts;
                    }
                }

                if (value is Opaque { NeverNull: true }) facts = facts.Assume(Fact.IsNull(symbol).Negate()) ?? facts;
                Term? Map(Term part) => part.Equals(value) ? symbol : null;
                if ((state.Facts.Marks & value.Mark) != 0)
                {
                    foreach (Clause clause in state.Facts.Clauses)
                    {
                        if (clause.Mentions(value)) facts = facts.Assume(FactSet.Replaced(clause, Map)) ?? facts;
                    }

                    foreach (Literal literal in state.Facts.Literals)
                    {
                        if (literal.Atom.Mentions(value)) facts = facts.Assume(new Fact.Single(literal).Replace(Map)) ?? facts;
                    }
                }

                if (state.Stamps.TryGetValue(value, out LockFormula? stamp)) state = state with { Stamps = state.Stamps.SetItem(symbol, stamp) };
                if (state.Fresh.Contains(value)) state = state with { Fresh = state.Fresh.Add(symbol) };
                if (state.Copies.TryGetValue(value, out Copy? copy)) state = state with { Copies = state.Copies.SetItem(symbol, copy) };
                if (state.Stale.TryGetValue(value, out LockFormula? stale)) state = state with { Stale = state.Stale.SetItem(symbol, stale) };
                foreach (KeyValuePair<Term, Term> name in state.Names)
                {
                    if (name.Key.Contains(value)) state = state with { Names = state.Names.SetItem(name.Key.Replace(Map), name.Value) };
                }
            }

            state = state with { Facts = facts };
        }

        return state;
    }

    private static Map<object, Term> MapValues(Map<object, Term> values, Renaming change)
    {
        foreach (KeyValuePair<object, Term> entry in values)
        {
            if (change.Concerns(entry.Value)) values = values.SetItem(entry.Key, change.Of(entry.Value));
        }

        return values;
    }

    private static Map<Term, Term> MapNames(Map<Term, Term> names, Renaming change, Term? except = null)
    {
        foreach (KeyValuePair<Term, Term> entry in names)
        {
            if (entry.Key.Equals(except)) continue;
            if (!change.Concerns(entry.Key) && !change.Concerns(entry.Value)) continue;
            names = names.Remove(entry.Key);
            Term key = change.Of(entry.Key);
            Term value = change.Of(entry.Value);
            if (!key.Equals(value)) names = names.SetItem(key, value);
        }

        return names;
    }

    private static ImmutableArray<Hold> MapHolds(ImmutableArray<Hold> holds, Renaming change)
    {
        for (int index = 0; index < holds.Length; index++)
        {
            Hold renamed = holds[index];
            if (renamed.Tells.Any(change.Concerns))
            {
                renamed = renamed.When(renamed.Tells.Select(tell => tell.Replace(change.Map)).ToImmutableArray());
                holds = holds.SetItem(index, renamed);
            }

            if (!change.Concerns(renamed.Term)) continue;
            renamed = renamed.With(change.Of(renamed.Term));

            // Locks that a loop collects share a name after two rounds: one hold stands for them all.
            if (holds.Any(other => other.Term.Equals(renamed.Term) && (other.Tells.IsEmpty || renamed.Tells.IsEmpty))) holds = holds.RemoveAt(index--);
            else holds = holds.SetItem(index, renamed);
        }

        return holds;
    }

    private static Map<Term, Owned> MapScopes(Map<Term, Owned> scopes, Renaming change)
    {
        Map<Term, Owned> mapped = scopes;
        foreach (KeyValuePair<Term, Owned> entry in scopes)
        {
            Term key = change.Of(entry.Key);
            ImmutableArray<Hold> holds = MapHolds(entry.Value.Holds, change);
            if (ReferenceEquals(key, entry.Key) && holds.Equals(entry.Value.Holds)) continue;
            if (!ReferenceEquals(key, entry.Key)) mapped = mapped.Remove(entry.Key);
            // Of two scopes that turn out to be one, the first stands for both.
            if (ReferenceEquals(key, entry.Key) || !mapped.ContainsKey(key)) mapped = mapped.SetItem(key, new Owned(holds));
        }

        return mapped;
    }

    private static ImmutableHashSet<Term> MapSet(ImmutableHashSet<Term> terms, Renaming change)
    {
        foreach (Term term in terms)
        {
            if (change.Concerns(term)) terms = terms.Remove(term).Add(change.Of(term));
        }

        return terms;
    }

    private static Map<Term, LockFormula> MapFormulas(Map<Term, LockFormula> formulas, Renaming change)
    {
        foreach (KeyValuePair<Term, LockFormula> entry in formulas)
        {
            if (!change.Concerns(entry.Key) && !entry.Value.Any(change.Concerns)) continue;
            formulas = formulas.Remove(entry.Key).SetItem(change.Of(entry.Key), entry.Value.Replace(change.Map));
        }

        return formulas;
    }

    private static Map<Term, Copy> MapCopies(Map<Term, Copy> copies, Renaming change)
    {
        foreach (KeyValuePair<Term, Copy> entry in copies)
        {
            Term key = change.Of(entry.Key);
            Copy copy = entry.Value.Renamed(change.Of);
            if (!ReferenceEquals(key, entry.Key)) copies = copies.Remove(entry.Key);
            if (!ReferenceEquals(key, entry.Key) || !ReferenceEquals(copy, entry.Value)) copies = copies.SetItem(key, copy);
        }

        return copies;
    }

    private static Map<Term, Check> MapChecks(Map<Term, Check> checks, Renaming change)
    {
        foreach (KeyValuePair<Term, Check> entry in checks)
        {
            Check check = entry.Value.Renamed(change.Of);
            if (!ReferenceEquals(check, entry.Value)) checks = checks.Remove(entry.Key).SetItem(check.Key, check);
        }

        return checks;
    }

    private static Map<Atom, LockFormula> MapWhiles(Map<Atom, LockFormula> whiles, Renaming change)
    {
        foreach (KeyValuePair<Atom, LockFormula> entry in whiles)
        {
            if (!entry.Key.Any(change.Concerns) && !entry.Value.Any(change.Concerns)) continue;
            whiles = whiles.Remove(entry.Key);
            if (new Fact.Single(new Literal(entry.Key, positive: true)).Replace(change.Map) is Fact.Single { Literal.Atom: var atom }) whiles = whiles.SetItem(atom, entry.Value.Replace(change.Map));
        }

        return whiles;
    }

    /// <summary>One term put in the place of another.</summary>
    private sealed class Renaming(Term term, Term by)
    {
        internal bool Concerns(Term other) => other.Contains(term);

        internal bool Concerns(Fact fact) => fact.Mentions(term);

        internal Term Of(Term other) => other.Contains(term) ? other.Replace(Map) : other;

        internal Term? Map(Term part) => !part.Equals(term) ? null : by is Opaque { Earlier: true } && part.Type is { } type && !ReferenceEquals(type, by.Type) ? by.As(type) : by;
    }

    private static bool SameTerms(ImmutableHashSet<Term> left, ImmutableHashSet<Term> right) =>
        ReferenceEquals(left, right) || (left.Count == right.Count && (left.IsEmpty || left.SetEquals(right)));

    private static bool Same<TKey>(Map<TKey, Term> left, Map<TKey, Term> right)
        where TKey : class
    {
        if (ReferenceEquals(left, right)) return true;
        if (left.Count != right.Count) return false;
        foreach (KeyValuePair<TKey, Term> entry in left)
        {
            if (!right.TryGetValue(entry.Key, out Term? value) || !value.Equals(entry.Value)) return false;
        }

        return true;
    }
}
