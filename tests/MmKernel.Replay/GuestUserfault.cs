using System;
using System.Buffers.Binary;

namespace MmKernel.Replay;

/// <summary>
/// The userfaultfd of a trace: process 0 opens it before the first step, and children share it. Faults raise SIGBUS, so there is no handler.
/// </summary>
internal sealed class GuestUserfault
{
    private const UffdFeatures Features = UffdFeatures.PagefaultFlagWp | UffdFeatures.Sigbus | UffdFeatures.MinorShmem | UffdFeatures.WpHugetlbfsShmem
        | UffdFeatures.WpUnpopulated | UffdFeatures.Poison | UffdFeatures.Move;

    // Copies come from here, outside of every window and in no process's recorded state.
    private const ulong Source = 0x3000_0000_0000;

    private readonly Userfaultfd _uffd;

    public GuestUserfault(Process owner)
    {
        _uffd = owner.CreateUserfaultfd();
        owner.UffdApi(_uffd, Features, out _);
        owner.Mmap(Source, Windows.PageSize, Prot.Read | Prot.Write, MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed);
    }

    /// <summary>Performs a userfaultfd operation.</summary>
    /// <returns>Its result, or −errno.</returns>
    public long Execute(Process process, TraceStep step, ulong address, ulong length, out long? done)
    {
        done = null;
        long part = 0;
        switch (step.Operation)
        {
            case "uffd_register":
                return process.UffdRegister(_uffd, address, length, (UffdRegisterMode)step["mode"]);
            case "uffd_unregister":
                return process.UffdUnregister(_uffd, address, length);
            case "uffd_writeprotect":
                return process.UffdWriteProtect(_uffd, address, length, (UffdProtectMode)step["mode"]);
            case "uffd_copy":
                FillSource(process, (ulong)step["tag"]);
                return process.UffdCopy(_uffd, address, Source, Windows.PageSize, (UffdFillMode)step["mode"], out _);
        }

        long result = step.Operation switch
        {
            "uffd_zeropage" => process.UffdZeropage(_uffd, address, length, UffdFillMode.None, out part),
            "uffd_poison" => process.UffdPoison(_uffd, address, length, UffdFillMode.None, out part),
            "uffd_continue" => process.UffdContinue(_uffd, address, length, UffdFillMode.None, out part),
            "uffd_move" => process.UffdMove(_uffd, address, Windows.Address(step["w"], step["src"]), length, (UffdMoveMode)step["mode"], out part),
            _ => throw new NotSupportedException(step.Operation),
        };
        done = Math.Max(part, 0) / (long)Windows.PageSize;
        return result;
    }

    private static void FillSource(Process process, ulong tag)
    {
        Span<byte> contents = stackalloc byte[(int)Windows.PageSize];
        for (int word = 0; word < 512; word++)
            BinaryPrimitives.WriteUInt64LittleEndian(contents[(word * 8)..], tag + (ulong)word * 0x01_0101_0101);
        process.Write(Source, contents);
    }
}
