using MmLint;
using static MmKernel.UffdLocking;

namespace MmKernel;

/// <summary>What a page is filled with.</summary>
internal enum UffdFillKind
{
    /// <summary>A copy of the caller's memory.</summary>
    Copy,

    /// <summary>Zeros.</summary>
    Zeropage,

    /// <summary>The page that the file has.</summary>
    Continue,

    /// <summary>A marker that makes accesses fail.</summary>
    Poison,
}

/// <summary>Filling pages that a handler was asked for (<c>mfill_atomic</c>, <c>mm/userfaultfd.c</c>).</summary>
internal static unsafe class UffdFill
{
    /// <summary>Fills a range, page by page; each is complete when it appears.</summary>
    /// <param name="context">The userfaultfd.</param>
    /// <param name="mm">Its address space.</param>
    /// <param name="target">First address; page-aligned.</param>
    /// <param name="source">Where in the current address space to copy from; not counted for other kinds.</param>
    /// <param name="length">Bytes; whole pages.</param>
    /// <param name="kind">With what.</param>
    /// <param name="protect">Whether the pages are write-protected.</param>
    /// <returns>
    /// Bytes filled, if any were. Else −ENOENT: not mapped by one registered VMA; −EAGAIN: mappings are changing; −EINVAL: not for this VMA;
    /// −EEXIST: something is there; −EFAULT: the source cannot be read, the file ends before, or it has no such page; −ENOMEM; −EINTR.
    /// </returns>
    [MustHold("mm.Users && mm.Residents"), MustNotHold("MmStruct.MmapLock || VmArea.Lock || UserfaultContext.MapChangingLock"), MaySleep]
    internal static long FillRange(
        UserfaultContext context, MmStruct mm, ulong target, ulong source, ulong length, UffdFillKind kind, bool protect)
    {
        ulong done = 0;
        long error = 0;
        while (done < length && error == 0)
        {
            error = kind == UffdFillKind.Copy
                ? CopyOne(context, mm, target, length, target + done, source + done, protect)
                : FillOne(context, mm, target, length, target + done, kind, protect);
            if (error != 0)
                break;
            done += Page.Size;
            if (Task.Current.IsFatalSignalPending)
                error = -(long)Errno.EINTR;
        }

        return done != 0 ? (long)done : error;
    }

    /// <summary>What is wrong with a call for a VMA (the checks of <c>mfill_atomic</c> under the locks).</summary>
    [MustHold("vma.Lock")]
    private static long Check(VmArea vma, UffdFillKind kind, bool protect)
    {
        if (protect && (vma.Flags & VmFlags.UffdWriteProtect) == 0)
            return -(long)Errno.EINVAL;
        return kind == UffdFillKind.Continue && vma.IsAnonymous ? -(long)Errno.EINVAL : 0;
    }

    [MustHold("mm.Users && mm.Residents"), MustNotHold("MmStruct.MmapLock || VmArea.Lock || UserfaultContext.MapChangingLock"), MaySleep]
    private static long FillOne(
        UserfaultContext context, MmStruct mm, ulong start, ulong length, ulong address, UffdFillKind kind, bool protect)
    {
        var vma = FillLock(context, mm, start, length, out long error);
        if (vma == null)
            return error;
        error = Check(vma, kind, protect);
        if (error == 0 && !PageTableWalk.AllocateTables(vma, address))
            error = -(long)Errno.ENOMEM;
        if (error == 0)
        {
            error = kind switch
            {
                UffdFillKind.Continue => UffdInstall.Continue(vma, address, protect),
                UffdFillKind.Poison => UffdInstall.Marker(vma, address),
                _ when vma.IsShared => ZeroSharedPage(vma, address),
                _ => UffdInstall.ZeroPage(vma, address),
            };
        }

        FillUnlock(context, vma);
        return error;
    }

    /// <summary>
    /// Copies and maps one page. Under the locks user memory is read only if that takes no fault; else the locks are dropped for it, and all
    /// is checked again (<c>mfill_atomic_pte_copy</c>).
    /// </summary>
    [MustHold("mm.Users && mm.Residents"), MustNotHold("MmStruct.MmapLock || VmArea.Lock || UserfaultContext.MapChangingLock"), MaySleep]
    private static long CopyOne(UserfaultContext context, MmStruct mm, ulong start, ulong length, ulong address, ulong source, bool protect)
    {
        var current = Task.CurrentMm!;
        var memory = mm.Machine.Memory;
        var vma = FillLock(context, mm, start, length, out long error);
        if (vma == null)
            return error;
        error = Check(vma, UffdFillKind.Copy, protect);
        if (error != 0)
        {
            FillUnlock(context, vma);
            return error;
        }

        var folio = memory.Allocate();
        if (folio == null)
        {
            FillUnlock(context, vma);
            return -(long)Errno.ENOMEM;
        }

        if (!Mmu.TryRead(current, source, memory.PointerTo(folio.Frame), Page.Size))
        {
            FillUnlock(context, vma);
            if (!Mmu.AccessPages(current, source, memory.PointerTo(folio.Frame), Page.Size, FaultFlag.None).IsOk)
            {
                memory.Put(folio);
                return -(long)Errno.EFAULT;
            }

            vma = FillLock(context, mm, start, length, out error);
            if (vma == null)
            {
                memory.Put(folio);
                return error;
            }

            error = Check(vma, UffdFillKind.Copy, protect);
        }

        if (error == 0 && !PageTableWalk.AllocateTables(vma, address))
            error = -(long)Errno.ENOMEM;
        if (error == 0)
        {
            folio.Set(FolioFlags.UpToDate);
            error = vma.IsShared ? UffdInstall.NewSharedPage(vma, address, folio, protect) : UffdInstall.NewPrivatePage(vma, address, folio, protect);
        }

        if (error != 0)
            memory.Put(folio);
        FillUnlock(context, vma);
        return error;
    }

    /// <summary>A hole of a shared file is filled in the file.</summary>
    [MustHold("vma.Lock"), MaySleep]
    private static long ZeroSharedPage(VmArea vma, ulong address)
    {
        var memory = vma.Mm.Machine.Memory;
        var folio = memory.AllocateZeroed();
        if (folio == null)
            return -(long)Errno.ENOMEM;
        long error = UffdInstall.NewSharedPage(vma, address, folio, protect: false);
        if (error != 0)
            memory.Put(folio);
        return error;
    }
}
