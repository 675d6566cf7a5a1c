using System;
using MmLint;

namespace MmKernel;

/// <summary>
/// What lies behind a file that is not in memory only: where its pages are read from and written to, and who is asked before a shared mapping
/// writes (<c>struct address_space_operations</c>, <c>page_mkwrite</c> of <c>struct vm_operations_struct</c>).
/// </summary>
public abstract class FileBacking
{
    /// <summary>Reads a page; the page is locked (<c>read_folio</c>).</summary>
    /// <param name="index">Its number.</param>
    /// <param name="contents">Room for a page.</param>
    /// <returns>False after an error: then accesses to the page raise SIGBUS.</returns>
    [MaySleep]
    public abstract bool ReadPage(ulong index, Span<byte> contents);

    /// <summary>Writes a page; the page is locked, and no mapping can write to it (<c>writepages</c>).</summary>
    /// <param name="index">Its number.</param>
    /// <param name="contents">The page.</param>
    /// <returns>False after an error: then the page stays dirty.</returns>
    [MaySleep]
    public abstract bool WritePage(ulong index, ReadOnlySpan<byte> contents);

    /// <summary>
    /// Called before a page becomes writable in a shared mapping, with the page not locked: the place to reserve room, or to wait for
    /// whoever needs the page unchanged (<c>page_mkwrite</c>).
    /// </summary>
    /// <param name="index">The page's number.</param>
    /// <returns>0, or −errno: −ENOMEM kills the process, others raise SIGBUS.</returns>
    [MaySleep]
    public virtual int PrepareWrite(ulong index) => 0;

    /// <summary>Called after a page of a shared mapping became dirty, with no lock of the address space held if that is possible (<c>balance_dirty_pages</c>).</summary>
    [MaySleep]
    public virtual void PageDirtied()
    {
    }
}
