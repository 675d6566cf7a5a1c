using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Xunit.Abstractions;

namespace EditorTests;

/// <summary>
/// No key throws: files are typed from the first character to the last, and parts of them are deleted and typed again. The analyzer runs after a sample of
/// the keys, chosen by a seed that the output names; every file is also typed completely between two samples, so that no key is far from one.
/// </summary>
public sealed class EveryKeyTests(ITestOutputHelper output)
{
    private const int KeysPerFile = 24;

    /// <summary>The files of a sample together: what is typed, and what it needs beside it.</summary>
    public static TheoryData<string> Samples => [.. Directory.EnumerateDirectories(Path.Combine(Repository.Root, "samples")).Where(d => Directory.EnumerateFiles(d, "*.csproj").Any()).Select(d => Path.GetFileName(d)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Samples))]
    public async Task Typing_a_sample(string name)
    {
        const string Usings = "global using System; global using System.Collections.Generic; global using System.Threading; global using MmLint;";
        string samples = Path.Combine(Repository.Root, "samples");
        var files = Directory.EnumerateFiles(Path.Combine(samples, name), "*.cs").Concat(Directory.EnumerateFiles(Path.Combine(samples, "Shared"), "*.cs"))
            .Select(f => (Name: Path.GetFileName(f), Text: File.ReadAllText(f))).ToList();
        await TypeAsync(files[0].Text, [.. files.Skip(1), ("Usings.cs", Usings)]);
    }

    [Fact]
    public async Task Typing_the_tests_of_the_analyzer()
    {
        var random = new Random(Seed());
        var sources = Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests", "Analyzers.Tests", "Themes"), "*.cs").Order(StringComparer.Ordinal)
            .SelectMany(f => Regex.Matches(File.ReadAllText(f), "\"\"\"\\r?\\n(.*?)\\n\\s*\"\"\"", RegexOptions.Singleline).Select(m => m.Groups[1].Value)).ToArray();
        random.Shuffle(sources);
        foreach (string members in sources.Take(12))
            await TypeAsync("public sealed partial class Subject\n{\n" + Regex.Replace(members, @"\{\|#?\w+:|\|\}", "") + "\n}\n", []);
    }

    private async Task TypeAsync(string text, (string Name, string Text)[] others)
    {
        int seed = Seed();
        var random = new Random(seed);
        var editor = new Editor([("Typed.cs", ""), .. others]);
        int typed = 0;
        foreach (int stop in Stops(text.Length, random))
        {
            await editor.InsertAsync(text[typed..stop]);
            typed = stop;
            _ = await editor.DiagnosticsAsync();
        }

        for (int i = 0; i < KeysPerFile / 4; i++)
        {
            int start = random.Next(text.Length);
            int length = Math.Min(random.Next(1, 60), text.Length - start);
            editor.GoTo(start + length);
            await editor.DeleteAsync(length);
            _ = await editor.DiagnosticsAsync();
            editor.Undo();
        }

        Assert.Equal(text, editor.Text);
        Assert.True(editor.Exceptions.Count == 0, $"seed {seed}: {string.Join('\n', editor.Exceptions)}");
    }

    private int Seed()
    {
        int seed = int.TryParse(Environment.GetEnvironmentVariable("MMLINT_SEED"), out int given) ? given : Environment.TickCount;
        output.WriteLine($"MMLINT_SEED={seed}");
        return seed;
    }

    private static IEnumerable<int> Stops(int length, Random random) =>
        Enumerable.Range(0, KeysPerFile - 1).Select(_ => random.Next(1, length)).Append(length).Distinct().Order();
}
