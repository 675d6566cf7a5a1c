using System.Linq;
using MmLint.Analyzers;
using static AnalyzerTests.Flow.Vocabulary;

namespace AnalyzerTests.Flow;

/// <summary>What a set of facts knows once facts are added to it, case by case.</summary>
public sealed class FactSetTests
{
    [Fact]
    public void Nothing_is_known_at_first()
    {
        Assert.True(FactSet.Empty.IsEmpty);
        Assert.Null(FactSet.Empty.Decide(True(P)));
        Assert.False(FactSet.Empty.Has(AtomOf(True(P))));
        Assert.False(FactSet.Empty.Mentions(P));
        Assert.False(FactSet.Empty.IsFull);
    }

    [Fact]
    public void Facts_are_kept_in_the_order_in_which_they_came()
    {
        FactSet known = Known(True(P), Null(A), !True(Q), Less(I, 5), True(R) | True(S));
        Assert.Equal("p, a == null, !q, i < 5, (r || s)", known.Text());
        Assert.False(known.IsEmpty);
        Assert.False(Known(True(P)).IsEmpty);
        Assert.False(Known(True(P) | True(Q)).IsEmpty);
    }

    [Fact]
    public void What_is_known_changes_nothing()
    {
        FactSet known = Known(True(P), True(Q) | True(R));
        Assert.Same(known, known.Assume(True(P)));
        Assert.Same(known, known.Assume(True(P) | True(S)));
        Assert.True(known.SameAs(known.Assume(True(Q) | True(R))!));
        Assert.Same(known, known.Assume(Fact.True));
    }

    [Fact]
    public void What_is_denied_contradicts()
    {
        FactSet known = Known(True(P), !Null(A));
        Assert.Null(known.Assume(!True(P)));
        Assert.Null(known.Assume(Null(A)));
        Assert.Null(known.Assume(True(Q) & !True(P)));
        Assert.Null(known.Assume(Fact.False));
    }

    [Fact]
    public void All_of_several_become_known() => Assert.Equal("p, !q, r", Known(True(P) & !True(Q) & True(R)).Text());

    [Fact]
    public void The_last_of_several_becomes_known() => Assert.Equal("!p, q", Known(True(P) | True(Q), !True(P)).Text());

    [Fact]
    public void One_true_part_settles_an_alternative() => Assert.Equal("p", Known(True(P) | True(Q), True(P)).Text());

    [Fact]
    public void False_parts_of_an_alternative_are_dropped() => Assert.Equal("!q, (p || r)", Known(True(P) | True(Q) | True(R), !True(Q)).Text());

    [Fact]
    public void False_parts_of_a_new_alternative_are_dropped() => Assert.Equal("!q, (p || r)", Known(!True(Q), True(P) | True(Q) | True(R)).Text());

    [Fact]
    public void One_fact_leads_to_the_next_whatever_came_first()
    {
        Assert.Equal("p, q, r", Known(!True(P) | True(Q), !True(Q) | True(R), True(P)).Text());
        Assert.Equal("p, q, r", Known(!True(Q) | True(R), !True(P) | True(Q), True(P)).Text());
        Assert.Equal("q, p", Known(True(Q), !True(Q) | True(P)).Text());
    }

    [Fact]
    public void An_alternative_of_which_nothing_is_left_contradicts()
    {
        Assert.Null(Known(True(P) | True(Q), !True(P)).Assume(!True(Q)));
        Assert.Null(Known(True(P) | True(Q), True(P) | !True(Q)).Assume(!True(P)));
        Assert.Null(Known(!True(P), !True(Q)).Assume(True(P) | True(Q)));
    }

    [Fact]
    public void What_an_alternative_does_not_mention_leaves_it_as_it_is()
    {
        FactSet known = Known(True(P) | True(Q));
        FactSet more = Assert.IsType<FactSet>(known.Assume(True(R)));
        Assert.Equal("r, (p || q)", more.Text());
        Assert.Same(known.Clauses, more.Clauses);
    }

    [Fact]
    public void A_fact_with_too_many_cases_is_left_out()
    {
        Term[] flags = [.. Enumerable.Range(0, 10).Select(index => (Term)Flag("f" + index))];
        Claim cases = Enumerable.Range(0, 5).Select(index => True(flags[index * 2]) & True(flags[(index * 2) + 1])).Aggregate((left, right) => left | right);
        FactSet known = Known(True(P));
        Assert.Same(known, known.Assume(cases));
    }

    [Fact]
    public void A_fact_is_decided_by_what_is_known()
    {
        FactSet known = Known(True(P), !True(Q));
        Assert.True(known.Decide(True(P)));
        Assert.False(known.Decide(!True(P)));
        Assert.False(known.Decide(True(Q)));
        Assert.True(known.Decide(!True(Q)));
        Assert.Null(known.Decide(True(R)));
        Assert.True(known.Decide(Fact.True));
        Assert.False(known.Decide(Fact.False));
    }

    [Fact]
    public void Combinations_are_decided_by_their_parts()
    {
        FactSet known = Known(True(P), !True(Q));
        Assert.True(known.Decide(True(P) & !True(Q)));
        Assert.False(known.Decide(True(P) & True(Q)));
        Assert.False(known.Decide(True(R) & True(Q)));
        Assert.True(known.Decide(True(R) | True(P)));
        Assert.False(known.Decide(True(Q) | !True(P)));
        Assert.Null(known.Decide(True(P) & True(R)));
        Assert.Null(known.Decide(True(Q) | True(R)));
        Assert.True(known.Decide((True(P) & !True(Q)) | True(R)));
        Assert.False(known.Decide((True(Q) | !True(P)) & True(R)));
    }

    [Fact]
    public void What_would_contradict_an_alternative_is_decided()
    {
        FactSet known = Known(True(P) | True(Q), !True(P) | True(Q));
        Assert.True(known.Decide(True(Q)));
        Assert.False(known.Decide(!True(Q)));
        Assert.Null(known.Decide(True(P)));
        Assert.True(known.Decide(True(Q) | True(P)));
        Assert.False(known.Decide(!True(P) & !True(Q)));
        Assert.Null(known.Decide(True(R)));
    }

    [Fact]
    public void A_fact_that_is_true_in_either_case_is_true()
    {
        FactSet same = Known(Same(P, Q));
        Assert.True(same.Decide(Same(P, Q)));
        Assert.False(same.Decide(!Same(P, Q)));
        Assert.Null(same.Decide(Same(P, R)));
        Assert.Null(FactSet.Empty.Decide(Same(P, Q)));
        Assert.True(same.Decide((True(P) & True(Q)) | (!True(P) & !True(Q)) | True(R)));
        Assert.False(same.Decide((!True(P) | !True(Q)) & (True(P) | True(Q)) & True(R)));
    }

    [Fact]
    public void Cases_of_which_one_cannot_be_count_for_nothing()
    {
        FactSet known = Known(True(P) | True(Q), True(P) | !True(Q), !True(P) | True(R) | True(S));
        Assert.True(known.Decide((True(P) & True(R)) | (True(P) & True(S))));
        Assert.False(known.Decide((!True(P) | !True(R)) & (!True(P) | !True(S))));
        Assert.Null(known.Decide((True(P) & True(R)) | (True(Q) & True(S))));
        FactSet denied = Known(!True(P) | True(Q), !True(P) | !True(Q), True(P) | True(R) | True(S));
        Assert.True(denied.Decide((!True(P) & True(R)) | (!True(P) & True(S))));
    }

    [Fact]
    public void What_mentions_a_term_is_forgotten_with_it()
    {
        FactSet known = Known(True(P), Null(A), True(A.Of("Ready")), True(Q) | Null(A.Of("Next")), True(R) | True(S));
        Assert.Equal("p, (r || s)", known.Forget(A).Text());
        Assert.Equal("p, a == null, (r || s), (q || a.Next == null)", known.Forget(A.Of("Ready")).Text());
        Assert.Equal("p, a == null, a.Ready, (r || s)", known.Forget(Q).Text());
        Assert.Same(known, known.Forget(B));
        Assert.True(known.Mentions(A));
        Assert.True(known.Mentions(S));
        Assert.True(known.Mentions(A.Of("Next")));
        Assert.False(known.Mentions(B));
        Assert.False(known.Mentions(A.Of("Lock")));
        Assert.False(Known(True(P) | True(Q)).Mentions(MarkedLike(Q)));
        Assert.True(Known(Null(A), True(A.Of("Ready")), True(P)).Forget(P).Mentions(A));
    }

    [Fact]
    public void Alternatives_stay_only_as_wholes()
    {
        FactSet known = Known(True(P), !True(Q), True(R) | True(S), Null(A) | Null(B));
        Assert.Equal("p, (a == null || b == null)", known.Keep(static literal => !literal.Atom.Mentions(Q) && !literal.Atom.Mentions(S)).Text());
        Assert.Same(known, known.Keep(static _ => true));
        Assert.True(known.Keep(static _ => false).IsEmpty);
    }

    [Fact]
    public void Alternatives_about_values_that_nothing_names_are_dropped_and_literals_stay()
    {
        Opaque live = Flag("live");
        Opaque dead = Enumerable.Range(0, 100).Select(static index => Flag("dead" + index)).First(value => value.Mark != live.Mark);
        FactSet known = Known(True(dead), True(live) | True(P), True(Flag("other")) | True(dead.Of("Ready")), True(Q) | True(R));
        Assert.Equal(dead.Name + ", (q || r), (live || p)", known.KeepLive(live.Mark).Text());
        Assert.Same(known, known.KeepLive(ulong.MaxValue));
        Assert.Equal(dead.Name + ", (q || r)", known.KeepLive(0).Text());
        Assert.Equal("", Known(True(P) | True(live), True(Q) | True(live)).KeepLive(0).Text());
    }

    [Fact]
    public void A_term_is_replaced_wherever_it_occurs()
    {
        FactSet known = Known(True(S), Null(A), True(A.Of("Ready")), True(P) | Null(A.Of("Next")), True(Q) | True(R));
        Assert.Equal("s, b == null, b.Ready, (p || b.Next == null), (q || r)", known.Replace(A, B).Text());
        Assert.Same(known, known.Replace(B, C));
        Assert.Same(known, known.Replace(A.Of("Lock"), C));
    }

    [Fact]
    public void Replacing_shows_what_contradicts()
    {
        Assert.Null(Known(True(P), !True(Q)).Replace(Q, P));
        Assert.Null(Known(True(P) | True(Q), !True(R)).Replace(P, R)?.Replace(Q, R));
        Assert.Null(Known(!Same(I, J)).Replace(J, I));
        Assert.Null(Known(Less(I, J)).Replace(J, I));
    }

    [Fact]
    public void Replacing_shows_what_follows()
    {
        Assert.Equal("!r, q", Known(True(P) | True(Q), !True(R)).Replace(P, R).Text());
        Assert.True(Known(True(P) | True(Q)).Replace(P, Q)?.Decide(True(Q)));
    }

    [Fact]
    public void Sets_with_the_same_facts_in_another_order_are_the_same()
    {
        Assert.True(Known(True(P), !True(Q)).SameAs(Known(!True(Q), True(P))));
        Assert.True(Known(True(P) | True(Q), True(R) | True(S)).SameAs(Known(True(S) | True(R), True(Q) | True(P))));
        FactSet known = Known(True(P));
        Assert.True(known.SameAs(known));
    }

    [Fact]
    public void Sets_that_differ_in_a_fact_are_not_the_same()
    {
        Assert.False(Known(True(P)).SameAs(Known(!True(P))));
        Assert.False(Known(True(P)).SameAs(Known(True(Q))));
        Assert.False(Known(True(P)).SameAs(Known(True(P), True(Q))));
        Assert.False(Known(True(P)).SameAs(Known(True(P), True(Q) | True(R))));
        Assert.False(Known(True(P) | True(Q)).SameAs(Known(True(P) | !True(Q))));
        Assert.False(Known(True(P) | True(Q), True(R) | True(S)).SameAs(Known(True(P) | True(Q), True(R) | !True(S))));
        Assert.False(Known(True(P) | True(Q)).SameAs(Known(True(P) | True(Q) | True(R))));
    }

    [Fact]
    public void The_number_of_alternatives_is_bounded()
    {
        FactSet known = FactSet.Empty;
        for (int index = 0; index < 40; index++) known = Assert.IsType<FactSet>(known.Assume(True(Flag("a" + index)) | True(Flag("b" + index))));
        Assert.Equal(32, known.Clauses.Length);
    }

    [Fact]
    public void An_alternative_of_more_than_six_is_not_kept()
    {
        Claim[] parts = [.. Enumerable.Range(0, 7).Select(static index => True(Flag("f" + index)))];
        Assert.Equal("(f0 || f1 || f2 || f3 || f4 || f5)", Known(parts[..6].Aggregate(static (left, right) => left | right)).Text());
        Assert.Equal("", Known(parts.Aggregate(static (left, right) => left | right)).Text());
    }

    [Fact]
    public void Of_too_many_facts_the_first_that_says_what_something_is_not_is_given_up()
    {
        FactSet known = Known(True(P), !Is(I, 0), !Is(I, 1), True(Q) | True(R));
        for (int index = 0; index < 253; index++) known = Assert.IsType<FactSet>(known.Assume(True(Flag("f" + index))));
        Assert.Equal(256, known.Literals.Length);
        Assert.False(known.IsFull);

        FactSet first = Assert.IsType<FactSet>(known.Assume(True(S)));
        Assert.Equal(256, first.Literals.Length);
        Assert.False(first.Has(AtomOf(Is(I, 0))));
        Assert.True(first.Has(AtomOf(Is(I, 1))));
        Assert.True(first.Decide(True(S)));
        Assert.Equal("q || r", Assert.Single(first.Clauses).Text());
        Assert.False(first.IsFull);

        FactSet second = Assert.IsType<FactSet>(first.Assume(Null(A)));
        Assert.False(second.Has(AtomOf(Is(I, 1))));
        Assert.True(second.IsFull);
        Assert.Null(second.Assume(Null(B))?.Decide(Null(B)));
        Assert.False(Known(True(P)).IsFull);
    }

    [Fact]
    public void What_was_known_before_stays_whatever_is_refused()
    {
        FactSet before = Known(True(P), True(Q));
        FactSet more = Known(True(P), True(Q), True(R));
        Assert.Equal("p, q", more.KeepNew(before, static _ => false).Text());
        Assert.Equal("p, q, r", more.KeepNew(before, static _ => true).Text());
        Assert.Equal("q", Known(True(Q), True(R)).KeepNew(before, static _ => false).Text());
        Assert.Equal("q, p", Known(True(Q), True(P), True(R)).KeepNew(before, static _ => false).Text());
        Assert.Equal("!p", Known(!True(P), True(R)).KeepNew(before, static _ => false).Text());
        Assert.Equal("", more.KeepNew(FactSet.Empty, static _ => false).Text());
    }

    [Fact]
    public void Alternatives_that_are_new_stay_if_all_of_them_may()
    {
        FactSet more = Known(True(P), True(Q) | True(R));
        Assert.Equal("p", more.KeepNew(Known(True(P)), static _ => false).Text());
        Assert.Equal("p", more.KeepNew(Known(True(P)), static literal => literal.Atom.Left.Equals(Q)).Text());
        Assert.Equal("p, (q || r)", more.KeepNew(Known(True(P)), static _ => true).Text());
        Assert.Equal("p, (q || r)", more.KeepNew(Known(True(Q), True(R)), static literal => literal.Atom.Left.Equals(P)).Text());
    }
}
