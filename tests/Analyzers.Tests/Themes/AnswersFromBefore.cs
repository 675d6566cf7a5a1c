using System.Threading.Tasks;

namespace AnalyzerTests.Themes;

/// <summary>Calls that rely on what an object told before the lock was dropped and taken again: <c>[ReliesOn]</c>, stated by the base library for its collections, and by users for their own types.</summary>
public sealed class AnswersFromBefore : ThemeTests
{
    private static Task FlagsIn(string members) => FlagsTypes(Store(members));

    private static Task SilentIn(string members) => SilentTypes(Store(members));

    private static string Store(string members) => """
        using System.Linq;
        public sealed class Ring
        {
            public int Count { get; private set; }
            public bool IsEmpty => Count == 0;
            [ReliesOn(nameof(Count)), ReliesOn(nameof(IsEmpty))] public extern int Take();
            [ReliesOn(nameof(HasRoomFor))] public extern void Put(int item);
            public extern bool HasRoomFor(int item);
            public extern bool TryTake(out int item);
        }
        public static class Rings
        {
            [ReliesOn("ring.Count")] public static int TakeTwo(this Ring ring) => ring.Take() + ring.Take();
            public static bool Any(this Ring ring) => ring.Count > 0;
        }
        public sealed class Store
        {
            public readonly object _gate = new();
            private readonly object _drain = new();
            [GuardedBy(nameof(_gate))] private readonly Queue<int> _queue = new();
            [GuardedBy(nameof(_gate))] private readonly Queue<int> _others = new();
            [GuardedBy(nameof(_gate))] private readonly Stack<int> _stack = new();
            [GuardedBy(nameof(_gate))] private readonly List<int> _list = [];
            [GuardedBy(nameof(_gate))] private readonly LinkedList<int> _linked = [];
            [GuardedBy(nameof(_gate))] private readonly PriorityQueue<int, int> _due = new();
            [GuardedBy(nameof(_gate))] private readonly Dictionary<string, int> _map = [];
            [GuardedBy(nameof(_gate))] private readonly IDictionary<string, int> _any = new Dictionary<string, int>();
            [GuardedBy(nameof(_gate))] private readonly HashSet<int> _set = [];
            [GuardedBy(nameof(_gate))] private readonly Ring _ring = new();
            [GuardedBy(nameof(_gate))] private Queue<int> _batch = new();
            [GuardedBy(nameof(_gate))] private int _count;
            [GuardedBy(nameof(_gate))] private int _version;
            [GuardedBy(nameof(_gate))] private bool _isDraining;
            private bool HasWork => _queue.Count > 0;
            [MustHold(nameof(_gate)), ReliesOn(nameof(_count))] private extern void TakeCounted();
            private static extern void Work();
            private static extern int Make(string key);

        """ + members + "\n}\n";

    [Fact]
    public Task QueueThatWasNotEmpty_Flags() => FlagsIn("""
        public void Run()
        {
            bool any;
            lock (_gate) any = _queue.Count > 0;
            Work();
            if (any)
            {
                lock (_gate) _queue.Dequeue(); // MML1026
            }
        }
        """);

    [Fact]
    public Task QueueThatWasNotEmptyAskedUnderTheSecondHold_Flags() => FlagsIn("""
        public void Run()
        {
            bool any;
            lock (_gate) any = _queue.Count > 0;
            lock (_gate)
            {
                if (any) _queue.Dequeue(); // MML1026
            }
        }
        """);

    [Fact]
    public Task CheckThatReturns_Flags() => FlagsIn("""
        public int Run()
        {
            lock (_gate)
            {
                if (_queue.Count == 0) return -1;
            }
            Work();
            lock (_gate) return _queue.Dequeue(); // MML1026
        }
        """);

    [Fact]
    public Task CountInAVariable_Flags() => FlagsIn("""
        public int Run()
        {
            int count;
            lock (_gate) count = _stack.Count;
            if (count == 0) return -1;
            lock (_gate) return _stack.Pop(); // MML1026
        }
        """);

    [Fact]
    public Task CountInAPattern_Flags() => FlagsIn("""
        public void Run()
        {
            lock (_gate)
            {
                if (_queue is not { Count: > 0 }) return;
            }
            lock (_gate) _queue.Dequeue(); // MML1026
        }
        """);

    [Fact]
    public Task CountThroughAProperty_Flags() => FlagsIn("""
        public void Run()
        {
            lock (_gate)
            {
                if (!HasWork) return;
            }
            lock (_gate) _queue.Dequeue(); // MML1026
        }
        """);

    [Fact]
    public Task AnyOfLinq_Flags() => FlagsIn("""
        public void Run()
        {
            bool any;
            lock (_gate) any = _queue.Any();
            if (!any) return;
            lock (_gate) _queue.Dequeue(); // MML1026
        }
        """);

    [Fact]
    public Task PeekedAndTakenLater_Flags() => FlagsIn("""
        public void Run(int now)
        {
            lock (_gate)
            {
                if (!_due.TryPeek(out _, out int due) || due > now) return;
            }
            Work();
            lock (_gate) _due.Dequeue(); // MML1026
        }
        """);

    [Fact]
    public Task AddBecauseItWasNotThere_Flags() => FlagsIn("""
        public int Get(string key)
        {
            lock (_gate)
            {
                if (_map.TryGetValue(key, out int known)) return known;
            }
            int made = Make(key);
            lock (_gate) _map.Add(key, made); // MML1026
            return made;
        }
        """);

    [Fact]
    public Task AddToAnInterface_Flags() => FlagsIn("""
        public void Add(string key)
        {
            bool isThere;
            lock (_gate) isThere = _any.ContainsKey(key);
            if (isThere) return;
            int made = Make(key);
            lock (_gate) _any.Add(key, made); // MML1026
        }
        """);

    [Fact]
    public Task ReadBecauseItWasThere_Flags() => FlagsIn("""
        public int Get(string key)
        {
            lock (_gate)
            {
                if (!_map.ContainsKey(key)) return 0;
            }
            lock (_gate) return _map[key]; // MML1026
        }
        """);

    [Fact]
    public Task FirstOfAListThatWasNotEmpty_Flags() => FlagsIn("""
        public void Run()
        {
            bool any;
            lock (_gate) any = _list.Count != 0;
            if (!any) return;
            lock (_gate) _list.RemoveAt(0); // MML1026
        }
        """);

    [Fact]
    public Task ElementOfAListThatWasNotEmpty_Flags() => FlagsIn("""
        public int Run()
        {
            lock (_gate)
            {
                if (_list.Count == 0) return -1;
            }
            lock (_gate) return _list[0]; // MML1026
        }
        """);

    [Fact]
    public Task LinkedListThatHadAFirst_Flags() => FlagsIn("""
        public void Run()
        {
            lock (_gate)
            {
                if (_linked.First is null) return;
            }
            lock (_gate) _linked.RemoveFirst(); // MML1026
        }
        """);

    [Fact]
    public Task LoopThatChecksInOneHoldAndTakesInAnother_Flags() => FlagsIn("""
        public void Run()
        {
            while (true)
            {
                lock (_gate)
                {
                    if (_queue.Count == 0) break;
                }
                lock (_gate) _queue.Dequeue(); // MML1026
                Work();
            }
        }
        """);

    [Fact]
    public Task OwnTypesQuestion_Flags() => FlagsIn("""
        public int Run()
        {
            lock (_gate)
            {
                if (_ring.IsEmpty) return -1;
            }
            lock (_gate) return _ring.Take(); // MML1026
        }
        """);

    [Fact]
    public Task OwnTypesQuestionWithAnArgument_Flags() => FlagsIn("""
        public void Run(int item)
        {
            bool fits;
            lock (_gate) fits = _ring.HasRoomFor(item);
            if (!fits) return;
            lock (_gate) _ring.Put(item); // MML1026
        }
        """);

    [Fact]
    public Task ExtensionMethodThatRelies_Flags() => FlagsIn("""
        public int Run()
        {
            lock (_gate)
            {
                if (!_ring.Any()) return -1;
            }
            lock (_gate) return _ring.TakeTwo(); // MML1026
        }
        """);

    [Fact]
    public Task OwnFieldThatAHelperReliesOn_Flags() => FlagsIn("""
        public void Run()
        {
            lock (_gate)
            {
                if (_count == 0) return;
            }
            lock (_gate) TakeCounted(); // MML1026
        }
        """);

    [Theory]
    [InlineData("private bool Has() { lock (_gate) return _queue.Count > 0; }", "Has()")]
    [InlineData("public int Count { get { lock (_gate) return _queue.Count; } }", "Count > 0")]
    [InlineData("public int Count { get { lock (_gate) { return _queue.Count; } } } public bool IsEmpty => Count == 0;", "!IsEmpty")]
    [InlineData("public bool Any() { lock (_gate) return _queue.Any(); }", "this.Any()")]
    public Task OwnMemberThatTells_Flags(string member, string condition) => FlagsIn(member + $$"""
        public void Run()
        {
            if ({{condition}})
            {
                lock (_gate) _queue.Dequeue(); // MML1026
            }
        }
        public void RunLater()
        {
            var any = {{condition}};
            if (!any) return;
            Work();
            lock (_gate) _queue.Dequeue(); // MML1026
        }
        """);

    [Fact]
    public Task OwnMemberThatTellsOfAKey_Flags() => FlagsIn("""
        public bool Has(string name) { lock (_gate) return _map.ContainsKey(name); }
        public void Add(string key)
        {
            if (Has(key)) return;
            lock (_gate) _map.Add(key, 1); // MML1026
        }
        """);

    [Fact]
    public Task OwnMemberThatTellsOfAnotherKey_IsSilent() => SilentIn("""
        public bool Has(string name) { lock (_gate) return _map.ContainsKey(name); }
        public void Add(string key, string other)
        {
            if (Has(other)) return;
            lock (_gate) _map.Add(key, 1);
        }
        """);

    [Fact]
    public Task OwnMemberThatDecidesAWrite_Flags() => FlagsIn("""
        public bool IsFull { get { lock (_gate) return _count >= 8; } }
        public void Add()
        {
            if (IsFull) return;
            lock (_gate) _count++; // MML1026
        }
        """);

    [Fact]
    public Task OwnMemberThatFindsAnIndex_Flags() => FlagsIn("""
        private int Last() { lock (_gate) return _list.Count - 1; }
        public int Get()
        {
            int last = Last();
            lock (_gate) return _list[last]; // MML1024
        }
        """);

    [Fact]
    public Task OwnMembersThatAskAndAct_Flags() => FlagsIn("""
        public int Count { get { lock (_gate) return _queue.Count; } }
        public bool IsFull { get { lock (_gate) return _count >= 8; } }
        public bool Has(string key) { lock (_gate) return _map.ContainsKey(key); }
        public int Pop() { lock (_gate) return _queue.Dequeue(); }
        public void Drop() { lock (_gate) { _queue.Dequeue(); } }
        public void Increment() { lock (_gate) _count++; }
        public int this[string key] { get { lock (_gate) return _map[key]; } }
        public void Put(string key, int value) { lock (_gate) _map.Add(key, value); }
        public int PopIfAny() => Count > 0 ? Pop() : -1; // MML1026
        public void DropIfAny()
        {
            if (Count == 0) return;
            Work();
            Drop(); // MML1026
        }
        public void Add()
        {
            if (!IsFull) Increment(); // MML1026
        }
        public void PutOnce(string name)
        {
            if (!Has(name)) Put(name, 1); // MML1026
        }
        """);

    [Fact]
    public Task OwnMembersThatActUnderOneHold_IsSilent() => SilentIn("""
        public int Count { get { lock (_gate) return _queue.Count; } }
        public bool Has(string key) { lock (_gate) return _map.ContainsKey(key); }
        public int Pop() { lock (_gate) return _queue.Dequeue(); }
        public void Push(int item) { lock (_gate) _queue.Enqueue(item); }
        public void Put(string key, int value) { lock (_gate) _map.Add(key, value); }
        public int PopIfAny() { lock (_gate) return Count > 0 ? Pop() : -1; }
        public int PopOther(Store other) => Count > 0 ? other.Pop() : -1;
        public void PushIfNone() { if (Count == 0) Push(1); }
        public void PutOther(string name, string other) { if (!Has(name)) Put(other, 1); }
        public int Show() => Count > 0 ? Count : -1;
        """);

    [Fact]
    public Task OwnMemberThatIsAskedAgain_IsSilent() => SilentIn("""
        public bool IsFull { get { lock (_gate) return _count >= 8; } }
        public bool Has() { lock (_gate) return _queue.Count > 0; }
        public void Add()
        {
            if (IsFull) return;
            lock (_gate)
            {
                if (IsFull) return;
                _count++;
            }
        }
        public int Take()
        {
            if (!Has()) return -1;
            lock (_gate)
            {
                bool still = Has();
                return still ? _queue.Dequeue() : -1;
            }
        }
        """);

    [Fact]
    public Task OwnMemberUnderTheHoldThatActs_IsSilent() => SilentIn("""
        private bool Has() => _queue.Count > 0;
        public bool IsFull { get { lock (_gate) return _count >= 8; } }
        public int Take()
        {
            lock (_gate)
            {
                if (IsFull || !Has()) return -1;
                _count++;
                return _queue.Dequeue();
            }
        }
        """);

    [Fact]
    public Task OwnMemberThatNothingOverrides_Flags() => FlagsTypes(Mailbox("public sealed override int GetHashCode()", "// MML1026"));

    [Theory]
    [InlineData("public override int GetHashCode()")]
    [InlineData("protected virtual int GetCount()")]
    public Task OwnMemberThatMayBeOverridden_IsSilent(string member) => SilentTypes(Mailbox(member));

    private static string Mailbox(string member, string finding = "") => $$"""
        public class Mailbox
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private readonly Queue<int> _letters = new();
            {{member}} { lock (_gate) return _letters.Count; }
            public void Run()
            {
                if ({{member.Split(' ')[^1]}} == 0) return;
                lock (_gate) _letters.Dequeue(); {{finding}}
            }
        }
        """;

    [Fact]
    public Task OwnMemberThatDoesMore_IsSilent() => SilentIn("""
        private bool Reserve() { lock (_gate) { if (_count == 0) return false; _count--; return true; } }
        public int Take()
        {
            if (!Reserve()) return -1;
            lock (_gate) return _queue.Dequeue();
        }
        """);

    [Fact]
    public Task AnotherObjectsMember_IsSilent() => SilentIn("""
        public bool IsFull { get { lock (_gate) return _count >= 8; } }
        public void Add(Store other)
        {
            if (other.IsFull) return;
            lock (_gate) _count++;
        }
        """);

    [Fact]
    public Task CheckedWithoutTheLock_IsAnUnguardedReadOnly() => FlagsIn("""
        public void Run()
        {
            if (_queue.Count > 0) // MML1008
            {
                lock (_gate) _queue.Dequeue();
            }
        }
        """);

    [Fact]
    public Task IndexFromBefore_IsReportedOnce() => FlagsIn("""
        public int Last()
        {
            int count;
            lock (_gate) count = _list.Count;
            if (count == 0) return -1;
            lock (_gate) return _list[count - 1]; // MML1024
        }
        """);

    [Fact]
    public Task UnderOneHold_IsSilent() => SilentIn("""
        public int Run() { lock (_gate) { if (_queue.Count == 0) return -1; Work(); return _queue.Dequeue(); } }
        """);

    [Fact]
    public Task CheckedAgain_IsSilent() => SilentIn("""
        public int Run()
        {
            lock (_gate)
            {
                if (_queue.Count == 0) return -1;
            }
            Work();
            lock (_gate) return _queue.Count > 0 ? _queue.Dequeue() : -1;
        }
        """);

    [Fact]
    public Task CheckedAgainByAPattern_IsSilent() => SilentIn("""
        public int Run()
        {
            lock (_gate)
            {
                if (_queue.Count == 0) return -1;
            }
            lock (_gate) return _queue is { Count: > 0 } ? _queue.Dequeue() : -1;
        }
        """);

    [Fact]
    public Task CheckedAgainThroughAProperty_IsSilent() => SilentIn("""
        public void Run()
        {
            lock (_gate)
            {
                if (!HasWork) return;
            }
            lock (_gate)
            {
                if (HasWork) _queue.Dequeue();
            }
        }
        """);

    [Fact]
    public Task CheckedAgainByLinq_IsSilent() => SilentIn("""
        public int Run()
        {
            bool any;
            lock (_gate) any = _queue.Any();
            if (!any) return -1;
            lock (_gate) return _queue.Any() ? _queue.Dequeue() : -1;
        }
        """);

    [Fact]
    public Task Tried_IsSilent() => SilentIn("""
        public int Run()
        {
            lock (_gate)
            {
                if (_queue.Count == 0) return -1;
            }
            lock (_gate) return _queue.TryDequeue(out int item) ? item : -1;
        }
        """);

    [Fact]
    public Task WaitedForInALoop_IsSilent() => SilentIn("""
        public int Run()
        {
            lock (_gate)
            {
                while (_queue.Count == 0) Monitor.Wait(_gate);
                return _queue.Dequeue();
            }
        }
        """);

    [Fact]
    public Task AskedAgainAfterTheWait_IsSilent() => SilentIn("""
        public int Run()
        {
            lock (_gate)
            {
                if (_queue.Count == 0) Monitor.Wait(_gate);
                if (_queue.Count == 0) return -1;
                return _queue.Dequeue();
            }
        }
        """);

    [Fact]
    public Task LoopThatChecksInTheHoldThatTakes_IsSilent() => SilentIn("""
        public void Run()
        {
            while (true)
            {
                int item;
                lock (_gate)
                {
                    if (_queue.Count == 0) return;
                    item = _queue.Dequeue();
                }
                Make(item.ToString());
            }
        }
        """);

    [Fact]
    public Task AnotherObjectsAnswer_IsSilent() => SilentIn("""
        public void Run()
        {
            bool any;
            lock (_gate) any = _others.Count > 0;
            if (!any) return;
            lock (_gate) _queue.Dequeue();
        }
        """);

    [Fact]
    public Task AnotherKeysAnswer_IsSilent() => SilentIn("""
        public void Run(string key, string other)
        {
            lock (_gate)
            {
                if (_map.ContainsKey(key)) return;
            }
            lock (_gate) _map.Add(other, 1);
        }
        """);

    [Fact]
    public Task KeyThatHasChangedSince_IsSilent() => SilentIn("""
        public void Run(string key)
        {
            lock (_gate)
            {
                if (_map.ContainsKey(key)) return;
            }
            key = key + "'";
            lock (_gate) _map.Add(key, 1);
        }
        """);

    [Fact]
    public Task CountWhereTheKeyMatters_IsSilent() => SilentIn("""
        public void Run(string key)
        {
            lock (_gate)
            {
                if (_map.Count > 100) return;
            }
            lock (_gate) _map.Add(key, 1);
        }
        """);

    [Fact]
    public Task StoredByTheIndexer_IsSilent() => SilentIn("""
        public int Get(string key)
        {
            lock (_gate)
            {
                if (_map.TryGetValue(key, out int known)) return known;
            }
            int made = Make(key);
            lock (_gate) _map[key] = made;
            return made;
        }
        """);

    [Fact]
    public Task AddedByATry_IsSilent() => SilentIn("""
        public void Add(string key)
        {
            lock (_gate)
            {
                if (_map.ContainsKey(key)) return;
            }
            int made = Make(key);
            lock (_gate) _map.TryAdd(key, made);
        }
        """);

    [Fact]
    public Task AddedToASetThatSays_IsSilent() => SilentIn("""
        public void Add(int item)
        {
            lock (_gate)
            {
                if (_set.Contains(item)) return;
            }
            lock (_gate) _set.Add(item);
        }
        """);

    [Fact]
    public Task EnqueuedAfterACheck_IsSilent() => SilentIn("""
        public void Add(int item)
        {
            lock (_gate)
            {
                if (_queue.Count == 0) Work();
            }
            lock (_gate) _queue.Enqueue(item);
        }
        """);

    [Fact]
    public Task OwnItemPutInFirst_IsSilent() => SilentIn("""
        public int Rotate(int item)
        {
            lock (_gate)
            {
                if (_queue.Count == 0) return -1;
            }
            lock (_gate)
            {
                _queue.Enqueue(item);
                return _queue.Dequeue();
            }
        }
        """);

    [Fact]
    public Task PlaceHeldByTheFirstHold_IsSilent() => SilentIn("""
        public int Get(string key)
        {
            lock (_gate)
            {
                if (_map.ContainsKey(key)) return 0;
                _map[key] = 0;
            }
            Work();
            lock (_gate) return _map[key];
        }
        """);

    [Fact]
    public Task TakenUnderTheFirstHold_IsSilent() => SilentIn("""
        public void Run()
        {
            lock (_gate)
            {
                if (_ring.IsEmpty) return;
                _ring.Put(1);
            }
            lock (_gate) _ring.Take();
        }
        """);

    [Fact]
    public Task FlagThatKeepsOthersAway_IsSilent() => SilentIn("""
        public void Drain()
        {
            lock (_gate)
            {
                if (_isDraining || _queue.Count == 0) return;
                _isDraining = true;
            }
            Work();
            lock (_gate) { _queue.Dequeue(); _isDraining = false; }
        }
        """);

    [Fact]
    public Task LockThatKeepsOthersAway_IsSilent() => SilentIn("""
        public void Drain()
        {
            lock (_drain)
            {
                bool any;
                lock (_gate) any = _queue.Count > 0;
                Work();
                if (any)
                {
                    lock (_gate) _queue.Dequeue();
                }
            }
        }
        """);

    [Fact]
    public Task VersionCompared_IsSilent() => SilentIn("""
        public void Run()
        {
            int version;
            lock (_gate)
            {
                if (_queue.Count == 0) return;
                version = _version;
            }
            Work();
            lock (_gate)
            {
                if (version != _version) return;
                _queue.Dequeue();
            }
        }
        """);

    [Fact]
    public Task CheckThatDecidesNothingAnyMore_IsSilent() => SilentIn("""
        public void Run()
        {
            bool any;
            lock (_gate) any = _queue.Count > 0;
            if (any) Work();
            lock (_gate) _queue.Dequeue();
        }
        """);

    [Fact]
    public Task ObjectOfThisThreadOnly_IsSilent() => SilentIn("""
        public int Run()
        {
            var mine = new Queue<int>();
            lock (_gate)
            {
                while (_queue.TryDequeue(out int item)) mine.Enqueue(item);
            }
            return mine.Count > 0 ? mine.Dequeue() : -1;
        }
        """);

    [Fact]
    public Task BatchThatWasTakenAway_IsSilent() => SilentIn("""
        public int Run()
        {
            Queue<int> batch;
            lock (_gate)
            {
                if (_batch.Count == 0) return -1;
                batch = _batch;
                _batch = new Queue<int>();
            }
            return batch.Dequeue();
        }
        """);

    [Fact]
    public Task SnapshotOfTheCount_IsSilent() => SilentIn("""
        public string Show()
        {
            int count;
            lock (_gate) count = _queue.Count;
            return count > 0 ? count.ToString() : "empty";
        }
        """);

    [Fact]
    public Task HandedToSomebodyElseUnderTheSecondHold_IsSilent() => SilentIn("""
        private static extern void Fill(Queue<int> queue);
        public void Run()
        {
            lock (_gate)
            {
                if (_queue.Count == 0) return;
            }
            lock (_gate)
            {
                Fill(_queue);
                _queue.Dequeue();
            }
        }
        """);

    [Fact]
    public Task ReliesOnWhatIsNotThere_Flags() => FlagsTypes("""
        public sealed class Bag
        {
            public int Count => 0;
            [ReliesOn("Cuont")] public extern int Take(); // MML0001
            [ReliesOn("Count > 0")] public extern int Drop(); // MML0001
            [ReliesOn(nameof(Clear))] public extern int Peek(); // MML0001
            [ReliesOn("Count")] public static extern int Make(); // MML0001
            public extern void Clear();
        }
        """);

    [Fact]
    public async Task Message_SaysWhatWasCheckedAndWhere() => await Verify.Flags("""
        using System.Collections.Generic;
        public sealed class Mailbox
        {
            private readonly Gate _gate = new();
            [GuardedBy(nameof(_gate))] private readonly Queue<int> _letters = new();
            public int Get()
            {
                _gate.Enter();
                bool any = _letters.Count > 0;
                _gate.Exit();
                if (!any) return -1;
                _gate.Enter();
                int letter = {|MML1026:_letters.Dequeue()|};
                _gate.Exit();
                return letter;
            }
        }
        """).WithSource("Locks.cs", Declarations).WithMessage("'Dequeue' relies on 'Count', which was checked in line 11, but _gate has been released and taken again since; check it again under the lock");
}
