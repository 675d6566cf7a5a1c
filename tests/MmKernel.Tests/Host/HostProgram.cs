using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;

namespace MmKernel.Tests.Host;

/// <summary>
/// Has the host kernel execute system calls in a process that consists of nothing else: an executable file with a loop of machine code and a
/// table of calls. The process unmaps its stack and all that the kernel put into it, so that its address space is as empty as a new one of
/// MmKernel, but for the program itself.
/// </summary>
internal static class HostProgram
{
    /// <summary>Where the program lies.</summary>
    internal const ulong Base = 0x1000_0000_0000;

    /// <summary>The addresses at which tests map.</summary>
    internal const ulong Window = 0x2000_0000_0000;

    /// <summary>The end of these addresses.</summary>
    internal const ulong WindowEnd = 0x2100_0000_0000;

    /// <summary>As an argument: the address of the fifth argument of the call itself.</summary>
    internal const ulong OwnSlot = 0xFEED_0000_0000_0001;

    /// <summary>An address with nothing but zeros.</summary>
    internal const ulong Zeros = Scratch - 64;

    /// <summary>Room for an answer.</summary>
    internal const ulong Scratch = Base + ScratchOffset;

    private const int EntrySize = 64;
    private const int ResultOffset = 56;
    private const int CodeOffset = 120;
    private const int TextOffset = 256;
    private const int TableOffset = 512;
    private const int MaxCalls = 1000;
    private const int ScratchOffset = 0x1_0000;
    private const int ScratchSize = 0x1_0000;
    private const int Size = ScratchOffset + ScratchSize;

    /// <summary>The lowest address that a process without privilege may map on this machine.</summary>
    internal static ulong MinimumAddress => ulong.Parse(File.ReadAllText("/proc/sys/vm/mmap_min_addr"), CultureInfo.InvariantCulture);

    /// <summary>Pages of the program.</summary>
    internal const ulong Pages = Size >> Page.Shift;

    /// <summary>Whether this machine can run it.</summary>
    internal static bool IsSupported => OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64;

    /// <summary>Executes calls.</summary>
    /// <returns>The result of each, and the process's maps at the end.</returns>
    internal static (long[] Results, string Maps) Run(IReadOnlyList<HostCall> calls)
    {
        const ulong ProgramEnd = Base + Size;
        HostCall[] prologue =
        [
            HostCall.Of(CallNumber.Munmap, 0, Base),
            HostCall.Of(CallNumber.Munmap, ProgramEnd, Page.TaskSize - ProgramEnd),
            HostCall.Of(CallNumber.CloseRange, 3, uint.MaxValue),
        ];
        HostCall[] epilogue = [new(CallNumber.Openat, unchecked((ulong)-100), Base + TextOffset), new(CallNumber.Read, (ulong)FilesOpenedBy(calls) + 3, Scratch, ScratchSize - 1)];
        var all = prologue.Concat(calls).Concat(epilogue).ToArray();
        if (all.Length > MaxCalls)
            throw new ArgumentException("Too many calls for one program.", nameof(calls));

        byte[] output = Execute(MakeProgram(all));
        var results = new long[all.Length];
        for (int i = 0; i < results.Length; i++)
            results[i] = BinaryPrimitives.ReadInt64LittleEndian(output.AsSpan(TableOffset + (i * EntrySize) + ResultOffset));
        if (results[..prologue.Length].Any(result => result != 0))
            throw new InvalidOperationException($"The process could not be emptied: {string.Join(", ", results[..prologue.Length])}.");
        long length = results[^1];
        if (length <= 0)
            throw new InvalidOperationException($"The process could not read its maps: {results[^2]}, {length}.");
        return (results[prologue.Length..^epilogue.Length], Encoding.ASCII.GetString(output, ScratchOffset, (int)length));
    }

    private static int FilesOpenedBy(IReadOnlyList<HostCall> calls) => calls.Count(c => c.Number == CallNumber.MemfdCreate);

    private static byte[] Execute(byte[] program)
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            File.WriteAllBytes(path, program);
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);

            // All three redirected, so that the first file that it opens is number 3.
            var start = new ProcessStartInfo(path) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
            using var process = System.Diagnostics.Process.Start(start)!;
            using var output = new MemoryStream();
            process.StandardOutput.BaseStream.CopyTo(output);
            process.WaitForExit();
            if (process.ExitCode != 0 || output.Length != Size)
                throw new InvalidOperationException($"The program ended with {process.ExitCode} after {output.Length} bytes.");
            return output.ToArray();
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static byte[] MakeProgram(HostCall[] calls)
    {
        byte[] image = new byte[Size];
        WriteHeaders(image);
        "/proc/self/maps\0"u8.CopyTo(image.AsSpan(TextOffset));
        Code().CopyTo(image.AsSpan(CodeOffset));
        for (int i = 0; i < calls.Length; i++)
            WriteCall(image, i, calls[i]);
        BinaryPrimitives.WriteInt64LittleEndian(image.AsSpan(TableOffset + (calls.Length * EntrySize)), -1);
        return image;
    }

    private static void WriteCall(byte[] image, int index, HostCall call)
    {
        int at = TableOffset + (index * EntrySize);
        ulong[] words = [(ulong)call.Number, call.A0, call.A1, call.A2, call.A3, call.A4, call.A5];
        for (int i = 0; i < words.Length; i++)
        {
            ulong word = words[i] switch
            {
                OwnSlot => Base + (ulong)at + 40,
                var other => other,
            };
            BinaryPrimitives.WriteUInt64LittleEndian(image.AsSpan(at + (i * 8)), word);
        }
    }

    /// <summary>An ELF header and one segment, readable, writable and executable, that is the whole file.</summary>
    private static void WriteHeaders(Span<byte> image)
    {
        ReadOnlySpan<byte> identity = [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1];
        identity.CopyTo(image);
        BinaryPrimitives.WriteUInt16LittleEndian(image[16..], 2); // executable
        BinaryPrimitives.WriteUInt16LittleEndian(image[18..], 62); // x86-64
        BinaryPrimitives.WriteUInt32LittleEndian(image[20..], 1);
        BinaryPrimitives.WriteUInt64LittleEndian(image[24..], Base + CodeOffset); // entry
        BinaryPrimitives.WriteUInt64LittleEndian(image[32..], 64); // program headers
        BinaryPrimitives.WriteUInt16LittleEndian(image[52..], 64);
        BinaryPrimitives.WriteUInt16LittleEndian(image[54..], 56);
        BinaryPrimitives.WriteUInt16LittleEndian(image[56..], 1);
        var segment = image[64..];
        BinaryPrimitives.WriteUInt32LittleEndian(segment, 1); // loaded
        BinaryPrimitives.WriteUInt32LittleEndian(segment[4..], 7);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[16..], Base);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[24..], Base);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[32..], Size);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[40..], Size);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[48..], Page.Size);
    }

    private static byte[] Code()
    {
        var code = new List<byte>();
        code.AddRange([0x48, 0xBB, .. Word(Base + TableOffset)]); // mov rbx, table
        code.AddRange([0x48, 0x8B, 0x03]); // loop: mov rax, [rbx]
        code.AddRange([0x48, 0x83, 0xF8, 0xFF]); // cmp rax, -1
        code.AddRange([0x74, 36]); // je done
        code.AddRange([0x48, 0x8B, 0x7B, 8]); // mov rdi, [rbx + 8]
        code.AddRange([0x48, 0x8B, 0x73, 16]); // mov rsi
        code.AddRange([0x48, 0x8B, 0x53, 24]); // mov rdx
        code.AddRange([0x4C, 0x8B, 0x53, 32]); // mov r10
        code.AddRange([0x4C, 0x8B, 0x43, 40]); // mov r8
        code.AddRange([0x4C, 0x8B, 0x4B, 48]); // mov r9
        code.AddRange([0x0F, 0x05]); // syscall
        code.AddRange([0x48, 0x89, 0x43, ResultOffset]); // mov [rbx + 56], rax
        code.AddRange([0x48, 0x83, 0xC3, EntrySize]); // add rbx, 64
        code.AddRange([0xEB, unchecked((byte)-45)]); // jmp loop
        code.AddRange([0xB8, 1, 0, 0, 0, 0xBF, 1, 0, 0, 0]); // done: write(1,
        code.AddRange([0x48, 0xBE, .. Word(Base)]); // program,
        code.AddRange([0x48, 0xBA, .. Word(Size)]); // its size)
        code.AddRange([0x0F, 0x05]);
        code.AddRange([0xB8, 231, 0, 0, 0, 0x31, 0xFF, 0x0F, 0x05]); // exit_group(0)
        return [.. code];
    }

    private static byte[] Word(ulong value) => BitConverter.GetBytes(value);
}
