using System;
using System.Threading;
using MmLint;

namespace MmKernel;

/// <summary>Pages that somebody outside of the process works with, as a device does. They stay until it is done.</summary>
public sealed unsafe class PinnedPages : IDisposable
{
    private readonly PhysicalMemory _memory;
    private readonly Folio[] _folios;
    private readonly bool _isWritten;
    [Atomic] private bool _disposed;

    internal PinnedPages(PhysicalMemory memory, Folio[] folios, PinFlags flags)
    {
        _memory = memory;
        _folios = folios;
        _isWritten = (flags & PinFlags.Write) != 0;
    }

    /// <summary>Number of pages.</summary>
    public int Count => _folios.Length;

    /// <summary>Reads one page.</summary>
    /// <param name="page">Its number among these.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="destination">Where the bytes go; they lie within the page.</param>
    public void Read(int page, int offset, Span<byte> destination) => Bytes(page).Slice(offset, destination.Length).CopyTo(destination);

    /// <summary>Writes one page, as only pages that were pinned for writing are.</summary>
    /// <param name="page">Its number among these.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="source">The bytes; they lie within the page.</param>
    /// <exception cref="InvalidOperationException">The pages were pinned for reading.</exception>
    public void Write(int page, int offset, ReadOnlySpan<byte> source)
    {
        if (!_isWritten)
            throw new InvalidOperationException("The pages were pinned for reading.");
        source.CopyTo(Bytes(page)[offset..]);
    }

    /// <summary>Ends the pins (<c>unpin_user_pages</c>).</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, true))
            return;
        foreach (var folio in _folios)
        {
            folio.AdoptReference();
            PinUserPages.Unpin(_memory, folio, _isWritten);
        }
    }

    private Span<byte> Bytes(int page) => new(_memory.PointerTo(_folios[page].Frame), Page.Size);
}
