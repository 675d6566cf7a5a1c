using System.Linq;
using MmLint.Analyzers;
using static AnalyzerTests.Flow.Vocabulary;

namespace AnalyzerTests.Flow;

/// <summary>How facts are put together, denied, displayed and taken apart.</summary>
public sealed class FactTests
{
    [Fact]
    public void Facts_read_as_code()
    {
        Assert.Equal("p", True(P).ToString());
        Assert.Equal("!p", (!True(P)).ToString());
        Assert.Equal("a == null", Null(A).ToString());
        Assert.Equal("a != null", (!Null(A)).ToString());
        Assert.Equal("access has Read", Has(Access, 1).ToString());
        Assert.Equal("access lacks Write", (!Has(Access, 2)).ToString());
        Assert.Equal("i == 3", Is(I, 3).ToString());
        Assert.Equal("i != 3", (!Is(I, 3)).ToString());
        Assert.Equal("i < j", Less(I, J).ToString());
        Assert.Equal("i >= j", (!Less(I, J)).ToString());
        Assert.Equal("i > 3", Less(3, I).ToString());
        Assert.Equal("i <= 3", (!Less(3, I)).ToString());
        Assert.Equal("i < 3", Less(I, 3).ToString());
        Assert.Equal("p && (q || !r)", (True(P) & (True(Q) | !True(R))).ToString());
        Assert.Equal("p || q && r", (True(P) | (True(Q) & True(R))).ToString());
        Assert.Equal("true", Fact.True.ToString());
        Assert.Equal("false", Fact.False.ToString());
    }

    [Fact]
    public void A_name_stands_in_for_a_part()
    {
        Assert.Equal("(node.Next == null || it.Ready) && !it.Ready", Names((Null(A.Of("Next")) | True(B.Of("Ready"))) & !True(B.Of("Ready"))));
    }

    [Fact]
    public void Constants_decide_at_once()
    {
        Assert.Same(Fact.True, Fact.Holds(Constant.True));
        Assert.Same(Fact.False, Fact.Holds(Constant.False));
        Assert.Same(Fact.True, Fact.IsNull(Constant.Null));
        Assert.Same(Fact.False, Fact.IsNull(Number(0)));
        Assert.Same(Fact.True, Fact.HasBit(Number(5), 4));
        Assert.Same(Fact.False, Fact.HasBit(Number(5), 2));
        Assert.Same(Fact.True, Fact.Less(Number(1), Number(2)));
        Assert.Same(Fact.False, Fact.Less(Number(2), Number(2)));
        Assert.Same(Fact.False, Fact.Less(Number(2), Number(1)));
        Assert.Same(Fact.True, Fact.Equal(Number(2), Number(2)));
        Assert.Same(Fact.False, Fact.Equal(Number(2), Number(1)));
    }

    [Fact]
    public void What_cannot_be_null_is_not()
    {
        Assert.Same(Fact.False, Fact.IsNull(P));
        Assert.Same(Fact.False, Fact.IsNull(Step));
        Assert.Same(Fact.False, Fact.IsNull(This));
        Assert.Same(Fact.False, Fact.IsNull(Value("made", neverNull: true)));
        Assert.Same(Fact.False, Fact.IsNull(new Condition(Null(A), null)));
        Assert.Same(Fact.False, Fact.IsNull(new Tuple([A, B], null)));
        Assert.Equal("found == null", Fact.IsNull(Value("found")).ToString());
    }

    [Fact]
    public void A_term_equals_itself_and_is_not_less()
    {
        Assert.Same(Fact.True, Fact.Equal(I, I));
        Assert.Same(Fact.False, Fact.Less(I, I));
    }

    [Fact]
    public void Equality_with_a_constant_says_what_the_constant_means()
    {
        Assert.Equal("a == null", Same(A, Constant.Null).ToString());
        Assert.Equal("a == null", Same(Constant.Null, A).ToString());
        Assert.Equal("p", Same(P, Constant.True).ToString());
        Assert.Equal("!p", Same(Constant.False, P).ToString());
        Assert.Equal("i == 3", Same(Number(3), I).ToString());
    }

    [Fact]
    public void Equality_of_flags_is_that_both_are_true_or_none()
    {
        Assert.Equal("p && q || !p && !q", Same(P, Q).ToString());
        var condition = new Condition(Null(A), null);
        Assert.Equal("a == null && p || a != null && !p", Same(condition, P).ToString());
        Assert.Equal("o && a == null || !o && a != null", Same(O, condition).ToString());
        Assert.Equal("a == null", Fact.Holds(condition).ToString());
    }

    [Fact]
    public void Only_of_two_flags_both_or_none_are_true()
    {
        Assert.IsType<Fact.Single>(Fact.Equal(P, I));
        Assert.IsType<Fact.Single>(Fact.Equal(I, J));
    }

    [Fact]
    public void Equality_has_one_spelling()
    {
        Assert.Equal(Same(I, J), Same(J, I));
        Assert.Equal("a == b.Next", Same(B.Of("Next"), A).ToString());
        Assert.Equal("a == b.Next", Same(A, B.Of("Next")).ToString());
        Assert.Equal("a.Next == b.Next.Next", Same(B.Of("Next").Of("Next"), A.Of("Next")).ToString());
        Assert.Equal("a == found", Same(Value("found"), A).ToString());
        Assert.Equal("a.Next.Next == found.Next", Same(Value("found").Of("Next"), A.Of("Next").Of("Next")).ToString());
        Assert.Equal("Node.Top == a.Next", Same(A.Of("Next"), Top).ToString());
    }

    [Fact]
    public void What_is_better_known_ranks_first()
    {
        Assert.Equal(0, Fact.Rank(Number(1)));
        Assert.Equal(1, Fact.Rank(A));
        Assert.Equal(1, Fact.Rank(Top));
        Assert.Equal(3, Fact.Rank(A.Of("Next")));
        Assert.Equal(4, Fact.Rank(A.Of("Next").Of("Next")));
        Assert.Equal(100, Fact.Rank(Value("v")));
        Assert.Equal(103, Fact.Rank(Value("v").Of("Next")));
    }

    [Fact]
    public void Flags_of_which_some_are_known_are_said_bit_by_bit()
    {
        Term masked = Masked.Of(Access, mask: 3);
        Assert.Equal("access has Read && access lacks Write", Is(masked, 1).ToString());
        Assert.Equal("access lacks Read && access lacks Write", Is(masked, 0).ToString());
        Assert.Same(Fact.False, Is(masked, 4).Fact);
        Assert.Equal("access has Read", Has(masked, 1).ToString());
        Assert.Same(Fact.False, Has(masked, 4).Fact);

        Term set = Masked.Of(Access, mask: 1, bits: 4);
        Assert.Same(Fact.True, Has(set, 4).Fact);
        Assert.Equal("access has Read", Is(set, 5).ToString());
        Assert.Equal("access lacks Read", Is(set, 4).ToString());
        Assert.Same(Fact.False, Is(set, 1).Fact);
        Assert.Same(Fact.False, Is(set, 7).Fact);
    }

    [Fact]
    public void Many_bits_are_not_said_one_by_one()
    {
        Assert.True(Assert.IsType<Fact.Joined>(Is(Masked.Of(I, mask: 0xFFFF), 1).Fact).IsAll);
        Assert.Equal("(i & 131071) == 1", Is(Masked.Of(I, mask: 0x1FFFF), 1).ToString());
        Assert.Equal("(i & -2) == 4", Is(Masked.Of(I, mask: ~1L), 4).ToString());
    }

    [Fact]
    public void Nothing_and_everything_are_left_out_of_what_is_put_together()
    {
        Assert.Same(Fact.True, Fact.And());
        Assert.Same(Fact.False, Fact.Or());
        Assert.Equal(True(P), True(P) & new Claim(Fact.True));
        Assert.Equal(True(P), True(P) | new Claim(Fact.False));
        Assert.Same(Fact.False, Fact.And(True(P), Fact.False));
        Assert.Same(Fact.True, Fact.Or(True(P), Fact.True));
        Assert.Equal("p && q && r", (True(P) & (True(Q) & True(R))).ToString());
        Assert.Equal("p || q || r", (True(P) | True(Q) | True(R)).ToString());
        Assert.Same(Fact.True, Fact.Of(true));
        Assert.Same(Fact.False, Fact.Of(false));
    }

    [Fact]
    public void A_denial_goes_down_to_the_parts()
    {
        Assert.Equal("!p || q && r", (!(True(P) & (!True(Q) | !True(R)))).ToString());
        Assert.Equal("!p && (q || r)", (!(True(P) | (!True(Q) & !True(R)))).ToString());
        Assert.Same(Fact.False, Fact.True.Negate());
        Assert.Same(Fact.True, Fact.False.Negate());
    }

    [Fact]
    public void Facts_with_the_same_parts_are_equal()
    {
        Assert.Equal((True(P) & True(Q)).Fact, (True(P) & True(Q)).Fact);
        Assert.Equal((True(P) | True(Q)).Fact.GetHashCode(), (True(P) | True(Q)).Fact.GetHashCode());
        Assert.Equal((True(P) & True(Q)).Fact.GetHashCode(), (True(P) & True(Q)).Fact.GetHashCode());
        Assert.True(True(P).Fact.Equals((object)True(P).Fact));
        Assert.NotEqual((True(P) & True(Q)).Fact, (True(Q) & True(P)).Fact);
        Assert.NotEqual((True(P) & True(Q)).Fact, (True(P) | True(Q)).Fact);
        Assert.NotEqual(True(P).Fact, (!True(P)).Fact);
        Assert.NotEqual(True(P).Fact, True(Q).Fact);
        Assert.False(True(P).Fact.Equals((object)P));
        Assert.NotEqual(Has(Access, 1).Fact, Has(Access, 2).Fact);
        Assert.NotEqual(Null(A).Fact, Same(A, B).Fact);
    }

    [Fact]
    public void Hashes_tell_facts_apart()
    {
        Assert.NotEqual((True(P) & True(Q)).Fact.GetHashCode(), (True(P) & !True(Q)).Fact.GetHashCode());
        int[] hashes = [.. new[] { True(P), !True(P), True(Q), Null(A), Has(Access, 1), Has(Access, 2), Is(I, 1), Is(I, 2), Less(I, 1), True(P) & True(Q), True(Q) & True(P), True(P) | True(Q) }.Select(static claim => claim.Fact.GetHashCode())];
        Assert.Equal(hashes.Length, hashes.Distinct().Count());
    }

    [Fact]
    public void A_fact_is_taken_apart_into_clauses()
    {
        Assert.Equal("p", Clauses(True(P)));
        Assert.Equal("p; q", Clauses(True(P) & True(Q)));
        Assert.Equal("p || q", Clauses(True(P) | True(Q)));
        Assert.Equal("p; q || r", Clauses(True(P) & (True(Q) | True(R))));
        Assert.Equal("p || q; p || r", Clauses(True(P) | (True(Q) & True(R))));
        Assert.Equal("p || r; p || s; q || r; q || s", Clauses((True(P) & True(Q)) | (True(R) & True(S))));
        Assert.Equal("", Clauses(new Claim(Fact.True)));
        Assert.Empty(Assert.Single(Fact.False.ToClauses()!));
    }

    [Fact]
    public void Too_many_clauses_are_none()
    {
        Claim pairs = (True(P) & True(Q)) | (True(R) & True(S));
        Assert.Equal(4, pairs.Fact.ToClauses(limit: 4)?.Count);
        Assert.Null(pairs.Fact.ToClauses(limit: 3));
        Assert.Equal(3, (True(P) & True(Q) & True(R)).Fact.ToClauses(limit: 3)?.Count);
        Assert.Null((True(P) & True(Q) & True(R)).Fact.ToClauses(limit: 2));
        Assert.Null((True(P) & pairs).Fact.ToClauses(limit: 3));
        Assert.Null((True(P) | (True(Q) & pairs)).Fact.ToClauses(limit: 4));
        Assert.Equal(24, ((True(P) & True(Q) & True(R) & True(S)) | (Null(A) & Null(B) & Null(C) & Null(A.Of("Next")) & Null(B.Of("Next")) & Null(C.Of("Next")))).Fact.ToClauses()?.Count);
        Assert.Null(((True(P) & True(Q) & True(R) & True(S) & True(O)) | (Null(A) & Null(B) & Null(C) & Null(A.Of("Next")) & Null(B.Of("Next")))).Fact.ToClauses());
    }

    [Fact]
    public void Terms_are_replaced_in_all_parts()
    {
        Claim fact = (Null(A) & True(A.Of("Ready"))) | Less(A.Of("Count"), 3) | Has(A.Of("Flags"), 1) | !Same(A.Of("Next"), P);
        Assert.Equal("b == null && b.Ready || b.Count < 3 || b.Flags has Read || p != b.Next", Rewritten(fact, A, B));
        Fact plain = True(P);
        Assert.Same(plain, plain.Replace(static _ => null));
        Assert.Equal("true", Rewritten(Same(A, B), A, B));
        Assert.Equal("false", Rewritten(!Same(A, B), A, B));
        Assert.Equal("false", Rewritten(!Null(A), A, Constant.Null));
        Assert.Equal("q", Rewritten(True(P) & True(Q), P, Constant.True));
    }

    [Fact]
    public void A_fact_knows_what_it_mentions()
    {
        Claim fact = (Null(A.Of("Next")) & True(P)) | Less(I, J);
        foreach (Term term in new[] { A, A.Of("Next"), P, I, J }) Assert.True(fact.Fact.Mentions(term), term.ToString());
        foreach (Term term in new[] { B, Q, K, A.Of("Lock") }) Assert.False(fact.Fact.Mentions(term), term.ToString());
        Assert.True(fact.Fact.Any(term => term.Equals(A)));
        Assert.True(fact.Fact.Any(term => term.Equals(J)));
        Assert.False(fact.Fact.Any(term => term.Equals(B)));
        Assert.True((True(P) & True(Q)).Fact.Mentions(Q));
        Assert.False((True(P) & True(Q)).Fact.Mentions(R));
        Assert.True((True(P) & True(Q)).Fact.Any(term => term.Equals(Q)));
        Assert.False((True(P) & True(Q)).Fact.Any(term => term.Equals(R)));
    }

    [Fact]
    public void Every_literal_is_asked()
    {
        Assert.True((True(P) & (True(Q) | True(R))).Fact.Every(static literal => literal.Positive));
        Assert.False((True(P) & (True(Q) | !True(R))).Fact.Every(static literal => literal.Positive));
        Assert.False((!True(P) | True(Q)).Fact.Every(static literal => literal.Positive));
        Assert.True(Fact.False.Every(static _ => false));
    }

    [Fact]
    public void Marks_are_those_of_all_parts()
    {
        Opaque value = Value("v");
        Claim fact = True(P) & (Same(value, A.Of("Next")) | Null(B));
        Assert.Equal(P.Marks | value.Marks | A.Of("Next").Marks | B.Marks, fact.Fact.Marks);
        Assert.Equal(value.Mark, fact.Fact.Opaques);
        Assert.Equal(0UL, True(P).Fact.Opaques);
        Assert.Equal(value.Mark, Null(value.Of("Next")).Fact.Opaques);
        Assert.Equal(value.Mark, (Null(value) | True(P)).Fact.Opaques);
        Atom equal = AtomOf(Is(A.Of("Count"), 3));
        Assert.Equal(A.Of("Count").Mark | Number(3).Mark, equal.Operands);
        Assert.Equal(A.Of("Count").Marks | Number(3).Marks, equal.Marks);
        Assert.Equal(value.Mark, AtomOf(Same(A, value)).Opaques);
        Atom twice = AtomOf(Same(value.Of("Next"), value.Of("Next").Of("Next")));
        Assert.Equal(twice.Left.Marks | twice.Right!.Marks, twice.Marks);
        Assert.Equal(value.Mark, twice.Opaques);
        Atom alike = AtomOf(Same(MarkedLike(A), A));
        Assert.Equal(A.Mark, alike.Operands);
        Claim both = Null(value) & True(value.Of("Ready"));
        Assert.Equal(value.Mark, both.Fact.Opaques);
        Assert.True(both.Fact.Mentions(value));
        Assert.Equal(value.Mark, (Null(value) | True(value.Of("Ready"))).Fact.Opaques);
    }

    [Fact]
    public void A_literal_and_its_denial_differ_in_one_thing()
    {
        Literal literal = LiteralOf(True(P));
        Assert.True(literal.Equals(LiteralOf(True(P))));
        Assert.True(literal.Equals((object)LiteralOf(True(P))));
        Assert.False(literal.Equals((object)P));
        Assert.False(literal.Equals(literal.Negate()));
        Assert.True(literal.Equals(literal.Negate().Negate()));
        Assert.NotEqual(literal.GetHashCode(), literal.Negate().GetHashCode());
        Assert.Equal(literal.Atom, literal.Negate().Atom);
        Assert.False(literal.Atom.Equals((object)P));
        Assert.False(literal.Atom.Equals((Atom?)null));
    }

    private static string Names(Claim claim) => claim.Fact.Display(static term => term.Equals(A) ? "node" : term.Equals(B) ? "it" : null);

    private static string Rewritten(Claim claim, Term term, Term by) => claim.Fact.Replace(part => part.Equals(term) ? by : null).ToString();

    private static string Clauses(Claim claim) => string.Join("; ", claim.Fact.ToClauses()!.Select(static clause => new Clause(clause).Text()));
}
