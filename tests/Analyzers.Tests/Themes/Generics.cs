using System.Threading.Tasks;

namespace AnalyzerTests.Themes;

/// <summary>Contracts in generic types and methods.</summary>
public sealed class Generics : ThemeTests
{
    [Fact]
    public Task GuardInAGenericType_IsSilent() => SilentTypes("""
        public sealed class Box<T>
        {
            public readonly Gate Gate = new();
            [GuardedBy(nameof(Gate))] private T? _value;
            public T? Get() { Gate.Enter(); var value = _value; Gate.Exit(); return value; }
        }
        """);

    [Fact]
    public Task GuardInAGenericTypeBroken_Flags() => FlagsTypes("""
        public sealed class Box<T>
        {
            public readonly Gate Gate = new();
            [GuardedBy(nameof(Gate))] private T? _value;
            public T? Get() => _value; // MML1008
        }
        """);

    [Fact]
    public Task GuardOfAConstructedType_Flags() => FlagsTypes("""
        public sealed class Box<T>
        {
            public readonly Gate Gate = new();
            [GuardedBy(nameof(Gate))] public T? Value;
        }
        public static class User { public static int Get(Box<int> box) => box.Value; } // MML1008
        """);

    [Fact]
    public Task GuardOfAConstructedTypeKept_IsSilent() => SilentTypes("""
        public sealed class Box<T>
        {
            public readonly Gate Gate = new();
            [GuardedBy(nameof(Gate))] public T? Value;
        }
        public static class User
        {
            public static int Get(Box<int> box) { box.Gate.Enter(); int value = box.Value; box.Gate.Exit(); return value; }
        }
        """);

    [Fact]
    public Task NeedOfAGenericMethod_IsSilent() => SilentTypes("""
        public static class User
        {
            [MustHold("node.Gate")] public static void Visit<T>(Node node, T state) => node.Value++;
            [MustHold("node.Gate")] public static void Run(Node node) => Visit(node, "state");
        }
        """);

    [Fact]
    public Task NeedOfAGenericMethodNotMet_Flags() => FlagsTypes("""
        public static class User
        {
            [MustHold("node.Gate")] public static void Visit<T>(Node node, T state) => node.Value++;
            public static void Run(Node node) => Visit(node, 1); // MML1001
        }
        """);

    [Fact]
    public Task NeedThroughATypeParameter_IsSilent() => SilentTypes("""
        public class Leaf { public readonly Gate Gate = new(); [GuardedBy(nameof(Gate))] public int Value; }
        public static class User
        {
            [MustHold("leaf.Gate")] public static void Visit<T>(T leaf) where T : Leaf => leaf.Value++;
            public static void Run(Leaf leaf) { leaf.Gate.Enter(); Visit(leaf); leaf.Gate.Exit(); }
        }
        """);

    [Fact]
    public Task NeedThroughATypeParameterNotMet_Flags() => FlagsTypes("""
        public class Leaf { public readonly Gate Gate = new(); [GuardedBy(nameof(Gate))] public int Value; }
        public static class User
        {
            public static void Visit<T>(T leaf) where T : Leaf => leaf.Value++; // MML1009
        }
        """);

    [Fact]
    public Task NeedDeclaredInAGenericBase_Flags() => FlagsTypes("""
        public abstract class Base<T> { public readonly Gate Gate = new(); [MustHold("Gate")] public abstract void Put(T value); }
        public sealed class Strings : Base<string> { public override void Put(string value) { } }
        public static class User { public static void Run(Strings strings) => strings.Put("x"); } // MML1001
        """);

    [Fact]
    public Task NeedDeclaredInAGenericBaseMet_IsSilent() => SilentTypes("""
        public abstract class Base<T> { public readonly Gate Gate = new(); [MustHold("Gate")] public abstract void Put(T value); }
        public sealed class Strings : Base<string> { public override void Put(string value) { } }
        public static class User
        {
            public static void Run(Strings strings) { strings.Gate.Enter(); strings.Put("x"); strings.Gate.Exit(); }
        }
        """);

    [Fact]
    public Task StaticGuardOfAGenericType_IsSilent() => SilentTypes("""
        public static class Cache<T>
        {
            public static readonly Gate Gate = new();
            [GuardedBy(nameof(Gate))] private static T? s_value;
            public static T? Get() { Gate.Enter(); var value = s_value; Gate.Exit(); return value; }
        }
        """);

    [Fact]
    public Task StaticGuardOfAnotherConstruction_Flags() => FlagsTypes("""
        public static class Cache<T>
        {
            public static readonly Gate Gate = new();
            [GuardedBy(nameof(Gate))] public static T? Value;
        }
        public static class User
        {
            public static string? Get()
            {
                Cache<int>.Gate.Enter();
                var value = Cache<string>.Value; // MML1008
                Cache<int>.Gate.Exit();
                return value;
            }
        }
        """);
}
