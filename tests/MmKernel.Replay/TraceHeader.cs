using System.Text.Json;

namespace MmKernel.Replay;

/// <summary>The first line of a trace: how it was recorded and what the machine looked like.</summary>
/// <param name="Flavor">Which mix of operations was drawn: core, mremap, fork, file, lock, stack, uffd, swap, ksm or mix.</param>
/// <param name="Seed">The seed of the recorder's random generator.</param>
/// <param name="Kernel">The release of the kernel that executed the operations.</param>
/// <param name="MemlockPages">RLIMIT_MEMLOCK of the unprivileged processes in pages; 0 means no limit and CAP_IPC_LOCK.</param>
/// <param name="FaultAroundPages">How many pages one file fault may map.</param>
/// <param name="OvercommitMode">The value of <c>vm.overcommit_memory</c>.</param>
public sealed record TraceHeader(string Flavor, ulong Seed, string Kernel, int MemlockPages, int FaultAroundPages, int OvercommitMode)
{
    /// <summary>Reads the header line.</summary>
    /// <param name="line">The line.</param>
    /// <returns>The header.</returns>
    /// <exception cref="JsonException">The line is no header of format version 1.</exception>
    public static TraceHeader Parse(string line)
    {
        using var document = JsonDocument.Parse(line);
        var root = document.RootElement;
        if (!root.TryGetProperty("v", out var version) || version.GetInt32() != 1)
            throw new JsonException("This is no trace of format version 1.");
        return new TraceHeader(
            root.GetProperty("flavor").GetString()!,
            root.GetProperty("seed").GetUInt64(),
            root.GetProperty("kernel").GetString()!,
            root.GetProperty("memlock_pages").GetInt32(),
            root.GetProperty("fault_around_pages").GetInt32(),
            root.GetProperty("overcommit").GetInt32());
    }
}
