using System.Threading;
using MmLint;

namespace MmKernel;

/// <summary>
/// A sequence count: readers take nothing and ask afterwards whether a writer was there (<c>seqcount_t</c>). Writers exclude each other by
/// other means.
/// </summary>
[Lock(LockKind.SeqCount)]
public sealed class SeqCount : ISpinning
{
    [Atomic] private long _sequence;

    /// <summary>The write section: odd values of the count.</summary>
    [Lock(LockKind.Section)]
    public LockName WriteSection => default;

    /// <summary>Whether a writer is inside; outdated as soon as it is returned.</summary>
    bool ISpinning.IsHeld => (Volatile.Read(ref _sequence) & 1) != 0;

    /// <summary>Starts a write section (<c>raw_write_seqcount_begin</c>).</summary>
    [Acquires("WriteSection")]
    public void WriteBegin()
    {
        Interleaving.Reach(SchedulePoint.LockFree, this);
        Volatile.Write(ref _sequence, Volatile.Read(ref _sequence) + 1);
        Interlocked.MemoryBarrier();
    }

    /// <summary>Ends a write section (<c>raw_write_seqcount_end</c>).</summary>
    [Releases("WriteSection")]
    public void WriteEnd()
    {
        Interleaving.Reach(SchedulePoint.LockFree, this);
        Volatile.Write(ref _sequence, Volatile.Read(ref _sequence) + 1);
    }

    /// <summary>Starts a read section, waiting for a writer to leave (<c>read_seqcount_begin</c>).</summary>
    /// <returns>What <see cref="ReadRetry"/> compares with.</returns>
    [Acquires("shared(this)")]
    public long ReadBegin()
    {
        Interleaving.Acquire(this);
        long sequence;
        var spinner = default(SpinWait);
        while (((sequence = Volatile.Read(ref _sequence)) & 1) != 0)
            spinner.SpinOnce(sleep1Threshold: -1);
        return sequence;
    }

    /// <summary>Starts a read section unless a writer is inside (<c>raw_seqcount_try_begin</c>).</summary>
    /// <param name="sequence">What <see cref="ReadRetry"/> compares with.</param>
    [Acquires("shared(this)", When = "result", Try = true)]
    public bool TryReadBegin(out long sequence)
    {
        Interleaving.Reach(SchedulePoint.Try, this);
        sequence = Volatile.Read(ref _sequence);
        return (sequence & 1) == 0;
    }

    /// <summary>Ends a read section (<c>read_seqcount_retry</c>).</summary>
    /// <param name="sequence">What the start of the section returned.</param>
    /// <returns>Whether a writer interfered, so that all that was read must be dropped.</returns>
    [Releases("this", Keeps = "!result")]
    public bool ReadRetry(long sequence)
    {
        Interleaving.Reach(SchedulePoint.LockFree, this);
        Interlocked.MemoryBarrier();
        return Volatile.Read(ref _sequence) != sequence;
    }
}
