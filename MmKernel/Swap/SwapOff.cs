using System.Threading;
using MmLint;
using static MmKernel.PageTableWalk;

namespace MmKernel;

/// <summary>Giving a swap device up: everything on it is brought back first (<c>try_to_unuse</c>, <c>mm/swapfile.c</c>).</summary>
internal static class SwapOff
{
    /// <summary>Empties a device that gives out no slots any more.</summary>
    /// <returns>0; −ENOMEM if what lies on it does not fit into memory; −EINTR.</returns>
    [AllocatesPages, MustNotHold("MmStruct.MmapLock || VmArea.Lock")]
    internal static int TryToUnuse(Machine machine, SwapDevice device)
    {
        Task.Current.IsOomOrigin = true;
        int error = Empty(machine, device);
        Task.Current.IsOomOrigin = false;
        return error;
    }

    [AllocatesPages, MustNotHold("MmStruct.MmapLock || VmArea.Lock")]
    private static int Empty(Machine machine, SwapDevice device)
    {
        var spinner = default(SpinWait);
        while (device.UsedSlots > 0)
        {
            if (Task.Current.IsFatalSignalPending)
                return -(int)Errno.EINTR;
            foreach (var mm in machine.Memory.AddressSpaces.Snapshot())
            {
                if (!mm.TryGet())
                    continue;
                int error = UnuseMm(mm, device);
                mm.Put();
                if (error != 0)
                    return error;
            }

            foreach (var mapping in machine.Memory.SwappedFiles.Snapshot())
            {
                if (!mapping.BringBack(device.Type))
                    return -(int)Errno.ENOMEM;
            }

            DropCached(machine.Memory, device);
            spinner.SpinOnce();
        }

        return 0;
    }

    /// <summary>Brings back what an address space has on the device (<c>unuse_mm</c>).</summary>
    [MustHold("mm.Users"), AllocatesPages, MustNotHold("MmStruct.MmapLock || VmArea.Lock")]
    private static int UnuseMm(MmStruct mm, SwapDevice device)
    {
        if (mm.Rss[RssKind.Swap] == 0)
            return 0;
        mm.MmapLock.ReadLock();
        int error = 0;
        for (var vma = mm.Vmas.Find(0); vma != null && error == 0; vma = mm.Vmas.Find(vma.End))
        {
            if (vma.AnonVma != null)
                error = UnuseVma(vma, device);
        }

        mm.MmapLock.ReadUnlock();
        return error;
    }

    [MustHold("vma.Mm.MmapLock"), Requires("vma.AnonVma != null"), AllocatesPages]
    private static int UnuseVma(VmArea vma, SwapDevice device)
    {
        var memory = vma.Mm.Machine.Memory;
        for (ulong address = vma.Start; address < vma.End; address += Page.Size)
        {
            ulong value = ReadEntry(vma, address);
            if (!SwapEntry.IsIn(value) || SwapEntry.Of(value).Type != device.Type || !device.TryGet())
                continue;
            var folio = SwapIn.Read(memory, device, SwapEntry.Of(value), out bool exhausted);
            device.Put();
            if (folio != null)
                UnusePte(vma, address, value, folio);
            else if (exhausted)
                return -(int)Errno.ENOMEM;
        }

        return 0;
    }

    /// <summary>Maps the folio in the place of the entry, if that is still there (<c>unuse_pte</c>).</summary>
    [MustHold("vma.Mm.MmapLock && folio.Ref"), Requires("vma.AnonVma != null"), Releases("folio.Ref"), MaySleep]
    private static void UnusePte(VmArea vma, ulong address, ulong value, Folio folio)
    {
        folio.Lock();
        var pte = PteOffsetMapLock(vma, address);
        if (pte == null)
        {
            SwapFault.ReleaseUnused(vma.Mm.Machine.Memory, folio);
            return;
        }

        if (pte.Value != value || !SwapFault.IsOf(folio, value) || !folio.Has(FolioFlags.UpToDate))
        {
            PteUnmapUnlock(pte);
            SwapFault.ReleaseUnused(vma.Mm.Machine.Memory, folio);
            return;
        }

        SwapFault.InstallSwapped(vma, address, folio, pte, FaultFlag.None);
        vma.Mm.Machine.Memory.Swap.TryFree(vma.Mm.Machine.Memory, folio);
        folio.Unlock();
        folio.HandOverReference();
        PteUnmapUnlock(pte);
    }

    /// <summary>Frees the slots that nobody uses but the swap cache.</summary>
    [MaySleep]
    private static void DropCached(PhysicalMemory memory, SwapDevice device)
    {
        for (int slot = 1; slot <= device.SlotCount; slot++)
        {
            var folio = device.ClusterOf(slot, out int index).Find(index);
            if (folio == null)
                continue;
            folio.Lock();
            memory.Swap.TryFree(memory, folio);
            folio.Unlock();
            memory.Put(folio);
        }
    }
}
