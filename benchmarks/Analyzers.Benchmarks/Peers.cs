using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using MmLint.Analyzers;
using Spectre.Console;

namespace AnalyzerBenchmarks;

/// <summary>
/// The analyzers that many projects use, beside this one, on the same code in the same process. The rules of NetAnalyzers are all on, as by <c>AnalysisLevel=latest-all</c>; the others
/// run the rules that are on by default.
/// </summary>
internal static class Peers
{
    /// <summary>Each of the others and where its assemblies lie.</summary>
    public static IEnumerable<(string Name, string Folder)> Folders { get; } =
        [.. typeof(Peers).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Where(a => a.Key.StartsWith("Peer:", StringComparison.Ordinal)).Select(a => (a.Key[5..], a.Value!))];

    public static void Run()
    {
        ImmutableArray<(string Name, ImmutableArray<DiagnosticAnalyzer> Analyzers)> peers =
        [
            ("MmLint", AllAnalyzers.Instances),
            .. Folders.Select(peer => (peer.Name, Load(peer.Folder))),
        ];
        foreach (Workload workload in (Workload[])[Workload.Named("kernel"), Workload.Named("annotated"), Workload.Named("mixed"), Workload.Named("plain")])
        {
            Table table = new Table().Border(TableBorder.Markdown).AddColumn($"{workload.Name}, {workload.Lines} lines");
            foreach (string column in (string[])["analyzers", "check ms", "of compiling", "own ms", "alloc MB", "findings"])
                table.AddColumn(new TableColumn(column).RightAligned());
            ImmutableArray<Measurement> costs = Measurement.InTurns(
                [.. peers.Select(peer => (peer.Name == "NetAnalyzers" ? workload.WithAllRulesOf(peer.Analyzers) : workload, peer.Analyzers))], rounds: 4);
            foreach ((string name, ImmutableArray<DiagnosticAnalyzer> analyzers, Measurement cost) in peers.Zip(costs, (peer, cost) => (peer.Name, peer.Analyzers, cost)))
            {
                table.AddRow(
                    name, $"{analyzers.Length}", $"{cost.Check.TotalMilliseconds:F0}", $"{cost.Check / cost.Compile:P0}", $"{cost.Own.TotalMilliseconds:F0}", $"{cost.Allocated / 1048576.0:F0}",
                    $"{cost.Diagnostics.Length}");
            }

            AnsiConsole.Write(table);
        }
    }

    /// <summary>The C# analyzers among the assemblies of a folder, which bring what they need themselves except for the compiler.</summary>
    private static ImmutableArray<DiagnosticAnalyzer> Load(string folder)
    {
        var context = new AssemblyLoadContext(folder);
        context.Resolving += (own, name) => Path.Combine(folder, name.Name + ".dll") is var path && File.Exists(path) ? own.LoadFromAssemblyPath(path) : null;
        return
        [
            .. Directory.EnumerateFiles(folder, "*.dll").Select(context.LoadFromAssemblyPath).SelectMany(TypesIn)
                .Where(type => !type.IsAbstract && type.GetCustomAttribute<DiagnosticAnalyzerAttribute>() is { } attribute && attribute.Languages.Contains(LanguageNames.CSharp))
                .Select(type => (DiagnosticAnalyzer)Activator.CreateInstance(type)!),
        ];
    }

    /// <summary>Types for editors need assemblies that are not here.</summary>
    private static IEnumerable<Type> TypesIn(Assembly assembly)
    {
        try
        {
            return assembly.GetTypes();
        }
        catch (ReflectionTypeLoadException partly)
        {
            return partly.Types.OfType<Type>();
        }
    }
}
