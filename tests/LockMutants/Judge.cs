using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using LockMutants.Operators;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using MmLint.Analyzers;

namespace LockMutants;

/// <summary>
/// Asks the analyzers about mutants. A mutant of a body is noticed in the files of its own type if anywhere, but for the order of locks: so one compilation
/// holds a mutant in each of many types, and each file is asked about its own, first the changed member, then the rest. A mutant of a contract has a
/// compilation of its own, in which its file is asked, then those that can depend on the changed member, then everything if the order of locks can.
/// </summary>
internal sealed class Judge(CSharpCompilation compilation, AnalyzerOptions options)
{
    private const int Workers = 2;
    private readonly Dictionary<string, SyntaxTree> _trees = compilation.SyntaxTrees.ToDictionary(static tree => tree.FilePath);
    private readonly Mentions _mentions = new(compilation.SyntaxTrees);
    private readonly ILookup<string, string> _parts = PartsOf(compilation);

    /// <summary>What is reported of the unmutated source: nothing.</summary>
    public async Task<ImmutableArray<Diagnostic>> UnmutatedAsync()
    {
        var errors = compilation.GetDiagnostics().Where(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
        return [.. errors, .. Findings(await Analyzers(compilation).GetAnalyzerDiagnosticsAsync(CancellationToken.None))];
    }

    /// <summary>Judges mutants side by side.</summary>
    public async Task<List<Verdict>> JudgeAsync(IReadOnlyList<Mutant> mutants, Action<Verdict>? done = null)
    {
        var verdicts = new ConcurrentDictionary<Mutant, Verdict>();
        await Parallel.ForEachAsync(Rounds(mutants), new ParallelOptions { MaxDegreeOfParallelism = Workers }, async (round, _) =>
        {
            foreach (var verdict in await JudgeRoundAsync(round))
            {
                verdicts[verdict.Mutant] = verdict;
                done?.Invoke(verdict);
            }
        });
        return [.. mutants.Select(mutant => verdicts[mutant])];
    }

    /// <summary>The files among which a type is divided, by each of them.</summary>
    private static ILookup<string, string> PartsOf(CSharpCompilation compilation) => compilation.SyntaxTrees
        .SelectMany(static tree => tree.GetRoot().DescendantNodes().OfType<TypeDeclarationSyntax>().Where(static type => type.Modifiers.Any(SyntaxKind.PartialKeyword)).Select(type => (Type: type.Identifier.ValueText, File: tree.FilePath)))
        .GroupBy(static part => part.Type).Select(static type => type.Select(static part => part.File).Distinct().ToList())
        .SelectMany(static files => files.SelectMany(file => files.Where(other => other != file).Select(other => (file, other))))
        .Distinct().ToLookup(static pair => pair.file, static pair => pair.other);

    /// <summary>Mutants that one compilation can hold: of bodies in different types, or one alone.</summary>
    private IEnumerable<List<Mutant>> Rounds(IEnumerable<Mutant> mutants)
    {
        var kinds = mutants.ToLookup(static mutant => mutant.Operator.Reach == Reach.Contract);
        var files = kinds[false].GroupBy(mutant => _parts[PathOf(mutant)].Append(PathOf(mutant)).Min(StringComparer.Ordinal)).Select(static file => file.ToList()).ToList();
        return Enumerable.Range(0, files.Select(static file => file.Count).DefaultIfEmpty().Max()).Select(round => files.Where(file => round < file.Count).Select(file => file[round]).ToList())
            .Concat(kinds[true].Select(static mutant => new List<Mutant> { mutant }));
    }

    private string PathOf(Mutant mutant) => _trees.ContainsKey(mutant.File) ? mutant.File : System.IO.Path.Combine(KernelSource.Folder, mutant.File);

    private async Task<List<Verdict>> JudgeRoundAsync(List<Mutant> round)
    {
        var mutated = new List<(Mutant Mutant, SyntaxTree Old, SyntaxTree New)>();
        foreach (var mutant in round)
        {
            var old = _trees[PathOf(mutant)];
            mutated.Add((mutant, old, old.WithChangedText((await old.GetTextAsync()).WithChanges(mutant.Changes))));
        }

        var changed = mutated is [var (_, before, after)]
            ? compilation.ReplaceSyntaxTree(before, after)
            : compilation.RemoveSyntaxTrees(mutated.Select(static each => each.Old)).AddSyntaxTrees(mutated.Select(static each => each.New));
        var analyzers = Analyzers(changed);
        var verdicts = new List<Verdict>();
        foreach (var (mutant, old, tree) in mutated)
        {
            var verdict = await JudgeAsync(mutant, changed.GetSemanticModel(tree), analyzers);
            if (verdict.Fate is Fate.Survived or Fate.Nullable && (mutant.IsSeenFromAfar || _mentions.FilesOf(mutant.Member) is null))
            {
                var alone = round.Count == 1 ? analyzers : Analyzers(compilation.ReplaceSyntaxTree(old, tree));
                if (Findings(await alone.GetAnalyzerDiagnosticsAsync(CancellationToken.None)).FirstOrDefault() is { } found)
                    verdict = new Verdict(mutant, IsFailure(found) ? Fate.Failed : Fate.Reported, Text(found));
            }

            verdicts.Add(verdict);
        }

        return verdicts;
    }

    private async Task<Verdict> JudgeAsync(Mutant mutant, SemanticModel model, CompilationWithAnalyzers analyzers)
    {
        var root = await model.SyntaxTree.GetRootAsync();
        var member = root.FindToken(mutant.Changes[0].Span.Start).Parent?.FirstAncestorOrSelf<MemberDeclarationSyntax>(static node => node is not BaseNamespaceDeclarationSyntax) ?? root;
        var compiler = model.GetDiagnostics(member.FullSpan);
        if (compiler.FirstOrDefault(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error) is { } error)
            return new Verdict(mutant, Fate.Invalid, Text(error));
        foreach (var (near, span) in PlacesAround(mutant, model, member.FullSpan))
        {
            if (Findings(await analyzers.GetAnalyzerSemanticDiagnosticsAsync(near, span, CancellationToken.None)).FirstOrDefault() is { } found)
                return new Verdict(mutant, IsFailure(found) ? Fate.Failed : Fate.Reported, Text(found));
        }

        return compiler.FirstOrDefault(static diagnostic => diagnostic.Id.StartsWith("CS86", StringComparison.Ordinal)) is { } warning
            ? new Verdict(mutant, Fate.Nullable, Text(warning))
            : new Verdict(mutant, Fate.Survived, "");
    }

    /// <summary>Where to ask, the likeliest place first: the changed member, its file, the other files of its type, for a change of a contract those that can depend on it.</summary>
    private IEnumerable<(SemanticModel Model, TextSpan? Span)> PlacesAround(Mutant mutant, SemanticModel model, TextSpan member)
    {
        yield return (model, member);
        yield return (model, null);
        var others = mutant.Operator.Reach == Reach.Contract ? _mentions.FilesOf(mutant.Member) ?? [] : _parts[model.SyntaxTree.FilePath].Select(file => _trees[file]);
        foreach (var other in others.Where(other => other.FilePath != model.SyntaxTree.FilePath))
            yield return (model.Compilation.GetSemanticModel(other), null);
    }

    private CompilationWithAnalyzers Analyzers(CSharpCompilation subject) =>
        new(subject, s_analyzers, new CompilationWithAnalyzersOptions(options, onAnalyzerException: null, concurrentAnalysis: false, logAnalyzerExecutionTime: false));

    /// <summary>Not those that only give hints, which nobody is asked to follow.</summary>
    private static readonly ImmutableArray<DiagnosticAnalyzer> s_analyzers =
        [.. AllAnalyzers.Instances.Where(static analyzer => analyzer.SupportedDiagnostics.Any(static rule => rule.DefaultSeverity >= DiagnosticSeverity.Warning))];

    private static IEnumerable<Diagnostic> Findings(IEnumerable<Diagnostic> reported) => reported.Where(static diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning);

    /// <summary>Whether the finding is that an analyzer threw an exception.</summary>
    private static bool IsFailure(Diagnostic finding) => finding.Id.StartsWith("AD", StringComparison.Ordinal);

    private static string Text(Diagnostic diagnostic) => diagnostic.Id + ": " + diagnostic.GetMessage(null);
}
