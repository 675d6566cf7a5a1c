using System;
using System.Threading;
using Xunit;

namespace MmKernel.Tests;

/// <summary>The policy by which fork takes no VMA locks when nobody else can be in the address space.</summary>
public sealed class ForkLockingTests : IDisposable
{
    private const ulong Base = 0x10_0000_0000;
    private const int Vmas = 3;

    private readonly Machine _machine = new(new MachineOptions { MemoryBytes = 16 << 20, ForkLocking = ForkLocking.SkipWhenAlone });
    private readonly Process _parent;

    public ForkLockingTests()
    {
        _parent = _machine.CreateProcess();
        for (ulong i = 0; i < Vmas; i++)
        {
            ulong start = Base + (i * 16 * Page.Size);
            Assert.Equal((long)start, _parent.Mmap(start, 4 * Page.Size, Prot.Read | Prot.Write, MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed));
            Write(_parent, start, i + 1);
        }
    }

    public void Dispose() => _machine.Dispose();

    [Fact]
    public void Alone_it_takes_no_locks()
    {
        var child = Fork();
        Assert.Equal((0L, (long)Vmas), (_machine.Forks.Taken, _machine.Forks.Skipped));
        Write(_parent, Base, 77);
        Assert.Equal(1UL, Read(child, Base));
        Assert.Equal(77UL, Read(_parent, Base));
        Truth.Check(_machine, _parent, child);
    }

    [Fact]
    public void By_default_it_takes_them()
    {
        using var machine = new Machine(new MachineOptions { MemoryBytes = 16 << 20 });
        var parent = machine.CreateProcess();
        Assert.Equal((long)Base, parent.Mmap(Base, Page.Size, Prot.Read, MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed));
        Assert.Equal(0, parent.Fork(out var child));
        Assert.Equal((1L, 0L), (machine.Forks.Taken, machine.Forks.Skipped));
        Truth.Check(machine, parent, child!);
    }

    [Fact]
    public void With_a_thread_in_a_system_call_it_takes_them() => ForkBeside(() =>
    {
        Task.Current.SwitchTo(_parent.Mm);
        return () => Task.Current.LeaveTo(null);
    });

    [Fact]
    public void With_a_guest_from_another_process_it_takes_them() => ForkBeside(() =>
    {
        _parent.Mm.Residents.Enter();
        return _parent.Mm.Residents.Leave;
    });

    [Fact]
    public void Who_comes_while_it_is_alone_waits_until_it_is_done()
    {
        var mm = _parent.Mm;
        ulong seen = 0;
        var late = new Thread(() => seen = Read(_parent, Base));
        using (new SystemCall(_parent))
        {
            mm.MmapLock.WriteLock();
            Assert.True(mm.Residents.TryClose());
            late.Start();
            Assert.False(late.Join(100));
            mm.Residents.Open();
            mm.MmapLock.WriteUnlock();
        }

        late.Join();
        Assert.Equal(1UL, seen);
    }

    [Fact]
    public void Every_failed_allocation_is_undone()
    {
        int failures = 0;
        for (int count = 0; ; count++)
        {
            Task.Current.FaultInjector = new FaultInjector(FaultPoint.Page, successes: count);
            long result = _parent.Fork(out var child);
            Task.Current.FaultInjector = null;
            Assert.False(_parent.Mm.Residents.IsClosed);
            if (result == 0)
            {
                child!.Exit();
                break;
            }

            failures++;
            Assert.Equal(-(long)Errno.ENOMEM, result);
            Truth.Check(_machine, _parent);
        }

        Assert.Equal(4, failures);
        Truth.Check(_machine, _parent);
    }

    private void ForkBeside(Func<Action> enter)
    {
        using var isIn = new ManualResetEventSlim();
        using var mayLeave = new ManualResetEventSlim();
        var other = new Thread(() =>
        {
            var leave = enter();
            isIn.Set();
            mayLeave.Wait();
            leave();
        });
        other.Start();
        isIn.Wait();
        var child = Fork();
        Assert.Equal(((long)Vmas, 0L), (_machine.Forks.Taken, _machine.Forks.Skipped));
        mayLeave.Set();
        other.Join();
        Truth.Check(_machine, _parent, child);
        Fork().Exit();
        Assert.Equal(((long)Vmas, (long)Vmas), (_machine.Forks.Taken, _machine.Forks.Skipped));
    }

    private Process Fork()
    {
        Assert.Equal(0, _parent.Fork(out var child));
        return child!;
    }

    private static ulong Read(Process process, ulong address) => process.ReadWord(address);

    private static void Write(Process process, ulong address, ulong value) => process.WriteWord(address, value);
}
