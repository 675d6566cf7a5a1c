using System;
using System.Linq;
using System.Threading;
using Xunit;
using Xunit.Abstractions;

namespace MmKernel.Tests;

/// <summary>Threads that fault wait for a handler, which reads messages and fills pages; events of changing mappings.</summary>
public sealed class UffdHandlerTests(ITestOutputHelper output) : UffdTest
{
    [Fact]
    public void A_fault_waits_until_its_page_is_there()
    {
        Open(UffdFeatures.ThreadId);
        Register(0, 4, UffdRegisterMode.Missing);
        var reader = new Worker(() => Assert.Equal(77UL, Read(Process, 1)));
        Assert.Equal(0, Process.UffdRead(Uffd, out var message));
        Assert.Equal((UffdEvent.Pagefault, UffdFaultFlags.None, At(1)), (message.Event, message.Flags, message.Address));
        Assert.NotEqual(0, message.ThreadId);
        Assert.True(reader.IsWaiting);
        Assert.Equal(Error(Errno.EAGAIN), Process.UffdRead(Uffd, out _, isBlocking: false));
        Assert.Equal(0, Copy(1));
        reader.Join();
        Truth.Check(Machine, Process);
    }

    [Fact]
    public void Messages_say_what_kind_of_fault_it_is()
    {
        Open(UffdFeatures.ExactAddress);
        Write(Process, 0, 1);
        Register(0, 4, UffdRegisterMode.Missing | UffdRegisterMode.WriteProtect);
        Assert.Equal(0, Protect(0, 1, UffdProtectMode.WriteProtect));
        var file = Machine.CreateMemoryFile(PageSize);
        file.Write(0, new byte[8]);
        Process.Mmap(Elsewhere, PageSize, ReadWrite, MapFlags.Shared | MapFlags.Fixed, file.Open(isWritable: true));
        Assert.Equal(0, Process.UffdRegister(Uffd, Elsewhere, PageSize, UffdRegisterMode.Minor));

        Worker[] writers =
        [
            new Worker(() => Assert.True(Process.Write(At(0) + 8, new byte[8]).IsOk)),
            new Worker(() => Assert.True(Process.Write(At(1) + 16, new byte[8]).IsOk)),
            new Worker(() => Assert.True(Process.Read(Elsewhere + 24, new byte[8]).IsOk)),
        ];
        var seen = new (ulong, UffdFaultFlags)[3];
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(0, Process.UffdRead(Uffd, out var message));
            seen[i] = (message.Address, message.Flags);
        }

        (ulong, UffdFaultFlags)[] expected =
        [
            (At(0) + 8, UffdFaultFlags.Write | UffdFaultFlags.WriteProtect), (At(1) + 16, UffdFaultFlags.Write), (Elsewhere + 24, UffdFaultFlags.Minor),
        ];
        Assert.Equal(expected, seen.Order());
        Assert.Equal(0, Protect(0, 1, UffdProtectMode.None));
        Assert.Equal(0, Copy(1));
        Assert.Equal(0, Process.UffdContinue(Uffd, Elsewhere, PageSize, UffdFillMode.None, out _));
        foreach (var writer in writers)
            writer.Join();
        Truth.Check(Machine, [Process], [file]);
    }

    [Fact]
    public void Without_waking_the_thread_goes_on_waiting()
    {
        Open(UffdFeatures.None);
        Register(0, 4, UffdRegisterMode.Missing);
        var reader = new Worker(() => Assert.Equal(77UL, Read(Process, 0)));
        Assert.Equal(0, Process.UffdRead(Uffd, out _));
        Assert.Equal(0, Copy(0, 1, UffdFillMode.DontWake));
        Assert.True(reader.IsWaiting);
        Assert.Equal(0, Process.UffdWake(Uffd, At(1), PageSize));
        Assert.True(reader.IsWaiting);
        Assert.Equal(0, Process.UffdWake(Uffd, At(0), PageSize));
        reader.Join();
    }

    [Fact]
    public void A_fatal_signal_ends_the_wait()
    {
        Open(UffdFeatures.None);
        Register(0, 4, UffdRegisterMode.Missing);
        AccessResult result = default;
        var reader = new Worker(() => result = Process.Read(At(0), new byte[8]));
        Assert.Equal(0, Process.UffdRead(Uffd, out _));
        Assert.True(reader.IsWaiting);
        reader.Task!.Kill();
        reader.Join();
        Assert.Equal(Signal.SIGKILL, result.Signal);
        Truth.Check(Machine, Process);
    }

    [Fact]
    public void A_handler_that_waits_for_messages_can_be_killed_and_is_woken_by_closing()
    {
        Open(UffdFeatures.None);
        long result = 0;
        var handler = new Worker(() => result = Process.UffdRead(Uffd, out _));
        Assert.True(handler.IsWaiting);
        handler.Task!.Kill();
        handler.Join();
        Assert.Equal(Error(Errno.EINTR), result);
        handler = new Worker(() => result = Process.UffdRead(Uffd, out _));
        Assert.True(handler.IsWaiting);
        Process.UffdClose(Uffd);
        handler.Join();
        Assert.Equal(Error(Errno.EBADF), result);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Unregistering_and_closing_let_waiting_threads_go_on(bool close)
    {
        Open(UffdFeatures.None);
        Register(0, 4, UffdRegisterMode.Missing);
        var reader = new Worker(() => Assert.Equal(0UL, Read(Process, 0)));
        Assert.Equal(0, Process.UffdRead(Uffd, out _));
        if (close)
            Process.UffdClose(Uffd);
        else
            Assert.Equal(0, Process.UffdUnregister(Uffd, Base, 4 * PageSize));
        reader.Join();
        Truth.Check(Machine, Process);
    }

    [Fact]
    public void A_child_whose_userfaultfd_nobody_took_has_none()
    {
        Open(UffdFeatures.EventFork);
        Register(0, 4, UffdRegisterMode.Missing);
        Process? child = null;
        var forker = new Worker(() => Assert.Equal(0, Process.Fork(out child)));
        Assert.True(forker.IsWaiting);
        Process.UffdClose(Uffd);
        forker.Join();
        Assert.Equal(0UL, Read(child!, 0));
        Truth.Check(Machine, Process, child!);
    }

    [Fact]
    public void Remote_access_waits_as_well_unless_only_user_mode_may()
    {
        Open(UffdFeatures.None);
        Register(0, 4, UffdRegisterMode.Missing);
        var other = Machine.CreateProcess();
        byte[] word = new byte[8];
        var reader = new Worker(() => Assert.Equal(8, other.ReadRemote(Process, At(0), word)));
        Assert.Equal(0, Process.UffdRead(Uffd, out _));
        Assert.Equal(0, Copy(0));
        reader.Join();
        Assert.Equal(77UL, BitConverter.ToUInt64(word));

        var userOnly = Process.CreateUserfaultfd(UffdFlags.UserModeOnly);
        Assert.Equal(0, Process.UffdApi(userOnly, UffdFeatures.None, out _));
        Assert.Equal(0, Process.UffdRegister(userOnly, At(8), PageSize, UffdRegisterMode.Missing));
        Assert.Equal(Error(Errno.EFAULT), other.ReadRemote(Process, At(8), word));
        Truth.Check(Machine, Process, other);
    }

    [Fact]
    public void A_handler_in_another_process_hears_of_forks_moves_discards_and_unmapping()
    {
        Open(UffdFeatures.EventFork | UffdFeatures.EventRemap | UffdFeatures.EventRemove | UffdFeatures.EventUnmap);
        Write(Process, 0, 1);
        Register(0, 8, UffdRegisterMode.Missing);
        var monitor = Machine.CreateProcess();
        Map(monitor, Source, 1);
        Assert.True(monitor.Write(Source, BitConverter.GetBytes(5UL)).IsOk);
        Process? child = null;
        var actor = new Worker(() =>
        {
            Assert.Equal(0, Process.Madvise(At(0), PageSize, Advice.DontNeed));
            Assert.Equal(0, Process.Fork(out child));
            Assert.Equal((long)Elsewhere, Process.Mremap(At(0), 4 * PageSize, 4 * PageSize, RemapFlags.MayMove | RemapFlags.Fixed, Elsewhere));
            Assert.Equal(0, Process.Munmap(Elsewhere, 16 * PageSize));
        });

        var remove = Next(monitor, Uffd);
        Assert.Equal((UffdEvent.Remove, At(0), At(1)), (remove.Event, remove.Address, remove.Other));
        var fork = Next(monitor, Uffd);
        Assert.Equal(UffdEvent.Fork, fork.Event);
        var remap = Next(monitor, Uffd);
        Assert.Equal((UffdEvent.Remap, At(0), Elsewhere, 4 * PageSize), (remap.Event, remap.Address, remap.Other, remap.Length));
        var unmapOld = Next(monitor, Uffd);
        Assert.Equal((UffdEvent.Unmap, At(0), At(4)), (unmapOld.Event, unmapOld.Address, unmapOld.Other));
        var unmap = Next(monitor, Uffd);
        Assert.Equal((UffdEvent.Unmap, Elsewhere, Elsewhere + (16 * PageSize)), (unmap.Event, unmap.Address, unmap.Other));
        actor.Join();

        // The child has a userfaultfd of its own now.
        var reader = new Worker(() => Assert.Equal(5UL, Read(child!, 6)));
        Assert.Equal(At(6), Next(monitor, fork.Child!).Address);
        Assert.Equal(0, monitor.UffdCopy(fork.Child!, At(6), Source, PageSize, UffdFillMode.None, out _));
        reader.Join();
        Truth.Check(Machine, Process, child!, monitor);
    }

    [Fact]
    public void While_mappings_change_pages_are_not_filled()
    {
        Open(UffdFeatures.EventUnmap);
        Register(0, 8, UffdRegisterMode.Missing | UffdRegisterMode.WriteProtect);
        var actor = new Worker(() => Assert.Equal(0, Process.Munmap(At(4), 4 * PageSize)));
        Assert.True(actor.IsWaiting);
        Assert.Equal(Error(Errno.EAGAIN), Copy(0));
        Assert.Equal(Error(Errno.EAGAIN), Protect(0, 1, UffdProtectMode.WriteProtect));
        Assert.Equal(Error(Errno.EAGAIN), Process.UffdMove(Uffd, At(0), Source, PageSize, UffdMoveMode.None, out _));
        Assert.Equal(0, Process.UffdRead(Uffd, out var message));
        Assert.Equal(UffdEvent.Unmap, message.Event);
        actor.Join();
        Assert.Equal(0, Copy(0));
        Truth.Check(Machine, Process);
    }

    [Fact]
    public void Many_threads_are_served_by_handlers_while_pages_are_discarded()
    {
        const int Readers = 3;
        int seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        Open(UffdFeatures.EventRemove);
        Register(0, 16, UffdRegisterMode.Missing);
        Assert.True(Process.Write(Source, new byte[8]).IsOk);
        bool stop = false;
        var handlers = Enumerable.Range(0, 2).Select(id => new Worker(() =>
        {
            while (!Volatile.Read(ref stop))
            {
                if (Process.UffdRead(Uffd, out var message, isBlocking: false) != 0)
                {
                    Thread.Yield();
                    continue;
                }

                // Another handler may have been faster, and a discard may be under way: the thread is woken and asks again.
                if (message.Event == UffdEvent.Pagefault && Process.UffdCopy(Uffd, message.Address, Source, PageSize, UffdFillMode.None, out _) != 0)
                    Assert.Equal(0, Process.UffdWake(Uffd, message.Address, PageSize));
            }
        })).ToArray();
        var readers = Enumerable.Range(0, Readers).Select(id => new Worker(() =>
        {
            var random = new Random(seed + id);
            for (int i = 0; i < 400; i++)
            {
                ulong page = (ulong)random.Next(16);
                switch (random.Next(8))
                {
                    case 0:
                        Assert.Equal(0, Process.Madvise(At(page), PageSize, Advice.DontNeed));
                        break;
                    case < 4:
                        Write(Process, page, page);
                        break;
                    default:
                        Assert.True(Read(Process, page) is var value && (value == 0 || value == page), "somebody else's page");
                        break;
                }
            }
        })).ToArray();
        foreach (var reader in readers)
            reader.Join();
        Volatile.Write(ref stop, true);
        foreach (var handler in handlers)
            handler.Join();
        Truth.Check(Machine, Process);
    }

    private static UffdMessage Next(Process process, Userfaultfd uffd)
    {
        Assert.Equal(0, process.UffdRead(uffd, out var message));
        return message;
    }
}
