using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using MmKernel.Tests.Host;
using Xunit;
using Xunit.Abstractions;

namespace MmKernel.Tests;

/// <summary>
/// Several threads of one process and of its children make calls with boundary and invalid arguments: each gets a value or an errno, nothing
/// is thrown, everything adds up afterwards, and nothing is left when the processes are gone.
/// </summary>
public sealed class HostileCallsTests(ITestOutputHelper output)
{
    private const int Threads = 4;
    private const int CallsPerThread = 1500;

    private static readonly byte[] s_page = new byte[Page.Size];

    [Fact]
    public void Hostile_calls_from_several_threads_leave_nothing_behind()
    {
        int seed = int.TryParse(Environment.GetEnvironmentVariable("MMKERNEL_SEED"), out int given) ? given : Environment.TickCount & 0xffffff;
        output.WriteLine($"seed {seed}; MMKERNEL_SEED chooses it");

        using var guest = new GuestProcess();
        for (int i = 0; i < 3; i++)
        {
            guest.Run(new HostCall(CallNumber.MemfdCreate, 0, 2));
            guest.Run(HostCall.Of(CallNumber.Ftruncate, (ulong)(3 + i), 16 * Page.Size));
        }

        var failures = new List<Exception>();
        var threads = Enumerable.Range(0, Threads).Select(id => new Thread(() =>
        {
            try
            {
                Attack(guest, new Random(seed + id));
            }
            catch (Exception e)
            {
                lock (failures)
                    failures.Add(e);
            }
        }) { IsBackground = true }).ToArray();
        foreach (var thread in threads)
            thread.Start();
        foreach (var thread in threads)
        {
            // A failed assertion would free memory under the thread that hangs.
            if (!thread.Join(TimeSpan.FromMinutes(4)))
                Environment.FailFast($"a hostile call hangs; MMKERNEL_SEED={seed}");
        }

        Assert.Empty(failures);

        Truth.Check(guest.Machine, [guest.Process], guest.Files);
        guest.Process.Exit();
        foreach (var file in guest.Files)
            Assert.Equal(0, file.Truncate(0));
        Truth.Check(guest.Machine, [], guest.Files);
        Assert.Equal(0, guest.Machine.Commit.CommittedPages);
    }

    private static void Attack(GuestProcess guest, Random random)
    {
        Span<byte> word = stackalloc byte[8];
        for (int i = 0; i < CallsPerThread; i++)
        {
            var call = RandomCalls.Next(random);
            long result = guest.Run(call);
            Assert.True(result >= 0 || Enum.IsDefined((Errno)(-result)), $"{call} = {result}");
            ulong address = HostProgram.Window + ((ulong)random.Next(64) * Page.Size);
            switch (random.Next(40))
            {
                case 0:
                    ForkAndExit(guest.Process, address);
                    break;
                case < 10:
                    _ = guest.Process.Write(address, word);
                    break;
                case < 20:
                    _ = guest.Process.Read(address, word);
                    break;
            }
        }
    }

    private static void ForkAndExit(Process process, ulong address)
    {
        long error = process.Fork(out var child);
        Assert.True(error is 0 or -(long)Errno.ENOMEM, $"fork = {error}");
        if (child == null)
            return;
        _ = child.Write(address, s_page);
        _ = process.WriteRemote(child, address, s_page);
        _ = child.Mremap(address, 4 * Page.Size, 8 * Page.Size, RemapFlags.MayMove);
        child.Exit();
        Assert.Equal(-(long)Errno.ESRCH, process.WriteRemote(child, address, s_page));
    }
}
