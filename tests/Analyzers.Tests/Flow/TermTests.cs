using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using MmLint.Analyzers;
using static AnalyzerTests.Flow.Vocabulary;

namespace AnalyzerTests.Flow;

/// <summary>Values as the analysis names them.</summary>
public sealed class TermTests
{
    private static readonly Opaque s_found = Value("found", TypeOf("Node"));

    private static readonly IFieldSymbol[] s_parts = [.. ((INamedTypeSymbol)Pair.Type!).TupleElements];

    [Fact]
    public void Terms_read_as_code()
    {
        Assert.Equal("this", Root.This(null).ToString());
        Assert.Equal("result", Root.Result(null).ToString());
        Assert.Equal("value", Root.Value(null).ToString());
        Assert.Equal("a", A.ToString());
        Assert.Equal("a.Next.Lock", A.Of("Next").Of("Lock").ToString());
        Assert.Equal("Lock", This.Of("Lock").ToString());
        Assert.Equal("Node.Top", Top.ToString());
        Assert.Equal("a.Children[i]", A.Of("Children").At(I).ToString());
        Assert.Equal("found.Next", s_found.Of("Next").ToString());
        Assert.Equal("an earlier found", s_found.AsEarlier().ToString());
        Assert.Equal("old(a.Next)", new Old(A.Of("Next")).ToString());
        Assert.Equal("(a, 3)", new Tuple([A, Number(3)], null).ToString());
        Assert.Equal("a == null", new Condition(Null(A), null).ToString());
        Assert.Equal("o is Node", new MemberOf(O, TypeOf("Node")).ToString());
    }

    [Fact]
    public void Constants_read_as_code()
    {
        Assert.Equal("null", new Constant(null, null).ToString());
        Assert.Equal("true", new Constant(true, null).ToString());
        Assert.Equal("false", new Constant(false, null).ToString());
        Assert.Equal(new Constant(true, null), Constant.Of(true));
        Assert.Equal(new Constant(false, null), Constant.Of(false));
        Assert.Equal("\"text\"", new Constant("text", null).ToString());
        Assert.Equal("-3", Number(-3).ToString());
        Assert.Equal("2.5", new Constant(2.5, null).ToString());
        Assert.Equal("Second", StepOf(1).ToString());
        Assert.Equal("17", StepOf(17).ToString());
        Assert.Equal("Read | Exec", new Constant(5L, TypeOf("Access")).ToString());
        Assert.Equal("All", new Constant(7, TypeOf("Access")).ToString());
        Assert.Equal("None", new Constant(0, TypeOf("Access")).ToString());
        Assert.Equal("9", new Constant(9, TypeOf("Access")).ToString());
    }

    [Fact]
    public void Flags_of_which_some_are_known_read_as_code()
    {
        Assert.Equal("(access & Read | Write)", Masked.Of(Access, 3).ToString());
        Assert.Equal("(access & Read | Exec)", Masked.Of(Access, 1, 4).ToString());
        Assert.Equal("(i | 4)", Masked.Of(I, -1, 4).ToString());
    }

    [Fact]
    public void A_name_stands_in_for_any_part()
    {
        Assert.Equal("x.Next", A.Of("Next").Display(static term => term.Equals(A) ? "x" : null));
        Assert.Equal("x", A.Of("Next").Display(static term => term.Equals(A.Of("Next")) ? "x" : null));
        Assert.Equal("x[y]", A.Of("Children").At(I).Display(static term => term.Equals(I) ? "y" : term.Equals(A.Of("Children")) ? "x" : null));
        Assert.Equal("self.Lock", This.Of("Lock").Display(static term => term.Equals(This) ? "self" : null));
        Assert.Equal("x", s_found.Display(static _ => "x"));
        Assert.Equal("x", A.Of("Children").At(I).Display(static _ => "x"));
        Assert.Equal("x", new Condition(Null(A), null).Display(static _ => "x"));
        Assert.Equal("x", new Tuple([A, B], null).Display(static _ => "x"));
        Assert.Equal("old(x)", new Old(A).Display(static _ => "x"));
        Assert.Equal("(x & 1)", Masked.Of(I, 1).Display(static term => term.Equals(I) ? "x" : null));
        Assert.Equal("x", Masked.Of(I, 1).Display(static _ => "x"));
        Assert.Equal("x == null", new Condition(Null(A), null).Display(static term => term.Equals(A) ? "x" : null));
        Assert.Equal("(x, b)", new Tuple([A, B], null).Display(static term => term.Equals(A) ? "x" : null));
    }

    [Fact]
    public void Terms_with_one_structure_are_equal()
    {
        foreach ((Term left, Term right) in new (Term, Term)[]
        {
            (Parameter("a"), A), (Root.This(null), This), (A.Of("Next"), A.Of("Next")), (A.Of("Children").At(I), A.Of("Children").At(I)), (s_found, s_found), (s_found.AsEarlier(), s_found.AsEarlier()),
            (new Constant(3, null), Number(3)), (new Constant((byte)3, null), Number(3)), (new Constant('a', null), Number(97)), (new Constant(ulong.MaxValue, null), Number(-1)), (new Constant((sbyte)-3, null), Number(-3)), (new Constant((short)3, null), Number(3)),
            (new Constant((ushort)3, null), Number(3)), (new Constant(3U, null), Number(3)),
            (Masked.Of(Access, 3), Masked.Of(Access, 3)), (new Condition(Null(A), null), new Condition(Null(A), null)), (new Old(A), new Old(A)), (new Tuple([A, B], null), new Tuple([A, B], null)),
            (new MemberOf(O, TypeOf("Node")), new MemberOf(O, TypeOf("Node"))), (new MemberOf(null, SymbolOf("Node", "Top")), Top),
            (new MemberOf(Pair, s_parts[0]), new MemberOf(Pair, s_parts[0].CorrespondingTupleField!)),
        })
        {
            Assert.Equal(left, right);
            Assert.True(left.Equals((object)right));
            Assert.Equal(left.GetHashCode(), right.GetHashCode());
            Assert.Equal(left.Mark, right.Mark);
        }
    }

    [Fact]
    public void Terms_that_differ_anywhere_are_not_equal()
    {
        Term[] terms =
        [
            A, B, This, Root.Result(null), Root.Value(null), A.Of("Next"), B.Of("Next"), A.Of("Lock"), A.Of("Next").Of("Next"), Top, A.Of("Children").At(I), A.Of("Children").At(J), B.Of("Children").At(I), s_found, s_found.AsEarlier(),
            Value("found", TypeOf("Node")), Number(1), Number(2), Constant.Null, Constant.True, Constant.False, new Constant("1", null), Masked.Of(Access, 1), Masked.Of(Access, 3), Masked.Of(Access, 1, 2), Masked.Of(I, 1),
            new Condition(Null(A), null), new Condition(Null(B), null), new Old(A), new Old(B), new Tuple([A, B], null), new Tuple([B, A], null), new Tuple([A], null), new MemberOf(O, TypeOf("Node")), new MemberOf(O, TypeOf("Gate")),
            new MemberOf(Pair, s_parts[0]), new MemberOf(Pair, s_parts[1]),
        ];
        for (int left = 0; left < terms.Length; left++)
        {
            for (int right = 0; right < terms.Length; right++) Assert.Equal(left == right, terms[left].Equals(terms[right]));
            Assert.False(terms[left].Equals((Term?)null));
            Assert.False(terms[left].Equals("text"));
        }
    }

    [Fact]
    public void A_term_contains_its_parts()
    {
        Assert.True(A.Of("Next").Contains(A));
        Assert.True(A.Contains(A));
        Assert.False(A.Contains(A.Of("Next")));
        Assert.False(A.Of("Next").Contains(B));
        Assert.True(A.Of("Children").At(I.Of("Next")).Contains(I));
        Assert.True(A.Of("Children").At(I).Contains(A));
        Assert.True(Masked.Of(A.Of("Flags"), 1).Contains(A));
        Assert.True(new Condition(Null(A), null).Contains(A));
        Assert.False(new Condition(Null(A), null).Contains(B));
        Assert.True(new Tuple([A, B], null).Contains(B));
        Assert.False(new Tuple([A, B], null).Contains(C));
        Assert.True(new Old(A.Of("Next")).Contains(A));
        Assert.False(Top.Contains(A));
        Assert.False(A.Of("Next").Contains(MarkedLike(A)));
    }

    [Fact]
    public void Any_looks_at_all_parts()
    {
        foreach (Term term in new[] { A, A.Of("Next"), A.Of("Children").At(I), I.Of("Children").At(A), Masked.Of(A, 1), new Condition(Null(A), null), new Tuple([B, A], null), new Old(A) })
        {
            Assert.True(term.Any(static part => part.Equals(A)), term.ToString());
            Assert.True(term.Any(part => ReferenceEquals(part, term)), term.ToString());
            Assert.False(term.Any(static part => part.Equals(C)), term.ToString());
        }

        Assert.False(Top.Any(static part => part.Equals(A)));
    }

    [Fact]
    public void Parts_are_replaced_outermost_first()
    {
        Assert.Equal("b.Next", Replaced(A.Of("Next"), A, B));
        Assert.Equal("b", Replaced(A.Of("Next"), A.Of("Next"), B));
        Assert.Equal("b.Children[i]", Replaced(A.Of("Children").At(I), A, B));
        Assert.Equal("a.Children[j]", Replaced(A.Of("Children").At(I), I, J));
        Assert.Equal("(j & 1)", Replaced(Masked.Of(I, 1), I, J));
        Assert.Equal("1", Replaced(Masked.Of(I, 1), I, Number(5)));
        Assert.Equal("b == null", Replaced(new Condition(Null(A), null), A, B));
        Assert.Equal(Constant.True, new Condition(Null(A), null).Replace(static part => part.Equals(A) ? Constant.Null : null));
        Assert.Equal(Constant.False, new Condition(!Null(A), null).Replace(static part => part.Equals(A) ? Constant.Null : null));
        Assert.Equal("true", Replaced(new Condition(Null(A), null), A, Constant.Null));
        Assert.Equal("false", Replaced(new Condition(!Null(A), null), A, Constant.Null));
        Assert.Equal("(b, b)", Replaced(new Tuple([A, B], null), A, B));
        Assert.Equal("b", Replaced(new MemberOf(Pair, s_parts[1]), Pair, new Tuple([A, B], null)));
        Assert.Equal("a", Replaced(new MemberOf(Pair, s_parts[0].CorrespondingTupleField!), Pair, new Tuple([A, B], null)));
        Assert.Equal("(a).Second", Replaced(new MemberOf(Pair, s_parts[1]), Pair, new Tuple([A], null)));
        Assert.Equal("(a, b).Next", Replaced(O.Of("Next"), O, new Tuple([A, B], null)));
    }

    [Fact]
    public void What_is_not_replaced_stays_itself()
    {
        foreach (Term term in new[] { A, A.Of("Next"), A.Of("Children").At(I), Masked.Of(A, 1), new Condition(Null(A), null), Top, new Old(A), s_found }) Assert.Same(term, term.Replace(static part => part.Equals(C) ? B : null));
        Assert.Equal("old(a)", Replaced(new Old(A), A, B));
    }

    [Fact]
    public void Flags_take_their_simplest_form()
    {
        Assert.Equal(Number(5), Masked.Of(Number(13), 7));
        Assert.Equal(Number(6), Masked.Of(Number(3), 2, 4));
        Assert.Equal(Masked.Of(I, 2), Masked.Of(Masked.Of(I, 6), 3));
        Assert.Equal(Masked.Of(I, 2, 4), Masked.Of(Masked.Of(I, 2), 2, 4));
        Assert.Equal(Masked.Of(I, 2, 5), Masked.Of(Masked.Of(I, 2, 1), 3, 4));
        Assert.Equal(Masked.Of(I, 2, 4), Masked.Of(Masked.Of(I, 2, 1), 2, 4));
        Assert.Equal(Masked.Of(I, 2, 4), Masked.Of(I, 6, 4));
        Assert.Equal([1L, 4L], ((Masked)Masked.Of(I, 2, 5)).SetBits());
        Assert.Empty(((Masked)Masked.Of(I, 2)).SetBits());
    }

    [Fact]
    public void Depth_counts_steps()
    {
        Assert.Equal(0, A.Depth);
        Assert.Equal(2, A.Of("Next").Of("Next").Depth);
        Assert.Equal(2, A.Of("Children").At(I).Depth);
        Assert.Equal(1, Top.Depth);
        Assert.Equal(1, Masked.Of(A.Of("Flags"), 1).Depth);
    }

    [Fact]
    public void Marks_are_those_of_all_parts()
    {
        Term element = s_found.Of("Children").At(I);
        Assert.Equal(element.Mark | s_found.Of("Children").Mark | s_found.Mark | I.Mark, element.Marks);
        Assert.Equal(s_found.Mark, element.Opaques);
        Assert.Equal(0UL, A.Of("Next").Opaques);
        Assert.Equal(s_found.Mark, new Tuple([A, s_found], null).Opaques);
        Assert.Equal(s_found.Mark, new Condition(Null(s_found), null).Opaques);
        Assert.Equal(s_found.Mark, new Old(s_found).Opaques);
        Assert.Equal(s_found.Mark, Masked.Of(s_found, 1).Opaques);
        Assert.Equal(I.Mark, A.Of("Children").At(I).Marks & I.Mark);
    }

    [Fact]
    public void An_earlier_value_keeps_what_it_was()
    {
        Opaque made = Value("made", TypeOf("Node"), neverNull: true);
        Assert.True(made.AsEarlier().NeverNull);
        Assert.True(made.AsEarlier().Earlier);
        Assert.False(made.Earlier);
        Assert.Same(made.Site, made.AsEarlier().Site);
        Assert.Equal(TypeOf("Node"), made.AsEarlier().Type, SymbolEqualityComparer.Default);
        Assert.False(s_found.AsEarlier().NeverNull);
    }

    [Fact]
    public void Members_have_the_type_of_the_member()
    {
        Assert.Equal("Node?", A.Of("Next").Type?.ToString());
        Assert.Equal("Gate", A.Of("Lock").Type?.ToString());
        Assert.Equal("Node", new MemberOf(A, SymbolOf("Node", "Next"), TypeOf("Node")).Type?.ToString());
    }

    [Fact]
    public void Enums_know_their_values()
    {
        Assert.Equal([1L, 2L, 4L], EnumNames.BitsOf(TypeOf("Access")));
        Assert.Empty(EnumNames.BitsOf(TypeOf("Step")));
        Assert.Equal([0L, 1L, 2L], EnumNames.ValuesOf(TypeOf("Step")));
        Assert.Empty(EnumNames.ValuesOf(TypeOf("Access")));
    }

    private static string Replaced(Term term, Term part, Term by) => term.Replace(at => at.Equals(part) ? by : null).ToString();
}
