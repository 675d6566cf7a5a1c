using System.Threading.Tasks;

namespace AnalyzerTests.Themes;

/// <summary>Accessors, indexers, operators, events, extension members, finalizers, top-level code.</summary>
public sealed class Members : ThemeTests
{
    [Fact]
    public Task GetterOfOnePathIsJudgedAtItsUse_Flags() => Flags("""
        internal int Count => _count;
        public bool IsEmpty() => Count == 0; // MML1008
        """);

    [Fact]
    public Task GetterWithTheLock_IsSilent() => Silent("""
        public int Count { get { _gate.Enter(); int value = _count; _gate.Exit(); return value; } }
        """);

    [Fact]
    public Task SetterWithoutTheLock_Flags() => Flags("""
        public int Count { set => _count = value; } // MML1009
        """);

    [Fact]
    public Task GetterThatLeaks_Flags() => Flags("""
        public int Count
        {
            get
            {
                _gate.Enter();
                return _count; // MML1006
            }
        }
        """);

    [Fact]
    public Task AccessorWithANeed_IsSilent() => Silent("""
        public int Count { [MustHold("_gate")] get => _count; [MustHold("_gate")] set => _count = value; }
        [MustHold("_gate")] public void Double() => Count = Count * 2;
        """);

    [Fact]
    public Task GetterWithANeedNotMet_Flags() => Flags("""
        public int Count { [MustHold("_gate")] get => _count; set => Work(); }
        public int Get() => Count; // MML1001
        """);

    [Fact]
    public Task SetterWithANeedNotMet_Flags() => Flags("""
        public int Count { get => 0; [MustHold("_gate")] set => _count = value; }
        public void Set() => Count = 1; // MML1001
        """);

    [Fact]
    public Task NeedOfTheOtherAccessorDoesNotMatter_IsSilent() => Silent("""
        public int Count { get => 0; [MustHold("_gate")] set => _count = value; }
        public int Get() => Count;
        """);

    [Fact]
    public Task PropertyWithANeedForBothAccessors_Flags() => Flags("""
        [MustHold("_gate")] public int Count { get => _count; set => _count = value; }
        public int Get() => Count; // MML1001
        """);

    [Fact]
    public Task IndexerWithANeed_IsSilent() => Silent("""
        public int this[int index] { [MustHold("_gate")] get => _count + index; }
        [MustHold("_gate")] public int First() => this[0];
        """);

    [Fact]
    public Task IndexerWithANeedNotMet_Flags() => Flags("""
        public int this[int index] { [MustHold("_gate")] get => _count + index; }
        public int First() => this[0]; // MML1001
        """);

    [Fact]
    public Task IndexerBodyWithoutTheLock_Flags() => Flags("""
        public int this[int index] => _count + index; // MML1008
        """);

    [Fact]
    public Task OperatorWithANeedNotMet_Flags() => Flags("""
        [MustHold("left._gate")] public static Subject operator +(Subject left, int right) { left._count += right; return left; }
        public static Subject Add(Subject subject) => subject + 1; // MML1001
        """);

    [Fact]
    public Task OperatorWithANeedMet_IsSilent() => Silent("""
        [MustHold("left._gate")] public static Subject operator +(Subject left, int right) { left._count += right; return left; }
        public static void Add(Subject subject) { subject._gate.Enter(); _ = subject + 1; subject._gate.Exit(); }
        """);

    [Fact]
    public Task ConversionWithANeedNotMet_Flags() => Flags("""
        [MustHold("subject._gate")] public static explicit operator int(Subject subject) => subject._count;
        public static int Get(Subject subject) => (int)subject; // MML1001
        """);

    [Fact]
    public Task ConversionBodyWithoutTheLock_Flags() => Flags("""
        public static explicit operator int(Subject subject) => subject._count; // MML1008
        """);

    [Fact]
    public Task EventAccessorsUnderTheLock_IsSilent() => Silent("""
        [GuardedBy(nameof(_gate))] private Action? _changed;
        public event Action Changed
        {
            add { _gate.Enter(); _changed += value; _gate.Exit(); }
            remove { _gate.Enter(); _changed -= value; _gate.Exit(); }
        }
        """);

    [Fact]
    public Task EventAccessorWithoutTheLock_Flags() => Flags("""
        [GuardedBy(nameof(_gate))] private Action? _changed;
        public event Action Changed
        {
            add => _changed += value; // MML1009
            remove { _gate.Enter(); _changed -= value; _gate.Exit(); }
        }
        """);

    [Fact]
    public Task EventRaisedByASnapshot_IsSilent() => Silent("""
        [GuardedBy(nameof(_gate))] private Action? _changed;
        public void Raise() { _gate.Enter(); var changed = _changed; _gate.Exit(); changed?.Invoke(); }
        """);

    [Fact]
    public Task SubscriptionWithANeedNotMet_Flags() => Flags("""
        public event Action Changed { [MustHold("_gate")] add { } remove { } }
        public void Listen() => Changed += Work; // MML1001
        """);

    [Fact]
    public Task ExtensionMethodWithANeed_IsSilent() => SilentTypes("""
        public static class Nodes { [MustHold("node.Gate")] public static void Grow(this Node node) => node.Value++; }
        public static class User { public static void Run(Node node) { node.Gate.Enter(); node.Grow(); node.Gate.Exit(); } }
        """);

    [Fact]
    public Task ExtensionMethodWithANeedNotMet_Flags() => FlagsTypes("""
        public static class Nodes { [MustHold("node.Gate")] public static void Grow(this Node node) => node.Value++; }
        public static class User { public static void Run(Node node) => node.Grow(); } // MML1001
        """);

    [Fact]
    public Task ExtensionMemberWithANeedNotMet_Flags() => FlagsTypes("""
        public static class Nodes { extension(Node node) { [MustHold("node.Gate")] public void Grow() => node.Value++; } }
        public static class User { public static void Run(Node node) => node.Grow(); } // MML1001
        """);

    [Fact]
    public Task ExtensionMemberWithANeedMet_IsSilent() => SilentTypes("""
        public static class Nodes { extension(Node node) { [MustHold("node.Gate")] public void Grow() => node.Value++; } }
        public static class User { public static void Run(Node node) { node.Gate.Enter(); node.Grow(); node.Gate.Exit(); } }
        """);

    [Fact]
    public Task TopLevelCodeBalanced_IsSilent() => SilentTypes("""
        Shared.Node.Gate.Enter();
        Shared.Node.Value++;
        Shared.Node.Gate.Exit();
        public static class Shared { public static readonly Node Node = new(); }
        """);

    [Fact]
    public Task TopLevelCodeUnguarded_Flags() => FlagsTypes("""
        Shared.Node.Value++; // MML1009
        public static class Shared { public static readonly Node Node = new(); }
        """);

    [Fact]
    public Task DeconstructorWithANeedNotMet_Flags() => FlagsTypes("""
        public static class Nodes
        {
            [MustHold("node.Gate")] public static void Deconstruct(this Node node, out int value, out Node? next) { value = node.Value; next = node.Next; }
        }
        public static class User { public static int Run(Node node) { var (value, _) = node; return value; } } // MML1001
        """);

    [Fact]
    public Task DisposedWhereItMustNotBe_Flags() => FlagsTypes("""
        public ref struct Handle()
        {
            public readonly Gate Gate = new();
            [MustNotHold("Gate")] public void Dispose() { Gate.Enter(); Gate.Exit(); }
        }
        public static class User
        {
            public static void Run(Handle handle)
            {
                handle.Gate.Enter();
                handle.Dispose(); // MML1007
                handle.Gate.Exit();
            }
        }
        """);

    [Fact]
    public Task DisposedByUsingAfterExit_IsSilent() => SilentTypes("""
        public ref struct Handle()
        {
            public readonly Gate Gate = new();
            [MustNotHold("Gate")] public void Dispose() { Gate.Enter(); Gate.Exit(); }
        }
        public static class User
        {
            public static void Run(Handle handle) { using (handle) { handle.Gate.Enter(); handle.Gate.Exit(); } }
        }
        """);

    [Fact]
    public Task PartialMethodHasTheContractOfEitherPart_IsSilent() => SilentTypes("""
        public sealed partial class Both
        {
            public readonly Gate Gate = new();
            [GuardedBy(nameof(Gate))] private int _value;
            [MustHold("Gate")] public partial void Grow();
        }
        public sealed partial class Both { public partial void Grow() => _value++; }
        """);

    [Fact]
    public Task PartialMethodCalledWithoutTheLock_Flags() => FlagsTypes("""
        public sealed partial class Both { public readonly Gate Gate = new(); [MustHold("Gate")] public partial void Grow(); }
        public sealed partial class Both { public partial void Grow() { } }
        public static class User { public static void Run(Both both) => both.Grow(); } // MML1001
        """);

    [Fact]
    public Task CollectionInitializerWithANeedNotMet_Flags() => FlagsTypes("""
        public sealed class Bag : System.Collections.IEnumerable
        {
            public readonly Gate Gate = new();
            [MustHold("owner.Gate")] public void Add(Node owner) { }
            public System.Collections.IEnumerator GetEnumerator() => throw new NotSupportedException();
        }
        public static class User { public static Bag Make(Node node) => new() { node }; } // MML1001
        """);

    [Fact]
    public Task StructMembersAreChecked_Flags() => FlagsTypes("""
        public struct Slot
        {
            public readonly Gate Gate;
            [GuardedBy(nameof(Gate))] public int Value;
            public Slot(Gate gate) { Gate = gate; Value = 0; }
            public readonly int Get() => Value; // MML1008
        }
        """);
}
