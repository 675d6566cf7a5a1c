using MmLint.Analyzers;
using static AnalyzerTests.Flow.Vocabulary;

namespace AnalyzerTests.Flow;

/// <summary>A lock that is held.</summary>
public sealed class HoldTests
{
    private static readonly Term s_lock = A.Of("Lock");

    [Fact]
    public void It_is_there_once_and_for_sure_unless_told_otherwise()
    {
        Hold hold = Held(s_lock);
        Assert.Equal(1, hold.Depth);
        Assert.False(hold.Maybe);
        Assert.Equal(Mode.None, hold.Beneath);
        Assert.Empty(hold.Tells);
    }

    [Fact]
    public void Facts_tell_only_of_a_hold_that_is_perhaps_there()
    {
        Hold hold = HeldWhen(s_lock, True(P), !True(Q));
        Assert.True(hold.Maybe);
        Assert.Equal("a.Lock if p, !q", hold.Text());
        Assert.Equal("a.Lock", hold.With(maybe: false).Text());
        Assert.Equal("a.Lock perhaps", HeldWhen(s_lock).Text());
    }

    [Fact]
    public void A_change_keeps_the_rest()
    {
        Hold hold = new Hold(s_lock, Mode.Exclusive, Origin.Entry, LockInfo.Monitor, null, 2, beneath: Mode.Upgradeable).When([True(P)]);
        Assert.Equal("b.Lock (Entry) x2 if p", hold.With(term: B.Of("Lock")).Text());
        Assert.Equal("Shared a.Lock (Entry) x2 if p", hold.With(mode: Mode.Shared).Text());
        Assert.Equal("a.Lock (Assumed) x2 if p", hold.With(origin: Origin.Assumed).Text());
        Assert.Equal("a.Lock (Entry) if p", hold.With(depth: 1).Text());
        Assert.Equal(Mode.Upgradeable, hold.With(depth: 1).Beneath);
        Assert.Equal(Mode.Shared, hold.With(beneath: Mode.Shared).Beneath);
        Assert.Same(LockInfo.Monitor, hold.With(depth: 1).Info);
        Assert.Equal(hold, hold.With());
    }

    [Fact]
    public void Holds_are_equal_where_everything_is_but_the_place()
    {
        Hold hold = HeldWhen(s_lock, True(P));
        Assert.Equal(hold, HeldWhen(A.Of("Lock"), True(P)));
        Assert.True(hold.Equals((object)HeldWhen(A.Of("Lock"), True(P))));
        Assert.Equal(hold.GetHashCode(), HeldWhen(A.Of("Lock"), True(P)).GetHashCode());
        Assert.Equal(hold, new Hold(s_lock, Mode.Exclusive, Origin.Here, LockInfo.Monitor, Microsoft.CodeAnalysis.CSharp.SyntaxFactory.IdentifierName("x"), maybe: true, tells: [True(P)]));
    }

    [Fact]
    public void Anything_else_makes_another_hold()
    {
        Hold hold = HeldWhen(s_lock, True(P));
        Assert.False(hold.Equals((Hold?)null));
        Assert.False(hold.Equals((object)s_lock));
        Assert.NotEqual(hold, hold.With(term: B.Of("Lock")));
        Assert.NotEqual(hold, hold.With(mode: Mode.Shared));
        Assert.NotEqual(hold, hold.With(origin: Origin.Entry));
        Assert.NotEqual(hold, hold.With(depth: 2));
        Assert.NotEqual(hold, hold.With(beneath: Mode.Shared));
        Assert.NotEqual(hold, hold.With(maybe: false));
        Assert.NotEqual(HeldWhen(s_lock), Held(s_lock));
        Assert.NotEqual(hold, HeldWhen(s_lock, True(Q)));
        Assert.NotEqual(hold, HeldWhen(s_lock, True(P), True(Q)));
    }

    [Fact]
    public void Hashes_tell_holds_apart()
    {
        Hold hold = Held(s_lock);
        foreach (Hold other in new[] { hold.With(term: B.Of("Lock")), hold.With(mode: Mode.Shared), hold.With(origin: Origin.Entry), hold.With(depth: 2) })
            Assert.NotEqual(hold.GetHashCode(), other.GetHashCode());
    }
}
