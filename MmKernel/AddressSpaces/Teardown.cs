using MmLint;

namespace MmKernel;

/// <summary>The end of an address space (<c>mm/mmap.c</c>).</summary>
internal static class Teardown
{
    /// <summary>Unmaps everything; no user is left (<c>exit_mmap</c>).</summary>
    [MustNotHold("mm.MmapLock"), MaySleep]
    internal static void ExitMmap(MmStruct mm)
    {
        mm.MmapLock.WriteLock();
        mm.IsExiting = true;

        // Not the system call: mappings that are sealed go as well.
        MunmapCalls.Remove(mm, 0, Page.TaskSize);
        mm.MmapLock.WriteUnlock();
        mm.Machine.Memory.AddressSpaces.Remove(mm);
    }
}
