using System;
using System.Threading;
using Xunit;

namespace MmKernel.Tests;

/// <summary>A process with sixteen pages of anonymous memory and a userfaultfd; pages are named by their number.</summary>
public abstract class UffdTest : IDisposable
{
    internal const ulong Base = 0x10_0000_0000;
    internal const ulong Source = 0x18_0000_0000;
    internal const ulong Elsewhere = 0x20_0000_0000;
    internal const Prot ReadWrite = Prot.Read | Prot.Write;
    internal const MapFlags Anonymous = MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed;
    internal const ulong PageSize = Page.Size;

    protected UffdTest()
    {
        Process = Machine.CreateProcess();
        Map(Process, Base, 16);
        Map(Process, Source, 4);
        Assert.True(Process.Write(Source, BitConverter.GetBytes(77UL)).IsOk);
        Uffd = Process.CreateUserfaultfd();
    }

    internal Machine Machine { get; } = new(new MachineOptions { MemoryBytes = 16 << 20 });

    internal Process Process { get; }

    internal Userfaultfd Uffd { get; }

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

    internal static void Map(Process process, ulong address, ulong pages) =>
        Assert.Equal((long)address, process.Mmap(address, pages * PageSize, ReadWrite, Anonymous));

    internal static ulong At(ulong page) => Base + (page * PageSize);

    internal void Open(UffdFeatures features) => Assert.Equal(0, Process.UffdApi(Uffd, features, out _));

    internal void Register(ulong page, ulong pages, UffdRegisterMode mode) =>
        Assert.Equal(0, Process.UffdRegister(Uffd, At(page), pages * PageSize, mode));

    internal long Copy(ulong page, ulong pages = 1, UffdFillMode mode = UffdFillMode.None) =>
        Process.UffdCopy(Uffd, At(page), Source, pages * PageSize, mode, out _);

    internal long Protect(ulong page, ulong pages, UffdProtectMode mode) => Process.UffdWriteProtect(Uffd, At(page), pages * PageSize, mode);

    internal static ulong Read(Process process, ulong page)
    {
        Span<byte> bytes = stackalloc byte[8];
        Assert.True(process.Read(At(page), bytes).IsOk);
        return BitConverter.ToUInt64(bytes);
    }

    internal static void Write(Process process, ulong page, ulong value) => Assert.True(process.Write(At(page), BitConverter.GetBytes(value)).IsOk);

    internal static Signal TryRead(Process process, ulong page) => process.Read(At(page), new byte[8]).Signal;

    internal static Signal TryWrite(Process process, ulong page) => process.Write(At(page), new byte[8]).Signal;

    /// <summary>Runs something on a thread of its own; what it threw comes out of <see cref="Worker.Join"/>.</summary>
    internal static Worker Start(Action action) => new(action);

    internal static long Error(Errno errno) => -(long)errno;

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
                    Task = MmKernel.Task.Current;
                    action();
                }
                catch (Exception e)
                {
                    _failure = e;
                }
            });
            _thread.Start();
        }

        internal MmKernel.Task? Task { get; private set; }

        internal bool IsWaiting => !_thread.Join(50);

        internal void Join()
        {
            Assert.True(_thread.Join(TimeSpan.FromSeconds(60)), "a thread hangs");
            Assert.Null(_failure);
        }
    }
}
