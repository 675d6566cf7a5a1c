namespace StaleVma;

public static class Walk
{
    public static ulong EndAfterPause(MmStruct mm, ulong address)
    {
        mm.MmapLock.ReadLock();
        var vma = mm.FindVma(address);
        mm.MmapLock.ReadUnlock();
        Thread.Yield();
        mm.MmapLock.ReadLock();
        vma = mm.FindVma(address);
        ulong end = vma != null ? vma.End : 0;
        mm.MmapLock.ReadUnlock();
        return end;
    }
}
