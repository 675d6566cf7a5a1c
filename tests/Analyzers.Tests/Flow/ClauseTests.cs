using MmLint.Analyzers;
using static AnalyzerTests.Flow.Vocabulary;

namespace AnalyzerTests.Flow;

/// <summary>Literals of which one is true.</summary>
public sealed class ClauseTests
{
    private static readonly Clause s_clause = Of(True(P), !True(Q), Null(A.Of("Next")));

    [Fact]
    public void It_contains_its_literals()
    {
        Assert.True(s_clause.Contains(LiteralOf(True(P))));
        Assert.True(s_clause.Contains(LiteralOf(Null(A.Of("Next")))));
        Assert.False(s_clause.Contains(LiteralOf(True(Q))));
        Assert.False(s_clause.Contains(LiteralOf(True(R))));
    }

    [Fact]
    public void It_decides_their_atoms()
    {
        Assert.True(s_clause.Decides(AtomOf(True(Q))));
        Assert.False(s_clause.Decides(AtomOf(True(R))));
    }

    [Fact]
    public void It_mentions_their_parts()
    {
        Assert.True(s_clause.Mentions(A));
        Assert.True(s_clause.Mentions(Q));
        Assert.False(s_clause.Mentions(B));
        Assert.False(s_clause.Mentions(MarkedLike(A)));
        Assert.True(Of(Null(A), True(A.Of("Ready"))).Mentions(A));
        Assert.True(s_clause.Any(static term => term.Equals(A)));
        Assert.False(s_clause.Any(static term => term.Equals(B)));
    }

    [Fact]
    public void Order_does_not_matter()
    {
        Assert.True(s_clause.SameAs(Of(Null(A.Of("Next")), True(P), !True(Q))));
        Assert.True(s_clause.SameAs(s_clause));
        Assert.Equal(s_clause.Hash, Of(!True(Q), True(P), Null(A.Of("Next"))).Hash);
    }

    [Fact]
    public void Other_literals_make_another_clause()
    {
        Assert.False(s_clause.SameAs(Of(True(P), True(Q), Null(A.Of("Next")))));
        Assert.False(s_clause.SameAs(Of(True(P), !True(Q))));
        Assert.False(Of(True(P), !True(Q)).SameAs(s_clause));
        Assert.NotEqual(s_clause.Hash, Of(True(P), True(Q), Null(A.Of("Next"))).Hash);
    }

    [Fact]
    public void One_with_fewer_literals_says_more()
    {
        Assert.True(Of(True(P), !True(Q)).IsWithin(s_clause));
        Assert.True(s_clause.IsWithin(s_clause));
        Assert.False(s_clause.IsWithin(Of(True(P), !True(Q))));
        Assert.False(Of(True(P), True(Q)).IsWithin(s_clause));
        Assert.False(Of(True(P), True(R)).IsWithin(s_clause));
    }

    [Fact]
    public void One_more_literal_comes_last()
    {
        Assert.Equal("p || q || r", Of(True(P), True(Q)).With(LiteralOf(True(R))).Text());
        Assert.Equal("r", Of().With(LiteralOf(True(R))).Text());
    }

    [Fact]
    public void Its_marks_are_those_of_its_literals()
    {
        Opaque value = Value("v");
        Clause clause = Of(True(P), Null(value.Of("Next")));
        Assert.Equal(P.Mark | value.Of("Next").Mark, clause.Operands);
        Assert.Equal(P.Mark | value.Of("Next").Marks, clause.Marks);
        Assert.Equal(value.Mark, clause.Opaques);
        Assert.Equal(value.Mark, Of(Null(value), True(value.Of("Ready"))).Opaques);
    }

    [Fact]
    public void None_is_an_empty_array()
    {
        Assert.Same(Clause.None, Clause.Of([]));
        Assert.Same(s_clause, Assert.Single(Clause.Of([s_clause])));
    }

    private static Clause Of(params Claim[] literals) => new(System.Array.ConvertAll(literals, LiteralOf));
}
