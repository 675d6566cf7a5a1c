using System;
using MmLint;

namespace MmKernel;

/// <content>Access to other processes.</content>
public sealed partial class Process
{
    /// <summary>Reads another process's memory (<c>process_vm_readv(2)</c>).</summary>
    /// <param name="other">The other process.</param>
    /// <param name="address">First address there.</param>
    /// <param name="destination">Where the bytes go.</param>
    /// <returns>Number of bytes read, fewer if part of the range cannot be read; −EFAULT if none, −ESRCH if the process is gone.</returns>
    [MaySleep]
    public unsafe long ReadRemote(Process other, ulong address, Span<byte> destination)
    {
        fixed (byte* buffer = destination)
            return AccessRemote(other, address, buffer, destination.Length, RemoteDirection.Read);
    }

    /// <summary>Writes another process's memory (<c>process_vm_writev(2)</c>).</summary>
    /// <param name="other">The other process.</param>
    /// <param name="address">First address there.</param>
    /// <param name="source">The bytes.</param>
    /// <returns>Number of bytes written, fewer if part of the range cannot be written; −EFAULT if none, −ESRCH if the process is gone.</returns>
    [MaySleep]
    public unsafe long WriteRemote(Process other, ulong address, ReadOnlySpan<byte> source)
    {
        fixed (byte* buffer = source)
            return AccessRemote(other, address, buffer, source.Length, RemoteDirection.Write);
    }

    [MaySleep]
    private unsafe long AccessRemote(Process other, ulong address, byte* buffer, int length, RemoteDirection direction)
    {
        using var entry = new SystemCall(this);
        var mm = other.Mm;
        if (!mm.TryGet())
            return -(long)Errno.ESRCH;
        long result = RemoteAccess.AccessRemoteVm(mm, address, buffer, length, direction);
        mm.Put();
        return result;
    }
}
