using System.Collections.Generic;
using System.Linq;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace MmLint.Analyzers;

/// <summary>
/// Tells where in the source each character of a contract stands, however the string is written: escaped, verbatim, raw, interpolated with
/// <c>nameof</c>, or put together from several. It needs no semantic model, which no attribute at hand has.
/// </summary>
internal sealed class ContractText
{
    private readonly StringBuilder _value = new();

    /// <summary>The place of each character; a name that <c>nameof</c> gives stands as a whole where the call stands.</summary>
    private readonly List<TextSpan> _places = [];

    private ContractText()
    {
    }

    /// <summary>The string that the expression gives.</summary>
    internal string Value => _value.ToString();

    /// <summary>Reads an argument; null where it is more than strings and <c>nameof</c>.</summary>
    internal static ContractText? Of(ExpressionSyntax expression)
    {
        var text = new ContractText();
        return text.Add(expression) ? text : null;
    }

    /// <summary>The place of a part of the value.</summary>
    internal TextSpan PlaceOf(TextSpan part) => TextSpan.FromBounds(_places[part.Start].Start, _places[part.End - 1].End);

    private bool Add(ExpressionSyntax expression)
    {
        switch (expression)
        {
            case ParenthesizedExpressionSyntax inner:
                return Add(inner.Expression);
            case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.AddExpression } sum:
                return Add(sum.Left) && Add(sum.Right);
            case LiteralExpressionSyntax { RawKind: (int)SyntaxKind.StringLiteralExpression, Token: var token }:
                return AddLiteral(token);
            case InvocationExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: "nameof" }, ArgumentList.Arguments: { Count: 1 } arguments } call:
                return AddName(arguments[0].Expression, call.Span);
            case InterpolatedStringExpressionSyntax { StringStartToken: var start } interpolated:
                return interpolated.Contents.All(content => content switch
                {
                    InterpolatedStringTextSyntax { TextToken: var part } => AddCharacters(part.Text, part.SpanStart, Writing(start.Text), braces: true),
                    InterpolationSyntax { AlignmentClause: null, FormatClause: null, Expression: InvocationExpressionSyntax hole } => Add(hole),
                    _ => false,
                });
            default:
                return false;
        }
    }

    private bool AddName(ExpressionSyntax named, TextSpan place)
    {
        string? name = named switch
        {
            SimpleNameSyntax simple => simple.Identifier.ValueText,
            MemberAccessExpressionSyntax { Name.Identifier.ValueText: var member } => member,
            _ => null,
        };
        if (name is null) return false;
        _value.Append(name);
        _places.AddRange(Enumerable.Repeat(place, name.Length));
        return true;
    }

    private bool AddLiteral(SyntaxToken token)
    {
        string text = token.Text;
        if (token.IsKind(SyntaxKind.SingleLineRawStringLiteralToken))
        {
            int quotes = text.Length - text.TrimStart('"').Length;
            return AddCharacters(text.Substring(quotes, text.Length - (2 * quotes)), token.SpanStart + quotes, Style.Raw, braces: false);
        }

        if (token.IsKind(SyntaxKind.StringLiteralToken))
        {
            int opening = text.IndexOf('"') + 1;
            return opening > 0 && text.Length > opening && AddCharacters(text.Substring(opening, text.Length - opening - 1), token.SpanStart + opening, Writing(text), braces: false);
        }

        // The lines of a raw string lose their indentation; the whole string stands for each of its characters.
        _value.Append(token.ValueText);
        _places.AddRange(Enumerable.Repeat(token.Span, token.ValueText.Length));
        return true;
    }

    private static Style Writing(string start) => start.Contains("\"\"\"") ? Style.Raw : start.TrimStart('$').StartsWith("@", System.StringComparison.Ordinal) ? Style.Verbatim : Style.Escaped;

    private bool AddCharacters(string written, int position, Style style, bool braces)
    {
        for (int at = 0; at < written.Length;)
        {
            int length = 1;
            string value = written[at].ToString();
            bool isDoubled = at + 1 < written.Length && written[at + 1] == written[at];
            if (style == Style.Escaped && written[at] == '\\') (value, length) = Escape(written, at);
            else if (isDoubled && ((style == Style.Verbatim && written[at] == '"') || (braces && style != Style.Raw && written[at] is '{' or '}'))) length = 2;
            if (length == 0) return false;
            _value.Append(value);
            _places.AddRange(Enumerable.Repeat(new TextSpan(position + at, length), value.Length));
            at += length;
        }

        return true;
    }

    /// <summary>The value of an escape and how long it is written, by asking the compiler's own lexer; 0 where there is none.</summary>
    private static (string Value, int Length) Escape(string written, int at)
    {
        int most = at + 1 < written.Length ? written[at + 1] switch { 'x' => 6, 'u' => 6, 'U' => 10, _ => 2 } : 0;
        for (int length = System.Math.Min(most, written.Length - at); length >= 2; length--)
        {
            SyntaxToken token = SyntaxFactory.ParseToken("\"" + written.Substring(at, length) + "\"");
            if (!token.ContainsDiagnostics && token.IsKind(SyntaxKind.StringLiteralToken) && (token.ValueText.Length == 1 || (length == 10 && token.ValueText.Length == 2))) return (token.ValueText, length);
        }

        return ("", 0);
    }

    private enum Style
    {
        Escaped,
        Verbatim,
        Raw,
    }
}
