using System.Threading.Tasks;
using AnalyzerTests.Themes;

namespace AnalyzerTests.Programs;

/// <summary>What was known before a lock was dropped, and what is looked at again.</summary>
public sealed class StaleValues : ThemeTests
{
    [Fact]
    public Task UsedAfterRelock_Flags() => FlagsTypes("""
        public sealed class Dir
        {
            public readonly RwGate Lock = new();
            [MustHold("Lock")] [return: ValidWhileHeld("Lock")] public extern Node? Find(int key);
            public void Touch(int key)
            {
                Lock.EnterRead();
                Node? node = Find(key);
                Lock.ExitRead();
                if (node is null) return;
                Lock.EnterRead();
                node.Gate.Enter(); // MML2007
                node.Gate.Exit();
                Lock.ExitRead();
            }
        }
        """);

    [Fact]
    public Task LookedUpAgainWhenDropped_IsSilent() => SilentTypes("""
        public sealed class Dir
        {
            public readonly RwGate Lock = new();
            [MustHold("Lock")] [return: ValidWhileHeld("Lock")] public extern Node? Find(int key);
            public void Touch(int key, bool wait)
            {
                Lock.EnterRead();
                Node? node = Find(key);
                bool dropped = false;
                if (wait)
                {
                    Lock.ExitRead();
                    Thread.Yield();
                    Lock.EnterRead();
                    dropped = true;
                }
                if (dropped) node = Find(key);
                if (node is not null)
                {
                    node.Gate.Enter();
                    node.Gate.Exit();
                }
                Lock.ExitRead();
            }
        }
        """);

    [Fact]
    public Task KeptInATuple_Flags() => FlagsTypes("""
        public sealed class Dir
        {
            public readonly RwGate Lock = new();
            [MustHold("Lock")] [return: ValidWhileHeld("Lock")] public extern Node? Find(int key);
            public int Touch(int key)
            {
                Lock.EnterRead();
                (Node? node, int k) found = (Find(key), key);
                Lock.ExitRead();
                Lock.EnterRead();
                int depth = found.node!.GetHashCode(); // MML2007
                Lock.ExitRead();
                return depth;
            }
        }
        """);

    [Fact]
    public Task DroppedByTheCallee_Flags() => FlagsTypes("""
        public sealed class Dir
        {
            public readonly RwGate Lock = new();
            [MustHold("Lock")] [return: ValidWhileHeld("Lock")] public extern Node? Find(int key);
            [Releases("shared(Lock)"), Acquires("shared(Lock)")] public extern void Reclaim();
            public void Wrong(int key)
            {
                Lock.EnterRead();
                Node? node = Find(key);
                Reclaim();
                node?.Gate.Enter(); // MML2007
                node?.Gate.Exit();
                Lock.ExitRead();
            }
            public void Right(int key)
            {
                Lock.EnterRead();
                Node? node = Find(key);
                if (node is null)
                {
                    Reclaim();
                    node = Find(key);
                }
                node?.Gate.Enter();
                node?.Gate.Exit();
                Lock.ExitRead();
            }
        }
        """);

    [Fact]
    public Task PauseInsideALoop_Flags() => FlagsTypes("""
        public sealed class Scan
        {
            public readonly Gate Lock = new();
            [MustHold("Lock")] [return: ValidWhileHeld("Lock")] public extern Node? After(Node? node);
            public int Count()
            {
                int count = 0;
                Lock.Enter();
                for (Node? at = After(null); at is not null; at = After(at)) // MML2007
                {
                    count++;
                    if (count % 64 == 0)
                    {
                        Lock.Exit();
                        Thread.Yield();
                        Lock.Enter();
                    }
                }
                Lock.Exit();
                return count;
            }
            public int CountRight()
            {
                int count = 0;
                Lock.Enter();
                for (Node? at = After(null); at is not null; at = After(at))
                {
                    count++;
                    if (count % 64 == 0)
                    {
                        Lock.Exit();
                        Thread.Yield();
                        Lock.Enter();
                        at = null;
                    }
                }
                Lock.Exit();
                return count;
            }
        }
        """);

    [Fact]
    public Task DoubleChecked_IsSilent() => SilentTypes("""
        public sealed class Once
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate)), ReadFreely] private object? _value;
            public object Get()
            {
                object? value = Volatile.Read(ref _value);
                if (value is not null) return value;
                lock (_gate)
                {
                    if (_value is null) Volatile.Write(ref _value, new object());
                    return _value;
                }
            }
        }
        """);

    [Fact]
    public Task DoubleCheckedByAPlainRead_Flags() => FlagsTypes("""
        public sealed class Once
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate)), ReadFreely] private object? _value;
            public object Get()
            {
                if (_value is not null) return _value; // MML1008
                lock (_gate) return _value ??= new object();
            }
        }
        """);

    [Fact]
    public Task CheckedOutsideTheLock_Flags() => FlagsTypes("""
        public sealed class Gate2
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate)), ReadFreely] private bool _open;
            [GuardedBy(nameof(_gate))] private int _entered;
            [MustHold("_gate"), Requires("_open")] private extern void Enter();
            public void Go()
            {
                if (!Volatile.Read(ref _open)) return;
                lock (_gate)
                {
                    if (!_open) return;
                    Enter();
                    _entered++;
                }
            }
            public void GoWrong()
            {
                if (!Volatile.Read(ref _open)) return;
                lock (_gate) Enter(); // MML1015
            }
            public void GoStale()
            {
                bool open;
                lock (_gate) open = _open;
                if (!open) return;
                lock (_gate) Enter(); // MML1015
            }
        }
        """);

    [Fact]
    public Task ConditionAfterAWait_Flags() => FlagsTypes("""
        public sealed class Bounded
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private Node? _head;
            [MustHold("_gate"), Requires("_head != null")] private extern int Pop();
            public int Take()
            {
                lock (_gate)
                {
                    while (_head is null) Monitor.Wait(_gate);
                    return Pop();
                }
            }
            public int TakeWrong()
            {
                lock (_gate)
                {
                    if (_head is null) Monitor.Wait(_gate);
                    return Pop(); // MML1015
                }
            }
        }
        """);

    [Fact]
    public Task FoundAgainByComparison_IsSilent() => SilentTypes("""
        public sealed class Dir
        {
            public readonly RwGate Lock = new();
            [MustHold("Lock")] [return: ValidWhileHeld("Lock")] public extern Node? Find(int key);
            public bool Same(int key)
            {
                Lock.EnterRead();
                Node? before = Find(key);
                Lock.ExitRead();
                Lock.EnterRead();
                Node? after = Find(key);
                bool same = before == after && ReferenceEquals(before, after);
                if (same) after?.Gate.Enter();
                if (same) after?.Gate.Exit();
                Lock.ExitRead();
                return same;
            }
        }
        """);

    [Fact]
    public Task ValidUnderEitherLock_Flags() => FlagsTypes("""
        public sealed class Mm
        {
            public readonly RwGate Big = new();
            [MustHold("Big")] [return: ValidWhileHeld("Big || result.Gate")] public extern Node? Find(int key);
            public int Read(int key)
            {
                Big.EnterRead();
                Node? node = Find(key);
                if (node is null)
                {
                    Big.ExitRead();
                    return 0;
                }
                node.Gate.Enter();
                Big.ExitRead();
                int value = node.Value;
                node.Gate.Exit();
                return value;
            }
            public int ReadWrong(int key)
            {
                Big.EnterRead();
                Node? node = Find(key);
                Big.ExitRead();
                if (node is null) return 0;
                node.Gate.Enter(); // MML1014
                int value = node.Value;
                node.Gate.Exit();
                return value;
            }
        }
        """);

    [Fact]
    public Task CopyOfAField_Flags() => FlagsTypes("""
        public sealed class Tab
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate)), ValidWhileHeld("_gate")] private int[]? _slots;
            public int Get(int i)
            {
                int[]? slots;
                lock (_gate) slots = _slots;
                return slots![i]; // MML1014
            }
            public int GetRight(int i)
            {
                lock (_gate)
                {
                    int[]? slots = _slots;
                    return slots![i];
                }
            }
        }
        """);

    [Fact]
    public Task PublishedCopy_Flags() => FlagsTypes("""
        public sealed class Config
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate)), ReadFreely] private IReadOnlyDictionary<string, string> _current = new Dictionary<string, string>();
            public string? Get(string key) => Volatile.Read(ref _current).TryGetValue(key, out var value) ? value : null;
            public void Set(string key, string value)
            {
                lock (_gate)
                {
                    var next = new Dictionary<string, string>(_current) { [key] = value };
                    Volatile.Write(ref _current, next);
                }
            }
            public void SetWrong(string key, string value)
            {
                var next = new Dictionary<string, string>(Volatile.Read(ref _current)) { [key] = value };
                Volatile.Write(ref _current, next); // MML1009
            }
        }
        """);

    [Fact]
    public Task LazyInitialization_Flags() => FlagsTypes("""
        public sealed class Laz
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate)), ReadFreely] private string? _name;
            public string A()
            {
                if (Volatile.Read(ref _name) is { } name) return name;
                lock (_gate)
                {
                    if (_name == null) Volatile.Write(ref _name, "x");
                    return _name!;
                }
            }
            public string B() => LazyInitializer.EnsureInitialized(ref _name, () => "x"); // MML1009
            public string C() { lock (_gate) return _name ??= "x"; }
            public string D() => _name ??= "x"; // MML1008
        }
        """);
}
