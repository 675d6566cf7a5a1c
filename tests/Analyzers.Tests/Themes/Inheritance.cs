using System.Threading.Tasks;

namespace AnalyzerTests.Themes;

/// <summary>Overrides and implementations keep the contract of what they stand for.</summary>
public sealed class Inheritance : ThemeTests
{
    [Fact]
    public Task OverrideWithoutAttributesHasTheContractOfItsBase_IsSilent() => SilentTypes("""
        public abstract class Shape
        {
            public readonly Gate Gate = new();
            [GuardedBy(nameof(Gate))] public int Size;
            [MustHold("Gate")] public abstract void Grow();
        }
        public sealed class Circle : Shape { public override void Grow() => Size++; }
        """);

    [Fact]
    public Task OverrideCalledWithoutTheLock_Flags() => FlagsTypes("""
        public abstract class Shape
        {
            public readonly Gate Gate = new();
            [GuardedBy(nameof(Gate))] public int Size;
            [MustHold("Gate")] public abstract void Grow();
        }
        public sealed class Circle : Shape { public override void Grow() => Size++; }
        public static class User { public static void Run(Circle circle) => circle.Grow(); } // MML1001
        """);

    [Fact]
    public Task OverrideWithRenamedParameter_IsSilent() => SilentTypes("""
        public abstract class Visitor { [MustHold("node.Gate")] public abstract void Visit(Node node); }
        public sealed class Counter : Visitor { public override void Visit(Node visited) => visited.Value++; }
        """);

    [Fact]
    public Task OverrideThatNeedsMore_Flags() => FlagsTypes("""
        public abstract class Shape { public readonly Gate Gate = new(); public abstract void Grow(); }
        public sealed class Circle : Shape { [MustHold("Gate")] public override void Grow() { } } // MML0003
        """);

    [Fact]
    public Task OverrideThatNeedsLess_IsSilent() => SilentTypes("""
        public abstract class Shape
        {
            public readonly Gate Gate = new();
            public readonly RwGate Rw = new();
            [MustHold("Gate && Rw")] public abstract void Grow();
        }
        public sealed class Circle : Shape { [MustHold("Gate")] public override void Grow() { } }
        """);

    [Fact]
    public Task OverrideThatNeedsAStrongerMode_Flags() => FlagsTypes("""
        public abstract class Shape { public readonly RwGate Rw = new(); [MustHold("shared(Rw)")] public abstract void Grow(); }
        public sealed class Circle : Shape { [MustHold("exclusive(Rw)")] public override void Grow() { } } // MML0003
        """);

    [Fact]
    public Task OverrideThatReleasesUnsaid_Flags() => FlagsTypes("""
        public abstract class Shape { public readonly Gate Gate = new(); [MustHold("Gate")] public abstract void Grow(); }
        public sealed class Circle : Shape { [MustHold("Gate"), Releases("Gate")] public override void Grow() => Gate.Exit(); } // MML0003
        """);

    [Fact]
    public Task OverrideThatDoesNotAcquire_Flags() => FlagsTypes("""
        public abstract class Shape { public readonly Gate Gate = new(); [Acquires("Gate")] public abstract void Begin(); }
        public sealed class Circle : Shape { [MustNotHold("Gate")] public override void Begin() { } } // MML0003
        """);

    [Fact]
    public Task OverrideBodyIsCheckedAgainstTheInheritedContract_Flags() => FlagsTypes("""
        public abstract class Shape { public readonly Gate Gate = new(); [Acquires("Gate")] public abstract void Begin(); }
        public sealed class Circle : Shape
        {
            public override void Begin()
            {
            } // MML1006
        }
        """);

    [Fact]
    public Task OverrideThatEnsuresLess_Flags() => FlagsTypes("""
        public abstract class Shape { [Ensures("result > 0")] public abstract int Size(); }
        public sealed class Circle : Shape { [Ensures("result >= 0")] public override int Size() => 0; } // MML0003
        """);

    [Fact]
    public Task OverrideThatEnsuresMore_IsSilent() => SilentTypes("""
        public abstract class Shape { [Ensures("result >= 0")] public abstract int Size(); }
        public sealed class Circle : Shape { [Ensures("result > 0")] public override int Size() => 1; }
        """);

    [Fact]
    public Task OverrideThatSleepsThoughItsBaseDoesNot_Flags() => FlagsTypes("""
        public abstract class Shape { public readonly Gate Gate = new(); [MustHold("Gate")] public abstract void Draw(); }
        public sealed class Circle : Shape { [MustHold("Gate"), MaySleep] public override void Draw() { } } // MML0003
        """);

    [Fact]
    public Task InterfaceContractBindsTheImplementation_IsSilent() => SilentTypes("""
        public interface IVisitor { [MustHold("node.Gate")] void Visit(Node node); }
        public sealed class Counter : IVisitor { public void Visit(Node node) => node.Value++; }
        """);

    [Fact]
    public Task InterfaceCallWithoutTheLock_Flags() => FlagsTypes("""
        public interface IVisitor { [MustHold("node.Gate")] void Visit(Node node); }
        public static class User { public static void Run(IVisitor visitor, Node node) => visitor.Visit(node); } // MML1001
        """);

    [Fact]
    public Task ImplementationThatNeedsMore_Flags() => FlagsTypes("""
        public interface IVisitor { void Visit(Node node); }
        public sealed class Counter : IVisitor { [MustHold("node.Gate")] public void Visit(Node node) => node.Value++; } // MML0003
        """);

    [Fact]
    public Task ExplicitImplementationHasTheContract_IsSilent() => SilentTypes("""
        public interface IVisitor { [MustHold("node.Gate")] void Visit(Node node); }
        public sealed class Counter : IVisitor { void IVisitor.Visit(Node node) => node.Value++; }
        """);

    [Fact]
    public Task DefaultInterfaceMemberIsChecked_Flags() => FlagsTypes("""
        public interface IVisitor
        {
            [MustHold("node.Gate")] void Visit(Node node);
            void VisitTwice(Node node)
            {
                Visit(node); // MML1001
            }
        }
        """);

    [Fact]
    public Task DefaultInterfaceMemberWithItsOwnNeed_IsSilent() => SilentTypes("""
        public interface IVisitor
        {
            [MustHold("node.Gate")] void Visit(Node node);
            [MustHold("node.Gate")] void VisitTwice(Node node) { Visit(node); Visit(node); }
        }
        """);

    [Fact]
    public Task StaticAbstractMember_Flags() => FlagsTypes("""
        public interface IVisitor { [MustHold("node.Gate")] static abstract void Visit(Node node); }
        public static class User { public static void Run<T>(Node node) where T : IVisitor => T.Visit(node); } // MML1001
        """);

    [Fact]
    public Task StaticAbstractMemberWithTheLock_IsSilent() => SilentTypes("""
        public interface IVisitor { [MustHold("node.Gate")] static abstract void Visit(Node node); }
        public static class User { [MustHold("node.Gate")] public static void Run<T>(Node node) where T : IVisitor => T.Visit(node); }
        """);

    [Fact]
    public Task BaseCall_IsSilent() => SilentTypes("""
        public class Shape { public readonly Gate Gate = new(); [MustHold("Gate")] public virtual void Grow() { } }
        public sealed class Circle : Shape { public override void Grow() => base.Grow(); }
        """);

    [Fact]
    public Task BaseCallWithoutTheLock_Flags() => FlagsTypes("""
        public class Shape { public readonly Gate Gate = new(); [MustHold("Gate")] public virtual void Grow() { } }
        public class Round : Shape { [MustHold("Gate")] public override void Grow() { } }
        public sealed class Circle : Round { public void Reset() => base.Grow(); } // MML1001
        """);

    [Fact]
    public Task GuardedFieldOfTheBase_Flags() => FlagsTypes("""
        public class Shape { public readonly Gate Gate = new(); [GuardedBy(nameof(Gate))] public int Size; }
        public sealed class Circle : Shape { public void Grow() => Size++; } // MML1009
        """);

    [Fact]
    public Task LockOfTheBaseGuardsTheDerived_IsSilent() => SilentTypes("""
        public class Shape { public readonly Gate Gate = new(); }
        public sealed class Circle : Shape
        {
            [GuardedBy(nameof(Gate))] private int _size;
            [MustHold(nameof(Gate))] public void Grow() => _size++;
        }
        """);

    [Fact]
    public Task HidingMemberHasItsOwnContract_IsSilent() => SilentTypes("""
        public class Shape { public readonly Gate Gate = new(); [MustHold("Gate")] public void Grow() { } }
        public sealed class Circle : Shape { public new void Grow() { } }
        public static class User { public static void Run(Circle circle) => circle.Grow(); }
        """);

    [Fact]
    public Task OverridingPropertyAccessors_Flags() => FlagsTypes("""
        public abstract class Shape { public readonly Gate Gate = new(); public abstract int Size { [MustHold("Gate")] get; } }
        public sealed class Circle : Shape { public override int Size => 1; }
        public static class User { public static int Run(Circle circle) => circle.Size; } // MML1001
        """);
}
