using System.Collections.Generic;
using static MmKernel.Tests.Host.CallNumber;
using static MmKernel.Tests.Host.HostCall;

namespace MmKernel.Tests.Host;

/// <summary>
/// Wrong, odd and limiting arguments: what the kernel of this machine answers is what MmKernel must answer, errno by errno. Each test is a
/// table of calls; no expectation stands here, because the host has them all.
/// </summary>
public sealed class HostAgreementTests
{
    private const ulong W = HostProgram.Window;
    private const ulong P = Page.Size;
    private const ulong Max = ulong.MaxValue;
    private const int Read = 1;
    private const int ReadWrite = 3;
    private const int PrivateAnonymous = 0x22;
    private const int SharedAnonymous = 0x21;
    private const int Fixed = 0x10;
    private const int File = 3;

    private static readonly ulong[] s_oddLengths = [0, 1, P - 1, P + 1, Page.TaskSize, Page.TaskSize + 1, 1UL << 47, 1UL << 63, Max - P, Max - P + 1, Max - 1, Max];
    private static readonly ulong[] s_oddAddresses = [0, 1, P, W + 1, W + P - 1, W + (3 * P), Page.TaskSize - P, Page.TaskSize, Page.TaskSize + P, 1UL << 63, Max - P + 1, Max];

    [HostFact]
    public void Odd_addresses()
    {
        var calls = Start();
        foreach (ulong address in s_oddAddresses)
        {
            foreach (var number in new[] { Mprotect, Munlock, Mlock, Mincore, Madvise, Msync })
                calls.Add(new HostCall(number, address, P, number == Mincore ? HostProgram.Scratch : 0));
            calls.Add(Of(Mseal, address, 0));
            calls.Add(Mmap(address, P, Read, PrivateAnonymous | Fixed));
            calls.Add(Mremap(address, P, P, 0));
            calls.Add(Mremap(W, P, P, 3, address));
            calls.Add(Of(RemapFilePages, address, P));
            calls.Add(Of(Munmap, address, P));
            calls.Add(Mmap(W, 8 * P, ReadWrite, PrivateAnonymous | Fixed));
        }

        Check("odd addresses", calls);
    }

    [HostFact]
    public void Odd_lengths()
    {
        var calls = Start();
        foreach (ulong length in s_oddLengths)
        {
            foreach (var number in new[] { Mprotect, Munlock, Mlock, Mincore, Madvise, Msync, Mseal, Munmap })
                calls.Add(new HostCall(number, W + (64 * P), length, number == Mincore ? HostProgram.Scratch : 0));
            calls.Add(Mmap(0, length, Read, PrivateAnonymous));
            calls.Add(Mmap(W + (80 * P), length, Read, PrivateAnonymous | Fixed));
            calls.Add(Mremap(W, length, P, 0));
            calls.Add(Mremap(W, P, length, 0));
            calls.Add(Mremap(W, P, length, 1));
            calls.Add(Mremap(W, length, length, 3, W + (100 * P)));
            calls.Add(new HostCall(RemapFilePages, W, length, 0, 0, 0));
            calls.Add(Mmap(W, 8 * P, ReadWrite, PrivateAnonymous | Fixed));
        }

        Check("odd lengths", calls);
    }

    [HostFact]
    public void Every_bit_of_flags_and_protections()
    {
        var calls = Start();
        calls.Add(Of(Munmap, W, 64 * P));
        calls.Add(Of(MemfdCreate, HostProgram.Zeros, 0));
        calls.Add(Of(Ftruncate, File, 4 * P));
        for (int bit = 0; bit < 32; bit++)
        {
            // Huge pages are as the machine has them, and one bit asks for memory in the low 2 GiB.
            int flag = 1 << bit;
            if (flag is not (0x40000 or 0x40))
            {
                calls.Add(Mmap(W, P, Read, Fixed | PrivateAnonymous | flag));
                calls.Add(Mmap(W, P, Read, Fixed | 0x03 | flag, File));
                calls.Add(Mmap(W, P, Read, Fixed | 0x02 | flag, File));
                calls.Add(Mmap(W, P, Read, Fixed | 0x20 | (flag & 0xf)));
            }

            calls.Add(Mmap(W, P, ReadWrite, PrivateAnonymous | Fixed));
            calls.Add(Of(Mprotect, W, P, flag));
            calls.Add(Of(Mprotect, W, P, ReadWrite));
            calls.Add(Of(Msync, W, P, flag));
            calls.Add(Of(Mlock2, W, P, flag));
            calls.Add(Of(Munlock, W, P));
            calls.Add(Of(Mseal, W, P, flag));
            calls.Add(Mremap(W, P, 2 * P, flag, W + (32 * P)));
            calls.Add(Of(Munmap, W, 64 * P));
        }

        calls.Add(Mmap(W, P, Read, 0x02));
        calls.Add(Mmap(W, P, Read, 0x02, 99));
        calls.Add(Mmap(W, P, Read, 0x02, File, 1));
        calls.Add(Mmap(W, P, Read, PrivateAnonymous, -1, 1));
        calls.Add(Mmap(W, P, Read, 0x01, File, 0x7fff_ffff_ffff_f000));
        calls.Add(Mmap(W, 2 * P, Read, 0x01, File, Max - P + 1));
        Check("flags", calls);
    }

    [HostFact]
    public void Every_advice()
    {
        var calls = Start();
        calls.Add(Of(MemfdCreate, HostProgram.Zeros, 0));
        calls.Add(Of(Ftruncate, File, 4 * P));

        // Poisoning, taking offline and collapsing depend on how the kernel was built; reclaim and merging have tests of their own.
        foreach (int advice in new[] { -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 16, 17, 18, 19, 22, 23, 24, 26, 27, 99, 102, 103, 104, int.MaxValue })
        {
            foreach (var mapping in new[]
            {
                Mmap(W, 4 * P, ReadWrite, PrivateAnonymous | Fixed),
                Mmap(W, 4 * P, Read, PrivateAnonymous | Fixed),
                Mmap(W, 4 * P, 0, PrivateAnonymous | Fixed),
                Mmap(W, 4 * P, ReadWrite, SharedAnonymous | Fixed),
                Mmap(W, 4 * P, Read, 0x01 | Fixed, File),
                Mmap(W, 4 * P, ReadWrite, 0x02 | Fixed, File),
            })
            {
                calls.Add(mapping);
                calls.Add(Of(Madvise, W + P, P, advice));
                calls.Add(Of(Madvise, W + (3 * P), 4 * P, advice));
                calls.Add(Of(Mlock, W, P));
                calls.Add(Of(Madvise, W, P, advice));
            }

            calls.Add(Of(Madvise, W, 0, advice));
            calls.Add(Of(Madvise, W + 1, P, advice));
            calls.Add(Of(Munmap, W, 64 * P));
            calls.Add(Of(Madvise, W, P, advice));
        }

        Check("advice", calls);
    }

    [HostFact]
    public void Sealed_mappings()
    {
        var calls = new List<HostCall> { new(Setresuid, 65534, 65534, 65534) };
        ulong at = W;
        foreach (int prot in new[] { 0, Read, ReadWrite })
        {
            foreach (int flags in new[] { PrivateAnonymous, SharedAnonymous })
            {
                calls.Add(Mmap(at, 4 * P, prot, flags | Fixed));
                calls.Add(Of(Mseal, at + P, 2 * P));
                calls.Add(Of(Mseal, at + P, P));
                calls.Add(Of(Mprotect, at + P, P, prot));
                calls.Add(Of(Mprotect, at + P, P, 5));
                calls.Add(Of(Mprotect, at, 2 * P, 5));
                calls.Add(Of(Munmap, at + P, P));
                calls.Add(Of(Munmap, at, 4 * P));
                calls.Add(Of(Munmap, at + (2 * P), 2 * P));
                calls.Add(Mmap(at + P, P, Read, PrivateAnonymous | Fixed));
                calls.Add(Mremap(at + P, P, P, 3, at + (16 * P)));
                calls.Add(Mremap(at + P, P, 2 * P, 1));
                calls.Add(Mremap(at + P, 2 * P, P, 0));
                calls.Add(Mremap(at + P, P, P, 0));
                calls.Add(Mremap(at, P, P, 3, at + (2 * P)));
                calls.Add(Mremap(at, P, 2 * P, 1));
                foreach (int advice in new[] { 0, 4, 8, 9, 10, 11, 14, 16, 18, 19, 22, 24, 102, 103 })
                    calls.Add(Of(Madvise, at + P, P, advice));
                calls.Add(Of(Mlock, at, 4 * P));
                calls.Add(Of(Munlock, at, 4 * P));
                calls.Add(Of(Msync, at, 4 * P, 4));
                at += 64 * P;
            }
        }

        calls.Add(Of(Mseal, at, P));
        calls.Add(Mmap(at, P, Read, PrivateAnonymous | Fixed));
        calls.Add(Of(Mseal, at, 2 * P));
        calls.Add(Of(Mprotect, at, P, ReadWrite));
        Check("sealed mappings", calls);
    }

    [HostFact]
    public void Sealed_files()
    {
        var calls = new List<HostCall>();
        int file = File;
        foreach (int seals in new[] { 0, 1, 2, 4, 8, 0x10, 0x20, 0x2f, 0x40, 0x80, -1 })
        {
            foreach (ulong kind in new ulong[] { 0, 2, 8 })
            {
                calls.Add(Of(MemfdCreate, HostProgram.Zeros, kind));
                calls.Add(Of(Ftruncate, (ulong)file, 4 * P));
                calls.Add(Mmap(W, 2 * P, Read, 0x01 | Fixed, file));
                calls.Add(Of(Fcntl, (ulong)file, 1033, seals));
                calls.Add(Of(Munmap, W, 64 * P));
                calls.Add(Mmap(W, 2 * P, Read, 0x02 | Fixed, file));
                calls.Add(Of(Fcntl, (ulong)file, 1033, seals));
                calls.Add(Of(Fcntl, (ulong)file, 1034));
                calls.Add(Of(Ftruncate, (ulong)file, 3 * P));
                calls.Add(Of(Ftruncate, (ulong)file, 5 * P));
                calls.Add(Of(Ftruncate, (ulong)file, Max));
                calls.Add(new HostCall(Pwrite, (ulong)file, HostProgram.Zeros, 8, P));
                calls.Add(new HostCall(Pwrite, (ulong)file, HostProgram.Zeros, 8, (6 * P) - 4));
                calls.Add(new HostCall(Pwrite, (ulong)file, HostProgram.Zeros, 8, Max));
                calls.Add(new HostCall(Fallocate, (ulong)file, 3, P, P));
                calls.Add(Mmap(W, P, ReadWrite, 0x01 | Fixed, file));
                calls.Add(Mmap(W + P, P, Read, 0x01 | Fixed, file));
                calls.Add(Of(Mprotect, W + P, P, ReadWrite));
                calls.Add(Mmap(W + (2 * P), P, ReadWrite, 0x02 | Fixed, file));
                calls.Add(Of(Mprotect, W + (2 * P), P, Read));
                calls.Add(Of(Mprotect, W + (2 * P), P, ReadWrite));
                calls.Add(Of(Madvise, W + P, P, 9));
                calls.Add(Of(Fcntl, (ulong)file, 1033, 8));
                calls.Add(Of(Munmap, W, 64 * P));
                file++;
            }
        }

        Check("sealed files", calls);
    }

    [HostFact]
    public void Limit_of_locked_memory()
    {
        var calls = new List<HostCall> { SetLimit(8, 6 * P), new(Setresuid, 65534, 65534, 65534) };
        calls.Add(Mmap(W, 16 * P, ReadWrite, PrivateAnonymous | Fixed));
        calls.Add(Of(Mlock, W, 6 * P));
        calls.Add(Of(Mlock, W + (6 * P), 1));
        calls.Add(Of(Mlock, W, 6 * P));
        calls.Add(Of(Mlock, W + P, 6 * P));
        calls.Add(Of(Munlock, W, P));
        calls.Add(Of(Mlock, W + (6 * P), P));
        calls.Add(Mmap(W + (32 * P), P, ReadWrite, PrivateAnonymous | Fixed | 0x2000));
        calls.Add(Of(Munlock, W, 16 * P));
        calls.Add(Mmap(W + (32 * P), 6 * P, ReadWrite, PrivateAnonymous | Fixed | 0x2000));
        calls.Add(Mremap(W + (32 * P), 6 * P, 7 * P, 1));
        calls.Add(Mremap(W + (32 * P), 6 * P, 6 * P, 3, W + (64 * P)));
        calls.Add(Of(Munlock, W + (64 * P), P));
        calls.Add(Of(Mlockall, 0, 0));
        calls.Add(Of(Mlockall, 4, 0));
        calls.Add(Of(Mlockall, 8, 0));
        calls.Add(Of(Mlockall, 1, 0));
        calls.Add(Of(Mlockall, 2, 0));
        calls.Add(Mmap(W + (128 * P), P, ReadWrite, PrivateAnonymous | Fixed));
        calls.Add(Mmap(W + (130 * P), P, ReadWrite, PrivateAnonymous | Fixed));
        calls.Add(Mmap(W + (130 * P), P, 0, PrivateAnonymous | Fixed));
        calls.Add(Of(Mlock2, W, P, 1));
        calls.Add(new HostCall(Munlockall));
        calls.Add(Mmap(W + (130 * P), P, ReadWrite, PrivateAnonymous | Fixed));
        calls.Add(SetLimit(8, 0));
        calls.Add(Of(Mlock, W, 0));
        calls.Add(Of(Mlock, W, P));
        calls.Add(Of(Mlock2, W, P, 2));
        calls.Add(Of(Mlockall, 2, 0));
        calls.Add(Of(Munlock, W, P));
        calls.Add(Mmap(W, P, ReadWrite, PrivateAnonymous | Fixed | 0x2000));
        Check("RLIMIT_MEMLOCK", calls);
    }

    [HostFact]
    public void Locking_everything()
    {
        var calls = new List<HostCall>();
        foreach (int flags in new[] { 1, 2, 3, 5, 6, 7 })
        {
            calls.Add(Mmap(W, 4 * P, ReadWrite, PrivateAnonymous | Fixed));
            calls.Add(Mmap(W + (4 * P), P, 0, PrivateAnonymous | Fixed));
            calls.Add(Of(Mlockall, (ulong)flags, 0));
            calls.Add(Mmap(W + (8 * P), 4 * P, ReadWrite, PrivateAnonymous | Fixed));
            calls.Add(Mmap(W + (16 * P), 4 * P, 0, PrivateAnonymous | Fixed));
            calls.Add(new HostCall(Mincore, W, 4 * P, HostProgram.Scratch));

            // What is locked cannot be dropped, which tells which mappings are.
            for (ulong page = 0; page < 20; page += 4)
                calls.Add(Of(Madvise, W + (page * P), P, 4));
            calls.Add(Of(Mprotect, W + (16 * P), P, ReadWrite));
            calls.Add(Of(Msync, W, 4 * P, 2));
            calls.Add(new HostCall(Munlockall));
            calls.Add(Of(Madvise, W, P, 4));
            calls.Add(Of(Munmap, W, 64 * P));
        }

        Check("mlockall", calls);
    }

    [HostFact]
    public void Limits_of_address_space_and_data()
    {
        ulong size = HostProgram.Pages * P;
        var calls = new List<HostCall> { SetLimit(9, size + (8 * P)) };
        calls.Add(Mmap(W, 8 * P, Read, PrivateAnonymous | Fixed));
        calls.Add(Mmap(W + (32 * P), P, Read, PrivateAnonymous | Fixed));
        calls.Add(Mmap(W + (4 * P), 4 * P, ReadWrite, SharedAnonymous | Fixed));
        calls.Add(Mmap(W + (4 * P), 5 * P, ReadWrite, SharedAnonymous | Fixed));
        calls.Add(Mremap(W, P, 2 * P, 1));
        calls.Add(Mremap(W, P, P, 3, W + (64 * P)));
        calls.Add(Mremap(W + (64 * P), P, P, 5));
        calls.Add(Mremap(W + P, 0, P, 1));
        calls.Add(Of(Munmap, W + P, P));
        calls.Add(Mremap(W + (64 * P), P, P, 5));
        calls.Add(SetLimit(9, Max));
        calls.Add(Of(Munmap, W, 128 * P));
        calls.Add(SetLimit(2, size + (4 * P)));
        calls.Add(Mmap(W, 4 * P, ReadWrite, PrivateAnonymous | Fixed));
        calls.Add(Mmap(W + (32 * P), P, ReadWrite, PrivateAnonymous | Fixed));
        calls.Add(Mmap(W + (32 * P), P, Read, PrivateAnonymous | Fixed));
        calls.Add(Of(Mprotect, W + (32 * P), P, ReadWrite));
        calls.Add(Mmap(W + (33 * P), P, ReadWrite, SharedAnonymous | Fixed));
        calls.Add(Mmap(W + (2 * P), 4 * P, ReadWrite, PrivateAnonymous | Fixed));
        calls.Add(Of(Mprotect, W, P, Read));
        calls.Add(Of(Mprotect, W + (32 * P), P, ReadWrite));
        calls.Add(Of(Mprotect, W, P, ReadWrite));
        calls.Add(Mremap(W + (32 * P), P, 2 * P, 1));
        calls.Add(Mmap(W + (48 * P), P, ReadWrite, PrivateAnonymous | Fixed | 0x100));
        Check("RLIMIT_AS and RLIMIT_DATA", calls);
    }

    [HostFact]
    public void Access_through_file_calls()
    {
        List<HostCall> calls =
        [
            Of(MemfdCreate, HostProgram.Zeros, 0),
            Mmap(W, 4 * P, ReadWrite, PrivateAnonymous | Fixed),
            Mmap(W + (4 * P), 4 * P, 0, PrivateAnonymous | Fixed),
            Mmap(W + (8 * P), 4 * P, Read, PrivateAnonymous | Fixed),
            new(Pwrite, File, W, 8, 0),
            new(Pwrite, File, W + (4 * P), 8, 0),
            new(Pwrite, File, W + (8 * P), 8, 0),
            new(Pwrite, File, W + (64 * P), 8, 0),
            new(Pread, File, W, 8, 0),
            new(Pread, File, W + (4 * P), 8, 0),
            new(Pread, File, W + (8 * P), 8, 0),
            new(Pread, File, W + (8 * P), 8, P),
            Of(Madvise, W, P, 102),
            new(Pwrite, File, W, 8, 0),
            Of(Madvise, W, P, 103),
            new(Pwrite, File, W, 8, 0),
            Mmap(W, 4 * P, ReadWrite, 0x01 | Fixed, File),
            new(Pwrite, File, W + P, 8, 0),
            Of(Ftruncate, File, 2 * P),
            new(Pwrite, File, W + P, 8, 0),
            Of(Ftruncate, File, 0),
            new(Pwrite, File, W + P, 8, 0),
        ];
        Check("access", calls);
    }

    private static List<HostCall> Start() => [SetLimit(8, 1 << 20), new(Setresuid, 65534, 65534, 65534), Mmap(W, 8 * P, ReadWrite, PrivateAnonymous | Fixed)];

    private static void Check(string what, List<HostCall> calls) => Agreement.Check(what, calls);
}
