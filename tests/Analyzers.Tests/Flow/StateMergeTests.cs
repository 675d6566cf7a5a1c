using System.Collections.Immutable;
using System.Linq;
using MmLint.Analyzers;
using static AnalyzerTests.Flow.Vocabulary;

namespace AnalyzerTests.Flow;

/// <summary>When two paths become one, and what that one knows.</summary>
public sealed class StateMergeTests
{
    private static readonly Term s_lock = A.Of("Lock");
    private static readonly LockFormula s_underLock = new LockFormula.Lock(s_lock, Mode.None);
    private static readonly LockFormula s_underOther = new LockFormula.Lock(A.Of("Other"), Mode.None);
    private static readonly Map<Term, LockFormula> s_none = Map<Term, LockFormula>.Empty;
    private static readonly Opaque s_both = Value("both", TypeOf("Node"));
    private static readonly Opaque s_flag = Flag("flag");

    [Fact]
    public void Paths_with_the_same_locks_may_merge()
    {
        Assert.True(SameKey(StateOf(Known(True(P)), Held(s_lock)), StateOf(Known(!True(P)), Held(s_lock))));
        Assert.True(SameKey(StateOf(FactSet.Empty, Held(s_lock), Held(A.Of("Other"))), StateOf(FactSet.Empty, Held(A.Of("Other")), Held(s_lock))));
    }

    [Fact]
    public void Paths_with_other_locks_stay_apart()
    {
        State one = StateOf(FactSet.Empty, Held(s_lock));
        Assert.False(SameKey(one, State.Empty));
        Assert.False(SameKey(one, StateOf(FactSet.Empty, Held(A.Of("Other")))));
        Assert.False(SameKey(one, StateOf(FactSet.Empty, Held(s_lock, Mode.Shared))));
        Assert.False(SameKey(one, one with { Entry = [Held(s_lock)] }));
        Assert.False(SameKey(one with { Entry = [Held(s_lock), Held(A.Of("Other"))] }, one with { Entry = [Held(A.Of("Other")), Held(s_lock)] }));
        Assert.True(SameKey(one with { Entry = [Held(s_lock)] }, one with { Entry = [Held(s_lock)] }));
    }

    [Fact]
    public void Paths_with_other_stale_or_excused_values_stay_apart()
    {
        State stale = State.Empty with { Stale = s_none.SetItem(A, s_underLock) };
        Assert.False(SameKey(stale, State.Empty));
        Assert.False(SameKey(State.Empty, stale));
        Assert.False(SameKey(stale, State.Empty with { Stale = s_none.SetItem(B, s_underLock) }));
        Assert.True(SameKey(stale, State.Empty with { Stale = s_none.SetItem(A, s_underOther) }));
        State excused = State.Empty with { Excused = [s_lock] };
        Assert.False(SameKey(excused, State.Empty));
        Assert.False(SameKey(excused, State.Empty with { Excused = [A.Of("Other")] }));
        Assert.True(SameKey(excused, State.Empty with { Excused = [s_lock] }));
    }

    [Fact]
    public void Other_values_of_a_variable_may_merge_unless_they_name_a_lock_that_is_held()
    {
        Assert.True(SameKey(WithLocal(State.Empty, A), WithLocal(State.Empty, B)));
        State held = StateOf(FactSet.Empty, Held(s_lock));
        Assert.False(SameKey(WithLocal(held, A), WithLocal(held, B)));
        Assert.False(SameKey(WithLocal(held, B), WithLocal(held, A)));
        Assert.True(SameKey(WithLocal(held, C), WithLocal(held, B)));
        Assert.True(SameKey(WithLocal(held, A), WithLocal(held, A)));
        State element = StateOf(FactSet.Empty, Held(B.Of("Children").At(Number(1)).Of("Lock")));
        Assert.True(SameKey(WithLocal(element, Number(1)), WithLocal(element, Number(2))));
        Assert.True(SameKey(WithLocal(State.Empty, A), State.Empty));
    }

    [Fact]
    public void A_stale_value_does_not_merge_with_a_good_one()
    {
        State state = State.Empty with { Stale = s_none.SetItem(A, s_underLock) };
        Assert.False(SameKey(WithLocal(state, A), WithLocal(state, B)));
        Assert.False(SameKey(WithLocal(state, B), WithLocal(state, A)));
        Assert.True(SameKey(WithLocal(state, C), WithLocal(state, B)));
    }

    [Fact]
    public void What_has_just_been_found_to_be_null_stays_apart()
    {
        static State Captured(Term value) => State.Empty with { Values = Map<object, Term>.Empty.SetItem(default(Microsoft.CodeAnalysis.FlowAnalysis.CaptureId), value) };
        Assert.False(SameKey(Captured(Constant.Null), Captured(A)));
        Assert.False(SameKey(Captured(A), Captured(Constant.Null)));
        Assert.True(SameKey(Captured(A), Captured(B)));
        Assert.True(SameKey(Captured(A), Captured(Number(1))));
        Assert.True(SameKey(WithLocal(State.Empty, Constant.Null), WithLocal(State.Empty, A)));
    }

    [Fact]
    public void Variables_that_name_locks_stay_apart()
    {
        static bool IsLock(Term term) => term.Equals(A) || term.Equals(s_both);
        Assert.False(WithLocal(State.Empty, A).SameKey(WithLocal(State.Empty, B), IsLock, static _ => false));
        Assert.False(WithLocal(State.Empty, B).SameKey(WithLocal(State.Empty, A), IsLock, static _ => false));
        Assert.True(WithLocal(State.Empty, s_both).SameKey(WithLocal(State.Empty, B), IsLock, static _ => false));
        Assert.True(WithLocal(State.Empty, B).SameKey(WithLocal(State.Empty, s_both), IsLock, static _ => false));
    }

    [Fact]
    public void It_matters_for_which_of_two_lock_owners_a_variable_stands()
    {
        State first = Variables(("x", A), ("y", B), ("chosen", A));
        State second = Variables(("x", A), ("y", B), ("chosen", B));
        Assert.False(first.SameKey(second, static _ => false, static term => term.Equals(B)));
        Assert.True(first.SameKey(second, static _ => false, static _ => false));
        Assert.True(first.SameKey(Variables(("x", A), ("y", B), ("chosen", C)), static _ => false, static _ => true));
        Assert.True(Variables(("x", A), ("chosen", A)).SameKey(Variables(("x", A), ("chosen", B)), static _ => false, static _ => true));
        Assert.True(first.SameKey(Variables(("x", A), ("y", C), ("chosen", B)), static _ => false, static _ => true));
        Assert.True(Variables(("x", A), ("y", C), ("chosen", A)).SameKey(Variables(("x", A), ("y", B), ("chosen", B)), static _ => false, static _ => true));
    }

    [Fact]
    public void Nothing_distinguishes_equal_paths()
    {
        State state = Full();
        Assert.True(state.SameAs(state));
        Assert.True(state.SameAs(Full()));
        Assert.False(state.SameAs(state with { Facts = Known(True(Q)) }));
        Assert.False(state.SameAs(state with { Holds = [] }));
        Assert.False(state.SameAs(state with { Values = state.Values.SetItem("local", B) }));
        Assert.False(state.SameAs(state with { Values = state.Values.SetItem("more", B) }));
        Assert.False(state.SameAs(state with { Values = state.Values.Remove("local").SetItem("other", A) }));
        Assert.False(state.SameAs(state with { Names = state.Names.SetItem(B, C) }));
        Assert.False(state.SameAs(state with { Names = Map<Term, Term>.Empty }));
        Assert.False(state.SameAs(state with { Stamps = s_none }));
        Assert.False(state.SameAs(state with { Fresh = [] }));
        Assert.False(state.SameAs(state with { Fresh = [B] }));
        Assert.False(state.SameAs(state with { Scopes = Map<Term, Owned>.Empty }));

        static State Full() => StateOf(Known(True(P)), Held(s_lock)) with
        {
            Values = Map<object, Term>.Empty.SetItem("local", A),
            Names = Map<Term, Term>.Empty.SetItem(B, A),
            Stamps = s_none.SetItem(A, s_underLock),
            Fresh = [A],
            Scopes = Map<Term, Owned>.Empty.SetItem(A, new Owned([])),
        };
    }

    [Fact]
    public void A_path_merged_with_itself_stays_itself()
    {
        State state = StateOf(Known(True(P)), Held(s_lock));
        Assert.Same(state, State.Merge(state, state, NoSymbol));
    }

    [Fact]
    public void Facts_merge() => Assert.Equal("s, (p || q)", Merged(StateOf(Known(True(S), True(P))), StateOf(Known(True(S), True(Q)))).Facts.Text());

    [Fact]
    public void Variables_with_one_value_keep_it()
    {
        State merged = Merged(Variables(("x", A), ("y", B)), Variables(("x", A)));
        Assert.Equal("x=a", Locals(merged));
    }

    [Fact]
    public void A_variable_with_two_values_gets_a_name_for_both()
    {
        State merged = Merged(Variables(("x", A)) with { Facts = Known(!Null(A), True(A.Of("Ready"))) }, Variables(("x", B)) with { Facts = Known(!Null(B), True(P)) });
        Assert.Equal("x=both", Locals(merged));
        Assert.True(merged.Decide(!Null(s_both)));
        Assert.Null(merged.Decide(!Null(A)));
        Assert.True(merged.Decide(True(s_both.Of("Ready")) | True(P)));
    }

    [Fact]
    public void Alternatives_about_the_values_hold_of_what_stands_for_both()
    {
        State merged = Merged(Variables(("x", A)) with { Facts = Known(True(P) | Null(A.Of("Next"))) }, Variables(("x", B)) with { Facts = Known(Null(B.Of("Next"))) });
        Assert.True(merged.Decide(True(P) | Null(s_both.Of("Next"))));
    }

    [Fact]
    public void What_is_known_of_constants_is_known_of_what_stands_for_both()
    {
        Assert.Equal("x=both", Locals(Merged(Variables(("x", Constant.Null)), Variables(("x", A)))));
        State merged = Merged(Variables(("x", Constant.Null)) with { Facts = Known(True(P)) }, Variables(("x", A)) with { Facts = Known(!Null(A)) });
        Assert.True(merged.Decide(!Null(s_both) | True(P)));
        State numbers = Merged(Variables(("x", Number(3))) with { Facts = Known(True(P)) }, Variables(("x", Number(4))) with { Facts = Known(!True(P)) });
        Assert.True(numbers.Decide(!True(P) | Is(s_both, 3)));
        Assert.True(numbers.Decide(True(P) | Is(s_both, 4)));
    }

    [Fact]
    public void A_flag_tells_which_path_it_was()
    {
        State merged = State.Merge(Variables(("x", Constant.True)) with { Facts = Known(True(P)) }, Variables(("x", Constant.False)) with { Facts = Known(!True(P)) }, static (_, _) => s_flag);
        Assert.True(merged.Decide(Same(s_flag, P)));
    }

    [Fact]
    public void A_flag_that_stands_for_a_condition_goes_on_to_do_so()
    {
        var isNull = new Condition(Null(A), null);
        State merged = State.Merge(Variables(("x", isNull)), Variables(("x", Constant.False)) with { Facts = Known(!Null(A)) }, static (_, _) => s_flag);
        Assert.Equal("x=flag", Locals(merged));
        Assert.True(merged.Decide(!True(s_flag) | Null(A)));
        State known = State.Merge(Variables(("x", P)) with { Facts = Known(True(P)) }, Variables(("x", Constant.True)), static (_, _) => s_flag);
        Assert.True(known.Decide(True(s_flag)));
        State open = State.Merge(Variables(("x", P)) with { Facts = Known(True(S)) }, Variables(("x", Q)) with { Facts = Known(!True(S)) }, static (_, _) => s_flag);
        Assert.True(open.Decide(!True(S) | !True(s_flag) | True(P)));
        Assert.True(open.Decide(True(S) | True(s_flag) | !True(Q)));
        State denied = State.Merge(Variables(("x", P)) with { Facts = Known(!True(P)) }, Variables(("x", Constant.False)), static (_, _) => s_flag);
        Assert.False(denied.Decide(True(s_flag)));
    }

    [Fact]
    public void Flags_on_which_two_values_agree_are_known()
    {
        Opaque access = Value("access", TypeOf("Access"));
        State merged = State.Merge(Variables(("x", new Constant(1, TypeOf("Access")))), Variables(("x", new Constant(3, TypeOf("Access")))), (_, _) => access);
        Assert.True(merged.Facts.Evaluate(AtomOf(Has(access, 1))));
        Assert.Null(merged.Facts.Evaluate(AtomOf(Has(access, 2))));
        Assert.False(merged.Facts.Evaluate(AtomOf(Has(access, 4))));
        Opaque number = Value("number");
        Assert.Equal("(number == 1 || number == 3)", State.Merge(Variables(("x", Number(1))), Variables(("x", Number(3))), (_, _) => number).Facts.Text());
        Assert.Null(State.Merge(Variables(("x", new Constant(1, TypeOf("Access")))), Variables(("x", A)), (_, _) => access).Decide(Has(access, 1)));
    }

    [Fact]
    public void What_is_known_of_masked_flags_is_known_of_what_stands_for_both()
    {
        Opaque access = Value("access", TypeOf("Access"));
        State left = Variables(("x", Masked.Of(Access, 3, 4))) with { Facts = Known(Has(Access, 1), !Has(Access, 2)) };
        State right = Variables(("x", new Constant(5, TypeOf("Access"))));
        State merged = State.Merge(left, right, (_, _) => access);
        Assert.True(merged.Decide(Has(access, 1)));
        Assert.False(merged.Decide(Has(access, 2)));
        Assert.True(merged.Decide(Has(access, 4)));
    }

    [Fact]
    public void What_is_never_null_stays_so()
    {
        State merged = Merged(Variables(("x", Value("made", TypeOf("Node"), neverNull: true))), Variables(("x", Value("new", TypeOf("Node"), neverNull: true))));
        Assert.False(merged.Decide(Null(s_both)));
    }

    [Fact]
    public void Marks_of_the_values_go_to_what_stands_for_both()
    {
        State left = Variables(("x", A)) with { Stamps = s_none.SetItem(A, s_underLock), Fresh = [A], Stale = s_none.SetItem(A, s_underLock).SetItem(B, s_underLock), Names = Map<Term, Term>.Empty.SetItem(A.Of("Next"), C) };
        State right = Variables(("x", B)) with { Stamps = s_none.SetItem(B, s_underOther), Fresh = [B], Stale = s_none.SetItem(A, s_underLock).SetItem(B, s_underLock), Names = Map<Term, Term>.Empty.SetItem(B.Of("Next"), C) };
        State merged = Merged(left, right);
        Assert.Equal("a: a.Lock, both: a.Other, b: a.Other", Text(merged.Stamps));
        Assert.Equal("a: a.Lock, b: a.Lock, both: a.Lock", Text(merged.Stale));
        Assert.Equal("a: a.Lock", Text(Merged(left with { Stale = s_none.SetItem(A, s_underLock) }, right with { Stale = s_none.SetItem(A, s_underLock) }).Stale));
        Assert.Equal("both", string.Join(", ", merged.Fresh));
        Assert.Equal("both.Next=c", string.Join(", ", merged.Names.Select(static entry => entry.Key + "=" + entry.Value)));
        Assert.Equal("a.Next", string.Join(", ", Merged(left with { Fresh = [A.Of("Next")] }, left with { Fresh = [A.Of("Next"), B] }).Fresh));
    }

    [Fact]
    public void What_the_name_meant_before_becomes_earlier()
    {
        State merged = Merged(Variables(("x", A), ("old", s_both)) with { Facts = Known(True(s_both.Of("Ready"))) }, Variables(("x", B), ("old", s_both)) with { Facts = Known(True(s_both.Of("Ready"))) });
        Assert.Equal("an earlier both.Ready", merged.Facts.Text());
        Assert.Equal("x=both", Locals(Merged(Variables(("x", A)), Variables(("x", s_both)) with { Facts = Known(Null(s_both)) })));
        Assert.True(Merged(Variables(("x", A)) with { Facts = Known(Null(A)) }, Variables(("x", s_both)) with { Facts = Known(Null(s_both)) }).Decide(Null(s_both)));
    }

    [Fact]
    public void Other_names_that_only_one_path_knows_are_lost()
    {
        State left = State.Empty with { Names = Map<Term, Term>.Empty.SetItem(B, A).SetItem(C, A) };
        State right = State.Empty with { Names = Map<Term, Term>.Empty.SetItem(B, A).SetItem(C, B) };
        Assert.Equal("b=a", string.Join(", ", Merged(left, right).Names.Select(static entry => entry.Key + "=" + entry.Value)));
        Assert.Same(left.Names, Merged(left, left with { Facts = Known(True(P)) }).Names);
    }

    [Fact]
    public void A_path_through_null_contradicts_no_other_name()
    {
        State left = State.Empty with { Names = Map<Term, Term>.Empty.SetItem(A.Of("Next"), C).SetItem(B.Of("Next"), C) };
        State right = StateOf(Known(Null(A)));
        Assert.Equal("a.Next=c", string.Join(", ", Merged(left, right).Names.Select(static entry => entry.Key + "=" + entry.Value)));
        Assert.Equal("a.Next=c", string.Join(", ", Merged(right, left).Names.Select(static entry => entry.Key + "=" + entry.Value)));
        Assert.True(Merged(left, StateOf(Known(Null(A.Of("Next"))))).Names.IsEmpty);
        Assert.True(Merged(left with { Names = Map<Term, Term>.Empty.SetItem(Top, C) }, right).Names.IsEmpty);
        State other = right with { Names = Map<Term, Term>.Empty.SetItem(A.Of("Next"), B) };
        Assert.True(Merged(left, other).Names.IsEmpty);
    }

    [Fact]
    public void An_equality_meets_what_the_other_path_knows_of_it_in_some_case()
    {
        State left = State.Empty.Unify(A, B)! with { Facts = Known(!True(P)) };
        State right = StateOf(Known(True(P) | Same(A, B)));
        Assert.True(Merged(left, right).Decide(True(P) | Same(A, B)));
        Assert.True(Merged(right, left).Decide(True(P) | Same(A, B)));
        Assert.Null(Merged(left, StateOf(Known(True(P) | Same(A, C)))).Decide(True(P) | Same(A, B)));
    }

    [Fact]
    public void What_perishes_on_either_path_perishes()
    {
        State left = State.Empty with { Stamps = s_none.SetItem(A, s_underLock), Deep = s_none.SetItem(A, s_underLock), Whiles = Map<Atom, LockFormula>.Empty.SetItem(AtomOf(Null(A)), s_underLock), Stored = [new Inside(A, B)], Scopes = Map<Term, Owned>.Empty.SetItem(A, new Owned([Held(s_lock)])) };
        State right = State.Empty with { Stamps = s_none.SetItem(B, s_underOther), Deep = s_none.SetItem(B, s_underOther), Whiles = Map<Atom, LockFormula>.Empty.SetItem(AtomOf(Null(B)), s_underOther), Stored = [new Inside(A, C)], Scopes = Map<Term, Owned>.Empty.SetItem(B, new Owned([Held(B.Of("Lock"))])) };
        foreach (State merged in new[] { Merged(left, right), Merged(right, left) })
        {
            Assert.Equal("a: a.Lock, b: a.Other", Sorted(merged.Stamps));
            Assert.Equal("a: a.Lock, b: a.Other", Sorted(merged.Deep));
            Assert.Equal(2, merged.Whiles.Count);
            Assert.Equal(2, merged.Stored.Count);
            Assert.Equal(2, merged.Scopes.Count);
        }

        foreach (State merged in new[] { Merged(left, State.Empty), Merged(State.Empty, left) })
        {
            Assert.Equal("a: a.Lock", Text(merged.Stamps));
            Assert.Single(merged.Whiles);
            Assert.Single(merged.Stored);
            Assert.Single(merged.Scopes);
        }
    }

    [Fact]
    public void The_longer_story_of_losses_is_told()
    {
        var site = Microsoft.CodeAnalysis.CSharp.SyntaxFactory.IdentifierName("x");
        State one = State.Empty with { Losses = [new Loss(A, site, "one")] };
        State two = State.Empty with { Losses = [new Loss(B, site, "two"), new Loss(C, site, "three")] };
        Assert.Equal(["two", "three"], Merged(one, two).Losses.Select(static loss => loss.How));
        Assert.Equal(["two", "three"], Merged(two, one).Losses.Select(static loss => loss.How));
        Assert.Equal(["one"], Merged(one, State.Empty with { Losses = [new Loss(B, site, "other")] }).Losses.Select(static loss => loss.How));
    }

    [Fact]
    public void What_a_caller_lost_on_either_path_is_known()
    {
        var site = Microsoft.CodeAnalysis.CSharp.SyntaxFactory.IdentifierName("x");
        State own = State.Empty with { Losses = [new Loss(A, site, "own"), new Loss(B, site, "own")] };
        State callers = State.Empty with { Losses = [new Loss(A, site, "caller's", isCallers: true)] };
        Assert.Equal("a own, b own, a caller's", Losses(Merged(own, callers)));
        Assert.Equal("a own, b own, a caller's", Losses(Merged(callers, own)));
        Assert.Equal("a caller's", Losses(Merged(callers, State.Empty with { Losses = [new Loss(A, site, "too", isCallers: true)] })));
        Assert.Equal("a own, b too", Losses(Merged(State.Empty with { Losses = [new Loss(A, site, "own"), new Loss(B, site, "too", isCallers: true)] }, State.Empty with { Losses = [new Loss(B, site, "three", isCallers: true)] })));
        Assert.Equal("a caller's, c too", Losses(Merged(callers, State.Empty with { Losses = [new Loss(C, site, "too", isCallers: true)] })));

        static string Losses(State state) => string.Join(", ", state.Losses.Select(static loss => loss.Term + " " + loss.How));
    }

    [Fact]
    public void A_variable_that_names_what_a_caller_lost_stays_apart()
    {
        var site = Microsoft.CodeAnalysis.CSharp.SyntaxFactory.IdentifierName("x");
        State lost = State.Empty with { Losses = [new Loss(s_lock, site, "released", isCallers: true)] };
        Assert.False(SameKey(WithLocal(lost, A), WithLocal(lost, B)));
        Assert.False(SameKey(WithLocal(lost, B), WithLocal(lost, A)));
        Assert.True(SameKey(WithLocal(lost, C), WithLocal(lost, B)));
        State own = State.Empty with { Losses = [new Loss(s_lock, site, "released")] };
        Assert.True(SameKey(WithLocal(own, A), WithLocal(own, B)));
    }

    [Fact]
    public void A_label_stays_only_where_both_paths_have_it()
    {
        Assert.Equal("first", Merged(State.Empty with { Label = "first" }, State.Empty with { Label = "first" }).Label);
        Assert.Null(Merged(State.Empty with { Label = "first" }, State.Empty with { Label = "second" }).Label);
    }

    [Fact]
    public void By_force_what_one_path_holds_depends_on_what_tells_them_apart()
    {
        State left = StateOf(Known(True(P), True(Q)), Held(s_lock)) with { Entry = [Held(s_lock)], EntryNames = [s_lock] };
        State right = StateOf(Known(!True(P), True(R)));
        State merged = State.MergeByForce(left, right, NoSymbol);
        Assert.Equal("a.Lock if p", merged.Holds.Text());
        Assert.Equal("a.Lock if p", merged.Entry.Text());
        Assert.Equal(s_lock, Assert.Single(merged.EntryNames));
        Assert.Equal("(!p || q), (p || r)", merged.Facts.Text());
        Assert.Equal("a.Lock", State.Merge(left, right, NoSymbol).Holds.Text());
        Assert.Equal("(p || r), (q || !p), (q || r)", State.Merge(left, right, NoSymbol).Facts.Text());
    }

    [Fact]
    public void By_force_what_is_stale_or_excused_on_both_paths_stays_so()
    {
        State left = State.Empty with { Stale = s_none.SetItem(A, s_underLock).SetItem(B, s_underLock), Excused = [s_lock, A.Of("Other")] };
        State right = State.Empty with { Stale = s_none.SetItem(B, s_underLock).SetItem(C, s_underLock), Excused = [s_lock] };
        State merged = State.MergeByForce(left, right, NoSymbol);
        Assert.Equal("b: a.Lock", Text(merged.Stale));
        Assert.Equal(s_lock, Assert.Single(merged.Excused));
    }

    [Fact]
    public void Conditional_holds_stay_conditional_without_force()
    {
        State left = StateOf(FactSet.Empty, HeldWhen(s_lock, True(P), True(Q)));
        Assert.Equal("a.Lock if q", Merged(left, StateOf(FactSet.Empty, HeldWhen(s_lock, True(Q)))).Holds.Text());
        Assert.Equal("a.Lock if q", Merged(StateOf(FactSet.Empty, HeldWhen(s_lock, True(Q))), left).Holds.Text());
    }

    private static bool SameKey(State left, State right) => left.SameKey(right, static _ => false, static _ => false);

    private static State Merged(State left, State right) => State.Merge(left, right, static (_, _) => s_both);

    private static Opaque NoSymbol(object key, Term value) => throw new System.InvalidOperationException("No value differs.");

    private static State WithLocal(State state, Term value) => state with { Values = Map<object, Term>.Empty.SetItem("local", value) };

    private static State Variables(params (string Name, Term Value)[] variables) => State.Empty with { Values = variables.Aggregate(Map<object, Term>.Empty, static (values, variable) => values.SetItem(variable.Name, variable.Value)) };

    private static string Locals(State state) => string.Join(" ", state.Values.Select(static entry => entry.Key + "=" + entry.Value));

    private static string Text(Map<Term, LockFormula> formulas) => string.Join(", ", formulas.Select(static entry => entry.Key + ": " + entry.Value));

    private static string Sorted(Map<Term, LockFormula> formulas) => string.Join(", ", formulas.Select(static entry => entry.Key + ": " + entry.Value).Order(System.StringComparer.Ordinal));
}
