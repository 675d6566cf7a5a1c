using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace AnalyzerTests.Robustness.Fuzz;

/// <summary>Random edits of real C#: what a hand does to code, and what a fuzzer does to contracts.</summary>
internal static class TokenEdits
{
    private const int MaxEdits = 4;
    private const int MaxDepth = 6;

    private static readonly string[] s_atoms =
        ["this", "result", "value", "vma", "mm", "folio", "Lock", "Mm", "MmapLock", "null", "true", "1", "\"s\"", "vma.Lock", "vma.Mm.MmapLock", "result.Lock", "a[0]", "old(vma.Mm)", "VmFault.Retry", "Rcu.Section", "$", "", "VmArea.Lock"];

    /// <summary>The text after one to four edits, and what they were.</summary>
    public static (string Text, string Edits) Apply(SyntaxNode root, Random random)
    {
        var tokens = root.DescendantTokens().Where(token => token.Span.Length > 0).Select(token => token.ToFullString()).ToList();
        var literals = root.DescendantTokens().Where(token => token.Span.Length > 0).Select((token, index) => (token, index))
            .Where(pair => pair.token.IsKind(SyntaxKind.StringLiteralToken) && pair.token.Parent?.Parent?.IsKind(SyntaxKind.AttributeArgument) == true).Select(pair => pair.index).ToList();
        var edits = new List<string>();
        for (int left = random.Next(MaxEdits) + 1; left > 0 && tokens.Count > 2; left--)
        {
            int at = random.Next(tokens.Count);
            int other = random.Next(tokens.Count);
            switch (random.Next(7))
            {
                case 0:
                    edits.Add($"delete {at}");
                    tokens[at] = "";
                    break;
                case 1:
                    edits.Add($"duplicate {at}");
                    tokens[at] += " " + tokens[at];
                    break;
                case 2:
                    edits.Add($"swap {at} {other}");
                    (tokens[at], tokens[other]) = (tokens[other], tokens[at]);
                    break;
                case 3:
                    edits.Add($"copy {other} to {at}");
                    tokens[at] = tokens[other];
                    break;
                case 4 when random.Next(8) == 0:
                    edits.Add($"truncate {at}");
                    tokens.RemoveRange(at, tokens.Count - at);
                    literals.RemoveAll(index => index >= at);
                    break;
                case 4:
                    int until = Math.Min(tokens.Count, at + random.Next(20));
                    edits.Add($"delete {at} to {until}");
                    for (int i = at; i < until; i++)
                        tokens[i] = "";
                    break;
                default:
                    if (literals.Count == 0)
                        break;
                    at = literals[random.Next(literals.Count)];
                    string contract = Contract(random, random.Next(MaxDepth));
                    edits.Add($"contract {at} {contract}");
                    tokens[at] = SymbolDisplay.FormatLiteral(contract, quote: true) + " ";
                    break;
            }
        }

        return (string.Concat(tokens), string.Join(", ", edits));
    }

    /// <summary>A random string near the grammar of contracts.</summary>
    private static string Contract(Random random, int depth)
    {
        if (depth == 0)
            return s_atoms[random.Next(s_atoms.Length)];
        string Inner() => Contract(random, depth - 1);
        return random.Next(11) switch
        {
            0 => Inner() + " && " + Inner(),
            1 => Inner() + " || " + Inner(),
            2 => "shared(" + Inner() + ")",
            3 => "exclusive(" + Inner() + ")",
            4 => "!" + Inner(),
            5 => "(" + Inner() + " ? " + Inner() + " : " + Inner() + ")",
            6 => Inner() + "." + Inner(),
            7 => Inner() + " == " + Inner(),
            8 => "(" + Inner() + " & VmFault.Retry) != 0",
            9 => Inner() + " is not null",
            _ => Inner() + " < " + Inner(),
        };
    }
}
