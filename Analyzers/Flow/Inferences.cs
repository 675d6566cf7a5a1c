using System;
using System.Collections.Generic;
using Microsoft.CodeAnalysis;

namespace MmLint.Analyzers;

/// <summary>
/// The helpers whose contracts one thread is inferring right now, one inside the other. Helpers that call each other in a circle rest on what is only assumed of the
/// outer ones; what was found of them stands until such an assumption changes, and is certain when the outermost of the circle is done.
/// </summary>
internal sealed class Inferences
{
    /// <summary>How many bodies the inference of one helper, and of all that it calls, may follow.</summary>
    private const int MostBodies = 2_000;

    private readonly List<(ISymbol Helper, MemberContract Assumed, int Outermost)> _open = [];
    private readonly Dictionary<ISymbol, (MemberContract Contract, int Outermost)> _found = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<ISymbol, MemberContract> _earlier = new(SymbolEqualityComparer.Default);
    private int _followed;

    /// <summary>Whether the helpers call each other in too many ways.</summary>
    internal bool IsExhausted => _followed > MostBodies;

    /// <summary>What is assumed of a helper that is being inferred, or was found of one that rests on assumptions.</summary>
    internal MemberContract? Find(ISymbol helper)
    {
        for (int index = 0; index < _open.Count; index++)
        {
            if (!SymbolEqualityComparer.Default.Equals(_open[index].Helper, helper)) continue;
            Rest(index);
            return _open[index].Assumed;
        }

        if (!_found.TryGetValue(helper, out (MemberContract Contract, int Outermost) known)) return null;
        Rest(known.Outermost);
        return known.Contract;
    }

    /// <summary>Begins with a helper; what was found of it on weaker assumptions is still needed, for assumptions only grow.</summary>
    internal MemberContract Begin(ISymbol helper, MemberContract stated)
    {
        if (_open.Count == 0) _followed = 0;
        _followed++;
        MemberContract contract = _earlier.TryGetValue(helper, out MemberContract? earlier) ? earlier : stated;
        _open.Add((helper, contract, _open.Count));
        return contract;
    }

    /// <summary>The innermost helper needs more than was assumed: what rests on that is to be found again.</summary>
    internal void Improve(MemberContract contract)
    {
        int index = _open.Count - 1;
        _followed++;
        _open[index] = (_open[index].Helper, contract, _open[index].Outermost);
        Forget(index);
    }

    /// <summary>Ends the innermost inference; what is certain by that.</summary>
    /// <param name="found">Whether it came to an end, or was cancelled.</param>
    internal IReadOnlyCollection<KeyValuePair<ISymbol, MemberContract>> End(bool found)
    {
        int index = _open.Count - 1;
        (ISymbol helper, MemberContract contract, int outermost) = _open[index];
        _open.RemoveAt(index);
        var certain = new List<KeyValuePair<ISymbol, MemberContract>>();
        if (!found)
        {
            Forget(index);
            if (index == 0) _earlier.Clear();
            return certain;
        }

        if (outermost < index)
        {
            Rest(outermost);
            _found[helper] = (contract, outermost);
            return certain;
        }

        certain.Add(new(helper, contract));
        foreach (KeyValuePair<ISymbol, (MemberContract Contract, int Outermost)> inner in _found)
        {
            if (inner.Value.Outermost >= index) certain.Add(new(inner.Key, inner.Value.Contract));
        }

        foreach (KeyValuePair<ISymbol, MemberContract> known in certain)
        {
            _found.Remove(known.Key);
            _earlier.Remove(known.Key);
        }

        return certain;
    }

    /// <summary>All that is open beyond an assumption rests on it.</summary>
    private void Rest(int outermost)
    {
        int last = _open.Count - 1;
        if (last >= 0 && outermost < _open[last].Outermost) _open[last] = (_open[last].Helper, _open[last].Assumed, outermost);
    }

    private void Forget(int index)
    {
        var stale = new List<ISymbol>();
        foreach (KeyValuePair<ISymbol, (MemberContract Contract, int Outermost)> known in _found)
        {
            if (known.Value.Outermost <= index) stale.Add(known.Key);
        }

        foreach (ISymbol helper in stale)
        {
            _earlier[helper] = _found[helper].Contract;
            _found.Remove(helper);
        }
    }
}
