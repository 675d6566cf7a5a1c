using System;
using MmLint;
using static MmKernel.GetUserPages;

namespace MmKernel;

/// <summary>Which way a remote access copies.</summary>
internal enum RemoteDirection
{
    /// <summary>From the other process.</summary>
    Read,

    /// <summary>To the other process.</summary>
    Write,
}

/// <summary>Reading and writing another process's memory (<c>__access_remote_vm</c>, <c>mm/process_vm_access.c</c>).</summary>
internal static unsafe class RemoteAccess
{
    /// <summary>Copies page by page until the first page that cannot be had.</summary>
    /// <returns>Bytes copied; −errno if it was none.</returns>
    [MustHold("mm.Users"), MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    internal static long AccessRemoteVm(MmStruct mm, ulong address, byte* buffer, int length, RemoteDirection direction)
    {
        var memory = mm.Machine.Memory;
        int done = 0;
        while (done < length)
        {
            ulong at = address + (ulong)done;
            int part = Math.Min(length - done, Page.Size - (int)(at & Page.OffsetMask));
            var folio = GetUserPageLocked(mm, at, direction == RemoteDirection.Write ? PinFlags.Write : PinFlags.None, isPin: false, out int error);
            if (folio == null)
                return done == 0 ? error : done;

            // Still under mmap_lock: a fork in between would make the page shared, and the write would reach both processes.
            Interleaving.Reach(SchedulePoint.Access, folio);
            byte* page = memory.PointerTo(folio.Frame) + (at & Page.OffsetMask);
            if (direction == RemoteDirection.Write)
            {
                Buffer.MemoryCopy(buffer + done, page, part, part);

                // The entry that was marked dirty may be gone by now, and the page written out without these bytes.
                folio.Set(FolioFlags.Dirty);
            }
            else
                Buffer.MemoryCopy(page, buffer + done, part, part);
            mm.MmapLock.ReadUnlock();
            memory.Put(folio);
            done += part;
        }

        return done;
    }
}
