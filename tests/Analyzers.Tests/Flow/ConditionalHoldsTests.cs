using System.Collections.Generic;
using System.Linq;
using MmLint.Analyzers;
using static AnalyzerTests.Flow.Vocabulary;

namespace AnalyzerTests.Flow;

/// <summary>What is held where two paths meet of which only one holds a lock.</summary>
public sealed class ConditionalHoldsTests
{
    private static readonly Term s_lock = A.Of("Lock");
    private static readonly Term s_other = A.Of("Other");

    [Fact]
    public void What_both_hold_is_held() => Assert.Equal("a.Lock", Joined(StateOf(Known(True(P)), Held(s_lock)), StateOf(Known(!True(P)), Held(s_lock))));

    [Fact]
    public void What_one_holds_is_held_where_a_fact_tells_the_paths_apart()
    {
        Assert.Equal("a.Lock if p", Joined(StateOf(Known(True(P)), Held(s_lock)), StateOf(Known(!True(P)))));
        Assert.Equal("a.Lock if !p", Joined(StateOf(Known(True(P))), StateOf(Known(!True(P)), Held(s_lock))));
        Assert.Equal("a.Lock if p; a.Other if !p", Joined(StateOf(Known(True(P)), Held(s_lock)), StateOf(Known(!True(P)), Held(s_other))));
    }

    [Fact]
    public void Without_such_a_fact_it_is_perhaps_held()
    {
        Assert.Equal("a.Lock perhaps", Joined(StateOf(FactSet.Empty, Held(s_lock)), StateOf(FactSet.Empty)));
        Assert.Equal("a.Lock perhaps", Joined(StateOf(FactSet.Empty), StateOf(FactSet.Empty, Held(s_lock))));
        Assert.Equal("a.Lock perhaps", Joined(StateOf(Known(True(P)), HeldWhen(s_lock)), StateOf(Known(!True(P)))));
        Assert.Equal("a.Lock perhaps", Joined(StateOf(Known(True(P)), Held(s_lock)), StateOf(Known(!True(P)), HeldWhen(s_lock))));
    }

    [Fact]
    public void A_lock_in_two_modes_is_two_holds_while_facts_say_which()
    {
        Assert.Equal("a.Lock if p; Shared a.Lock if !p", Joined(StateOf(Known(True(P)), Held(s_lock)), StateOf(Known(!True(P)), Held(s_lock, Mode.Shared))));
        Assert.Equal("a.Lock perhaps", Joined(StateOf(FactSet.Empty, Held(s_lock)), StateOf(FactSet.Empty, Held(s_lock, Mode.Shared))));
        Assert.Equal("a.Lock perhaps", Joined(StateOf(Known(True(P)), HeldWhen(s_lock)), StateOf(Known(!True(P)), Held(s_lock, Mode.Shared))));
        Assert.Equal("a.Lock perhaps", Joined(StateOf(Known(True(P)), Held(s_lock)), StateOf(Known(!True(P)), HeldWhen(s_lock).With(mode: Mode.Shared))));
    }

    [Fact]
    public void Holds_that_differ_in_anything_are_two()
    {
        foreach (Hold other in new[] { Held(s_lock, origin: Origin.Entry), Held(s_lock, depth: 2), Held(s_lock, beneath: Mode.Shared) })
            Assert.Equal(2, ConditionalHolds.Join(StateOf(Known(True(P)), Held(s_lock)), StateOf(Known(!True(P)), other), []).Length);
    }

    [Fact]
    public void What_already_depends_on_a_fact_goes_on_to_do_so()
    {
        Assert.Equal("a.Lock if p", Joined(StateOf(FactSet.Empty, HeldWhen(s_lock, True(P))), StateOf(Known(True(P)), Held(s_lock))));
        Assert.Equal("a.Lock if p", Joined(StateOf(FactSet.Empty, HeldWhen(s_lock, True(P))), StateOf(Known(!True(P)))));
        Assert.Equal("a.Lock if p", Joined(StateOf(Known(True(P)), Held(s_lock)), StateOf(FactSet.Empty, HeldWhen(s_lock, True(P)))));
        Assert.Equal("a.Lock if p", Joined(StateOf(Known(!True(P))), StateOf(FactSet.Empty, HeldWhen(s_lock, True(P)))));
        Assert.Equal("a.Lock if p", Joined(StateOf(Known(True(Q)), HeldWhen(s_lock, True(P))), StateOf(Known(!True(Q)), HeldWhen(s_lock, True(P)))));
    }

    [Fact]
    public void Of_several_facts_those_stay_that_tell_on_both_paths()
    {
        Assert.Equal("a.Lock if q", Joined(StateOf(FactSet.Empty, HeldWhen(s_lock, True(P), True(Q))), StateOf(FactSet.Empty, HeldWhen(s_lock, True(Q), True(R)))));
        Assert.Equal("a.Lock if q", Joined(StateOf(FactSet.Empty, HeldWhen(s_lock, True(P), True(Q))), StateOf(Known(True(Q)), Held(s_lock))));
        Assert.Equal("a.Lock if q", Joined(StateOf(FactSet.Empty, HeldWhen(s_lock, True(P), True(Q))), StateOf(Known(!True(Q)))));
        Assert.Equal("a.Lock if q", Joined(StateOf(Known(True(Q)), Held(s_lock)), StateOf(FactSet.Empty, HeldWhen(s_lock, True(P), True(Q)))));
    }

    [Fact]
    public void A_fact_that_no_longer_tells_is_combined_with_one_that_tells_the_paths_apart()
    {
        Assert.Equal("a.Lock if q && p", Joined(StateOf(Known(True(Q)), HeldWhen(s_lock, True(P))), StateOf(Known(!True(Q)))));
        Assert.Equal("a.Lock if q && p || !q", Joined(StateOf(Known(True(Q)), HeldWhen(s_lock, True(P))), StateOf(Known(!True(Q)), Held(s_lock))));
        Assert.Equal("a.Lock if q && p || !q && r", Joined(StateOf(Known(True(Q)), HeldWhen(s_lock, True(P))), StateOf(Known(!True(Q)), HeldWhen(s_lock, True(R)))));
        Assert.Equal("a.Lock if q || !q && p", Joined(StateOf(Known(True(Q)), Held(s_lock)), StateOf(Known(!True(Q)), HeldWhen(s_lock, True(P)))));
        Assert.Equal("a.Lock if !q && p", Joined(StateOf(Known(True(Q))), StateOf(Known(!True(Q)), HeldWhen(s_lock, True(P)))));
    }

    [Fact]
    public void A_combination_of_more_than_eight_literals_tells_nothing()
    {
        Claim seven = Enumerable.Range(0, 7).Select(static index => True(Flag("f" + index))).Aggregate(static (left, right) => left & right);
        Assert.EndsWith("&& f6", Joined(StateOf(Known(True(Q)), HeldWhen(s_lock, seven)), StateOf(Known(!True(Q)))), System.StringComparison.Ordinal);
        Assert.Equal("a.Lock perhaps", Joined(StateOf(Known(True(Q)), HeldWhen(s_lock, seven & True(R))), StateOf(Known(!True(Q)))));
        Claim eight = Enumerable.Range(0, 8).Select(static index => True(Flag("f" + index))).Aggregate(static (left, right) => left | right);
        Assert.Equal("a.Lock perhaps", Joined(StateOf(Known(True(Q)), HeldWhen(s_lock, eight)), StateOf(Known(!True(Q)))));
    }

    [Fact]
    public void A_value_that_stands_for_both_tells()
    {
        Opaque both = Flag("both");
        IReadOnlyList<(Term, Term, Term)> renamed = [(P, Constant.False, both)];
        Assert.Equal("a.Lock if both", ConditionalHolds.Join(StateOf(Known(True(P)), Held(s_lock)), StateOf(FactSet.Empty), renamed).Text());
        Assert.Equal("a.Lock if both", ConditionalHolds.Join(StateOf(FactSet.Empty, HeldWhen(s_lock, True(P))), StateOf(FactSet.Empty), renamed).Text());
        Assert.Equal("a.Lock if both", ConditionalHolds.Join(StateOf(FactSet.Empty), StateOf(Known(True(Q)), Held(s_lock)), [(Constant.False, Q, both)]).Text());
        Assert.Equal("a.Lock perhaps", ConditionalHolds.Join(StateOf(FactSet.Empty, Held(s_lock)), StateOf(FactSet.Empty), renamed).Text());
        Assert.Equal("a.Lock perhaps", ConditionalHolds.Join(StateOf(Known(True(P)), Held(s_lock)), StateOf(FactSet.Empty), [(P, Q, both)]).Text());
        Assert.Equal("a.Lock perhaps", ConditionalHolds.Join(StateOf(FactSet.Empty, Held(s_lock)), StateOf(FactSet.Empty), [(Constant.True, Constant.False, Value("number"))]).Text());
    }

    [Fact]
    public void No_more_than_four_facts_are_kept()
    {
        Term[] flags = [.. Enumerable.Range(0, 6).Select(static index => (Term)Flag("f" + index))];
        FactSet left = Known([.. flags.Select(True)]);
        FactSet right = Known([.. flags.Select(static flag => !True(flag))]);
        Assert.Equal("a.Lock if f5, f4, f3, f2", Joined(StateOf(left, Held(s_lock)), StateOf(right)));
        Assert.Equal("f5, f4, f3, f2", Apart(left, right));
        FactSet some = Known([True(P) | True(Q), .. flags.Take(4).Select(True)]);
        FactSet none = Known([!True(P), !True(Q), .. flags.Take(4).Select(static flag => !True(flag))]);
        Assert.Equal("f3, f2, f1, f0", Apart(some, none));
        Assert.Equal("!f3, !f2, !f1, !f0", Apart(none, some));
        Assert.Equal("f5, f4, f3, f2", Apart(left, Known(Enumerable.Range(0, 6).Select(index => !True(flags[index])).Append(True(P)).ToArray())));
    }

    [Fact]
    public void Facts_tell_paths_apart_where_one_is_true_and_the_other_false()
    {
        Assert.Equal("p", Apart(Known(True(P)), Known(!True(P))));
        Assert.Equal("i == 3", Apart(Known(Is(I, 3)), Known(!Is(I, 3))));
        Assert.Equal("i == 3, i != 4", Apart(Known(Is(I, 3)), Known(Is(I, 4))));
        Assert.Equal("i == 7, i >= 5", Apart(Known(Is(I, 7)), Known(Less(I, 5))));
        Assert.Equal("i < 5, i != 7", Apart(Known(Less(I, 5)), Known(Is(I, 7))));
        Assert.Equal("", Apart(Known(True(P)), Known(True(Q))));
        Assert.Equal("", Apart(Known(True(P)), Known(True(P))));
    }

    [Fact]
    public void The_latest_of_them_comes_first()
    {
        Assert.Equal("q, p", Apart(Known(True(P), True(Q)), Known(!True(P), !True(Q))));
        Assert.Equal("i < 2, i < 4", Apart(Known(Less(I, 9), Less(I, 2)), Known(!Less(I, 4), Less(I, 20))));
    }

    [Fact]
    public void Alternatives_tell_paths_apart_that_know_better()
    {
        Assert.Equal("!p && !q", Apart(Known(!True(P), !True(Q)), Known(True(P) | True(Q))));
        Assert.Equal("p || q", Apart(Known(True(P) | True(Q)), Known(!True(P), !True(Q))));
        Assert.Equal("", Apart(Known(True(P) | True(Q)), Known(!True(P))));
        Assert.Equal("", Apart(Known(!True(P)), Known(True(P) | True(Q))));
    }

    [Fact]
    public void What_the_caller_held_is_joined_with_its_names()
    {
        State left = StateOf(Known(True(P))) with { Entry = [Held(s_lock, origin: Origin.Entry)], EntryNames = [s_lock] };
        State right = StateOf(Known(!True(P))) with { Entry = [Held(s_other, origin: Origin.Entry)], EntryNames = [B.Of("Other")] };
        var (entry, names) = ConditionalHolds.JoinEntry(left, right, []);
        Assert.Equal("a.Lock (Entry) if p; a.Other (Entry) if !p", entry.Text());
        Assert.Equal("a.Lock, b.Other", string.Join(", ", names));
    }

    [Fact]
    public void What_both_callers_held_keeps_one_name()
    {
        State left = StateOf(Known(True(P))) with { Entry = [Held(s_lock), Held(s_other)], EntryNames = [s_lock, s_other] };
        State right = StateOf(Known(!True(P))) with { Entry = [Held(s_other)], EntryNames = [s_other] };
        var (entry, names) = ConditionalHolds.JoinEntry(left, right, []);
        Assert.Equal("a.Lock if p; a.Other", entry.Text());
        Assert.Equal("a.Lock, a.Other", string.Join(", ", names));
    }

    [Fact]
    public void A_lock_that_is_held_in_either_of_two_modes_is_found()
    {
        Hold first = HeldWhen(s_lock, True(P));
        Hold second = HeldWhen(s_lock, !True(P)).With(mode: Mode.Shared);
        Hold other = HeldWhen(s_other, True(P));
        Assert.True(ConditionalHolds.AnyTwice([other, first, second], static _ => true, out Hold? either));
        Assert.Same(first, either);
        Assert.False(ConditionalHolds.AnyTwice([first, second], static _ => false, out either));
        Assert.Null(either);
        Assert.False(ConditionalHolds.AnyTwice([first, other], static _ => true, out _));
        Assert.False(ConditionalHolds.AnyTwice([Held(s_lock), Held(s_lock, Mode.Shared)], static _ => true, out _));
        Assert.True(ConditionalHolds.AnyTwice([first, second, HeldWhen(s_other, True(P)), HeldWhen(s_other, !True(P)).With(mode: Mode.Shared)], static _ => true, out either));
        Assert.Same(first, either);
        Assert.False(ConditionalHolds.AnyTwice([], static _ => true, out _));
    }

    [Fact]
    public void Paths_are_as_far_apart_as_their_holds()
    {
        State none = StateOf(FactSet.Empty);
        State one = StateOf(FactSet.Empty, Held(s_lock));
        State two = StateOf(FactSet.Empty, Held(s_lock), Held(s_other));
        Assert.Equal(0, ConditionalHolds.Distance(one, one));
        Assert.Equal(3, ConditionalHolds.Distance(one, none));
        Assert.Equal(3, ConditionalHolds.Distance(none, one));
        Assert.Equal(3, ConditionalHolds.Distance(one, two));
        Assert.Equal(6, ConditionalHolds.Distance(none, two));
        Assert.Equal(6, ConditionalHolds.Distance(one, StateOf(FactSet.Empty, Held(s_other))));
    }

    [Fact]
    public void A_path_that_holds_what_the_facts_of_another_say_is_near()
    {
        State told = StateOf(FactSet.Empty, HeldWhen(s_lock, True(P)));
        Assert.Equal(1, ConditionalHolds.Distance(told, StateOf(Known(True(P)), Held(s_lock))));
        Assert.Equal(1, ConditionalHolds.Distance(told, StateOf(Known(!True(P)))));
        Assert.Equal(3, ConditionalHolds.Distance(told, StateOf(Known(!True(P)), Held(s_lock))));
        Assert.Equal(3, ConditionalHolds.Distance(told, StateOf(Known(True(P)))));
        Assert.Equal(3, ConditionalHolds.Distance(told, StateOf(FactSet.Empty)));
        Assert.Equal(0, ConditionalHolds.Distance(told, told));
        Assert.Equal(3, ConditionalHolds.Distance(told, StateOf(FactSet.Empty, HeldWhen(s_lock, True(Q)))));
        Assert.Equal(3, ConditionalHolds.Distance(StateOf(FactSet.Empty, HeldWhen(s_lock)), StateOf(FactSet.Empty, Held(s_lock))));
        Assert.Equal(3, ConditionalHolds.Distance(StateOf(FactSet.Empty, Held(s_lock)), told));
        Assert.Equal(3, ConditionalHolds.Distance(StateOf(FactSet.Empty, HeldWhen(s_lock, True(P), True(Q))), StateOf(Known(True(P)), Held(s_lock))));
    }

    private static string Joined(State left, State right) => ConditionalHolds.Join(left, right, []).Text();

    private static string Apart(FactSet left, FactSet right) => string.Join(", ", ConditionalHolds.TellingApart(left, right));
}
