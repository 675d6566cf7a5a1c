using System.Threading.Tasks;

namespace AnalyzerTests.Themes;

/// <summary>A lambda that the callee invokes before it returns is part of the method that passes it.</summary>
public sealed class InvokedNow : ThemeTests
{
    private const string Helpers = """
        public static extern void Each<T>(List<T> items, [InvokedNow] Action<T> visit);
        public static extern void Repeat([InvokedNow] Action action);
        public static extern void Once([InvokedNow(Once = true)] Action action);

        """;

    [Fact]
    public Task UsesWhatTheCallerHolds_IsSilent() => Silent(Helpers + """
        [MustHold("_gate")] public void Run(List<int> items) => Each(items, item => _count += item);
        """);

    [Fact]
    public Task UsesWhatTheCallerDoesNotHold_Flags() => Flags(Helpers + """
        public void Run(List<int> items) => Each(items, item => _count += item); // MML1009
        """);

    [Fact]
    public Task PassedElsewhere_Flags() => Flags("""
        public static extern void Each<T>(List<T> items, Action<T> visit);
        [MustHold("_gate")] public void Run(List<int> items) => Each(items, item => _count += item); // MML1009
        """);

    [Fact]
    public Task InsideALockStatement_IsSilent() => SilentTypes("""
        public sealed class Table
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private int _sum;
            public void Add(List<int> items) { lock (_gate) items.ForEach(item => _sum += item); }
        }
        """);

    [Fact]
    public Task AfterTheLockStatement_Flags() => FlagsTypes("""
        public sealed class Table
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private int _sum;
            public void Add(List<int> items)
            {
                lock (_gate) _sum = 0;
                items.ForEach(item => _sum += item); // MML1009
            }
        }
        """);

    [Fact]
    public Task ReleasesWhatTheCallerHolds_Flags() => Flags(Helpers + """
        public void Run()
        {
            _gate.Enter();
            Once(() => _gate.Exit());
            _count++; // MML1009
        }
        """);

    [Fact]
    public Task ReleasesOnceWhatTheCallerHolds_IsSilent() => Silent(Helpers + """
        public void Run()
        {
            _gate.Enter();
            Once(() => { _count++; _gate.Exit(); });
        }
        """);

    [Fact]
    public Task TakesOnceForTheCaller_IsSilent() => Silent(Helpers + """
        public void Run()
        {
            Once(() => _gate.Enter());
            _count++;
            _gate.Exit();
        }
        """);

    [Fact]
    public Task TakesPerhapsNever_Flags() => Flags(Helpers + """
        public void Run()
        {
            Repeat(() =>
                _gate.Enter()); // MML1004
            _count++;
            _gate.Exit();
        }
        """);

    [Fact]
    public Task ReleasesEachTimeItRuns_Flags() => Flags(Helpers + """
        public void Run()
        {
            _gate.Enter();
            Repeat(() => _gate.Exit()); // MML1005
        } // MML1006
        """);

    [Fact]
    public Task LeaksFromTheLambda_Flags() => Flags(Helpers + """
        public void Run()
        {
            Once(() => _gate.Enter());
        } // MML1006
        """);

    [Fact]
    public Task TakesAndReleasesInside_IsSilent() => Silent(Helpers + """
        public void Run(List<int> items) => Each(items, item => { _gate.Enter(); _count += item; _gate.Exit(); });
        """);

    [Fact]
    public Task TakesInsideWhatTheCallerHolds_Flags() => Flags(Helpers + """
        [MustHold("_gate")] public void Run(List<int> items) => Each(items, item =>
        {
            _gate.Enter(); // MML1004
            _count += item;
            _gate.Exit();
        });
        """);

    [Fact]
    public Task SetsACapturedFlagThatTellsWhatIsHeld_IsSilent() => Silent(Helpers + """
        public void Run()
        {
            bool taken = false;
            Once(() => taken = _gate.TryEnter());
            if (!taken) return;
            _count++;
            _gate.Exit();
        }
        """);

    [Fact]
    public Task SetsACapturedFlagInSomeRound_IsSilent() => Silent(Helpers + """
        public void Run(List<int> items)
        {
            bool taken = false;
            Each(items, item =>
            {
                if (taken) return;
                _gate.Enter();
                taken = true;
            });
            if (taken) _gate.Exit();
        }
        """);

    [Fact]
    public Task FactKnownBeforeTheCall_IsSilent() => Silent(Helpers + """
        [Requires("node != null")] public static extern void Use(Node? node);
        public static void Run(List<int> items, Node? node)
        {
            if (node == null) return;
            Each(items, item => Use(node));
        }
        """);

    [Fact]
    public Task CapturedLocalChangesInTheLambda_Flags() => Flags(Helpers + """
        [Requires("node != null")] public static extern void Use(Node? node);
        public static void Run(List<int> items, Node? node)
        {
            if (node == null) return;
            Each(items, item =>
            {
                Use(node); // MML1015
                node = null;
            });
        }
        """);

    [Fact]
    public Task FreshObjectCapturedByIt_IsSilent() => Silent(Helpers + """
        public static Node Sum(List<int> items)
        {
            var node = new Node();
            Each(items, item => node.Value += item);
            node.Value++;
            return node;
        }
        """);

    [Fact]
    public Task FreshObjectPublishedByIt_Flags() => Flags(Helpers + """
        public static List<Node> s_nodes = [];
        public static void Sum(List<int> items)
        {
            var node = new Node();
            Each(items, item => s_nodes.Add(node));
            node.Value++; // MML1009
        }
        """);

    [Fact]
    public Task NestedLambdas_IsSilent() => Silent(Helpers + """
        [MustHold("_gate")] public void Run(List<List<int>> rows) => Each(rows, row => Each(row, item => _count += item));
        """);

    [Fact]
    public Task NestedLambdaThatRunsLater_Flags() => Flags(Helpers + """
        public static extern void Later(Action action);
        [MustHold("_gate")] public void Run(List<int> items) => Each(items, item => Later(() => _count += item)); // MML1009
        """);

    [Fact]
    public Task LocalFunctionInsideIt_IsSilent() => Silent(Helpers + """
        [MustHold("_gate")] public void Run(List<int> items) => Each(items, item =>
        {
            Add(item);
            void Add(int more) => _count += more;
        });
        """);

    [Fact]
    public Task MethodGroupThatNeedsTheLock_IsSilent() => Silent(Helpers + """
        [MustHold("_gate")] private void Add(int item) => _count += item;
        [MustHold("_gate")] public void Run(List<int> items) => Each(items, Add);
        """);

    [Fact]
    public Task MethodGroupThatNeedsTheLock_Flags() => Flags(Helpers + """
        [MustHold("_gate")] private void Add(int item) => _count += item;
        public void Run(List<int> items) => Each(items, Add); // MML1001
        """);

    [Fact]
    public Task MethodGroupWhoseNeedIsInferred_IsSilent() => Silent(Helpers + """
        private void Add(int item) => _count += item;
        [MustHold("_gate")] public void Run(List<int> items) => Each(items, Add);
        """);

    [Fact]
    public Task MethodGroupWhoseNeedIsInferred_Flags() => Flags(Helpers + """
        private void Add(int item) => _count += item;
        public void Run(List<int> items) => Each(items, Add); // MML1001
        """);

    [Fact]
    public Task MethodGroupWithAnInferredNeedThatRunsLater_Flags() => Flags("""
        public static extern void Later(Action action);
        private void Add() => _count++;
        [MustHold("_gate")] public void Run() { Add(); Later(Add); } // MML0004
        """);

    [Fact]
    public Task LocalFunctionThatRunsLater_Flags() => Flags("""
        public static extern void Later(Action action);
        [MustHold("_gate")] public void Run()
        {
            Add();
            Later(Add); // MML0004
            void Add() => _count++;
        }
        """);

    [Fact]
    public Task LocalFunctionInvokedNow_IsSilent() => Silent(Helpers + """
        [MustHold("_gate")] public void Run(List<int> items)
        {
            Each(items, Add);
            void Add(int item) => _count += item;
        }
        """);

    [Fact]
    public Task CalleeHoldsALockOfItsOwnForIt_IsSilent() => Silent("""
        public extern void Under([InvokedNow(Once = true), MustHold("_gate")] Action action);
        public void Run() { _rw.EnterRead(); Under(() => _count = _table); _rw.ExitRead(); }
        """);

    [Fact]
    public Task WhatTheCalleeHeldIsGoneAfterwards_Flags() => Flags("""
        public extern void Under([InvokedNow(Once = true), MustHold("_gate")] Action action);
        public void Run()
        {
            Under(() => _count = 1);
            _count = 2; // MML1009
        }
        """);

    [Fact]
    public Task DelegateTypeSaysWhatIsHeld_IsSilent() => Silent("""
        [MustHold("node.Gate")] public delegate void Visit(Node node);
        public static extern void Walk([InvokedNow] Visit visit);
        [MustHold("_gate")] public void Run() => Walk(node => _count += node.Value);
        """);

    [Fact]
    public Task CalleeDropsTheCallersLock_Flags() => Flags("""
        [MustHold("_gate"), Releases("_gate"), Acquires("_gate")] public extern void Outside([InvokedNow] Action action);
        [MustHold("_gate"), Releases("_gate"), Acquires("_gate")] public void Run() => Outside(() => _count++); // MML1009
        """);

    [Fact]
    public Task DelegateHandedOn_IsSilent() => Silent(Helpers + """
        public void Run(List<int> items, [InvokedNow, MustHold("_gate")] Action<int> visit) { _gate.Enter(); Each(items, visit); _gate.Exit(); }
        """);

    [Fact]
    public Task DelegateHandedOnWithoutItsLock_Flags() => Flags(Helpers + """
        public void Run(List<int> items, [InvokedNow, MustHold("_gate")] Action<int> visit)
        {
            Each(items, visit); // MML1001
        }
        """);

    [Fact]
    public Task InheritedFromTheInterface_IsSilent() => Silent("""
        public interface ITable { void Each([InvokedNow] Action<int> visit); }
        public sealed class Table : ITable { public extern void Each(Action<int> visit); }
        [MustHold("_gate")] public void Run(Table table) => table.Each(item => _count += item);
        """);

    [Fact]
    public Task ThrowInsideReachesTheCallersHandler_IsSilent() => Silent(Helpers + """
        public void Run(List<int> items)
        {
            _gate.Enter();
            try { Each(items, item => { if (item < 0) throw new InvalidOperationException(); _count += item; }); }
            finally { _gate.Exit(); }
        }
        """);

    [Fact]
    public Task ThrowInsideLeaksTheCallersLock_Flags() => Flags(Helpers + """
        public void Run(List<int> items)
        {
            _gate.Enter();
            Each(items, item =>
            {
                if (item < 0) throw new InvalidOperationException(); // MML1006
                _count += item;
            });
            _gate.Exit();
        }
        """);

    [Fact]
    public Task ConditionalArgumentBesideIt_IsSilent() => Silent(Helpers + """
        public static extern void Each2([InvokedNow] Action<int> visit, List<int> items);
        [MustHold("_gate")] public void Run(List<int>? some, List<int> others) => Each2(item => _count += item, some ?? others);
        """);

    [Fact]
    public Task NeedOfAPrivateHelperComesFromItsLambda_Flags() => Flags(Helpers + """
        private void Sum(List<int> items) => Each(items, item => _count += item);
        public void Run(List<int> items) => Sum(items); // MML1001
        """);

    [Fact]
    public Task NeedOfAPrivateHelperComesFromItsLambda_IsSilent() => Silent(Helpers + """
        private void Sum(List<int> items) => Each(items, item => _count += item);
        [MustHold("_gate")] public void Run(List<int> items) => Sum(items);
        """);

    [Fact]
    public Task LockOfTheItemDoesNotOutliveItsRound_Flags() => Flags(Helpers + """
        public static void Run(List<Node> nodes)
        {
            Each(nodes, node =>
            {
                node.Gate.Enter();
                node.Value++;
                if (node.Value > 3) return;
                node.Gate.Exit();
            });
        } // MML1006
        """);

    [Fact]
    public Task SleepsInsideAnAtomicLock_Flags() => Flags(Helpers + """
        [MaySleep] public extern void Rest();
        public void Run()
        {
            _spin.Enter();
            Once(() => Rest()); // MML1012
            _spin.Exit();
        }
        """);

    [Theory]
    [InlineData("items.ForEach(item => _sum += item)")]
    [InlineData("items.Exists(item => item == _sum)")]
    [InlineData("items.RemoveAll(item => item == _sum)")]
    [InlineData("items.Sort((left, right) => left + _sum - right)")]
    [InlineData("Array.ForEach(items.ToArray(), item => _sum += item)")]
    [InlineData("Array.Find(items.ToArray(), item => item == _sum)")]
    [InlineData("items.Any(item => item == _sum)")]
    [InlineData("items.All(item => item == _sum)")]
    [InlineData("items.First(item => item == _sum)")]
    [InlineData("items.LastOrDefault(item => item == _sum)")]
    [InlineData("items.Count(item => item == _sum)")]
    [InlineData("items.Sum(item => item + _sum)")]
    [InlineData("items.Max(item => item + _sum)")]
    [InlineData("items.Aggregate(0, (total, item) => total + item + _sum)")]
    [InlineData("items.ToDictionary(item => item + _sum)")]
    [InlineData("_map.GetOrAdd(1, key => key + _sum)")]
    [InlineData("_map.AddOrUpdate(1, key => key + _sum, (key, old) => old + _sum)")]
    [InlineData("string.Create(4, 0, (span, state) => span.Fill((char)_sum))")]
    [InlineData("SpinWait.SpinUntil(() => _sum > 0)")]
    public async Task FrameworkMethodThatInvokesNow(string call)
    {
        string type = "using System.Linq; using System.Collections.Concurrent; public sealed class Table { private readonly object _gate = new(); private readonly ConcurrentDictionary<int, int> _map = new(); "
            + "[GuardedBy(nameof(_gate))] private int _sum; public void Run(List<int> items) { ";
        await SilentTypes(type + "lock (_gate) " + call + "; } }");
        await FlagsTypes(type + "\n" + call + "; // " + (call.Contains("+=", System.StringComparison.Ordinal) ? "MML1009" : "MML1008") + "\n} }");
    }

    [Theory]
    [InlineData("items.Where(item => item == _sum)")]
    [InlineData("items.Select(item => item + _sum)")]
    [InlineData("items.OrderBy(item => item + _sum)")]
    [InlineData("Task.Run(() => _sum)")]
    [InlineData("new Lazy<int>(() => _sum)")]
    public Task FrameworkMethodThatInvokesLater(string call) => FlagsTypes(
        "using System.Linq; public sealed class Table { private readonly object _gate = new(); [GuardedBy(nameof(_gate))] private int _sum;\npublic object Run(List<int> items) { lock (_gate) return " + call + "; } // MML1008\n}");

    [Theory]
    [InlineData("return _items.Where(x => x > _least).Select(x => x + _least).OrderBy(x => x % _least).ToList();")]
    [InlineData("int sum = 0; foreach (var x in _items.Where(x => x > _least)) sum += x; return sum;")]
    [InlineData("return string.Join(',', _items.Where(x => x > _least));")]
    [InlineData("int[] all = [.. _items.Where(x => x > _least)]; return all;")]
    [InlineData("var some = _items.Where(x => x > _least); var fewer = some.Skip(1); return fewer.ToList();")]
    [InlineData("return _items.GroupBy(x => x % _least).ToDictionary(g => g.Key, g => g.Sum(x => x + _least));")]
    [InlineData("return _items.Where(IsGood).ToList();")]
    [InlineData("var all = new List<int>(); all.AddRange(_items.Where(x => x > _least)); return all;")]
    [InlineData("return new List<int>(from x in _items where x > _least orderby x + _least select x * _least);")]
    public Task SequenceEnumeratedInTheSameBody_IsSilent(string body) => SilentTypes(Sequences + "public object Run() { lock (_gate) { " + body + " } } }");

    [Theory]
    [InlineData("lock (_gate) return _items.Where(x => x > _least);")]
    [InlineData("var some = _items.Where(x => x > _least); return some.ToList();")]
    [InlineData("lock (_gate) return _items.AsParallel().Sum(x => x + _least);")]
    [InlineData("lock (_gate) return Task.Run(() => _items.Where(x => x > _least).ToList());")]
    public Task SequenceEnumeratedElsewhere_Flags(string body) => FlagsTypes(Sequences + "public object Run()\n{\n" + body + " // MML1008\n} }");

    [Fact]
    public Task SequenceEnumeratedUnderTheLockThatItsMakerDidNotHold_IsSilent() => SilentTypes(Sequences + """
        public List<int> Run()
        {
            var some = new List<int>().Where(x => x > _least);
            lock (_gate) return some.ToList();
        } }
        """);

    private const string Sequences = """
        using System.Linq;
        public sealed class Table
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private int _least;
            private readonly List<int> _items = [];
            private bool IsGood(int x) => x > _least;
            public bool Has(int x) { lock (_gate) return IsGood(x); }

        """;

    [Fact]
    public Task LocalThatHoldsALambda_IsSilent() => Silent("""
        public int Run()
        {
            Func<int, int> add = x => _count += x;
            _gate.Enter();
            int sum = add(1) + add(2);
            _gate.Exit();
            return sum;
        }
        """);

    [Fact]
    public Task LocalThatHoldsALambda_Flags() => Flags("""
        public void Run()
        {
            Action add = () => _count++; // MML1009
            add();
        }
        """);

    [Fact]
    public Task LocalThatLetsItsLambdaOut_Flags() => Flags("""
        [MustHold("_gate")] public Action Run()
        {
            Action add = () => _count++; // MML1009
            add();
            return add;
        }
        """);

    [Fact]
    public Task LocalsThatTakeAndRelease_IsSilent() => Silent("""
        public void Run()
        {
            Action enter = () => _gate.Enter();
            Action exit = () => _gate.Exit();
            enter();
            _count++;
            exit();
        }
        """);

    [Theory]
    [InlineData("ArgumentNullException.ThrowIfNull(action); action();")]
    [InlineData("if (action != null) action.Invoke();")]
    [InlineData("action?.Invoke();")]
    [InlineData("(action ?? throw new InvalidOperationException())();")]
    [InlineData("new List<int>().ForEach(_ => action());")]
    [InlineData("Action same = action; same();")]
    [InlineData("Run(action);")]
    public Task DelegateInvokedOrTested_IsSilent(string body) => Silent("public static void Run([InvokedNow] Action action) { " + body + " }");

    [Theory]
    [InlineData("s_kept = action;")]
    [InlineData("Task.Run(action);")]
    [InlineData("s_kept = () => action();")]
    [InlineData("Kept += action;")]
    [InlineData("var all = new List<Action> { action };")]
    public Task DelegateKept_Flags(string body) => Flags("public static Action? s_kept; public static event Action? Kept;\npublic static void Run([InvokedNow] Action action)\n{\n" + body + " // MML1022\n}");

    [Fact]
    public async Task ContractFileSaysIt_IsSilent() => await Verify.Silent(InSubject("""
        [MustHold("_gate")] public void Run(Vendor vendor) => vendor.Each(item => _count += item);
        """)).WithSource("Locks.cs", Declarations).Referencing("public class Vendor { public void Each(Action<int> visit) { } }", "Vendor")
        .WithFile("Vendor.lockcontracts", "M:Vendor.Each(..) = visit: InvokedNow");

    [Theory]
    [InlineData("M:Vendor.Each(..) = viist: InvokedNow")]
    [InlineData("M:Vendor.Eahc(..) = visit: InvokedNow")]
    [InlineData("M:Vendor.Each(..) = visit: GuardedBy(\"visit\")")]
    [InlineData("M:Vendor.Each(..) = visit: InvokedNow(Twice = true)")]
    public async Task ContractFileLineAboutAParameterThatIsWrong_Flags(string line) => await Verify.Flags("")
        .Referencing("public class Vendor { public void Each(Action<int> visit) { } }", "Vendor").WithFile("Vendor.lockcontracts", "{|MML0008:" + line + "|}");

    [Fact]
    public Task ExtensionThatHoldsTheLockForWhatItInvokes_Flags() => FlagsTypes("""
        public static class Locking
        {
            public static T Locked<T>(this object gate, [InvokedNow(Once = true), MustHold("gate")] Func<T> function) { lock (gate) return function(); }
            public static void Locked(this object gate, [InvokedNow(Once = true), MustHold("gate")] Action action) { lock (gate) action(); }
        }
        public sealed class Visits
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private int _count;
            public int Add() => _gate.Locked(() => ++_count);
            public void Reset() => _gate.Locked(ResetCore);
            private void ResetCore() => _count = 0;
            public int Take(Visits other) => _gate.Locked(() => other._count); // MML1008
        }
        """);

    [Theory]
    [InlineData("action();")]
    [InlineData("if (Coin()) action(); else { Work(); action.Invoke(); }")]
    [InlineData("if (Coin()) throw new Exception(); action();")]
    [InlineData("try { action(); } finally { Work(); }")]
    [InlineData("Once(action);")]
    [InlineData("Once(() => action());")]
    [InlineData("bool first = Coin(); if (first) action(); Work(); if (!first) action();")]
    [InlineData("while (true) { if (Coin()) { action(); return; } }")]
    public Task InvokedExactlyOnce_IsSilent(string body) => Silent(Helpers + "public static void Run([InvokedNow(Once = true)] Action action)\n{\n" + body + "\n}");

    [Theory]
    [InlineData("action?.Invoke();")]
    [InlineData("if (action != null) action();")]
    [InlineData("if (action is null) return; action();")]
    public Task InvokedOnceUnlessNull_IsSilent(string body) => Silent(Helpers + "public static void Run([InvokedNow(Once = true)] Action? action)\n{\n" + body + "\n}");

    [Theory]
    [InlineData("action();\naction(); // MML1022")]
    [InlineData("if (Coin()) action();\nWork();\naction(); // MML1022")]
    [InlineData("action();\nwhile (Coin())\naction(); // MML1022")]
    [InlineData("try { action(); }\ncatch (Exception) {\naction(); // MML1022\n}")]
    [InlineData("Once(action);\naction(); // MML1022")]
    [InlineData("Repeat(action); // MML1022")]
    [InlineData("if (Coin())\nreturn; // MML1022\naction();")]
    public Task InvokedTwiceOrPerhapsNot_Flags(string body) => Flags(Helpers + "public static void Run([InvokedNow(Once = true)] Action action)\n{\n" + body + "\n}");

    [Theory]
    [InlineData("if (Coin()) action();")]
    [InlineData("foreach (int item in new int[3]) { action(); break; }")]
    public Task NeverInvokedOnSomePath_Flags(string body) => Flags(Helpers + "public static void Run([InvokedNow(Once = true)] Action action)\n{\n" + body + "\n} // MML1022");

    [Fact]
    public Task AnyNumberOfTimesIsHeldToNothing_IsSilent() => Silent("""
        public static void Run([InvokedNow] Action action)
        {
            if (Coin()) { action(); action(); }
        }
        """);

    [Theory]
    [InlineData("public static void Run([InvokedNow(Once = true)] Action action) { } // MML1022")]
    [InlineData("public static int Run([InvokedNow(Once = true)] Func<int> function) => 3; // MML1022")]
    [InlineData("public static void Run() { Inner(static () => { }); static void Inner([InvokedNow(Once = true)] Action action) { } } // MML1022")]
    public Task NeverMentioned_Flags(string member) => Flags(member);

    [Theory]
    [InlineData("public static void Run([InvokedNow] Action action) { }")]
    [InlineData("public static void Run(Action action) { }")]
    [InlineData("public static extern void Run([InvokedNow(Once = true)] Action action);")]
    [InlineData("public static void Run([InvokedNow(Once = true)] Action action) => throw new NotSupportedException();")]
    public Task NeverMentionedAndNotPromised_IsSilent(string member) => Silent(member);
}
