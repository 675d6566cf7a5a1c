using System;
using System.IO;
using System.Runtime.InteropServices;
using System.Threading;
using Microsoft.Win32.SafeHandles;
using MmLint;

namespace MmKernel;

/// <summary>What a swap device keeps its pages on. Reads and writes of different pages may run at the same time.</summary>
public abstract class SwapStore : IDisposable
{
    /// <summary>Number of pages; the first is not used, as it holds the header of a real device.</summary>
    public abstract int PageCount { get; }

    /// <summary>Whether reading is so fast that nothing is read ahead and nothing kept (<c>SWP_SYNCHRONOUS_IO</c>).</summary>
    public abstract bool IsSynchronous { get; }

    /// <summary>A store in native memory, as on a RAM disk: synchronous.</summary>
    /// <param name="bytes">Its size.</param>
    public static SwapStore InMemory(long bytes) => new MemorySwap(bytes);

    /// <summary>A store in a file of the host, which is created or overwritten.</summary>
    /// <param name="path">Where.</param>
    /// <param name="bytes">Its size.</param>
    public static SwapStore InFile(string path, long bytes) => new FileSwap(path, bytes);

    /// <summary>Reads a page.</summary>
    /// <param name="page">Its number.</param>
    /// <param name="contents">Room for a page.</param>
    /// <returns>False after an error of the device.</returns>
    [MaySleep]
    public abstract bool Read(int page, Span<byte> contents);

    /// <summary>Writes a page.</summary>
    /// <param name="page">Its number.</param>
    /// <param name="contents">A page.</param>
    /// <returns>False after an error of the device.</returns>
    [MaySleep]
    public abstract bool Write(int page, ReadOnlySpan<byte> contents);

    /// <summary>Gives the device back; nobody reads or writes any more.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives the device back.</summary>
    /// <param name="disposing">Whether <see cref="Dispose()"/> was called.</param>
    protected abstract void Dispose(bool disposing);
}

/// <summary>Swap in native memory, as on a RAM disk.</summary>
/// <param name="bytes">Its size.</param>
internal sealed unsafe class MemorySwap(long bytes) : SwapStore
{
    [Atomic] private nint _base = (nint)NativeMemory.Alloc((nuint)bytes);

    /// <inheritdoc/>
    public override int PageCount { get; } = checked((int)(bytes >> Page.Shift));

    /// <inheritdoc/>
    public override bool IsSynchronous => true;

    /// <inheritdoc/>
    [MaySleep]
    public override bool Read(int page, Span<byte> contents)
    {
        PageAt(page).CopyTo(contents);
        return true;
    }

    /// <inheritdoc/>
    [MaySleep]
    public override bool Write(int page, ReadOnlySpan<byte> contents)
    {
        contents.CopyTo(PageAt(page));
        return true;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        NativeMemory.Free((void*)Interlocked.Exchange(ref _base, 0));
    }

    private Span<byte> PageAt(int page)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)page, (uint)PageCount);
        return new Span<byte>((byte*)Volatile.Read(ref _base) + ((long)page << Page.Shift), Page.Size);
    }
}

/// <summary>Swap in a file of the host.</summary>
internal sealed class FileSwap : SwapStore
{
    private readonly SafeFileHandle _file;

    /// <summary>Creates or overwrites the file.</summary>
    /// <param name="path">Where.</param>
    /// <param name="bytes">Its size.</param>
    public FileSwap(string path, long bytes)
    {
        PageCount = checked((int)(bytes >> Page.Shift));
        _file = File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite, FileShare.None, FileOptions.RandomAccess, bytes);
    }

    /// <inheritdoc/>
    public override int PageCount { get; }

    /// <inheritdoc/>
    public override bool IsSynchronous => false;

    /// <inheritdoc/>
    [MaySleep]
    public override bool Read(int page, Span<byte> contents)
    {
        try
        {
            return RandomAccess.Read(_file, contents, (long)page << Page.Shift) == contents.Length;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    [MaySleep]
    public override bool Write(int page, ReadOnlySpan<byte> contents)
    {
        try
        {
            RandomAccess.Write(_file, contents, (long)page << Page.Shift);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => _file.Dispose();
}
