using System;
using LockKind = MmLint.LockKind;
using Xunit;

namespace MmKernel.Tests;

/// <summary>The run-time validator, in builds that have it.</summary>
public sealed class LockdepTests
{
    [Fact]
    public void Debug_builds_validate() =>
#if DEBUG
        Assert.True(Lockdep.IsEnabled);
#else
        Assert.False(Lockdep.IsEnabled);
#endif

#if DEBUG
    [Fact]
    public void Waiting_against_the_order_is_refused()
    {
        var outer = new RwSemaphore(LockdepClass.MmapLock);
        var inner = new RwSemaphore(LockdepClass.AnonVma);
        inner.ReadLock();
        var error = Assert.Throws<LockdepException>(outer.ReadLock);
        Assert.Equal("waiting for MmStruct.MmapLock inside AnonVma.Rwsem", error.Message);
        Assert.True(outer.TryReadLock());
        outer.ReadUnlock();
        inner.ReadUnlock();
    }

    [Fact]
    public void Sleeping_under_a_spinlock_or_in_an_rcu_section_is_refused()
    {
        var spin = new SpinLock(LockdepClass.Create("spin", LockKind.Spin));
        var sleeping = new Mutex(LockdepClass.Create("sleeping", LockKind.Mutex));
        spin.Lock();
        Assert.Equal("sleeping while spin is held", Assert.Throws<LockdepException>(sleeping.Lock).Message);
        spin.Unlock();
        Rcu.ReadLock();
        Assert.Equal("sleeping inside an RCU read section", Assert.Throws<LockdepException>(sleeping.Lock).Message);
        Rcu.ReadUnlock();
    }

    [Fact]
    public void A_system_call_that_returns_with_a_lock_held_is_refused()
    {
        using var machine = new Machine(new MachineOptions { MemoryBytes = 4 << 20 });
        var left = new Mutex(LockdepClass.Create("left", LockKind.Mutex));
        var error = Assert.Throws<LockdepException>(() => Enter(machine.CreateProcess(), left.Lock));
        Assert.Equal("left still held", error.Message);
        left.Unlock();
    }

    [Fact]
    public void An_exception_in_a_system_call_comes_out_as_itself_whatever_it_leaves_held()
    {
        using var machine = new Machine(new MachineOptions { MemoryBytes = 4 << 20 });
        var left = new Mutex(LockdepClass.Create("left", LockKind.Mutex));
        var error = Assert.Throws<TimeoutException>(() => Enter(machine.CreateProcess(), () =>
        {
            left.Lock();
            throw new TimeoutException("first");
        }));
        Assert.Equal("first", error.Message);
        left.Unlock();
    }

    [Fact]
    public void Files_wait_while_what_an_exception_leaves_held_might_be_in_their_way()
    {
        using var machine = new Machine(new MachineOptions { MemoryBytes = 4 << 20 });
        var process = machine.CreateProcess();
        var file = machine.CreateMemoryFile((ulong)Page.Size);
        var left = new Mutex(LockdepClass.Create("left", LockKind.Mutex));
        Assert.Throws<TimeoutException>(() => Enter(process, () =>
        {
            Task.Current.DeferRelease(file);
            left.Lock();
            throw new TimeoutException();
        }));
        Assert.Equal((ulong)Page.Size, file.Size);
        left.Unlock();
        Enter(process, () => { });
        Assert.Equal(0UL, file.Size);
    }

    [Fact]
    public void Releasing_what_is_not_held_is_refused() =>
        Assert.Throws<LockdepException>(new RwSemaphore(LockdepClass.MmapLock).ReadUnlock);

    [Fact]
    public void Page_tables_are_locked_in_ascending_order()
    {
        var low = new PageTableLock { Order = 1 };
        var high = new PageTableLock { Order = 2 };
        high.Lock();
        Assert.Throws<LockdepException>(low.Lock);
        high.Unlock();
        low.Lock();
        high.Lock();
        high.Unlock();
        low.Unlock();
    }

    [Fact]
    public void A_second_mmap_lock_must_name_its_outer()
    {
        var parent = new RwSemaphore(LockdepClass.MmapLock);
        var child = new RwSemaphore(LockdepClass.MmapLock);
        parent.WriteLock();
        Assert.Throws<LockdepException>(child.WriteLock);
        child.WriteLockNested(parent);
        child.WriteUnlock();
        parent.WriteUnlock();
    }

    private static void Enter(Process process, Action body)
    {
        using var entry = new SystemCall(process);
        body();
    }
#endif
}
