using System.Threading.Tasks;

namespace AnalyzerTests.Themes;

/// <summary>What nullable types and the attributes of the framework say about null is known, as it is to the compiler.</summary>
public sealed class Nullness : ThemeTests
{
    private const string Methods = """
        public static extern bool TryGet([NotNullWhen(true)] out Node? node);
        public static extern bool IsMissing([NotNullWhen(false)] Node? node);
        public static extern void Fill([NotNull] ref Node? node);
        [return: NotNullIfNotNull(nameof(node))] public static extern Node? Same(Node? node);
        public static extern Node Make();
        public static extern Node? Find();
        [return: MaybeNull] public static extern Node Perhaps();
        public static extern T First<T>(List<T> from);
        public Node? Current { get; init; }
        [MemberNotNullWhen(true, nameof(Current))] public extern bool HasCurrent();
        public static extern Task<Node?> FindAsync();
        public static extern Task<Node> MakeAsync();
        [Requires("node != null")] public static extern void Use(Node? node);
        [Acquires("node.Gate", When = "node != null")] public static extern void Lock(Node? node);
        [Releases("node.Gate", When = "node != null")] public static extern void Unlock(Node? node);

        """;

    [Theory]
    [InlineData("if (TryGet(out var node)) Use(node);")]
    [InlineData("if (!TryGet(out var node)) return; Use(node);")]
    [InlineData("bool found = TryGet(out var node); if (found) Use(node);")]
    [InlineData("while (TryGet(out var node)) Use(node);")]
    [InlineData("if (TryGet(out var node) && Coin()) { Lock(node); node.Gate.Exit(); }")]
    [InlineData("var node = Find(); if (!IsMissing(node)) Use(node);")]
    [InlineData("var node = Find(); Fill(ref node); Use(node);")]
    [InlineData("Use(Same(Make()));")]
    [InlineData("Use(Make());")]
    [InlineData("var node = Make(); Lock(node); node.Value++; node.Gate.Exit();")]
    [InlineData("var node = Make(); if (Coin()) node = Make(); Use(node);")]
    [InlineData("var node = Find(); System.ArgumentNullException.ThrowIfNull(node); Use(node);")]
    [InlineData("var nodes = new Dictionary<int, Node>(); if (nodes.TryGetValue(1, out var node)) Use(node);")]
    [InlineData("var nodes = new Queue<Node>(); while (nodes.TryDequeue(out var node)) Use(node);")]
    [InlineData("var all = new Subject(); if (all.HasCurrent()) Use(all.Current);")]
    [InlineData("TryGet(out var node); Lock(node); Unlock(node);")]
    public Task NotNullBySignature_IsSilent(string body) => Silent(Methods + "public static void Run()\n{\n" + body + "\n}");

    [Theory]
    [InlineData("TryGet(out var node); Use(node);")]
    [InlineData("if (TryGet(out var node)) return; Use(node);")]
    [InlineData("var node = Find(); if (IsMissing(node)) Use(node);")]
    [InlineData("Use(Same(Find()));")]
    [InlineData("Use(Find());")]
    [InlineData("Use(Perhaps());")]
    [InlineData("Use(First(new List<Node?>()));")]
    [InlineData("var nodes = new Dictionary<int, Node>(); nodes.TryGetValue(1, out var node); Use(node);")]
    [InlineData("var nodes = new Dictionary<int, Node?>(); if (nodes.TryGetValue(1, out var node)) Use(node);")]
    [InlineData("var all = new Subject(); if (!all.HasCurrent()) Use(all.Current);")]
    [InlineData("TryGet(out var node); if (TryGet(out _)) Use(node);")]
    public Task PerhapsNull_Flags(string body) => Flags(Methods + "public static void Run()\n{\n" + body + " // MML1015\n}");

    [Theory]
    [InlineData("if (await FindAsync() is null)")]
    [InlineData("var node = await FindAsync(); if (node == null)")]
    [InlineData("var task = FindAsync(); if (await task.ConfigureAwait(false) is null)")]
    [InlineData("if (await given == null)")]
    [InlineData("if (await _kept == null)")]
    [InlineData("if (await FindAsync() is { } node) return node;")]
    public Task WhatIsAwaitedMayBeNullThoughTheTaskIsNot(string body) =>
        Flags(Methods + "private readonly Task<Node?> _kept = FindAsync();\npublic async Task<Node?> Run(Task<Node?> given)\n{\n" + body + "\n_gate.Exit(); // MML1005\nreturn null;\n}");

    [Theory]
    [InlineData("if (await MakeAsync() is null)")]
    [InlineData("var node = await MakeAsync(); if (node == null)")]
    [InlineData("if (await given == null)")]
    [InlineData("if (done == null)")]
    public Task WhatIsAwaitedIsNotNullIfItsTypeSaysSo(string body) =>
        Silent(Methods + "public async Task Run(Task<Node> given, Task done)\n{\n" + body + "\n_gate.Exit();\nawait done;\n}");

    [Fact]
    public Task LockedWhereFoundAndUnlockedWhereFound_IsSilent() => Silent(Methods + """
        public static void Run()
        {
            bool found = TryGet(out var node);
            if (found) node!.Gate.Enter();
            Work();
            if (found) node!.Gate.Exit();
        }
        """);

    [Fact]
    public Task LockedWhereFoundAndUnlockedWhereNotNull_Flags() => Flags(Methods + """
        public static void Run()
        {
            if (TryGet(out var node)) node.Gate.Enter();
            Unlock(node); // MML1005
        }
        """);

    private const string Annotations = """
        namespace Annotations
        {
            public sealed class NotNullAttribute : Attribute;
            public sealed class NotNullWhenAttribute(bool value) : Attribute { public bool Value => value; }
            public sealed class DoesNotReturnAttribute : Attribute;
        }

        """;

    [Theory]
    [InlineData("public static extern void Check([Annotations.NotNull] Node? node);", "Check(node); Use(node); // MML1015")]
    [InlineData("public static extern bool Has([Annotations.NotNullWhen(true)] Node? node);", "if (Has(node)) Use(node); // MML1015")]
    [InlineData("[Annotations.DoesNotReturn] public static extern void Fail();", "if (node is null) Fail();\nUse(node); // MML1015")]
    public async Task AttributeOfTheSameNameFromElsewhere_Flags(string method, string body) =>
        await Verify.Flags(InSubject(Methods + method + "\npublic static void Run(Node? node)\n{\n" + body + "\n}")).WithSource("Locks.cs", Declarations).WithSource("Annotations.cs", Annotations);

    [Theory]
    [InlineData("public static extern void Check([NotNull] Node? node);", "Check(node); Use(node);")]
    [InlineData("public static extern bool Has([NotNullWhen(true)] Node? node);", "if (Has(node)) Use(node);")]
    [InlineData("[DoesNotReturn] public static extern void Fail();", "if (node is null) Fail();\nUse(node);")]
    public async Task AttributeThatTheCompilerKnows_IsSilent(string method, string body) =>
        await Verify.Silent(InSubject(Methods + method + "\npublic static void Run(Node? node)\n{\n" + body + "\n}")).WithSource("Locks.cs", Declarations).WithSource("Annotations.cs", Annotations);

    private const string Tree = """
        public sealed class Mm
        {
            public readonly RwGate Lock = new();
            [GuardedBy(nameof(Lock))] public bool IsExiting;
            [MustHold("Lock"), Ensures("result.Mm == this")] public extern Area? Find(ulong address);
            public extern Area? FindAny(ulong address);
        }
        public sealed class Area
        {
            public required Mm Mm { get; init; }
            [GuardedBy("Mm.Lock")] public ulong End;
        }

        """;

    [Fact]
    public Task LoopThatStartsWithNullOrAFind_IsSilent() => SilentTypes(Tree + """
        public static class Walk
        {
            public static ulong Sum(Mm mm)
            {
                ulong sum = 0;
                mm.Lock.EnterRead();
                for (var area = mm.IsExiting ? null : mm.Find(0); area != null; area = mm.Find(area.End)) sum += area.End;
                mm.Lock.ExitRead();
                return sum;
            }
        }
        """);

    [Fact]
    public Task FindOnOnePathOnly_IsSilent() => SilentTypes(Tree + """
        public static class Walk
        {
            [MustHold("mm.Lock")] public static ulong End(Mm mm, ulong address)
            {
                Area? area = null;
                if (address != 0) area = mm.Find(address);
                return area?.End ?? 0;
            }
        }
        """);

    [Fact]
    public Task LoopThatStartsWithNullOrAnyArea_Flags() => FlagsTypes(Tree + """
        public static class Walk
        {
            public static void Touch(Mm mm)
            {
                mm.Lock.EnterRead();
                for (var area = mm.IsExiting ? null : mm.FindAny(0); area != null; area = mm.Find(1))
                {
                    area.End.ToString(); // MML1008
                }
                mm.Lock.ExitRead();
            }
        }
        """);

    [Fact]
    public Task FindInOneOfTwoTrees_Flags() => FlagsTypes(Tree + """
        public static class Walk
        {
            [MustHold("mm.Lock"), MustHold("other.Lock")] public static ulong End(Mm mm, Mm other, bool first, bool second)
            {
                Area? area = null;
                if (first) area = mm.Find(0);
                else if (second) area = other.FindAny(0);
                return area?.End ?? 0; // MML1008
            }
        }
        """);
}
