using System.Collections.Generic;
using System.Globalization;
using System.Text.Json;

namespace MmKernel.Replay;

/// <summary>What <c>/proc/PID/smaps</c> says about one VMA that lies in a window. Addresses are pages relative to the window.</summary>
/// <param name="Window">The window.</param>
/// <param name="Start">First page; negative when the VMA begins before the window.</param>
/// <param name="End">Page after the last.</param>
/// <param name="Permissions">The four letters of maps, for example <c>rw-p</c>.</param>
/// <param name="File">0 for anonymous memory, 1 to 3 for the trace's files, 9 for a shared anonymous object.</param>
/// <param name="Offset">Offset into the file in pages; 0 for private anonymous memory.</param>
/// <param name="Flags">The VmFlags that traces record, in smaps order, separated by blanks.</param>
/// <param name="Rss">Resident pages.</param>
/// <param name="Anonymous">Resident anonymous pages.</param>
/// <param name="PssKilobytes">Proportional share in kB, rounded down as smaps rounds.</param>
/// <param name="Swap">Pages in swap.</param>
/// <param name="LockedKilobytes">Proportional share of locked memory in kB.</param>
public readonly record struct VmaState(
    int Window, int Start, int End, string Permissions, int File, long Offset, string Flags,
    long Rss, long Anonymous, long PssKilobytes, long Swap, long LockedKilobytes)
{
    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture,
            $"[{Window},{Start},{End},\"{Permissions}\",{File},{Offset},\"{Flags}\",{Rss},{Anonymous},{PssKilobytes},{Swap},{LockedKilobytes}]");
}

/// <summary>One page-table entry that is not empty.</summary>
/// <param name="Window">The window.</param>
/// <param name="Page">The page in the window.</param>
/// <param name="Kind">
/// <c>a</c> anonymous, <c>f</c> file, <c>z</c> zero page, <c>k</c> KSM page, <c>s</c> swap entry, <c>g</c> guard marker, <c>m</c> other
/// marker; followed by <c>x</c> when the page is mapped exactly once and <c>w</c> when it is write-protected by userfaultfd.
/// </param>
/// <param name="Digest">Digest of the contents; 0 for a zero page and for entries without a page.</param>
public readonly record struct PageState(int Window, int Page, string Kind, uint Digest)
{
    /// <summary>Whether the entry maps a page of a file or of a shared anonymous object.</summary>
    public bool IsFile => Kind[0] == 'f';

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"[{Window},{Page},\"{Kind}\",\"{Digest:x}\"]");
}

/// <summary>The observable state of one process: its VMAs and page-table entries inside the windows, in address order.</summary>
/// <param name="Vmas">The VMAs.</param>
/// <param name="Pages">The entries.</param>
public sealed record ProcessState(IReadOnlyList<VmaState> Vmas, IReadOnlyList<PageState> Pages)
{
    /// <summary>Reads one process of a trace line.</summary>
    /// <param name="element">The object with <c>vmas</c> and <c>pages</c>.</param>
    /// <returns>The state.</returns>
    public static ProcessState Parse(JsonElement element)
    {
        var vmas = new List<VmaState>();
        foreach (var v in element.GetProperty("vmas").EnumerateArray())
        {
            vmas.Add(new VmaState(
                v[0].GetInt32(), v[1].GetInt32(), v[2].GetInt32(), v[3].GetString()!, v[4].GetInt32(), v[5].GetInt64(), v[6].GetString()!,
                v[7].GetInt64(), v[8].GetInt64(), v[9].GetInt64(), v[10].GetInt64(), v[11].GetInt64()));
        }

        var pages = new List<PageState>();
        foreach (var p in element.GetProperty("pages").EnumerateArray())
        {
            uint digest = uint.Parse(p[3].GetString()!, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            pages.Add(new PageState(p[0].GetInt32(), p[1].GetInt32(), p[2].GetString()!, digest));
        }

        return new ProcessState(vmas, pages);
    }
}
