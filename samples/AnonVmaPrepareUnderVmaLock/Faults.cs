namespace AnonVmaPrepareUnderVmaLock;

/// <summary>Three fault handlers. The first two were right until faults began to run under the lock of the VMA.</summary>
public static class Faults
{
    [MustHold("vmf.FaultLock"), Releases("vmf.FaultLock", When = "(result & VmFault.Retry) != 0")]
    public static VmFault DoAnonymousPage(FaultContext vmf)
    {
        if (Rmap.AnonVmaPrepare(vmf.Vma) != 0)
            return VmFault.Oom;
        MapZeroedPage(vmf);
        return VmFault.None;
    }

    [MustHold("vmf.FaultLock"), Releases("vmf.FaultLock", When = "(result & VmFault.Retry) != 0")]
    public static VmFault DoCowFault(FaultContext vmf)
    {
        var vma = vmf.Vma;
        if (Rmap.AnonVmaPrepare(vma) != 0)
            goto oom;
        MapZeroedPage(vmf);
        return VmFault.None;
    oom:
        return VmFault.Oom;
    }

    // Right: where the VMA lock may be all there is, an anon_vma is there already.
    [MustHold("vmf.FaultLock"), Releases("vmf.FaultLock", When = "(result & VmFault.Retry) != 0")]
    public static VmFault WpPageCopy(FaultContext vmf)
    {
        if ((vmf.Flags & FaultFlags.VmaLock) != 0 && vmf.Vma.AnonVma == null)
        {
            vmf.Vma.Lock.ReadUnlock();
            return VmFault.Retry;
        }

        if (Rmap.AnonVmaPrepare(vmf.Vma) != 0)
            return VmFault.Oom;
        MapZeroedPage(vmf);
        return VmFault.None;
    }

    [MustHold("vmf.FaultLock"), Requires("vmf.Vma.AnonVma != null")]
    private static void MapZeroedPage(FaultContext vmf) => Interlocked.Increment(ref vmf.Vma.AnonVma!.Pages);
}
