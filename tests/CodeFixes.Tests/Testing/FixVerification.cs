using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Diagnostics;
using Xunit.Sdk;

namespace MmLint.Testing;

/// <summary>Applies code fixes to a small solution and compares its texts. Runs when awaited.</summary>
internal sealed class FixVerification
{
    private const string Twin = "Twin";

    private readonly string? _key;
    private readonly List<(string Project, string Name, string Before, string After)> _files = [];
    private string[]? _titles;
    private FixWorkspace _workspace = FixWorkspace.LockContracts;
    private FixAllScope _scope = FixAllScope.Document;
    private string _project = "Test";
    private string? _config;

    internal FixVerification(string? equivalenceKey) => _key = equivalenceKey;

    /// <summary>Adds a source to the project.</summary>
    public FixVerification WithSource(string name, string before, string after)
    {
        _files.Add((_project, name, before, after));
        return this;
    }

    /// <summary>Begins another project, to which the sources that follow belong.</summary>
    public FixVerification WithProject(string name)
    {
        _project = name;
        return this;
    }

    /// <summary>Gives every project this config file.</summary>
    public FixVerification WithConfig(string text)
    {
        _config = text;
        return this;
    }

    /// <summary>Fix-all runs over more than the document. Sources outside of the scope must say the same before and after.</summary>
    public FixVerification InScope(FixAllScope scope)
    {
        _scope = scope;
        return this;
    }

    /// <summary>Runs other analyzers and another fix: how the harness itself is tested.</summary>
    public FixVerification By(ImmutableArray<DiagnosticAnalyzer> analyzers, CodeFixProvider fix)
    {
        _workspace = new FixWorkspace(analyzers, [fix]);
        return this;
    }

    /// <summary>Runs the verification.</summary>
    public TaskAwaiter GetAwaiter() => RunAsync().GetAwaiter();

    internal FixVerification Offering(string[] titles)
    {
        _titles = titles;
        return this;
    }

    private async Task RunAsync()
    {
        var before = FixWorkspace.Open(_files.Select(f => (f.Project, f.Name, Plain(f.Before))), _config);
        foreach (var project in _files.GroupBy(f => f.Project))
        {
            if (_titles is not null || project.Any(f => HasMarkup(f.Before)))
                await VerifyAsync(project.Select(f => (f.Name, f.Before)));
        }

        var offered = await _workspace.OffersAsync(before);
        if (_titles is not null)
        {
            string[] titles = [.. offered.Where(o => _key is null || o.Action.EquivalenceKey == _key).Select(o => o.Action.Title)];
            if (!titles.SequenceEqual(_titles))
                throw new XunitException($"Fixes{Environment.NewLine}  expected: {string.Join("; ", _titles)}{Environment.NewLine}  offered:  {string.Join("; ", titles)}");
            return;
        }

        var chosen = offered.FirstOrDefault(o => _key is null || o.Action.EquivalenceKey == _key)
            ?? throw new XunitException(
                "No such fix is offered. Offered: " + string.Join("; ", offered.Select(o => $"{o.Action.Title} ({o.Action.EquivalenceKey})")));
        if (_scope == FixAllScope.Document)
            await CompareAsync("fixed one by one", await FixOneByOneAsync(before, offered.Count, chosen));
        if (chosen.Provider.GetFixAllProvider() is { } fixAll)
        {
            await CompareAsync($"fix-all in {_scope}", await _workspace.FixAllAsync(before, chosen, fixAll, _scope));
            if (_scope == FixAllScope.Document && _files.Skip(1).All(f => f.Project == _files[0].Project && !HasMarkup(f.Before)))
                await CompareTwinsAsync(chosen, fixAll);
        }
        else if (_scope != FixAllScope.Document)
            throw new XunitException("The fix has no fix-all");

        foreach (var project in _files.GroupBy(f => f.Project))
            await VerifyAsync(project.Select(f => (f.Name, f.After)));
    }

    /// <summary>Where two projects have the same sources, fix-all in the solution mends both, and fix-all in a project only its own.</summary>
    private async Task CompareTwinsAsync(Offer chosen, FixAllProvider fixAll)
    {
        var sources = _files.Select(f => (f.Project, f.Name, Before: Plain(f.Before))).ToList();
        var twins = FixWorkspace.Open([.. sources, .. sources.Select(f => (Twin, f.Name, f.Before))], _config);
        var offer = (await _workspace.OffersAsync(twins, chosen.Provider)).First(o => o.Document.Project.Name != Twin && o.Action.EquivalenceKey == chosen.Action.EquivalenceKey);
        foreach (var scope in (FixAllScope[])[FixAllScope.Project, FixAllScope.Solution])
        {
            var after = await _workspace.FixAllAsync(twins, offer, fixAll, scope);
            await CompareAsync($"fix-all in {scope}, of two projects", after);
            foreach (var (project, name, before) in sources)
            {
                string expected = scope == FixAllScope.Project ? before.ReplaceLineEndings("\n") : await TextAsync(after, project, name);
                string twin = await TextAsync(after, Twin, name);
                if (twin != expected)
                    throw new XunitException($"{name} of the other project, fix-all in {scope}{Environment.NewLine}--- expected{Environment.NewLine}{expected}{Environment.NewLine}--- got{Environment.NewLine}{twin}");
            }
        }
    }

    private static async Task<string> TextAsync(Solution solution, string project, string name) =>
        (await solution.Projects.Single(p => p.Name == project).Documents.Single(d => d.Name == name).GetTextAsync()).ToString().ReplaceLineEndings("\n");

    private async Task<Solution> FixOneByOneAsync(Solution solution, int offers, Offer chosen)
    {
        // A fix may uncover as much as it mends, but not for ever.
        for (int step = 0; step <= 2 * offers; step++)
        {
            var next = (await _workspace.OffersAsync(solution, chosen.Provider)).FirstOrDefault(o => o.Action.EquivalenceKey == chosen.Action.EquivalenceKey);
            if (next is null)
                return solution;
            solution = await FixWorkspace.ApplyAsync(solution, next.Action);
        }

        throw new XunitException($"After {2 * offers + 1} applications the fix is still offered.{Environment.NewLine}{await TextOfAsync(solution)}");
    }

    private async Task CompareAsync(string how, Solution solution)
    {
        foreach (var (project, name, _, after) in _files)
        {
            string text = await TextAsync(solution, project, name);
            if (text != Plain(after).ReplaceLineEndings("\n"))
                throw new XunitException($"""
                    {name}, {how}
                    --- expected
                    {Plain(after)}
                    --- got
                    {text}
                    """);
        }
    }

    private async Task VerifyAsync(IEnumerable<(string Name, string Text)> sources)
    {
        var files = sources.ToList();
        var verification = _titles is not null || files.Any(f => HasMarkup(f.Text)) ? Verify.Flags(files[0].Text) : Verify.Silent(files[0].Text);
        foreach (var (name, text) in files.Skip(1))
            verification = verification.WithSource(name, text);
        if (_config is not null)
            verification = verification.WithConfig(_config);
        await verification.By(_workspace.Analyzers);
    }

    private static bool HasMarkup(string text) => Markup.Parse("", text, rule: null).Marked.Count > 0;

    private static string Plain(string text) => Markup.Parse("", text, rule: null).Text;

    private static async Task<string> TextOfAsync(Solution solution)
    {
        var documents = solution.Projects.SelectMany(p => p.Documents).Where(d => d.Name != FixWorkspace.PreambleFile);
        var texts = await Task.WhenAll(documents.Select(d => d.GetTextAsync()));
        return string.Join(Environment.NewLine, texts.Select(t => t.ToString()));
    }
}
