using System.Threading.Tasks;

namespace AnalyzerTests.Themes;

/// <summary>The lock statement over plain objects and System.Threading.Lock, with nothing else written.</summary>
public sealed class LockStatement : ThemeTests
{
    [Fact]
    public Task GuardedFieldInsideLock_IsSilent() => SilentTypes("""
        public sealed class Counter
        {
            private readonly object _sync = new();
            [GuardedBy(nameof(_sync))] private int _value;
            public void Add() { lock (_sync) _value++; }
        }
        """);

    [Fact]
    public Task GuardedFieldOutsideLock_Flags() => FlagsTypes("""
        public sealed class Counter
        {
            private readonly object _sync = new();
            [GuardedBy(nameof(_sync))] private int _value;
            public void Add() { lock (_sync) _value++; }
            public int Get() => {|MML1008:_value|};
        }
        """);

    [Fact]
    public Task GuardedFieldAfterLock_Flags() => FlagsTypes("""
        public sealed class Counter
        {
            private readonly object _sync = new();
            [GuardedBy(nameof(_sync))] private int _value;
            public int Add()
            {
                lock (_sync) { _value++; }
                return _value; // MML1008
            }
        }
        """);

    [Fact]
    public Task LockOnAnotherObject_Flags() => FlagsTypes("""
        public sealed class Counter
        {
            private readonly object _sync = new(), _other = new();
            [GuardedBy(nameof(_sync))] private int _value;
            public void Add()
            {
                lock (_other) _value++; // MML1009
            }
        }
        """);

    [Fact]
    public Task LockOfAnotherInstance_Flags() => FlagsTypes("""
        public sealed class Counter
        {
            private readonly object _sync = new();
            [GuardedBy(nameof(_sync))] private int _value;
            public void Add(Counter other)
            {
                lock (_sync) other._value++; // MML1009
            }
        }
        """);

    [Fact]
    public Task LockOfTheOtherInstance_IsSilent() => SilentTypes("""
        public sealed class Counter
        {
            private readonly object _sync = new();
            [GuardedBy(nameof(_sync))] private int _value;
            public void Add(Counter other) { lock (other._sync) other._value++; }
        }
        """);

    [Fact]
    public Task ReturnedInsideLock_IsSilent() => SilentTypes("""
        public sealed class Counter
        {
            private readonly object _sync = new();
            [GuardedBy(nameof(_sync))] private int _value;
            public int Get() { lock (_sync) return _value; }
        }
        """);

    [Fact]
    public Task ThrownInsideLock_IsSilent() => SilentTypes("""
        public sealed class Counter
        {
            private readonly object _sync = new();
            [GuardedBy(nameof(_sync))] private int _value;
            public int Get() { lock (_sync) { if (_value < 0) throw new InvalidOperationException(); return _value; } }
        }
        """);

    [Fact]
    public Task LockOnThis_IsSilent() => SilentTypes("""
        public sealed class Counter { [GuardedBy("this")] private int _value; public void Add() { lock (this) _value++; } }
        """);

    [Fact]
    public Task LockOnThisMissing_Flags() => FlagsTypes("""
        public sealed class Counter { [GuardedBy("this")] private int _value; public void Add() => _value++; } // MML1009
        """);

    [Fact]
    public Task StaticLock_IsSilent() => SilentTypes("""
        public static class Totals
        {
            private static readonly object s_sync = new();
            [GuardedBy(nameof(s_sync))] private static int s_total;
            public static void Add() { lock (s_sync) s_total++; }
        }
        """);

    [Fact]
    public Task NestedLocks_IsSilent() => SilentTypes("""
        public sealed class Pair
        {
            private readonly object _first = new(), _second = new();
            [GuardedBy(nameof(_first))] private int _a;
            [GuardedBy(nameof(_second))] private int _b;
            public void Swap() { lock (_first) lock (_second) (_a, _b) = (_b, _a); }
        }
        """);

    [Fact]
    public Task NestedLockLeftForTheInner_Flags() => FlagsTypes("""
        public sealed class Pair
        {
            private readonly object _first = new(), _second = new();
            [GuardedBy(nameof(_first))] private int _a;
            [GuardedBy(nameof(_second))] private int _b;
            public void Swap()
            {
                lock (_first)
                {
                    lock (_second) _b = _a;
                    _b = 0; // MML1009
                }
            }
        }
        """);

    [Fact]
    public Task SameLockTwice_IsSilent() => SilentTypes("""
        public sealed class Counter
        {
            private readonly object _sync = new();
            [GuardedBy(nameof(_sync))] private int _value;
            public void Add() { lock (_sync) { lock (_sync) _value++; _value++; } }
        }
        """);

    [Fact]
    public Task LockThroughALocal_IsSilent() => SilentTypes("""
        public sealed class Counter
        {
            private readonly object _sync = new();
            [GuardedBy(nameof(_sync))] private int _value;
            public void Add() { var sync = _sync; lock (sync) _value++; }
        }
        """);

    [Fact]
    public Task LockThroughAProperty_IsSilent() => SilentTypes("""
        public sealed class Counter
        {
            private readonly object _sync = new();
            public object Sync => _sync;
            [GuardedBy(nameof(_sync))] private int _value;
            public void Add() { lock (Sync) _value++; }
        }
        """);

    [Fact]
    public Task LambdaInsideLock_Flags() => FlagsTypes("""
        public sealed class Counter
        {
            private readonly object _sync = new();
            [GuardedBy(nameof(_sync))] private int _value;
            public Func<int> Reader()
            {
                lock (_sync) return () => _value; // MML1008
            }
        }
        """);

    [Fact]
    public Task LockInsideLambda_IsSilent() => SilentTypes("""
        public sealed class Counter
        {
            private readonly object _sync = new();
            [GuardedBy(nameof(_sync))] private int _value;
            public Func<int> Reader() => () => { lock (_sync) return _value; };
        }
        """);

    [Fact]
    public Task MethodThatNeedsALockedObject_IsSilent() => SilentTypes("""
        public sealed class Counter
        {
            private readonly object _sync = new();
            [GuardedBy(nameof(_sync))] private int _value;
            [MustHold(nameof(_sync))] private void Bump() => _value++;
            public void Add() { lock (_sync) Bump(); }
        }
        """);

    [Fact]
    public Task MethodThatNeedsALockedObjectCalledWithout_Flags() => FlagsTypes("""
        public sealed class Counter
        {
            private readonly object _sync = new();
            [GuardedBy(nameof(_sync))] private int _value;
            [MustHold(nameof(_sync))] private void Bump() => _value++;
            public void Add() => Bump(); // MML1001
        }
        """);

    [Fact]
    public Task DictionaryUnderLock_IsSilent() => SilentTypes("""
        public sealed class Cache
        {
            private readonly object _sync = new();
            [GuardedBy(nameof(_sync))] private readonly Dictionary<string, int> _map = [];
            public int Get(string key) { lock (_sync) return _map.TryGetValue(key, out int value) ? value : _map[key] = 1; }
        }
        """);

    [Fact]
    public Task DictionaryWithoutLock_Flags() => FlagsTypes("""
        public sealed class Cache
        {
            private readonly object _sync = new();
            [GuardedBy(nameof(_sync))] private readonly Dictionary<string, int> _map = [];
            public bool Has(string key) => _map.ContainsKey(key); // MML1008
        }
        """);

    [Fact]
    public Task ThreadingLock_IsSilent() => SilentTypes("""
        public sealed class Counter
        {
            private readonly Lock _sync = new();
            [GuardedBy(nameof(_sync))] private int _value;
            public void Add() { lock (_sync) _value++; }
        }
        """);

    [Fact]
    public Task ThreadingLockMissing_Flags() => FlagsTypes("""
        public sealed class Counter
        {
            private readonly Lock _sync = new();
            [GuardedBy(nameof(_sync))] private int _value;
            public void Add() => _value++; // MML1009
        }
        """);

    [Fact]
    public Task ThreadingLockScope_IsSilent() => SilentTypes("""
        public sealed class Counter
        {
            private readonly Lock _sync = new();
            [GuardedBy(nameof(_sync))] private int _value;
            public void Add() { using (_sync.EnterScope()) _value++; }
        }
        """);

    [Fact]
    public Task ThreadingLockScopeLeft_Flags() => FlagsTypes("""
        public sealed class Counter
        {
            private readonly Lock _sync = new();
            [GuardedBy(nameof(_sync))] private int _value;
            public void Add()
            {
                using (_sync.EnterScope()) _value++;
                _value++; // MML1009
            }
        }
        """);

    [Fact]
    public Task ThreadingLockEnterAndExit_IsSilent() => SilentTypes("""
        public sealed class Counter
        {
            private readonly Lock _sync = new();
            [GuardedBy(nameof(_sync))] private int _value;
            public void Add() { _sync.Enter(); try { _value++; } finally { _sync.Exit(); } }
        }
        """);

    [Fact]
    public Task ThreadingLockEnterWithoutExit_Flags() => FlagsTypes("""
        public sealed class Counter
        {
            private readonly Lock _sync = new();
            public void Add()
            {
                _sync.Enter();
            } // MML1006
        }
        """);

    [Fact]
    public Task ThreadingLockTryEnter_IsSilent() => SilentTypes("""
        public sealed class Counter
        {
            private readonly Lock _sync = new();
            [GuardedBy(nameof(_sync))] private int _value;
            public void Add() { if (!_sync.TryEnter()) return; try { _value++; } finally { _sync.Exit(); } }
        }
        """);

    [Fact]
    public Task ThreadingLockTryEnterIgnored_Flags() => FlagsTypes("""
        public sealed class Counter
        {
            private readonly Lock _sync = new();
            public void Add()
            {
                _sync.TryEnter(TimeSpan.Zero); // MML1013
            }
        }
        """);

    [Fact]
    public Task NoContractsAndNoLocks_IsSilent() => SilentTypes("""
        public sealed class Plain { private int _value; public int Add() => ++_value; }
        """);
}
