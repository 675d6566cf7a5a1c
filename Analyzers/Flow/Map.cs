using System.Collections;
using System.Collections.Generic;
using System.Linq;

namespace MmLint.Analyzers;

/// <summary>
/// A few keys with their values, in the order in which they came. Immutable: a change copies an array, which for the dozen entries that a path has is less work than balancing a tree, and what is
/// enumerated at every step is an array.
/// </summary>
internal sealed class Map<TKey, TValue> : IReadOnlyCollection<KeyValuePair<TKey, TValue>>
    where TKey : class
    where TValue : class
{
    internal static readonly Map<TKey, TValue> Empty = new([]);

    private readonly Entry[] _entries;

    private Map(Entry[] entries) => _entries = entries;

    public int Count => _entries.Length;

    internal bool IsEmpty => _entries.Length == 0;

    internal IEnumerable<TKey> Keys => _entries.Select(static entry => entry.Key);

    internal IEnumerable<TValue> Values => _entries.Select(static entry => entry.Value);

    internal TValue this[TKey key] => TryGetValue(key, out TValue value) ? value : throw new KeyNotFoundException();

    internal bool ContainsKey(TKey key) => IndexOf(key, key.GetHashCode()) >= 0;

    /// <summary>The value of a key, if it has one; callers look at it only then.</summary>
    internal bool TryGetValue(TKey key, out TValue value)
    {
        int index = _entries.Length == 0 ? -1 : IndexOf(key, key.GetHashCode());
        value = index < 0 ? null! : _entries[index].Value;
        return index >= 0;
    }

    internal Map<TKey, TValue> SetItem(TKey key, TValue value)
    {
        int hash = key.GetHashCode();
        int index = IndexOf(key, hash);
        if (index >= 0 && _entries[index].Value.Equals(value)) return this;
        Entry[] entries = new Entry[index < 0 ? _entries.Length + 1 : _entries.Length];
        System.Array.Copy(_entries, entries, _entries.Length);
        entries[index < 0 ? _entries.Length : index] = new Entry(hash, index < 0 ? key : _entries[index].Key, value);
        return new Map<TKey, TValue>(entries);
    }

    internal Map<TKey, TValue> SetItems(Map<TKey, TValue> others)
    {
        Map<TKey, TValue> map = this;
        foreach (Entry other in others._entries) map = map.SetItem(other.Key, other.Value);
        return map;
    }

    internal Map<TKey, TValue> Remove(TKey key)
    {
        int index = _entries.Length == 0 ? -1 : IndexOf(key, key.GetHashCode());
        if (index < 0) return this;
        if (_entries.Length == 1) return Empty;
        Entry[] entries = new Entry[_entries.Length - 1];
        System.Array.Copy(_entries, entries, index);
        System.Array.Copy(_entries, index + 1, entries, index, entries.Length - index);
        return new Map<TKey, TValue>(entries);
    }

    internal Map<TKey, TValue> RemoveRange(IEnumerable<TKey> keys)
    {
        Map<TKey, TValue> map = this;
        foreach (TKey key in keys) map = map.Remove(key);
        return map;
    }

    /// <summary>Without boxing, for <c>foreach</c>.</summary>
    public Enumerator GetEnumerator() => new(this);

    IEnumerator<KeyValuePair<TKey, TValue>> IEnumerable<KeyValuePair<TKey, TValue>>.GetEnumerator()
    {
        foreach (Entry entry in _entries) yield return new KeyValuePair<TKey, TValue>(entry.Key, entry.Value);
    }

    IEnumerator IEnumerable.GetEnumerator() => ((IEnumerable<KeyValuePair<TKey, TValue>>)this).GetEnumerator();

    private int IndexOf(TKey key, int hash)
    {
        Entry[] entries = _entries;
        for (int index = 0; index < entries.Length; index++)
        {
            if (entries[index].Hash == hash && (ReferenceEquals(entries[index].Key, key) || entries[index].Key.Equals(key))) return index;
        }

        return -1;
    }

    private readonly struct Entry(int hash, TKey key, TValue value)
    {
        internal readonly int Hash = hash;
        internal readonly TKey Key = key;
        internal readonly TValue Value = value;
    }

    internal struct Enumerator
    {
        private readonly Map<TKey, TValue> _map;
        private int _next;

        internal Enumerator(Map<TKey, TValue> map) => _map = map;

        public KeyValuePair<TKey, TValue> Current => new(_map._entries[_next - 1].Key, _map._entries[_next - 1].Value);

        public bool MoveNext() => ++_next <= _map._entries.Length;
    }
}
