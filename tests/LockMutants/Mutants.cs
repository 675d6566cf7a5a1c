using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using LockMutants.Operators;
using MmLint.Analyzers;

namespace LockMutants;

/// <summary>All mutants of a compilation.</summary>
internal static class Mutants
{
    private const int MaxLength = 140;

    /// <summary>Finds them, in the order of files and places.</summary>
    public static List<Mutant> Of(CSharpCompilation compilation, AnalyzerOptions options)
    {
        var catalog = new ContractCatalog(compilation, ContractFiles.Read(options.AdditionalFiles, default));
        var facts = new ContractFacts(compilation, catalog);
        var mutants = new List<Mutant>();
        foreach (var tree in compilation.SyntaxTrees.Where(static tree => tree.FilePath != "Mutated.cs"))
        {
            var file = new SourceFile(compilation.GetSemanticModel(tree), catalog, facts);
            foreach (var kind in Catalogue.All)
            {
                var seen = new Dictionary<string, int>();
                foreach (var edit in kind.Apply(file).OrderBy(static edit => edit.At.SpanStart))
                {
                    string member = SourceFile.MemberOf(edit.At);
                    string what = edit.What.Length > MaxLength ? edit.What[..MaxLength] + "…" : edit.What;
                    int number = seen[member + what] = seen.GetValueOrDefault(member + what) + 1;
                    mutants.Add(new Mutant(kind, Relative(tree.FilePath), edit.At.GetLocation().GetLineSpan().StartLinePosition.Line + 1, member, what, number, file.RoleOf(edit.At), IsSeenFromAfar(kind, edit, file), edit.Changes));
                }
            }
        }

        return mutants;
    }

    /// <summary>
    /// Some of the mutants, chosen by what each is and not by where it stands in the list, so that a change elsewhere in the kernel changes
    /// nothing here.
    /// </summary>
    public static IEnumerable<Mutant> Sample(IEnumerable<Mutant> mutants, int seed, int size) =>
        mutants.OrderBy(mutant => Mix(mutant.Key, seed)).Take(size);

    /// <summary>
    /// Fewer locks make no circle of locks. What data and values promise has no part in the order; what is needed has one where a lock is taken, for a token may stand for it.
    /// </summary>
    private static bool IsSeenFromAfar(Operator kind, Edit edit, SourceFile file) => kind.Reach == Reach.Order || (kind.Reach == Reach.Contract && edit.What.Split('(')[0] switch
    {
        "MaySleep" or "Requires" or "Ensures" or "ValidWhileHeld" or "Fresh" or "Borrowed" or "GuardedBy" or "ReadBy" or "WriteBy" or "Atomic" or "ReadFreely" or "WriteOnce" or "Tracked" or "Assigns"
            or "UseInstead" or "Crashes" or "MustNotHold" => false,
        "MustHold" => file.TakesLocks(edit.At),
        _ => true,
    });

    private static uint Mix(string key, int seed)
    {
        uint hash = 2166136261 ^ (uint)seed;
        foreach (char c in key)
            hash = (hash ^ c) * 16777619;
        return (hash ^ (hash >> 15)) * 2246822519;
    }

    private static string Relative(string path) => Path.IsPathRooted(path) ? Path.GetRelativePath(KernelSource.Folder, path) : path;
}
