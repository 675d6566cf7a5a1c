using System.Threading.Tasks;

namespace AnalyzerTests.Themes;

/// <summary>Locks of arrays and lists: by index, by element, one at a time and all together.</summary>
public sealed class Collections : ThemeTests
{
    [Fact]
    public Task OneElementByIndex_IsSilent() => Silent("""
        public static void Run(Node[] nodes, int i) { nodes[i].Gate.Enter(); nodes[i].Value++; nodes[i].Gate.Exit(); }
        """);

    [Fact]
    public Task ElementHeldInALocal_IsSilent() => Silent("""
        public static void Run(Node[] nodes) { for (int i = 0; i < nodes.Length; i++) { var node = nodes[i]; node.Gate.Enter(); nodes[i].Value++; node.Gate.Exit(); } }
        """);

    [Fact]
    public Task OtherIndex_Flags() => Flags("""
        public static void Run(Node[] nodes, int i, int j)
        {
            nodes[i].Gate.Enter();
            nodes[j].Value++; // MML1009
            nodes[i].Gate.Exit();
        }
        """);

    [Fact]
    public Task OtherIndexKnownToBeEqual_IsSilent() => Silent("""
        public static void Run(Node[] nodes, int i, int j) { if (i != j) return; nodes[i].Gate.Enter(); nodes[j].Value++; nodes[j].Gate.Exit(); }
        """);

    [Fact]
    public Task IndexMovesOnWhileHeld_Flags() => Flags("""
        public static void Run(Node[] nodes, int i)
        {
            nodes[i].Gate.Enter();
            i++;
            nodes[i].Value++; // MML1009
        } // MML1006
        """);

    [Fact]
    public Task ElementReplacedWhileHeld_Flags() => Flags("""
        public static void Run(Node[] nodes, Node other, int i)
        {
            var old = nodes[i];
            old.Gate.Enter();
            nodes[i] = other;
            nodes[i].Value++; // MML1009
            old.Value++;
            old.Gate.Exit();
        }
        """);

    [Fact]
    public Task EachInItsRound_IsSilent() => Silent("""
        public static void Run(List<Node> nodes) { foreach (var node in nodes) { node.Gate.Enter(); node.Value++; node.Gate.Exit(); } }
        """);

    [Fact]
    public async Task EachWithoutItsLock_Flags() => await Verify.Flags(InSubject("""
        public static void Run(List<Node> nodes)
        {
            foreach (var node in nodes) node.Value++; // MML1009
        }
        """)).WithSource("Locks.cs", Declarations).WithMessage("writing 'node.Value' needs exclusive(node.Gate), which is not held");

    [Fact]
    public Task EachByIndexWithoutItsLock_Flags() => Flags("""
        public static void Run(Node[] nodes)
        {
            for (int i = 0; i < nodes.Length; i++) nodes[i].Value++; // MML1009
        }
        """);

    [Fact]
    public Task EachSkippedWhileHeld_Flags() => Flags("""
        public static void Run(List<Node> nodes)
        {
            foreach (var node in nodes)
            {
                node.Gate.Enter();
                if (node.Value > 3) continue;
                node.Gate.Exit();
            }
        } // MML1006
        """);

    [Fact]
    public Task AllByIndex_IsSilent() => Silent("""
        public static void Run(Node[] nodes)
        {
            for (int i = 0; i < nodes.Length; i++) nodes[i].Gate.Enter();
            for (int i = 0; i < nodes.Length; i++) nodes[i].Value++;
            for (int i = nodes.Length - 1; i >= 0; i--) nodes[i].Gate.Exit();
        }
        """);

    [Fact]
    public Task AllByElementWithFinally_IsSilent() => Silent("""
        public static void Run(List<Node> nodes)
        {
            foreach (var node in nodes) node.Gate.Enter();
            try { foreach (var node in nodes) node.Value++; }
            finally { foreach (var node in nodes) node.Gate.Exit(); }
        }
        """);

    [Fact]
    public Task AllMonitorsOfAnArray_IsSilent() => Silent("""
        private readonly object[] _locks = new object[4];
        public void Run()
        {
            int taken = 0;
            try { for (; taken < _locks.Length; taken++) Monitor.Enter(_locks[taken]); }
            finally { for (int i = 0; i < taken; i++) Monitor.Exit(_locks[i]); }
        }
        """);

    [Fact]
    public Task AllAndNeverReleased_Flags() => Flags("""
        public static void Run(List<Node> nodes)
        {
            foreach (var node in nodes) node.Gate.Enter();
            Work();
        } // MML1006
        """);

    [Fact]
    public Task AllReleasedWithoutBeingTaken_Flags() => Flags("""
        public static void Run(List<Node> nodes)
        {
            foreach (var node in nodes) node.Gate.Exit(); // MML1005
        }
        """);

    [Fact]
    public Task UsedBeforeAllAreTaken_Flags() => Flags("""
        public static void Run(List<Node> nodes)
        {
            nodes[0].Value++; // MML1009
            foreach (var node in nodes) node.Gate.Enter();
            foreach (var node in nodes) node.Gate.Exit();
        }
        """);

    [Fact]
    public Task TakenOnAStackAndReleasedFromIt_IsSilent() => Silent("""
        private static extern Node? After(Node node);
        public static void Run(Node first)
        {
            var held = new Stack<Node>();
            for (Node? node = first; node != null && held.Count < 3; node = After(node)) { node.Gate.Enter(); held.Push(node); }
            while (held.Count > 0) held.Pop().Gate.Exit();
        }
        """);

    [Fact]
    public Task HandOverHand_IsSilent() => Silent("""
        public static void Run(Node first)
        {
            first.Gate.Enter();
            var node = first;
            while (node.Next is { } next)
            {
                next.Gate.Enter();
                node.Gate.Exit();
                node = next;
            }
            node.Value++;
            node.Gate.Exit();
        }
        """);

    [Fact]
    public Task HandOverHandLettingGoTooEarly_Flags() => Flags("""
        public static void Run(Node first)
        {
            first.Gate.Enter();
            var node = first;
            while (node.Next is { } next)
            {
                node.Gate.Exit();
                next.Value++; // MML1009
                next.Gate.Enter();
                node = next;
            }
            node.Gate.Exit();
        }
        """);

    [Fact]
    public Task SmallerFirstByChoice_IsSilent() => SilentTypes("""
        public sealed class Account
        {
            public readonly object Gate = new();
            public required int Id { get; init; }
            [GuardedBy(nameof(Gate))] private decimal _balance;
            public static void Move(Account from, Account to, decimal amount)
            {
                if (from == to) return;
                var first = from.Id < to.Id ? from : to;
                var second = from.Id < to.Id ? to : from;
                lock (first.Gate)
                lock (second.Gate)
                {
                    from._balance -= amount;
                    to._balance += amount;
                }
            }
        }
        """);

    [Fact]
    public Task SmallerFirstByChoiceAndOneForgotten_Flags() => FlagsTypes("""
        public sealed class Account
        {
            public readonly object Gate = new();
            public required int Id { get; init; }
            [GuardedBy(nameof(Gate))] private decimal _balance;
            public static void Move(Account from, Account to, decimal amount)
            {
                var first = from.Id < to.Id ? from : to;
                lock (first.Gate)
                {
                    from._balance -= amount; // MML1009
                    to._balance += amount; // MML1009
                }
            }
        }
        """);
}
