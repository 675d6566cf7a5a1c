using System;
using System.Buffers.Binary;

namespace MmKernel.Replay;

/// <summary>
/// The memory files of a trace: 1 and 2 can be written, 3 is open for reading only. Word j of page k of file i starts as
/// i·1000 + k + j·0x0101010101.
/// </summary>
internal sealed class GuestFiles : IDisposable
{
    private static readonly int[] PageCounts = [0, 24, 16, 8];

    private readonly MemoryFile[] _files = new MemoryFile[PageCounts.Length];
    private readonly VmFile?[] _open = new VmFile?[PageCounts.Length];

    public GuestFiles(Machine machine)
    {
        for (int i = 1; i < PageCounts.Length; i++)
        {
            _files[i] = machine.CreateMemoryFile(0);
            for (int k = 0; k < PageCounts[i]; k++)
                _files[i].Write((ulong)k * Windows.PageSize, Contents(i, k));
            _open[i] = _files[i].Open(isWritable: i != 3);
        }
    }

    /// <summary>The open file with a trace's number; null for 0.</summary>
    public VmFile? this[int number] => _open[number];

    /// <summary>The number of a mapped file; 9 for an object that is none of the trace's files.</summary>
    public int NumberOf(VmFile? file)
    {
        if (file == null)
            return 0;
        int number = Array.IndexOf(_open, file);
        return number < 0 ? 9 : number;
    }

    public long Truncate(int file, ulong length) => _files[file].Truncate(length);

    public long Write(int file, ulong offset, ulong value)
    {
        Span<byte> word = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(word, value);
        return _files[file].Write(offset, word);
    }

    public long PunchHole(int file, ulong offset, ulong length) => _files[file].PunchHole(offset, length);

    public void Dispose()
    {
        for (int i = 1; i < PageCounts.Length; i++)
            _files[i].Close();
    }

    private static byte[] Contents(int file, int page)
    {
        var bytes = new byte[Windows.PageSize];
        for (int word = 0; word < 512; word++)
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(word * 8), (ulong)(file * 1000 + page) + (ulong)word * 0x01_0101_0101);
        return bytes;
    }
}
