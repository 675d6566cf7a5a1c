using System;
using System.Globalization;
using System.Text;

namespace MmKernel;

/// <summary>What <c>/proc/vmstat</c> says of a machine (<c>mm/vmstat.c</c>).</summary>
internal static class VmstatView
{
    private static readonly (LruList List, string Name)[] s_lists =
    [
        (LruList.InactiveAnonymous, "nr_inactive_anon"), (LruList.ActiveAnonymous, "nr_active_anon"), (LruList.InactiveFile, "nr_inactive_file"),
        (LruList.ActiveFile, "nr_active_file"), (LruList.Unevictable, "nr_unevictable"),
    ];

    /// <summary>How many pages there are of each kind, then how often what happened; a line each (<c>vmstat_show</c>).</summary>
    internal static string Text(Machine machine)
    {
        var text = new StringBuilder();
        var memory = machine.Memory;
        Append(text, "nr_free_pages", memory.FreeFrames);
        foreach (var (list, name) in s_lists)
            Append(text, name, memory.Lru?.CountOf(list) ?? 0);
        AppendPages(text, memory);
        foreach (var what in Enum.GetValues<VmEvent>())
            Append(text, NameOf(what.ToString()), memory.Events[what]);
        foreach (var what in Enum.GetValues<HugePageEvent>())
            Append(text, "thp_" + NameOf(what.ToString()), machine.HugePages.Counters[what]);
        return text.ToString();
    }

    private static void AppendPages(StringBuilder text, PhysicalMemory memory)
    {
        long anonymous = 0;
        long mapped = 0;
        long cached = 0;
        for (ulong frame = 1; frame < (ulong)memory.FrameCount; frame++)
        {
            var folio = memory.FolioOf(frame);
            if (folio.PageMapCount > 0 && folio.IsAnonymous)
                anonymous++;
            else if (folio.PageMapCount > 0)
                mapped++;
            if (folio.Has(FolioFlags.SwapCache))
                cached++;
        }

        Append(text, "nr_anon_pages", anonymous);
        Append(text, "nr_mapped", mapped);
        Append(text, "nr_swapcached", cached);
    }

    private static void Append(StringBuilder text, string name, long value) => text.Append(CultureInfo.InvariantCulture, $"{name} {value}\n");

    /// <summary>The name in the file: lower case, words joined by underscores.</summary>
    private static string NameOf(string name)
    {
        var text = new StringBuilder();
        foreach (char letter in name)
        {
            if (char.IsUpper(letter) && text.Length > 0)
                text.Append('_');
            text.Append(char.ToLowerInvariant(letter));
        }

        return text.ToString();
    }
}
