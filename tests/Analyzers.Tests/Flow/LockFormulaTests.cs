using System.Linq;
using MmLint.Analyzers;
using static AnalyzerTests.Flow.Vocabulary;

namespace AnalyzerTests.Flow;

/// <summary>Formulas over locks.</summary>
public sealed class LockFormulaTests
{
    private static readonly LockFormula.Lock s_a = new(A.Of("Lock"), Mode.None);
    private static readonly LockFormula.Lock s_b = new(B.Of("Lock"), Mode.Shared);
    private static readonly LockFormula.Lock s_c = new(C.Of("Lock"), Mode.Exclusive);
    private static readonly LockFormula s_all = new LockFormula.All([s_a, s_b]);
    private static readonly LockFormula s_some = new LockFormula.Some([s_a, s_c]);
    private static readonly LockFormula s_choice = new LockFormula.Choice(True(P), s_a, s_b);
    private static readonly LockFormula.AnyInstance s_member = new(SymbolOf("Node", "Lock"), Mode.None);
    private static readonly LockFormula.AnyInstance s_type = new(TypeOf("Gate"), Mode.Shared);

    [Fact]
    public void It_reads_as_a_contract()
    {
        Assert.Equal("a.Lock", s_a.ToString());
        Assert.Equal("shared(b.Lock)", s_b.ToString());
        Assert.Equal("upgradeable(b.Lock)", s_b.WithMode(Mode.Upgradeable, force: true).ToString());
        Assert.Equal("exclusive(c.Lock)", s_c.ToString());
        Assert.Equal("a.Lock and shared(b.Lock)", s_all.ToString());
        Assert.Equal("a.Lock or exclusive(c.Lock)", s_some.ToString());
        Assert.Equal("(p ? a.Lock : shared(b.Lock))", s_choice.ToString());
        Assert.Equal("Node.Lock", s_member.ToString());
        Assert.Equal("shared(Gate)", s_type.ToString());
        Assert.Equal("exclusive(Node.Lock)", s_member.WithMode(Mode.Exclusive).ToString());
        Assert.Equal("nothing", new LockFormula.All([]).ToString());
    }

    [Fact]
    public void A_name_stands_in_for_a_part()
    {
        LockFormula formula = new LockFormula.Choice(True(P), new LockFormula.All([s_a, s_b]), new LockFormula.Some([s_a, s_c]));
        Assert.Equal("(p ? node.Lock and shared(b.Lock) : node.Lock or exclusive(c.Lock))", formula.Display(static term => term.Equals(A) ? "node" : null));
    }

    [Fact]
    public void It_knows_its_locks()
    {
        Assert.Equal("a.Lock", Locks(s_a));
        Assert.Equal("a.Lock, shared(b.Lock)", Locks(s_all));
        Assert.Equal("a.Lock, exclusive(c.Lock)", Locks(s_some));
        Assert.Equal("a.Lock, shared(b.Lock)", Locks(s_choice));
        Assert.Equal("", Locks(s_member));
        Assert.Equal("", Locks(LockFormula.Nothing));
    }

    [Fact]
    public void Its_size_counts_all_parts()
    {
        Assert.Equal(1, s_a.Size);
        Assert.Equal(1, s_member.Size);
        Assert.Equal(1, LockFormula.Nothing.Size);
        Assert.Equal(3, s_all.Size);
        Assert.Equal(3, s_some.Size);
        Assert.Equal(3, s_choice.Size);
        Assert.Equal(7, new LockFormula.All([s_all, s_some]).Size);
        Assert.Equal(5, new LockFormula.Choice(True(P), s_all, s_a).Size);
        Assert.Equal(7, new LockFormula.Some([s_choice, s_all]).Size);
    }

    [Fact]
    public void Modes_go_where_there_is_none()
    {
        Assert.Equal("shared(a.Lock)", s_a.WithMode(Mode.Shared).ToString());
        Assert.Equal("exclusive(c.Lock)", s_c.WithMode(Mode.Shared).ToString());
        Assert.Equal("exclusive(a.Lock) and shared(b.Lock)", s_all.WithMode(Mode.Exclusive).ToString());
        Assert.Equal("shared(a.Lock) or exclusive(c.Lock)", s_some.WithMode(Mode.Shared).ToString());
        Assert.Equal("(p ? exclusive(a.Lock) : shared(b.Lock))", s_choice.WithMode(Mode.Exclusive).ToString());
        Assert.Equal("shared(Node.Lock)", s_member.WithMode(Mode.Shared).ToString());
        Assert.Equal("shared(Gate)", s_type.WithMode(Mode.Exclusive).ToString());
        Assert.Same(LockFormula.Nothing, LockFormula.Nothing.WithMode(Mode.Shared));
    }

    [Fact]
    public void Modes_go_everywhere_by_force()
    {
        Assert.Equal("c.Lock", s_c.WithMode(Mode.None, force: true).ToString());
        Assert.Equal("exclusive(a.Lock) and exclusive(b.Lock)", s_all.WithMode(Mode.Exclusive, force: true).ToString());
        Assert.Equal("shared(a.Lock) or shared(c.Lock)", s_some.WithMode(Mode.Shared, force: true).ToString());
        Assert.Equal("(p ? a.Lock : b.Lock)", s_choice.WithMode(Mode.None, force: true).ToString());
        Assert.Equal("Gate", s_type.WithMode(Mode.None, force: true).ToString());
    }

    [Fact]
    public void Terms_are_replaced_in_all_parts()
    {
        Assert.Equal("c.Lock", s_a.Replace(AtoC).ToString());
        Assert.Same(s_b, s_b.Replace(AtoC));
        Assert.Equal("c.Lock and shared(b.Lock)", s_all.Replace(AtoC).ToString());
        Assert.Equal("c.Lock or exclusive(c.Lock)", s_some.Replace(AtoC).ToString());
        Assert.Equal("(p ? c.Lock : shared(b.Lock))", s_choice.Replace(AtoC).ToString());
        Assert.Equal("(q ? a.Lock : shared(b.Lock))", s_choice.Replace(static term => term.Equals(P) ? Q : null).ToString());
        Assert.Same(s_member, s_member.Replace(AtoC));
        Assert.Same(LockFormula.Nothing, LockFormula.Nothing.Replace(AtoC));

        static Term? AtoC(Term term) => term.Equals(A) ? C : null;
    }

    [Fact]
    public void It_knows_what_occurs_in_it()
    {
        Assert.True(s_a.Any(Is(A)));
        Assert.False(s_a.Any(Is(B)));
        Assert.True(s_all.Any(Is(B)));
        Assert.False(s_all.Any(Is(C)));
        Assert.True(s_some.Any(Is(C)));
        Assert.False(s_some.Any(Is(B)));
        Assert.True(s_choice.Any(Is(P)));
        Assert.True(s_choice.Any(Is(A)));
        Assert.True(s_choice.Any(Is(B)));
        Assert.False(s_choice.Any(Is(C)));
        Assert.False(s_member.Any(static _ => true));

        static System.Func<Term, bool> Is(Term wanted) => term => term.Equals(wanted);
    }

    private static string Locks(LockFormula formula) => string.Join(", ", formula.Locks.Select(static item => item.ToString()));
}
