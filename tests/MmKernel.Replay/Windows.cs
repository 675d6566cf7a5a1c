using System;

namespace MmKernel.Replay;

/// <summary>
/// The address ranges that a trace talks about: 0 is an arena, 1 an arena for mappings that grow down, 2 the heap, whose page 0 is the
/// program break at start.
/// </summary>
public static class Windows
{
    /// <summary>Bytes in a page.</summary>
    public const ulong PageSize = 4096;

    /// <summary>How many windows there are.</summary>
    public const int Count = 3;

    /// <summary>Where the heap window begins here; the host draws this address at random.</summary>
    public const ulong HeapBase = 0x5555_5570_0000;

    /// <summary>The lowest address of a window.</summary>
    /// <param name="window">The window.</param>
    /// <returns>The address.</returns>
    public static ulong Base(int window) => window switch
    {
        0 => 0x2000_0000_0000,
        1 => 0x2100_0000_0000,
        2 => HeapBase,
        _ => throw new ArgumentOutOfRangeException(nameof(window)),
    };

    /// <summary>The size of a window in pages.</summary>
    /// <param name="window">The window.</param>
    /// <returns>The number of pages.</returns>
    public static int Pages(int window) => window switch
    {
        0 => 64,
        1 => 320,
        2 => 48,
        _ => throw new ArgumentOutOfRangeException(nameof(window)),
    };

    /// <summary>The address of a page, which may lie outside its window.</summary>
    /// <param name="window">The window.</param>
    /// <param name="page">The page relative to the window.</param>
    /// <returns>The address.</returns>
    public static ulong Address(long window, long page) => Base((int)window) + (ulong)page * PageSize;

    /// <summary>The window that an address lies in.</summary>
    /// <param name="address">The address.</param>
    /// <param name="page">The page relative to that window.</param>
    /// <returns>The window, or −1.</returns>
    public static int Find(ulong address, out long page)
    {
        for (int window = 0; window < Count; window++)
        {
            ulong distance = address - Base(window);
            if (distance >= (ulong)Pages(window) * PageSize) continue;
            page = (long)(distance / PageSize);
            return window;
        }

        page = 0;
        return -1;
    }
}
