using System;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using MmLint;

namespace MmKernel.Benchmarks;

/// <summary>How often threads get through a section, alone and against each other.</summary>
internal static class LockRate
{
    private const int SectionSpins = 5;
    private const int Rounds = 5;

    private static readonly TimeSpan s_time = TimeSpan.FromMilliseconds(300);

    internal static void Run()
    {
        Console.WriteLine($"{"case",-32}{"threads",8}{"sections/s",14}{"least/most of a thread",24}");
        foreach (int threads in new[] { 1, 2, 4, 8 })
        {
            var semaphore = new RwSemaphore(LockdepClass.Create("semaphore", LockKind.ReaderWriter));
            Measure("semaphore, writers", threads, _ => Write(semaphore));
            Measure("semaphore, readers", threads, _ => Read(semaphore));
            Measure("semaphore, 1 of 8 writes", threads, i => Mix(semaphore, i));
            var mutex = new Mutex(LockdepClass.Create("mutex", LockKind.Mutex));
            Measure("mutex", threads, _ => Exclude(mutex));
        }
    }

    private static void Measure(string name, int threads, Action<int> section)
    {
        var rates = new double[Rounds];
        var shares = new double[Rounds];
        for (int round = -1; round < Rounds; round++)
        {
            var counts = new long[threads];
            bool stop = false;
            using var start = new Barrier(threads + 1);
            var workers = Enumerable.Range(0, threads).Select(id => new Thread(() =>
            {
                start.SignalAndWait();
                int done = 0;
                while (!Volatile.Read(ref stop))
                {
                    section(done++);
                    Thread.SpinWait(SectionSpins);
                }

                counts[id] = done;
            })).ToArray();
            foreach (var worker in workers)
                worker.Start();
            start.SignalAndWait();
            long began = Stopwatch.GetTimestamp();
            Thread.Sleep(s_time);
            Volatile.Write(ref stop, true);
            foreach (var worker in workers)
                worker.Join();
            if (round < 0)
                continue;
            rates[round] = counts.Sum() / Stopwatch.GetElapsedTime(began).TotalSeconds;
            shares[round] = counts.Min() / (double)counts.Max();
        }

        Array.Sort(rates);
        Array.Sort(shares);
        Console.WriteLine($"{name,-32}{threads,8}{rates[Rounds / 2],14:N0}{shares[Rounds / 2],24:N2}");
    }

    private static void Write(RwSemaphore semaphore)
    {
        semaphore.WriteLock();
        Thread.SpinWait(SectionSpins);
        semaphore.WriteUnlock();
    }

    private static void Read(RwSemaphore semaphore)
    {
        semaphore.ReadLock();
        Thread.SpinWait(SectionSpins);
        semaphore.ReadUnlock();
    }

    private static void Mix(RwSemaphore semaphore, int section)
    {
        if (section % 8 == 0)
            Write(semaphore);
        else
            Read(semaphore);
    }

    private static void Exclude(Mutex mutex)
    {
        mutex.Lock();
        Thread.SpinWait(SectionSpins);
        mutex.Unlock();
    }
}
