using System.Threading.Tasks;

namespace AnalyzerTests.Themes;

/// <summary>Re-entrant locks and counted references are held several times over.</summary>
public sealed class Reentrancy : ThemeTests
{
    [Fact]
    public Task ReentrantLockEnteredTwice_IsSilent() => SilentTypes("""
        [Lock(LockKind.Mutex, Reentrant = true)] public sealed class Nested
        {
            [Acquires("this")] public extern void Enter();
            [Releases("this")] public extern void Exit();
        }
        public sealed class User
        {
            public readonly Nested Nested = new();
            public void Run() { Nested.Enter(); Nested.Enter(); Nested.Exit(); Nested.Exit(); }
        }
        """);

    [Fact]
    public Task ReentrantLockExitedOnceTooFew_Flags() => FlagsTypes("""
        [Lock(LockKind.Mutex, Reentrant = true)] public sealed class Nested
        {
            [Acquires("this")] public extern void Enter();
            [Releases("this")] public extern void Exit();
        }
        public sealed class User
        {
            public readonly Nested Nested = new();
            public void Run()
            {
                Nested.Enter();
                Nested.Enter();
                Nested.Exit();
            } // MML1006
        }
        """);

    [Fact]
    public Task ReentrantLockExitedOnceTooOften_Flags() => FlagsTypes("""
        [Lock(LockKind.Mutex, Reentrant = true)] public sealed class Nested
        {
            [Acquires("this")] public extern void Enter();
            [Releases("this")] public extern void Exit();
        }
        public sealed class User
        {
            public readonly Nested Nested = new();
            public void Run()
            {
                Nested.Enter();
                Nested.Exit();
                Nested.Exit(); // MML1005
            }
        }
        """);

    [Fact]
    public Task ReentrantLockStillHeldAfterTheInnerExit_IsSilent() => SilentTypes("""
        [Lock(LockKind.Mutex, Reentrant = true)] public sealed class Nested
        {
            [Acquires("this")] public extern void Enter();
            [Releases("this")] public extern void Exit();
        }
        public sealed class User
        {
            public readonly Nested Nested = new();
            [GuardedBy(nameof(Nested))] public int Value;
            public void Run() { Nested.Enter(); Nested.Enter(); Nested.Exit(); Value++; Nested.Exit(); }
        }
        """);

    [Fact]
    public Task ReentrantLockOfTheCaller_IsSilent() => SilentTypes("""
        [Lock(LockKind.Mutex, Reentrant = true)] public sealed class Nested
        {
            [Acquires("this")] public extern void Enter();
            [Releases("this")] public extern void Exit();
        }
        public sealed class User
        {
            public readonly Nested Nested = new();
            [GuardedBy(nameof(Nested))] public int Value;
            [MustHold("Nested")] public void Run() { Nested.Enter(); Value++; Nested.Exit(); Value++; }
        }
        """);

    [Fact]
    public Task ReadSectionsNest_IsSilent() => SilentTypes("""
        public static class Reads
        {
            [Lock(LockKind.Rcu)] public static LockName Section => default;
            [Acquires("shared(Section)")] public static extern void Begin();
            [Releases("Section")] public static extern void End();
        }
        public sealed class User { public void Run() { Reads.Begin(); Reads.Begin(); Reads.End(); Reads.End(); } }
        """);

    [Fact]
    public Task ReadSectionLeftOpen_Flags() => FlagsTypes("""
        public static class Reads
        {
            [Lock(LockKind.Rcu)] public static LockName Section => default;
            [Acquires("shared(Section)")] public static extern void Begin();
            [Releases("Section")] public static extern void End();
        }
        public sealed class User
        {
            public void Run()
            {
                Reads.Begin();
                Reads.Begin();
                Reads.End();
            } // MML1006
        }
        """);

    [Fact]
    public Task ReferenceTakenTwiceAndPutTwice_IsSilent() => SilentTypes("""
        public sealed class Counted
        {
            [Lock(Reference)] public LockName Ref => default;
            [Acquires("Ref")] public extern void Get();
            [Releases("Ref")] public extern void Put();
        }
        public sealed class User { public void Run(Counted counted) { counted.Get(); counted.Get(); counted.Put(); counted.Put(); } }
        """);

    [Fact]
    public Task ReferencePutTwice_Flags() => FlagsTypes("""
        public sealed class Counted
        {
            [Lock(Reference)] public LockName Ref => default;
            [Acquires("Ref")] public extern void Get();
            [Releases("Ref")] public extern void Put();
        }
        public sealed class User
        {
            public void Run(Counted counted)
            {
                counted.Get();
                counted.Put();
                counted.Put(); // MML2011
            }
        }
        """);

    [Fact]
    public Task ReferenceNeverPut_Flags() => FlagsTypes("""
        public sealed class Counted
        {
            [Lock(Reference)] public LockName Ref => default;
            [Acquires("Ref")] public extern void Get();
            [Releases("Ref")] public extern void Put();
        }
        public sealed class User
        {
            public void Run(Counted counted)
            {
                counted.Get();
            } // MML2011
        }
        """);

    [Fact]
    public Task ReferencesTakenInALoopAndKept_Flags() => FlagsTypes("""
        public sealed class Counted
        {
            [Lock(Reference)] public LockName Ref => default;
            [Acquires("Ref")] public extern void Get();
            [Releases("Ref")] public extern void Put();
        }
        public sealed class User
        {
            public void Run(Counted counted)
            {
                for (int i = 0; i < 9; i++) counted.Get();
            } // MML2011
        }
        """);

    [Fact]
    public Task IdempotentAcquireWhereHeld_IsSilent() => Silent("""
        [Acquires("_gate", Idempotent = true)] public extern void Ensure();
        public void Run() { _gate.Enter(); Ensure(); _count++; _gate.Exit(); }
        """);

    [Fact]
    public Task IdempotentAcquireWhereNotHeld_IsSilent() => Silent("""
        [Acquires("_gate", Idempotent = true)] public extern void Ensure();
        public void Run() { Ensure(); Ensure(); _count++; _gate.Exit(); }
        """);

    [Fact]
    public Task IdempotentReleaseWhereNotHeld_IsSilent() => Silent("""
        [Releases("_gate", Idempotent = true)] public extern void Drop();
        public void Run() { Drop(); _gate.Enter(); Drop(); Drop(); }
        """);

    [Fact]
    public Task IdempotentReleaseEndsTheHold_Flags() => Flags("""
        [Releases("_gate", Idempotent = true)] public extern void Drop();
        public void Run()
        {
            _gate.Enter();
            Drop();
            _count++; // MML1009
        }
        """);
}
