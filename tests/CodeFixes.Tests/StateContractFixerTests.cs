using System.Threading.Tasks;
using Microsoft.CodeAnalysis.CodeFixes;

namespace CodeFixTests;

/// <summary>A missing need is stated on the method around it, and from there on its callers.</summary>
public sealed class StateContractFixerTests
{
    private const string Key = "StateContractFixer";

    [Fact]
    public Task Need_is_stated_over_the_parameters_of_the_method() => Fixes(
        """
            /// <summary>Counts.</summary>
            static int Count(FaultContext context, Folio page)
            {
                var head = page;
                return {|MML2002:Rmap.Walk(head)|};
            }
        """,
        """
            /// <summary>Counts.</summary>
            [MustHold("page")]
            static int Count(FaultContext context, Folio page)
            {
                var head = page;
                return Rmap.Walk(head);
            }
        """);

    [Fact]
    public Task Need_goes_outward_to_the_callers() => Fixes(
        """
            public static int Second(Folio two) => Third(two) + 1;

            public static int Third(Folio three) => Rmap.Walk(three);
        """,
        """
            [MustHold("two")]
            public static int Second(Folio two) => Third(two) + 1;

            [MustHold("three")]
            public static int Third(Folio three) => Rmap.Walk(three);
        """);

    [Fact]
    public Task Need_stops_where_the_lock_is_taken() => Fixes(
        """
            static void First(Folio one)
            {
                one.Lock();
                try
                {
                    Second(one);
                }
                finally
                {
                    one.Unlock();
                }
            }

            public static void Second(Folio two) => Rmap.Walk(two);
        """,
        """
            static void First(Folio one)
            {
                one.Lock();
                try
                {
                    Second(one);
                }
                finally
                {
                    one.Unlock();
                }
            }

            [MustHold("two")]
            public static void Second(Folio two) => Rmap.Walk(two);
        """);

    [Fact]
    public Task Condition_comes_along() => Fixes(
        """
            static void Outer(Folio page, bool held) => Inner(page, held);

            [MustHold("folio", When = "isLocked")] static extern void Inner(Folio folio, bool isLocked);
        """,
        """
            [MustHold("page", When = "held")]
            static void Outer(Folio page, bool held) => Inner(page, held);

            [MustHold("folio", When = "isLocked")] static extern void Inner(Folio folio, bool isLocked);
        """);

    [Fact]
    public Task Condition_that_the_argument_decides_goes() => Fixes(
        """
            static void Outer(Folio page) => Inner(page, true);

            [MustHold("folio", When = "isLocked")] static extern void Inner(Folio folio, bool isLocked);
        """,
        """
            [MustHold("page")]
            static void Outer(Folio page) => Inner(page, true);

            [MustHold("folio", When = "isLocked")] static extern void Inner(Folio folio, bool isLocked);
        """);

    [Fact]
    public Task Either_of_two_locks_stays_either() => Fixes(
        """
            static void Outer(FaultContext vmf) => Inner(vmf.Vma);

            [MustHold("vma.Lock || vma.Mm.MmapLock")] static extern void Inner(VmArea vma);
        """,
        """
            [MustHold("vmf.Vma.Lock || vmf.Vma.Mm.MmapLock")]
            static void Outer(FaultContext vmf) => Inner(vmf.Vma);

            [MustHold("vma.Lock || vma.Mm.MmapLock")] static extern void Inner(VmArea vma);
        """);

    [Fact]
    public Task Weaker_mode_is_made_stronger() => Fixes(
        """
            [MustHold("mm.MmapLock")]
            static void Outer(MmStruct mm) => {|MML1002:Inner(mm)|};

            [MustHold("exclusive(it.MmapLock)")] static extern void Inner(MmStruct it);
        """,
        """
            [MustHold("exclusive(mm.MmapLock)")]
            static void Outer(MmStruct mm) => Inner(mm);

            [MustHold("exclusive(it.MmapLock)")] static extern void Inner(MmStruct it);
        """);

    [Fact]
    public async Task Guarded_members_of_a_type_itself() => await Verify.Fix(
        """
        public sealed class Counter
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private int _sum;

            public void AddTwice() { lock (_gate) AddLocked(2); }

            [Obsolete("slow")]
            internal void AddLocked(int times) => {|MML1009:_sum|} += times;
        }
        """,
        """
        public sealed class Counter
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private int _sum;

            public void AddTwice() { lock (_gate) AddLocked(2); }

            [Obsolete("slow")]
            [MustHold("_gate")]
            internal void AddLocked(int times) => _sum += times;
        }
        """,
        Key);

    [Fact]
    public async Task Whole_solution_is_annotated() => await Verify.Fix(
        "namespace Mm;\n\npublic static class Inner\n{\n    public static int Walk(Folio folio) => {|MML2002:Rmap.Walk(folio)|};\n}\n",
        "namespace Mm;\n\npublic static class Inner\n{\n    [MustHold(\"folio\")]\n    public static int Walk(Folio folio) => Rmap.Walk(folio);\n}\n",
        Key)
        .WithSource("Mm.cs", FaultPath.Source, FaultPath.Source)
        .WithSource("Outer.cs", "namespace Mm;\n\npublic static class Outer\n{\n    public static int Count(Folio page) => Inner.Walk(page);\n}\n",
            "namespace Mm;\n\npublic static class Outer\n{\n    [MustHold(\"page\")]\n    public static int Count(Folio page) => Inner.Walk(page);\n}\n")
        .InScope(FixAllScope.Project);

    [Fact]
    public Task Local_of_the_method_offers_nothing() => OffersNothing("""
            static string Count(Func<Folio> next)
            {
                Folio folio = next();
                return Rmap.Walk(folio).ToString(); // MML2002
            }
        """);

    [Fact]
    public Task Lock_that_was_dropped_in_between_offers_nothing() => OffersNothing("""
            [MustHold("folio"), Releases("folio")] static string Count(Folio folio)
            {
                folio.Unlock();
                return Rmap.Walk(folio).ToString(); // MML2002
            }
        """);

    [Fact]
    public Task Override_that_may_not_need_more_offers_nothing() => OffersNothing("""
            public abstract class Base { public abstract string Count(Folio folio); }
            public sealed class Derived : Base { public override string Count(Folio folio) => Rmap.Walk(folio).ToString(); } // MML2002
        """);

    private static async Task Fixes(string before, string after) =>
        await Verify.Fix(FaultPath.Subject(before), FaultPath.Subject(after), Key).WithSource("Mm.cs", FaultPath.Source, FaultPath.Source);

    private static async Task OffersNothing(string members) => await Verify.OffersNo(Key, FaultPath.Subject(members)).WithSource("Mm.cs", FaultPath.Source, FaultPath.Source);
}
