using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Xunit;

namespace MmKernel.Tests;

/// <summary>Rounds in which four threads do random things at once; when all have ended, everything must add up.</summary>
internal static class QuiescentRounds
{
    private const int Threads = 4;

    /// <param name="rounds">How many.</param>
    /// <param name="seed">What the random numbers of all threads follow from.</param>
    /// <param name="patience">After this a thread hangs.</param>
    /// <param name="work">What a thread does, given its number.</param>
    /// <param name="check">Looks whether everything adds up.</param>
    internal static void Run(int rounds, int seed, TimeSpan patience, Action<int, Random> work, Action check)
    {
        var failures = new List<Exception>();
        for (int round = 0; round < rounds; round++)
        {
            int roundSeed = seed + (round * 100);
            var threads = Enumerable.Range(0, Threads).Select(id => new Thread(() =>
            {
                try
                {
                    work(id, new Random(roundSeed + id));
                }
                catch (Exception e)
                {
                    lock (failures)
                        failures.Add(e);
                }
            })).ToArray();
            foreach (var thread in threads)
                thread.Start();
            foreach (var thread in threads)
                Assert.True(thread.Join(patience), "a thread hangs");
            Assert.Empty(failures);
            check();
        }
    }
}
