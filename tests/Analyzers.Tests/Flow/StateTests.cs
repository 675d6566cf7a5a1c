using System.Collections.Immutable;
using System.Linq;
using MmLint.Analyzers;
using static AnalyzerTests.Flow.Vocabulary;

namespace AnalyzerTests.Flow;

/// <summary>One path: what it knows, what it holds, and how either changes the other.</summary>
public sealed class StateTests
{
    private static readonly Term s_lock = A.Of("Lock");
    private static readonly Term s_other = A.Of("Other");
    private static readonly LockFormula s_underLock = new LockFormula.Lock(s_lock, Mode.None);

    [Fact]
    public void A_path_takes_facts_in()
    {
        Assert.Equal("p", State.Empty.Assume(True(P))?.Facts.Text());
        Assert.Null(StateOf(Known(True(P))).Assume(!True(P)));
        State known = StateOf(Known(True(P)));
        Assert.Same(known, known.Assume(True(P)));
        Assert.True(known.Decide(True(P)));
        Assert.Null(known.Decide(True(Q)));
    }

    [Fact]
    public void What_turns_out_to_be_equal_has_one_name()
    {
        State state = State.Empty.Assume(Same(A, B.Of("Next")))!;
        Assert.Equal("a", state.Canonical(B.Of("Next")).ToString());
        Assert.Equal("a.Lock", state.Canonical(B.Of("Next").Of("Lock")).ToString());
        Assert.Equal("a", state.Canonical(A).ToString());
        Assert.Equal("b", state.Canonical(B).ToString());
        Assert.Equal("", state.Facts.Text());
        Assert.True(state.Decide(Same(A, B.Of("Next"))));
        Assert.Equal("a == null && p", state.Canonical((Null(B.Of("Next")) & True(P)).Fact).ToString());
        Assert.Null(StateOf(Known(!Null(A), Null(B))).Assume(Same(A, B)));
        Assert.Null(StateOf(Known(!Same(A, C))).Assume(Same(A, B))?.Assume(Same(B, C)));
    }

    [Fact]
    public void Names_are_followed_to_their_end()
    {
        State state = State.Empty.Assume(Same(A.Of("Next"), B))!.Assume(Same(B.Of("Next"), C))!;
        Assert.Equal("c.Next", state.Canonical(A.Of("Next").Of("Next").Of("Next")).ToString());
        Opaque alike = MarkedLike(P);
        State two = State.Empty with { Names = Map<Term, Term>.Empty.SetItem(P, Q).SetItem(alike, R) };
        Assert.Equal("q", two.Canonical(P).ToString());
        Assert.Equal("r", two.Canonical(alike).ToString());
        Assert.Equal("alike", two.Canonical(MarkedLike(P)).ToString());
    }

    [Fact]
    public void What_equals_a_constant_is_no_other_name()
    {
        State state = State.Empty.Assume(Is(I, 3))!;
        Assert.True(state.Names.IsEmpty);
        Assert.Equal("i == 3", state.Facts.Text());
    }

    [Fact]
    public void Facts_decide_what_is_held()
    {
        State state = StateOf(FactSet.Empty, HeldWhen(s_lock, True(P)));
        Assert.Equal("a.Lock", state.Assume(True(P))?.Holds.Text());
        Assert.Equal("", state.Assume(!True(P))?.Holds.Text());
        Assert.Equal("a.Lock if p", state.Assume(True(Q))?.Holds.Text());
    }

    [Fact]
    public void Each_of_several_facts_tells_and_then_all_are_known()
    {
        State state = StateOf(FactSet.Empty, HeldWhen(s_lock, True(P), !True(Q)));
        Assert.Equal("p, !q", state.Assume(True(P))?.Facts.Text());
        Assert.Equal("q, !p", state.Assume(True(Q))?.Facts.Text());
        Assert.Equal("", state.Assume(True(Q))?.Holds.Text());
        Assert.Equal("a.Lock", state.Assume(!True(Q))?.Holds.Text());
        Assert.Null(state.Assume(True(P) & True(Q)));
    }

    [Fact]
    public void One_hold_decides_the_next()
    {
        State state = StateOf(FactSet.Empty, HeldWhen(s_other, True(Q)), HeldWhen(s_lock, True(P), True(Q)));
        Assert.Equal("a.Other; a.Lock", state.Assume(True(P))?.Holds.Text());
        Assert.Equal("", state.Assume(!True(P))?.Holds.Text());
    }

    [Fact]
    public void A_path_splits_where_a_hold_is_perhaps_there()
    {
        Hold hold = HeldWhen(s_lock, True(P));
        State state = StateOf(Known(True(R)), hold, HeldWhen(s_other, True(P)));
        Assert.Equal(["r, p: a.Lock; a.Other", "r, !p: "], state.Split(hold).Select(static part => part.Facts.Text() + ": " + part.Holds.Text()));
        Assert.Equal(["p: a.Lock"], StateOf(Known(True(P)), hold).Split(hold).Select(static part => part.Facts.Text() + ": " + part.Holds.Text()));
    }

    [Fact]
    public void Whether_the_caller_held_it_is_told_by_facts()
    {
        Assert.True(State.Empty.WasHeld(Held(s_lock)));
        Assert.True(StateOf(Known(True(P))).WasHeld(HeldWhen(s_lock, True(P))));
        Assert.False(StateOf(Known(!True(P))).WasHeld(HeldWhen(s_lock, True(P))));
        Assert.True(StateOf(Known(True(Q))).WasHeld(HeldWhen(s_lock, True(P), True(Q))));
        Assert.Null(State.Empty.WasHeld(HeldWhen(s_lock, True(P))));
        Assert.Null(State.Empty.WasHeld(HeldWhen(s_lock)));
    }

    [Fact]
    public void A_fact_that_is_forgotten_no_longer_tells()
    {
        State state = StateOf(Known(True(R), True(S)), HeldWhen(s_lock, True(P), True(Q)), HeldWhen(s_other, True(R)), Held(B.Of("Lock")));
        Assert.Equal("a.Lock if q; a.Other if r; b.Lock", state.Forget(P).Holds.Text());
        Assert.Equal("a.Lock if p, q; a.Other perhaps; b.Lock", state.Forget(R).Holds.Text());
        Assert.Equal("s", state.Forget(R).Facts.Text());
        Assert.Same(state, state.Forget(C));
    }

    [Fact]
    public void What_is_not_kept_no_longer_tells()
    {
        State state = StateOf(Known(True(R), True(S)), HeldWhen(s_lock, True(P), !True(Q)));
        Assert.Equal("a.Lock if !q", state.Keep(static literal => !literal.Atom.Mentions(P)).Holds.Text());
        Assert.Equal("a.Lock if p", state.Keep(static literal => !literal.Atom.Mentions(Q) || !literal.Positive).Holds.Text());
        Assert.Equal("a.Lock if !q", state.Keep(static literal => !literal.Atom.Mentions(P) || !literal.Positive).Holds.Text());
        Assert.Equal("s", state.Keep(static literal => !literal.Atom.Mentions(R)).Facts.Text());
        Assert.Same(state, state.Keep(static _ => true));
    }

    [Fact]
    public void Equal_terms_are_one_wherever_they_occur()
    {
        State state = Everything(B).Unify(A, B)!;
        Assert.Equal("a.Ready", state.Facts.Text());
        Assert.Equal("a.Lock if a.Next == null", state.Holds.Text());
        Assert.Equal("a.Other (Entry)", state.Entry.Text());
        Assert.Equal("b.Other", Assert.Single(state.EntryNames).ToString());
        Assert.Equal("a.Next", state.Values["local"].ToString());
        Assert.Equal("a.Count == 3: a.Lock", Assert.Single(state.Whiles.Select(static entry => new Fact.Single(new Literal(entry.Key, true)) + ": " + entry.Value)));
        Assert.Equal("a.Next: a.Lock", Text(state.Stamps));
        Assert.Equal("a.Children: a.Lock", Text(state.Deep));
        Assert.Equal("a.Next: a.Lock", Text(state.Stale));
        Assert.Equal("a", Assert.Single(state.Fresh).ToString());
        Assert.Equal(A, Assert.Single(state.Stored).Outer);
        Assert.Equal(A.Of("Next"), Assert.Single(state.Stored).Inner);
        Assert.Equal("a: a.Lock", Assert.Single(state.Scopes.Select(static entry => entry.Key + ": " + entry.Value.Holds.Text())));
        Assert.Equal("a.Lock", Assert.Single(state.Excused).ToString());
        Assert.Equal("a.Lock", Assert.Single(state.Losses).Term.ToString());
        Assert.Equal("a", state.Canonical(B).ToString());
    }

    [Fact]
    public void What_a_change_does_not_concern_stays_as_it_is()
    {
        State state = Everything(B);
        State changed = state.Rewrite(C, A)!;
        Assert.Same(state.Facts, changed.Facts);
        Assert.Same(state.Values, changed.Values);
        Assert.Same(state.Names, changed.Names);
        Assert.Same(state.Whiles, changed.Whiles);
        Assert.Same(state.Stamps, changed.Stamps);
        Assert.Same(state.Stale, changed.Stale);
        Assert.Same(state.Deep, changed.Deep);
        Assert.Same(state.Fresh, changed.Fresh);
        Assert.Same(state.Excused, changed.Excused);
        Assert.Equal(state.Holds, changed.Holds);
        Assert.Equal(state.Losses, changed.Losses);
    }

    [Fact]
    public void A_lost_lock_keeps_how_it_was_lost()
    {
        var site = Microsoft.CodeAnalysis.CSharp.SyntaxFactory.IdentifierName("x");
        State state = State.Empty with { Losses = [new Loss(B, site, "released", isHandover: true, isCallers: true), new Loss(C, site, "downgraded")] };
        Loss[] losses = [.. state.Rewrite(B, A)!.Losses];
        Assert.Equal("a released True True, c downgraded False False", string.Join(", ", losses.Select(static loss => $"{loss.Term} {loss.How} {loss.IsHandover} {loss.IsCallers}")));
        Assert.Same(site, losses[0].Site);
        Assert.Same(state.Losses[1], losses[1]);
    }

    [Fact]
    public void Terms_that_cannot_be_equal_are_not_made_so()
    {
        Assert.Null(StateOf(Known(True(P), !True(Q))).Unify(P, Q));
        Assert.Null(StateOf(Known(!Same(A, B))).Unify(A, B));
        State state = StateOf(Known(True(P)));
        Assert.Same(state, state.Unify(A, A));
        Term step = B.Of("Next").Of("Next").Of("Next");
        Assert.Same(state, state.Unify(step, A.Of("Children").At(step)));
    }

    [Fact]
    public void The_better_name_stays()
    {
        Assert.Equal("a", State.Empty.Unify(B.Of("Next"), A)?.Canonical(B.Of("Next")).ToString());
        Assert.Equal("a", State.Empty.Unify(A, B.Of("Next"))?.Canonical(B.Of("Next")).ToString());
        Assert.Equal("a.Next", State.Empty.Unify(Value("found"), A.Of("Next"))?.Names.Values.Single().ToString());
        Assert.Equal("a", State.Empty.Unify(A, B)?.Canonical(B).ToString());
    }

    [Fact]
    public void What_is_found_again_is_no_longer_stale()
    {
        Map<Term, LockFormula> stale = Map<Term, LockFormula>.Empty.SetItem(A, s_underLock);
        Assert.True((State.Empty with { Stale = stale }).Unify(A, B)?.Stale.IsEmpty);
        Assert.True((State.Empty with { Stale = stale }).Unify(B, A)?.Stale.IsEmpty);
        Assert.Equal("b: b.Lock", Text((State.Empty with { Stale = stale.SetItem(B, s_underLock) }).Unify(B, A)!.Stale));
        Assert.Equal("a: a.Lock", Text((State.Empty with { Stale = stale }).Unify(B, C)!.Stale));
    }

    [Fact]
    public void Locks_that_get_one_name_are_one_hold()
    {
        State state = StateOf(FactSet.Empty, Held(A.Of("Lock")), Held(B.Of("Lock")), Held(C.Of("Lock")));
        Assert.Equal("a.Lock; c.Lock", state.Rewrite(B, A)?.Holds.Text());
        Assert.Equal("a.Lock; a.Other", StateOf(FactSet.Empty, Held(A.Of("Lock")), Held(B.Of("Lock")), Held(B.Of("Other"))).Rewrite(B, A)?.Holds.Text());
        Assert.Equal("a.Lock if p", StateOf(FactSet.Empty, HeldWhen(A.Of("Lock"), True(P)), Held(B.Of("Lock"))).Rewrite(B, A)?.Holds.Text());
        Assert.Equal("a.Lock", StateOf(FactSet.Empty, Held(A.Of("Lock")), HeldWhen(B.Of("Lock"), True(P))).Rewrite(B, A)?.Holds.Text());
        Assert.Equal("a.Lock if p; a.Lock if q", StateOf(FactSet.Empty, HeldWhen(A.Of("Lock"), True(P)), HeldWhen(B.Of("Lock"), True(Q))).Rewrite(B, A)?.Holds.Text());
    }

    [Fact]
    public void Renaming_decides_holds()
    {
        State state = StateOf(Known(True(Q)), HeldWhen(s_lock, True(P)));
        Assert.Equal("a.Lock", state.Rewrite(P, Q)?.Holds.Text());
        Assert.Null(StateOf(Known(!True(Q), True(P)), Held(s_lock)).Rewrite(P, Q));
    }

    [Fact]
    public void An_earlier_value_makes_room_for_the_next()
    {
        Opaque found = Value("found", TypeOf("Node"));
        State state = Everything(found).Retire(found);
        Assert.Equal("an earlier found.Ready", state.Facts.Text());
        Assert.Equal("an earlier found.Lock if an earlier found.Next == null", state.Holds.Text());
        Assert.Equal("an earlier found.Next", state.Values["local"].ToString());
        Assert.False(state.Mentions(found));
        State none = StateOf(Known(True(P)));
        Assert.Same(none, none.Retire(found));
    }

    [Fact]
    public void What_was_earlier_still_is_forgotten()
    {
        Opaque found = Value("found", TypeOf("Node"));
        Opaque earlier = found.AsEarlier();
        State state = StateOf(Known(True(earlier.Of("Ready")), True(found.Of("Ready")), True(P))) with
        {
            Names = Map<Term, Term>.Empty.SetItem(earlier, A).SetItem(B, earlier).SetItem(C, A),
            Stale = Map<Term, LockFormula>.Empty.SetItem(earlier, s_underLock),
            Stamps = Map<Term, LockFormula>.Empty.SetItem(earlier, s_underLock),
            Fresh = [earlier],
        };
        State retired = state.Retire(found);
        Assert.Equal("p, an earlier found.Ready", string.Join(", ", retired.Facts.Text().Split(", ").Order(System.StringComparer.Ordinal).Reverse()));
        Assert.Equal("c=a", string.Join(" ", retired.Names.Select(static entry => entry.Key + "=" + entry.Value)));
        Assert.True(retired.Stale.IsEmpty);
        Assert.True(retired.Stamps.IsEmpty);
        Assert.Empty(retired.Fresh);
    }

    [Fact]
    public void It_knows_what_occurs_anywhere()
    {
        Assert.True((State.Empty with { Facts = Known(True(A.Of("Ready"))) }).Mentions(A));
        Assert.True((State.Empty with { Stale = Map<Term, LockFormula>.Empty.SetItem(A, s_underLock) }).Mentions(A));
        Assert.True((State.Empty with { Stamps = Map<Term, LockFormula>.Empty.SetItem(A, s_underLock) }).Mentions(A));
        Assert.True((State.Empty with { Fresh = [A] }).Mentions(A));
        Assert.True((State.Empty with { Excused = [s_lock] }).Mentions(A));
        Assert.True(StateOf(FactSet.Empty, Held(s_lock)).Mentions(A));
        Assert.True(StateOf(FactSet.Empty, HeldWhen(B.Of("Lock"), True(P), Null(A))).Mentions(A));
        Assert.True((State.Empty with { Values = Map<object, Term>.Empty.SetItem("local", A.Of("Next")) }).Mentions(A));
        Assert.True((State.Empty with { Names = Map<Term, Term>.Empty.SetItem(A.Of("Next"), B) }).Mentions(A));
        Assert.True((State.Empty with { Names = Map<Term, Term>.Empty.SetItem(A.Of("Next"), B) }).Mentions(B));
        Assert.False(Everything(B).Mentions(C));
        Assert.False(State.Empty.Mentions(A));
    }

    [Fact]
    public void What_hangs_on_a_fresh_object_is_fresh()
    {
        State state = State.Empty with { Fresh = [A, B.Of("Next")] };
        Assert.True(state.IsFresh(A));
        Assert.True(state.IsFresh(A.Of("Next").Of("Lock")));
        Assert.True(state.IsFresh(A.Of("Children").At(I).Of("Lock")));
        Assert.True(state.IsFresh(B.Of("Next").Of("Next")));
        Assert.False(state.IsFresh(B));
        Assert.False(state.IsFresh(B.Of("Lock")));
        Assert.False(state.IsFresh(Top));
        Assert.False(State.Empty.IsFresh(A));
    }

    [Fact]
    public void Facts_about_values_that_nothing_names_go()
    {
        Opaque dead = Flag("dead");
        foreach (Named named in WaysToName())
        {
            State state = named.Make(named.Value) with { Facts = Known(Null(named.Value), True(dead), True(P), True(Q) | Null(named.Value.Of("Next")), True(Q) | True(dead.Of("Ready"))) };
            Assert.Equal("live == null, p, (q || live.Next == null)", state.WithoutDead().Facts.Text());
        }
    }

    [Fact]
    public void Alternatives_about_values_that_nothing_names_go_early()
    {
        foreach (Named named in WaysToName())
        {
            Opaque dead = Enumerable.Range(0, 1000).Select(static index => Flag("dead" + index)).First(value => (value.Mark & named.Value.Marks) == 0 && value.Mark != named.Value.Mark);
            State state = named.Make(named.Value) with { Facts = Known(True(dead), True(Q) | Null(named.Value.Of("Next")), True(R) | True(dead.Of("Ready"))) };
            Assert.Equal(dead.Name + ", (q || live.Next == null)", state.Sifted().Facts.Text());
            State sifted = state.Sifted();
            Assert.Same(sifted, sifted.Sifted());
        }

        State none = StateOf(Known(True(Flag("dead"))));
        Assert.Same(none, none.Sifted());
    }

    /// <summary>Each way in which a path can name a value.</summary>
    private static Named[] WaysToName() =>
    [
        new(static value => State.Empty with { Values = Map<object, Term>.Empty.SetItem("local", value.Of("Next")) }),
        new(static value => State.Empty with { Names = Map<Term, Term>.Empty.SetItem(value.Of("Next"), A) }),
        new(static value => State.Empty with { Names = Map<Term, Term>.Empty.SetItem(A, value.Of("Next")) }),
        new(static value => State.Empty with { Fresh = [value] }),
        new(static value => State.Empty with { Excused = [value.Of("Lock")] }),
        new(static value => State.Empty with { Stamps = Map<Term, LockFormula>.Empty.SetItem(value, s_underLock) }),
        new(static value => State.Empty with { Stamps = Map<Term, LockFormula>.Empty.SetItem(A, Under(value)) }),
        new(static value => State.Empty with { Stale = Map<Term, LockFormula>.Empty.SetItem(value, s_underLock) }),
        new(static value => State.Empty with { Stale = Map<Term, LockFormula>.Empty.SetItem(A, Under(value)) }),
        new(static value => State.Empty with { Deep = Map<Term, LockFormula>.Empty.SetItem(value, s_underLock) }),
        new(static value => State.Empty with { Deep = Map<Term, LockFormula>.Empty.SetItem(A, Under(value)) }),
        new(static value => State.Empty with { Holds = [Held(value.Of("Lock"))] }),
        new(static value => State.Empty with { Holds = [HeldWhen(A.Of("Lock"), Null(value))] }),
        new(static value => State.Empty with { Entry = [Held(value.Of("Lock"))] }),
        new(static value => State.Empty with { Entry = [HeldWhen(A.Of("Lock"), Null(value))] }),
        new(static value => State.Empty with { Whiles = Map<Atom, LockFormula>.Empty.SetItem(AtomOf(Null(value)), s_underLock) }),
        new(static value => State.Empty with { Whiles = Map<Atom, LockFormula>.Empty.SetItem(AtomOf(Null(A)), Under(value)) }),
        new(static value => State.Empty with { Scopes = Map<Term, Owned>.Empty.SetItem(value, new Owned([])) }),
        new(static value => State.Empty with { Scopes = Map<Term, Owned>.Empty.SetItem(A, new Owned([Held(value.Of("Lock"))])) }),
        new(static value => State.Empty with { Scopes = Map<Term, Owned>.Empty.SetItem(A, new Owned([HeldWhen(A.Of("Lock"), Null(value))])) }),

        // Twice, and beside something else.
        new(static value => State.Empty with { Values = Map<object, Term>.Empty.SetItem("one", value).SetItem("two", value) }),
        new(static value => State.Empty with { Names = Map<Term, Term>.Empty.SetItem(value.Of("Next"), A).SetItem(value.Of("Lock"), A) }),
        new(static value => State.Empty with { Fresh = [value, value.Of("Next")] }),
        new(static value => State.Empty with { Excused = [value.Of("Lock"), value.Of("Other")] }),
        new(static value => State.Empty with { Stamps = Map<Term, LockFormula>.Empty.SetItem(value, s_underLock).SetItem(value.Of("Next"), s_underLock) }),
        new(static value => State.Empty with { Stamps = Map<Term, LockFormula>.Empty.SetItem(A, new LockFormula.All([s_underLock, Under(value)])) }),
        new(static value => State.Empty with { Values = Map<object, Term>.Empty.SetItem("one", value), Stamps = Map<Term, LockFormula>.Empty.SetItem(value, s_underLock) }),
        new(static value => State.Empty with { Whiles = Map<Atom, LockFormula>.Empty.SetItem(AtomOf(Null(value)), s_underLock).SetItem(AtomOf(True(value.Of("Ready"))), s_underLock) }),
        new(static value => State.Empty with { Scopes = Map<Term, Owned>.Empty.SetItem(A, new Owned([Held(value.Of("Lock"))])).SetItem(B, new Owned([Held(value.Of("Other"))])) }),
        new(static value => State.Empty with { Holds = [Held(value.Of("Lock")), Held(value.Of("Other"))] }),
        new(static value => State.Empty with { Holds = [HeldWhen(A.Of("Lock"), Null(value), True(value.Of("Ready")))] }),
    ];

    private static LockFormula Under(Opaque value) => new LockFormula.Lock(value.Of("Lock"), Mode.None);

    /// <summary>A path that names an object everywhere.</summary>
    private static State Everything(Term node)
    {
        LockFormula formula = new LockFormula.Lock(node.Of("Lock"), Mode.None);
        return StateOf(Known(True(node.Of("Ready"))), HeldWhen(node.Of("Lock"), Null(node.Of("Next")))) with
        {
            Entry = [Held(node.Of("Other"), origin: Origin.Entry)],
            EntryNames = [node.Of("Other")],
            Values = Map<object, Term>.Empty.SetItem("local", node.Of("Next")),
            Whiles = Map<Atom, LockFormula>.Empty.SetItem(AtomOf(Is(node.Of("Count"), 3)), formula),
            Stamps = Map<Term, LockFormula>.Empty.SetItem(node.Of("Next"), formula),
            Deep = Map<Term, LockFormula>.Empty.SetItem(node.Of("Children"), formula),
            Stale = Map<Term, LockFormula>.Empty.SetItem(node.Of("Next"), formula),
            Fresh = [node],
            Stored = [new Inside(node, node.Of("Next"))],
            Scopes = Map<Term, Owned>.Empty.SetItem(node, new Owned([Held(node.Of("Lock"))])),
            Excused = [node.Of("Lock")],
            Losses = [new Loss(node.Of("Lock"), Microsoft.CodeAnalysis.CSharp.SyntaxFactory.IdentifierName("x"), "released")],
        };
    }

    private static string Text(Map<Term, LockFormula> formulas) => string.Join(", ", formulas.Select(static entry => entry.Key + ": " + entry.Value));

    private sealed record Named(System.Func<Opaque, State> Make)
    {
        public Opaque Value { get; } = Vocabulary.Value("live", TypeOf("Node"));
    }

    [Fact]
    public void Other_names_are_renamed_too()
    {
        State state = State.Empty with { Names = Map<Term, Term>.Empty.SetItem(B.Of("Next"), C).SetItem(O, B.Of("Next")).SetItem(B, A).SetItem(I, J) };
        Assert.Equal("i=j, a.Next=c, o=a.Next", string.Join(", ", state.Rewrite(B, A)!.Names.Select(static entry => entry.Key + "=" + entry.Value).Order(System.StringComparer.Ordinal).OrderBy(static name => name[0] != 'i')));
    }

    [Fact]
    public void What_a_value_needs_is_renamed_with_it_or_without()
    {
        LockFormula underB = new LockFormula.Lock(B.Of("Lock"), Mode.None);
        LockFormula underC = new LockFormula.Lock(C.Of("Lock"), Mode.None);
        State state = State.Empty with
        {
            Stamps = Map<Term, LockFormula>.Empty.SetItem(C, underB).SetItem(B, underC),
            Whiles = Map<Atom, LockFormula>.Empty.SetItem(AtomOf(Null(C)), underB).SetItem(AtomOf(Null(B)), underC),
        };
        State renamed = state.Rewrite(B, A)!;
        Assert.Equal("c: a.Lock, a: c.Lock", Text(renamed.Stamps));
        Assert.Equal("c == null: a.Lock, a == null: c.Lock", string.Join(", ", renamed.Whiles.Select(static entry => new Fact.Single(new Literal(entry.Key, true)) + ": " + entry.Value)));
    }
}
