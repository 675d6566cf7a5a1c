using System.Linq;

namespace LockMutants.Tests;

/// <summary>What each operator makes of a small account of locks.</summary>
public sealed class OperatorTests
{
    private const string Source = """
        using MmLint;

        [assembly: LockOrder("Store", "Rw", "Gate")]

        [Lock(LockKind.ReaderWriter)]
        public sealed class Rw
        {
            [Acquires("shared(this)")] public extern void ReadLock();
            [Acquires("exclusive(this)")] public extern void WriteLock();
            [Releases("shared(this)")] public extern void ReadUnlock();
            [Releases("exclusive(this)")] public extern void WriteUnlock();
            [Downgrades("this")] public extern void Downgrade();
            [AssertsHeld("this")] public extern void AssertHeld();
        }

        [Lock(LockKind.Mutex)]
        public sealed class Gate
        {
            [Acquires("this")] public extern void Enter();
            [Acquires("this", When = "result", Try = true)] public extern bool TryEnter();
            [Releases("this")] public extern void Exit();
        }

        public sealed class Node
        {
            public Rw Tree { get; } = new();
            public Gate Gate { get; } = new();
            [GuardedBy("Gate")] public int Value;
            [MustHold("Gate", When = "isLocked")] public extern void Visit(bool isLocked);
        }

        public static class Walk
        {
            public static void Both(Node node, Node other)
            {
                node.Tree.WriteLock();
                node.Gate.Enter();
                node.Value = 1;
                node.Gate.Exit();
                node.Tree.Downgrade();
                node.Tree.AssertHeld();
                node.Tree.ReadUnlock();
            }

            public static void Write(Node node)
            {
                node.Tree.WriteLock();
                node.Tree.WriteUnlock();
            }

            public static void Statement(object gate)
            {
                lock (gate) System.Console.WriteLine();
            }

            public static int Try(Node node, bool isLocked)
            {
                if (!isLocked && !node.Gate.TryEnter())
                    return 0;
                node.Visit(true);
                if (!isLocked)
                    node.Gate.Exit();
                return 1;
            }

            public static bool TryOrLeave(Node node, bool busy)
            {
                if (busy || !node.Gate.TryEnter())
                    return false;
                node.Gate.Exit();
                return true;
            }

            [MustHold("node.Gate", When = "isLocked")]
            public static void Visit(Node node, bool isLocked)
            {
                if (isLocked)
                    node.Visit(true);
            }
        }
        """;

    [Theory]
    [InlineData("delete-acquire", "Walk.Both: node.Tree.WriteLock();", "Walk.Both: node.Gate.Enter();", "Walk.Write: node.Tree.WriteLock();")]
    [InlineData("delete-release", "Walk.Both: node.Gate.Exit();", "Walk.Both: node.Tree.ReadUnlock();", "Walk.Write: node.Tree.WriteUnlock();", "Walk.Try: node.Gate.Exit();", "Walk.TryOrLeave: node.Gate.Exit();")]
    [InlineData("delete-downgrade", "Walk.Both: node.Tree.Downgrade();")]
    [InlineData("delete-scope", "Walk.Statement: lock (gate) removed")]
    [InlineData("delete-assertion", "Walk.Both: node.Tree.AssertHeld();")]
    [InlineData("ignore-failure", "Walk.TryOrLeave: if (busy || !node.Gate.TryEnter()) without !node.Gate.TryEnter()")]
    [InlineData("weaken-mode", "Walk.Both: node.Tree.WriteLock() => ReadLock", "Walk.Write: node.Tree.WriteLock() => ReadLock")]
    [InlineData("swap-acquires", "Walk.Both: node.Gate.Enter(); before node.Tree.WriteLock();")]
    [InlineData("move-out", "Walk.Both: node.Value = 1; before node.Gate.Enter();", "Walk.Both: node.Gate.Exit(); before node.Value = 1;")]
    [InlineData("other-instance", "Walk.Both: node.Tree.WriteLock(); on other", "Walk.Both: node.Gate.Enter(); on other", "Walk.Both: node.Gate.Exit(); on other", "Walk.Both: node.Tree.ReadUnlock(); on other",
        "Walk.Write: node.Tree.WriteLock(); on another", "Walk.Write: node.Tree.WriteUnlock(); on another", "Walk.TryOrLeave: node.Gate.Exit(); on another")]
    [InlineData("drop-check", "Walk.Try: (!isLocked && !node.Gate.TryEnter()) without !node.Gate.TryEnter()", "Walk.Visit: (isLocked) without isLocked")]
    [InlineData("delete-order", "assembly: \"Rw\"", "assembly: \"Gate\"")]
    [InlineData("flip-when", "Gate.TryEnter: Acquires(\"this\", When = \"result\", Try = true)", "Node.Visit: MustHold(\"Gate\", When = \"isLocked\")", "Walk.Visit: MustHold(\"node.Gate\", When = \"isLocked\")")]
    [InlineData("weaken-contract")]
    public void Mutates(string kind, params string[] expected) => Assert.Equal(
        expected.Select(text => $"{kind} {text}"),
        Mutants.Of(KernelSource.Compile([("Walk.cs", Source)]), KernelSource.Options()).Where(mutant => mutant.Kind == kind).Select(mutant => mutant.Key));

    [Fact]
    public void ReleaseDependsOnACoin()
    {
        var mutants = Mutants.Of(KernelSource.Compile([("Walk.cs", Source)]), KernelSource.Options());
        var change = Assert.Single(mutants.First(mutant => mutant.Kind == "release-on-one-path").Changes);
        Assert.Equal("if (Mutated.Coin()) node.Gate.Exit();", change.NewText);
    }

    [Fact]
    public void EveryAttributeIsDeletedOnce() =>
        Assert.Equal(15, Mutants.Of(KernelSource.Compile([("Walk.cs", Source)]), KernelSource.Options()).Count(mutant => mutant.Kind == "delete-contract"));
}
