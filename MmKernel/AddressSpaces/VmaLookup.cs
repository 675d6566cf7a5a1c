using MmLint;

namespace MmKernel;

/// <summary>Looking up VMAs under mmap_lock (<c>mm/mmap.c</c>).</summary>
public static class VmaLookup
{
    /// <summary>The first VMA that ends behind <paramref name="address"/>; it may start behind it (<c>find_vma</c>).</summary>
    [MustHold("mm.MmapLock"), MustHold("mm.Users", When = "mm.IsExiting"), Ensures("result.Mm == mm")]
    [return: ValidWhileHeld("mm.MmapLock || result.Lock")]
    public static VmArea? FindVma(MmStruct mm, ulong address)
    {
        Lockdep.AssertHeld(mm.MmapLock, LockMode.Shared);
        return mm.Vmas.Find(address);
    }

    /// <summary>The VMA that covers <paramref name="address"/> (<c>vma_lookup</c>).</summary>
    [MustHold("mm.MmapLock"), MustHold("mm.Users", When = "mm.IsExiting"), Ensures("result.Mm == mm")]
    [return: ValidWhileHeld("mm.MmapLock || result.Lock")]
    public static VmArea? LookupVma(MmStruct mm, ulong address)
    {
        Lockdep.AssertHeld(mm.MmapLock, LockMode.Shared);
        return mm.Vmas.Walk(address);
    }
}
