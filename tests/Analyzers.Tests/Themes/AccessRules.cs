using System.Threading.Tasks;

namespace AnalyzerTests.Themes;

/// <summary>Access rules that cannot rule out what they are for, and members without one. Both rules are off by default.</summary>
public sealed class AccessRules
{
    private const string Both = "[*.cs]\ndotnet_diagnostic.MML0013.severity = warning\ndotnet_diagnostic.MML0014.severity = warning";

    private const string Locks = """
        [Lock(LockKind.ReaderWriter)] public sealed class Rw { [Acquires("shared(this)")] public extern void ReadLock(); [Releases("shared(this)")] public extern void ReadUnlock(); }
        [Lock(LockKind.Spin)] public sealed class Spin { [Acquires("this")] public extern void Enter(); [Releases("this")] public extern void Exit(); }
        public static class Rcu { [Lock(LockKind.Rcu)] public static LockName Section => default; }
        public sealed class Owner { public readonly Rw Rw = new(); }

        """;

    [Theory]
    [InlineData("[ReadBy(\"A\"), WriteBy(\"exclusive(B)\")] public int Value;", "whoever reads under A and whoever writes under exclusive(B) do not exclude each other")]
    [InlineData("[ReadBy(\"A || B\"), WriteBy(\"exclusive(B)\")] public int Value;", "whoever reads under A and whoever writes under exclusive(B) do not exclude each other")]
    [InlineData("[ReadBy(\"A\"), WriteBy(\"shared(A)\")] public int Value;", "whoever writes under shared(A) and whoever writes under shared(A) do not exclude each other")]
    [InlineData("[ReadBy(\"A\"), WriteBy(\"exclusive(A) || exclusive(B)\")] public int Value;", "whoever writes under exclusive(A) and whoever writes under exclusive(B) do not exclude each other")]
    [InlineData("[ReadBy(\"A\"), WriteBy(\"A && S\")] public int Value;", "whoever reads under A and whoever writes under A and S do not exclude each other")]
    [InlineData("[ReadBy(\"A || Of.Rw\"), WriteBy(\"exclusive(A) && (Of != null ? shared(Of.Rw) : null)\")] public int Value;", "whoever reads under Of.Rw and whoever writes under exclusive(A) and shared(Of.Rw) do not exclude each other")]
    [InlineData("[ReadBy(\"A\"), WriteBy(\"exclusive(B)\")] public int Value { get; set; }", "whoever reads under A and whoever writes under exclusive(B) do not exclude each other")]
    public async Task DoesNotExclude(string member, string reason) => await Verify.Flags(Subject(member + " // MML0013")).WithConfig(Both).WithMessage($"'Value': {reason}");

    [Theory]
    [InlineData("private int _value;", "'_value' is mutable and does not say who may access it")]
    [InlineData("internal static int Value;", "'Value' is mutable and does not say who may access it")]
    [InlineData("public int Value { get; set; }", "'Value' is mutable and does not say who may access it")]
    [InlineData("[WriteBy(\"exclusive(A)\")] public int Value;", "'Value' says who may write it, but anybody may read it")]
    [InlineData("[ReadBy(\"A\")] public int Value;", "'Value' says who may read it, but anybody may write it")]
    [InlineData("[Lock(LockKind.Mutex)] public sealed class Part { public int Value; }", "'Value' is mutable and does not say who may access it")]
    public async Task IsMissing(string member, string message) => await Verify.Flags(Subject(member + " // MML0014")).WithConfig(Both).WithMessage(message);

    [Theory]
    [InlineData("[GuardedBy(\"A\")] public int Value;")]
    [InlineData("[GuardedBy(\"A\", \"B\")] public int Value;")]
    [InlineData("[ReadBy(\"A || B\"), WriteBy(\"exclusive(A) && exclusive(B)\")] public int Value;")]
    [InlineData("[ReadBy(\"A && S\"), WriteBy(\"A && S\")] public int Value;")]
    [InlineData("[ReadBy(\"A || Of.Rw\"), WriteBy(\"exclusive(A) && (Of != null ? exclusive(Of.Rw) : null)\")] public int Value;")]
    [InlineData("[ReadBy(\"A || Bounded\"), WriteBy(\"exclusive(Bounded)\")] public int Value;")]
    [InlineData("[ReadBy(\"A || Rcu.Section\"), WriteBy(\"exclusive(A)\")] public object? Value;")]
    [InlineData("[ReadBy(\"A\"), ReadFreely, WriteBy(\"exclusive(B)\")] public int Value;")]
    [InlineData("[WriteBy(\"exclusive(B)\"), ReadFreely] public int Value;")]
    [InlineData("[ReadBy(\"A\"), WriteBy(\"exclusive(A)\"), WriteBy(\"shared(B)\", When = \"value == 0\")] public int Value;")]
    [InlineData("[Atomic] public int Value;")]
    [InlineData("[WriteOnce] public int Value;")]
    [InlineData("[Tracked] public int Value;")]
    [InlineData("public readonly int Value;")]
    [InlineData("public const int Value = 1;")]
    [InlineData("public int Value { get; init; }")]
    [InlineData("public int Value => 1;")]
    [InlineData("[Atomic] private int _value; public int Value { get => System.Threading.Volatile.Read(ref _value); set => System.Threading.Volatile.Write(ref _value, value); }")]
    [InlineData("public struct Part { public int Value; }")]
    [InlineData("[System.ThreadStatic] private static int t_value;")]
    [InlineData("[Lock(LockKind.Mutex)] public sealed class Part { private int _word; }")]
    [InlineData("public enum Part { One }")]
    public async Task Stands(string member) => await Verify.Silent(Subject(member)).WithConfig(Both);

    [Fact]
    public async Task NothingIsAskedByDefault() => await Verify.Silent(Subject("public int Free; [ReadBy(\"A\"), WriteBy(\"exclusive(B)\")] public int Value;"));

    private static string Subject(string member) => Locks + $$"""
        public sealed class Subject
        {
            public readonly Rw A = new(), B = new();
            public readonly Spin S = new();
            public readonly Owner? Of;
            [ReleasedWith("A", LockMode.Exclusive)] public readonly Rw Bounded = new();
            {{member}}
        }
        """;
}
