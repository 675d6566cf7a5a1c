using System;
using MmLint;
using static MmKernel.VmaLocking;

namespace MmKernel;

/// <summary>Which VMAs a userfaultfd handles (<c>fs/userfaultfd.c</c>).</summary>
internal static class UffdRegistration
{
    /// <summary>Registers whatever is mapped in a range (<c>userfaultfd_register</c>).</summary>
    /// <returns>
    /// 0. −EINVAL: nothing is mapped there, or something that cannot be handled. −EPERM: may never be written. −EBUSY: another userfaultfd
    /// handles it. −ENOMEM: the process is gone, or too many VMAs; then a part is registered.
    /// </returns>
    [MustHold("mm.Users"), MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    internal static long Register(UserfaultContext context, MmStruct mm, ulong start, ulong end, UffdRegisterMode mode)
    {
        var flags = FlagsOf(mode);
        mm.MmapLock.WriteLock();
        long error = CheckRegister(context, mm, start, end, flags);
        if (error == 0)
            error = RegisterRange(context, mm, start, end, flags);
        mm.MmapLock.WriteUnlock();
        return error;
    }

    /// <summary>Takes the registration of a range away (<c>userfaultfd_unregister</c>); threads that wait for its pages try again.</summary>
    /// <returns>0. −EINVAL: nothing is mapped there, or something that is another's or cannot be handled. −ENOMEM.</returns>
    [MustHold("mm.Users"), MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    internal static long Unregister(UserfaultContext context, MmStruct mm, ulong start, ulong end)
    {
        mm.MmapLock.WriteLock();
        long error = CheckUnregister(context, mm, start, end);
        if (error == 0)
            error = UnregisterRange(context, mm, start, end);
        mm.MmapLock.WriteUnlock();
        return error;
    }

    /// <summary>Closes a context: its ranges are registered no more, and who waits tries again (<c>userfaultfd_release</c>).</summary>
    [MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    internal static void Close(UserfaultContext context)
    {
        if (!context.Release())
            return;
        var mm = context.Mm;
        if (mm.TryGet())
        {
            UnregisterAll(context, mm);
            mm.Put();
        }

        context.WakeAll();
    }

    /// <summary>Takes every registration of a context away that is being closed (<c>userfaultfd_release_all</c>).</summary>
    [MustHold("mm.Users"), MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    private static void UnregisterAll(UserfaultContext context, MmStruct mm)
    {
        mm.MmapLock.WriteLock();
        ulong address = 0;
        while (mm.Vmas.Find(address) is { } vma)
        {
            address = vma.End;
            if (vma.Userfault != context)
                continue;
            DropProtection(vma, vma.Start, vma.End);

            // Without memory the VMA stays as it is and is not merged: faults that ask a closed context would try again for ever.
            var flags = vma.Flags & ~VmFlags.UffdMask;
            SetHandler(VmaSplit.Modify(vma, vma.Start, vma.End, flags, null) ?? vma, flags, null);
        }

        mm.MmapLock.WriteUnlock();
    }

    /// <summary>Makes a VMA nobody's, marks and all (<c>userfaultfd_reset_ctx</c>).</summary>
    [MustHold("exclusive(vma.Lock)")]
    internal static void Reset(VmArea vma)
    {
        vma.Userfault = null;
        vma.Flags &= ~VmFlags.UffdMask;
    }

    /// <summary>Gives what is mapped in a range to a context (<c>userfaultfd_register_range</c>).</summary>
    [MustHold("exclusive(mm.MmapLock)"), MaySleep]
    private static long RegisterRange(UserfaultContext context, MmStruct mm, ulong start, ulong end, VmFlags flags)
    {
        while (mm.Vmas.FindIntersection(start, end) is { } vma)
        {
            ulong from = Math.Max(vma.Start, start);
            start = vma.End;
            if (vma.Userfault == context && (vma.Flags & flags) == flags)
                continue;
            long error = TrySetHandler(vma, from, Math.Min(vma.End, end), (vma.Flags & ~VmFlags.UffdMask) | flags, context);
            if (error != 0)
                return error;
        }

        return 0;
    }

    [MustHold("exclusive(mm.MmapLock)"), MaySleep]
    private static long UnregisterRange(UserfaultContext context, MmStruct mm, ulong start, ulong end)
    {
        while (mm.Vmas.FindIntersection(start, end) is { } vma)
        {
            ulong from = Math.Max(vma.Start, start);
            ulong stop = Math.Min(vma.End, end);
            start = vma.End;
            if (vma.Userfault == null)
                continue;
            DropProtection(vma, from, stop);
            long error = TrySetHandler(vma, from, stop, vma.Flags & ~VmFlags.UffdMask, null);
            if (error != 0)
                return error;
            context.Wake(from, stop - from);
        }

        return 0;
    }

    [MustHold("vma.Mm.MmapLock"), MaySleep]
    private static void DropProtection(VmArea vma, ulong start, ulong end)
    {
        if ((vma.Flags & VmFlags.UffdWriteProtect) != 0)
            _ = UffdWriteProtection.ChangeRange(vma, start, end, protect: false);
    }

    /// <summary>Gives a part of a VMA to a context, or to none (<c>userfaultfd_clear_vma</c>).</summary>
    /// <returns>0, or −ENOMEM.</returns>
    [MustHold("exclusive(vma.Mm.MmapLock)"), MaySleep]
    private static long TrySetHandler(VmArea vma, ulong start, ulong end, VmFlags flags, UserfaultContext? context)
    {
        var part = VmaSplit.Modify(vma, start, end, flags, context);
        if (part == null)
            return -(long)Errno.ENOMEM;
        SetHandler(part, flags, context);
        return 0;
    }

    [MustHold("exclusive(vma.Mm.MmapLock)"), MaySleep]
    private static void SetHandler(VmArea vma, VmFlags flags, UserfaultContext? context)
    {
        VmaStartWrite(vma);
        vma.Userfault = context;
        vma.Flags = flags;
    }

    [MustHold("mm.MmapLock")]
    private static long CheckRegister(UserfaultContext context, MmStruct mm, ulong start, ulong end, VmFlags flags)
    {
        var vma = mm.Vmas.FindIntersection(start, end);
        if (vma == null)
            return -(long)Errno.EINVAL;
        for (; vma != null; vma = mm.Vmas.FindIntersection(vma.End, end))
        {
            if (!CanHandle(vma, flags))
                return -(long)Errno.EINVAL;
            if ((vma.Flags & VmFlags.MayWrite) == 0)
                return -(long)Errno.EPERM;
            if (vma.Userfault != null && vma.Userfault != context)
                return -(long)Errno.EBUSY;
        }

        return 0;
    }

    [MustHold("mm.MmapLock")]
    private static long CheckUnregister(UserfaultContext context, MmStruct mm, ulong start, ulong end)
    {
        var vma = mm.Vmas.FindIntersection(start, end);
        if (vma == null)
            return -(long)Errno.EINVAL;
        for (; vma != null; vma = mm.Vmas.FindIntersection(vma.End, end))
        {
            if ((vma.Userfault != null && vma.Userfault != context) || !CanHandle(vma, vma.Flags))
                return -(long)Errno.EINVAL;
        }

        return 0;
    }

    /// <summary>Whether faults of that kind can be handed over (<c>vma_can_userfault</c>): those of anonymous memory and of files in memory.</summary>
    [MustHold("vma.Mm.MmapLock")]
    private static bool CanHandle(VmArea vma, VmFlags flags) =>
        vma.File != null ? vma.File.Mapping.Backing == null : (flags & VmFlags.UffdMinor) == 0;

    private static VmFlags FlagsOf(UffdRegisterMode mode)
    {
        var flags = VmFlags.None;
        if ((mode & UffdRegisterMode.Missing) != 0)
            flags |= VmFlags.UffdMissing;
        if ((mode & UffdRegisterMode.WriteProtect) != 0)
            flags |= VmFlags.UffdWriteProtect;
        if ((mode & UffdRegisterMode.Minor) != 0)
            flags |= VmFlags.UffdMinor;
        return flags;
    }
}
