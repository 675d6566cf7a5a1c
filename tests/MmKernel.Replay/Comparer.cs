using System.Collections.Generic;
using System.Linq;

namespace MmKernel.Replay;

/// <summary>
/// Compares one step with the host. Fault-around is a heuristic of the host, so file entries that nobody touched may differ, and with them
/// resident sizes, shares and exclusivity of file pages.
/// </summary>
public sealed class Comparer
{
    private readonly HashSet<(int Process, int Window, int Page)> _touched = [];
    private readonly List<Difference> _differences = [];
    private bool _aroundDiffers;

    /// <summary>How many steps agreed only because file entries that nobody touched may differ.</summary>
    public int AllowedSteps { get; private set; }

    /// <summary>Remembers that a process accessed a page itself.</summary>
    /// <param name="process">The process.</param>
    /// <param name="window">The window.</param>
    /// <param name="page">The page.</param>
    public void Touch(int process, int window, int page) => _touched.Add((process, window, page));

    /// <summary>A child starts with what its parent touched.</summary>
    /// <param name="parent">The parent.</param>
    /// <param name="child">The child.</param>
    public void Fork(int parent, int child)
    {
        _touched.RemoveWhere(t => t.Process == child);
        foreach (var (process, window, page) in _touched.ToArray())
            if (process == parent) _touched.Add((child, window, page));
    }

    /// <summary>Compares the result of a step and the state of all processes after it.</summary>
    /// <param name="step">The step.</param>
    /// <param name="result">The result here, as compact JSON.</param>
    /// <param name="expected">The host's processes.</param>
    /// <param name="got">The processes here.</param>
    /// <returns>The differences, lowest level first; empty when all agrees.</returns>
    public IReadOnlyList<Difference> Compare(
        TraceStep step, string result, IReadOnlyDictionary<int, ProcessState> expected, IReadOnlyDictionary<int, ProcessState> got)
    {
        _differences.Clear();
        _aroundDiffers = expected.Keys.Any(p => got.ContainsKey(p) && AroundDiffers(p, expected[p], got[p]));
        CompareResult(step, result);
        foreach (var (process, state) in expected)
        {
            if (got.TryGetValue(process, out var mine)) CompareProcess(process, state, mine);
            else Add(Level.Geometry, $"process {process}", "lives", "is gone");
        }

        foreach (int process in got.Keys.Except(expected.Keys))
            Add(Level.Geometry, $"process {process}", "is gone", "lives");
        if (_aroundDiffers && _differences.Count == 0) AllowedSteps++;
        return _differences.OrderBy(d => d.Level).ToArray();
    }

    private void CompareResult(TraceStep step, string result)
    {
        if (step.Result == result) return;
        bool isValue = step.Operation == "readall"
            || (step.Operation == "read" && step.Result.Contains("\"val\"", default) && result.Contains("\"val\"", default));
        Add(isValue ? Level.Contents : Level.Geometry, "result", step.Result, result);
    }

    private void CompareProcess(int process, ProcessState expected, ProcessState got)
    {
        if (!expected.Vmas.Select(Geometry).SequenceEqual(got.Vmas.Select(Geometry)))
        {
            Add(Level.Geometry, $"VMAs of process {process}", List(expected.Vmas), List(got.Vmas));
            return;
        }

        ComparePages(process, expected.Pages, got.Pages);
        for (int i = 0; i < expected.Vmas.Count; i++)
            CompareVma(process, expected, got, expected.Vmas[i], got.Vmas[i]);
    }

    private void ComparePages(int process, IReadOnlyList<PageState> expected, IReadOnlyList<PageState> got)
    {
        var mine = got.ToDictionary(p => (p.Window, p.Page));
        foreach (var page in expected)
        {
            string what = $"page {page.Window}:{page.Page} of process {process}";
            if (!mine.Remove((page.Window, page.Page), out var other))
            {
                if (!IsAround(process, page)) Add(page.Digest != 0 ? Level.Contents : Level.Paging, what, page.ToString(), "nothing");
            }
            else if (page.Digest != other.Digest)
            {
                Add(Level.Contents, what, page.ToString(), other.ToString());
            }
            else if (page.Kind != other.Kind && !(_aroundDiffers && page.IsFile && page.Kind.Replace("x", "", default) == other.Kind.Replace("x", "", default)))
            {
                Add(Level.Paging, what, page.ToString(), other.ToString());
            }
        }

        foreach (var page in mine.Values.Where(p => !IsAround(process, p)))
        {
            Add(page.Digest != 0 ? Level.Contents : Level.Paging, $"page {page.Window}:{page.Page} of process {process}", "nothing", page.ToString());
        }
    }

    private void CompareVma(int process, ProcessState expectedState, ProcessState gotState, VmaState expected, VmaState got)
    {
        string what = $"VMA {expected.Window}:{expected.Start} of process {process}";
        var (theirs, ours) = (Sizes(expected), Sizes(got));
        if (_aroundDiffers && (HasFilePage(expected, expectedState) || HasFilePage(got, gotState)))
        {
            theirs = theirs with { Rss = theirs.Rss - AroundPages(process, expected, expectedState), Pss = 0, Locked = 0 };
            ours = ours with { Rss = ours.Rss - AroundPages(process, got, gotState), Pss = 0, Locked = 0 };
        }

        if (theirs != ours) Add(Level.Paging, what, expected.ToString(), got.ToString());
        else if (expected.Flags != got.Flags) Add(Level.Flags, what, expected.ToString(), got.ToString());
    }

    private bool AroundDiffers(int process, ProcessState expected, ProcessState got)
    {
        var theirs = expected.Pages.Where(p => IsAround(process, p)).Select(p => (p.Window, p.Page));
        return !theirs.ToHashSet().SetEquals(got.Pages.Where(p => IsAround(process, p)).Select(p => (p.Window, p.Page)));
    }

    private bool IsAround(int process, PageState page) => page.IsFile && !_touched.Contains((process, page.Window, page.Page));

    private long AroundPages(int process, VmaState vma, ProcessState state) => state.Pages.Count(p => Lies(p, vma) && IsAround(process, p));

    private static bool HasFilePage(VmaState vma, ProcessState state) => state.Pages.Any(p => p.IsFile && Lies(p, vma));

    private static bool Lies(PageState page, VmaState vma) => page.Window == vma.Window && page.Page >= vma.Start && page.Page < vma.End;

    private static (int, int, int, string, int, long) Geometry(VmaState v) => (v.Window, v.Start, v.End, v.Permissions, v.File, v.Offset);

    private static (long Rss, long Anonymous, long Pss, long Swap, long Locked) Sizes(VmaState v) =>
        (v.Rss, v.Anonymous, v.PssKilobytes, v.Swap, v.LockedKilobytes);

    private static string List(IEnumerable<VmaState> vmas) => string.Join(' ', vmas);

    private void Add(Level level, string what, string expected, string got) => _differences.Add(new Difference(level, what, expected, got));
}
