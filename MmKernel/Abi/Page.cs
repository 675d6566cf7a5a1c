namespace MmKernel;

/// <summary>Sizes and limits of x86-64 with 4-level page tables.</summary>
public static class Page
{
    /// <summary>log2 of <see cref="Size"/> (<c>PAGE_SHIFT</c>).</summary>
    public const int Shift = 12;

    /// <summary>Bytes in a base page (<c>PAGE_SIZE</c>).</summary>
    public const int Size = 1 << Shift;

    /// <summary>The bits of an address within its page.</summary>
    public const ulong OffsetMask = Size - 1;

    /// <summary>First address that user space cannot map (<c>TASK_SIZE</c>).</summary>
    public const ulong TaskSize = (1UL << 47) - Size;

    /// <summary>The start of the page that holds <paramref name="address"/> (<c>PAGE_ALIGN_DOWN</c>).</summary>
    public static ulong AlignDown(ulong address) => address & ~OffsetMask;

    /// <summary>The first page boundary not below <paramref name="address"/>; 0 on overflow (<c>PAGE_ALIGN</c>).</summary>
    public static ulong AlignUp(ulong address) => (address + OffsetMask) & ~OffsetMask;

    /// <summary>Whether <paramref name="address"/> is a page boundary.</summary>
    public static bool IsAligned(ulong address) => (address & OffsetMask) == 0;
}
