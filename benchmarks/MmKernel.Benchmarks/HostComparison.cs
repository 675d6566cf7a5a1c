using System;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace MmKernel.Benchmarks;

/// <summary>
/// The same work on the host kernel and on MmKernel, in one process and by turns. A ratio above 1 means that MmKernel took less time. After
/// each case both kernels must show the same VMAs, resident pages, shares (which tell map counts) and contents.
/// </summary>
internal static class HostComparison
{
    private const int Rounds = 9;
    private const int WarmUpRounds = 3;

    /// <returns>Whether every case reached its goal.</returns>
    internal static bool Run()
    {
        Console.WriteLine($"{"case",-36}{"host ns",14}{"ours ns",14}{"host/ours",11}{"goal",7}");
        using var host = new HostCalls();
        using var ours = new ManagedCalls(256L << 20);
        bool reached = true;
        foreach (var work in HostCase.All())
            reached &= Compare(work, host, ours);
        return reached;
    }

    private static bool Compare(HostCase work, IMemoryCalls host, IMemoryCalls ours)
    {
        double withoutPreparation = work.CoversWholeProcess ? Median(work, host, null).Host : 0;
        work.Prepare(host);
        work.Prepare(ours);
        var (hostTime, ourTime) = Median(work, host, ours);
        Verify(work, host, ours);
        hostTime -= withoutPreparation;
        double ratio = hostTime / ourTime;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{work.Name,-36}{hostTime / work.Units,14:N1}{ourTime / work.Units,14:N1}{ratio,11:N2}{work.Goal,7:N2}{(ratio < work.Goal ? "  MISSED" : "")}"));
        return ratio >= work.Goal;
    }

    /// <summary>Nanoseconds for one run on each kernel.</summary>
    private static (double Host, double Ours) Median(HostCase work, IMemoryCalls host, IMemoryCalls? ours)
    {
        var hostTimes = new double[Rounds];
        var ourTimes = new double[Rounds];
        for (int round = -WarmUpRounds; round < Rounds; round++)
        {
            double hostTime = Time(work, host);
            double ourTime = ours == null ? 0 : Time(work, ours);
            if (round < 0)
                continue;
            hostTimes[round] = hostTime;
            ourTimes[round] = ourTime;
        }

        Array.Sort(hostTimes);
        Array.Sort(ourTimes);
        return (hostTimes[Rounds / 2], ourTimes[Rounds / 2]);
    }

    private static double Time(HostCase work, IMemoryCalls calls)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < work.Repeat; i++)
            work.Run(calls);
        return Stopwatch.GetElapsedTime(start).TotalNanoseconds / work.Repeat;
    }

    private static void Verify(HostCase work, IMemoryCalls host, IMemoryCalls ours)
    {
        ulong hostSum = work.Leave(host);
        ulong ourSum = work.Leave(ours);
        string hostView = Summary(host.Smaps());
        string ourView = Summary(ours.Smaps());
        if (hostSum != ourSum)
            throw new InvalidOperationException($"{work.Name}: words add up to {hostSum} on the host and to {ourSum} here.");
        if (hostView != ourView)
            throw new InvalidOperationException($"{work.Name}: the kernels differ.\nhost:\n{hostView}\nours:\n{ourView}");
        work.CleanUp(host);
        work.CleanUp(ours);
        if (Summary(host.Smaps()).Length != 0 || Summary(ours.Smaps()).Length != 0)
            throw new InvalidOperationException($"{work.Name}: something is left.");
    }

    /// <summary>Of each VMA in the area of the cases: range, permissions, resident pages, share, anonymous pages.</summary>
    private static string Summary(string smaps)
    {
        var text = new StringBuilder();
        bool inArea = false;
        foreach (string line in smaps.Split('\n'))
        {
            int dash = line.IndexOf('-', StringComparison.Ordinal);
            if (dash > 0 && ulong.TryParse(line.AsSpan(0, dash), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong start))
            {
                inArea = start >= HostCase.Base && start < HostCase.Base + (1UL << 40);
                if (inArea)
                    text.Append('\n').Append(line.AsSpan(0, line.IndexOf(' ', StringComparison.Ordinal) + 5));
            }
            else if (inArea && (Is(line, "Rss:") || Is(line, "Pss:") || Is(line, "Anonymous:")))
            {
                text.Append(' ').Append(line.Replace(" ", "", StringComparison.Ordinal));
            }
        }

        return text.ToString();
    }

    private static bool Is(string line, string field) => line.StartsWith(field, StringComparison.Ordinal);
}
