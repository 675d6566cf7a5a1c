using System;
using System.Threading;

namespace MmKernel;

/// <summary>
/// The time that the calling thread spends in the kernel on behalf of a process: makes the process's address space the current one and
/// checks at the end that no lock is left held.
/// </summary>
internal readonly ref struct SystemCall : IDisposable
{
    private readonly Task _task;
    private readonly MmStruct? _outer;

    internal SystemCall(Process process)
    {
        _task = Task.Current;
        _outer = _task.Mm;
        _task.SwitchTo(process.Mm);
    }

    public void Dispose()
    {
        if (_outer == null)
            Lockdep.AssertNothingHeld();
        _task.LeaveTo(_outer);
    }
}
