namespace PrivateFileMapping;

public static class Fill
{
    /// <summary>Without an anon_vma only a shared mapping can be filled under the VMA lock; for any other the caller takes the slow way.</summary>
    public static bool Copy(MmStruct mm, ulong address)
    {
        var vma = mm.LockVma(address);
        if (vma == null)
            return false;
        bool ready = vma.IsShared || vma.AnonVma != null;
        if (ready)
            InstallPage(vma, address);
        vma.Lock.ReadUnlock();
        return ready;
    }

    [MustHold("vma.Lock"), Requires("vma.IsShared || vma.AnonVma != null")]
    private static void InstallPage(VmArea vma, ulong address) =>
        Console.WriteLine($"page at {address:x} in {vma.Start:x}-{vma.End:x}");
}
