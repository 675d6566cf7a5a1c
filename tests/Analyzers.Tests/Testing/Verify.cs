using System;
using System.Diagnostics.CodeAnalysis;
using System.Linq;
using System.Threading.Tasks;

namespace MmLint.Testing;

/// <summary>
/// Front door of the test harness: compiles a source against the real annotations and the reference assemblies, runs the analyzer, and
/// compares ids and places exactly. Unexpected compiler errors and analyzer exceptions fail.
/// </summary>
/// <remarks>
/// What is expected stands in the source, in either form:
/// <code>
/// {|MML1001:Walk(folio)|};              // this id on exactly this span; [|…|] where the test names the id
/// Walk(folio); // MML1001 not held      // this id somewhere on this line; the rest of the comment is prose
/// {|#taken:folio.Lock()|};              // a span with a name, for WithAdditionalLocations
/// </code>
/// Sources start after <see cref="Verification.Preamble"/>, which makes the usual usings global.
/// </remarks>
internal static partial class Verify
{
    /// <summary>Nothing is reported.</summary>
    /// <param name="source">A source without markup. Comments that start with an id are prose here.</param>
    public static Verification Silent([StringSyntax("C#")] string source) => new(source, Expectation.Nothing);

    /// <summary>Exactly what the source says is reported, and that is not nothing.</summary>
    /// <param name="source">A source with markup or trailing comments.</param>
    public static Verification Flags([StringSyntax("C#")] string source) => new(source, Expectation.Something);

    /// <summary>Exactly what the source says is reported, and that is not nothing.</summary>
    /// <param name="rule">The id that <c>[|…|]</c> stands for.</param>
    /// <param name="source">A source with markup or trailing comments.</param>
    public static Verification Flags(string rule, [StringSyntax("C#")] string source) => new(source, Expectation.Something, rule);

    /// <summary>Exactly what the source says is reported, be it nothing: for tests that run over many sources.</summary>
    /// <param name="source">A source with or without markup or trailing comments.</param>
    public static Verification Diagnostics([StringSyntax("C#")] string source) => new(source, Expectation.AsMarked);

    /// <summary>
    /// A source with a wrong and a right form (<c>#if WRONG … #else … #endif</c>): with WRONG defined exactly what the source says is reported,
    /// else nothing.
    /// </summary>
    /// <param name="source">A source whose expectations stand in trailing comments.</param>
    public static async Task WrongAndRight([StringSyntax("C#")] string source)
    {
        await Flags(source).Defining("WRONG");
        await Silent(source);
    }

    /// <summary>The analyzer does not throw, whatever it reports and however broken the source is.</summary>
    /// <param name="source">Any text.</param>
    public static async Task Survives(string source)
    {
        var reported = await new Verification(source, Expectation.Nothing).ReportAsync();
        if (reported.FirstOrDefault(d => d.Id == Verification.AnalyzerException) is { } exception)
            throw new Xunit.Sdk.XunitException($"{exception}{Environment.NewLine}{source}");
    }
}
