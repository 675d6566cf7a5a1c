using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Xunit;

namespace MmKernel.Tests;

/// <summary>
/// Compares what the kernel keeps count of with what its page tables say, while nothing runs: map counts, references, RSS, table frames,
/// reverse map, anon_vma counts, free frames.
/// </summary>
internal static unsafe class Truth
{
    internal static void Check(Machine machine, params IReadOnlyCollection<Process> processes) => Check(machine, processes, []);

    internal static void Check(Machine machine, IReadOnlyCollection<Process> processes, IReadOnlyCollection<MemoryFile> files)
    {
        Rcu.Barrier();
        machine.Memory.Reclaimer?.WaitUntilIdle();
        machine.Memory.Lru?.DrainAll();
        var mappings = new Dictionary<ulong, int>();
        var entries = new Dictionary<Folio, (int Single, int Entire)>();
        var swapped = new Dictionary<SwapEntry, int>();
        var strays = new Dictionary<ulong, int>();
        long tables = 0;
        foreach (var process in processes)
            tables += 1 + CheckProcess(process.Mm, mappings, entries, swapped, strays);

        // The objects behind shared anonymous memory are known only by their mappings.
        var cached = new HashSet<ulong>();
        foreach (var file in files.Union(processes.SelectMany(FilesMappedBy)))
            CheckFile(file, cached, swapped);
        var swapCached = SwapTruth.Check(machine, swapped);

        for (ulong frame = 1; frame < (ulong)machine.Memory.FrameCount; frame++)
        {
            var folio = machine.Memory.FolioOf(frame);
            int expected = mappings.GetValueOrDefault(frame);
            Assert.True(expected == folio.PageMapCount, $"frame {frame}: {expected} entries, map count {folio.PageMapCount}");
            Assert.True(expected <= 1 || !folio.Has(FolioFlags.AnonExclusive), $"frame {frame} is shared and exclusive");
            if (folio.Head != folio || folio == machine.HugePages.ExistingZeroPage)
                continue;
            var (single, entire) = entries.GetValueOrDefault(folio);
            Assert.True(single + entire == folio.MapCount, $"frame {frame}: {single} + {entire} entries, map count {folio.MapCount}");
            Assert.Equal(entire, folio.EntireMapCount);
            int references = single + entire + (cached.Contains(frame) ? 1 : 0) + (swapCached.Contains(frame) ? 1 : 0);
            if (references == 0)
                continue;
            Assert.Equal(references, folio.ReferenceCount);
            Assert.False(folio.IsLocked);
            if (folio.MapCount != 0)
                CheckReverseMap(folio, single + (entire * folio.PageCount), strays.GetValueOrDefault(frame));
        }

        var inUse = entries.Keys.SelectMany(FramesOf).Union(cached).Union(swapCached).ToHashSet();
        int zeros = 1 + (machine.HugePages.ExistingZeroPage == null ? 0 : HugePages.PageCount);
        Assert.Equal(machine.Memory.FrameCount, machine.Memory.FreeFrames + zeros + tables + inUse.Count);
        SwapTruth.CheckLists(machine.Memory, inUse);
    }

    private static IEnumerable<ulong> FramesOf(Folio folio) => Enumerable.Range(0, folio.PageCount).Select(page => folio.Frame + (ulong)page);

    private static long CheckProcess(
        MmStruct mm, Dictionary<ulong, int> mappings, Dictionary<Folio, (int Single, int Entire)> entries, Dictionary<SwapEntry, int> swapped, Dictionary<ulong, int> strays)
    {
        Assert.False(mm.MmapLock.IsLocked);
        int vmas = 0;
        ulong end = 0;
        ulong pages = 0;
        for (var vma = mm.Vmas.Find(0); vma != null; vma = mm.Vmas.Find(vma.End))
        {
            Assert.True(vma.Start >= end && vma.End > vma.Start, "VMAs overlap or are empty");
            Assert.Same(vma, mm.Vmas.Walk(vma.Start));
            Assert.Same(vma, mm.Vmas.Walk(vma.End - 1));
            Assert.True(vma.Lock.IsAttached);
            Assert.Equal(0, vma.Lock.ReaderCount);
            Assert.Equal(vma.Userfault != null, (vma.Flags & VmFlags.UffdMask) != 0);
            Assert.True(vma.Userfault == null || (vma.Userfault.Mm == mm && !vma.Userfault.IsReleased), "registered with a foreign or closed userfaultfd");
            end = vma.End;
            pages += vma.PageCount;
            vmas++;
        }

        Assert.Equal(mm.MapCount, vmas);
        Assert.Equal(mm.TotalPages, pages);

        long anonymous = 0;
        long shared = 0;
        long files = 0;
        long inSwap = 0;
        long tables = mm.DepositedTables.Count;
        int huge = 0;
        Visit(mm, mm.TopTable.Frame, PageTableWalk.TopLevel, 0, ref tables, (address, entry) =>
        {
            var vma = mm.Vmas.Walk(address);
            Assert.True(vma != null, $"entry without VMA at {address:x}");
            if (SwapEntry.IsIn(entry))
            {
                inSwap++;
                Assert.NotNull(vma.AnonVma);
                swapped[SwapEntry.Of(entry)] = swapped.GetValueOrDefault(SwapEntry.Of(entry)) + 1;
                return;
            }

            if (PageTableEntry.IsGuard(entry))
            {
                Assert.True(vma.MayHoldGuards);
                return;
            }

            if (entry is PageTableEntry.UffdMarker or PageTableEntry.Poison)
                return;
            Assert.True(PageTableEntry.IsPresent(entry));
            Assert.True(!PageTableEntry.IsWritable(entry) || (vma.Flags & VmFlags.Write) != 0);
            Assert.True(!PageTableEntry.IsWritable(entry) || (entry & PageTableEntry.UffdWriteProtect) == 0, "write-protected and writable");
            bool isHuge = PageTableEntry.IsHuge(entry);
            if (isHuge && HugePages.AlignDown(address) == address)
            {
                huge++;
                Assert.True(vma.Start <= address && address + HugePages.Size <= vma.End, "a huge page across the end of its VMA");
            }

            if (PageTableEntry.IsSpecial(entry))
                return;
            ulong frame = PageTableEntry.FrameOf(entry);
            mappings[frame] = mappings.GetValueOrDefault(frame) + 1;
            var folio = mm.Machine.Memory.FolioOf(frame).Head;
            var (single, entire) = entries.GetValueOrDefault(folio);
            if (!isHuge)
                entries[folio] = (single + 1, entire);
            else if (folio.Frame == frame)
                entries[folio] = (single, entire + 1);
            if (!folio.IsAnonymous)
            {
                if (folio.Has(FolioFlags.SwapBacked))
                    shared++;
                else
                    files++;
                Assert.Same(vma.File!.Mapping, folio.Mapping);
                Assert.Equal(vma.PageIndex(address), folio.Index);
                return;
            }

            anonymous++;
            if (folio.KsmNode != null)
            {
                Assert.False(PageTableEntry.IsWritable(entry), "a merged page can be written");
                Assert.False(folio.Has(FolioFlags.AnonExclusive), "a merged page is exclusive");
                if ((vma.Flags & VmFlags.Mergeable) == 0 || !mm.IsMergeable)
                    strays[frame] = strays.GetValueOrDefault(frame) + 1;
                return;
            }

            Assert.Equal(vma.PageIndex(address), folio.Index + (frame - folio.Frame));
            Assert.Same(vma.AnonVma!.Root, ((AnonVma)folio.Mapping!).Root);
        });
        Assert.Equal(huge, mm.DepositedTables.Count);
        Assert.Equal(anonymous, mm.Rss[RssKind.Anonymous]);
        Assert.Equal(shared, mm.Rss[RssKind.SharedMemory]);
        Assert.Equal(inSwap, mm.Rss[RssKind.Swap]);
        Assert.Equal(files, mm.Rss[RssKind.File]);
        Assert.Equal(tables, Volatile.Read(ref mm.TableFrames));
        return tables;
    }

    private static IEnumerable<MemoryFile> FilesMappedBy(Process process)
    {
        var files = new List<MemoryFile>();
        for (var vma = process.Mm.Vmas.Find(0); vma != null; vma = process.Mm.Vmas.Find(vma.End))
        {
            if (vma.File != null)
                files.Add(vma.File.File);
        }

        return files;
    }

    private static void CheckFile(MemoryFile file, HashSet<ulong> cached, Dictionary<SwapEntry, int> swapped)
    {
        Assert.False(file.Rwsem.IsLocked);
        Assert.False(file.Mapping.ImapLock.IsLocked);
        foreach (ulong index in file.Mapping.IndicesBetween(0, ulong.MaxValue))
        {
            var folio = file.Mapping.Find(index)!;
            Assert.True(cached.Add(folio.Frame));
            Assert.Same(file.Mapping, folio.Mapping);
            Assert.Equal(index, folio.Index);
            file.Mapping.Memory.Put(folio);
        }

        foreach (var entry in file.Mapping.SwapEntries())
            swapped[entry] = swapped.GetValueOrDefault(entry) + 1;
    }

    /// <summary>
    /// Reverse mapping meets each entry that maps a folio, and of other folios than merged ones each once. A page that a process shares with one
    /// whose memory is scanned, without being scanned itself, becomes a merged page that is not known to be mapped there: a stray. So are those of a child
    /// that fork could not have scanned too, for lack of memory.
    /// </summary>
    private static void CheckReverseMap(Folio folio, int expected, int strays)
    {
        // A merged page may be met more than once: in the tree of each ancestor that the scan knew.
        var found = new HashSet<(MmStruct, ulong)>();
        bool mayRepeat = folio.KsmNode != null;
        Assert.True(folio.TryLock());
        RmapWalking.RmapWalk(folio, (page, vma, address) =>
        {
            for (ulong end = HugeRmap.EndIn(page, vma, address); address < end; address += Page.Size)
            {
                if (RmapWalking.Maps(PageTableWalk.ReadEntry(vma, address), page))
                    Assert.True(found.Add((vma.Mm, address)) || mayRepeat, "reverse mapping meets an entry twice");
            }

            return true;
        });
        folio.Unlock();
        Assert.True(found.Count <= expected && found.Count >= expected - strays, $"frame {folio.Frame} of {folio.Mapping} has {expected} entries, reverse mapping finds {found.Count}");
    }

    private static void Visit(MmStruct mm, ulong frame, int level, ulong start, ref long tables, Action<ulong, ulong> visit)
    {
        for (ulong i = 0; i < 512; i++)
        {
            ulong address = start + (i * PageTableWalk.SpanOf(level));
            ulong entry = *PageTableWalk.EntryIn(mm.Machine.Memory, frame, address, level);
            if (entry == PageTableEntry.None)
                continue;
            if (level == 0)
            {
                visit(address, entry);
                continue;
            }

            if (PageTableEntry.IsHuge(entry))
            {
                Assert.Equal(1, level);
                Assert.True(PageTableEntry.IsPresent(entry));
                for (ulong page = 0; page < HugePages.PageCount; page++)
                    visit(address + (page << Page.Shift), HugeEntries.PageOf(entry, address + (page << Page.Shift)));
                continue;
            }

            tables++;
            Visit(mm, PageTableEntry.FrameOf(entry), level - 1, address, ref tables, visit);
        }
    }
}
