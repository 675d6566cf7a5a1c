namespace System.Diagnostics.CodeAnalysis;

/// <summary>Tells editors in which language a string is written. Newer frameworks have it; editors know it by its name.</summary>
/// <param name="syntax">The language.</param>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Field | AttributeTargets.Property)]
internal sealed class StringSyntaxAttribute(string syntax) : Attribute
{
    /// <summary>A contract is a C# expression: editors that know no language of ours know this one.</summary>
    internal const string Contract = "C#";

    /// <summary>The language.</summary>
    public string Syntax => syntax;
}
