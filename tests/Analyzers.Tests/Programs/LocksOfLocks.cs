using System.Threading.Tasks;
using AnalyzerTests.Themes;

namespace AnalyzerTests.Programs;

/// <summary>Locks that depend on others: the lock of a root, bulk release, rings that keep their owner.</summary>
public sealed class LocksOfLocks : ThemeTests
{
    [Fact]
    public Task LockOfTheRoot_IsSilent() => SilentTypes("""
        public sealed class Tree
        {
            public readonly Gate Gate = new();
        }
        public sealed class Leaf
        {
            public required Tree Root { get; init; }
            [LockAlias("Root.Gate")] public LockName Lock => default;
            [GuardedBy("Lock")] public int Value;
            [GuardedBy("Lock"), Ensures("result.Root == Root")] public Leaf? Sibling;
        }
        public static class Trees
        {
            public static int Sum(Leaf leaf)
            {
                leaf.Root.Gate.Enter();
                int sum = 0;
                for (Leaf? at = leaf; at is not null; at = at.Sibling) sum += at.Value;
                leaf.Root.Gate.Exit();
                return sum;
            }
        }
        """);

    [Fact]
    public Task LockOfAnotherRoot_Flags() => FlagsTypes("""
        public sealed class Tree
        {
            public readonly Gate Gate = new();
        }
        public sealed class Leaf
        {
            public required Tree Root { get; init; }
            [LockAlias("Root.Gate")] public LockName Lock => default;
            [GuardedBy("Lock")] public int Value;
        }
        public static class Trees
        {
            public static int Sum(Leaf leaf, Leaf other)
            {
                leaf.Root.Gate.Enter();
                int sum = leaf.Value + other.Value; // MML1008
                leaf.Root.Gate.Exit();
                return sum;
            }
            public static int SumOne(Leaf leaf, Leaf other)
            {
                if (leaf.Root != other.Root) return 0;
                leaf.Root.Gate.Enter();
                int sum = leaf.Value + other.Value;
                leaf.Root.Gate.Exit();
                return sum;
            }
        }
        """);

    [Fact]
    public Task BulkRelease_IsSilent() => SilentTypes("""
        public sealed class Map
        {
            public readonly RwGate Lock = new();
        }
        public sealed class Area
        {
            public required Map Map { get; init; }
            [ReleasedWith("Map.Lock", LockMode.Exclusive)] public RwGate Lock { get; } = new();
            [GuardedBy(nameof(Lock))] public int End;
        }
        public static class Edit
        {
            public static void Grow(Map map, Area[] areas, Func<Area, bool> chosen)
            {
                map.Lock.EnterWrite();
                foreach (Area area in areas)
                {
                    if (area.Map != map || !chosen(area)) continue;
                    area.Lock.EnterWrite();
                    area.End++;
                }
                map.Lock.ExitWrite();
            }
        }
        """);

    [Fact]
    public Task BulkReleaseTooEarly_Flags() => FlagsTypes("""
        public sealed class Map
        {
            public readonly RwGate Lock = new();
        }
        public sealed class Area
        {
            public required Map Map { get; init; }
            [ReleasedWith("Map.Lock", LockMode.Exclusive)] public RwGate Lock { get; } = new();
            [GuardedBy(nameof(Lock))] public int End;
        }
        public static class Edit
        {
            public static void Grow(Area area)
            {
                area.Map.Lock.EnterWrite();
                area.Lock.EnterWrite();
                area.Map.Lock.Downgrade();
                area.End++; // MML1009
                area.Map.Lock.ExitRead();
            }
            public static void Wrong(Area area)
            {
                area.Lock.EnterWrite(); // MML1001
                area.End++;
            }
        }
        """);

    [Fact]
    public Task IntrusiveRing_IsSilent() => SilentTypes("""
        public sealed class Ring
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private Item? _first;
            public sealed class Item
            {
                public Item(Ring ring) => Ring = ring;
                public Ring Ring { get; }
                [GuardedBy("Ring._gate"), Ensures("result.Ring == Ring")] public Item? After;
                [GuardedBy("Ring._gate")] public int Weight;
            }
            public int Weigh()
            {
                lock (_gate)
                {
                    int sum = 0;
                    Item? at = _first;
                    if (at?.Ring != this) return 0;
                    while (at is not null)
                    {
                        sum += at.Weight;
                        at = at.After;
                    }
                    return sum;
                }
            }
            public static void Detach(Item item)
            {
                Ring ring = item.Ring;
                lock (ring._gate) item.After = null;
            }
        }
        """);

    [Fact]
    public Task IntrusiveRingOfAnotherOwner_Flags() => FlagsTypes("""
        public sealed class Ring
        {
            private readonly object _gate = new();
            public sealed class Item
            {
                public Item(Ring ring) => Ring = ring;
                public Ring Ring { get; }
                [GuardedBy("Ring._gate")] public int Weight;
            }
            public void Move(Item item, Ring to)
            {
                lock (to._gate) item.Weight = 0; // MML1009
                lock (item.Ring._gate) item.Weight = 2;
            }
        }
        """);

    [Fact]
    public Task BulkReleaseOfChosenOnes_IsSilent() => SilentTypes("""
        public sealed class Map { public readonly RwGate Lock = new(); }
        public sealed class Area
        {
            public required Map Map { get; init; }
            [ReleasedWith("Map.Lock", LockMode.Exclusive)] public RwGate Lock { get; } = new();
            [GuardedBy(nameof(Lock))] public int End;
        }
        public static class Edit
        {
            public static void Grow(Map map, Area[] areas)
            {
                map.Lock.EnterWrite();
                foreach (Area area in areas)
                {
                    if (area.Map != map) continue;
                    area.Lock.EnterWrite();
                }
                map.Lock.ExitWrite();
            }
        }
        """);

    [Fact]
    public Task BulkReleaseForgottenOnOneWay_Flags() => FlagsTypes("""
        public sealed class Map { public readonly RwGate Lock = new(); }
        public sealed class Area
        {
            public required Map Map { get; init; }
            [ReleasedWith("Map.Lock", LockMode.Exclusive)] public RwGate Lock { get; } = new();
            [GuardedBy(nameof(Lock))] public int End;
        }
        public static class Edit
        {
            public static void Grow(Map map, Area[] areas, Func<Area, bool> chosen)
            {
                map.Lock.EnterWrite();
                foreach (Area area in areas)
                {
                    if (area.Map != map) return; // MML1006
                    area.Lock.EnterWrite();
                    area.End++;
                }
                map.Lock.ExitWrite();
            }
        }
        """);

    [Fact]
    public Task IntrusiveListKeepsItsOwner_IsSilent() => SilentTypes("""
        public sealed class Ring
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate)), Ensures("result == null || result.Ring == this")] private Item? _first;
            public sealed class Item
            {
                public Item(Ring ring) => Ring = ring;
                public Ring Ring { get; }
                [GuardedBy("Ring._gate"), Ensures("result.Ring == Ring")] public Item? After;
                [GuardedBy("Ring._gate")] public int Weight;
            }
            public int Weigh()
            {
                lock (_gate)
                {
                    int sum = 0;
                    for (Item? at = _first; at is not null; at = at.After) sum += at.Weight;
                    return sum;
                }
            }
        }
        """);
}
