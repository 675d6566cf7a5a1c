using System.Collections.Generic;

namespace MmKernel.Benchmarks;

/// <summary>One piece of work, the same on both kernels.</summary>
internal abstract class HostCase
{
    /// <summary>Where everything is mapped, on both kernels: an area that the host's runtime leaves alone.</summary>
    internal const ulong Base = 0x2000_0000_0000;

    protected const Prot ReadWrite = Prot.Read | Prot.Write;

    /// <summary>What is done.</summary>
    internal required string Name { get; init; }

    /// <summary>How much faster than the host it is to be.</summary>
    internal required double Goal { get; init; }

    /// <summary>How often a round runs it.</summary>
    internal required int Repeat { get; init; }

    /// <summary>Through how many the time of one run is divided: pages, calls.</summary>
    internal double Units { get; init; } = 1;

    /// <summary>Whether the host's time depends on all that this process has mapped: then its time without the preparation is taken off.</summary>
    internal virtual bool CoversWholeProcess => false;

    internal virtual void Prepare(IMemoryCalls calls)
    {
    }

    /// <summary>What is timed.</summary>
    internal abstract void Run(IMemoryCalls calls);

    /// <summary>Leaves behind what one run has when it is done, for looking at.</summary>
    /// <returns>The sum of the words in it.</returns>
    internal abstract ulong Leave(IMemoryCalls calls);

    internal abstract void CleanUp(IMemoryCalls calls);

    /// <summary>The cases in the order in which they are printed.</summary>
    internal static IReadOnlyList<HostCase> All() =>
    [
        // First: the host copies the page tables of this whole process, which has little memory as yet.
        new ForkCase(10_000) { Name = "fork + exit, 10,000 VMAs", Goal = 1.0, Repeat = 1 },
        new FaultCase(64, Advice.PopulateRead) { Name = "zero-page read, populate 64 pages", Goal = 1.0, Repeat = 200, Units = 64 },
        new FaultCase(64, Advice.PopulateWrite) { Name = "write, populate 64 pages", Goal = 1.25, Repeat = 200, Units = 64 },
        new FaultCase(32768, Advice.PopulateWrite) { Name = "write, populate 128 MiB", Goal = 1.3, Repeat = 1, Units = 32768 },
        new TouchCase(64, isWrite: false) { Name = "zero-page read, touch 64 pages", Goal = 1.0, Repeat = 200, Units = 64 },
        new TouchCase(64, isWrite: true) { Name = "write, touch 64 pages", Goal = 1.25, Repeat = 200, Units = 64 },
        new TouchCase(32768, isWrite: true) { Name = "write, touch 128 MiB", Goal = 1.3, Repeat = 1, Units = 32768 },
        new MapCase(16) { Name = "map + unmap, 16 pages", Goal = 2.0, Repeat = 2000 },
        new ProtectCase(16) { Name = "mprotect toggle, 16 pages", Goal = 2.0, Repeat = 1000, Units = 2 },
        new MoveCase(16) { Name = "mremap there and back, 16 pages", Goal = 2.0, Repeat = 500, Units = 2 },
    ];

    /// <summary>Maps, populates, unmaps.</summary>
    private sealed class FaultCase(ulong pages, Advice advice) : HostCase
    {
        internal override void Run(IMemoryCalls calls)
        {
            calls.Map(Base, pages, ReadWrite);
            calls.Advise(Base, pages, advice);
            calls.Unmap(Base, pages);
        }

        internal override ulong Leave(IMemoryCalls calls)
        {
            calls.Map(Base, pages, ReadWrite);
            calls.Advise(Base, pages, advice);
            return calls.Read(Base, pages);
        }

        internal override void CleanUp(IMemoryCalls calls) => calls.Unmap(Base, pages);
    }

    /// <summary>Maps, accesses each page, unmaps.</summary>
    private sealed class TouchCase(ulong pages, bool isWrite) : HostCase
    {
        internal override void Run(IMemoryCalls calls)
        {
            calls.Map(Base, pages, ReadWrite);
            if (isWrite)
                calls.Write(Base, pages, 1);
            else
                calls.Read(Base, pages);
            calls.Unmap(Base, pages);
        }

        internal override ulong Leave(IMemoryCalls calls)
        {
            calls.Map(Base, pages, ReadWrite);
            if (isWrite)
                calls.Write(Base, pages, 1);
            return calls.Read(Base, pages);
        }

        internal override void CleanUp(IMemoryCalls calls) => calls.Unmap(Base, pages);
    }

    private sealed class MapCase(ulong pages) : HostCase
    {
        internal override void Run(IMemoryCalls calls)
        {
            calls.Map(Base, pages, ReadWrite);
            calls.Unmap(Base, pages);
        }

        internal override ulong Leave(IMemoryCalls calls)
        {
            calls.Map(Base, pages, ReadWrite);
            return 0;
        }

        internal override void CleanUp(IMemoryCalls calls) => calls.Unmap(Base, pages);
    }

    /// <summary>Takes the right to write from populated pages and gives it back; the neighbours are not like either.</summary>
    private sealed class ProtectCase(ulong pages) : HostCase
    {
        internal override void Prepare(IMemoryCalls calls)
        {
            calls.Map(Base, pages + 2, Prot.None);
            calls.Protect(Base + Page.Size, pages, ReadWrite);
            calls.Write(Base + Page.Size, pages, 1);
        }

        internal override void Run(IMemoryCalls calls)
        {
            calls.Protect(Base + Page.Size, pages, Prot.Read);
            calls.Protect(Base + Page.Size, pages, ReadWrite);
        }

        internal override ulong Leave(IMemoryCalls calls) => calls.Read(Base + Page.Size, pages);

        internal override void CleanUp(IMemoryCalls calls) => calls.Unmap(Base, pages + 2);
    }

    private sealed class MoveCase(ulong pages) : HostCase
    {
        private const ulong Other = Base + (1UL << 30);

        internal override void Prepare(IMemoryCalls calls)
        {
            calls.Map(Base, pages, ReadWrite);
            calls.Write(Base, pages, 1);
        }

        internal override void Run(IMemoryCalls calls)
        {
            calls.Move(Base, pages, Other);
            calls.Move(Other, pages, Base);
        }

        internal override ulong Leave(IMemoryCalls calls) => calls.Read(Base, pages);

        internal override void CleanUp(IMemoryCalls calls) => calls.Unmap(Base, pages);
    }

    /// <summary>Forks with many VMAs of one written page each. Gaps between them keep them from being merged.</summary>
    private sealed class ForkCase(ulong vmas) : HostCase
    {
        internal override bool CoversWholeProcess => true;

        internal override void Prepare(IMemoryCalls calls)
        {
            for (ulong i = 0; i < vmas; i++)
            {
                calls.Map(Base + (i * 2 * Page.Size), 1, ReadWrite);
                calls.Write(Base + (i * 2 * Page.Size), 1, i);
            }
        }

        internal override void Run(IMemoryCalls calls) => calls.ForkAndExit();

        internal override ulong Leave(IMemoryCalls calls)
        {
            ulong sum = 0;
            for (ulong i = 0; i < vmas; i++)
                sum += calls.Read(Base + (i * 2 * Page.Size), 1);
            return sum;
        }

        internal override void CleanUp(IMemoryCalls calls) => calls.Unmap(Base, vmas * 2);
    }
}
