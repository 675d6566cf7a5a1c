using System;
using System.IO;
using System.Runtime.InteropServices;
using System.Threading;

namespace MmKernel.Benchmarks;

/// <summary>This very process on the machine's own kernel. Huge pages are off, for the other side has none.</summary>
internal sealed unsafe partial class HostCalls : IMemoryCalls
{
    private const int PrivateAnonymousFixed = 0x32;
    private const int MayMoveFixed = 3;
    private const int DisableHugePages = 41;

    private static readonly void* s_failed = (void*)-1;

    // fork and, in the child, exit(0). No managed code may run in a child that has one thread of many.
    private static ReadOnlySpan<byte> ForkAndExitCode =>
    [
        0xb8, 57, 0, 0, 0, // mov eax, fork
        0x0f, 0x05, // syscall
        0x85, 0xc0, // test eax, eax
        0x75, 9, // jnz parent
        0x31, 0xff, // xor edi, edi
        0xb8, 60, 0, 0, 0, // mov eax, exit
        0x0f, 0x05, // syscall
        0xc3, // parent: ret
    ];

    private readonly delegate* unmanaged<long> _fork;

    internal HostCalls()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
            throw new PlatformNotSupportedException("The comparison needs Linux on x86-64.");
        Check(prctl(DisableHugePages, 1, 0, 0, 0));
        void* code = mmap(null, Page.Size, (int)(Prot.Read | Prot.Write), PrivateAnonymousFixed & ~(int)MapFlags.Fixed, -1, 0);
        Check(code == s_failed ? -1 : 0);
        ForkAndExitCode.CopyTo(new Span<byte>(code, Page.Size));
        Check(mprotect(code, Page.Size, (int)(Prot.Read | Prot.Exec)));
        _fork = (delegate* unmanaged<long>)code;
    }

    public void Map(ulong address, ulong pages, Prot prot) =>
        Check(mmap((void*)address, Bytes(pages), (int)prot, PrivateAnonymousFixed, -1, 0) == s_failed ? -1 : 0);

    public void Unmap(ulong address, ulong pages) => Check(munmap((void*)address, Bytes(pages)));

    public void Protect(ulong address, ulong pages, Prot prot) => Check(mprotect((void*)address, Bytes(pages), (int)prot));

    public void Move(ulong address, ulong pages, ulong to) =>
        Check(mremap((void*)address, Bytes(pages), Bytes(pages), MayMoveFixed, (void*)to) == s_failed ? -1 : 0);

    public void Advise(ulong address, ulong pages, Advice advice) => Check(madvise((void*)address, Bytes(pages), (int)advice));

    public ulong Read(ulong address, ulong pages)
    {
        ulong sum = 0;
        for (ulong page = 0; page < pages; page++)
            sum += Volatile.Read(ref *(ulong*)(address + (page * Page.Size)));
        return sum;
    }

    public void Write(ulong address, ulong pages, ulong first)
    {
        for (ulong page = 0; page < pages; page++)
            Volatile.Write(ref *(ulong*)(address + (page * Page.Size)), first + page);
    }

    public void ForkAndExit()
    {
        long child = _fork();
        Check(child < 0 ? -1 : 0);
        int status;
        Check(waitpid((int)child, &status, 0) == child && status == 0 ? 0 : -1);
    }

    public string Smaps() => File.ReadAllText("/proc/self/smaps");

    public void Dispose() => Check(munmap(_fork, Page.Size));

    private static nuint Bytes(ulong pages) => (nuint)(pages * Page.Size);

    private static void Check(int result)
    {
        if (result != 0)
            throw new InvalidOperationException($"A system call failed on the host: errno {Marshal.GetLastSystemError()}.");
    }

    // The calls do not keep errno for the runtime: that would be work that the other side does not have.
    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial void* mmap(void* address, nuint length, int prot, int flags, int file, nint offset);

    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int munmap(void* address, nuint length);

    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial void* mremap(void* address, nuint oldLength, nuint newLength, int flags, void* to);

    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int madvise(void* address, nuint length, int advice);

    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int mprotect(void* address, nuint length, int prot);

    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int prctl(int option, nuint second, nuint third, nuint fourth, nuint fifth);

    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int waitpid(int process, int* status, int options);
}
