using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Formats.Tar;
using System.IO;
using System.IO.Compression;

namespace MmKernel.Replay;

/// <summary>Opens traces: single <c>.jsonl</c> files, <c>.tar</c> and <c>.tar.gz</c> sets, <c>.tar.xz</c> sets by way of the xz program.</summary>
public static class TraceSet
{
    /// <summary>Reads every trace of a file, one at a time.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The traces in the order of the file.</returns>
    public static IEnumerable<Trace> Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (path.EndsWith(".jsonl", StringComparison.Ordinal)) return [ReadSingle(path)];
        if (path.EndsWith(".tar", StringComparison.Ordinal)) return ReadTar(File.OpenRead(path));
        if (path.EndsWith(".tar.gz", StringComparison.Ordinal)) return ReadTar(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        if (path.EndsWith(".tar.xz", StringComparison.Ordinal)) return ReadXz(path);
        throw new NotSupportedException($"{path}: neither .jsonl nor .tar, .tar.gz or .tar.xz.");
    }

    private static Trace ReadSingle(string path)
    {
        using var reader = new StreamReader(path);
        return Trace.Read(Path.GetFileNameWithoutExtension(path), reader);
    }

    private static IEnumerable<Trace> ReadTar(Stream stream)
    {
        using (stream)
        using (var tar = new TarReader(stream))
        {
            while (tar.GetNextEntry() is { } entry)
            {
                if (entry.DataStream == null || !entry.Name.EndsWith(".jsonl", StringComparison.Ordinal)) continue;
                using var reader = new StreamReader(entry.DataStream);
                yield return Trace.Read(Path.GetFileNameWithoutExtension(entry.Name), reader);
            }
        }
    }

    // The base library has no xz decoder; the recorder needs the program anyway.
    private static IEnumerable<Trace> ReadXz(string path)
    {
        using var xz = System.Diagnostics.Process.Start(new ProcessStartInfo("xz", ["-dc", "--", path]) { RedirectStandardOutput = true })
            ?? throw new InvalidOperationException("xz could not be started.");
        foreach (var trace in ReadTar(xz.StandardOutput.BaseStream))
            yield return trace;
        xz.WaitForExit();
        if (xz.ExitCode != 0) throw new InvalidDataException($"{path}: xz failed with code {xz.ExitCode}.");
    }
}
