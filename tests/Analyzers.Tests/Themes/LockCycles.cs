using System;
using System.Threading.Tasks;

namespace AnalyzerTests.Themes;

/// <summary>Orders that contradict each other, however many functions and calls apart.</summary>
public sealed class LockCycles : ThemeTests
{
    [Fact]
    public Task TwoFunctionsInOppositeOrder_Flags() => FlagsTypes("""
        public sealed class Bank
        {
            public readonly Gate First = new();
            public readonly Gate Second = new();
            public void Forth() { First.Enter(); Second.Enter(); Second.Exit(); First.Exit(); } // MML1020
            public void Back() { Second.Enter(); First.Enter(); First.Exit(); Second.Exit(); }
        }
        """);

    [Fact]
    public Task OneOrderEverywhere_IsSilent() => SilentTypes("""
        public sealed class Bank
        {
            public readonly Gate First = new();
            public readonly Gate Second = new();
            public void Forth() { First.Enter(); Second.Enter(); Second.Exit(); First.Exit(); }
            public void Again() { First.Enter(); Second.Enter(); First.Exit(); Second.Exit(); }
        }
        """);

    [Fact]
    public Task OneAfterTheOther_IsSilent() => SilentTypes("""
        public sealed class Bank
        {
            public readonly Gate First = new();
            public readonly Gate Second = new();
            public void Forth() { First.Enter(); First.Exit(); Second.Enter(); Second.Exit(); }
            public void Back() { Second.Enter(); Second.Exit(); First.Enter(); First.Exit(); }
        }
        """);

    [Fact]
    public Task ThroughCalls_Flags() => FlagsTypes("""
        public sealed class Bank
        {
            public readonly Gate First = new();
            public readonly Gate Second = new();
            public void Forth()
            {
                First.Enter();
                Middle(); // MML1020
                First.Exit();
            }
            public void Middle() => Inner();
            public void Inner() { Second.Enter(); Second.Exit(); }
            public void Back() { Second.Enter(); First.Enter(); First.Exit(); Second.Exit(); }
        }
        """);

    [Fact]
    public Task CalleeTakesItOnAnotherArgument_IsSilent() => SilentTypes("""
        public sealed class Bank
        {
            public readonly Gate First = new();
            public readonly Gate Second = new();
            public void Forth() { First.Enter(); Flush(wait: false); First.Exit(); }
            public void Flush(bool wait) { if (!wait) return; Second.Enter(); Second.Exit(); }
            public void Back() { Second.Enter(); First.Enter(); First.Exit(); Second.Exit(); }
        }
        """);

    [Fact]
    public Task CalleeTakesItOnThisArgument_Flags() => FlagsTypes("""
        public sealed class Bank
        {
            public readonly Gate First = new();
            public readonly Gate Second = new();
            public void Forth()
            {
                First.Enter();
                Flush(wait: true); // MML1020
                First.Exit();
            }
            public void Flush(bool wait) { if (!wait) return; Second.Enter(); Second.Exit(); }
            public void Back() { Second.Enter(); First.Enter(); First.Exit(); Second.Exit(); }
        }
        """);

    [Fact]
    public Task ConstructorTakesIt_Flags() => FlagsTypes("""
        public sealed class Bank
        {
            public readonly Gate First = new();
            public readonly Gate Second = new();
            public void Forth()
            {
                First.Enter();
                _ = new Teller(this); // MML1020
                First.Exit();
            }
            public void Back() { Second.Enter(); First.Enter(); First.Exit(); Second.Exit(); }
        }
        public sealed class Teller
        {
            public Teller(Bank bank) { bank.Second.Enter(); bank.Second.Exit(); }
        }
        """);

    [Fact]
    public Task LocalFunctionTakesIt_Flags() => FlagsTypes("""
        public sealed class Bank
        {
            public readonly Gate First = new();
            public readonly Gate Second = new();
            public void Forth()
            {
                First.Enter();
                Touch(); // MML1020
                First.Exit();
                void Touch() { Second.Enter(); Second.Exit(); }
            }
            public void Back() { Second.Enter(); First.Enter(); First.Exit(); Second.Exit(); }
        }
        """);

    [Fact]
    public Task ThroughRecursion_IsSilent() => SilentTypes("""
        public sealed class Bank
        {
            public readonly Gate First = new();
            public readonly Gate Second = new();
            public void Even(int depth)
            {
                First.Enter();
                Second.Enter();
                Second.Exit();
                First.Exit();
                if (depth > 0) Odd(depth - 1);
            }
            public void Odd(int depth) => Even(depth);
        }
        """);

    [Fact]
    public Task ThreeLocks_Flags() => FlagsTypes("""
        public sealed class Bank
        {
            public readonly Gate First = new();
            public readonly Gate Second = new();
            public readonly Gate Third = new();
            public void One() { First.Enter(); Second.Enter(); Second.Exit(); First.Exit(); } // MML1020
            public void Two() { Second.Enter(); Third.Enter(); Third.Exit(); Second.Exit(); }
            public void Three() { Third.Enter(); First.Enter(); First.Exit(); Third.Exit(); }
        }
        """);

    [Fact]
    public Task LockStatements_Flags() => FlagsTypes("""
        public sealed class Bank
        {
            private readonly object _first = new();
            private readonly System.Threading.Lock _second = new();
            public void Forth() { lock (_first) { lock (_second) { } } } // MML1020
            public void Back() { lock (_second) { lock (_first) { } } }
        }
        """);

    [Fact]
    public Task NeededLockIsTheOuterOne_Flags() => FlagsTypes("""
        public sealed class Bank
        {
            public readonly Gate First = new();
            public readonly Gate Second = new();
            [MustHold("First")] public void Forth() { Second.Enter(); Second.Exit(); } // MML1020
            [MustHold("Second")] public void Back() { First.Enter(); First.Exit(); }
        }
        """);

    [Fact]
    public Task AcrossTypesAndInstances_Flags() => FlagsTypes("""
        public sealed class Owner
        {
            public readonly Gate Gate = new();
            public void Close(Item item) { Gate.Enter(); item.Touch(); Gate.Exit(); } // MML1023
        }
        public sealed class Item
        {
            public readonly RwGate Rw = new();
            public void Touch() { Rw.EnterRead(); Rw.ExitRead(); }
            public void Detach(Owner owner) { Rw.EnterWrite(); owner.Gate.Enter(); owner.Gate.Exit(); Rw.ExitWrite(); }
        }
        """);

    [Fact]
    public Task SecondIsOnlyTried_IsSilent() => SilentTypes("""
        public sealed class Bank
        {
            public readonly Gate First = new();
            public readonly Gate Second = new();
            public void Forth() { First.Enter(); Second.Enter(); Second.Exit(); First.Exit(); }
            public void Back() { Second.Enter(); if (First.TryEnter()) First.Exit(); Second.Exit(); }
        }
        """);

    [Fact]
    public Task TriedLockIsTheOuterOne_Flags() => FlagsTypes("""
        public sealed class Bank
        {
            public readonly Gate First = new();
            public readonly Gate Second = new();
            public void Forth() { if (!First.TryEnter()) return; Second.Enter(); Second.Exit(); First.Exit(); } // MML1020
            public void Back() { Second.Enter(); First.Enter(); First.Exit(); Second.Exit(); }
        }
        """);

    [Fact]
    public Task TwoLocksOfOneClass_IsSilent() => SilentTypes("""
        public static class Move
        {
            public static void Between(Node from, Node to) { from.Gate.Enter(); to.Gate.Enter(); to.Gate.Exit(); from.Gate.Exit(); }
        }
        """);

    [Fact]
    public Task ReentrantLockTakenAgainInside_IsSilent() => SilentTypes("""
        public sealed class Bank
        {
            private readonly object _first = new();
            private readonly object _second = new();
            public void Forth() { lock (_first) { lock (_second) { Audit(); } } }
            public void Audit() { lock (_first) { } }
        }
        """);

    [Fact]
    public Task UnderACommonGate_IsSilent() => SilentTypes("""
        public sealed class Bank
        {
            public readonly Gate Outer = new();
            public readonly Gate First = new();
            public readonly Gate Second = new();
            public void Forth() { Outer.Enter(); First.Enter(); Second.Enter(); Second.Exit(); First.Exit(); Outer.Exit(); }
            public void Back() { Outer.Enter(); Second.Enter(); First.Enter(); First.Exit(); Second.Exit(); Outer.Exit(); }
        }
        """);

    [Fact]
    public Task UnderAGateThatIsShared_Flags() => FlagsTypes("""
        public sealed class Bank
        {
            public readonly RwGate Outer = new();
            public readonly Gate First = new();
            public readonly Gate Second = new();
            public void Forth() { Outer.EnterRead(); First.Enter(); Second.Enter(); Second.Exit(); First.Exit(); Outer.ExitRead(); } // MML1020
            public void Back() { Outer.EnterRead(); Second.Enter(); First.Enter(); First.Exit(); Second.Exit(); Outer.ExitRead(); }
        }
        """);

    [Fact]
    public Task DroppedBeforeTheCall_IsSilent() => SilentTypes("""
        public sealed class Bank
        {
            public readonly Gate First = new();
            public readonly Gate Second = new();
            public void Forth() { First.Enter(); First.Exit(); Inner(); }
            public void Inner() { Second.Enter(); Second.Exit(); }
            public void Back() { Second.Enter(); First.Enter(); First.Exit(); Second.Exit(); }
        }
        """);

    [Fact]
    public Task DroppedByTheCallee_IsSilent() => SilentTypes("""
        public sealed class Bank
        {
            public readonly Gate First = new();
            public readonly Gate Second = new();
            public void Forth() { First.Enter(); Leave(); }
            [Releases("First")] public void Leave() { First.Exit(); Second.Enter(); Second.Exit(); }
            public void Back() { Second.Enter(); First.Enter(); First.Exit(); Second.Exit(); }
        }
        """);

    [Fact]
    public Task UnpublishedObject_IsSilent() => SilentTypes("""
        public sealed class Bank
        {
            public readonly Gate Outer = new();
            public void Make() { var node = new Node(); node.Gate.Enter(); Outer.Enter(); Outer.Exit(); node.Gate.Exit(); }
            public void Use(Node node) { Outer.Enter(); node.Gate.Enter(); node.Gate.Exit(); Outer.Exit(); }
        }
        """);

    [Fact]
    public Task LambdaThatRunsLater_IsSilent() => SilentTypes("""
        public sealed class Bank
        {
            public readonly Gate First = new();
            public readonly Gate Second = new();
            public Action Forth() { First.Enter(); Action later = () => { Second.Enter(); Second.Exit(); }; First.Exit(); return later; }
            public void Back() { Second.Enter(); First.Enter(); First.Exit(); Second.Exit(); }
        }
        """);

    [Fact]
    public Task DeclaredOrderThroughAnUnlistedLock_Flags() => FlagsTypes("""
        [assembly: LockOrder("Bank.First", "Bank.Second")]
        public sealed class Bank
        {
            public readonly Gate First = new();
            public readonly Gate Second = new();
            public readonly Gate Other = new();
            public void One() { Second.Enter(); Other.Enter(); Other.Exit(); Second.Exit(); } // MML1020
            public void Two() { Other.Enter(); First.Enter(); First.Exit(); Other.Exit(); }
        }
        """);

    [Fact]
    public Task DeclaredOrderBrokenBehindACall_Flags() => FlagsTypes("""
        [assembly: LockOrder("Bank.First", "Bank.Second")]
        public sealed class Bank
        {
            public readonly Gate First = new();
            public readonly Gate Second = new();
            public void One()
            {
                Second.Enter();
                Inner(); // MML1020
                Second.Exit();
            }
            public void Inner() { First.Enter(); First.Exit(); }
        }
        """);

    [Fact]
    public Task DeclaredOrderBrokenInOneBodyIsToldOnce_Flags() => FlagsTypes("""
        [assembly: LockOrder("Bank.First", "Bank.Second")]
        public sealed class Bank
        {
            public readonly Gate First = new();
            public readonly Gate Second = new();
            public void One()
            {
                Second.Enter();
                First.Enter(); // MML1010
                First.Exit();
                Second.Exit();
            }
            public void Two() { First.Enter(); Second.Enter(); Second.Exit(); First.Exit(); }
        }
        """);

    [Fact]
    public Task SameNamesInTwoNamespaces_IsSilent() => SilentTypes("""
        namespace Here { public sealed class Bank { public readonly Gate First = new(); public readonly Gate Second = new();
            public void Run() { First.Enter(); Second.Enter(); Second.Exit(); First.Exit(); } } }
        namespace There { public sealed class Bank { public readonly Gate First = new(); public readonly Gate Second = new();
            public void Run() { Second.Enter(); First.Enter(); First.Exit(); Second.Exit(); } } }
        """);

    [Fact]
    public async Task MessageNamesTheCircle() => await Verify.Flags("""
        public sealed class Bank
        {
            private readonly object _first = new();
            private readonly object _second = new();
            public void Forth()
            {
                lock (_first)
                {
                    Inner(); // MML1020
                }
            }
            public void Inner() { lock ({|#taken:_second|}) { } }
            public void Back() { lock (_second) { lock ({|#back:_first|}) { } } }
        }
        """)
        .WithMessage("locks are taken in a circle: Bank._second inside Bank._first ('Forth' through 'Inner', Test.cs line 9); Bank._first inside Bank._second ('Back', Test.cs line 13)")
        .WithAdditionalLocations(0, "taken", "back");

    [Fact]
    public Task ThroughAnOverride_Flags() => FlagsTypes("""
        public abstract class Sink { public abstract void Write(); }
        public sealed class File : Sink
        {
            public readonly object Gate = new();
            public Pipe? Pipe;
            public override void Write() { lock (Gate) { } }
            public void Go() { lock (Gate) Pipe!.Push(); } // MML1023
        }
        public sealed class Pipe
        {
            private readonly object _gate = new();
            public Sink? Sink;
            public void Push() { lock (_gate) { } }
            public void Flush() { lock (_gate) Sink!.Write(); }
        }
        """);

    [Fact]
    public Task ThroughAnOverrideThatTakesNothing_IsSilent() => SilentTypes("""
        public abstract class Sink { public abstract void Write(); }
        public sealed class File : Sink
        {
            public readonly object Gate = new();
            public Pipe? Pipe;
            public override void Write() { }
            public void Go() { lock (Gate) Pipe!.Push(); }
        }
        public sealed class Pipe
        {
            private readonly object _gate = new();
            public Sink? Sink;
            public void Push() { lock (_gate) { } }
            public void Flush() { lock (_gate) Sink!.Write(); }
        }
        """);

    [Fact]
    public Task ThroughAnInterface_Flags() => FlagsTypes("""
        public interface ISink { void Write(); }
        public sealed class File : ISink
        {
            public readonly object Gate = new();
            public Pipe? Pipe;
            public void Write() { lock (Gate) { } }
            public void Go() { lock (Gate) Pipe!.Push(); } // MML1023
        }
        public sealed class Pipe
        {
            private readonly object _gate = new();
            public ISink? Sink;
            public void Push() { lock (_gate) { } }
            public void Flush() { lock (_gate) Sink!.Write(); }
        }
        """);

    [Fact]
    public Task ThroughADelegateWithAContract_Flags() => FlagsTypes("""
        [MustHold("node.Gate")] public delegate void Visit(Node node);
        public sealed class Walker
        {
            private readonly object _outer = new();
            private readonly object _inner = new();
            public void Walk(Node node, Visit visit) { node.Gate.Enter(); lock (_outer) visit(node); node.Gate.Exit(); } // MML1023
            public void Run(Node node) => Walk(node, _ => { lock (_inner) { } });
            public void Other() { lock (_inner) { lock (_outer) { } } }
        }
        """);

    [Fact]
    public Task StaticLockAndLocksOfObjects_Flags() => FlagsTypes("""
        public sealed class Connection
        {
            private static readonly object s_all = new();
            private readonly object _gate = new();
            public void Close() { lock (_gate) lock (s_all) { } } // MML1020
            public static void CloseAll(Connection[] all) { lock (s_all) foreach (var one in all) lock (one._gate) { } }
        }
        """);

    [Fact]
    public Task LockOfASingleObject_Flags() => FlagsTypes("""
        public sealed class Log
        {
            public static readonly Log Default = new();
            private readonly object _gate = new();
            public void Write() { lock (_gate) { } }
            public void Flush(Source source) { lock (_gate) source.Drain(); } // MML1020
        }
        public sealed class Source
        {
            private readonly object _gate = new();
            public void Drain() { lock (_gate) { } }
            public void Fail() { lock (_gate) Log.Default.Write(); }
        }
        """);

    [Fact]
    public Task ParentAndChild_IsAHint() => FlagsTypes("""
        public sealed class Parent
        {
            private readonly object _gate = new();
            private readonly List<Child> _children = [];
            public void Close() { lock (_gate) foreach (var child in _children) child.Stop(); } // MML1023
            internal void Forget() { lock (_gate) { } }
        }
        public sealed class Child(Parent parent)
        {
            private readonly object _gate = new();
            public void Stop() { lock (_gate) { } }
            public void Fail() { lock (_gate) parent.Forget(); }
        }
        """);

    [Fact]
    public Task ParentAndChildInADeclaredOrder_Flags() => FlagsTypes("""
        [assembly: LockOrder("Parent._gate", "Child._gate")]
        public sealed class Parent
        {
            private readonly object _gate = new();
            private readonly List<Child> _children = [];
            public void Close() { lock (_gate) foreach (var child in _children) child.Stop(); }
            internal void Forget() { lock (_gate) { } }
        }
        public sealed class Child(Parent parent)
        {
            private readonly object _gate = new();
            public void Stop() { lock (_gate) { } }
            public void Fail() { lock (_gate) parent.Forget(); } // MML1020
        }
        """);

    private const string Target = """
        public class Target
        {
            protected readonly object SyncRoot = new();
            public void Flush() { lock (SyncRoot) FlushCore(); }
            protected virtual void FlushCore() { }
            public void Write() { lock (SyncRoot) { } }
        }

        """;

    [Fact]
    public Task WrapperOfItsOwnKind_IsSilent() => SilentTypes(Target + """
        public sealed class Wrapper : Target
        {
            private readonly object _queue = new();
            public required Target Wrapped { get; init; }
            protected override void FlushCore() { lock (_queue) Wrapped.Write(); }
        }
        """);

    [Fact]
    public Task WrapperThatCallsItself_Flags() => FlagsTypes(Target.Replace("FlushCore(); }", "FlushCore(); } // MML1020", StringComparison.Ordinal) + """
        public sealed class Wrapper : Target
        {
            private readonly object _queue = new();
            protected override void FlushCore() { lock (_queue) { } }
            public void Close() { lock (_queue) Write(); }
        }
        """);

    [Fact]
    public Task NodeAndTheNextOne_IsSilent() => SilentTypes("""
        public sealed class Stage
        {
            private readonly object _input = new();
            private readonly object _output = new();
            public Stage? Next { get; init; }
            public void Run() { lock (_input) lock (_output) { } }
            public void Push() { lock (_output) Next?.Accept(); }
            private void Accept() { lock (_input) { } }
        }
        """);

    [Fact]
    public Task AnotherObjectOfTheClass_IsAHint() => FlagsTypes("""
        public sealed class Account
        {
            private readonly object _balance = new();
            private readonly object _history = new();
            public void Note() { lock (_balance) lock (_history) { } } // MML1023
            public void Copy(Account to) { lock (_history) lock (to._balance) { } }
        }
        """);

    [Fact]
    public async Task MessageOfAHintSaysWhatItTakes() => await Verify.Flags("""
        public sealed class Account
        {
            private readonly object _balance = new();
            private readonly object _history = new();
            public void Note() { lock (_balance) lock (_history) { } } // MML1023
            public void Copy(Account to) { lock (_history) lock (to._balance) { } }
        }
        """).WithMessage("locks are taken in a circle if these objects belong together: Account._history inside Account._balance ('Note', Test.cs line 5); Account._balance inside Account._history ('Copy', Test.cs line 6)");

    private const string Sinks = """
        public abstract class Sink
        {
            protected virtual void Close() { }
            protected void Finish() => Close();
        }
        public class First : Sink
        {
            private readonly object _gate = new();
            public void Run() { lock (_gate) Finish(); }
            protected override void Close() { lock (_gate) { } }
        }

        """;

    [Fact]
    public Task OverridesOfOtherClasses_AreNotReachedThroughThis() => SilentTypes(Sinks + """
        public sealed class Second : Sink
        {
            private readonly object _gate = new();
            public void Run() { lock (_gate) Finish(); }
            protected override void Close() { lock (_gate) { } }
        }
        """);

    [Fact]
    public Task OverrideOfADerivedClass_IsReachedThroughThis_Flags() => FlagsTypes("""
        public abstract class Sink
        {
            protected virtual void Close() { }
            protected void Finish() => Close();
        }
        public class First : Sink
        {
            private readonly object _gate = new();
            public void Run()
            {
                lock (_gate) Finish(); // MML1020
            }
        }
        public sealed class Second : First
        {
            private readonly object _own = new();
            public void Start() { lock (_own) Run(); }
            protected override void Close() { lock (_own) { } }
        }
        """);

    [Theory]
    [InlineData("public void Run() { _one.Enter(); Take(); _one.Exit(); } // MML1020")]
    [InlineData("public void Run(Bank other) { other._one.Enter(); other.Take(); other._one.Exit(); } // MML1020")]
    [InlineData("public void Run() { s_all.Enter(); TakeAll(); s_all.Exit(); } // MML1020")]
    [InlineData("public void Run() { _one.Enter(); TakeIf(true); _one.Exit(); } // MML1020")]
    [InlineData("public async Task Run() { await _semaphore.WaitAsync(); await TakeAsync(); _semaphore.Release(); } // MML1020")]
    [InlineData("public void Run() { _one.Enter(); ToString(); _one.Exit(); } // MML1020")]
    [InlineData("public void Run() { _one.Enter(); Take(_one); _one.Exit(); } // MML1020")]
    [InlineData("public void Run() { _one.Enter(); Keep(_one); _one.Exit(); } // MML1004")]
    [InlineData("public void Run(Gate gate) { gate.Enter(); TakeUnless(gate, 4); gate.Exit(); } // MML1020")]
    [InlineData("public void Run() { _one.Enter(); TakeAtLast(3); _one.Exit(); } // MML1020")]
    [InlineData("public void Run(Gate gate, int some) { gate.Enter(); TakeIfEqual(gate, some, some); gate.Exit(); } // MML1020")]
    [InlineData("public void Run(Gate gate) { gate.Enter(); Take(gate); gate.Exit(); } // MML1020")]
    public Task CalleeTakesWhatIsHeld_Flags(string caller) => FlagsTypes(Takers(caller));

    [Theory]
    [InlineData("public void Run() { _one.Enter(); _one.Exit(); Take(); }")]
    [InlineData("public void Run(Bank other) { _one.Enter(); other.Take(); _one.Exit(); }")]
    [InlineData("public void Run(Gate other) { _one.Enter(); Take(other); _one.Exit(); }")]
    [InlineData("public void Run() { _one.Enter(); TakeIf(false); _one.Exit(); }")]
    [InlineData("public void Run(bool needed) { _one.Enter(); TakeIf(needed); _one.Exit(); }")]
    [InlineData("public void Run() { _one.Enter(); TakeOnce(); _one.Exit(); }")]
    [InlineData("public void Run() { _one.Enter(); Try(); _one.Exit(); }")]
    [InlineData("public void Run() { _one.Enter(); Retake(); _one.Exit(); }")]
    [InlineData("public void Run() { lock (_monitor) TakeMonitor(); }")]
    [InlineData("public void Run() { _one.Enter(); TakeVirtually(); _one.Exit(); }")]
    [InlineData("public void Run(Gate gate) { gate.Enter(); TakeIfEqual(gate, 1, 2); gate.Exit(); }")]
    [InlineData("public void Run(Gate gate, int some) { gate.Enter(); TakeIfEqual(gate, 1, some); gate.Exit(); }")]
    [InlineData("public void Run(Gate gate, Gate other) { gate.Enter(); Take(other); gate.Exit(); }")]
    [InlineData("public void Run(Gate gate) { gate.Enter(); TakeIfEither(gate, false, false); gate.Exit(); }")]
    [InlineData("public void Run() { _one.Enter(); TakeIfOpen(); _one.Exit(); }")]
    [InlineData("public void Run(Gate gate) { gate.Enter(); TakeIfNotDone(gate); gate.Exit(); }")]
    [InlineData("public void Run(Gate gate) { gate.Enter(); TakeUnless(gate, 3); gate.Exit(); }")]
    [InlineData("public IEnumerable<int> Run() { _one.Enter(); var later = TakeLater(); _one.Exit(); return later; }")]
    [InlineData("public void Run() { _semaphore.Wait(); _ = TakeAsync(); _semaphore.Release(); }")]
    [InlineData("public async Task Run() { await _semaphore.WaitAsync(); var later = TakeAsync(); _semaphore.Release(); await later; }")]
    [InlineData("public void Run(object gate) { lock (gate) TakeMonitor(gate); }")]
    [InlineData("public void Run() { _one.Enter(); GetHashCode(); _one.Exit(); }")]
    [InlineData("public void Run() { _slim.EnterUpgradeableReadLock(); Write(); _slim.ExitUpgradeableReadLock(); }")]
    public Task CalleeDoesNotTakeWhatIsHeld_IsSilent(string caller) => SilentTypes(Takers(caller));

    [Fact]
    public async Task MessageNamesWhatIsTakenAgain() => await Verify.Flags("""
        public sealed class Bank
        {
            private readonly SemaphoreSlim _one = new(1, 1);
            public void Run()
            {
                _one.Wait();
                {|MML1020:Take()|};
                _one.Release();
            }
            public void Take()
            {
                {|#taken:_one.Wait()|};
                _one.Release();
            }
        }
        """)
        .WithMessage("'Run' holds Bank._one and calls 'Take', which waits for it (Test.cs line 12)")
        .WithAdditionalLocations(0, "taken");

    /// <summary>A class that takes its locks in every way, and one member more.</summary>
    private static string Takers(string caller) => """
        public class Bank
        {
            private static readonly Gate s_all = new();
            private readonly Gate _one = new();
            private readonly object _monitor = new();
            private readonly SemaphoreSlim _semaphore = new(1, 1);
            private readonly ReaderWriterLockSlim _slim = new();
            private bool _isDone;
            public void Take() { _one.Enter(); _one.Exit(); }
            public static void Take(Gate gate) { gate.Enter(); gate.Exit(); }
            [Acquires("gate")] public static void Keep(Gate gate) => gate.Enter();
            public static void TakeIfEqual(Gate gate, int one, int other) { if (one == other) { gate.Enter(); gate.Exit(); } }
            public static void TakeIfEither(Gate gate, bool one, bool other) { if (one || other) { gate.Enter(); gate.Exit(); } }
            public static void TakeUnless(Gate gate, int kind) { if (kind is 1 or 3) return; gate.Enter(); gate.Exit(); }
            public static void TakeIfNotDone(Gate gate) { if (s_isDone()) return; gate.Enter(); gate.Exit(); }
            private static readonly Func<bool> s_isDone = () => true;
            public bool IsOpen { get; set; }
            public void TakeIfOpen() { if (IsOpen) { _one.Enter(); _one.Exit(); } }
            public void TakeAtLast(int times) { for (int i = 0; i < times; i++) { if (IsOpen) times--; } if (_isDone) throw new InvalidOperationException(); _one.Enter(); _one.Exit(); }
            public IEnumerable<int> TakeLater() { _one.Enter(); _one.Exit(); yield return 1; }
            public static void TakeMonitor(object gate) { lock (gate) { } }
            public static void TakeAll() { s_all.Enter(); s_all.Exit(); }
            public void TakeIf(bool needed) { if (needed) { _one.Enter(); _one.Exit(); } }
            public void TakeOnce() { if (_isDone) return; _isDone = true; _one.Enter(); _one.Exit(); }
            public void Try() { if (_one.TryEnter()) _one.Exit(); }
            [Releases("_one"), Acquires("_one")] private void Retake() { _one.Exit(); _one.Enter(); }
            public void TakeMonitor() { lock (_monitor) { } }
            public virtual void TakeVirtually() { _one.Enter(); _one.Exit(); }
            public sealed override string ToString() { _one.Enter(); _one.Exit(); return ""; }
            public override int GetHashCode() { _one.Enter(); _one.Exit(); return 0; }
            public void Write() { _slim.EnterWriteLock(); _slim.ExitWriteLock(); }
            public async Task TakeAsync() { await _semaphore.WaitAsync(); _semaphore.Release(); }
        """ + "\n" + caller + "\n}";
}
