using System;
using System.Runtime.InteropServices;

namespace MmKernel.Benchmarks;

/// <summary>The same system calls of the machine's own kernel.</summary>
internal static unsafe partial class HostKernel
{
    private const int ProtReadWrite = 3;
    private const int PrivateAnonymous = 0x22;
    private const int NoHugePage = 15;

    internal static byte* Map(ulong bytes)
    {
        void* address = mmap(null, (nuint)bytes, ProtReadWrite, PrivateAnonymous, -1, 0);
        if (address == (void*)-1)
            throw new InvalidOperationException("mmap failed on the host");
        _ = madvise(address, (nuint)bytes, NoHugePage);
        return (byte*)address;
    }

    internal static void Unmap(byte* address, ulong bytes) => Check(munmap(address, (nuint)bytes));

    internal static void Advise(byte* address, ulong bytes, Advice advice) => Check(madvise(address, (nuint)bytes, (int)advice));

    internal static void Protect(byte* address, ulong bytes, Prot prot) => Check(mprotect(address, (nuint)bytes, (int)prot));

    private static void Check(int result)
    {
        if (result != 0)
            throw new InvalidOperationException($"system call failed on the host: errno {Marshal.GetLastPInvokeError()}");
    }

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial void* mmap(void* address, nuint length, int prot, int flags, int file, nint offset);

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int munmap(void* address, nuint length);

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int madvise(void* address, nuint length, int advice);

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int mprotect(void* address, nuint length, int prot);
}
