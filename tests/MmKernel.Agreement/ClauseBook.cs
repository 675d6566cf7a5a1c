using System.Collections.Generic;

namespace MmKernel.Agreement;

/// <summary>All clauses of the kernel: those that are evaluated, and those that cannot be.</summary>
internal sealed class ClauseBook
{
    private readonly List<Clause> _checked = [];
    private readonly List<Unchecked> _unchecked = [];

    private readonly Dictionary<(CheckKind Kind, string Member, string Text), int> _numbers = [];

    internal IReadOnlyList<Clause> Checked => _checked;

    internal IReadOnlyList<Unchecked> Unchecked => _unchecked;

    /// <summary>Notes a clause that is evaluated, and returns its number. What is evaluated in several places is one clause.</summary>
    internal int Add(CheckKind kind, string member, string text)
    {
        if (_numbers.TryGetValue((kind, member, text), out int number))
            return number;
        _checked.Add(new Clause(_checked.Count, kind, member, text));
        _numbers.Add((kind, member, text), _checked.Count - 1);
        return _checked.Count - 1;
    }

    /// <summary>Notes a clause that is not evaluated.</summary>
    internal void Skip(string member, string text, string reason) => _unchecked.Add(new Unchecked(member, text, reason));
}
