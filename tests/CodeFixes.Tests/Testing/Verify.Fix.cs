using System.Diagnostics.CodeAnalysis;

namespace MmLint.Testing;

/// <summary>The part of the harness that applies code fixes.</summary>
internal static partial class Verify
{
    /// <summary>
    /// Applying the fix to each diagnostic that offers it, one at a time, turns one text into the other, and fix-all gives the same. Afterwards
    /// nothing is reported, unless the text marks what is left.
    /// </summary>
    /// <param name="before">The source before; if it has markup, that is verified too.</param>
    /// <param name="after">The source after. It must compile.</param>
    /// <param name="equivalenceKey">Which of several fixes; without it the first that is offered.</param>
    public static FixVerification Fix([StringSyntax("C#")] string before, [StringSyntax("C#")] string after, string? equivalenceKey = null) =>
        new FixVerification(equivalenceKey).WithSource("Test.cs", before, after);

    /// <summary>No fix is offered for anything that is reported.</summary>
    /// <param name="source">A source with markup or trailing comments.</param>
    public static FixVerification OffersNoFix([StringSyntax("C#")] string source) => OffersFixes(source);

    /// <summary>One fix is not offered, whatever others are.</summary>
    /// <param name="equivalenceKey">The fix.</param>
    /// <param name="source">A source with markup or trailing comments.</param>
    public static FixVerification OffersNo(string equivalenceKey, [StringSyntax("C#")] string source) =>
        new FixVerification(equivalenceKey).WithSource("Test.cs", source, source).Offering([]);

    /// <summary>Exactly these fixes are offered for what is reported.</summary>
    /// <param name="source">A source with markup or trailing comments.</param>
    /// <param name="titles">The titles, in the order of the diagnostics and then as offered.</param>
    public static FixVerification OffersFixes([StringSyntax("C#")] string source, params string[] titles) =>
        new FixVerification(equivalenceKey: null).WithSource("Test.cs", source, source).Offering(titles);
}
