using System.Linq;
using System.Threading.Tasks;

namespace EditorTests;

/// <summary>Squiggles appear where the mistake is typed, move with the text, and vanish with the mistake.</summary>
public sealed class TypingTests
{
    private const string Locks = """
        [Lock(LockKind.Mutex, Owner = LockOwner.Anyone)] public sealed class Folio
        {
            [Acquires("this")] public extern void Lock();
            [Acquires("this", When = "result", Try = true)] public extern bool TryLock();
            [Releases("this")] public extern void Unlock();
        }
        public static class Rmap { [MustHold("folio")] public static extern void Walk(Folio folio); }
        """;

    private const string Empty = """
        public static class Subject
        {
            public static void Run(Folio folio)
            {
            }
        }
        """;

    [Fact]
    public async Task Squiggle_appears_with_the_last_character_of_the_mistake()
    {
        var editor = Open(Empty);
        editor.GoBehind("{\n    public static void Run(Folio folio)\n    {");
        foreach (char key in "\n        Rmap.Walk(folio")
        {
            await editor.InsertAsync(key.ToString());
            Assert.DoesNotContain(await editor.SquigglesAsync(), s => s.Length == 0);
        }

        await editor.InsertAsync(");");
        Assert.Equal(["MML2002 Rmap.Walk(folio)"], await editor.SquigglesAsync());
        Assert.Empty(editor.Exceptions);
    }

    [Fact]
    public async Task Squiggle_moves_with_the_text_and_goes_with_the_mistake()
    {
        var editor = Open(Empty);
        editor.GoBehind("folio)\n    {");
        await editor.InsertAsync("\n        Rmap.Walk(folio);");
        int before = (await editor.DiagnosticsAsync()).Single().Location.SourceSpan.Start;

        editor.GoBehind("folio)\n    {");
        await editor.InsertAsync("\n        // why");
        Assert.Equal(before + "\n        // why".Length, (await editor.DiagnosticsAsync()).Single().Location.SourceSpan.Start);

        await editor.InsertAsync("\n        folio.Lock();");
        Assert.Equal(["MML1006 }"], await editor.SquigglesAsync());

        editor.GoBehind("Rmap.Walk(folio);");
        await editor.InsertAsync("\n        folio.Unlock();");
        Assert.Empty(await editor.SquigglesAsync());
    }

    [Fact]
    public async Task Half_a_statement_does_not_hide_what_stands_before_it()
    {
        var editor = Open(Empty);
        editor.GoBehind("folio)\n    {");
        await editor.InsertAsync("\n        Rmap.Walk(folio);\n        folio.");
        Assert.Equal(["MML2002 Rmap.Walk(folio)"], await editor.SquigglesAsync());
        await editor.InsertAsync("Lo");
        Assert.Equal(["MML2002 Rmap.Walk(folio)"], await editor.SquigglesAsync());
    }

    [Fact]
    public async Task Contract_that_is_typed_is_checked_at_the_character_and_then_at_the_calls()
    {
        var editor = new Editor(
            ("Callee.cs", "public sealed class Account\n{\n    public readonly object Gate = new();\n    public extern void Add();\n}\n"),
            ("Caller.cs", "public static class User { public static void Run(Account account) => account.Add(); }"));
        editor.GoBehind("= new();\n    ");
        await editor.InsertAsync("[MustHold(\"Gat\")] ");
        Assert.Equal(["MML0001 Gat"], await editor.SquigglesAsync());
        editor.GoBehind("\"Gat");
        await editor.InsertAsync("e");
        Assert.Empty(await editor.SquigglesAsync());
    }

    [Fact]
    public async Task Contract_in_another_file_changes_what_is_underlined_here()
    {
        const string Caller = "public static class User { public static void Run(Account account) => account.Add(); }";
        var without = new Editor(("Caller.cs", Caller), ("Callee.cs", "public sealed class Account { public readonly object Gate = new(); public extern void Add(); }"));
        Assert.Empty(await without.SquigglesAsync());
        var with = new Editor(("Caller.cs", Caller), ("Callee.cs", "public sealed class Account { public readonly object Gate = new(); [MustHold(\"Gate\")] public extern void Add(); }"));
        Assert.Equal(["MML1001 account.Add()"], await with.SquigglesAsync());
    }

    [Fact]
    public async Task Fix_takes_the_squiggle_away_and_undo_brings_it_back()
    {
        var editor = Open(Empty);
        editor.GoBehind("folio)\n    {");
        await editor.InsertAsync("\n        Rmap.Walk(folio);");
        string wrong = editor.Text;
        var finding = Assert.Single(await editor.DiagnosticsAsync());
        Assert.Equal(["State [MustHold(\"folio\")]", "Take folio by TryLock, else leave"], (await editor.FixesAsync(finding)).Where(t => !t.StartsWith("Hold", System.StringComparison.Ordinal)).Order());

        await editor.ApplyAsync(finding, "Take folio by TryLock, else leave");
        Assert.Empty(await editor.SquigglesAsync());
        Assert.Contains("if (!folio.TryLock())", editor.Text, System.StringComparison.Ordinal);

        editor.Undo();
        Assert.Equal(wrong, editor.Text);
        Assert.Equal(["MML2002 Rmap.Walk(folio)"], await editor.SquigglesAsync());
    }

    [Fact]
    public async Task Part_of_a_document_says_what_the_whole_says_of_it()
    {
        var editor = Open(Empty.Replace("{\n    }", "{\n        Rmap.Walk(folio);\n    }\n    public static void Two(Folio folio) => Rmap.Walk(folio);", System.StringComparison.Ordinal));
        var whole = await editor.DiagnosticsAsync();
        Assert.Equal(2, whole.Length);
        var line = Microsoft.CodeAnalysis.Text.TextSpan.FromBounds(editor.Text.IndexOf("    public static void Two", System.StringComparison.Ordinal), editor.Text.Length);
        var part = (await editor.DiagnosticsAsync(line)).Where(d => line.Contains(d.Location.SourceSpan));
        Assert.Equal([whole[1].ToString()], part.Select(d => d.ToString()));
    }

    private static Editor Open(string text) => new(("Subject.cs", text), ("Folio.cs", Locks));
}
