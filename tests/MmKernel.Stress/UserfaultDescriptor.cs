using System;
using System.Collections.Generic;
using System.Threading;

namespace MmKernel.Stress;

/// <summary>
/// The place in a process for a userfaultfd. As with a descriptor, it is closed when it is out of its place and no call on it is under way; threads
/// that wait for pages, and the one that reads messages, do not count.
/// </summary>
internal sealed class UserfaultDescriptor
{
    private readonly Lock _gate = new();
    private readonly List<Userfaultfd> _inherited = [];
    private Open? _current;
    private bool _hasEnded;

    /// <summary>Calls something on the userfaultfd, if there is one.</summary>
    /// <param name="caller">The process that closes it, should it be taken out meanwhile.</param>
    /// <param name="call">What to do.</param>
    internal void Use(Process caller, Action<Userfaultfd> call)
    {
        Open? open;
        lock (_gate)
        {
            open = _current;
            if (open == null)
                return;
            open.Users++;
        }

        try
        {
            call(open.Userfaultfd);
        }
        finally
        {
            Put(caller, open);
        }
    }

    /// <summary>Puts a userfaultfd in, unless there is one.</summary>
    internal bool TryOpen(Userfaultfd userfaultfd)
    {
        lock (_gate)
        {
            if (_current != null || _hasEnded)
                return false;
            _current = new Open(userfaultfd);
            return true;
        }
    }

    /// <summary>Takes over what a child got in fork, while it does nothing yet.</summary>
    internal void Inherit(Process child)
    {
        for (var vma = child.Mm.Vmas.Find(0); vma != null; vma = child.Mm.Vmas.Find(vma.End))
        {
            if (vma.Userfault is { } context && !_inherited.Exists(known => known.Context == context))
                _inherited.Add(new Userfaultfd(context));
        }

        _current = _inherited.Count == 0 ? null : new Open(_inherited[0]);
    }

    /// <summary>Takes the userfaultfd out, if there is one.</summary>
    /// <param name="caller">The process that closes it.</param>
    internal void Close(Process caller)
    {
        Open? open;
        lock (_gate)
        {
            open = _current;
            _current = null;
        }

        if (open != null)
            Put(caller, open);
    }

    /// <summary>Closes whatever there is, because the process has ended.</summary>
    /// <param name="caller">The process that closes it.</param>
    internal void End(Process caller)
    {
        lock (_gate)
            _hasEnded = true;
        Close(caller);
        foreach (var userfaultfd in _inherited)
            caller.UffdClose(userfaultfd);
    }

    private void Put(Process caller, Open open)
    {
        bool isLast;
        lock (_gate)
            isLast = --open.Users == 0;
        if (isLast)
            caller.UffdClose(open.Userfaultfd);
    }

    /// <summary>A userfaultfd with the number of calls on it, and one more for its place.</summary>
    private sealed class Open(Userfaultfd userfaultfd)
    {
        internal Userfaultfd Userfaultfd { get; } = userfaultfd;

        internal int Users { get; set; } = 1;
    }
}
