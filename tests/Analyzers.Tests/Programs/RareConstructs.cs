using System.Threading.Tasks;
using AnalyzerTests.Themes;

namespace AnalyzerTests.Programs;

/// <summary>Constructs that lock-heavy code has now and then: what they run, when, and on which thread.</summary>
public sealed class RareConstructs : ThemeTests
{
    [Fact]
    public Task ParallelLoops_RunOnOtherThreads() => FlagsTypes("""
        using System.Threading.Tasks;
        public sealed class Sums
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private long _sum;
            public void Right(int[] numbers) => Parallel.ForEach(numbers, number => { lock (_gate) _sum += number; });
            public void Wrong(int[] numbers)
            {
                lock (_gate)
                {
                    Parallel.ForEach(numbers, number => _sum += number); // MML1009
                }
            }
            public void WrongFor(int[] numbers)
            {
                lock (_gate)
                {
                    Parallel.For(0, numbers.Length, i => { _sum += numbers[i]; }); // MML1009
                }
            }
        }
        """);

    [Fact]
    public Task ExpressionTree_IsNotRun() => SilentTypes("""
        using System;
        using System.Linq.Expressions;
        public sealed class Columns
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private int _width;
            public static string Name(Expression<Func<Columns, int>> member) => member.ToString();
            public string Width() => Name(columns => columns._width);
            public int Read() { lock (_gate) return _width; }
        }
        """);

    [Fact]
    public Task BackingField_IsGuardedLikeAnyOther() => FlagsTypes("""
        public sealed class Setting
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] public int Level { get; set; }
            public void Raise() { lock (_gate) Level++; }
            public void RaiseWrong() => Level++; // MML1009
        }
        """);

    [Fact]
    public Task FieldKeyword_Silent() => SilentTypes("""
        public sealed class Setting
        {
            private readonly object _gate = new();
            [field: GuardedBy(nameof(_gate))]
            public int Level
            {
                get { lock (_gate) return field; }
                set { lock (_gate) field = value; }
            }
        }
        """);

    [Fact]
    public Task FieldKeyword_Flags() => FlagsTypes("""
        public sealed class Setting
        {
            private readonly object _gate = new();
            [field: GuardedBy(nameof(_gate))]
            public int Level
            {
                get => field; // MML1008
                set { lock (_gate) field = value; }
            }
        }
        """);

    [Fact]
    public Task ReferenceToGuarded_IsNotHandedOut() => FlagsTypes("""
        public sealed class Cell
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private int _value;
            public void Change()
            {
                lock (_gate)
                {
                    ref int place = ref _value;
                    place++;
                }
            }
            public void ChangeWrong()
            {
                ref int place = ref _value; // MML1009
                place++;
            }
        }
        """);

    [Fact]
    public Task FixedBuffer_Flags() => FlagsTypes("""
        public sealed unsafe class Ring
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private readonly byte[] _bytes = new byte[16];
            [GuardedBy(nameof(_gate))] private int _at;
            public void Put(byte value)
            {
                lock (_gate)
                {
                    fixed (byte* bytes = _bytes)
                        bytes[_at++ & 15] = value;
                }
            }
            public void PutWrong(byte value)
            {
                fixed (byte* bytes = _bytes) // MML1008
                    bytes[0] = value;
            }
        }
        """);

    [Fact]
    public Task FunctionPointer_CarriesNoContract() => SilentTypes("""
        public static unsafe class Calls
        {
            private static readonly object s_gate = new();
            [GuardedBy(nameof(s_gate))] private static int s_calls;
            private static void Count() { lock (s_gate) s_calls++; }
            public static void Twice()
            {
                delegate*<void> call = &Count;
                call();
                call();
            }
        }
        """);

    [Fact]
    public Task ImplicitConversion_IsACallLikeAnyOther() => FlagsTypes("""
        public sealed class Counter
        {
            public readonly object Gate = new();
            [GuardedBy(nameof(Gate))] private int _value;
            [MustHold("counter.Gate")] public static implicit operator int(Counter counter) => counter._value;
        }
        public static class Readers
        {
            public static int Right(Counter counter) { lock (counter.Gate) return counter; }
            public static int Wrong(Counter counter) => counter; // MML1001
        }
        """);

    [Fact]
    public Task OperatorOfGuarded_Flags() => FlagsTypes("""
        public sealed class Money
        {
            public readonly object Gate = new();
            [GuardedBy(nameof(Gate))] public int Cents;
            [MustHold("left.Gate"), MustHold("right.Gate")] public static int operator +(Money left, Money right) => left.Cents + right.Cents;
        }
        public static class Adding
        {
            public static int Right(Money one, Money two) { lock (one.Gate) lock (two.Gate) return one + two; }
            public static int Wrong(Money one, Money two) { lock (one.Gate) return one + two; } // MML1001
        }
        """);

    [Fact]
    public Task SynchronizedMethods_LockTheObject() => FlagsTypes("""
        using System.Runtime.CompilerServices;
        public class Old
        {
            [GuardedBy("this")] private int _value;
            [MethodImpl(MethodImplOptions.Synchronized)] public void Set(int value) => _value = value;
            [MethodImpl(MethodImplOptions.Synchronized)] public int Get() => _value;
            public int Peek() => _value; // MML1008
        }
        """);

    [Fact]
    public Task IteratorLockedInside_RunsLater() => FlagsTypes("""
        using System.Collections.Generic;
        public sealed class Log
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private readonly List<string> _lines = new();
            public IEnumerable<string> Right()
            {
                string[] lines;
                lock (_gate) lines = _lines.ToArray();
                foreach (string line in lines) yield return line;
            }
            public IEnumerable<string> Wrong()
            {
                foreach (string line in _lines) yield return line; // MML1008
            }
        }
        """);

    [Fact]
    public Task AsyncIterator_TakesTheSemaphoreForEachPart() => SilentTypes("""
        using System.Collections.Generic;
        using System.Threading;
        using System.Threading.Tasks;
        public sealed class Feed
        {
            private readonly SemaphoreSlim _gate = new(1, 1);
            [GuardedBy(nameof(_gate))] private readonly Queue<int> _items = new();
            public async IAsyncEnumerable<int> Take()
            {
                while (true)
                {
                    int item;
                    await _gate.WaitAsync();
                    try
                    {
                        if (_items.Count == 0) yield break;
                        item = _items.Dequeue();
                    }
                    finally { _gate.Release(); }
                    yield return item;
                }
            }
        }
        """);

    [Fact]
    public Task RecordCopies_ReadWhatTheyCopy() => SilentTypes("""
        public sealed record Options(int Size, string Name);
        public sealed class Holder
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private Options _options = new(1, "");
            public void Grow() { lock (_gate) _options = _options with { Size = _options.Size + 1 }; }
            public (int, string) Both() { lock (_gate) { var (size, name) = _options; return (size, name); } }
        }
        """);

    [Fact]
    public Task StructInField_IsChangedInPlace() => FlagsTypes("""
        public record struct Range(int From, int To);
        public sealed class Window
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private Range _range;
            public void Shift(int by) { lock (_gate) { _range.From += by; _range.To += by; } }
            public void ShiftWrong(int by)
            {
                lock (_gate) _range.From += by;
                _range.To += by; // MML1008
            }
        }
        """);

    [Fact]
    public Task GotoCase_KeepsTheLock() => FlagsTypes("""
        public sealed class Machine
        {
            private readonly Gate _gate = new();
            [GuardedBy(nameof(_gate))] private int _state;
            public void Step(int input)
            {
                _gate.Enter();
                switch (input)
                {
                    case 0: _state = 0; goto case 2;
                    case 1: _state = 1; goto default;
                    case 2: _gate.Exit(); return;
                    default: _state++; break;
                }
                _gate.Exit();
            }
            public void StepWrong(int input)
            {
                _gate.Enter();
                switch (input)
                {
                    case 0: _gate.Exit(); goto case 2;
                    case 2: _state = 2; break; // MML1009
                    default: _gate.Exit(); return;
                }
                _gate.Exit();
            }
        }
        """);

    [Fact]
    public Task FilterOfCatch_RunsBeforeFinally() => FlagsTypes("""
        using System;
        public sealed class Retry
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private int _tries;
            public void Run(Action work)
            {
                try { work(); }
                catch (InvalidOperationException) when (MayRetry()) { }
            }
            private bool MayRetry() { lock (_gate) return ++_tries < 3; }
            public void RunWrong(Action work)
            {
                try { work(); }
                catch (InvalidOperationException) when (++_tries < 3) { } // MML1009
            }
        }
        """);

    [Fact]
    public Task SeveralThingsInOneUsing_Silent() => SilentTypes("""
        using System.Threading;
        public sealed class Account
        {
            public readonly Lock Gate = new();
            [GuardedBy(nameof(Gate))] public int Balance;
            public readonly int Number;
            public static void Transfer(Account from, Account to, int amount)
            {
                Account first = from.Number < to.Number ? from : to;
                Account second = from.Number < to.Number ? to : from;
                using (first.Gate.EnterScope())
                using (second.Gate.EnterScope())
                {
                    first.Balance += first == from ? -amount : amount;
                    second.Balance += second == from ? -amount : amount;
                }
            }
        }
        """);

    [Fact]
    public Task StripedLocks_GuardTheirOwnPart() => SilentTypes("""
        using System.Collections.Generic;
        public sealed class Stripe
        {
            public readonly object Gate = new();
            [GuardedBy(nameof(Gate))] public readonly Dictionary<string, int> Map = new();
        }
        public sealed class Striped
        {
            private readonly Stripe[] _stripes = new Stripe[16];
            public void Add(string key, int value)
            {
                Stripe stripe = _stripes[(uint)key.GetHashCode() % 16];
                lock (stripe.Gate) stripe.Map[key] = value;
            }
            public int Count()
            {
                int count = 0;
                foreach (Stripe stripe in _stripes)
                {
                    lock (stripe.Gate) count += stripe.Map.Count;
                }
                return count;
            }
        }
        """);

    [Fact]
    public Task StripeBesideItsNeighbour_Flags() => FlagsTypes("""
        using System.Collections.Generic;
        public sealed class Stripe
        {
            public readonly object Gate = new();
            [GuardedBy(nameof(Gate))] public int Count;
        }
        public sealed class Striped
        {
            private readonly Stripe[] _stripes = new Stripe[16];
            public void Move(int from, int to)
            {
                Stripe source = _stripes[from];
                Stripe target = _stripes[to];
                lock (source.Gate)
                {
                    source.Count--;
                    target.Count++; // MML1009
                }
            }
        }
        """);

    [Fact]
    public Task QueryOverGuarded_RunsWhereItIsEnumerated() => SilentTypes("""
        using System.Collections.Generic;
        using System.Linq;
        public sealed class Index
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private readonly List<int> _items = new();
            [GuardedBy(nameof(_gate))] private int _least;
            public int[] Large() { lock (_gate) return _items.Where(item => item > _least).ToArray(); }
            public bool Any() { lock (_gate) return _items.Any(item => item > _least); }
            public int Sum() { lock (_gate) return (from item in _items where item > _least select item * 2).Sum(); }
        }
        """);

    [Fact]
    public Task QueryThatLeaves_Flags() => FlagsTypes("""
        using System.Collections.Generic;
        using System.Linq;
        public sealed class Index
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private readonly List<int> _items = new();
            [GuardedBy(nameof(_gate))] private int _least;
            public IEnumerable<int> Large() { lock (_gate) return _items.Where(item => item > _least); } // MML1008
        }
        """);

    [Fact]
    public Task NameOfGuarded_IsNoAccess() => SilentTypes("""
        using System;
        public sealed class Named
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private int _value;
            public void Set(int value)
            {
                if (value < 0) throw new ArgumentOutOfRangeException(nameof(_value));
                lock (_gate) _value = value;
            }
            public static int Size => sizeof(int) + nameof(_value).Length;
        }
        """);

    [Fact]
    public Task LockOfAType_GuardsItsStatics() => FlagsTypes("""
        using System;
        public sealed class Numbers
        {
            private static readonly object s_gate = new();
            [GuardedBy(nameof(s_gate))] private static int s_next;
            public int Id { get; }
            public Numbers() { lock (s_gate) Id = s_next++; }
            public Numbers(int step) => Id = s_next += step; // MML1009
            static Numbers() => s_next = 1;
        }
        """);

    [Fact]
    public Task Finalizer_IsOnAThreadOfItsOwn() => FlagsTypes("""
        public sealed class Handle
        {
            private static readonly object s_gate = new();
            [GuardedBy(nameof(s_gate))] private static int s_open;
            public Handle() { lock (s_gate) s_open++; }
            ~Handle() => s_open--; // MML1009
        }
        """);

    [Fact]
    public Task DefaultInterfaceMember_KeepsTheContract() => FlagsTypes("""
        public interface IStore
        {
            object Gate { get; }
            [MustHold("Gate")] int Get();
            int GetLocked() { lock (Gate) return Get(); }
            int GetWrong() => Get(); // MML1001
        }
        """);

    [Fact]
    public Task ParamsSpanAndCollectionExpression_ReadTheirElements() => FlagsTypes("""
        using System;
        public sealed class Pair
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private int _a, _b;
            private static int Max(params ReadOnlySpan<int> numbers) => numbers[0];
            public int Right() { lock (_gate) return Max(_a, _b); }
            public int Wrong() => Max(_a, 0); // MML1008
            public int[] Both() { lock (_gate) return [_a, _b]; }
            public int[] BothWrong() => [_b]; // MML1008
        }
        """);

    [Fact]
    public Task InterpolatedAndConditionalAccess_Flag() => FlagsTypes("""
        public sealed class Tree
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private Tree? _left;
            public string Right() { lock (_gate) return $"{_left?.ToString() ?? "none"}"; }
            public string Wrong() => $"{_left?.GetHashCode()}"; // MML1008
        }
        """);

    [Fact]
    public Task Dynamic_IsFollowedAsFarAsItsArguments() => FlagsTypes("""
        public sealed class Bag
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private int _value;
            public void Give(dynamic taker) { lock (_gate) taker.Take(_value); }
            public void GiveWrong(dynamic taker) => taker.Take(_value); // MML1008
        }
        """);

    [Fact]
    public Task DisposedTwice_TakesTheLockOnce() => SilentTypes("""
        using System;
        using System.Threading;
        public sealed class Resource : IDisposable
        {
            private readonly Lock _gate = new();
            [GuardedBy(nameof(_gate))] private bool _disposed;
            [GuardedBy(nameof(_gate))] private IDisposable? _inner;
            public void Dispose()
            {
                IDisposable? inner;
                lock (_gate)
                {
                    if (_disposed) return;
                    _disposed = true;
                    inner = _inner;
                    _inner = null;
                }
                inner?.Dispose();
            }
        }
        """);

    [Fact]
    public Task CountdownInLoop_ReleasesOnEveryPath() => FlagsTypes("""
        public sealed class Batch
        {
            private readonly Gate _gate = new();
            [GuardedBy(nameof(_gate))] private int _left;
            public bool Right()
            {
                for (int i = 0; i < 3; i++)
                {
                    if (!_gate.TryEnter()) continue;
                    bool done = --_left == 0;
                    _gate.Exit();
                    if (done) return true;
                }
                return false;
            }
            public bool Wrong()
            {
                for (int i = 0; i < 3; i++)
                {
                    if (!_gate.TryEnter()) continue;
                    if (--_left == 0) return true; // MML1006
                    _gate.Exit();
                }
                return false;
            }
        }
        """);

    [Fact]
    public Task DelegateBesideAnExpressionTree_Flags() => FlagsTypes("""
        using System;
        using System.Linq.Expressions;
        public sealed class Columns
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private int _width;
            public static Func<Columns, int> Kept(Func<Columns, int> read) => read;
            public static Expression<Func<Columns, int>> Quoted(Expression<Func<Columns, int>> read) => read;
            public object Both() => (Kept(columns => columns._width), Quoted(columns => columns._width)); // MML1008
            public Expression<Func<Func<int>>> Nested() => () => () => _width;
            public void Set(int value) { lock (_gate) _width = value; }
        }
        """);
}
