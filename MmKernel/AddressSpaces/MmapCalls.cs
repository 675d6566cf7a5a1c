using MmLint;
using static MmKernel.VmaLocking;

namespace MmKernel;

/// <summary>mmap and remap_file_pages (<c>mm/mmap.c</c>, <c>mm/vma.c</c>).</summary>
internal static class MmapCalls
{
    // What MAP_SHARED_VALIDATE accepts beside the type (LEGACY_MAP_MASK).
    private const MapFlags KnownFlags = MapFlags.SharedValidate | MapFlags.Fixed | MapFlags.Anonymous | MapFlags.Low32Bit
        | MapFlags.Above4G | MapFlags.HugeSizes | MapFlags.GrowsDown | MapFlags.DenyWrite | MapFlags.Executable | MapFlags.Locked | MapFlags.NoReserve | MapFlags.Populate
        | MapFlags.NonBlock | MapFlags.Stack | MapFlags.HugeTlb | MapFlags.Uninitialized;

    /// <summary>Maps memory under mmap_lock and populates it after (<c>vm_mmap_pgoff</c>).</summary>
    /// <returns>The address, or −errno.</returns>
    [MustHold("mm.Users"), MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    internal static long VmMmap(MmStruct mm, in MapRequest request)
    {
        if (mm.MmapLock.WriteLockKillable() != 0)
            return -(long)Errno.EINTR;
        long result = DoMmap(mm, request, out bool populate);
        UffdEvents.UnlockAndComplete(mm);
        if (result >= 0 && populate)
            Populating.MmPopulate(mm, (ulong)result, Page.AlignUp(request.Length), ignoreErrors: true);
        return result;
    }

    /// <summary>
    /// Maps another part of the object behind shared mappings over a range of them; an old call that is mmap in disguise
    /// (<c>remap_file_pages(2)</c>).
    /// </summary>
    /// <returns>0, or −errno.</returns>
    [MustHold("mm.Users"), MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    internal static long RemapFilePages(MmStruct mm, ulong start, ulong size, Prot prot, ulong pageOffset, MapFlags flags)
    {
        start = Page.AlignDown(start);
        size = Page.AlignDown(size);
        if (prot != Prot.None || start + size <= start || pageOffset + (size >> Page.Shift) < pageOffset)
            return -(long)Errno.EINVAL;
        if (mm.MmapLock.WriteLockKillable() != 0)
            return -(long)Errno.EINTR;

        long result = -(long)Errno.EINVAL;
        bool populate = false;
        var vma = mm.Vmas.Walk(start);
        if (vma != null && vma.IsShared && IsCoveredAlike(vma, start + size))
        {
            var remap = (flags & MapFlags.NonBlock) | MapFlags.Shared | MapFlags.Fixed | MapFlags.Populate;
            if ((vma.Flags & VmFlags.Locked) != 0)
                remap |= MapFlags.Locked;
            var request = new MapRequest(start, size, (Prot)(vma.Flags & VmFlags.AccessMask), remap, vma.File, pageOffset);
            result = DoMmap(mm, request, out populate);
        }

        UffdEvents.UnlockAndComplete(mm);
        if (result < 0)
            return result;
        if (populate)
            Populating.MmPopulate(mm, start, size, ignoreErrors: true);
        return 0;
    }

    /// <summary>Checks a request in Linux's order, picks the address and maps (<c>do_mmap</c>).</summary>
    [MustHold("exclusive(mm.MmapLock) && mm.Users"), MaySleep]
    private static long DoMmap(MmStruct mm, in MapRequest request, out bool populate)
    {
        populate = false;
        if (request.Length == 0)
            return -(long)Errno.EINVAL;
        ulong length = Page.AlignUp(request.Length);
        if (length == 0)
            return -(long)Errno.ENOMEM;
        if (request.PageOffset + (length >> Page.Shift) < request.PageOffset)
            return -(long)Errno.EOVERFLOW;
        if ((request.Flags & MapFlags.HugeTlb) != 0)
            return -(long)Errno.EINVAL;
        if (mm.MapCount > mm.Machine.Options.MaxMapCount)
            return -(long)Errno.ENOMEM;

        bool isFixed = (request.Flags & (MapFlags.Fixed | MapFlags.FixedNoReplace)) != 0;
        long found = GapSearch.GetUnmappedArea(mm, request.Address, length, isFixed);
        if (found < 0)
            return found;
        ulong address = (ulong)found;
        if ((request.Flags & MapFlags.FixedNoReplace) != 0 && mm.Vmas.FindIntersection(address, address + length) != null)
            return -(long)Errno.EEXIST;

        var flags = FlagsOf(mm, request);
        if ((request.Flags & MapFlags.Locked) != 0 && !mm.Limits.MayLock)
            return -(long)Errno.EPERM;
        if (!VmAccounting.MayLockMore(mm, flags, length))
            return -(long)Errno.EAGAIN;
        long error = CheckSharing(request, ref flags);
        if (error == 0 && request.File != null)
            error = Sealing.CheckMapping(request.File.File, ref flags);
        if (error != 0)
            return error;
        if ((request.Flags & MapFlags.NoReserve) != 0 && mm.Machine.Commit.Mode != OvercommitMode.Never)
            flags |= VmFlags.NoReserve;

        // Sealing against writing and this exclude each other.
        bool isWritable = request.File != null && FileRmap.CanBeWrittenShared(flags);
        if (isWritable && !request.File!.Mapping.TryMapWritable())
            return -(long)Errno.EPERM;
        long result = MmapRegion(mm, address, length, request.File, PageOffsetOf(request, address), flags);
        if (isWritable)
            request.File!.Mapping.UnmapWritable();
        populate = (flags & VmFlags.Locked) != 0 || (request.Flags & (MapFlags.Populate | MapFlags.NonBlock)) == MapFlags.Populate;
        return result;
    }

    [MustHold("mm.MmapLock")]
    private static VmFlags FlagsOf(MmStruct mm, in MapRequest request)
    {
        var flags = mm.DefaultFlags | VmFlags.MayRead | VmFlags.MayWrite | VmFlags.MayExec
            | (VmFlags)((ulong)request.Prot & (ulong)VmFlags.AccessMask);
        if ((request.Flags & MapFlags.GrowsDown) != 0)
            flags |= VmFlags.GrowsDown;
        if ((request.Flags & MapFlags.Locked) != 0)
            flags |= VmFlags.Locked;
        if ((request.Flags & MapFlags.Stack) != 0)
            flags |= VmFlags.NoHugePage;

        // Without effect on memory, but what differs in it does not merge.
        if ((request.Flags & MapFlags.Sync) != 0)
            flags |= VmFlags.Sync;
        return flags;
    }

    /// <summary>Whether the object behind allows the mapping, and what sharing adds to the flags.</summary>
    private static long CheckSharing(in MapRequest request, ref VmFlags flags)
    {
        var type = request.Flags & MapFlags.TypeMask;
        bool isShared = type == MapFlags.Shared || (type == MapFlags.SharedValidate && request.File != null);
        if (request.File != null && !FitsOffsets(request))
            return -(long)Errno.EOVERFLOW;
        if (request.File == null && type == MapFlags.Droppable)
            return MakeDroppable(request, ref flags);
        if (!isShared && type != MapFlags.Private)
            return -(long)Errno.EINVAL;
        if (type == MapFlags.SharedValidate && (request.Flags & ~KnownFlags) != 0)
            return -(long)Errno.EOPNOTSUPP;
        if (isShared)
        {
            if (request.File != null && !request.File.IsWritable && (request.Prot & Prot.Write) != 0)
                return -(long)Errno.EACCES;
            flags |= VmFlags.Shared | VmFlags.MayShare;

            // What can never be written need not be kept in step with writers.
            if (request.File is { IsWritable: false })
                flags &= ~(VmFlags.MayWrite | VmFlags.Shared);
        }

        return (isShared || request.File != null) && (flags & VmFlags.GrowsDown) != 0 ? -(long)Errno.EINVAL : 0;
    }

    /// <summary>What can go at any time is neither locked nor charged, nor worth a copy.</summary>
    private static long MakeDroppable(in MapRequest request, ref VmFlags flags)
    {
        if ((request.Flags & (MapFlags.Locked | MapFlags.HugeTlb)) != 0 || (flags & VmFlags.GrowsDown) != 0)
            return -(long)Errno.EINVAL;
        flags |= VmFlags.Droppable | VmFlags.NoReserve | VmFlags.WipeOnFork | VmFlags.DontDump;
        return 0;
    }

    /// <summary>Whether the mapping lies within what a file can have (<c>file_mmap_ok</c>).</summary>
    private static bool FitsOffsets(in MapRequest request)
    {
        const ulong MaxSize = long.MaxValue;
        ulong length = Page.AlignUp(request.Length);
        return length <= MaxSize && request.PageOffset <= (MaxSize - length) >> Page.Shift;
    }

    // Anonymous pages are numbered by their address, so that neighbours that are mapped one after the other can merge.
    private static ulong PageOffsetOf(in MapRequest request, ulong address)
    {
        if (request.File != null)
            return request.PageOffset;
        return (request.Flags & MapFlags.TypeMask) is MapFlags.Private or MapFlags.Droppable ? address >> Page.Shift : 0;
    }

    /// <summary>Puts a mapping over whatever is in the range (<c>__mmap_region</c>).</summary>
    [MustHold("exclusive(mm.MmapLock)"), MaySleep]
    private static long MmapRegion(MmStruct mm, ulong start, ulong length, VmFile? file, ulong pageOffset, VmFlags flags)
    {
        ulong end = start + length;
        ulong count = length >> Page.Shift;
        long error = MunmapCalls.Isolate(mm, start, end, out var old);
        if (error != 0)
            return error;
        if (!VmAccounting.MayExpand(mm, flags, count - old.Total))
            return -(long)Errno.ENOMEM;
        if (VmAccounting.IsAccountable(flags))
        {
            if (!VmAccounting.TryCharge(mm, count))
                return -(long)Errno.ENOMEM;
            flags |= VmFlags.Account;
        }

        MunmapCalls.Remove(mm, start, end);
        var range = new VmaProposal { Start = start, End = end, PageOffset = pageOffset, Flags = flags, File = file };
        if ((file == null && (flags & VmFlags.Shared) != 0) || VmaMerge.MergeNew(mm, range) == null)
        {
            // Every shared anonymous mapping has an object of its own, so it has no neighbour that it could join.
            MemoryFile? own = null;
            bool isExhausted = FaultInjector.Fails(FaultPoint.Vma) || !VmaTree.TryReserve();
            if (!isExhausted && file == null && (flags & VmFlags.Shared) != 0)
                isExhausted = (own = MemoryFile.TryCreateShared(mm.Machine, length, flags)) == null;
            if (isExhausted)
            {
                if ((flags & VmFlags.Account) != 0)
                    mm.Machine.Commit.Uncharge(count);
                return -(long)Errno.ENOMEM;
            }

            var vma = new VmArea(mm)
            {
                File = file ?? own?.Open(isWritable: true),
                Start = start,
                End = end,
                PageOffset = pageOffset,
                Flags = flags,
            };
            VmaLayout.Link(vma);
            if (mm.Machine.Options.AnonVmaCreation == AnonVmaCreation.Eager && !vma.IsShared)
                _ = AnonPrepare.AnonVmaPrepare(vma);

            // From here on the mapping alone keeps the object.
            if (own != null)
                Task.Current.DeferRelease(own);
        }

        VmAccounting.Add(mm, flags, count);
        return (long)start;
    }

    /// <summary>Whether everything from a VMA up to <paramref name="end"/> is mapped like it, without a hole.</summary>
    [MustHold("vma.Mm.MmapLock")]
    private static bool IsCoveredAlike(VmArea vma, ulong end)
    {
        var mm = vma.Mm;
        ulong covered = vma.End;
        while (covered < end)
        {
            var next = mm.Vmas.Find(covered);
            if (next == null || next.Start != covered || next.File != vma.File || next.Flags != vma.Flags || next.MayHoldGuards != vma.MayHoldGuards)
                return false;
            covered = next.End;
        }

        return true;
    }
}
