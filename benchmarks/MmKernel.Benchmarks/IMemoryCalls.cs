using System;

namespace MmKernel.Benchmarks;

/// <summary>The system calls and accesses of one process on one of the two kernels, so that each case is written once for both.</summary>
internal interface IMemoryCalls : IDisposable
{
    /// <summary>mmap of private anonymous memory at a fixed address.</summary>
    void Map(ulong address, ulong pages, Prot prot);

    /// <summary>munmap.</summary>
    void Unmap(ulong address, ulong pages);

    /// <summary>mprotect.</summary>
    void Protect(ulong address, ulong pages, Prot prot);

    /// <summary>mremap with MAYMOVE and FIXED.</summary>
    void Move(ulong address, ulong pages, ulong to);

    /// <summary>madvise.</summary>
    void Advise(ulong address, ulong pages, Advice advice);

    /// <summary>Reads a word of each page.</summary>
    /// <returns>The sum of the words.</returns>
    ulong Read(ulong address, ulong pages);

    /// <summary>Writes a word to each page: its number counted from <paramref name="first"/>.</summary>
    void Write(ulong address, ulong pages, ulong first);

    /// <summary>Forks a child that exits at once, and waits for its end.</summary>
    void ForkAndExit();

    /// <summary>The text of <c>/proc/PID/smaps</c>.</summary>
    string Smaps();
}
