using System.Collections.Generic;
using MmLint;

namespace MmKernel;

/// <summary>
/// Telling handlers that mappings change (<c>userfaultfd_event_wait_completion</c>). What happens under mmap_lock is noted there and told after
/// the lock is released; until the handler knows, its calls that fill pages are refused.
/// </summary>
internal static class UffdEvents
{
    /// <summary>A range is going to be unmapped (<c>userfaultfd_unmap_prep</c>); an address space that ends tells nobody.</summary>
    /// <returns>False if memory was short.</returns>
    [MustHold("exclusive(vma.Mm.MmapLock)"), MaySleep]
    internal static bool TryNoteUnmap(VmArea vma, ulong start, ulong end)
    {
        var context = vma.Userfault;
        if (context == null || !context.Has(UffdFeatures.EventUnmap) || vma.Mm.IsExiting)
            return true;
        foreach (var noted in vma.Mm.UserfaultEvents)
        {
            // One call is one event, however many VMAs it meets.
            if (noted.Context == context && noted.Message is { Event: UffdEvent.Unmap } message && message.Address == start && message.Other == end)
                return true;
        }

        if (FaultInjector.Fails(FaultPoint.Userfaultfd))
            return false;
        Note(vma.Mm, context, new UffdMessage { Event = UffdEvent.Unmap, Address = start, Other = end });
        return true;
    }

    /// <summary>
    /// A range has got a new place (<c>mremap_userfaultfd_prep</c>): its handler is told, or, if it did not ask for that, loses the new VMA.
    /// </summary>
    [MustHold("exclusive(target.Mm.MmapLock) && exclusive(target.Lock)"), MaySleep]
    internal static void NoteRemap(VmArea target, ulong from, ulong to, ulong length)
    {
        var context = target.Userfault;
        if (context == null)
            return;
        if (context.Has(UffdFeatures.EventRemap))
            Note(target.Mm, context, new UffdMessage { Event = UffdEvent.Remap, Address = from, Other = to, Length = length });
        else
            UffdRegistration.Reset(target);
    }

    /// <summary>
    /// A VMA of a child has been copied from one that is registered (<c>dup_userfaultfd</c>): the child gets a userfaultfd of its own, of which
    /// the parent's handler hears, or none.
    /// </summary>
    /// <returns>0, or −ENOMEM.</returns>
    [MustHold("exclusive(parent.MmapLock) && exclusive(target.Lock)"), MaySleep]
    internal static int NoteFork(MmStruct parent, VmArea target)
    {
        var context = target.Userfault;
        if (context == null)
            return 0;
        if (!context.Has(UffdFeatures.EventFork))
        {
            UffdRegistration.Reset(target);
            return 0;
        }

        foreach (var noted in parent.UserfaultEvents)
        {
            if (noted.Context == context && noted.Message.Event == UffdEvent.Fork)
            {
                target.Userfault = noted.Message.Child!.Context;
                return 0;
            }
        }

        if (FaultInjector.Fails(FaultPoint.Userfaultfd))
            return -(int)Errno.ENOMEM;
        var own = new UserfaultContext(target.Mm, context.Flags);
        _ = own.Initialize(context.Features);
        Note(parent, context, new UffdMessage { Event = UffdEvent.Fork, Child = new Userfaultfd(own) });
        target.Userfault = own;
        return 0;
    }

    /// <summary>Takes what was noted while mmap_lock was held, to be told after its release.</summary>
    [MustHold("exclusive(mm.MmapLock)")]
    internal static PendingUserfaultEvent[] Take(MmStruct mm)
    {
        if (mm.UserfaultEvents.Count == 0)
            return [];
        PendingUserfaultEvent[] events = [.. mm.UserfaultEvents];
        mm.UserfaultEvents.Clear();
        return events;
    }

    /// <summary>Tells the handlers, one event after the other, and waits until each knows (<c>userfaultfd_unmap_complete</c> and so on).</summary>
    [MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    internal static void Complete(PendingUserfaultEvent[] events)
    {
        foreach (var pending in events)
            Deliver(pending.Context, pending.Message);
    }

    /// <summary>Releases mmap_lock, and tells the handlers what was noted while it was held.</summary>
    [Releases("exclusive(mm.MmapLock)"), MaySleep]
    internal static void UnlockAndComplete(MmStruct mm)
    {
        var events = Take(mm);
        mm.MmapLock.WriteUnlock();
        Complete(events);
    }

    /// <summary>Forgets what was noted for a fork that failed (<c>dup_userfaultfd_fail</c>).</summary>
    internal static void Drop(PendingUserfaultEvent[] events)
    {
        foreach (var pending in events)
        {
            if (pending.Message.Child is { } child)
                _ = child.Context.Release();
            pending.Context.EndChange();
        }
    }

    /// <summary>Tells the handler that the pages of a range are being discarded, if it asked for that (<c>userfaultfd_remove</c>).</summary>
    /// <returns>False if mmap_lock has been released for it: then the VMA is gone.</returns>
    [MustHold("vma.Mm.MmapLock"), Releases("vma.Mm.MmapLock", When = "!result"), MaySleep]
    internal static bool Remove(VmArea vma, ulong start, ulong end)
    {
        var context = vma.Userfault;
        if (context == null || !context.Has(UffdFeatures.EventRemove))
            return true;
        context.BeginChange();
        vma.Mm.MmapLock.ReadUnlock();
        Deliver(context, new UffdMessage { Event = UffdEvent.Remove, Address = start, Other = end });
        return false;
    }

    [MustHold("exclusive(mm.MmapLock)"), MaySleep]
    private static void Note(MmStruct mm, UserfaultContext context, in UffdMessage message)
    {
        context.BeginChange();
        mm.UserfaultEvents.Add(new PendingUserfaultEvent(context, message));
    }

    [MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    private static void Deliver(UserfaultContext context, in UffdMessage message)
    {
        var wait = new UserfaultWait(Task.Current, message);
        context.AddEvent(wait);
        if (!context.IsReleased)
        {
            context.WakeReaders();
            _ = wait.Task.SleepUntilWoken(killable: true);
        }

        // Nobody has a child's userfaultfd that was not handed out, so nobody would answer its faults.
        if (!context.EndEvent(wait) && message.Child is { } child)
            UffdRegistration.Close(child.Context);
        context.EndChange();
    }
}

/// <summary>An event that its handler hears of once mmap_lock is released.</summary>
/// <param name="Context">The handler.</param>
/// <param name="Message">The event.</param>
internal readonly record struct PendingUserfaultEvent(UserfaultContext Context, UffdMessage Message);
