using System.Threading.Tasks;

namespace AnalyzerTests.Themes;

/// <summary>The object under construction is nobody else's yet.</summary>
public sealed class Constructors : ThemeTests
{
    [Fact]
    public Task ConstructorWritesItsOwnFields_IsSilent() => SilentTypes("""
        public sealed class Box
        {
            public readonly Gate Gate = new();
            [GuardedBy(nameof(Gate))] private int _value;
            public Box(int value) { _value = value; _value++; }
        }
        """);

    [Fact]
    public Task FieldInitializer_IsSilent() => SilentTypes("""
        public sealed class Box
        {
            public readonly Gate Gate = new();
            [GuardedBy(nameof(Gate))] private int _value = 4;
            [MustHold("Gate")] public int Get() => _value;
        }
        """);

    [Fact]
    public Task ConstructorWritesAnotherObject_Flags() => FlagsTypes("""
        public sealed class Box
        {
            public readonly Gate Gate = new();
            [GuardedBy(nameof(Gate))] private int _value;
            public Box(Box other) => _value = other._value; // MML1008
        }
        """);

    [Fact]
    public Task ConstructorReadsAnotherObjectUnderItsLock_IsSilent() => SilentTypes("""
        public sealed class Box
        {
            public readonly Gate Gate = new();
            [GuardedBy(nameof(Gate))] private int _value;
            public Box(Box other) { other.Gate.Enter(); _value = other._value; other.Gate.Exit(); }
        }
        """);

    [Fact]
    public Task WrittenAfterTheObjectEscaped_Flags() => FlagsTypes("""
        public sealed class Box
        {
            public static Box? Last;
            public readonly Gate Gate = new();
            [GuardedBy(nameof(Gate))] private int _value;
            public Box()
            {
                _value = 1;
                Last = this;
                _value = 2; // MML1009
            }
        }
        """);

    [Fact]
    public Task LambdaInAConstructor_Flags() => FlagsTypes("""
        public sealed class Box
        {
            public readonly Gate Gate = new();
            [GuardedBy(nameof(Gate))] private int _value;
            public static extern void Later(Action action);
            public Box() => Later(() => _value++); // MML1009
        }
        """);

    [Fact]
    public Task LeakedByAConstructor_Flags() => FlagsTypes("""
        public sealed class Box
        {
            public Box(Gate gate)
            {
                gate.Enter();
            } // MML1006
        }
        """);

    [Fact]
    public Task ConstructorWithANeed_IsSilent() => SilentTypes("""
        public sealed class Child { [MustHold("parent.Gate")] public Child(Node parent) => parent.Value++; }
        public static class User
        {
            public static Child Make(Node node) { node.Gate.Enter(); var child = new Child(node); node.Gate.Exit(); return child; }
        }
        """);

    [Fact]
    public Task ConstructorWithANeedNotMet_Flags() => FlagsTypes("""
        public sealed class Child { [MustHold("parent.Gate")] public Child(Node parent) => parent.Value++; }
        public static class User { public static Child Make(Node node) => new(node); } // MML1001
        """);

    [Fact]
    public Task BaseConstructorWithANeedNotMet_Flags() => FlagsTypes("""
        public class Child { [MustHold("parent.Gate")] public Child(Node parent) => parent.Value++; }
        public sealed class Grandchild : Child
        {
            public Grandchild(Node node) : base(node) { } // MML1001
        }
        """);

    [Fact]
    public Task ChainedConstructorWithANeedMet_IsSilent() => SilentTypes("""
        public class Child { [MustHold("parent.Gate")] public Child(Node parent) => parent.Value++; }
        public sealed class Grandchild : Child { [MustHold("node.Gate")] public Grandchild(Node node) : base(node) { } }
        """);

    [Fact]
    public Task StaticConstructorWritesStaticFields_IsSilent() => SilentTypes("""
        public static class Totals
        {
            public static readonly Gate Gate;
            [GuardedBy(nameof(Gate))] private static int s_total;
            static Totals() { Gate = new(); s_total = 1; }
            [MustHold("Gate")] public static int Get() => s_total;
        }
        """);

    [Fact]
    public Task InstanceConstructorWritesStaticFields_Flags() => FlagsTypes("""
        public sealed class Box
        {
            public static readonly Gate Gate = new();
            [GuardedBy(nameof(Gate))] private static int s_made;
            public Box() => s_made++; // MML1009
        }
        """);

    [Fact]
    public Task FinalizerIsNotExempt_Flags() => FlagsTypes("""
        public sealed class Box
        {
            public readonly Gate Gate = new();
            [GuardedBy(nameof(Gate))] private int _value;
            ~Box() => _value = 0; // MML1009
        }
        """);

    [Fact]
    public Task PrimaryConstructorInitializesAGuardedField_IsSilent() => SilentTypes("""
        public sealed class Box(int value)
        {
            public readonly Gate Gate = new();
            [GuardedBy(nameof(Gate))] private int _value = value;
            [MustHold("Gate")] public void Add() => _value += 1;
        }
        """);

    [Fact]
    public Task LockAsPrimaryConstructorParameter_IsSilent() => SilentTypes("""
        public sealed class Box(Gate gate)
        {
            private readonly Gate _gate = gate;
            [GuardedBy(nameof(_gate))] private int _value;
            public void Add() { _gate.Enter(); _value++; _gate.Exit(); }
        }
        """);

    [Fact]
    public Task OwnNeedsInTheConstructor_IsSilent() => SilentTypes("""
        public sealed class Box
        {
            public readonly Gate Gate = new();
            [GuardedBy(nameof(Gate))] private int _value;
            [MustHold("Gate")] public void Add() => _value++;
            public Box() => Add();
        }
        """);

    [Fact]
    public Task RecordMemberWithoutTheLock_Flags() => FlagsTypes("""
        public sealed record Box { public readonly Gate Gate = new(); [GuardedBy(nameof(Gate))] public int Value; }
        public static class User { public static int Get(Box box) => box.Value; } // MML1008
        """);

    [Fact]
    public Task InitAccessorOfTheObjectUnderConstruction_IsSilent() => SilentTypes("""
        public sealed class Box
        {
            public readonly Gate Gate = new();
            [GuardedBy(nameof(Gate))] private int _value;
            public int Value { init => _value = value; }
            [MustHold("Gate")] public int Get() => _value;
        }
        """);

    [Fact]
    public Task MethodThatOnlyTheConstructorCalls_Flags() => FlagsTypes("""
        public sealed class Box
        {
            public readonly Gate Gate = new();
            [GuardedBy(nameof(Gate))] private int _value;
            public void Reset() => _value = 0; // MML1009
            public Box() => Reset();
        }
        """);
}
