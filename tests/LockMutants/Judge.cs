using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using LockMutants.Operators;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using MmLint.Analyzers;

namespace LockMutants;

/// <summary>
/// Asks the analyzers about mutants, each in the one compilation with one tree replaced: first about that tree and those that speak of the
/// changed member, which nearly always is enough, then about everything where it could matter.
/// </summary>
internal sealed class Judge(CSharpCompilation compilation, AnalyzerOptions options)
{
    private const int Workers = 2;
    private readonly Dictionary<string, SyntaxTree> _trees = compilation.SyntaxTrees.ToDictionary(static tree => tree.FilePath);
    private readonly Dictionary<string, HashSet<string>> _names = compilation.SyntaxTrees.ToDictionary(
        static tree => tree.FilePath,
        static tree => tree.GetRoot().DescendantTokens().Where(static token => token.IsKind(SyntaxKind.IdentifierToken)).Select(static token => token.ValueText).ToHashSet());

    /// <summary>What is reported of the unmutated source: nothing.</summary>
    public async Task<ImmutableArray<Diagnostic>> UnmutatedAsync()
    {
        var errors = compilation.GetDiagnostics().Where(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
        return [.. errors, .. Findings(await Analyzers(compilation).GetAnalyzerDiagnosticsAsync(CancellationToken.None))];
    }

    /// <summary>Judges mutants side by side.</summary>
    public async Task<List<Verdict>> JudgeAsync(IReadOnlyList<Mutant> mutants, Action<Verdict>? done = null)
    {
        var verdicts = new Verdict[mutants.Count];
        await Parallel.ForAsync(0, mutants.Count, new ParallelOptions { MaxDegreeOfParallelism = Workers }, async (i, _) =>
        {
            verdicts[i] = await JudgeAsync(mutants[i]);
            done?.Invoke(verdicts[i]);
        });
        return [.. verdicts];
    }

    private async Task<Verdict> JudgeAsync(Mutant mutant)
    {
        var old = _trees[_trees.ContainsKey(mutant.File) ? mutant.File : System.IO.Path.Combine(KernelSource.Folder, mutant.File)];
        var tree = old.WithChangedText((await old.GetTextAsync()).WithChanges(mutant.Changes));
        var changed = compilation.ReplaceSyntaxTree(old, tree);
        var model = changed.GetSemanticModel(tree);
        var compiler = model.GetDiagnostics();
        if (compiler.FirstOrDefault(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error) is { } error)
            return new Verdict(mutant, Fate.Invalid, Text(error));

        var analyzers = Analyzers(changed);
        Diagnostic? found = null;
        foreach (var near in TreesAround(changed, tree, mutant))
        {
            if (found is null)
                found = Findings(await analyzers.GetAnalyzerSemanticDiagnosticsAsync(near == tree ? model : changed.GetSemanticModel(near), null, CancellationToken.None)).FirstOrDefault();
        }

        if (found is null && mutant.Operator.Reach != Reach.Body)
            found = Findings(await analyzers.GetAnalyzerDiagnosticsAsync(CancellationToken.None)).FirstOrDefault();
        if (found is not null)
            return new Verdict(mutant, Fate.Reported, Text(found));
        return compiler.FirstOrDefault(static diagnostic => diagnostic.Id.StartsWith("CS86", StringComparison.Ordinal)) is { } warning
            ? new Verdict(mutant, Fate.Nullable, Text(warning))
            : new Verdict(mutant, Fate.Survived, "");
    }

    /// <summary>The changed tree and, for a change of a contract, those that speak of the member.</summary>
    private IEnumerable<SyntaxTree> TreesAround(CSharpCompilation changed, SyntaxTree tree, Mutant mutant)
    {
        string name = mutant.Member[(mutant.Member.LastIndexOf('.') + 1)..];
        return mutant.Operator.Reach == Reach.Contract ? changed.SyntaxTrees.Where(other => other != tree && _names[other.FilePath].Contains(name)).Prepend(tree) : [tree];
    }

    private CompilationWithAnalyzers Analyzers(CSharpCompilation subject) =>
        new(subject, AllAnalyzers.Instances, new CompilationWithAnalyzersOptions(options, onAnalyzerException: null, concurrentAnalysis: false, logAnalyzerExecutionTime: false));

    private static IEnumerable<Diagnostic> Findings(IEnumerable<Diagnostic> reported) => reported.Where(static diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning);

    private static string Text(Diagnostic diagnostic) => diagnostic.Id + ": " + diagnostic.GetMessage(null);
}
