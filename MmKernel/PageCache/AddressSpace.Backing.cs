using System;
using MmLint;

namespace MmKernel;

/// <content>Pages that lie behind the file: reading, writing back.</content>
public sealed partial class AddressSpace
{
    /// <summary>What lies behind the file; null if it is in memory only.</summary>
    internal FileBacking? Backing { get; }

    /// <summary>Whether the page is there with its contents, so that nothing has to be read.</summary>
    internal bool IsUpToDate(ulong index)
    {
        var folio = Find(index);
        if (folio == null)
            return false;
        bool upToDate = folio.Has(FolioFlags.UpToDate);
        Memory.Put(folio);
        return upToDate;
    }

    /// <summary>Writes the page back if it or one of its mappings is dirty; no mapping can write to it then (<c>folio_clear_dirty_for_io</c>).</summary>
    /// <returns>False after an error.</returns>
    [MustHold("folio"), TakesRmap]
    internal bool Clean(Folio folio)
    {
        bool wasMapped = FileRmap.FolioMkclean(folio, this) > 0;
        if (!wasMapped && !folio.Has(FolioFlags.Dirty))
            return true;
        folio.Clear(FolioFlags.Dirty);
        if (WriteBack(folio))
            return true;
        folio.Set(FolioFlags.Dirty);
        return false;
    }

    /// <summary>Writes a page that no mapping can write to.</summary>
    [MustHold("folio"), MaySleep]
    internal unsafe bool WriteBack(Folio folio) =>
        Backing != null && Backing.WritePage(folio.Index, new ReadOnlySpan<byte>(Memory.PointerTo(folio.Frame), Page.Size));

    /// <summary>Makes sure that the page has its contents.</summary>
    [MustHold("folio"), MaySleep]
    private unsafe bool TryRead(Folio folio)
    {
        if (folio.Has(FolioFlags.UpToDate))
            return true;
        if (Backing == null || !Backing.ReadPage(folio.Index, new Span<byte>(Memory.PointerTo(folio.Frame), Page.Size)))
            return false;
        folio.Set(FolioFlags.UpToDate);
        return true;
    }
}
