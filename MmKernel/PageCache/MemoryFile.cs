using System;
using System.Threading;
using MmLint;
using static MmKernel.FileRmap;

namespace MmKernel;

/// <summary>A file in memory (<c>memfd_create(2)</c>, <c>mm/shmem.c</c>). It lives until it is closed and nothing maps it any more.</summary>
public sealed class MemoryFile
{
    // The largest length and offset (MAX_LFS_FILESIZE).
    private const ulong MaxSize = long.MaxValue;

    [Atomic] private static long s_lastNumber;
    [Atomic] private int _references = 1;

    [GuardedBy("Rwsem"), ReadFreely] private int _seals;

    // Pages promised from the start (0: each is charged when it is made).
    private readonly CommitAccount _account;
    private readonly ulong _promisedPages;

    private MemoryFile(Machine machine, ulong size, MemoryFileFlags flags, ulong promisedPages, FileBacking? backing = null)
    {
        _account = machine.Commit;
        _promisedPages = promisedPages;
        IsExecutable = (flags & MemoryFileFlags.NoExecSeal) == 0;
        var seals = IsExecutable ? FileSeals.None : FileSeals.Exec;
        _seals = (int)(flags == MemoryFileFlags.None ? FileSeals.Seal : seals);
        Mapping = new AddressSpace(machine.Memory, backing, promisedPages == 0 && backing == null ? machine.Commit : null);
        Mapping.SetSize(size);
    }

    /// <summary>Creates a file whose pages are charged one by one, as they are made.</summary>
    internal static MemoryFile Create(Machine machine, ulong size, MemoryFileFlags flags) => new(machine, size, flags, promisedPages: 0);

    /// <summary>Creates a file whose contents lie elsewhere: its pages can be written back, so they are not charged.</summary>
    internal static MemoryFile CreateBacked(Machine machine, ulong size, FileBacking backing) =>
        new(machine, size, MemoryFileFlags.None, promisedPages: 0, backing);

    /// <summary>
    /// Creates what is behind shared anonymous memory (<c>shmem_zero_setup</c>). Unless the mapping is not to be counted, all of it is
    /// promised at once, so that no access fails for want of a promise.
    /// </summary>
    /// <returns>Null if that much cannot be promised.</returns>
    internal static MemoryFile? TryCreateShared(Machine machine, ulong size, VmFlags flags)
    {
        ulong pages = (flags & VmFlags.NoReserve) != 0 ? 0 : size >> Page.Shift;
        if (pages != 0 && !machine.Commit.TryChargeCurrent(pages))
            return null;
        return new MemoryFile(machine, size, MemoryFileFlags.None, pages);
    }

    /// <summary>Held exclusively by whoever changes length or contents by system call (<c>i_rwsem</c>).</summary>
    public RwSemaphore Rwsem { get; } = new(LockdepClass.Inode);

    /// <summary>The contents.</summary>
    public AddressSpace Mapping { get; }

    /// <summary>What can no longer be done (<c>F_GET_SEALS</c>); <see cref="VmFile.AddSeals"/> adds to it.</summary>
    public FileSeals Seals => (FileSeals)Volatile.Read(ref _seals);

    /// <summary>Whether it may be executed.</summary>
    internal bool IsExecutable { get; }

    /// <summary>Length in bytes.</summary>
    public ulong Size => Mapping.Size;

    /// <summary>A number that no other file has (<c>i_ino</c>).</summary>
    public long Number { get; } = Interlocked.Increment(ref s_lastNumber);

    /// <summary>Opens the file.</summary>
    /// <param name="isWritable">Whether for writing.</param>
    public VmFile Open(bool isWritable) => new(this, isWritable);

    /// <summary>Writes bytes, growing the file if they reach behind its end (<c>pwrite(2)</c>).</summary>
    /// <returns>
    /// Number of bytes written, fewer if something is in the way behind the first page; or −errno. −EINVAL: offset negative as a signed
    /// number; −EPERM: sealed; −EFBIG; −ENOSPC: nothing more can be promised; −ENOMEM.
    /// </returns>
    [MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    public unsafe long Write(ulong offset, ReadOnlySpan<byte> source)
    {
        if (offset > MaxSize)
            return -(long)Errno.EINVAL;
        if (source.Length == 0)
            return 0;
        if (offset == MaxSize)
            return -(long)Errno.EFBIG;
        source = source[..(int)Math.Min((ulong)source.Length, MaxSize - offset)];
        Rwsem.WriteLock();
        long error = 0;
        int done = 0;
        while (done < source.Length)
        {
            ulong at = offset + (ulong)done;
            int part = Math.Min(source.Length - done, Page.Size - (int)(at & Page.OffsetMask));
            error = CheckSealsForWriting(at + (ulong)part);
            if (error != 0)
                break;
            ulong old = Mapping.Size;
            if (at + (ulong)part > old)
                Mapping.SetSize(at + (ulong)part);
            var folio = Mapping.GetLocked(at >> Page.Shift, out var fault);
            if (folio == null)
            {
                Mapping.SetSize(old);
                error = (fault & VmFault.Oom) != 0 ? -(long)Errno.ENOMEM : -(long)Errno.ENOSPC;
                break;
            }

            source.Slice(done, part).CopyTo(WritableBytes(folio)[(int)(at & Page.OffsetMask)..]);
            folio.Set(FolioFlags.Dirty);
            folio.Clear(FolioFlags.Idle);
            folio.Unlock();
            Mapping.Memory.Put(folio);
            done += part;
        }

        Rwsem.WriteUnlock();
        return done != 0 ? done : error;
    }

    /// <summary>Adds seals that have been found to be possible.</summary>
    [MustHold("exclusive(Rwsem)")]
    internal void SetSeals(FileSeals seals) => _seals |= (int)seals;

    [MustHold("Rwsem")]
    private long CheckSealsForWriting(ulong end)
    {
        bool isSealed = Sealing.IsWriteSealed(Seals) || ((Seals & FileSeals.Grow) != 0 && end > Mapping.Size);
        return isSealed ? -(long)Errno.EPERM : 0;
    }

    /// <summary>Reads bytes (<c>pread(2)</c>); holes read as zeros and stay holes.</summary>
    /// <returns>Number of bytes read: fewer at the end of the file.</returns>
    [MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    public unsafe long Read(ulong offset, Span<byte> destination)
    {
        Rwsem.ReadLock();
        ulong size = Mapping.Size;
        int length = offset >= size ? 0 : (int)Math.Min((ulong)destination.Length, size - offset);
        int done = 0;
        while (done < length)
        {
            ulong at = offset + (ulong)done;
            int part = Math.Min(length - done, Page.Size - (int)(at & Page.OffsetMask));
            var target = destination.Slice(done, part);
            var folio = Mapping.FindOrBringBack(at >> Page.Shift);
            if (folio == null)
            {
                target.Clear();
            }
            else
            {
                Bytes(folio).Slice((int)(at & Page.OffsetMask), part).CopyTo(target);
                folio.Clear(FolioFlags.Idle);
                Mapping.Memory.Put(folio);
            }

            done += part;
        }

        Rwsem.ReadUnlock();
        return done;
    }

    /// <summary>Sets the length (<c>ftruncate(2)</c>). What is cut off is gone for every mapping, private copies included.</summary>
    /// <returns>0; −EINVAL: negative as a signed number; −EPERM: sealed.</returns>
    [MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    public long Truncate(ulong size)
    {
        if (size > MaxSize)
            return -(long)Errno.EINVAL;
        Rwsem.WriteLock();
        ulong old = Mapping.Size;
        if ((size < old && (Seals & FileSeals.Shrink) != 0) || (size > old && (Seals & FileSeals.Grow) != 0))
        {
            Rwsem.WriteUnlock();
            return -(long)Errno.EPERM;
        }

        Mapping.SetSize(size);
        if (size < old)
        {
            // Copies that faults made between the first pass and the removal are caught by the second.
            ulong first = Page.AlignUp(size) >> Page.Shift;
            UnmapMappingRange(Mapping, first, ulong.MaxValue, ZapScope.Pages);
            RemovePages(first, ulong.MaxValue);
            UnmapMappingRange(Mapping, first, ulong.MaxValue, ZapScope.Pages);
            ClearTail(size);
        }

        Rwsem.WriteUnlock();
        return 0;
    }

    /// <summary>
    /// Makes a hole (<c>fallocate(2)</c> with PUNCH_HOLE and KEEP_SIZE, <c>madvise(2)</c> with REMOVE). Private copies stay.
    /// </summary>
    /// <param name="offset">First byte; a page boundary.</param>
    /// <param name="length">Bytes; whole pages.</param>
    /// <returns>0; −EINVAL: not whole pages; −EFBIG: behind the largest offset; −EPERM: sealed.</returns>
    [MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    public long PunchHole(ulong offset, ulong length)
    {
        if (length == 0 || !Page.IsAligned(offset) || !Page.IsAligned(length))
            return -(long)Errno.EINVAL;
        if (offset > MaxSize || length > MaxSize - offset)
            return -(long)Errno.EFBIG;
        Rwsem.WriteLock();
        if (Sealing.IsWriteSealed(Seals))
        {
            Rwsem.WriteUnlock();
            return -(long)Errno.EPERM;
        }

        ulong first = offset >> Page.Shift;
        Punch(first, first + (length >> Page.Shift));
        Rwsem.WriteUnlock();
        return 0;
    }

    /// <summary>Unmaps again what was mapped while the pages went.</summary>
    [MustHold("exclusive(Rwsem)"), MaySleep]
    private void Punch(ulong first, ulong end)
    {
        UnmapMappingRange(Mapping, first, end, ZapScope.FilePages);
        RemovePages(first, end);
        UnmapMappingRange(Mapping, first, end, ZapScope.FilePages);
    }

    /// <summary>Writes every dirty page to what lies behind the file (<c>fsync(2)</c>).</summary>
    /// <returns>0; −EIO if a page could not be written and is dirty still.</returns>
    [MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    public long Sync()
    {
        Rwsem.ReadLock();
        long error = Mapping.Backing == null ? 0 : WriteBack();
        Rwsem.ReadUnlock();
        return error;
    }

    /// <summary>Gives the creator's reference back (<c>close(2)</c>).</summary>
    [MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    public void Close() => Put();

    internal void Get() => Interlocked.Increment(ref _references);

    /// <summary>Gives a reference back; with the last one the pages go (<c>evict_inode</c>).</summary>
    /// <remarks>Nobody can open, map or find the file by then, so its own lock is not needed.</remarks>
    [MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    internal void Put()
    {
        if (Interlocked.Decrement(ref _references) != 0)
            return;
        if (Mapping.Backing != null)
            WriteBack();
        Mapping.SetSize(0);
        RemovePages(0, ulong.MaxValue);
        _account.Uncharge(_promisedPages);
    }

    [MaySleep]
    private void RemovePages(ulong first, ulong end)
    {
        bool missed;
        do
        {
            // A page may go to swap between being listed and being looked up; it is listed there the next time.
            missed = false;
            Mapping.DropSwapped(first, end);
            foreach (ulong index in Mapping.IndicesBetween(first, end))
                missed |= !TryRemovePage(index);
        }
        while (missed || Mapping.SwappedBetween(first, end).Length > 0);
    }

    [MaySleep]
    private long WriteBack()
    {
        long error = 0;
        foreach (ulong index in Mapping.IndicesBetween(0, ulong.MaxValue))
        {
            var folio = Mapping.Find(index);
            if (folio == null)
                continue;
            folio.Lock();
            if (folio.Mapping == Mapping && !Mapping.Clean(folio))
                error = -(long)Errno.EIO;
            folio.Unlock();
            Mapping.Memory.Put(folio);
        }

        return error;
    }

    [MaySleep]
    private bool TryRemovePage(ulong index)
    {
        var folio = Mapping.Find(index);
        if (folio == null)
            return false;
        folio.Lock();
        bool removed = folio.Mapping == Mapping;
        if (removed)
            Mapping.Remove(folio);
        folio.Unlock();
        Mapping.Memory.Put(folio);
        return removed;
    }

    /// <summary>Clears the rest of the last page, so that growing again shows zeros.</summary>
    [MustHold("exclusive(Rwsem)"), MaySleep]
    private unsafe void ClearTail(ulong size)
    {
        int offset = (int)(size & Page.OffsetMask);
        var folio = offset == 0 ? null : Mapping.FindOrBringBack(size >> Page.Shift);
        if (folio == null)
            return;
        folio.Lock();
        WritableBytes(folio)[offset..].Clear();
        folio.Set(FolioFlags.Dirty);
        folio.Unlock();
        Mapping.Memory.Put(folio);
    }

    [MustHold("Rwsem")]
    private unsafe ReadOnlySpan<byte> Bytes(Folio folio) => new(Mapping.Memory.PointerTo(folio.Frame), Page.Size);

    [MustHold("exclusive(Rwsem) && folio")]
    private unsafe Span<byte> WritableBytes(Folio folio) => new(Mapping.Memory.PointerTo(folio.Frame), Page.Size);
}
