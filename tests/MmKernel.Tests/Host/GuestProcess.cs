using System;
using System.Collections.Generic;
using System.Linq;

namespace MmKernel.Tests.Host;

/// <summary>Executes the same calls on MmKernel.</summary>
internal sealed class GuestProcess : IDisposable
{
    private const int FirstFile = 3;

    private readonly List<VmFile> _files = [];

    internal GuestProcess()
    {
        Machine = new Machine(new MachineOptions { MemoryBytes = 64 << 20, MinimumAddress = HostProgram.MinimumAddress });
        Process = Machine.CreateProcess();

        // What the host's process has of its own.
        var program = Machine.CreateMemoryFile(HostProgram.Pages * Page.Size);
        var mapped = Process.Mmap(
            HostProgram.Base, HostProgram.Pages * Page.Size, Prot.Read | Prot.Write | Prot.Exec, MapFlags.Private | MapFlags.Fixed, program.Open(isWritable: false));
        if (mapped != (long)HostProgram.Base)
            throw new InvalidOperationException($"The program could not be mapped: {mapped}.");
        program.Close();
    }

    internal Machine Machine { get; }

    internal Process Process { get; }

    internal IReadOnlyCollection<MemoryFile> Files => [.. _files.Select(file => file.File)];

    public void Dispose()
    {
        Process.Exit();
        foreach (var file in _files)
            file.File.Close();
        Machine.Dispose();
    }

    internal long Run(HostCall call) => call.Number switch
    {
        CallNumber.Mmap => Mmap(call),
        CallNumber.Mprotect => Process.Mprotect(call.A0, call.A1, (Prot)(int)call.A2),
        CallNumber.Munmap => Process.Munmap(call.A0, call.A1),
        CallNumber.Mremap => Process.Mremap(call.A0, call.A1, call.A2, (RemapFlags)(int)call.A3, call.A4),
        CallNumber.Msync => Process.Msync(call.A0, call.A1, (SyncFlags)(int)call.A2),
        CallNumber.Mincore => Process.Mincore(call.A0, call.A1, new byte[256]),
        CallNumber.Madvise => Process.Madvise(call.A0, call.A1, (Advice)(int)call.A2),
        CallNumber.Mlock => Process.Mlock(call.A0, call.A1),
        CallNumber.Mlock2 => Process.Mlock(call.A0, call.A1, (MlockFlags)(int)call.A2),
        CallNumber.Munlock => Process.Munlock(call.A0, call.A1),
        CallNumber.Mlockall => Process.MlockAll((MlockAllFlags)(int)call.A0),
        CallNumber.Munlockall => Process.MunlockAll(),
        CallNumber.Mseal => Process.Mseal(call.A0, call.A1, call.A2),
        CallNumber.RemapFilePages => Process.RemapFilePages(call.A0, call.A1, (Prot)(int)call.A2, call.A3, (MapFlags)(int)call.A4),
        CallNumber.Setresuid => DropPrivileges(),
        CallNumber.Prlimit => SetLimit((int)call.A1, call.A4),
        CallNumber.MemfdCreate => CreateFile((MemoryFileFlags)(int)call.A1),
        CallNumber.Ftruncate when (long)call.A1 < 0 => -(long)Errno.EINVAL,
        CallNumber.Ftruncate => WithFile(call.A0, file => file.File.Truncate(call.A1)),
        CallNumber.Fcntl => WithFile(call.A0, file => call.A1 == 1033 ? file.AddSeals((FileSeals)(int)call.A2) : (long)file.File.Seals),
        CallNumber.Fallocate => WithFile(call.A0, file => file.File.PunchHole(call.A2, call.A3)),
        CallNumber.Pwrite => WithFile(call.A0, file => WriteFile(file, call)),
        CallNumber.Pread => WithFile(call.A0, file => ReadFile(file, call)),
        _ => throw new ArgumentException($"No such call here: {call}.", nameof(call)),
    };

    /// <summary>Of each VMA in the window: range, permissions, offset.</summary>
    internal static string[] LinesInWindow(string maps) =>
        [.. maps.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => string.Join(' ', line.Split(' ')[..3])).Where(IsInWindow)];

    private static bool IsInWindow(string line) => Convert.ToUInt64(line.Split('-')[0], 16) is >= HostProgram.Window and < HostProgram.WindowEnd;

    private long Mmap(HostCall call)
    {
        int index = (int)call.A4 - FirstFile;
        var file = index >= 0 && index < _files.Count ? _files[index] : null;
        return Process.Mmap(call.A0, call.A1, (Prot)(int)call.A2, (MapFlags)(int)call.A3, file, call.A5);
    }

    private long DropPrivileges()
    {
        Process.Limits.MayLockBeyondLimit = false;
        return 0;
    }

    private long SetLimit(int resource, ulong limit)
    {
        switch (resource)
        {
            case 2:
                Process.Limits.Data = limit;
                return 0;
            case 3:
                Process.Limits.Stack = limit;
                return 0;
            case 8:
                Process.Limits.LockedMemory = limit;
                return 0;
            case 9:
                Process.Limits.AddressSpace = limit;
                return 0;
            default:
                throw new ArgumentOutOfRangeException(nameof(resource), resource, "Not a limit on memory.");
        }
    }

    private long CreateFile(MemoryFileFlags flags)
    {
        _files.Add(Machine.CreateMemoryFile(0, flags).Open(isWritable: true));
        return FirstFile + _files.Count - 1;
    }

    private long WithFile(ulong number, Func<VmFile, long> call)
    {
        int index = (int)number - FirstFile;
        return index >= 0 && index < _files.Count ? call(_files[index]) : -(long)Errno.EBADF;
    }

    private long WriteFile(VmFile file, HostCall call)
    {
        byte[] bytes = new byte[(int)call.A2];
        return Process.Read(call.A1, bytes).IsOk ? file.File.Write(call.A3, bytes) : -(long)Errno.EFAULT;
    }

    private long ReadFile(VmFile file, HostCall call)
    {
        byte[] bytes = new byte[(int)call.A2];
        long length = file.File.Read(call.A3, bytes);
        return length <= 0 || Process.Write(call.A1, bytes.AsSpan(0, (int)length)).IsOk ? length : -(long)Errno.EFAULT;
    }
}
