using System.Threading.Tasks;

namespace AnalyzerTests.Themes;

/// <summary>System.Threading.Monitor.</summary>
public sealed class MonitorCalls : ThemeTests
{
    [Fact]
    public Task EnterAndExit_IsSilent() => SilentTypes("""
        public sealed class Counter
        {
            private readonly object _sync = new();
            [GuardedBy(nameof(_sync))] private int _value;
            public void Add() { Monitor.Enter(_sync); try { _value++; } finally { Monitor.Exit(_sync); } }
        }
        """);

    [Fact]
    public Task EnterWithoutExit_Flags() => FlagsTypes("""
        public sealed class Counter
        {
            private readonly object _sync = new();
            public void Add()
            {
                Monitor.Enter(_sync);
            } // MML1006
        }
        """);

    [Fact]
    public Task ExitWithoutEnter_Flags() => FlagsTypes("""
        public sealed class Counter { private readonly object _sync = new(); public void Add() => Monitor.Exit(_sync); } // MML1005
        """);

    [Fact]
    public Task EnterWithTakenFlag_IsSilent() => SilentTypes("""
        public sealed class Counter
        {
            private readonly object _sync = new();
            [GuardedBy(nameof(_sync))] private int _value;
            public void Add()
            {
                bool taken = false;
                try { Monitor.Enter(_sync, ref taken); _value++; }
                finally { if (taken) Monitor.Exit(_sync); }
            }
        }
        """);

    [Fact]
    public Task EnterWithTakenFlagIgnored_Flags() => FlagsTypes("""
        public sealed class Counter
        {
            private readonly object _sync = new();
            public void Add()
            {
                bool taken = false;
                Monitor.Enter(_sync, ref taken);
            } // MML1006
        }
        """);

    [Fact]
    public Task TryEnter_IsSilent() => SilentTypes("""
        public sealed class Counter
        {
            private readonly object _sync = new();
            [GuardedBy(nameof(_sync))] private int _value;
            public bool Add()
            {
                if (!Monitor.TryEnter(_sync, 100)) return false;
                _value++;
                Monitor.Exit(_sync);
                return true;
            }
        }
        """);

    [Fact]
    public Task TryEnterIgnored_Flags() => FlagsTypes("""
        public sealed class Counter
        {
            private readonly object _sync = new();
            public void Add()
            {
                Monitor.TryEnter(_sync); // MML1013
            }
        }
        """);

    [Fact]
    public Task TryEnterWithTakenFlag_IsSilent() => SilentTypes("""
        public sealed class Counter
        {
            private readonly object _sync = new();
            [GuardedBy(nameof(_sync))] private int _value;
            public void Add()
            {
                bool taken = false;
                try { Monitor.TryEnter(_sync, 100, ref taken); if (taken) _value++; }
                finally { if (taken) Monitor.Exit(_sync); }
            }
        }
        """);

    [Fact]
    public Task TryEnterWithTakenFlagNotAsked_Flags() => FlagsTypes("""
        public sealed class Counter
        {
            private readonly object _sync = new();
            [GuardedBy(nameof(_sync))] private int _value;
            public void Add()
            {
                bool taken = false;
                Monitor.TryEnter(_sync, ref taken);
                _value++; // MML1009
                if (taken) Monitor.Exit(_sync);
            }
        }
        """);

    [Theory]
    [InlineData("Monitor.TryEnter(_sync, -1);")]
    [InlineData("Monitor.TryEnter(_sync, Timeout.Infinite);")]
    [InlineData("if (!Monitor.TryEnter(_sync, Timeout.Infinite)) throw new InvalidOperationException();")]
    [InlineData("bool taken = false; Monitor.TryEnter(_sync, Timeout.Infinite, ref taken);")]
    public Task TryEnterWithoutALimit_IsEnter(string enter) => SilentTypes($$"""
        public sealed class Counter
        {
            private readonly object _sync = new();
            [GuardedBy(nameof(_sync))] private int _value;
            public void Add() { {{enter}} _value++; Monitor.Exit(_sync); }
        }
        """);

    [Fact]
    public Task TryEnterWithALimitThatIsNotKnown_Flags() => FlagsTypes("""
        public sealed class Counter
        {
            private readonly object _sync = new();
            [GuardedBy(nameof(_sync))] private int _value;
            public void Add(int limit)
            {
                Monitor.TryEnter(_sync, limit); // MML1013
                _value++;
                Monitor.Exit(_sync);
            }
        }
        """);

    [Fact]
    public Task WaitUnderTheLock_IsSilent() => SilentTypes("""
        public sealed class Queue
        {
            private readonly object _sync = new();
            [GuardedBy(nameof(_sync))] private int _items;
            public void Take() { lock (_sync) { while (_items == 0) Monitor.Wait(_sync); _items--; } }
            public void Put() { lock (_sync) { _items++; Monitor.PulseAll(_sync); } }
        }
        """);

    [Fact]
    public Task WaitWithoutTheLock_Flags() => FlagsTypes("""
        public sealed class Queue { private readonly object _sync = new(); public void Take() => Monitor.Wait(_sync); } // MML1001
        """);

    [Fact]
    public Task PulseWithoutTheLock_Flags() => FlagsTypes("""
        public sealed class Queue { private readonly object _sync = new(); public void Put() => Monitor.Pulse(_sync); } // MML1001
        """);

    [Fact]
    public Task PulseAfterTheLock_Flags() => FlagsTypes("""
        public sealed class Queue
        {
            private readonly object _sync = new();
            public void Put()
            {
                lock (_sync) { }
                Monitor.PulseAll(_sync); // MML1001
            }
        }
        """);

    [Fact]
    public Task WaitForgetsWhatWasTested_Flags() => FlagsTypes("""
        public sealed class Queue
        {
            private readonly object _sync = new();
            [GuardedBy(nameof(_sync))] private string? _item;
            [MustHold(nameof(_sync)), Requires("_item != null")] private extern void Use();
            public void Take()
            {
                lock (_sync)
                {
                    if (_item == null) return;
                    Monitor.Wait(_sync);
                    Use(); // MML1015
                }
            }
        }
        """);

    [Fact]
    public Task IsEnteredAsAnAssertion_IsSilent() => SilentTypes("""
        public sealed class Counter
        {
            private readonly object _sync = new();
            [GuardedBy(nameof(_sync))] private int _value;
            public void Add() { if (!Monitor.IsEntered(_sync)) throw new SynchronizationLockException(); _value++; }
        }
        """);

    [Fact]
    public Task HeldAcrossAwait_Flags() => FlagsTypes("""
        public sealed class Counter
        {
            private readonly object _sync = new();
            public async Task Add()
            {
                Monitor.Enter(_sync);
                await Task.Yield(); // MML1019
                Monitor.Exit(_sync);
            }
        }
        """);
}
