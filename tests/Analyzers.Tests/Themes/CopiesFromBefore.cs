using System.Threading.Tasks;

namespace AnalyzerTests.Themes;

/// <summary>What was copied out of guarded data, or checked there, before the lock was dropped and taken again. No member says anything but what guards it.</summary>
public sealed class CopiesFromBefore : ThemeTests
{
    private static Task FlagsIn(string members) => FlagsTypes(Store(members));

    private static Task SilentIn(string members) => SilentTypes(Store(members));

    private static string Store(string members) => """
        using System.Linq;
        public sealed class Entry
        {
            public required Store Store { get; init; }
            public readonly string Name = "";
            public readonly Gate Gate = new();
            [GuardedBy("Store._gate")] public int Uses;
            [GuardedBy("Store._gate")] public bool IsRemoved;
            [GuardedBy("Store._gate")] public Entry? Next;
            [GuardedBy(nameof(Gate))] public int Own;
        }
        public sealed class Store
        {
            public readonly object _gate = new();
            private readonly object _other = new();
            [GuardedBy(nameof(_gate))] private readonly List<string> _items = [];
            [GuardedBy(nameof(_gate))] private readonly string[] _slots = new string[8];
            [GuardedBy(nameof(_gate))] private readonly Dictionary<int, int> _positions = [];
            [GuardedBy(nameof(_gate))] private readonly Dictionary<int, Entry> _entries = [];
            [GuardedBy(nameof(_gate))] private readonly Stack<int> _free = new();
            [GuardedBy(nameof(_other))] private readonly List<string> _names = [];
            [GuardedBy(nameof(_gate))] private int _count;
            [GuardedBy(nameof(_gate))] private int _version;
            [GuardedBy(nameof(_gate))] private bool _isBusy;
            [GuardedBy(nameof(_gate))] private Entry? _head;
            [GuardedBy(nameof(_gate), Deep = true)] private List<string> _deep = [];
            private static extern void Work();
            private static extern void Log(object? value);
            private static extern bool Coin();

        """ + members + "\n}\n";

    [Fact]
    public Task IndexThatWasAField_Flags() => FlagsIn("""
        public string Get()
        {
            int index;
            lock (_gate) index = _count;
            Work();
            lock (_gate) return _items[index]; // MML1024
        }
        """);

    [Fact]
    public Task IndexThatWasSearchedFor_Flags() => FlagsIn("""
        public void Replace(string old, string by)
        {
            int index;
            lock (_gate) index = _items.IndexOf(old);
            if (index < 0) return;
            lock (_gate) _items[index] = by; // MML1024
        }
        """);

    [Fact]
    public Task IndexOfAnArrayThatWasSearchedFor_Flags() => FlagsIn("""
        public void Replace(string old, string by)
        {
            int index;
            lock (_gate) index = Array.IndexOf(_slots, old);
            if (index < 0) return;
            lock (_gate) _slots[index] = by; // MML1024
        }
        """);

    [Fact]
    public Task LastIndexByTheCount_Flags() => FlagsIn("""
        public string Last()
        {
            Monitor.Enter(_gate);
            int last = _items.Count - 1;
            Monitor.Exit(_gate);
            Monitor.Enter(_gate);
            string item = _items[last]; // MML1024
            Monitor.Exit(_gate);
            return item;
        }
        """);

    [Fact]
    public Task IndexWithAnOffset_Flags() => FlagsIn("""
        public string After()
        {
            int index;
            lock (_gate) index = _count;
            lock (_gate) return _slots[index + 1]; // MML1024
        }
        """);

    [Fact]
    public Task IndexThatWasLookedUp_Flags() => FlagsIn("""
        public void Set(int key, string value)
        {
            int index;
            lock (_gate)
            {
                if (!_positions.TryGetValue(key, out index)) return;
            }
            Work();
            lock (_gate) _items[index] = value; // MML1024
        }
        """);

    [Fact]
    public Task RemovedAtAnIndexFromBefore_Flags() => FlagsIn("""
        public void Remove(string item)
        {
            int index;
            lock (_gate) index = _items.IndexOf(item);
            lock (_gate) _items.RemoveAt(index); // MML1024
        }
        """);

    [Fact]
    public Task IndexAfterAWait_Flags() => FlagsIn("""
        public string Get()
        {
            lock (_gate)
            {
                int index = _count;
                Monitor.Wait(_gate);
                return _items[index]; // MML1024
            }
        }
        """);

    [Fact]
    public Task IndexDroppedOnOnePath_Flags() => FlagsIn("""
        public string Get(bool pause)
        {
            Monitor.Enter(_gate);
            int index = _count;
            if (pause)
            {
                Monitor.Exit(_gate);
                Work();
                Monitor.Enter(_gate);
            }
            string item = _items[index]; // MML1024
            Monitor.Exit(_gate);
            return item;
        }
        """);

    [Fact]
    public Task IndexDroppedByAHelper_Flags() => FlagsIn("""
        public string Get()
        {
            Monitor.Enter(_gate);
            int index = _count;
            Pause();
            string item = _items[index]; // MML1024
            Monitor.Exit(_gate);
            return item;
        }
        private void Pause()
        {
            Monitor.Exit(_gate);
            Work();
            Monitor.Enter(_gate);
        }
        """);

    [Fact]
    public Task IndexInATuple_Flags() => FlagsIn("""
        public string Get()
        {
            (int Index, int Version) found;
            lock (_gate) found = (_count, _version);
            lock (_gate) return _items[found.Index]; // MML1024
        }
        """);

    [Fact]
    public Task IndexOutOfATuple_Flags() => FlagsIn("""
        public string Get()
        {
            int index, version;
            lock (_gate) (index, version) = (_count, _version);
            Log(version);
            lock (_gate) return _items[index]; // MML1024
        }
        """);

    [Fact]
    public Task TupleWithAVersionThatIsCompared_IsSilent() => SilentIn("""
        public string? Get()
        {
            (int Index, int Version) found;
            lock (_gate) found = (_count, _version);
            lock (_gate) return found.Version == _version ? _items[found.Index] : null;
        }
        """);

    [Fact]
    public Task CopyOfACopy_Flags() => FlagsIn("""
        public string Get()
        {
            int index;
            lock (_gate)
            {
                int count = _count;
                index = count - 1;
            }
            lock (_gate) return _items[index]; // MML1024
        }
        """);

    [Fact]
    public Task ObjectThatIsWrittenThrough_Flags() => FlagsIn("""
        public void Use()
        {
            Entry? head;
            lock (_gate) head = _head;
            if (head is null || head.Store != this) return;
            Work();
            lock (_gate) head.Uses++; // MML1025
        }
        """);

    [Fact]
    public Task ObjectThatIsWalkedFrom_Flags() => FlagsIn("""
        public Entry? Second()
        {
            Entry? head;
            lock (_gate) head = _head;
            if (head is null || head.Store != this) return null;
            lock (_gate) return head.Next; // MML1025
        }
        """);

    [Fact]
    public Task ObjectOfAPattern_Flags() => FlagsIn("""
        public void Use()
        {
            Monitor.Enter(_gate);
            if (_head is { } head && head.Store == this)
            {
                Monitor.Exit(_gate);
                Work();
                Monitor.Enter(_gate);
                head.Uses++; // MML1025
            }
            Monitor.Exit(_gate);
        }
        """);

    [Fact]
    public Task ObjectThatWasLookedUp_Flags() => FlagsIn("""
        public void Use(int key)
        {
            Entry? entry;
            lock (_gate)
            {
                if (!_entries.TryGetValue(key, out entry) || entry.Store != this) return;
            }
            Work();
            lock (_gate) entry.Uses++; // MML1025
        }
        """);

    [Fact]
    public Task DeepObject_Flags() => FlagsIn("""
        public void Add(string item)
        {
            List<string> list;
            lock (_gate) list = _deep;
            Work();
            lock (_gate) list.Add(item); // MML1025
        }
        """);

    [Fact]
    public Task WriteThatAnEarlierCheckDecides_Flags() => FlagsIn("""
        public bool TryAdd()
        {
            lock (_gate)
            {
                if (_count >= 8) return false;
            }
            Work();
            lock (_gate) _count++; // MML1026
            return true;
        }
        """);

    [Fact]
    public Task WriteThatAnEarlierCopyDecides_Flags() => FlagsIn("""
        public void Start()
        {
            bool isBusy;
            lock (_gate) isBusy = _isBusy;
            if (isBusy) return;
            lock (_gate) _isBusy = true; // MML1026
        }
        """);

    [Fact]
    public Task ReferenceThatIsMadeTwice_Flags() => FlagsIn("""
        public Entry Head()
        {
            lock (_gate)
            {
                if (_head != null) return _head;
            }
            var made = new Entry { Store = this };
            lock (_gate)
            {
                _head = made; // MML1026
                return made;
            }
        }
        """);

    [Fact]
    public Task CheckBeforeAHelperThatDropsTheLock_Flags() => FlagsIn("""
        public void Take()
        {
            Monitor.Enter(_gate);
            if (_count > 0)
            {
                Monitor.Wait(_gate);
                _count--; // MML1026
            }
            Monitor.Exit(_gate);
        }
        """);

    [Fact]
    public Task IndexUnderOneHold_IsSilent() => SilentIn("""
        public string Get() { lock (_gate) { int index = _count; Work(); return _items[index]; } }
        """);

    [Fact]
    public Task IndexReadAgain_IsSilent() => SilentIn("""
        public string Get()
        {
            int index;
            lock (_gate) index = _count;
            Work();
            lock (_gate) { index = _count; return _items[index]; }
        }
        """);

    [Fact]
    public Task IndexReadAgainWhereItWasDropped_IsSilent() => SilentIn("""
        public string Get(bool pause)
        {
            Monitor.Enter(_gate);
            int index = _count;
            bool dropped = false;
            if (pause) { Monitor.Exit(_gate); Work(); Monitor.Enter(_gate); dropped = true; }
            if (dropped) index = _count;
            string item = _items[index];
            Monitor.Exit(_gate);
            return item;
        }
        """);

    [Fact]
    public Task IndexCheckedAgainstTheCount_IsSilent() => SilentIn("""
        public string? Get(string item)
        {
            int index;
            lock (_gate) index = _items.IndexOf(item);
            lock (_gate) return index < _items.Count ? _items[index] : null;
        }
        """);

    [Fact]
    public Task ElementCheckedAgain_IsSilent() => SilentIn("""
        public void Remove(string item)
        {
            int index;
            lock (_gate) index = _items.IndexOf(item);
            if (index < 0) return;
            lock (_gate)
            {
                if (index < _items.Count && _items[index] == item) _items.RemoveAt(index);
            }
        }
        """);

    [Fact]
    public Task VersionCompared_IsSilent() => SilentIn("""
        public void Set(string item)
        {
            int index, version;
            lock (_gate) { index = _count; version = _version; }
            Work();
            lock (_gate)
            {
                if (version != _version) return;
                _items[index] = item;
            }
        }
        """);

    [Fact]
    public Task VersionComparedInAVariable_IsSilent() => SilentIn("""
        public void Set(string item)
        {
            int index, version;
            lock (_gate) { index = _count; version = _version; }
            Work();
            lock (_gate)
            {
                bool same = version == _version;
                if (same) _items[index] = item;
            }
        }
        """);

    [Fact]
    public Task IndexThatWasReserved_IsSilent() => SilentIn("""
        public void Add(string item)
        {
            int index;
            lock (_gate) { index = _count; _count++; }
            Work();
            lock (_gate) _slots[index] = item;
        }
        """);

    [Fact]
    public Task IndexThatWasTaken_IsSilent() => SilentIn("""
        public void Add(string item)
        {
            int index;
            lock (_gate) index = _free.Pop();
            Work();
            lock (_gate) _slots[index] = item;
        }
        """);

    [Fact]
    public Task SlotThatWasOccupied_IsSilent() => SilentIn("""
        public void Add(string item)
        {
            int index;
            lock (_gate) { index = Array.IndexOf(_slots, ""); _slots[index] = "reserved"; }
            Work();
            lock (_gate) _slots[index] = item;
        }
        """);

    [Fact]
    public Task FlagThatKeepsOthersAway_IsSilent() => SilentIn("""
        public void Add(string item)
        {
            int index;
            lock (_gate) { index = _count; _isBusy = true; }
            Work();
            lock (_gate) { _items[index] = item; _isBusy = false; }
        }
        """);

    [Fact]
    public Task IndexOfAnotherLocksList_IsSilent() => SilentIn("""
        public string Get()
        {
            int index;
            lock (_gate) index = _count;
            lock (_other) return _names[index];
        }
        """);

    [Fact]
    public Task IndexOfASnapshot_IsSilent() => SilentIn("""
        public string Get()
        {
            int index;
            string[] all;
            lock (_gate) { index = _count; all = _items.ToArray(); }
            return all[index];
        }
        """);

    [Fact]
    public Task KeyOfADictionary_IsSilent() => SilentIn("""
        public void Set(int position)
        {
            int key;
            lock (_gate) key = _count;
            lock (_gate) _positions[key] = position;
        }
        """);

    [Fact]
    public Task LoggedCopy_IsSilent() => SilentIn("""
        public void Show()
        {
            int count;
            lock (_gate) count = _count;
            Log(count);
            lock (_gate) Log(_items.Count + count);
        }
        """);

    [Fact]
    public Task CountingLoopThatLetsOthersIn_IsSilent() => SilentIn("""
        public void Each()
        {
            Monitor.Enter(_gate);
            for (int i = 0; i < _items.Count; i++)
            {
                string item = _items[i];
                Monitor.Exit(_gate);
                Log(item);
                Monitor.Enter(_gate);
            }
            Monitor.Exit(_gate);
        }
        """);

    [Fact]
    public Task WaitInALoop_IsSilent() => SilentIn("""
        public string Take()
        {
            lock (_gate)
            {
                while (_items.Count == 0) Monitor.Wait(_gate);
                int last = _items.Count - 1;
                string item = _items[last];
                _items.RemoveAt(last);
                return item;
            }
        }
        """);

    [Fact]
    public Task ObjectUsedWithoutTheLock_IsSilent() => SilentIn("""
        public void Show()
        {
            Entry? head;
            lock (_gate) head = _head;
            Log(head?.Name);
        }
        """);

    [Fact]
    public Task ReadonlyDataOfAnObject_IsSilent() => SilentIn("""
        public string? Show()
        {
            Entry? head;
            lock (_gate) head = _head;
            lock (_gate) { _count++; return head?.Name; }
        }
        """);

    [Fact]
    public Task ObjectsOwnLock_IsSilent() => SilentIn("""
        public void Touch()
        {
            Entry? head;
            lock (_gate) head = _head;
            if (head is null) return;
            head.Gate.Enter();
            head.Own++;
            head.Gate.Exit();
        }
        """);

    [Fact]
    public Task ObjectComparedWithWhatIsThereNow_IsSilent() => SilentIn("""
        public void Use()
        {
            Entry? head;
            lock (_gate) head = _head;
            if (head is null || head.Store != this) return;
            Work();
            lock (_gate)
            {
                if (_head == head) head.Uses++;
            }
        }
        """);

    [Fact]
    public Task ObjectAskedWhetherItIsStillThere_IsSilent() => SilentIn("""
        public void Use()
        {
            Entry? head;
            lock (_gate) head = _head;
            if (head is null || head.Store != this) return;
            Work();
            lock (_gate)
            {
                if (head.IsRemoved) return;
                head.Uses++;
            }
        }
        """);

    [Fact]
    public Task ObjectThatWasTakenOut_IsSilent() => SilentIn("""
        public void Pop()
        {
            Entry? head;
            lock (_gate)
            {
                head = _head;
                if (head is null || head.Store != this) return;
                _head = head.Next;
            }
            Work();
            lock (_gate) head.Uses = 0;
        }
        """);

    [Fact]
    public Task ObjectThatWasTakenOutOfACollection_IsSilent() => SilentIn("""
        public void Remove(int key)
        {
            Entry? entry;
            lock (_gate)
            {
                if (!_entries.TryGetValue(key, out entry) || entry.Store != this) return;
                _entries.Remove(key);
            }
            Work();
            lock (_gate) entry.Uses = 0;
        }
        """);

    [Fact]
    public Task ObjectThatIsCounted_IsSilent() => SilentIn("""
        public void Use()
        {
            Entry? head;
            lock (_gate)
            {
                head = _head;
                if (head is null || head.Store != this) return;
                head.Uses++;
            }
            Work();
            lock (_gate) head.Uses--;
        }
        """);

    [Fact]
    public Task ObjectThatIsHandedOn_IsSilent() => SilentIn("""
        private static extern void Keep(Entry entry);
        public void Use()
        {
            Entry? head;
            lock (_gate)
            {
                head = _head;
                if (head is null || head.Store != this) return;
                Keep(head);
            }
            Work();
            lock (_gate) head.Uses++;
        }
        """);

    [Fact]
    public Task ObjectThatWasMadeHere_IsSilent() => SilentIn("""
        public void Add()
        {
            var made = new Entry { Store = this };
            lock (_gate) _head = made;
            Work();
            lock (_gate) made.Uses++;
        }
        """);

    [Fact]
    public Task ParameterIsNoCopy_IsSilent() => SilentIn("""
        [MustHold("entry.Store._gate"), Releases("entry.Store._gate"), Acquires("entry.Store._gate")] private static void Touch(Entry entry)
        {
            entry.Uses++;
            Monitor.Wait(entry.Store._gate);
            entry.Uses++;
        }
        """);

    [Fact]
    public Task WriteInTheHoldOfTheCheck_IsSilent() => SilentIn("""
        public bool TryAdd() { lock (_gate) { if (_count >= 8) return false; _count++; } Work(); lock (_gate) _count--; return true; }
        """);

    [Fact]
    public Task CheckedAgain_IsSilent() => SilentIn("""
        public Entry Head()
        {
            lock (_gate)
            {
                if (_head != null) return _head;
            }
            var made = new Entry { Store = this };
            lock (_gate)
            {
                if (_head == null) _head = made;
                return _head;
            }
        }
        """);

    [Fact]
    public Task CheckedAgainByTheAssignment_IsSilent() => SilentIn("""
        public Entry Head()
        {
            lock (_gate)
            {
                if (_head != null) return _head;
            }
            var made = new Entry { Store = this };
            lock (_gate) return _head ??= made;
        }
        """);

    [Fact]
    public Task CheckThatDecidesNothingAnyMore_IsSilent() => SilentIn("""
        public void Count()
        {
            bool isFirst;
            lock (_gate) isFirst = _count == 0;
            if (isFirst) Work();
            lock (_gate) _count++;
        }
        """);

    [Fact]
    public Task CheckOfAnotherMember_IsSilent() => SilentIn("""
        public void Count()
        {
            lock (_gate)
            {
                if (_isBusy) return;
            }
            lock (_gate) _count++;
        }
        """);

    [Fact]
    public Task ConditionWaitedFor_IsSilent() => SilentIn("""
        public void Start()
        {
            lock (_gate)
            {
                while (_isBusy) Monitor.Wait(_gate);
                _isBusy = true;
            }
            Work();
            lock (_gate) { _isBusy = false; Monitor.PulseAll(_gate); }
        }
        """);

    [Fact]
    public Task FlagThatWasClaimed_IsSilent() => SilentIn("""
        public void Run()
        {
            lock (_gate)
            {
                if (_isBusy) return;
                _isBusy = true;
            }
            try { Work(); }
            finally { lock (_gate) _isBusy = false; }
        }
        """);

    [Fact]
    public Task FlagThatWasSetAfterTheCheck_IsSilent() => SilentIn("""
        public void Run()
        {
            lock (_gate)
            {
                if (_count > 0) return;
                _isBusy = true;
            }
            Work();
            lock (_gate) { _count = 1; _isBusy = false; }
        }
        """);

    [Fact]
    public Task FlagThatWasSetUnderAnotherLock_Flags() => FlagsIn("""
        [GuardedBy(nameof(_other))] private bool _isOtherBusy;
        public void Run()
        {
            lock (_other)
            lock (_gate)
            {
                if (_count > 0) return;
                _isOtherBusy = true;
            }
            Work();
            lock (_gate) _count = 1; // MML1026
        }
        """);

    [Fact]
    public async Task Message_SaysWhatWasCopiedAndWhereTheLockWentAway() => await Verify.Flags("""
        public sealed class Ring
        {
            private readonly Gate _gate = new();
            [GuardedBy(nameof(_gate))] private readonly int[] _slots = new int[8];
            [GuardedBy(nameof(_gate))] private int _head;
            public int Get()
            {
                _gate.Enter();
                int at = _head;
                _gate.Exit();
                _gate.Enter();
                int value = _slots[{|MML1024:at|}];
                _gate.Exit();
                return value;
            }
        }
        """).WithSource("Locks.cs", Declarations).WithMessage("'at' was found in '_head' before _gate was released and taken again; others may have changed '_slots' in between; 'Exit' released it in line 10");
}
