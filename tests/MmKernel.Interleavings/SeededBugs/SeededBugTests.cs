using System.Linq;
using Xunit;
using Xunit.Abstractions;

namespace MmKernel.Interleavings;

/// <summary>The races can fail: each finds the bug that it is there to find, when the kernel has it.</summary>
public sealed class SeededBugTests(ITestOutputHelper output)
{
    private static readonly SeededBug[] s_bugs =
    [
        new(
            "an unmapped VMA stays attached",
            "fault and munmap",
            "AddressSpaces/MunmapCalls.cs",
            ("        VmaMarkDetached(vma);\n", "")),
        new(
            "page tables are freed without a grace period",
            "access and freeing of its page table",
            "PageTables/TableFreeing.cs",
            ("Rcu.Call(new DeferredTable(mm.Machine.Memory, table));", "mm.Machine.Memory.FreeTable(table);")),
        new(
            "the anon_vma is not looked for again under its lock",
            "two first faults on one VMA",
            "Rmap/AnonPrepare.cs",
            ("        if (vma.AnonVma == null)\n        {\n            vma.AnonVma = anonVma;", "        {\n            vma.AnonVma = anonVma;")),
        new(
            "the entry is not looked at again under its lock",
            "two faults on one page",
            "Faults/AnonymousFault.cs",
            ("pte.Value != vmf.OrigPte || result != VmFault.None", "result != VmFault.None")),
        new(
            "mprotect does not flush",
            "fault and mprotect",
            "PageTables/Protection.cs",
            ("        if (flush)\n", "        if (flush && vma == null)\n")),
        new(
            "mremap does not write-lock the source",
            "fault and mremap",
            "AddressSpaces/VmaMove.cs",
            ("        VmaStartWrite(vma);\n        ulong oldEnd", "        ulong oldEnd"),
            ("        VmaStartWrite(source);\n", "")),
        new(
            "the range is not tested again under the VMA lock",
            "lookup under RCU and VMA reuse",
            "AddressSpaces/VmaLocking.cs",
            ("        if (address >= vma.Start && address < vma.End)\n", "        if (vma != null)\n")),
        new(
            "a stack grows without being write-locked",
            "stack growth and fault",
            "AddressSpaces/StackGrowth.cs",
            ("        VmaLocking.VmaStartWrite(vma);\n", "")),
        new(
            "mmap_lock is dropped between growing a stack and using it",
            "stack growth and munmap",
            "AddressSpaces/StackGrowth.cs",
            ("            mm.MmapLock.DowngradeWrite();\n", "            mm.MmapLock.WriteUnlock();\n            mm.MmapLock.ReadLock();\n")),
        new(
            "fork does not write-lock the source",
            "fork and faults",
            "Fork/DupMmap.cs",
            ("                error = VmaStartWriteKillable(vma);\n", "                error = 0;\n")),
        new(
            "threads come in while fork is alone",
            "fork without VMA locks and faults",
            "Fork/Residents.cs",
            ("        while (IsClosed)\n        {\n            Volatile.Write(ref task.ResidentIn, null);", "        while (task == null)\n        {\n            Volatile.Write(ref task.ResidentIn, null);")),
        new(
            "fork does not look who is in the address space",
            "fork without VMA locks and a store to two tables",
            "Fork/Residents.cs",
            ("Volatile.Read(ref task.GuestIn) == Mm || (task != self && Volatile.Read(ref task.ResidentIn) == Mm)", "task == null")),
        new(
            "fork holds mmap_lock shared",
            "fork and first fault",
            "Fork/DupMmap.cs",
            ("mm.MmapLock.WriteLockKillable() != 0", "mm.MmapLock.ReadLockKillable() != 0"),
            ("        mm.MmapLock.WriteUnlock();\n", "        mm.MmapLock.ReadUnlock();\n"),
            ("                error = VmaStartWriteKillable(vma);\n", "                error = 0;\n")),
        new(
            "a page is reused though another process maps it",
            "copy on write on both sides of a fork",
            "Faults/WriteProtectFault.cs",
            ("folio.ReferenceCount > (folio.Has(FolioFlags.SwapCache) ? 2 : 1)", "folio.ReferenceCount > 2"),
            ("bool alone = folio.ReferenceCount == 1 ", "bool alone = folio.ReferenceCount <= 2 ")),
        new(
            "a copy is installed though the entry has changed",
            "copy on write by two threads",
            "Faults/FaultHandling.cs",
            ("pte == null || pte.Value == vmf.OrigPte", "pte == null || pte.Value != ulong.MaxValue")),
        new(
            "a reference is dropped only if it is the last",
            "copy on write and exit of the child",
            "PageTables/TlbGather.cs",
            ("            memory.Swap.FreeCache(memory, folio);\n            memory.Put(folio);\n", "            if (folio.ReferenceCount == 1)\n                memory.Put(folio);\n")),
        new(
            "a remote write goes on without mmap_lock",
            "fork and remote write",
            "Gup/RemoteAccess.cs",
            ("            Interleaving.Reach(", "            mm.MmapLock.ReadUnlock();\n            Interleaving.Reach("),
            ("            mm.MmapLock.ReadUnlock();\n            memory.Put(folio);", "            memory.Put(folio);")),
        new(
            "a VMA changes its range with rmap locks not taken",
            "VMA merge and rmap walk",
            "AddressSpaces/VmaLayout.cs",
            ("        RmapLocking.TakeRmapLocks(vma);\n", ""),
            ("        RmapLocking.DropRmapLocks(vma);\n", "")),
        new(
            "a split shrinks the old VMA before the new one is found",
            "VMA split and rmap walk",
            "AddressSpaces/VmaSplit.cs",
            ("        long error = Insert(vma, vma.Start, address, vma.PageOffset);\n", "        ulong start = vma.Start;\n        ulong index = vma.PageOffset;\n        VmaStartWrite(vma);\n        VmaLayout.Shrink(vma, address, vma.End, offset);\n        long error = Insert(vma, start, address, index);\n"),
            ("        if (error == 0)\n            VmaLayout.Shrink(vma, address, vma.End, offset);\n", "")),
        new(
            "pages move with rmap locks not taken",
            "mremap and rmap walk",
            "PageTables/MovePageTables.cs",
            ("            anonVma.Lock.WriteLock();\n", ""),
            ("            anonVma.Lock.WriteUnlock();\n", "")),
        new(
            "a child is not linked to what it inherits pages from",
            "fork and rmap walk",
            "Rmap/AnonVmaLinks.cs",
            ("        int error = AnonVmaClone(target, source, reuse: true);\n", "        int error = 0;\n")),
        new(
            "a file is cut off with its pages still mapped",
            "truncate and fault",
            "PageCache/MemoryFile.cs",
            ("        Mapping.SetSize(size);\n        if (size < old)\n", "        if (size >= old)\n            Mapping.SetSize(size);\n        if (size < old)\n"),
            ("            ClearTail(size);\n", "            ClearTail(size);\n            Mapping.SetSize(size);\n")),
        new(
            "a page is written to swap while its process still writes to it",
            "reclaim and write",
            "Rmap/Unmapping.cs",
            ("Tlb.PtepClearFlush(pte, vma.Mm)", "Tlb.PtepGetAndClear(pte)")),
        new(
            "a page comes back though its entry has changed",
            "two accesses to a page in swap",
            "Swap/SwapFault.cs",
            ("        if (pte.Value != vmf.OrigPte || !IsOf(folio, vmf.OrigPte))\n", "        if (!IsOf(folio, vmf.OrigPte))\n")),
        new(
            "a page is freed though somebody has just found it in the swap cache",
            "reclaim and return from swap",
            "Swap/SwapCluster.cs",
            ("        if (folio.Has(FolioFlags.Dirty) || !folio.TryFreeze(2))\n", "        while (!folio.TryFreeze(folio.ReferenceCount))\n        {\n        }\n\n        if (_counts[slot] < 0)\n")),
        new(
            "swapoff maps a page without looking whether its entry is still there",
            "return from swap and swapoff",
            "Swap/SwapOff.cs",
            ("pte.Value != value || !SwapFault.IsOf(folio, value) || ", "")),
        new(
            "the device of a slot is looked up after the folio that kept it was unlocked",
            "read ahead and swapoff",
            "Swap/SwapSpace.cs",
            ("            var cluster = ClusterOf(folio.Swap, out int index);\n", "            var entry = folio.Swap;\n"),
            ("isFree || cluster.CountOf(index) != 0", "isFree || ClusterOf(entry, out int index).CountOf(index) != 0")),
        new(
            "a page is put on a list of reclaim by who has no reference to it any more",
            "first access to a file's page and truncate",
            "PageCache/AddressSpace.cs",
            ("        if (added)\n            Memory.Lru?.Add(folio);\n        else\n", "        if (!added)\n"),
            ("        Memory.Put(folio);\n        return VmFault.None;\n", "        Memory.Put(folio);\n        if (added)\n            Memory.Lru?.Add(folio);\n        return VmFault.None;\n")),
        new(
            "a page is moved while its process still writes to it",
            "migration and write",
            "Migration/MigrationRmap.cs",
            ("Tlb.PtepClearFlush(pte, vma.Mm)", "Tlb.PtepGetAndClear(pte)")),
        new(
            "a page is moved though somebody refers to it",
            "migration and remote write",
            "Migration/FolioMigration.cs",
            ("        if (source.ReferenceCount != ExpectedReferences(source))\n", "        if (source.ReferenceCount < ExpectedReferences(source))\n"),
            ("        return source.ReferenceCount == 1;\n", "        return true;\n")),
        new(
            "fork copies the entry of a page that is being moved as it found it",
            "migration and fork",
            "Fork/CopyPageTables.cs",
            (" && MigratingCopies.Copy(target, source, start, entries.AsSpan(0, (int)((end - start) >> Page.Shift)));", ";"),
            ("entry != None && !MigrationEntry.IsIn(entry)", "entry != None")),
        new(
            "a page that is being moved goes on being the parent's own after a fork",
            "migration and fork",
            "Fork/MigratingCopies.cs",
            ("old.Value = entry = MigrationEntry.Shared(entry);", "entry = MigrationEntry.Shared(entry);")),
        new(
            "munmap does not count a page that is being moved",
            "migration and munmap",
            "PageTables/Zap.cs",
            ("        if (MigrationEntry.IsIn(old))\n", "        if (MigrationEntry.IsIn(old) && vma == null)\n")),
        new(
            "a userfaultfd moves a page that has just been pinned",
            "userfaultfd move and pin",
            "Userfaultfd/UffdFolioMove.cs",
            (" || folio.IsPinned", "")),
        new(
            "a userfaultfd moves a huge page that has just been pinned",
            "userfaultfd move of a huge page and pin",
            "Userfaultfd/UffdFolioMove.cs",
            (" || folio.IsPinned", "")),
        new(
            "a userfaultfd moves a page that fork is copying",
            "userfaultfd move and fork",
            "Fork/DupMmap.cs",
            ("                error = VmaStartWriteKillable(vma);\n", "                error = 0;\n")),
        new(
            "a userfaultfd moves a page that it has not locked",
            "userfaultfd move and rmap walk",
            "Userfaultfd/UffdFolioMove.cs",
            ("        folio.Lock();\n", ""),
            ("        folio.Unlock();\n", "")),
        new(
            "a page that became a merged one for nothing stays one",
            "merging and exit",
            "Ksm/KsmScan.cs",
            ("            KsmUnmerge.BreakCow(item);\n", "")),
        new(
            "a page is merged though it was written to since it was compared",
            "merging and write",
            "Ksm/KsmMerging.cs",
            ("                && ksm.Memory.IsSame(folio, merged ?? ksm.Memory.FolioOf(PhysicalMemory.ZeroFrame))\n", "")),
        new(
            "mprotect passes over pages that are being moved",
            "migration and mprotect",
            "PageTables/Protection.cs",
            ("        if (!MigrationEntry.IsIn(entry))\n", "        if (MigrationEntry.IsIn(entry))\n")),
        new(
            "a huge page is mapped though somebody was faster",
            "two first writes to a huge page",
            "Huge/HugeFault.cs",
            ("bool isSame = ((HugeEntries.Read(vma, vmf.Address) ^ old) & ~Accessed) == 0 && result == VmFault.None;", "bool isSame = result == VmFault.None;")),
        new(
            "a huge page of zeros takes the place of what was written",
            "huge page of zeros and first write",
            "Huge/HugeFault.cs",
            ("bool isFree = HugeEntries.Read(vma, vmf.Address) == None && result == VmFault.None;", "bool isFree = result == VmFault.None;")),
        new(
            "fork leaves the parent the right to write to a huge page",
            "fork of a huge page and write",
            "Huge/HugeCopy.cs",
            ("            HugeEntries.AndNot(source, address, Writable);\n", ""),
            ("        return entry & ~Accessed;\n", "        return entry & ~(Accessed | Writable);\n")),
        new(
            "an entry maps nothing for a moment while it is split",
            "split of a huge entry and rmap walk",
            "Huge/HugeEntries.cs",
            ("        Fill(memory, table, entry);\n        while (", "        entry = Clear(vma, address);\n        Fill(memory, table, entry);\n        Interleaving.Reach(SchedulePoint.LockFree, vma);\n        Set(vma, address, entry);\n        while (")),
        new(
            "pages are collapsed with the VMA not write-locked",
            "collapse and fault",
            "Huge/Collapse.cs",
            ("            VmaLocking.VmaStartWrite(vma);\n", "")),
        new(
            "the VMA is not looked at again after mmap_lock was gone",
            "collapse and munmap",
            "Huge/Collapse.cs",
            ("        var result = CollapseResult.NotAllowed;\n        var vma = Revalidate(mm, start, use);\n", "        var result = CollapseResult.NotAllowed;\n        var vma = mm.Vmas.Walk(start);\n")),
        new(
            "a page is collapsed though somebody else has a reference",
            "collapse and pin",
            "Huge/CollapseTally.cs",
            ("        if (page.IsPinned || page.ReferenceCount != page.MapCount + (page.Has(FolioFlags.SwapCache) ? 1 : 0))\n            return CollapseResult.Busy;\n", "")),
        new(
            "a folio is split though somebody else has a reference",
            "split of a folio and fork",
            "Huge/HugeSplit.cs",
            ("        bool split = folio.MapCount == 0 && TryScatter(memory, folio);\n", "        bool split = TryScatter(memory, folio);\n"),
            ("        if (!folio.TryFreezeAlone())\n            return false;\n", "        while (!folio.TryFreeze(folio.ReferenceCount))\n        {\n        }\n\n")),
    ];

    public static TheoryData<string> Names { get; } = [.. s_bugs.Select(bug => bug.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_race_finds_the_bug(string name)
    {
        var bug = s_bugs.Single(bug => bug.Name == name);
        string? failure = BuggyKernel.Explore(bug);
        output.WriteLine(failure ?? "nothing found");
        Assert.True(failure != null, $"'{bug.Race}' does not notice that {name}");
    }
}
