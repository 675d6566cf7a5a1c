using System.Collections.Generic;

namespace AnalyzerTests.Robustness;

/// <summary>Small whole sources that between them use every part of the contract language and every kind of body.</summary>
internal static class RobustnessSources
{
    internal static IReadOnlyDictionary<string, string> All { get; } = new Dictionary<string, string>
    {
        ["Language"] = """
            [assembly: LockOrder("Space.Map", "Page"), LockNesting("Page", Nesting.Ascending, "Index")]
            [Lock(ReaderWriter)] public sealed class Rw
            {
                [Acquires("shared(this)"), MaySleep] public extern void Read();
                [Acquires("exclusive(this)", When = "result == 0"), MaySleep] public extern int Write();
                [Releases("this")] public extern void Done();
                [Downgrades("this")] public extern void Downgrade();
            }
            [Lock(LockKind.Mutex, Owner = LockOwner.Anyone)] public sealed class Page
            {
                public required ulong Index { get; init; }
                [Acquires("this", When = "result", Try = true)] public extern bool TryLock();
                [Releases("this", Idempotent = true)] public extern void Unlock();
                [GuardedBy("this"), ReadFreely] public object? Owner;
            }
            [MustHold("page"), Requires("page.Index != 0")] public delegate bool Visit(Page page);
            public sealed class Space
            {
                public Rw Map { get; } = new();
                [Tracked] public Page? Current;
                [LockAlias("Current != null ? Current : Map")] public LockName Held => default;
                [ReadBy("Map"), WriteBy("exclusive(Map)", When = "value == null")] public Page? First;
                [MustHold("Map")] [return: ValidWhileHeld("Map || result")] public extern Page? Find(ulong index);
                [MustNotHold("Map"), MaySleep] public bool Each(Visit visit, out int seen)
                {
                    seen = 0;
                    Map.Read();
                    var page = Find(1);
                    if (page is null || !page.TryLock()) { Map.Done(); return false; }
                    Map.Done();
                    bool more = page.Index != 0 && visit(page);
                    page.Unlock();
                    seen++;
                    return more;
                }
            }
            """,
        ["Bodies"] = """
            using System.Collections.Generic;
            using System.Threading.Tasks;
            public sealed class Store : IDisposable
            {
                private readonly object _sync = new();
                private readonly Lock _lock = new();
                private readonly SemaphoreSlim _one = new(1, 1);
                [GuardedBy(nameof(_sync))] private readonly Dictionary<string, int> _map = [];
                [GuardedBy(nameof(_lock))] private int _count;
                [GuardedBy(nameof(_one), Deep = true)] private List<int>? _list = [1];
                public int this[string key]
                {
                    get { lock (_sync) return _map.TryGetValue(key, out int value) ? value : 0; }
                    set { lock (_sync) { _map[key] = value; Monitor.PulseAll(_sync); } }
                }
                public async Task<int> AddAsync(int value)
                {
                    await _one.WaitAsync();
                    try { _list ??= []; _list.Add(value); return _list.Count; }
                    catch (InvalidOperationException e) when (e.Message.Length > 0) { throw; }
                    finally { _one.Release(); }
                }
                public IEnumerable<int> Counts()
                {
                    for (int i = 0; i < 3; i++)
                    {
                        int count;
                        using (_lock.EnterScope()) count = _count++;
                        yield return count switch { 0 => 1, > 5 and < 9 => 2, _ => count };
                    }
                }
                public void Dispose()
                {
                    bool taken = false;
                again:
                    try { Monitor.TryEnter(_sync, ref taken); if (!taken) goto again; _map.Clear(); }
                    finally { if (taken) Monitor.Exit(_sync); }
                    Local(() => _map.Count); // MML1008
                    static void Local(Func<int> count) => count();
                }
            }
            """,
    };
}
