namespace StaleVma;

public static class Walk
{
    // Wrong: while the lock was free somebody may have unmapped the VMA.
    public static ulong EndAfterPause(MmStruct mm, ulong address)
    {
        mm.MmapLock.ReadLock();
        var vma = mm.FindVma(address);
        mm.MmapLock.ReadUnlock();
        Thread.Yield();
        mm.MmapLock.ReadLock();
        ulong end = vma != null ? vma.End : 0;
        mm.MmapLock.ReadUnlock();
        return end;
    }

    // Right: looked up again.
    public static ulong EndLookedUpAgain(MmStruct mm, ulong address)
    {
        mm.MmapLock.ReadLock();
        var vma = mm.FindVma(address);
        mm.MmapLock.ReadUnlock();
        if (vma == null)
            return 0;
        Thread.Yield();
        mm.MmapLock.ReadLock();
        vma = mm.FindVma(address);
        ulong end = vma != null ? vma.End : 0;
        mm.MmapLock.ReadUnlock();
        return end;
    }
}
