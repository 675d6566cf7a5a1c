using System;
using MmLint;

namespace MmKernel;

/// <content>Pinned pages.</content>
public sealed partial class Process
{
    /// <summary>Pins pages for a device (<c>pin_user_pages</c>).</summary>
    /// <param name="address">The first page.</param>
    /// <param name="count">How many.</param>
    /// <param name="flags">What for.</param>
    /// <param name="pages">The pages, fewer if not all could be had; null after an error.</param>
    /// <returns>Number of pages, or −errno if there is none.</returns>
    [MaySleep]
    public long PinPages(ulong address, int count, PinFlags flags, out PinnedPages? pages)
    {
        using var entry = new SystemCall(this);
        var mm = Task.CurrentMm!;
        var folios = new Folio[count];
        int done = 0;
        int error = 0;
        while (done < count && error == 0)
        {
            var folio = PinUserPages.Pin(mm, Page.AlignDown(address) + ((ulong)done << Page.Shift), flags, out error);
            if (folio == null)
                break;
            folio.HandOverReference();
            folios[done++] = folio;
        }

        Array.Resize(ref folios, done);
        pages = done == 0 ? null : new PinnedPages(Machine.Memory, folios, flags);
        return done == 0 ? error : done;
    }
}
