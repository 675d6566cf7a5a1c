using System;

namespace MmKernel.Tests.Host;

/// <summary>
/// System calls with boundary, misaligned, huge and invalid arguments among sensible ones, all about the same 64 pages. Nothing that they
/// ask for and get is large.
/// </summary>
internal static class RandomCalls
{
    private const ulong W = HostProgram.Window;
    private const ulong P = Page.Size;

    // Such lengths fail or mean nothing; anything between could fill the machine's memory.
    private static readonly ulong[] s_hugeLengths =
        [Page.TaskSize + 1, 1UL << 47, (1UL << 47) + P, 1UL << 62, 1UL << 63, ulong.MaxValue - P, ulong.MaxValue - P + 1, ulong.MaxValue - 1, ulong.MaxValue];

    // None between the two limits that Linux has for low addresses, one for hints and one for fixed addresses.
    private static readonly ulong[] s_oddAddresses =
        [0, 1, P - 1, 0x1_0000, Page.TaskSize - P, Page.TaskSize, Page.TaskSize + P, 1UL << 47, 1UL << 63, ulong.MaxValue - P + 1, ulong.MaxValue];

    private static readonly int[] s_advice = [0, 1, 2, 3, 4, 8, 9, 10, 11, 16, 17, 18, 19, 22, 23, 24, 102, 103, 7, -1];

    /// <summary>A call.</summary>
    internal static HostCall Next(Random random)
    {
        ulong address = Address(random);
        ulong length = Length(random);
        switch (random.Next(24))
        {
            case < 6:
                int flags = Pick(random, 0x22, 0x22, 0x21, 0x01, 0x02, 0x03, 0x20, 0) | (random.Next(8) == 0 ? 0 : Pick(random, 0x10, 0x10, 0x100000))
                    | Rarely(random, 0x100, 0x2000, 0x4000, 0x8000, 0x18000, 0x20000, 0x800, 0x80000, 0x4000000, 0x800000);
                return HostCall.Mmap(address, length, Prot(random), flags, Pick(random, 3, 4, 3, 9), Offset(random));
            case < 8:
                return HostCall.Of(CallNumber.Munmap, address, random.Next(16) == 0 && address >= W ? Page.TaskSize - address : length);
            case < 11:
                return HostCall.Of(CallNumber.Mprotect, address, length, Prot(random));
            case < 15:
                int remap = Pick(random, 0, 1, 1, 3, 3, 5, 7, 2, 4, 8);
                ulong newLength = random.Next(3) == 0 ? length : Length(random);
                return HostCall.Mremap(address, length, newLength, remap, Address(random));
            case < 18:
                // The program, below the window, must not be dropped.
                return HostCall.Of(CallNumber.Madvise, address, address < W ? Math.Min(length, 16 * P) : length, s_advice[random.Next(s_advice.Length)]);
            case 18:
                return HostCall.Of(Pick(random, CallNumber.Mlock, CallNumber.Munlock), address, length);
            case 19:
                return random.Next(6) == 0
                    ? HostCall.Of(CallNumber.Mlockall, (ulong)random.Next(8), 0)
                    : HostCall.Of(CallNumber.Mlock2, address, length, random.Next(3));
            case 20:
                return HostCall.Of(CallNumber.Msync, address, length, random.Next(8));
            case 21:
                return random.Next(4) == 0 ? HostCall.Of(CallNumber.Mseal, address, length & ~(15 * P), Rarely(random, 1)) : new HostCall(CallNumber.Munlockall);
            case 22:
                return random.Next(2) == 0
                    ? HostCall.Of(CallNumber.Ftruncate, (ulong)Pick(random, 3, 4, 9), Offset(random))
                    : new HostCall(CallNumber.RemapFilePages, address, length, (ulong)Rarely(random, 1), (ulong)random.Next(4), 0);
            default:
                return random.Next(2) == 0
                    ? new HostCall(CallNumber.Pwrite, 5, W + ((ulong)random.Next(64) * P), 8, (ulong)random.Next(4) * P)
                    : new HostCall(CallNumber.Pread, 5, W + ((ulong)random.Next(64) * P), 8, (ulong)random.Next(4) * P);
        }
    }

    private static ulong Address(Random random) => random.Next(12) switch
    {
        0 => s_oddAddresses[random.Next(s_oddAddresses.Length)],
        1 => W + (ulong)random.Next(64 * Page.Size),
        _ => W + ((ulong)random.Next(64) * P),
    };

    private static ulong Length(Random random) => random.Next(12) switch
    {
        0 => s_hugeLengths[random.Next(s_hugeLengths.Length)],
        1 => (ulong)random.Next(8 * Page.Size),
        2 => 0,
        _ => (ulong)random.Next(1, 16) * P,
    };

    private static ulong Offset(Random random) => random.Next(8) switch
    {
        0 => (ulong)random.Next(16 * Page.Size),
        1 => Pick(random, ulong.MaxValue, ulong.MaxValue - P + 1, 1UL << 63, (ulong)long.MaxValue, 0x7fff_ffff_ffff_f000UL),
        _ => (ulong)random.Next(16) * P,
    };

    private static int Prot(Random random) => Pick(random, 3, 3, 1, 0, 5, 7) | Rarely(random, 8, 0x10, 0x1000000, 0x2000000, 0x3000000);

    private static int Rarely(Random random, params int[] values) => random.Next(8) == 0 ? Pick(random, values) : 0;

    private static T Pick<T>(Random random, params T[] values) => values[random.Next(values.Length)];
}
