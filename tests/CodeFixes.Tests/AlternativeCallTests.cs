using System.Diagnostics.CodeAnalysis;
using System.Threading.Tasks;

namespace CodeFixTests;

/// <summary>How the call of an alternative is written: where its method is found, what fills its parameters, and on what it is called.</summary>
public sealed class AlternativeCallTests
{
    private const string Key = "UseInsteadFixer";

    private const string CountedMembers =
        "public readonly int Count; public readonly object Room = new(); [MustHold(\"room\"), UseInstead(nameof(Clear))] public static extern void Empty(int count, object room); public extern void Clear();";

    [Fact]
    public Task Alternative_of_the_same_object() => Fixes(
        "[MustHold(\"Gate\"), UseInstead(nameof(PutSafely))] public extern void Put(int item); public extern void PutSafely(int item);",
        "static void Run(Store store) { {|MML2001:store.Put(1)|}; }",
        "static void Run(Store store) { store.PutSafely(1); }");

    [Fact]
    public Task Alternative_that_is_inherited() => Fixes(
        "[MustHold(\"Gate\"), UseInstead(nameof(Keep))] public extern void Put(int item);",
        "static void Run(Store store) { {|MML2001:store.Put(1)|}; }",
        "static void Run(Store store) { store.Keep(1); }");

    [Theory]
    [InlineData("Put(1)")]
    [InlineData("this.Put(1)")]
    public Task Alternative_of_the_object_itself(string call) => Fixes(
        $$"""[MustHold("Gate"), UseInstead(nameof(PutSafely))] public extern void Put(int item); public extern void PutSafely(int item); void Run() { {|MML2001:{{call}}|}; }""",
        "",
        $$"""[MustHold("Gate"), UseInstead(nameof(PutSafely))] public extern void Put(int item); public extern void PutSafely(int item); void Run() { {{call.Replace("Put", "PutSafely", System.StringComparison.Ordinal)}}; }""",
        "");

    [Fact]
    public Task Alternative_of_the_type_around() => Fixes(
        "public static extern void PutSafely(Inner inner); public sealed class Inner { public object Gate { get; } = new(); [MustHold(\"Gate\"), UseInstead(nameof(PutSafely))] public extern void Put(); }",
        "static void Run(Store.Inner inner) { {|MML2001:inner.Put()|}; }",
        "static void Run(Store.Inner inner) { Store.PutSafely(inner); }");

    [Fact]
    public Task Alternative_of_any_type() => Fixes(
        "[MustHold(\"Gate\"), UseInstead(nameof(Clerks.PutSafely))] public extern void Put(int item);",
        "static void Run(Store store) { {|MML2001:store.Put(1)|}; }",
        "static void Run(Store store) { Clerks.PutSafely(1, store); }");

    [Fact]
    public Task Extension_in_place_of_an_extension() => Fixes(
        "",
        "static void Run(Store store) { {|MML2001:store.Fill(1)|}; }",
        "static void Run(Store store) { store.FillSafely(1); }");

    [Fact]
    public Task Extension_called_as_what_it_is() => Fixes(
        "",
        "static void Run(Store store) { {|MML2001:Clerks.Fill(store, 1)|}; }",
        "static void Run(Store store) { Clerks.FillSafely(store, 1); }");

    [Fact]
    public Task Argument_becomes_the_receiver() => Fixes(
        "[MustHold(\"store.Gate\"), UseInstead(nameof(Clear))] public static extern void Empty(Store store); public extern void Clear();",
        "static void Run(Store store) { {|MML2001:Store.Empty(store)|}; }",
        "static void Run(Store store) { store.Clear(); }");

    [Fact]
    public Task Object_that_the_argument_is_read_from_becomes_the_receiver() => Fixes(
        "public readonly object Items = new(); [MustHold(\"items\"), UseInstead(nameof(Clear))] public static extern void Empty(object items); public extern void Clear();",
        "static void Run(Store store) { {|MML2001:Store.Empty(store.Items)|}; }",
        "static void Run(Store store) { store.Clear(); }");

    [Fact]
    public Task Local_that_names_what_it_was_read_from() => Fixes(
        "public readonly object Items = new(); [MustHold(\"items\"), UseInstead(nameof(Clear))] public static extern void Empty(object items); public extern void Clear();",
        "static void Run(Store store) { var items = store.Items; {|MML2001:Store.Empty(items)|}; }",
        "static void Run(Store store) { var items = store.Items; store.Clear(); }");

    [Fact]
    public Task Member_of_this_leads_to_this() => Fixes(
        "public readonly object Items = new(); [MustHold(\"items\"), UseInstead(nameof(Clerks.Tidy))] public static extern void Empty(object items); void Run() { {|MML2001:Empty(Items)|}; }",
        "",
        "public readonly object Items = new(); [MustHold(\"items\"), UseInstead(nameof(Clerks.Tidy))] public static extern void Empty(object items); void Run() { Clerks.Tidy(this); }",
        "");

    [Fact]
    public Task Parameters_of_one_type_are_told_apart_by_name() => Fixes(
        "[MustHold(\"Gate\"), UseInstead(nameof(CopySafely))] public extern void Copy(int from, int to); public extern void CopySafely(int to, int from);",
        "static void Run(Store store) { {|MML2001:store.Copy(1, 2)|}; }",
        "static void Run(Store store) { store.CopySafely(2, 1); }");

    [Fact]
    public Task Only_variable_of_the_type_in_scope_fills_what_was_not_given() => Fixes(
        "[MustHold(\"Gate\"), UseInstead(nameof(PutFor))] public extern void Put(int item); public extern void PutFor(int item, Clerk clerk);",
        "static void Run(Store store, Clerk clerk) { {|MML2001:store.Put(1)|}; }",
        "static void Run(Store store, Clerk clerk) { store.PutFor(1, clerk); }");

    [Fact]
    public Task Parameters_with_defaults_are_left_out_in_both() => Fixes(
        "[MustHold(\"Gate\"), UseInstead(nameof(PutSafely))] public extern void Put(int item, string? note = null); public extern void PutSafely(int item, bool isNew = false);",
        "static void Run(Store store) { {|MML2001:store.Put(1)|}; }",
        "static void Run(Store store) { store.PutSafely(1); }");

    [Theory]
    [InlineData("public extern void PutFor(int item, Clerk clerk);", "void Run(Store store) => store.Put(1)")]
    [InlineData("public extern void PutFor(int item, Clerk clerk);", "void Run(Store store, Clerk one, Clerk other) => store.Put(1)")]
    [InlineData("public extern void PutFor();", "void Run(Store store) => store.Put(1)")]
    [InlineData("public extern void PutFor(ref int item);", "void Run(Store store) => store.Put(1)")]
    [InlineData("public extern void PutFor<T>(int item);", "void Run(Store store) => store.Put(1)")]
    [InlineData("[MustHold(\"Gate\")] public extern void PutFor(int item);", "void Run(Store store) => store.Put(1)")]
    public Task Alternative_that_cannot_be_called_offers_nothing(string alternative, string caller) => OffersNothing(
        "[MustHold(\"Gate\"), UseInstead(nameof(PutFor))] public extern void Put(int item); " + alternative, "static " + caller + "; // MML2001");

    [Fact]
    public Task Argument_by_reference_offers_nothing() => OffersNothing(
        "[MustHold(\"Gate\"), UseInstead(nameof(PutSafely))] public extern void Put(ref int item); public extern void PutSafely(int item);",
        "static void Run(Store store, int item) => store.Put(ref item); // MML2001");

    [Fact]
    public Task Object_out_of_reach_offers_nothing() => OffersNothing(
        "[MustHold(\"items\"), UseInstead(nameof(Clear))] public static extern void Empty(object items); public extern void Clear();",
        "static void Run(object items) => Store.Empty(items); // MML2001");

    [Fact]
    public Task Local_that_nothing_changes_is_what_it_was_set_from() => Fixes(
        CountedMembers,
        "static void Run(Store store) { var count = store.Count; {|MML2001:Store.Empty(count, store.Room)|}; }",
        "static void Run(Store store) { var count = store.Count; store.Clear(); }");

    [Theory]
    [InlineData("count++;")]
    [InlineData("--count;")]
    [InlineData("count += 1;")]
    [InlineData("Set(out count);")]
    [InlineData("ref int other = ref count; other = 2;")]
    public Task Local_that_may_have_changed_leads_nowhere(string change) => OffersNothing(
        CountedMembers,
        $"static void Set(out int x) => x = 1;\n    static void Run(Store store) {{ var count = store.Count; {change} Store.Empty(count, store.Room); }} // MML2001");

    private static Task Fixes([StringSyntax("C#")] string members, [StringSyntax("C#")] string before, [StringSyntax("C#")] string after) => Fixes(members, before, members, after);

    private static async Task Fixes(string membersBefore, string before, string membersAfter, string after) =>
        await Verify.Fix(Source(membersBefore, before), Source(membersAfter, after), Key);

    private static async Task OffersNothing([StringSyntax("C#")] string members, [StringSyntax("C#")] string caller) => await Verify.OffersNo(Key, Source(members, caller));

    private static string Source(string members, string caller) => $$"""
        namespace App;

        public class Shelf
        {
            public extern void Keep(int item);
        }

        public sealed class Store : Shelf
        {
            public object Gate { get; } = new();

            {{members}}
        }

        public sealed class Clerk
        {
        }

        public static class Clerks
        {
            [MustHold("store.Gate"), UseInstead(nameof(FillSafely))] public static extern void Fill(this Store store, int count);
            public static extern void FillSafely(this Store store, int count);
            public static extern void PutSafely(int item, Store store);
            public static extern void Tidy(Store store);
        }

        public static class Callers
        {
            {{caller}}
        }
        """;
}
