using System.Threading.Tasks;
using AnalyzerTests.Themes;

namespace AnalyzerTests.Programs;

/// <summary>Facts that decide what is held: flags, enums, tuples, retries.</summary>
public sealed class Conditions : ThemeTests
{
    [Fact]
    public Task GotoRetry_IsSilent() => SilentTypes("""
        public sealed class Slots
        {
            private readonly RwGate _rw = new();
            [GuardedBy(nameof(_rw))] private int[] _items = [];
            public int Fetch(int index)
            {
            retry:
                if (!_rw.TryEnterRead())
                {
                    Thread.Yield();
                    goto retry;
                }
                if (index >= _items.Length)
                {
                    _rw.ExitRead();
                    _rw.EnterWrite();
                    Array.Resize(ref _items, index + 1);
                    _rw.ExitWrite();
                    goto retry;
                }
                int value = _items[index];
                _rw.ExitRead();
                return value;
            }
        }
        """);

    [Fact]
    public Task GotoRetryWithTheLockHeld_Flags() => FlagsTypes("""
        public sealed class Slots
        {
            private readonly RwGate _rw = new();
            [GuardedBy(nameof(_rw))] private int[] _items = [];
            public int Fetch(int index)
            {
            retry:
                if (!_rw.TryEnterRead())
                {
                    Thread.Yield();
                    goto retry;
                }
                if (index >= _items.Length)
                {
                    _rw.EnterWrite(); // MML1004
                    Array.Resize(ref _items, index + 1);
                    _rw.ExitWrite();
                    goto retry;
                }
                int value = _items[index];
                _rw.ExitRead();
                return value;
            }
        }
        """);

    [Fact]
    public Task TryInATuple_IsSilent() => SilentTypes("""
        public sealed class Box
        {
            private readonly Gate _gate = new();
            [GuardedBy(nameof(_gate))] private int _value;
            public int? Read()
            {
                var (taken, tries) = (_gate.TryEnter(), 1);
                if (!taken) return null;
                int value = _value + tries;
                _gate.Exit();
                return value;
            }
        }
        """);

    [Fact]
    public Task TryInATupleInverted_Flags() => FlagsTypes("""
        public sealed class Box
        {
            private readonly Gate _gate = new();
            [GuardedBy(nameof(_gate))] private int _value;
            public int? Read()
            {
                var (taken, tries) = (_gate.TryEnter(), 1);
                if (taken) return null; // MML1006
                int value = _value + tries; // MML1008
                return value;
            }
        }
        """);

    [Fact]
    public Task OutcomeInASwitch_IsSilent() => SilentTypes("""
        public enum Outcome { Busy, Taken, Closed }
        public sealed class Door
        {
            private readonly Gate _gate = new();
            [GuardedBy(nameof(_gate))] private int _visits;
            [Acquires("_gate", When = "result == Outcome.Taken", Try = true)]
            public Outcome Begin(bool closed) => closed ? Outcome.Closed : _gate.TryEnter() ? Outcome.Taken : Outcome.Busy;
            public int Visit(bool closed)
            {
                switch (Begin(closed))
                {
                    case Outcome.Taken:
                        int visits = ++_visits;
                        _gate.Exit();
                        return visits;
                    case Outcome.Busy:
                        return -1;
                    default:
                        return -2;
                }
            }
            public int VisitShort(bool closed) => Begin(closed) switch
            {
                Outcome.Taken => Finish(),
                Outcome.Busy => -1,
                _ => -2,
            };
            [Releases("_gate")] private int Finish() { int visits = ++_visits; _gate.Exit(); return visits; }
        }
        """);

    [Fact]
    public Task OutcomeInTheWrongArm_Flags() => FlagsTypes("""
        public enum Outcome { Busy, Taken, Closed }
        public sealed class Door
        {
            private readonly Gate _gate = new();
            [GuardedBy(nameof(_gate))] private int _visits;
            [Acquires("_gate", When = "result == Outcome.Taken", Try = true)]
            public Outcome Begin(bool closed) => closed ? Outcome.Closed : _gate.TryEnter() ? Outcome.Busy : Outcome.Taken; // MML1006
            public int VisitShort(bool closed) => Begin(closed) switch // MML1006
            {
                Outcome.Busy => Finish(), // MML1005
                Outcome.Taken => -1,
                _ => -2,
            };
            [Releases("_gate")] private int Finish() { int visits = ++_visits; _gate.Exit(); return visits; }
        }
        """);

    [Fact]
    public Task PatternThatAsksForMoreThanTheLock_Flags() => FlagsTypes("""
        public sealed record Ticket(bool Locked, int Number);
        public sealed class Office
        {
            private readonly Gate _gate = new();
            [GuardedBy(nameof(_gate))] private int _served;
            [Acquires("_gate", When = "result.Locked", Try = true)] public extern Ticket Draw();
            public void Serve()
            {
                if (Draw() is { Locked: true, Number: > 0 and var number } ticket)
                {
                    _served = number;
                    _gate.Exit();
                }
            } // MML1006
        }
        """);

    [Fact]
    public Task PropertyPatternOfARecord_IsSilent() => SilentTypes("""
        public sealed record Ticket(bool Locked, int Number);
        public sealed class Office
        {
            private readonly Gate _gate = new();
            [GuardedBy(nameof(_gate))] private int _served;
            [Acquires("_gate", When = "result.Locked", Try = true)] public extern Ticket Draw();
            public void Serve()
            {
                Ticket ticket = Draw();
                if (ticket is not { Locked: true }) return;
                if (ticket is { Number: > 0 }) _served = ticket.Number;
                _gate.Exit();
            }
        }
        """);

    [Fact]
    public Task FlagsRememberWhatIsHeld_IsSilent() => SilentTypes("""
        [Flags] public enum Held { None = 0, Outer = 1, Inner = 2 }
        public sealed class Pair
        {
            private readonly Gate _outer = new();
            private readonly Gate _inner = new();
            [GuardedBy(nameof(_inner))] private int _value;
            public void Work(bool outer, bool inner)
            {
                Held held = Held.None;
                if (outer) { _outer.Enter(); held |= Held.Outer; }
                if (inner) { _inner.Enter(); held |= Held.Inner; }
                if ((held & Held.Inner) != 0) _value++;
                if ((held & Held.Inner) != 0) _inner.Exit();
                if ((held & Held.Outer) != 0) _outer.Exit();
            }
        }
        """);

    [Fact]
    public Task FlagsAskedForTheWrongBit_Flags() => FlagsTypes("""
        [Flags] public enum Held { None = 0, Outer = 1, Inner = 2 }
        public sealed class Pair
        {
            private readonly Gate _outer = new();
            private readonly Gate _inner = new();
            [GuardedBy(nameof(_inner))] private int _value;
            public void Work(bool outer, bool inner)
            {
                Held held = Held.None;
                if (outer) { _outer.Enter(); held |= Held.Outer; }
                if (inner) { _inner.Enter(); held |= Held.Inner; }
                if ((held & Held.Outer) != 0) _value++; // MML1009
                if ((held & Held.Inner) != 0) _inner.Exit();
                if ((held & Held.Outer) != 0) _outer.Exit();
            }
        }
        """);

    [Fact]
    public Task HasFlagDecides_IsSilent() => SilentTypes("""
        [Flags] public enum Mode { None = 0, Locked = 4, Dirty = 8 }
        public sealed class Page
        {
            public readonly Gate Gate = new();
            [GuardedBy(nameof(Gate))] public int Data;
            [MustHold("Gate", When = "(mode & Mode.Locked) != 0")]
            public void Flush(Mode mode)
            {
                bool ours = !mode.HasFlag(Mode.Locked);
                if (ours) Gate.Enter();
                Data = 0;
                if (ours) Gate.Exit();
            }
            public void Sync() { Gate.Enter(); Flush(Mode.Locked | Mode.Dirty); Gate.Exit(); Flush(Mode.Dirty); }
        }
        """);

    [Fact]
    public Task HasFlagOfAnotherFlag_Flags() => FlagsTypes("""
        [Flags] public enum Mode { None = 0, Locked = 4, Dirty = 8 }
        public sealed class Page
        {
            public readonly Gate Gate = new();
            [GuardedBy(nameof(Gate))] public int Data;
            [MustHold("Gate", When = "(mode & Mode.Locked) != 0")]
            public void Flush(Mode mode)
            {
                bool ours = !mode.HasFlag(Mode.Dirty);
                if (ours) Gate.Enter(); // MML1004
                Data = 0; // MML1009
                if (ours) Gate.Exit();
            }
            public void Sync() => Flush(Mode.Locked | Mode.Dirty); // MML1001
        }
        """);

    [Fact]
    public Task OutParameterTellsTheMode_IsSilent() => SilentTypes("""
        public sealed class Store
        {
            private readonly RwGate _rw = new();
            [GuardedBy(nameof(_rw))] private int _size;
            [Acquires("shared(_rw)", When = "!exclusive"), Acquires("exclusive(_rw)", When = "exclusive")]
            public void Begin(bool grow, out bool exclusive)
            {
                exclusive = grow;
                if (grow) _rw.EnterWrite();
                else _rw.EnterRead();
            }
            [Releases("shared(_rw)", When = "!exclusive"), Releases("exclusive(_rw)", When = "exclusive")]
            public void End(bool exclusive)
            {
                if (exclusive) _rw.ExitWrite();
                else _rw.ExitRead();
            }
            public int Touch(bool grow)
            {
                Begin(grow, out bool exclusive);
                if (exclusive) _size++;
                int size = _size;
                End(exclusive);
                return size;
            }
        }
        """);

    [Fact]
    public Task OutParameterNotLookedAt_Flags() => FlagsTypes("""
        public sealed class Store
        {
            private readonly RwGate _rw = new();
            [GuardedBy(nameof(_rw))] private int _size;
            [Acquires("shared(_rw)", When = "!exclusive"), Acquires("exclusive(_rw)", When = "exclusive")]
            public extern void Begin(bool grow, out bool exclusive);
            [Releases("shared(_rw)", When = "!exclusive"), Releases("exclusive(_rw)", When = "exclusive")]
            public extern void End(bool exclusive);
            public int Touch(bool grow)
            {
                Begin(grow, out bool exclusive);
                if (grow) _size++; // MML1002
                int size = _size;
                End(!exclusive); // MML1005
                return size;
            }
        }
        """);

    [Fact]
    public Task ErrorCodeInALocal_IsSilent() => SilentTypes("""
        public sealed class Region
        {
            public readonly RwGate Lock = new();
            [GuardedBy(nameof(Lock))] public int Count;
            public int Grow(int by)
            {
                int error = Lock.EnterWriteOrFail();
                bool failed = error != 0;
                if (failed && by > 0) return error;
                if (failed) return -1;
                Count += by;
                Lock.ExitWrite();
                return error;
            }
        }
        """);

    [Fact]
    public Task ErrorCodeTestedOnlySometimes_Flags() => FlagsTypes("""
        public sealed class Region
        {
            public readonly RwGate Lock = new();
            [GuardedBy(nameof(Lock))] public int Count;
            public int Grow(int by)
            {
                int error = Lock.EnterWriteOrFail();
                bool failed = error != 0;
                if (failed && by > 0) return error;
                Count += by; // MML1009
                Lock.ExitWrite();
                return error;
            }
        }
        """);
}
