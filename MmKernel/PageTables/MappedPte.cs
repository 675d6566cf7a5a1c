using System.Threading;
using MmLint;

namespace MmKernel;

/// <summary>
/// A mapped entry of the lowest page-table level (the pointer that <c>pte_offset_map</c> returns). It keeps the table from being freed, by an
/// RCU read section, so nothing sleeps until it is unmapped. Tasks keep a few of these objects, so that a fault allocates none.
/// </summary>
[Lock(LockKind.Section, Atomic = true)]
public sealed unsafe class MappedPte
{
    private ulong* _entry;

    internal MappedPte()
    {
    }

    /// <summary>The lock of the table.</summary>
    [WriteOnce] public PageTableLock Ptl { get; internal set; } = null!;

    /// <summary>The entry. Bits that the processor sets may change at any time.</summary>
    [ReadBy("this"), WriteBy("Ptl")]
    internal ulong Value
    {
        get => Volatile.Read(ref *_entry);
        set
        {
            Lockdep.AssertHeld(Ptl, LockMode.Exclusive);
            Volatile.Write(ref *_entry, value);
        }
    }

    /// <summary>The entry, in which only the processor changes anything as long as the table is locked.</summary>
    [MustHold("this && Ptl")]
    internal ulong Current => Value;

    /// <summary>Maps an entry; the caller is inside an RCU read section that keeps its table until here.</summary>
    [Acquires("this")]
    internal void Map(ulong* entry)
    {
        Task.Current.EnterReadSection();
        _entry = entry;
    }

    /// <summary>Ends the mapping (<c>pte_unmap</c>).</summary>
    [Releases("this")]
    internal void Unmap()
    {
        var task = Task.Current;
        task.LeaveReadSection();
        task.ReturnPte(this);
    }

    /// <summary>Goes to the next entry of the same table; the caller knows that there is one.</summary>
    [MustHold("this")]
    internal void Advance() => _entry++;

    /// <summary>Goes back by so many entries of the same table.</summary>
    [MustHold("this")]
    internal void GoBack(int entries) => _entry -= entries;

    /// <summary>The folio that the entry maps; the entry's own reference keeps it while the table is locked (<c>vm_normal_folio</c>).</summary>
    /// <param name="memory">The memory that the folio is part of.</param>
    /// <param name="value">What the entry is, as read under the lock; it is present.</param>
    [MustHold("Ptl")]
    [return: ValidWhileHeld("this.Ptl || result.Ref")]
    internal Folio FolioIn(PhysicalMemory memory, ulong value)
    {
        Lockdep.AssertHeld(Ptl, LockMode.Exclusive);
        return memory.FolioOf(PageTableEntry.FrameOf(value));
    }

    /// <summary>The whole folio that the entry maps a page of, kept as that of <see cref="FolioIn"/> is.</summary>
    [MustHold("Ptl")]
    [return: ValidWhileHeld("this.Ptl || result.Ref")]
    internal Folio WholeFolioIn(PhysicalMemory memory, ulong value) => FolioIn(memory, value).Head;

    /// <summary>Replaces the entry in one step and returns what was there, with the bits that the processor set until then.</summary>
    [MustHold("Ptl")]
    internal ulong Exchange(ulong value)
    {
        Lockdep.AssertHeld(Ptl, LockMode.Exclusive);
        return Interlocked.Exchange(ref *_entry, value);
    }

    /// <summary>Sets bits, keeping those that the processor sets at the same time.</summary>
    [MustHold("Ptl")]
    internal void Or(ulong bits) => Interlocked.Or(ref *_entry, bits);

    /// <summary>Clears bits, keeping those that the processor sets at the same time.</summary>
    [MustHold("Ptl")]
    internal void AndNot(ulong bits) => Interlocked.And(ref *_entry, ~bits);
}
