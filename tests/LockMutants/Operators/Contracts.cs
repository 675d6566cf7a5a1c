using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace LockMutants.Operators;

/// <summary>A contract says less, or something else. The code is unchanged; what is tried is whether anything depends on the contract.</summary>
internal static class Contracts
{
    private static readonly string[] s_bases = ["LocksAttribute", "FactContractAttribute", "ContractAttribute", "ContractGroupAttribute"];

    /// <summary>One attribute is missing.</summary>
    public static IEnumerable<Edit> Deleted(SourceFile file)
    {
        foreach (var attribute in Attributes(file))
        {
            var list = (AttributeListSyntax)attribute.Parent!;
            string what = Edit.OneLine(attribute);
            if (list.Attributes.Count == 1)
            {
                yield return new Edit(attribute, what, [new TextChange(list.Span, "")]);
                continue;
            }

            int index = list.Attributes.IndexOf(attribute);
            var span = index == 0 ? TextSpan.FromBounds(attribute.SpanStart, list.Attributes[1].SpanStart) : TextSpan.FromBounds(list.Attributes[index - 1].Span.End, attribute.Span.End);
            yield return new Edit(attribute, what, [new TextChange(span, "")]);
        }
    }

    /// <summary>One entry of the lock order is missing.</summary>
    public static IEnumerable<Edit> UnorderedClasses(SourceFile file)
    {
        foreach (var arguments in Attributes(file).Where(attribute => attribute.Name.ToString() == "LockOrder").Select(static attribute => attribute.ArgumentList!))
        {
            for (int i = 1; i < arguments.Arguments.Count; i++)
                yield return new Edit(arguments.Arguments[i], arguments.Arguments[i].ToString(), [new TextChange(TextSpan.FromBounds(arguments.Arguments[i - 1].Span.End, arguments.Arguments[i].Span.End), "")]);
        }
    }

    /// <summary>A condition becomes its opposite.</summary>
    public static IEnumerable<Edit> FlippedConditions(SourceFile file)
    {
        foreach (var attribute in Attributes(file))
        {
            if (attribute.ArgumentList?.Arguments.FirstOrDefault(static argument => argument.NameEquals?.Name.Identifier.ValueText == "When")?.Expression is { } when)
                yield return Edit.Replace(when, $"\"!(\" + {when} + \")\"", Edit.OneLine(attribute));
        }
    }

    /// <summary>An exclusive need becomes a shared one.</summary>
    public static IEnumerable<Edit> WeakerNeeds(SourceFile file)
    {
        const string Strong = "exclusive(";
        foreach (var attribute in Attributes(file).Where(static attribute => attribute.Name.ToString() is "MustHold" or "WriteBy" or "AssertsHeld"))
        {
            foreach (var literal in attribute.DescendantTokens().Where(static token => token.IsKind(SyntaxKind.StringLiteralToken)))
            {
                for (int at = literal.Text.IndexOf(Strong, StringComparison.Ordinal), number = 1; at >= 0; at = literal.Text.IndexOf(Strong, at + 1, StringComparison.Ordinal), number++)
                    yield return new Edit(attribute, $"{Edit.OneLine(attribute)} shared at {number}", [new TextChange(new TextSpan(literal.SpanStart + at, Strong.Length), "shared(")]);
            }
        }
    }

    private static IEnumerable<AttributeSyntax> Attributes(SourceFile file) => file.All<AttributeSyntax>().Where(attribute => IsContract(file.Model.GetTypeInfo(attribute).Type));

    private static bool IsContract(ITypeSymbol? type) =>
        type is { ContainingNamespace.Name: "MmLint" } || s_bases.Contains(type?.BaseType?.Name);
}
