using System;
using System.Globalization;

namespace MmKernel.Tests.Host;

/// <summary>Numbers of system calls on x86-64 Linux.</summary>
internal enum CallNumber
{
    Read = 0,
    Mmap = 9,
    Mprotect = 10,
    Munmap = 11,
    Pread = 17,
    Pwrite = 18,
    Mremap = 25,
    Msync = 26,
    Mincore = 27,
    Madvise = 28,
    Fcntl = 72,
    Ftruncate = 77,
    Setresuid = 117,
    Mlock = 149,
    Munlock = 150,
    Mlockall = 151,
    Munlockall = 152,
    RemapFilePages = 216,
    Openat = 257,
    Fallocate = 285,
    Prlimit = 302,
    MemfdCreate = 319,
    Mlock2 = 325,
    CloseRange = 436,
    Mseal = 462,
}

/// <summary>One system call with its arguments as the kernel gets them: anything can be asked for.</summary>
internal readonly record struct HostCall(CallNumber Number, ulong A0 = 0, ulong A1 = 0, ulong A2 = 0, ulong A3 = 0, ulong A4 = 0, ulong A5 = 0)
{
    internal static HostCall Mmap(ulong address, ulong length, int prot, int flags, int file = -1, ulong offset = 0) =>
        new(CallNumber.Mmap, address, length, (ulong)(long)prot, (ulong)(long)flags, (ulong)(long)file, offset);

    internal static HostCall Mremap(ulong address, ulong oldLength, ulong newLength, int flags, ulong newAddress = 0) =>
        new(CallNumber.Mremap, address, oldLength, newLength, (ulong)(long)flags, newAddress);

    internal static HostCall Of(CallNumber number, ulong address, ulong length, long third = 0) => new(number, address, length, (ulong)third);

    /// <summary>
    /// prlimit of the process itself; the new limits lie in the arguments that the call does not have. The hard one of locked memory is
    /// one that nearly everybody may have.
    /// </summary>
    internal static HostCall SetLimit(int resource, ulong limit) =>
        new(CallNumber.Prlimit, 0, (ulong)resource, HostProgram.OwnSlot, 0, limit, resource == 8 ? 4UL << 20 : ulong.MaxValue);

    /// <summary>A value or errno, by name; an address that the kernel chose itself is only that.</summary>
    internal string Show(long result)
    {
        if (result is < 0 and >= -4095)
            return Enum.GetName((Errno)(-result)) ?? result.ToString(CultureInfo.InvariantCulture);
        bool isAddress = Number is CallNumber.Mmap or CallNumber.Mremap;
        return isAddress && (ulong)result is < HostProgram.Window or >= HostProgram.WindowEnd ? "somewhere" : $"{result:x}";
    }

    public override string ToString() => $"{Number}({A0:x}, {A1:x}, {A2:x}, {A3:x}, {A4:x}, {A5:x})";
}
