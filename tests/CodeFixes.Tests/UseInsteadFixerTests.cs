using System;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis.CodeFixes;

namespace CodeFixTests;

/// <summary>The alternative that a contract names takes the place of a call whose needs fail, and its result is returned.</summary>
public sealed class UseInsteadFixerTests
{
    private const string Key = "UseInsteadFixer";

    [Fact]
    public Task Returned_constant_becomes_the_result() => Fixes(
        """
            [FaultHandler] static VmFault Anonymous(FaultContext vmf)
            {
                // Later mappings need it.
                if ({|MML2001:Rmap.AnonVmaPrepare(vmf.Vma)|} != 0)
                    return VmFault.Oom;
                return Pages.Map(vmf);
            }
        """,
        """
            [FaultHandler] static VmFault Anonymous(FaultContext vmf)
            {
                // Later mappings need it.
                var ret = Rmap.VmfAnonPrepare(vmf);
                if (ret != VmFault.None)
                    return ret;
                return Pages.Map(vmf);
            }
        """);

    [Fact]
    public Task Layout_of_the_test_is_kept() => Fixes(
        """
            [FaultHandler] static VmFault Anonymous(FaultContext vmf)
            {
                if (Rmap.AnonVmaPrepare(vmf.Vma) != 0) return VmFault.Oom; // no memory
                return Pages.Map(vmf);
            }
        """,
        """
            [FaultHandler] static VmFault Anonymous(FaultContext vmf)
            {
                var ret = Rmap.VmfAnonPrepare(vmf);
                if (ret != VmFault.None) return ret; // no memory
                return Pages.Map(vmf);
            }
        """);

    [Fact]
    public Task Jump_to_the_only_use_of_a_label_is_followed_and_the_label_goes() => Fixes(
        """
            [FaultHandler] static VmFault Cow(FaultContext vmf)
            {
                var vma = vmf.Vma;
                if (Rmap.AnonVmaPrepare(vma) != 0)
                    goto oom;
                return Pages.Map(vmf);
            oom:
                return VmFault.Oom;
            }
        """,
        """
            [FaultHandler] static VmFault Cow(FaultContext vmf)
            {
                var vma = vmf.Vma;
                var ret = Rmap.VmfAnonPrepare(vmf);
                if (ret != VmFault.None)
                    return ret;
                return Pages.Map(vmf);
            }
        """);

    [Fact]
    public Task Label_that_others_use_stays() => Fixes(
        """
            [FaultHandler] static VmFault Cow(FaultContext vmf, bool full)
            {
                if (full)
                    goto oom;
                if (Rmap.AnonVmaPrepare(vmf.Vma) != 0)
                    goto oom;
                return Pages.Map(vmf);
            oom:
                return VmFault.Oom;
            }
        """,
        """
            [FaultHandler] static VmFault Cow(FaultContext vmf, bool full)
            {
                if (full)
                    goto oom;
                var ret = Rmap.VmfAnonPrepare(vmf);
                if (ret != VmFault.None)
                    return ret;
                return Pages.Map(vmf);
            oom:
                return VmFault.Oom;
            }
        """);

    [Fact]
    public Task What_is_done_at_the_label_is_still_done() => Fixes(
        """
            [FaultHandler, MustHold("folio.Ref")] static VmFault Cow(FaultContext vmf, Folio folio, bool full)
            {
                if (full)
                    goto oom;
                if (Rmap.AnonVmaPrepare(vmf.Vma) != 0)
                    goto oom;
                return Pages.Map(vmf);
            oom:
                Pages.Put(folio);
                return VmFault.Oom;
            }
        """,
        """
            [FaultHandler, MustHold("folio.Ref")] static VmFault Cow(FaultContext vmf, Folio folio, bool full)
            {
                if (full)
                    goto oom;
                var ret = Rmap.VmfAnonPrepare(vmf);
                if (ret != VmFault.None)
                {
                    Pages.Put(folio);
                    return ret;
                }
                return Pages.Map(vmf);
            oom:
                Pages.Put(folio);
                return VmFault.Oom;
            }
        """);

    [Fact]
    public Task What_is_done_before_returning_is_still_done() => Fixes(
        """
            [FaultHandler, MustHold("folio.Ref")] static VmFault Cow(FaultContext vmf, Folio folio)
            {
                if (Rmap.AnonVmaPrepare(vmf.Vma) != 0)
                {
                    Pages.Put(folio);
                    return VmFault.Oom;
                }

                return Pages.Map(vmf);
            }
        """,
        """
            [FaultHandler, MustHold("folio.Ref")] static VmFault Cow(FaultContext vmf, Folio folio)
            {
                var ret = Rmap.VmfAnonPrepare(vmf);
                if (ret != VmFault.None)
                {
                    Pages.Put(folio);
                    return ret;
                }

                return Pages.Map(vmf);
            }
        """);

    [Fact]
    public Task Result_kept_in_a_local_and_tested_there() => Fixes(
        """
            [FaultHandler] static VmFault Anonymous(FaultContext vmf)
            {
                int error = Rmap.AnonVmaPrepare(vmf.Vma);
                if (error != 0)
                    return error < 0 ? VmFault.Oom : VmFault.None;
                return Pages.Map(vmf);
            }
        """,
        """
            [FaultHandler] static VmFault Anonymous(FaultContext vmf)
            {
                var ret = Rmap.VmfAnonPrepare(vmf);
                if (ret != VmFault.None)
                    return ret;
                return Pages.Map(vmf);
            }
        """);

    [Fact]
    public Task Result_assigned_to_a_local_that_is_used_again() => Fixes(
        """
            [FaultHandler] static VmFault Anonymous(FaultContext vmf, Func<int> charge)
            {
                int error;
                error = Rmap.AnonVmaPrepare(vmf.Vma);
                if (error < 0)
                    return VmFault.Oom;
                error = charge();
                return error != 0 ? VmFault.Oom : Pages.Map(vmf);
            }
        """,
        """
            [FaultHandler] static VmFault Anonymous(FaultContext vmf, Func<int> charge)
            {
                int error;
                var ret = Rmap.VmfAnonPrepare(vmf);
                if (ret != VmFault.None)
                    return ret;
                error = charge();
                return error != 0 ? VmFault.Oom : Pages.Map(vmf);
            }
        """);

    [Fact]
    public Task Local_that_only_kept_the_result_goes() => Fixes(
        """
            [FaultHandler] static VmFault Anonymous(FaultContext vmf)
            {
                int error;
                if ((error = Rmap.AnonVmaPrepare(vmf.Vma)) != 0)
                    return VmFault.Oom;
                return Pages.Map(vmf);
            }
        """,
        """
            [FaultHandler] static VmFault Anonymous(FaultContext vmf)
            {
                var ret = Rmap.VmfAnonPrepare(vmf);
                if (ret != VmFault.None)
                    return ret;
                return Pages.Map(vmf);
            }
        """);

    [Fact]
    public Task Result_kept_as_a_bool() => Fixes(
        """
            [FaultHandler] static VmFault Anonymous(FaultContext vmf)
            {
                bool failed = Rmap.AnonVmaPrepare(vmf.Vma) != 0;
                if (failed)
                    return VmFault.Oom;
                return Pages.Map(vmf);
            }
        """,
        """
            [FaultHandler] static VmFault Anonymous(FaultContext vmf)
            {
                var ret = Rmap.VmfAnonPrepare(vmf);
                if (ret != VmFault.None)
                    return ret;
                return Pages.Map(vmf);
            }
        """);

    [Fact]
    public Task Branch_hint_around_the_test() => Fixes(
        """
            [FaultHandler] static VmFault Anonymous(FaultContext vmf)
            {
                if (Pages.Unlikely(Rmap.AnonVmaPrepare(vmf.Vma) is not 0))
                    return VmFault.Oom;
                return Pages.Map(vmf);
            }
        """,
        """
            [FaultHandler] static VmFault Anonymous(FaultContext vmf)
            {
                var ret = Rmap.VmfAnonPrepare(vmf);
                if (ret != VmFault.None)
                    return ret;
                return Pages.Map(vmf);
            }
        """);

    [Fact]
    public Task Only_where_there_is_no_anon_vma_yet() => Fixes(
        """
            [FaultHandler] static VmFault Anonymous(FaultContext vmf)
            {
                if (vmf.Vma.AnonVma == null && Rmap.AnonVmaPrepare(vmf.Vma) != 0)
                    return VmFault.Oom;
                return Pages.Map(vmf);
            }
        """,
        """
            [FaultHandler] static VmFault Anonymous(FaultContext vmf)
            {
                if (vmf.Vma.AnonVma == null)
                {
                    var ret = Rmap.VmfAnonPrepare(vmf);
                    if (ret != VmFault.None)
                        return ret;
                }
                return Pages.Map(vmf);
            }
        """);

    [Fact]
    public Task One_of_two_reasons_to_leave() => Fixes(
        """
            [FaultHandler] static VmFault Anonymous(FaultContext vmf, bool full)
            {
                if (full || Rmap.AnonVmaPrepare(vmf.Vma) != 0)
                    return VmFault.Oom;
                return Pages.Map(vmf);
            }
        """,
        """
            [FaultHandler] static VmFault Anonymous(FaultContext vmf, bool full)
            {
                if (full)
                    return VmFault.Oom;
                var ret = Rmap.VmfAnonPrepare(vmf);
                if (ret != VmFault.None)
                    return ret;
                return Pages.Map(vmf);
            }
        """);

    [Fact]
    public Task Success_tested_first() => Fixes(
        """
            [FaultHandler] static VmFault Anonymous(FaultContext vmf)
            {
                if (Rmap.AnonVmaPrepare(vmf.Vma) == 0)
                    return Pages.Map(vmf);
                return VmFault.Oom;
            }
        """,
        """
            [FaultHandler] static VmFault Anonymous(FaultContext vmf)
            {
                var ret = Rmap.VmfAnonPrepare(vmf);
                if (ret == VmFault.None)
                    return Pages.Map(vmf);
                return ret;
            }
        """);

    [Fact]
    public Task Result_translated_at_once() => Fixes(
        """
            [FaultHandler] static VmFault Anonymous(FaultContext vmf)
            {
                VmFault ret = Rmap.AnonVmaPrepare(vmf.Vma) != 0 ? VmFault.Oom : VmFault.None;
                if (ret != VmFault.None)
                    return ret;
                return Pages.Map(vmf);
            }
        """,
        """
            [FaultHandler] static VmFault Anonymous(FaultContext vmf)
            {
                VmFault ret = Rmap.VmfAnonPrepare(vmf);
                if (ret != VmFault.None)
                    return ret;
                return Pages.Map(vmf);
            }
        """);

    [Fact]
    public Task Expression_body_becomes_a_block() => Fixes(
        """
            [FaultHandler] static VmFault Anonymous(FaultContext vmf) => Rmap.AnonVmaPrepare(vmf.Vma) != 0 ? VmFault.Oom : Pages.Map(vmf);
        """,
        """
            [FaultHandler] static VmFault Anonymous(FaultContext vmf)
            {
                var ret = Rmap.VmfAnonPrepare(vmf);
                if (ret != VmFault.None)
                    return ret;
                return Pages.Map(vmf);
            }
        """);

    [Fact]
    public Task Expression_body_that_does_nothing_else() => Fixes(
        """
            [FaultHandler] static VmFault Prepare(FaultContext vmf) => Rmap.AnonVmaPrepare(vmf.Vma) != 0 ? VmFault.Oom : VmFault.None;
        """,
        """
            [FaultHandler] static VmFault Prepare(FaultContext vmf) => Rmap.VmfAnonPrepare(vmf);
        """);

    [Fact]
    public Task Statement_without_braces_gets_them() => Fixes(
        """
            [FaultHandler] static VmFault Anonymous(FaultContext vmf, bool write)
            {
                if (write)
                    if (Rmap.AnonVmaPrepare(vmf.Vma) != 0)
                        return VmFault.Oom;
                return VmFault.None;
            }
        """,
        """
            [FaultHandler] static VmFault Anonymous(FaultContext vmf, bool write)
            {
                if (write)
                {
                    var ret = Rmap.VmfAnonPrepare(vmf);
                    if (ret != VmFault.None)
                        return ret;
                }
                return VmFault.None;
            }
        """);

    [Fact]
    public Task Names_do_not_clash() => Fixes(
        """
            [FaultHandler] static VmFault Both(FaultContext vmf, bool ret)
            {
                if (ret)
                {
                    if (Rmap.AnonVmaPrepare(vmf.Vma) != 0)
                        return VmFault.Oom;
                }

                if (Rmap.AnonVmaPrepare(vmf.Vma) != 0)
                    return VmFault.Oom;
                return Pages.Map(vmf);
            }
        """,
        """
            [FaultHandler] static VmFault Both(FaultContext vmf, bool ret)
            {
                if (ret)
                {
                    var ret2 = Rmap.VmfAnonPrepare(vmf);
                    if (ret2 != VmFault.None)
                        return ret2;
                }

                var ret3 = Rmap.VmfAnonPrepare(vmf);
                if (ret3 != VmFault.None)
                    return ret3;
                return Pages.Map(vmf);
            }
        """);

    [Fact]
    public Task Two_handlers_in_one_document() => Fixes(
        """
            [FaultHandler] static VmFault First(FaultContext vmf)
            {
                if (Rmap.AnonVmaPrepare(vmf.Vma) != 0)
                    return VmFault.Oom;
                return Pages.Map(vmf);
            }

            [FaultHandler] static VmFault Second(FaultContext vmf) => Rmap.AnonVmaPrepare(vmf.Vma) != 0 ? VmFault.Oom : VmFault.None;
        """,
        """
            [FaultHandler] static VmFault First(FaultContext vmf)
            {
                var ret = Rmap.VmfAnonPrepare(vmf);
                if (ret != VmFault.None)
                    return ret;
                return Pages.Map(vmf);
            }

            [FaultHandler] static VmFault Second(FaultContext vmf) => Rmap.VmfAnonPrepare(vmf);
        """);

    [Fact]
    public async Task Every_document_of_the_project() => await Verify.Fix(FaultPath.Subject(
        """
            [FaultHandler] static VmFault First(FaultContext vmf) => {|MML2001:Rmap.AnonVmaPrepare(vmf.Vma)|} != 0 ? VmFault.Oom : VmFault.None;
        """),
        FaultPath.Subject(
        """
            [FaultHandler] static VmFault First(FaultContext vmf) => Rmap.VmfAnonPrepare(vmf);
        """),
        Key)
        .WithSource("Mm.cs", FaultPath.Source, FaultPath.Source)
        .WithSource("Other.cs",
            "namespace Mm;\n\nfile static class Other\n{\n    [FaultHandler] static VmFault Second(FaultContext vmf) => {|MML2001:Rmap.AnonVmaPrepare(vmf.Vma)|} is 0 ? VmFault.None : VmFault.Oom;\n}\n",
            "namespace Mm;\n\nfile static class Other\n{\n    [FaultHandler] static VmFault Second(FaultContext vmf) => Rmap.VmfAnonPrepare(vmf);\n}\n")
        .InScope(FixAllScope.Project);

    [Fact]
    public async Task Other_names_get_the_same_fix() => await Verify.Fix(Renamed("""
                if (Links.Attach(work.Node) != 0)
                    return Outcome.Full;
        """), Renamed("""
                var ret = Links.AttachFor(work);
                if (ret != Outcome.Done)
                    return ret;
        """), Key);

    [Fact]
    public Task Context_out_of_reach_offers_nothing() => OffersNothing("""
            [MustHold("vma.Lock")] static VmFault Prepare(VmArea vma)
            {
                if (Rmap.AnonVmaPrepare(vma) != 0) // MML2001
                    return VmFault.Oom;
                return VmFault.None;
            }
        """);

    [Fact]
    public Task Context_of_another_vma_offers_nothing() => OffersNothing("""
            [FaultHandler, MustHold("vma.Lock")] static VmFault Prepare(FaultContext vmf, VmArea vma)
            {
                if (Rmap.AnonVmaPrepare(vma) != 0) // MML2001
                    return VmFault.Oom;
                return VmFault.None;
            }
        """);

    [Fact]
    public Task Local_that_changes_offers_nothing() => OffersNothing("""
            [FaultHandler, MustHold("other.Lock")] static VmFault Prepare(FaultContext vmf, VmArea other)
            {
                var vma = vmf.Vma;
                vma = other;
                if (Rmap.AnonVmaPrepare(vma) != 0) // MML2001
                    return VmFault.Oom;
                return VmFault.None;
            }
        """);

    [Fact]
    public Task Method_that_may_not_drop_the_lock_offers_nothing() => OffersNothing("""
            [MustHold("vmf.FaultLock")] static VmFault Prepare(FaultContext vmf)
            {
                if (Rmap.AnonVmaPrepare(vmf.Vma) != 0) // MML2001
                    return VmFault.Oom;
                return VmFault.None;
            }
        """);

    [Fact]
    public Task Result_that_cannot_be_returned_offers_nothing() => OffersNothing("""
            [MustHold("vmf.FaultLock")] static void Prepare(FaultContext vmf)
            {
                if (Rmap.AnonVmaPrepare(vmf.Vma) != 0) // MML2001
                    return;
                Console.WriteLine();
            }
        """);

    [Fact]
    public Task Result_that_is_read_later_offers_nothing() => OffersNothing("""
            [FaultHandler] static VmFault Prepare(FaultContext vmf, Action<int> report)
            {
                int error = Rmap.AnonVmaPrepare(vmf.Vma); // MML2001
                if (error != 0)
                    return VmFault.Oom;
                report(error);
                return Pages.Map(vmf);
            }
        """);

    [Theory]
    [InlineData("(vmf.Vma)")]
    [InlineData("vmf.Vma!")]
    public Task Argument_is_read_through_what_changes_nothing(string argument) => Fixes(
        $$"""
            [FaultHandler] static VmFault Anonymous(FaultContext vmf)
            {
                if ({|MML2001:Rmap.AnonVmaPrepare({{argument}})|} != 0)
                    return VmFault.Oom;
                return Pages.Map(vmf);
            }
        """,
        """
            [FaultHandler] static VmFault Anonymous(FaultContext vmf)
            {
                var ret = Rmap.VmfAnonPrepare(vmf);
                if (ret != VmFault.None)
                    return ret;
                return Pages.Map(vmf);
            }
        """);

    [Fact]
    public Task Success_kept_as_a_bool_and_denied() => Fixes(
        """
            [FaultHandler] static VmFault Anonymous(FaultContext vmf)
            {
                bool failed = {|MML2001:Rmap.AnonVmaPrepare(vmf.Vma)|} != 0;
                if (!failed)
                    return Pages.Map(vmf);
                return VmFault.Oom;
            }
        """,
        """
            [FaultHandler] static VmFault Anonymous(FaultContext vmf)
            {
                var ret = Rmap.VmfAnonPrepare(vmf);
                if (ret == VmFault.None)
                    return Pages.Map(vmf);
                return ret;
            }
        """);

    [Fact]
    public Task Local_that_changes_with_others_offers_nothing() => OffersNothing("""
            [FaultHandler, MustHold("other.Lock")] static VmFault Prepare(FaultContext vmf, VmArea other)
            {
                var vma = vmf.Vma;
                (vma, _) = (other, 0);
                if (Rmap.AnonVmaPrepare(vma) != 0) // MML2001
                    return VmFault.Oom;
                return VmFault.None;
            }
        """);

    [Theory]
    [InlineData("!(Rmap.AnonVmaPrepare(vmf.Vma) == 0)")]
    [InlineData("Rmap.AnonVmaPrepare(vmf.Vma) is < 0")]
    [InlineData("Rmap.AnonVmaPrepare(vmf.Vma) < 0")]
    [InlineData("0 != Rmap.AnonVmaPrepare(vmf.Vma)")]
    [InlineData("!(!(Rmap.AnonVmaPrepare(vmf.Vma) is not 0))")]
    public Task Every_way_to_ask_whether_it_failed(string test) => Fixes(
        $$"""
            [FaultHandler] static VmFault Anonymous(FaultContext vmf)
            {
                if ({{test}})
                    return VmFault.Oom;
                return Pages.Map(vmf);
            }
        """,
        """
            [FaultHandler] static VmFault Anonymous(FaultContext vmf)
            {
                var ret = Rmap.VmfAnonPrepare(vmf);
                if (ret != VmFault.None)
                    return ret;
                return Pages.Map(vmf);
            }
        """);

    [Theory]
    [InlineData("Node?", "result != null", "result == null", "null")]
    [InlineData("Node?", null, "result == null", "null")]
    [InlineData("bool", "!result", "result", "true")]
    [InlineData("bool", "result", "!result", "false")]
    [InlineData("int", "result == 1", "result != 1", "0")]
    public async Task Contract_of_the_alternative_says_what_failure_is(string type, string? success, string failed, string failure)
    {
        string condition = success is null ? "" : $", Ensures(\"node.Tree != null\", When = \"{success}\")";
        string Source(string statements) => $$"""
            public sealed class Tree { public object Gate { get; } = new(); }
            public sealed class Node { [Tracked] public Tree? Tree { get; set; } }
            public static class Links
            {
                [MustHold("gate"), UseInstead(nameof(AttachSafely))] public static extern int Attach(Node node, object gate);
                [MustHold("node"){{condition}}] public static extern {{type}} AttachSafely(Node node, object gate);

                [MustHold("node")]
                public static {{type}} Run(Node node, object gate)
                {
            {{statements}}
                    return {{(type == "int" ? "1" : failure == "null" ? "node" : failure == "true" ? "false" : "true")}};
                }
            }
            """;
        await Verify.Fix(
            Source($"        if (Attach(node, gate) != 0)\n            return {failure};"),
            Source($"        var ret = AttachSafely(node, gate);\n        if ({failed.Replace("result", "ret", StringComparison.Ordinal)})\n            return ret;"),
            Key);
    }

    [Fact]
    public Task Ignored_result_is_tested_from_now_on() => Fixes(
        """
            [FaultHandler] static VmFault Anonymous(FaultContext vmf)
            {
                Rmap.AnonVmaPrepare(vmf.Vma);
                return VmFault.None;
            }
        """,
        """
            [FaultHandler] static VmFault Anonymous(FaultContext vmf)
            {
                var ret = Rmap.VmfAnonPrepare(vmf);
                if (ret != VmFault.None)
                    return ret;
                return VmFault.None;
            }
        """);

    [Fact]
    public Task First_of_two_reasons_to_leave() => Fixes(
        """
            [FaultHandler] static VmFault Anonymous(FaultContext vmf, bool full)
            {
                if (Rmap.AnonVmaPrepare(vmf.Vma) != 0 || full)
                    return VmFault.Oom;
                return VmFault.None;
            }
        """,
        """
            [FaultHandler] static VmFault Anonymous(FaultContext vmf, bool full)
            {
                var ret = Rmap.VmfAnonPrepare(vmf);
                if (ret != VmFault.None)
                    return ret;
                if (full)
                    return VmFault.Oom;
                return VmFault.None;
            }
        """);

    [Fact]
    public Task Failure_in_the_other_branch() => Fixes(
        """
            [FaultHandler] static VmFault Anonymous(FaultContext vmf)
            {
                if (Rmap.AnonVmaPrepare(vmf.Vma) == 0)
                    return Pages.Map(vmf);
                else
                    return VmFault.Oom;
            }
        """,
        """
            [FaultHandler] static VmFault Anonymous(FaultContext vmf)
            {
                var ret = Rmap.VmfAnonPrepare(vmf);
                if (ret == VmFault.None)
                    return Pages.Map(vmf);
                else
                    return ret;
            }
        """);

    [Fact]
    public Task Local_function_with_an_expression_becomes_a_block() => Fixes(
        """
            static VmFault Around(FaultContext outer)
            {
                return VmFault.None;

                [FaultHandler] static VmFault Anonymous(FaultContext vmf) => Rmap.AnonVmaPrepare(vmf.Vma) != 0 ? VmFault.Oom : Pages.Map(vmf);
            }
        """,
        """
            static VmFault Around(FaultContext outer)
            {
                return VmFault.None;

                [FaultHandler] static VmFault Anonymous(FaultContext vmf)
                {
                    var ret = Rmap.VmfAnonPrepare(vmf);
                    if (ret != VmFault.None)
                        return ret;
                    return Pages.Map(vmf);
                }
            }
        """);

    [Fact]
    public Task Section_of_a_switch() => Fixes(
        """
            [FaultHandler] static VmFault Anonymous(FaultContext vmf, int kind)
            {
                switch (kind)
                {
                    case 0:
                        int error = Rmap.AnonVmaPrepare(vmf.Vma);
                        if (error != 0)
                            return VmFault.Oom;
                        return Pages.Map(vmf);
                    default:
                        return VmFault.None;
                }
            }
        """,
        """
            [FaultHandler] static VmFault Anonymous(FaultContext vmf, int kind)
            {
                switch (kind)
                {
                    case 0:
                        var ret = Rmap.VmfAnonPrepare(vmf);
                        if (ret != VmFault.None)
                            return ret;
                        return Pages.Map(vmf);
                    default:
                        return VmFault.None;
                }
            }
        """);

    [Theory]
    [InlineData("int error = Rmap.AnonVmaPrepare(vmf.Vma); Console.WriteLine(); if (error != 0) return VmFault.Oom;")]
    [InlineData("int error = Rmap.AnonVmaPrepare(vmf.Vma); if (isSlow) return VmFault.Oom; Console.WriteLine(error);")]
    [InlineData("int error = Rmap.AnonVmaPrepare(vmf.Vma); if (error != 0 && isSlow) return VmFault.Oom;")]
    [InlineData("while (Rmap.AnonVmaPrepare(vmf.Vma) != 0) Console.WriteLine();")]
    [InlineData("var kept = Rmap.AnonVmaPrepare(vmf.Vma) != 0 ? VmFault.Oom : VmFault.None; Console.WriteLine(kept);")]
    [InlineData("if (Rmap.AnonVmaPrepare(vmf.Vma) != 0 && isSlow) return VmFault.Oom;")]
    [InlineData("if (Rmap.AnonVmaPrepare(vmf.Vma) == 0) Console.WriteLine(); else isSlow = true;")]
    [InlineData("if (Rmap.AnonVmaPrepare(vmf.Vma) == 0) Console.WriteLine();")]
    public Task Result_that_does_not_decide_about_leaving_offers_nothing(string use) => OffersNothing($$"""
            [FaultHandler] static VmFault Prepare(FaultContext vmf, bool isSlow)
            {
                {{use}} // MML2001
                return VmFault.None;
            }
        """);

    private static async Task Fixes(string before, string after) =>
        await Verify.Fix(FaultPath.Subject(before), FaultPath.Subject(after), Key).WithSource("Mm.cs", FaultPath.Source, FaultPath.Source);

    private static async Task OffersNothing(string members) => await Verify.OffersNo(Key, FaultPath.Subject(members)).WithSource("Mm.cs", FaultPath.Source, FaultPath.Source);

    private static string Renamed(string statements) => $$"""
        namespace Graph;

        public enum Outcome { Done, Full, Again }
        public sealed class Tree { public object Gate { get; } = new(); }
        public sealed class Node
        {
            public required Tree Tree { get; init; }
            public object Gate { get; } = new();
        }
        public sealed class Work
        {
            public required Node Node { get; init; }
            public bool IsNarrow { get; init; }
            [LockAlias("IsNarrow ? Node.Gate : Node.Tree.Gate")] public LockName Lock => default;
        }
        public static class Links
        {
            [MustHold("node.Tree.Gate"), UseInstead(nameof(AttachFor))] public static extern int Attach(Node node);
            [MustHold("work.Lock"), Releases("work.Lock", When = "result == Outcome.Again")] public static extern Outcome AttachFor(Work work);

            [MustHold("work.Lock"), Releases("work.Lock", When = "result == Outcome.Again")]
            public static Outcome Run(Work work)
            {
        {{statements}}
                return Outcome.Done;
            }
        }
        """;
}
