using System;
using System.Threading;
using Xunit;

namespace MmKernel.Tests;

/// <summary>Something that runs on a thread of its own, because it is going to wait; what it threw comes out of <see cref="Join"/>.</summary>
internal sealed class Worker
{
    private readonly Thread _thread;
    private Exception? _failure;

    internal Worker(Action action)
    {
        _thread = new Thread(() =>
        {
            try
            {
                Task = Task.Current;
                action();
            }
            catch (Exception e)
            {
                _failure = e;
            }
        });
        _thread.Start();
    }

    internal Task? Task { get; private set; }

    internal bool IsWaiting => !_thread.Join(50);

    internal void Join()
    {
        Assert.True(_thread.Join(TimeSpan.FromSeconds(60)), "a thread hangs");
        Assert.Null(_failure);
    }
}
