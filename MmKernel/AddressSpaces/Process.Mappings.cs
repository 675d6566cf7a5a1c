using System;
using MmLint;

namespace MmKernel;

/// <content>The system calls on mappings. Lengths are bytes and are rounded up to pages; results are a value or −errno.</content>
public sealed partial class Process
{
    /// <summary>Maps memory (<c>mmap(2)</c>).</summary>
    /// <param name="address">Where, or a hint, or 0.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="prot">Protection.</param>
    /// <param name="flags">Flags.</param>
    /// <param name="file">What to map; ignored for anonymous mappings.</param>
    /// <param name="offset">Where in the file to start, in bytes.</param>
    /// <returns>The address, or −errno.</returns>
    [MaySleep]
    public long Mmap(ulong address, ulong length, Prot prot, MapFlags flags, VmFile? file = null, ulong offset = 0)
    {
        if (!Page.IsAligned(offset))
            return -(long)Errno.EINVAL;
        bool isAnonymous = (flags & MapFlags.Anonymous) != 0;
        if (!isAnonymous && file == null)
            return -(long)Errno.EBADF;
        using var entry = new SystemCall(this);
        return MmapCalls.VmMmap(Task.CurrentMm!, new MapRequest(address, length, prot, flags, isAnonymous ? null : file, offset >> Page.Shift));
    }

    /// <summary>Unmaps memory (<c>munmap(2)</c>).</summary>
    /// <param name="address">First address; page-aligned.</param>
    /// <param name="length">Bytes.</param>
    /// <returns>0, or −errno.</returns>
    [MaySleep]
    public long Munmap(ulong address, ulong length)
    {
        using var entry = new SystemCall(this);
        return MunmapCalls.VmMunmap(Task.CurrentMm!, address, length);
    }

    /// <summary>Changes the protection of memory (<c>mprotect(2)</c>).</summary>
    /// <param name="address">First address; page-aligned.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="prot">Protection.</param>
    /// <returns>0, or −errno.</returns>
    [MaySleep]
    public long Mprotect(ulong address, ulong length, Prot prot)
    {
        using var entry = new SystemCall(this);
        return MprotectCalls.Mprotect(Task.CurrentMm!, address, length, prot);
    }

    /// <summary>Resizes or moves a mapping (<c>mremap(2)</c>).</summary>
    /// <param name="oldAddress">Where it is; page-aligned.</param>
    /// <param name="oldLength">How much of it, in bytes; 0 asks for a second mapping of shared memory.</param>
    /// <param name="newLength">Its new length in bytes.</param>
    /// <param name="flags">Flags.</param>
    /// <param name="newAddress">Where it goes, if the flags say so.</param>
    /// <returns>The address, or −errno.</returns>
    [MaySleep]
    public long Mremap(ulong oldAddress, ulong oldLength, ulong newLength, RemapFlags flags, ulong newAddress = 0)
    {
        using var entry = new SystemCall(this);
        return MremapCalls.Mremap(Task.CurrentMm!, oldAddress, oldLength, newLength, flags, newAddress);
    }

    /// <summary>Gives advice about memory (<c>madvise(2)</c>).</summary>
    /// <param name="address">First address; page-aligned.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="advice">The advice.</param>
    /// <returns>0, or −errno.</returns>
    [MaySleep]
    public long Madvise(ulong address, ulong length, Advice advice)
    {
        using var entry = new SystemCall(this);
        return MadviseCalls.Madvise(Task.CurrentMm!, address, length, advice);
    }

    /// <summary>Locks memory (<c>mlock(2)</c>, <c>mlock2(2)</c>).</summary>
    /// <param name="address">First address.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="flags">Whether pages are populated now or locked as they fault in.</param>
    /// <returns>0, or −errno.</returns>
    [MaySleep]
    public long Mlock(ulong address, ulong length, MlockFlags flags = MlockFlags.None)
    {
        using var entry = new SystemCall(this);
        return MlockCalls.Mlock(Task.CurrentMm!, address, length, flags);
    }

    /// <summary>Unlocks memory (<c>munlock(2)</c>).</summary>
    /// <param name="address">First address.</param>
    /// <param name="length">Bytes.</param>
    /// <returns>0, or −errno.</returns>
    [MaySleep]
    public long Munlock(ulong address, ulong length)
    {
        using var entry = new SystemCall(this);
        return MlockCalls.Munlock(Task.CurrentMm!, address, length);
    }

    /// <summary>Locks everything (<c>mlockall(2)</c>).</summary>
    /// <param name="flags">What is mapped, what will be, or both.</param>
    /// <returns>0, or −errno.</returns>
    [MaySleep]
    public long MlockAll(MlockAllFlags flags)
    {
        using var entry = new SystemCall(this);
        return MlockCalls.MlockAll(Task.CurrentMm!, flags);
    }

    /// <summary>Unlocks everything (<c>munlockall(2)</c>).</summary>
    /// <returns>0, or −errno.</returns>
    [MaySleep]
    public long MunlockAll()
    {
        using var entry = new SystemCall(this);
        return MlockCalls.MunlockAll(Task.CurrentMm!);
    }

    /// <summary>Moves the end of the heap (<c>brk(2)</c>).</summary>
    /// <param name="address">Where it is to end; 0 only asks where it ends.</param>
    /// <returns>Where it ends now.</returns>
    [MaySleep]
    public long Brk(ulong address)
    {
        using var entry = new SystemCall(this);
        return BreakCalls.Brk(Task.CurrentMm!, address);
    }

    /// <summary>Tells which pages are in memory (<c>mincore(2)</c>).</summary>
    /// <param name="address">First address; page-aligned.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="residency">A byte for each page; bit 0 says that it is in memory.</param>
    /// <returns>0, or −errno.</returns>
    [MaySleep]
    public long Mincore(ulong address, ulong length, Span<byte> residency)
    {
        using var entry = new SystemCall(this);
        return MincoreCalls.Mincore(Task.CurrentMm!, address, length, residency);
    }

    /// <summary>Has changes of shared mappings written (<c>msync(2)</c>).</summary>
    /// <param name="address">First address; page-aligned.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="flags">Flags.</param>
    /// <returns>0, or −errno.</returns>
    [MaySleep]
    public long Msync(ulong address, ulong length, SyncFlags flags)
    {
        using var entry = new SystemCall(this);
        return MsyncCalls.Msync(Task.CurrentMm!, address, length, flags);
    }

    /// <summary>Makes mappings final (<c>mseal(2)</c>).</summary>
    /// <param name="address">First address; page-aligned.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="flags">Must be 0.</param>
    /// <returns>0, or −errno.</returns>
    [MaySleep]
    public long Mseal(ulong address, ulong length, ulong flags = 0)
    {
        using var entry = new SystemCall(this);
        return MsealCalls.Mseal(Task.CurrentMm!, address, length, flags);
    }

    /// <summary>Maps another part of the object behind a shared mapping over it (<c>remap_file_pages(2)</c>).</summary>
    /// <param name="address">First address.</param>
    /// <param name="length">Bytes; rounded down to pages.</param>
    /// <param name="prot">Must be none.</param>
    /// <param name="pageOffset">The part, in pages.</param>
    /// <param name="flags">Only <see cref="MapFlags.NonBlock"/> counts.</param>
    /// <returns>0, or −errno.</returns>
    [MaySleep]
    public long RemapFilePages(ulong address, ulong length, Prot prot, ulong pageOffset, MapFlags flags = default)
    {
        using var entry = new SystemCall(this);
        return MmapCalls.RemapFilePages(Task.CurrentMm!, address, length, prot, pageOffset, flags);
    }
}
