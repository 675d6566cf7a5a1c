namespace AnonVmaPrepareUnderVmaLock;

/// <summary>The handlers call what asks for a retry where the lock of the VMA is not enough.</summary>
public static class Faults
{
    [MustHold("vmf.FaultLock"), Releases("vmf.FaultLock", When = "(result & VmFault.Retry) != 0")]
    public static VmFault DoAnonymousPage(FaultContext vmf)
    {
        var ret = Rmap.VmfAnonPrepare(vmf);
        if (ret != VmFault.None)
            return ret;
        MapZeroedPage(vmf);
        return VmFault.None;
    }

    [MustHold("vmf.FaultLock"), Releases("vmf.FaultLock", When = "(result & VmFault.Retry) != 0")]
    public static VmFault DoCowFault(FaultContext vmf)
    {
        var ret = Rmap.VmfAnonPrepare(vmf);
        if (ret != VmFault.None)
            goto failed;
        MapZeroedPage(vmf);
        return VmFault.None;
    failed:
        return ret;
    }

    [MustHold("vmf.FaultLock"), Requires("vmf.Vma.AnonVma != null")]
    private static void MapZeroedPage(FaultContext vmf) => Interlocked.Increment(ref vmf.Vma.AnonVma!.Pages);
}
