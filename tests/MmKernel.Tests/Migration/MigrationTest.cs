using System;
using System.Linq;
using System.Threading;
using Xunit;

namespace MmKernel.Tests;

/// <summary>A process with eight pages of anonymous memory, page n of which contains 100 + n; pages are named by their number.</summary>
public abstract class MigrationTest : MachineTest
{
    internal const ulong Base = 0x10_0000_0000;
    internal const ulong Elsewhere = 0x20_0000_0000;
    internal const Prot ReadWrite = Prot.Read | Prot.Write;
    internal const MapFlags Anonymous = MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed;

    protected MigrationTest()
        : base(new MachineOptions { MemoryBytes = 16 << 20, Reclaim = ReclaimPolicy.Direct })
    {
        Assert.Equal((long)Base, Process.Mmap(Base, 8 * Page.Size, ReadWrite, Anonymous));
        for (ulong page = 0; page < 8; page++)
            Write(Process, page, 100 + page);
    }

    internal static ulong At(ulong page) => Base + (page * Page.Size);

    internal static ulong Read(Process process, ulong page) => ReadAt(process, At(page));

    internal static ulong ReadAt(Process process, ulong address) => process.ReadWord(address);

    internal static void Write(Process process, ulong page, ulong value) => process.WriteWord(At(page), value);

    /// <summary>The folio that is mapped at a page now.</summary>
    internal static unsafe Folio FolioAt(Process process, ulong page) =>
        process.Machine.Memory.FolioOf(PageTableEntry.FrameOf(*PageTableWalk.Find(process.Mm, At(page), out _)));

    /// <summary>What <c>move_pages</c> says of one page.</summary>
    internal static int Move(Process process, ulong page, MovePagesFlags flags = MovePagesFlags.Move)
    {
        int[] status = [int.MinValue];
        _ = process.MovePages([At(page)], flags, status);
        return status[0];
    }

    internal static PagemapEntry Pagemap(Process process, ulong page)
    {
        var entries = new PagemapEntry[1];
        process.Pagemap(At(page), entries);
        return entries[0];
    }

    internal static byte Mincore(Process process, ulong page)
    {
        byte[] residency = new byte[1];
        Assert.Equal(0, process.Mincore(At(page), Page.Size, residency));
        return residency[0];
    }

    internal static VmaStatistics Smaps(Process process, ulong page) => process.Smaps().Single(vma => At(page) >= vma.Start && At(page) < vma.End);

    internal static int Error(Errno errno) => -(int)errno;

    /// <summary>A page in the middle of being moved: its mappings are replaced by migration entries until it arrives, where it was.</summary>
    internal sealed class Transit : IDisposable
    {
        private readonly ManualResetEventSlim _begun = new();
        private readonly ManualResetEventSlim _ends = new();
        private readonly Thread _thread;
        private bool _unmapped;

        internal Transit(Process process, ulong page)
        {
            var memory = process.Machine.Memory;
            Folio = FolioAt(process, page);
            _thread = new Thread(() =>
            {
                Folio.Get();
                Folio.Lock();
                _unmapped = MigrationRmap.TryToMigrate(Folio);
                _begun.Set();
                _ends.Wait();
                MigrationRmap.RemoveMigrationPtes(Folio, Folio);
                Folio.Unlock();
                memory.Put(Folio);
            });
            _thread.Start();
            _begun.Wait();
            Assert.True(_unmapped, "the page cannot be moved");
        }

        internal Folio Folio { get; }

        public void Dispose()
        {
            _ends.Set();
            _thread.Join();
            _begun.Dispose();
            _ends.Dispose();
        }
    }
}
