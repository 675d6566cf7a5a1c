using MmLint;

namespace MmKernel;

/// <summary>
/// The time that the calling thread spends in the kernel on behalf of a process: makes the process's address space the current one. On the
/// way out, with no lock held, it does what was put off (<c>task_work</c>).
/// </summary>
internal readonly ref struct SystemCall
{
    private readonly Task _task;
    private readonly MmStruct? _outer;

    [MaySleep]
    internal SystemCall(Process process)
    {
        _task = Task.Current;
        _outer = _task.Mm;
        _task.SwitchTo(process.Mm);
    }

    [MaySleep]
    public void Dispose()
    {
        _task.LeaveTo(_outer);
        if (_outer != null || Lockdep.HoldsWhileUnwinding)
            return;
        _task.ReleaseDeferredFiles();
        Lockdep.AssertNothingHeld();
    }
}
