using System.Threading.Tasks;
using AnalyzerTests.Themes;

namespace AnalyzerTests.Programs;

/// <summary>Several locks at once: hand over hand, stripes, two of one class.</summary>
public sealed class SeveralLocks : ThemeTests
{
    [Fact]
    public Task HandOverHand_IsSilent() => SilentTypes("""
        public sealed class SortedList
        {
            private readonly Node _head = new();
            public bool Contains(int value)
            {
                Node at = _head;
                at.Gate.Enter();
                while (true)
                {
                    Node? next = at.Next;
                    if (next is null)
                    {
                        at.Gate.Exit();
                        return false;
                    }
                    next.Gate.Enter();
                    at.Gate.Exit();
                    at = next;
                    if (at.Value == value)
                    {
                        at.Gate.Exit();
                        return true;
                    }
                }
            }
        }
        """);

    [Fact]
    public Task HandOverHandLeftLocked_Flags() => FlagsTypes("""
        public sealed class SortedList
        {
            private readonly Node _head = new();
            public bool Contains(int value)
            {
                Node at = _head;
                at.Gate.Enter();
                while (true)
                {
                    Node? next = at.Next;
                    if (next is null)
                    {
                        at.Gate.Exit();
                        return false;
                    }
                    at.Gate.Exit();
                    next.Gate.Enter();
                    at = next;
                    if (at.Value == value) return true; // MML1006
                }
            }
        }
        """);

    [Fact]
    public Task StripeByIndex_IsSilent() => SilentTypes("""
        public sealed class StripedMap
        {
            private readonly Gate[] _locks = [new(), new()];
            private readonly Dictionary<string, int>[] _parts = [[], []];
            [MustHold("_locks[stripe]")] private void AddIn(int stripe, string key) => _parts[stripe][key] = 1;
            public void Add(string key)
            {
                int stripe = (key.GetHashCode() & 0x7FFFFFFF) % _locks.Length;
                _locks[stripe].Enter();
                try { AddIn(stripe, key); }
                finally { _locks[stripe].Exit(); }
            }
        }
        """);

    [Fact]
    public Task StripeByAnotherIndex_Flags() => FlagsTypes("""
        public sealed class StripedMap
        {
            private readonly Gate[] _locks = [new(), new()];
            private readonly Dictionary<string, int>[] _parts = [[], []];
            [MustHold("_locks[stripe]")] private void AddIn(int stripe, string key) => _parts[stripe][key] = 1;
            public void Add(string key)
            {
                int stripe = (key.GetHashCode() & 0x7FFFFFFF) % _locks.Length;
                _locks[stripe].Enter();
                AddIn(key.Length % 2, key); // MML1001
                _locks[stripe].Exit();
            }
        }
        """);

    [Fact]
    public Task AllStripes_IsSilent() => SilentTypes("""
        public sealed class StripedSet
        {
            private readonly Gate[] _locks = [new(), new(), new()];
            public int Count()
            {
                foreach (Gate gate in _locks) gate.Enter();
                int count = 3;
                foreach (Gate gate in _locks) gate.Exit();
                return count;
            }
            public int CountIndexed()
            {
                for (int i = 0; i < _locks.Length; i++) _locks[i].Enter();
                int count = 3;
                for (int i = _locks.Length - 1; i >= 0; i--) _locks[i].Exit();
                return count;
            }
        }
        """);

    [Fact]
    public Task AllStripesNeverReleased_Flags() => FlagsTypes("""
        public sealed class StripedSet
        {
            private readonly Gate[] _locks = [new(), new(), new()];
            public int Count()
            {
                foreach (Gate gate in _locks) gate.Enter();
                return 3; // MML1006
            }
        }
        """);

    [Fact]
    public Task TwoAccountsOrderedByNumber_IsSilent() => SilentTypes("""
        [assembly: LockNesting("Account.Gate", Nesting.Ascending, "Id")]
        public sealed class Account
        {
            public required int Id { get; init; }
            [Lock(LockKind.Mutex)] public Gate Gate { get; } = new();
            [GuardedBy(nameof(Gate))] public decimal Balance;
        }
        public static class Bank
        {
            public static void Transfer(Account from, Account to, decimal amount)
            {
                if (from == to) return;
                Account first = from.Id < to.Id ? from : to;
                Account second = from.Id < to.Id ? to : from;
                first.Gate.Enter();
                second.Gate.Enter();
                from.Balance -= amount;
                to.Balance += amount;
                second.Gate.Exit();
                first.Gate.Exit();
            }
        }
        """);

    [Fact]
    public Task TwoAccountsSwapped_IsSilent() => SilentTypes("""
        public sealed class Account
        {
            public readonly object Gate = new();
            [GuardedBy(nameof(Gate))] public decimal Balance;
            public required int Id { get; init; }
            public static void Transfer(Account from, Account to, decimal amount)
            {
                Account first = from, second = to;
                if (from.Id > to.Id) (first, second) = (to, from);
                lock (first.Gate)
                lock (second.Gate)
                {
                    from.Balance -= amount;
                    to.Balance += amount;
                }
            }
        }
        """);

    [Fact]
    public Task TwoAccountsOneLocked_Flags() => FlagsTypes("""
        public sealed class Account
        {
            public readonly object Gate = new();
            [GuardedBy(nameof(Gate))] public decimal Balance;
            public static void Transfer(Account from, Account to, decimal amount)
            {
                lock (from.Gate)
                {
                    from.Balance -= amount;
                    to.Balance += amount; // MML1009
                }
            }
        }
        """);

    [Fact]
    public Task TakenOnesInAStack_IsSilent() => SilentTypes("""
        public sealed class Batch
        {
            public void Run(List<Node> nodes)
            {
                var taken = new Stack<Node>();
                try
                {
                    foreach (Node node in nodes)
                    {
                        node.Gate.Enter();
                        taken.Push(node);
                    }
                }
                finally
                {
                    while (taken.Count > 0) taken.Pop().Gate.Exit();
                }
            }
        }
        """);
}
