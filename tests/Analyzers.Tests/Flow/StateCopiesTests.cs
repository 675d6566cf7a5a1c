using System.Linq;
using Microsoft.CodeAnalysis.CSharp;
using MmLint.Analyzers;
using static AnalyzerTests.Flow.Vocabulary;

namespace AnalyzerTests.Flow;

/// <summary>What a path knows of values that were copied, or conditions that were asked, under a lock.</summary>
public sealed class StateCopiesTests
{
    private static readonly Microsoft.CodeAnalysis.SyntaxNode s_site = SyntaxFactory.IdentifierName("x");
    private static readonly Opaque s_count = Value("count");
    private static readonly Opaque s_both = Value("both");

    [Fact]
    public void Copies_are_equal_where_they_come_from_one_place_and_both_are_good_or_gone()
    {
        Assert.Equal(CountOf(A), CountOf(A));
        Assert.True(CountOf(A).Equals((object)CountOf(A)));
        Assert.Equal(CountOf(A).GetHashCode(), CountOf(A).GetHashCode());
        Assert.NotEqual(CountOf(A), CountOf(B));
        Assert.NotEqual(CountOf(A), CountOf(A).Gone);
        Assert.Equal(CountOf(A).Gone, CountOf(A).Gone.Gone);
        Assert.False(CountOf(A).Equals((Copy?)null));
    }

    [Fact]
    public void A_copy_that_is_gone_is_back_once_its_lock_is_held()
    {
        State held = StateOf(FactSet.Empty, Held(A.Of("Lock")));
        Assert.True(CountOf(A).Gone.IsBack(held));
        Assert.False(CountOf(A).IsBack(held));
        Assert.False(CountOf(B).Gone.IsBack(held));
        Assert.False(CountOf(A).Gone.IsBack(State.Empty));
    }

    [Fact]
    public void One_value_that_is_found_again_confirms_all_of_its_lock()
    {
        State state = With((I, CountOf(A).Gone), (J, CountOf(B).Gone), (K, CountOf(A)));
        Assert.Equal("j: b.Count gone, k: a.Count", Text(state.Confirm(CountOf(A))));
        Assert.Equal("j: b.Count gone, k: a.Count", Text(state.Unify(I, C)!));
        Assert.Equal("i: a.Count gone, j: b.Count gone, k: a.Count", Text(state.Unify(P, Q)!));
    }

    [Fact]
    public void A_copy_goes_by_the_names_of_today()
    {
        Assert.Equal("i: a.Count", Text(With((I, CountOf(B))).Rewrite(B, A)!));
        Assert.Equal("j: b.Count gone", Text(With((I, CountOf(B).Gone)).Rewrite(I, J)!));
        Assert.Equal("a.Lock", With((I, CountOf(B))).Rewrite(B, A)!.Copies[I].Need.ToString());
        State state = With((I, CountOf(B)));
        Assert.Same(state.Copies, state.Rewrite(C, A)!.Copies);
    }

    [Fact]
    public void So_does_a_condition()
    {
        State state = State.Empty with { Checks = Map<Term, Check>.Empty.SetItem(B.Of("Ready"), new Check(ReadyOf(B), s_site, outcome: true)) };
        Assert.Equal("a.Ready: a.Ready", string.Join(", ", state.Rewrite(B, A)!.Checks.Select(static entry => entry.Key + ": " + entry.Value.Copy.Source)));
        Assert.Same(state.Checks, state.Rewrite(C, A)!.Checks);
    }

    [Fact]
    public void Conditions_are_equal_where_one_place_asked_and_heard_the_same()
    {
        var check = new Check(ReadyOf(A), s_site, outcome: true);
        Assert.Equal(check, new Check(ReadyOf(A), s_site, outcome: true));
        Assert.True(check.Equals((object)new Check(ReadyOf(A), s_site, outcome: true)));
        Assert.NotEqual(check, new Check(ReadyOf(A), s_site, outcome: false));
        Assert.NotEqual(check, new Check(ReadyOf(B), s_site, outcome: true));
        Assert.NotEqual(check, new Check(ReadyOf(A), SyntaxFactory.IdentifierName("y"), outcome: true));
        Assert.NotEqual(check, check.Gone);
        Assert.False(check.Equals((Check?)null));
    }

    [Fact]
    public void Where_paths_meet_both_must_know_of_the_copy()
    {
        Assert.Equal("i: a.Count", Text(Merged(With((I, CountOf(A)), (J, CountOf(A))), With((I, CountOf(A)), (J, CountOf(A).Gone), (K, CountOf(B))))));
        State left = With((I, CountOf(A))) with { Values = Map<object, Term>.Empty.SetItem("local", I) };
        State right = With((J, CountOf(A))) with { Values = Map<object, Term>.Empty.SetItem("local", J) };
        Assert.Equal("both: a.Count", Text(Merged(left, right)));
        Assert.Equal("", Text(Merged(left, right with { Copies = Map<Term, Copy>.Empty })));
    }

    [Fact]
    public void The_next_value_is_no_copy_of_what_the_earlier_one_was()
    {
        Assert.Equal("an earlier count: a.Count", Text(With((s_count, CountOf(A))).Retire(s_count)));
        Assert.Equal("an earlier count: b.Count", Text(With((s_count.AsEarlier(), CountOf(A)), (s_count, CountOf(B))).Retire(s_count)));
        Assert.Equal("i: a.Count", Text((With((s_count.AsEarlier(), CountOf(A)), (I, CountOf(A))) with { Facts = Known(Is(s_count, 1)) }).Retire(s_count)));
    }

    [Fact]
    public void A_number_of_copies_or_conditions_tells_paths_apart()
    {
        State state = With((I, CountOf(A)));
        Assert.True(state.SameAs(With((I, CountOf(A)))));
        Assert.False(state.SameAs(State.Empty));
        Assert.False(State.Empty.SameAs(State.Empty with { Checks = Map<Term, Check>.Empty.SetItem(A, new Check(ReadyOf(A), s_site, outcome: true)) }));
    }

    [Fact]
    public void A_variable_from_before_its_lock_was_retaken_stays_apart_from_a_good_one()
    {
        object local = SymbolOf("Node", "Count");
        State gone = With((I, CountOf(A).Gone)) with { Values = Map<object, Term>.Empty.SetItem(local, I), Holds = [Held(A.Of("Lock"))] };
        State good = gone with { Copies = Map<Term, Copy>.Empty.SetItem(I, CountOf(A)) };
        Assert.False(SameKey(gone, good));
        Assert.False(SameKey(good, gone));
        Assert.True(SameKey(gone, gone with { Copies = Map<Term, Copy>.Empty.SetItem(I, CountOf(A).Gone) }));
        Assert.True(SameKey(gone with { Holds = [] }, good with { Holds = [] }));
        Assert.True(SameKey(gone with { Values = Map<object, Term>.Empty.SetItem("capture", I) }, good with { Values = Map<object, Term>.Empty.SetItem("capture", I) }));
    }

    private static bool SameKey(State left, State right) => left.SameKey(right, static _ => false, static _ => false);

    private static State Merged(State left, State right) => State.Merge(left, right, static (_, _) => s_both);

    private static Copy CountOf(Term node) => new((MemberOf)node.Of("Count"), new LockFormula.Lock(node.Of("Lock"), Mode.None));

    private static Copy ReadyOf(Term node) => new((MemberOf)node.Of("Ready"), new LockFormula.Lock(node.Of("Lock"), Mode.None));

    private static State With(params (Term Value, Copy Copy)[] copies) => State.Empty with { Copies = copies.Aggregate(Map<Term, Copy>.Empty, static (map, copy) => map.SetItem(copy.Value, copy.Copy)) };

    private static string Text(State state) => string.Join(", ", state.Copies.Select(static entry => entry.Key + ": " + entry.Value.Source + (entry.Value.IsGone ? " gone" : "")));
}
