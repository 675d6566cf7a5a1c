using System;
using System.Threading;
using Xunit;

namespace MmKernel.Tests;

/// <summary>A process with sixteen pages of anonymous memory and a userfaultfd; pages are named by their number.</summary>
public abstract class UffdTest : MachineTest
{
    internal const ulong Base = 0x10_0000_0000;
    internal const ulong Source = 0x18_0000_0000;
    internal const ulong Elsewhere = 0x20_0000_0000;
    internal const Prot ReadWrite = Prot.Read | Prot.Write;
    internal const MapFlags Anonymous = MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed;
    internal const ulong PageSize = Page.Size;

    protected UffdTest()
        : base(new MachineOptions { MemoryBytes = 16 << 20 })
    {
        Map(Process, Base, 16);
        Map(Process, Source, 4);
        Assert.True(Process.Write(Source, BitConverter.GetBytes(77UL)).IsOk);
        Uffd = Process.CreateUserfaultfd();
    }

    internal Userfaultfd Uffd { get; }

    internal static void Map(Process process, ulong address, ulong pages) =>
        Assert.Equal((long)address, process.Mmap(address, pages * PageSize, ReadWrite, Anonymous));

    internal static ulong At(ulong page) => Base + (page * PageSize);

    internal void Open(UffdFeatures features) => Assert.Equal(0, Process.UffdApi(Uffd, features, out _));

    internal void Register(ulong page, ulong pages, UffdRegisterMode mode) =>
        Assert.Equal(0, Process.UffdRegister(Uffd, At(page), pages * PageSize, mode));

    internal long Copy(ulong page, ulong pages = 1, UffdFillMode mode = UffdFillMode.None) =>
        Process.UffdCopy(Uffd, At(page), Source, pages * PageSize, mode, out _);

    internal long Protect(ulong page, ulong pages, UffdProtectMode mode) => Process.UffdWriteProtect(Uffd, At(page), pages * PageSize, mode);

    internal static ulong Read(Process process, ulong page) => process.ReadWord(At(page));

    internal static void Write(Process process, ulong page, ulong value) => process.WriteWord(At(page), value);

    internal static Signal TryRead(Process process, ulong page) => process.Read(At(page), new byte[8]).Signal;

    internal static Signal TryWrite(Process process, ulong page) => process.Write(At(page), new byte[8]).Signal;

    internal static long Error(Errno errno) => -(long)errno;
}
