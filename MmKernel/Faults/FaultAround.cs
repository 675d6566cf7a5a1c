using System;
using MmLint;
using static MmKernel.PageTableWalk;

namespace MmKernel;

/// <summary>Mapping the neighbours of a page of a file that are in memory anyway (<c>do_fault_around</c>, <c>filemap_map_pages</c>).</summary>
internal static class FaultAround
{
    /// <summary>Pages of the aligned window that is looked at (<c>fault_around_bytes</c>).</summary>
    private const ulong WindowPages = 16;

    /// <summary>
    /// Maps what is cached, not locked and not mapped yet around the fault, for reading. Nothing is waited for and nothing allocated; the page
    /// of the fault itself may or may not be among it.
    /// </summary>
    [MustHold("vmf.FaultLock")]
    internal static void MapCachedNeighbours(FaultContext vmf, AddressSpace mapping)
    {
        var vma = vmf.Vma;
        ulong window = WindowPages * Page.Size;
        ulong start = Math.Max(vmf.Address & ~(window - 1), vma.Start);
        ulong end = Math.Min(start + window, TableEnd(vmf.Address, vma.End));
        for (ulong address = start; address < end; address += Page.Size)
        {
            if (address != vmf.Address && ReadEntry(vma, address) == PageTableEntry.None)
                MapCached(vma, address, mapping);
        }
    }

    [MustHold("vma.Anchored")]
    private static void MapCached(VmArea vma, ulong address, AddressSpace mapping)
    {
        ulong index = vma.PageIndex(address);
        var folio = mapping.Find(index);
        if (folio == null)
            return;
        bool mapped = false;
        if (folio.TryLock())
        {
            // Locked and still of the file, so it is not cut off before the entry is there to be found.
            if (folio.Mapping == mapping && folio.Has(FolioFlags.UpToDate) && !mapping.IsBeyondEnd(index))
                mapped = FileFault.InstallFilePage(vma, address, folio, FaultFlag.None, PageTableEntry.None);
            folio.Unlock();
        }

        if (!mapped)
            mapping.Memory.Put(folio);
    }
}
