using System.Threading;

namespace MmKernel;

/// <summary>
/// The word behind every spinning lock: 0 free, 1 held. It carries no contract, because the typed locks around it do.
/// </summary>
internal struct SpinWord
{
    private int _held;

    internal readonly bool IsHeld => Volatile.Read(in _held) != 0;

    internal bool TryAcquire() => Interlocked.CompareExchange(ref _held, 1, 0) == 0;

    /// <returns>Whether somebody else had to be waited for.</returns>
    internal bool Acquire()
    {
        if (TryAcquire())
            return false;
        AcquireSlowly();
        return true;
    }

    internal void Release() => Volatile.Write(ref _held, 0);

    private void AcquireSlowly()
    {
        // The holder may have been preempted, as kernel holders cannot be, so spinning ends in giving up the time slice. Sleeping for a
        // millisecond, which SpinWait would come to, is never worth it for critical sections of a few hundred nanoseconds.
        var spinner = default(SpinWait);
        do
        {
            while (IsHeld)
                spinner.SpinOnce(sleep1Threshold: -1);
        }
        while (!TryAcquire());
    }
}
