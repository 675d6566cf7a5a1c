namespace MmKernel;

/// <summary>What <c>mmap(2)</c> is asked for.</summary>
/// <param name="Address">A fixed address, a hint, or 0.</param>
/// <param name="Length">Bytes; rounded up to pages.</param>
/// <param name="Prot">Protection.</param>
/// <param name="Flags">Flags.</param>
/// <param name="File">What to map; null for anonymous memory.</param>
/// <param name="PageOffset">Where in the file the mapping starts, in pages.</param>
internal readonly record struct MapRequest(ulong Address, ulong Length, Prot Prot, MapFlags Flags, VmFile? File, ulong PageOffset);
