using System.Threading.Tasks;

namespace AnalyzerTests.Themes;

/// <summary>Base of the corpus: a test writes members of class <c>Subject</c>, or whole types, against a few plain locks.</summary>
public abstract class ThemeTests
{
    /// <summary>Locks of every kind, a scope, and a subject with a member for each. None of the locks says that it sleeps.</summary>
    private protected const string Declarations = """
        global using System.Collections.Generic;
        global using System.Diagnostics.CodeAnalysis;
        global using System.Threading.Tasks;

        [Lock(LockKind.Mutex)] public sealed class Gate
        {
            [Acquires("this")] public extern void Enter();
            [Acquires("this", When = "result", Try = true)] public extern bool TryEnter();
            [Releases("this")] public extern void Exit();
            [AssertsHeld("this")] public extern void AssertHeld();
        }
        [Lock(ReaderWriter)] public sealed class RwGate
        {
            [Acquires("shared(this)")] public extern void EnterRead();
            [Acquires("shared(this)", When = "result", Try = true)] public extern bool TryEnterRead();
            [Acquires("exclusive(this)")] public extern void EnterWrite();
            [Acquires("exclusive(this)", When = "result", Try = true)] public extern bool TryEnterWrite();
            [Acquires("exclusive(this)", When = "result == 0")] public extern int EnterWriteOrFail();
            [Releases("shared(this)")] public extern void ExitRead();
            [Releases("exclusive(this)")] public extern void ExitWrite();
            [Downgrades("this")] public extern void Downgrade();
            [AssertsHeld("shared(this)")] public extern void AssertRead();
            [AssertsHeld("exclusive(this)")] public extern void AssertWrite();
        }
        [Lock(Spin)] public sealed class SpinGate
        {
            [Acquires("this")] public extern void Enter();
            [Acquires("this", When = "result", Try = true)] public extern bool TryEnter();
            [Releases("this")] public extern void Exit();
        }
        [ScopedLock] public readonly ref struct GateScope
        {
            [Acquires("gate")] public extern GateScope(Gate gate);
            public extern void Dispose();
        }
        public sealed class Node
        {
            public readonly Gate Gate = new();
            [GuardedBy(nameof(Gate))] public int Value;
            [GuardedBy(nameof(Gate))] public Node? Next;
        }
        public sealed partial class Subject
        {
            public readonly Gate _gate = new();
            public readonly RwGate _rw = new();
            public readonly SpinGate _spin = new();
            [GuardedBy(nameof(_gate))] public int _count;
            [GuardedBy(nameof(_rw))] public int _table;
            public static extern bool Coin();
            public static extern void Work();
        }

        """;

    /// <summary>The members of <c>Subject</c> give exactly the diagnostics that their lines say.</summary>
    private protected static async Task Flags(string members) => await Verify.Flags(InSubject(members)).WithSource("Locks.cs", Declarations);

    /// <summary>The members of <c>Subject</c> give no diagnostic.</summary>
    private protected static async Task Silent(string members) => await Verify.Silent(InSubject(members)).WithSource("Locks.cs", Declarations);

    /// <summary>The types give exactly the diagnostics that their lines say.</summary>
    private protected static async Task FlagsTypes(string types) => await Verify.Flags(types).WithSource("Locks.cs", Declarations);

    /// <summary>The types give no diagnostic.</summary>
    private protected static async Task SilentTypes(string types) => await Verify.Silent(types).WithSource("Locks.cs", Declarations);

    private protected static string InSubject(string members) => "public sealed partial class Subject\n{\n" + members + "\n}\n";
}
