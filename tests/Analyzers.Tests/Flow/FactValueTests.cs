using MmLint.Analyzers;
using static AnalyzerTests.Flow.Vocabulary;

namespace AnalyzerTests.Flow;

/// <summary>What follows from a fact about a value for other facts about it: equalities, null, flags, bounds.</summary>
public sealed class FactValueTests
{
    private static readonly Claim s_text = Same(O, new Constant("x", null));

    [Fact]
    public void A_value_has_one_number()
    {
        FactSet known = Known(Is(I, 3));
        Assert.True(known.Decide(Is(I, 3)));
        Assert.False(known.Decide(Is(I, 4)));
        Assert.Null(known.Decide(Is(J, 4)));
        Assert.Null(Known(!Is(I, 3)).Decide(Is(I, 4)));
        Assert.False(Known(!Is(I, 3)).Decide(Is(I, 3)));
        Assert.False(Known(s_text).Decide(Same(O, new Constant("y", null))));
    }

    [Fact]
    public void What_equals_a_constant_is_not_null()
    {
        Assert.False(Known(s_text).Decide(Null(O)));
        Assert.Null(Known(!s_text).Decide(Null(O)));
        Assert.False(Known(Null(O)).Decide(s_text));
        Assert.Null(Known(!Null(O)).Decide(s_text));
        Assert.Null(Known(s_text).Decide(True(O)));
    }

    [Fact]
    public void What_is_true_is_not_null()
    {
        Assert.False(Known(True(O)).Decide(Null(O)));
        Assert.False(Known(Null(O)).Decide(True(O)));
        Assert.Null(Known(!True(O)).Decide(Null(O)));
        Assert.Null(Known(!Null(O)).Decide(True(O)));
        Assert.Null(Known(True(O)).Decide(Null(A)));
    }

    [Fact]
    public void A_number_has_its_bits()
    {
        FactSet known = Known(Is(Access, 5));
        Assert.True(known.Decide(Has(Access, 1)));
        Assert.False(known.Decide(Has(Access, 2)));
        Assert.True(known.Decide(Has(Access, 4)));
        Assert.Null(Known(!Is(Access, 5)).Decide(Has(Access, 1)));
    }

    [Fact]
    public void A_bit_rules_numbers_out()
    {
        Assert.False(Known(Has(Access, 1)).Decide(Is(Access, 2)));
        Assert.Null(Known(Has(Access, 1)).Decide(Is(Access, 3)));
        Assert.False(Known(!Has(Access, 1)).Decide(Is(Access, 1)));
        Assert.Null(Known(!Has(Access, 1)).Decide(Is(Access, 2)));
        Assert.Null(Known(Has(Access, 1)).Decide(Has(Access, 2)));
    }

    [Fact]
    public void The_last_value_of_an_enum_is_what_is_left()
    {
        Assert.True(Known(!Same(Step, StepOf(0)), !Same(Step, StepOf(1))).Decide(Same(Step, StepOf(2))));
        Assert.Null(Known(!Same(Step, StepOf(0))).Decide(Same(Step, StepOf(2))));
        Assert.Null(Known(!Same(Step, StepOf(0))).Decide(Same(Step, StepOf(1))));
        Assert.False(Known(!Same(Step, StepOf(0)), !Same(Step, StepOf(1))).Decide(Same(Step, StepOf(1))));
    }

    [Fact]
    public void Flags_and_numbers_have_no_last_value()
    {
        Assert.Null(Known(!Is(Access, 0), !Is(Access, 1), !Is(Access, 2), !Is(Access, 4)).Decide(Is(Access, 7)));
        Assert.Null(Known(!Is(I, 0)).Decide(Is(I, 1)));
        Assert.Null(Known(!Same(O, Number(1))).Decide(s_text));
    }

    [Fact]
    public void Of_two_numbers_only_one_is_less()
    {
        foreach ((Term left, Term right) in new[] { (I, J), (J, I) })
        {
            FactSet less = Known(Less(left, right));
            Assert.True(less.Decide(Less(left, right)));
            Assert.False(less.Decide(Less(right, left)));
            Assert.False(less.Decide(Same(left, right)));
            Assert.Null(less.Decide(Less(left, K)));

            Assert.Null(Known(!Less(left, right)).Decide(Less(right, left)));
            Assert.Null(Known(!Less(left, right)).Decide(Same(left, right)));
            Assert.True(Known(!Less(left, right), !Same(left, right)).Decide(Less(right, left)));
            Assert.False(Known(Same(left, right)).Decide(Less(left, right)));
            Assert.False(Known(Same(left, right)).Decide(Less(right, left)));
            Assert.Null(Known(!Same(left, right)).Decide(Less(left, right)));
        }
    }

    [Fact]
    public void A_number_below_a_bound_is_below_each_greater_one()
    {
        FactSet known = Known(Less(I, 5));
        Assert.True(known.Decide(Less(I, 6)));
        Assert.True(known.Decide(Less(I, 5)));
        Assert.Null(known.Decide(Less(I, 4)));
        Assert.False(known.Decide(Is(I, 5)));
        Assert.False(known.Decide(Is(I, 7)));
        Assert.Null(known.Decide(Is(I, 4)));
        Assert.False(known.Decide(Less(4, I)));
        Assert.Null(known.Decide(Less(3, I)));
    }

    [Fact]
    public void A_number_that_is_not_below_a_bound_is_at_least_that()
    {
        FactSet known = Known(!Less(I, 5));
        Assert.False(known.Decide(Less(I, 5)));
        Assert.False(known.Decide(Less(I, 4)));
        Assert.Null(known.Decide(Less(I, 6)));
        Assert.False(known.Decide(Is(I, 4)));
        Assert.Null(known.Decide(Is(I, 5)));
        Assert.True(known.Decide(Less(4, I)));
        Assert.Null(known.Decide(Less(5, I)));
    }

    [Fact]
    public void A_number_above_a_bound_is_above_each_smaller_one()
    {
        FactSet known = Known(Less(5, I));
        Assert.True(known.Decide(Less(4, I)));
        Assert.Null(known.Decide(Less(6, I)));
        Assert.False(known.Decide(Is(I, 5)));
        Assert.Null(known.Decide(Is(I, 6)));
        Assert.False(known.Decide(Less(I, 6)));
        Assert.Null(known.Decide(Less(I, 7)));
    }

    [Fact]
    public void A_number_that_is_not_above_a_bound_is_at_most_that()
    {
        FactSet known = Known(!Less(5, I));
        Assert.True(known.Decide(Less(I, 6)));
        Assert.Null(known.Decide(Less(I, 5)));
        Assert.False(known.Decide(Is(I, 6)));
        Assert.Null(known.Decide(Is(I, 5)));
    }

    [Fact]
    public void The_tightest_bounds_count()
    {
        FactSet known = Known(Less(I, 9), Less(I, 5), !Less(I, 1), !Less(I, 3));
        Assert.False(known.Decide(Is(I, 5)));
        Assert.False(known.Decide(Is(I, 2)));
        Assert.Null(known.Decide(Is(I, 4)));
        Assert.Null(known.Decide(Is(I, 3)));
        FactSet reversed = Known(!Less(9, I), !Less(5, I), Less(1, I), Less(3, I));
        Assert.False(reversed.Decide(Is(I, 6)));
        Assert.False(reversed.Decide(Is(I, 3)));
        Assert.Null(reversed.Decide(Is(I, 5)));
        Assert.Null(reversed.Decide(Is(I, 4)));
    }

    [Fact]
    public void Numbers_compare_by_their_bounds()
    {
        Assert.True(Known(Less(I, 5), Less(5, J)).Decide(Less(I, J)));
        Assert.False(Known(Less(I, 5), Less(5, J)).Decide(Less(J, I)));
        Assert.False(Known(!Less(I, 5), !Less(5, J)).Decide(Less(I, J)));
        Assert.Null(Known(!Less(I, 5), !Less(5, J)).Decide(Less(J, I)));
        Assert.Null(Known(!Less(5, I), !Less(J, 5)).Decide(Less(I, J)));
        Assert.True(Known(Is(I, 3), Is(J, 4)).Decide(Less(I, J)));
        Assert.False(Known(Is(I, 3), Is(J, 3)).Decide(Less(I, J)));
        Assert.False(Known(Is(I, 4), Is(J, 3)).Decide(Less(I, J)));
    }

    [Fact]
    public void Other_facts_are_no_bounds()
    {
        FactSet known = Known(!Is(I, 3), Less(I, J), Less(K, I), Has(I, 1));
        Assert.Null(known.Decide(Less(I, 3)));
        Assert.Null(known.Decide(Less(I, 100)));
        Assert.Null(known.Decide(Less(-100, I)));
    }

    [Fact]
    public void Nothing_is_below_the_least_number()
    {
        Assert.False(FactSet.Empty.Decide(Less(I, long.MinValue)));
        Assert.False(FactSet.Empty.Decide(Less(long.MaxValue, I)));
        Assert.Null(FactSet.Empty.Decide(Is(I, long.MinValue)));
        Assert.Null(FactSet.Empty.Decide(Less(I, 5)));
        Assert.Null(FactSet.Empty.Decide(Less(5, I)));
        Assert.Null(FactSet.Empty.Decide(Less(I, J)));
        Assert.Null(Known(True(P)).Decide(Less(I, new Constant(2.5, null))));
        Assert.Null(Known(Is(I, 3)).Decide(Less(I, new Constant(2.5, null))));
    }

    [Fact]
    public void A_fact_about_one_object_says_nothing_of_another()
    {
        FactSet known = Known(Is(A.Of("Count"), 3), Has(A.Of("Flags"), 1), Null(A.Of("Next")));
        Assert.Null(known.Decide(Is(B.Of("Count"), 3)));
        Assert.Null(known.Decide(Has(B.Of("Flags"), 1)));
        Assert.Null(known.Decide(Null(B.Of("Next"))));
        Assert.False(known.Decide(Is(A.Of("Count"), 2)));
    }

    [Fact]
    public void A_path_is_null_where_any_step_of_it_is()
    {
        FactSet known = Known(Null(A.Of("Next")), !Null(B));
        Assert.True(known.AnyNull(A.Of("Next")));
        Assert.True(known.AnyNull(A.Of("Next").Of("Lock")));
        Assert.True(known.AnyNull(A.Of("Next").Of("Children").At(I)));
        Assert.True(known.AnyNull(Constant.Null));
        Assert.False(known.AnyNull(A));
        Assert.False(known.AnyNull(B.Of("Next")));
        Assert.False(known.AnyNull(Top));
        Assert.False(known.AnyNull(Number(1)));
    }
}
