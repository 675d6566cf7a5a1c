using System.Linq;
using MmLint.Analyzers;
using static AnalyzerTests.Flow.Vocabulary;

namespace AnalyzerTests.Flow;

/// <summary>What is known where two paths meet.</summary>
public sealed class FactSetMergeTests
{
    [Fact]
    public void What_both_know_stays() => Assert.Equal("p, !q", Merged(Known(True(P), !True(Q)), Known(!True(Q), True(P))));

    [Fact]
    public void What_differs_stays_as_one_or_the_other() => Assert.Equal("p, (q || r)", Merged(Known(True(P), True(Q)), Known(True(P), True(R))));

    [Fact]
    public void Opposites_say_nothing() => Assert.Equal("", Merged(Known(True(P)), Known(!True(P))));

    [Fact]
    public void Each_pair_that_differs_stays() => Assert.Equal("(p || r), (q || !p), (q || r)", Merged(Known(True(P), True(Q)), Known(!True(P), True(R))));

    [Fact]
    public void What_only_one_knows_is_lost()
    {
        Assert.Equal("", Merged(Known(True(P)), FactSet.Empty));
        Assert.Equal("", Merged(FactSet.Empty, Known(True(P))));
        Assert.Equal("", Merged(FactSet.Empty, Known(True(P) | True(Q))));
    }

    [Fact]
    public void What_follows_on_the_other_side_stays()
    {
        Assert.Equal("i < 5", Merged(Known(Is(I, 3)), Known(Less(I, 5))));
        Assert.Equal("i < 5", Merged(Known(Less(I, 5)), Known(Is(I, 3))));
        Assert.Equal("p, i < 5", Merged(Known(True(P), Is(I, 3)), Known(True(P), Less(I, 5))));
    }

    [Fact]
    public void Alternatives_that_both_know_stay_once()
    {
        Assert.Equal("(p || q)", Merged(Known(True(P) | True(Q)), Known(True(Q) | True(P))));
        Assert.Equal("(p || q)", Merged(Known(True(P) | True(Q)), Known(True(P))));
        Assert.Equal("(p || q)", Merged(Known(True(P)), Known(True(P) | True(Q))));
        Assert.Equal("(p || q || r)", Merged(Known(True(P) | True(Q) | True(R)), Known(True(Q) | True(R))));
    }

    [Fact]
    public void An_alternative_of_one_side_stays_with_what_the_other_knows()
    {
        Assert.Equal("(p || q || r)", Merged(Known(True(P) | True(Q)), Known(True(R))));
        Assert.Equal("(p || q || r)", Merged(Known(True(R)), Known(True(P) | True(Q))));
        Assert.Equal("(p || q || r), (p || q || s)", Merged(Known(True(P) | True(Q)), Known(True(R), True(S))));
        Assert.Equal("", Merged(Known(True(P) | True(Q)), Known(!True(P))));
    }

    [Fact]
    public void A_path_that_knows_no_more_than_the_other_stays_itself()
    {
        FactSet less = Known(True(P), True(Q) | True(R));
        Assert.Same(less, FactSet.Merge(less, less));
        Assert.Same(less, FactSet.Merge(less, Known(True(P), True(Q) | True(R), True(S))));
        Assert.Same(less, FactSet.Merge(less, Known(True(P), True(Q))));
        Assert.NotSame(less, FactSet.Merge(less, Known(True(P))));
    }

    [Fact]
    public void Where_a_fact_tells_the_sides_apart_the_rest_follows_from_it() =>
        Assert.Equal("s, (!p || q), (p || r)", FactSet.Merge(Known(True(S), True(P), True(Q)), Known(True(S), !True(P), True(R)), True(P)).Text());

    [Fact]
    public void Where_all_of_several_facts_tell_the_sides_apart_the_rest_follows_from_them() =>
        Assert.Equal("(!p || !q || s), (p || r), (q || r)", FactSet.Merge(Known(True(P), True(Q), True(S)), Known(!True(P) | !True(Q), True(R)), True(P) & True(Q)).Text());

    [Fact]
    public void A_side_with_too_many_cases_says_nothing()
    {
        Term[] flags = [.. Enumerable.Range(0, 6).Select(static index => (Term)Flag("f" + index))];
        Claim cases = (True(flags[0]) & True(flags[1])) | (True(flags[2]) & True(flags[3])) | (True(flags[4]) & True(flags[5]));
        Assert.Equal("(!f0 || !f1 || p), (!f2 || !f3 || p), (!f4 || !f5 || p)", FactSet.Merge(Known(True(P)), Known(True(Q)), cases).Text());
        Assert.Equal("(!f0 || !f1 || q), (!f2 || !f3 || q), (!f4 || !f5 || q)", FactSet.Merge(Known(True(P)), Known(True(Q)), !cases).Text());
    }

    [Fact]
    public void The_number_of_pairs_is_bounded()
    {
        FactSet left = Flags("l", 7);
        FactSet right = Flags("r", 7);
        Assert.Equal(32, FactSet.Merge(left, right).Clauses.Length);
        Assert.Equal(32, FactSet.Merge(Flags("l", 40).Assume(True(P))!, Known(!True(P)), True(P)).Clauses.Length);
    }

    [Fact]
    public void An_alternative_of_six_is_not_weakened()
    {
        Claim[] parts = [.. Enumerable.Range(0, 6).Select(static index => True(Flag("f" + index)))];
        Assert.Equal("(f0 || f1 || f2 || f3 || f4 || r)", Merged(Known(parts[..5].Aggregate(static (left, right) => left | right)), Known(True(R))));
        Assert.Equal("", Merged(Known(parts.Aggregate(static (left, right) => left | right)), Known(True(R))));
    }

    private static FactSet Flags(string name, int count) => Enumerable.Range(0, count).Aggregate(FactSet.Empty, (known, index) => known.Assume(True(Flag(name + index)))!);

    private static string Merged(FactSet left, FactSet right) => FactSet.Merge(left, right).Text();
}
