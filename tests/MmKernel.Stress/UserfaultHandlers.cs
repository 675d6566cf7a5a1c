using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Threading;
using Xunit;

namespace MmKernel.Stress;

/// <summary>
/// Threads of another process that answer the faults of userfaultfds, one for each, as a monitor does that restores or migrates guests: they copy
/// pages in, map zeros or what the file has, take protection away, and now and then poison a page.
/// </summary>
internal sealed class UserfaultHandlers : IDisposable
{
    /// <summary>Who wrote the pages that handlers copy.</summary>
    internal const ushort Number = 0;

    private const ulong Source = 0x10_0000_0000;
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    private readonly ReaderWriterLockSlim _idle = new(LockRecursionPolicy.NoRecursion);
    private readonly ConcurrentDictionary<Thread, bool> _threads = [];
    private readonly StressWorld _world;
    private long _answers;

    internal UserfaultHandlers(StressWorld world)
    {
        _world = world;
        var writer = new StressProcess(world.Observer, Number, []);
        Assert.Equal((long)Source, world.Observer.Mmap(Source, Area.Served.Length, Area.ReadWrite, MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed));
        for (ulong page = 0; page < Area.Pages; page++)
        {
            for (ulong offset = page * Page.Size; offset < (page * Page.Size) + StressThread.BytesUsed; offset += 8)
                Assert.True(world.Observer.Write(Source + offset, BitConverter.GetBytes(Area.Served.ValueAt(offset, writer))).IsOk);
        }
    }

    /// <summary>Faults answered and events heard of.</summary>
    internal long Answers => Volatile.Read(ref _answers);

    /// <summary>Where the page lies in the handlers' process that belongs at an address of the served area.</summary>
    internal static ulong SourceOf(ulong address) =>
        Source + (address >= Area.Served.Start + Area.MovedBy ? address - Area.MovedBy : address) - Area.Served.Start;

    /// <summary>Starts a thread that answers until the userfaultfd is closed.</summary>
    internal void Start(Userfaultfd userfaultfd)
    {
        var thread = new Thread(() => Run(userfaultfd)) { IsBackground = true };
        _threads[thread] = true;
        thread.Start();
    }

    /// <summary>Does something while no handler is at work; nobody may cause faults that they answer.</summary>
    internal void WhileIdle(Action action)
    {
        _idle.EnterWriteLock();
        try
        {
            action();
        }
        finally
        {
            _idle.ExitWriteLock();
        }
    }

    /// <summary>Waits for all threads, whose userfaultfds have been closed.</summary>
    internal void AwaitEnd()
    {
        while (!_threads.IsEmpty)
        {
            foreach (var thread in _threads.Keys)
            {
                Assert.True(thread.Join(s_patience), "a handler goes on after its userfaultfd was closed");
                _threads.TryRemove(thread, out _);
            }
        }
    }

    public void Dispose() => _idle.Dispose();

    private void Run(Userfaultfd userfaultfd)
    {
        try
        {
            var random = new Random(userfaultfd.Context.Mm.GetHashCode());
            var putOff = new Queue<UffdMessage>();
            while (TryRead(userfaultfd, putOff, out var message))
            {
                _idle.EnterReadLock();
                try
                {
                    Answer(userfaultfd, message, putOff, random);
                }
                finally
                {
                    _idle.ExitReadLock();
                }
            }
        }
        catch (Exception e)
        {
            _world.Fail($"handler: {e}");
        }

        _threads.TryRemove(Thread.CurrentThread, out _);
    }

    /// <summary>The next message, or, if there is none, one that was put off.</summary>
    private bool TryRead(Userfaultfd userfaultfd, Queue<UffdMessage> putOff, out UffdMessage message)
    {
        long error = _world.Observer.UffdRead(userfaultfd, out message, isBlocking: putOff.Count == 0);
        if (error == -(long)Errno.EAGAIN && putOff.TryDequeue(out message))
        {
            Thread.Yield();
            return true;
        }

        Assert.True(error == 0 || error == -(long)Errno.EBADF, $"read of a userfaultfd: {error}");
        return error == 0;
    }

    private void Answer(Userfaultfd userfaultfd, in UffdMessage message, Queue<UffdMessage> putOff, Random random)
    {
        Interlocked.Increment(ref _answers);
        if (message.Event == UffdEvent.Fork)
            Start(message.Child!);
        if (message.Event != UffdEvent.Pagefault)
            return;
        ulong page = Page.AlignDown(message.Address);
        long error;
        if ((message.Flags & UffdFaultFlags.WriteProtect) != 0)
            error = _world.Observer.UffdWriteProtect(userfaultfd, page, Page.Size, UffdProtectMode.None);
        else if ((message.Flags & UffdFaultFlags.Minor) != 0)
            error = _world.Observer.UffdContinue(userfaultfd, page, Page.Size, UffdFillMode.None, out _);
        else
            error = Fill(userfaultfd, page, random);
        if (error == 0)
            return;
        UserfaultOperations.Allow(error);

        // Mappings are changing, and somebody waits for the handler to read of it. Woken now, the thread would fault again at once; messages of faults are read
        // before those of events, so that with enough threads nobody would ever read the event.
        if (error == -(long)Errno.EAGAIN)
        {
            putOff.Enqueue(message);
            return;
        }

        Assert.Equal(0, _world.Observer.UffdWake(userfaultfd, page, Page.Size));
    }

    /// <summary>Fills a missing page of the served area, or another one that the handler knows nothing about.</summary>
    internal long Fill(Userfaultfd userfaultfd, ulong page, Random random) => random.Next(64) switch
    {
        0 => _world.Observer.UffdPoison(userfaultfd, page, Page.Size, UffdFillMode.None, out _),
        < 12 => _world.Observer.UffdZeropage(userfaultfd, page, Page.Size, UffdFillMode.None, out _),
        < 20 => _world.Observer.UffdCopy(userfaultfd, page, SourceOf(page), Page.Size, UffdFillMode.WriteProtect, out _),
        _ => _world.Observer.UffdCopy(userfaultfd, page, SourceOf(page), Page.Size, UffdFillMode.None, out _),
    };
}
