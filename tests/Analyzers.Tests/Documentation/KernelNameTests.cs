using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AnalyzerTests.Documentation;

/// <summary>The table of kernel names in docs/kernel.md says what the doc comments of MmKernel say.</summary>
public sealed partial class KernelNameTests
{
    [Fact]
    public void Each_name_leads_to_a_member_whose_comment_has_it()
    {
        ILookup<string, string> comments = Comments();
        IEnumerable<string> wrong = MarkdownPage.At("docs/kernel.md").Lines.Select(line => Row().Match(line)).Where(row => row.Success)
            .Where(row => !comments[row.Groups["here"].Value].Any(comment => comment.Contains($"<c>{row.Groups["kernel"].Value}", StringComparison.Ordinal)))
            .Select(row => row.Value);

        Assert.Equal("", string.Join('\n', wrong));
    }

    [Fact]
    public void The_table_is_there_and_sorted()
    {
        string[] names = [.. MarkdownPage.At("docs/kernel.md").Lines.Select(line => Row().Match(line)).Where(row => row.Success).Select(row => row.Groups["kernel"].Value.TrimStart('_'))];

        Assert.True(names.Length > 200, $"docs/kernel.md has {names.Length} kernel names");
        Assert.Equal(names.Order(StringComparer.Ordinal), names);
    }

    /// <summary>The doc comments of all types and members, by the name that the table uses.</summary>
    private static ILookup<string, string> Comments() => Repository.Sources(Path.Combine(Repository.Root, "MmKernel"))
        .SelectMany(file => CSharpSyntaxTree.ParseText(File.ReadAllText(file), TestCompilation.ParseOptions).GetRoot().DescendantNodes().OfType<MemberDeclarationSyntax>())
        .SelectMany(member => Names(member).Select(name => (Name: name, Comment: member.GetLeadingTrivia().ToFullString())))
        .ToLookup(entry => entry.Name, entry => entry.Comment);

    private static IEnumerable<string> Names(MemberDeclarationSyntax member)
    {
        string type = member.Parent is BaseTypeDeclarationSyntax outer ? outer.Identifier.Text + "." : "";
        return member switch
        {
            BaseTypeDeclarationSyntax declared => [declared.Identifier.Text],
            DelegateDeclarationSyntax declared => [declared.Identifier.Text],
            ConstructorDeclarationSyntax declared => [declared.Identifier.Text],
            MethodDeclarationSyntax declared => [type + declared.Identifier.Text],
            PropertyDeclarationSyntax declared => [type + declared.Identifier.Text],
            EnumMemberDeclarationSyntax declared => [type + declared.Identifier.Text],
            BaseFieldDeclarationSyntax declared => declared.Declaration.Variables.Select(variable => type + variable.Identifier.Text),
            _ => [],
        };
    }

    [GeneratedRegex(@"^\| `(?<kernel>\w+)` \| `(?<here>[\w.]+)` \| [\w.]+ \|$")]
    private static partial Regex Row();
}
