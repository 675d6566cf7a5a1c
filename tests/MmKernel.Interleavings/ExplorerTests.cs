using System.Threading;
using MmLint;
using Xunit;

namespace MmKernel.Interleavings;

/// <summary>The explorer itself: it finds what depends on the order, and runs it again.</summary>
public sealed class ExplorerTests
{
    private static readonly Effort s_effort = new(Preemptions: 2, Budget: 1000, RandomRuns: 0, Seed: 1);

    private static readonly Race s_lostUpdate = new("lost update", world =>
    {
        _ = world.Machine;
        int count = 0;
        void Increment()
        {
            int seen = count;
            Interleaving.Reach(SchedulePoint.LockFree, world);
            count = seen + 1;
        }

        world.Thread("one", Increment);
        world.Thread("two", Increment);
        world.Finally(() => Assert.Equal(2, count));
    });

    [Fact]
    public void A_lost_update_takes_one_preemption()
    {
        Assert.Null(Explorer.Explore(s_lostUpdate, s_effort with { Preemptions = 0 }).Failure);
        var result = Explorer.Explore(s_lostUpdate, s_effort with { Preemptions = 1 });
        Assert.Contains("Assert.Equal() Failure", result.Failure);
        Assert.Equal(0, result.Preemptions);
    }

    [Fact]
    public void A_failing_schedule_fails_again_and_a_harmless_one_does_not()
    {
        var result = Explorer.Explore(s_lostUpdate, s_effort);
        Assert.NotNull(Explorer.Replay(s_lostUpdate, result.FailingSchedule!));
        Assert.Null(Explorer.Replay(s_lostUpdate, ""));
    }

    [Fact]
    public void Random_schedules_find_it_too()
    {
        var result = Explorer.Explore(s_lostUpdate, new Effort(Preemptions: -1, Budget: 0, RandomRuns: 200, Seed: 1));
        Assert.Contains("seed ", result.Failure);
        Assert.NotNull(Explorer.Replay(s_lostUpdate, result.FailingSchedule!));
    }

    [Fact]
    public void A_deadlock_is_reported_with_who_holds_what()
    {
        var race = new Race("deadlock", world =>
        {
            _ = world.Machine;
            var left = new Mutex(LockdepClass.Create("left", LockKind.Mutex));
            var right = new Mutex(LockdepClass.Create("right", LockKind.Mutex));
            world.Thread("one", () => Both(left, right));
            world.Thread("two", () => Both(right, left));
        });
        string failure = Explorer.Explore(race, s_effort).Failure!;
        Assert.Contains("Deadlock.", failure);
        Assert.Contains("one: waits\n  holds or waits for left Exclusive\n  holds or waits for right Exclusive", failure);
        Assert.Contains("two: waits\n  holds or waits for right Exclusive\n  holds or waits for left Exclusive", failure);
    }

    [Fact]
    public void Sleeping_locks_and_wakeups_are_explored_to_the_end()
    {
        var race = new Race("writers and a reader", world =>
        {
            _ = world.Machine;
            var semaphore = new RwSemaphore(LockdepClass.Create("semaphore", LockKind.ReaderWriter));
            int writers = 0;
            int writes = 0;
            void Write()
            {
                semaphore.WriteLock();
                Assert.Equal(1, Interlocked.Increment(ref writers));
                Interleaving.Reach(SchedulePoint.LockFree, semaphore);
                writes++;
                Interlocked.Decrement(ref writers);
                semaphore.WriteUnlock();
            }

            world.Thread("write", Write);
            world.Thread("rewrite", Write);
            world.Thread("read", () =>
            {
                semaphore.ReadLock();
                int seen = writes;
                Interleaving.Reach(SchedulePoint.LockFree, semaphore);
                Assert.Equal(seen, writes);
                semaphore.ReadUnlock();
            });
            world.Finally(() => Assert.Equal(2, writes));
        });
        var result = Explorer.Explore(race, s_effort with { Preemptions = 1 });
        Assert.Null(result.Failure);
        Assert.Equal(1, result.Preemptions);
    }

    [Fact]
    public void A_grace_period_waits_for_readers()
    {
        var race = new Race("grace period", world =>
        {
            _ = world.Machine;
            bool freed = false;
            world.Thread("reader", () =>
            {
                Rcu.ReadLock();
                bool published = !freed;
                Interleaving.Reach(SchedulePoint.LockFree, world);
                Assert.Equal(published, !freed);
                Rcu.ReadUnlock();
            });
            world.Thread("updater", () => Rcu.Call(new Callback(() => freed = true)));
            world.Finally(() => Assert.True(freed));
        });
        var result = Explorer.Explore(race, s_effort);
        Assert.Null(result.Failure);
        Assert.Equal(2, result.Preemptions);
    }

    private static void Both(Mutex first, Mutex second)
    {
        first.Lock();
        second.Lock();
        second.Unlock();
        first.Unlock();
    }

    private sealed class Callback(System.Action action) : RcuHead
    {
        public override void Run() => action();
    }
}
