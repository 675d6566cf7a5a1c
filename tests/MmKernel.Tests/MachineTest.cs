using System;

namespace MmKernel.Tests;

/// <summary>Each test has a machine of its own, and a first process in it.</summary>
public abstract class MachineTest : IDisposable
{
    private protected MachineTest(MachineOptions options)
    {
        Machine = new Machine(options);
        Process = Machine.CreateProcess();
    }

    internal Machine Machine { get; }

    internal Process Process { get; }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
            Machine.Dispose();
    }
}
