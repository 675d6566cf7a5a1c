using System.Threading.Tasks;

namespace AnalyzerTests.Themes;

/// <summary>Locks that end with another one ([ReleasedWith]), taken for an object that a call returns.</summary>
public sealed class BoundLocks : ThemeTests
{
    private const string Space = """
        public sealed class Space
        {
            public readonly RwGate Lock = new();
            [MustHold("Lock"), Acquires("exclusive(result.Lock)"), Ensures("result.Space == this")] public extern Area Find();
            [MustHold("Lock"), Acquires("exclusive(result.Lock)")] public extern Area FindSomewhere();
        }
        public sealed class Area
        {
            public required Space Space { get; init; }
            [ReleasedWith("Space.Lock", LockMode.Exclusive)] public RwGate Lock { get; } = new();
            [GuardedBy("Lock")] public int Size;
        }

        """;

    [Fact]
    public Task TakenUnderTheExclusiveHoldThatItEndsWith_IsSilent() => SilentTypes(Space + """
        public static class User
        {
            public static void Run(Space space) { space.Lock.EnterWrite(); space.Find().Size++; space.Lock.ExitWrite(); }
        }
        """);

    [Fact]
    public Task TakenUnderASharedHold_Flags() => FlagsTypes(Space + """
        public static class User
        {
            public static void Run(Space space)
            {
                space.Lock.EnterRead();
                space.Find(); // MML1002
                space.Lock.ExitRead();
            }
        }
        """);

    [Fact]
    public Task TakenForAnObjectOfAnUnknownSpace_IsSilent() => SilentTypes(Space + """
        public static class User
        {
            public static void Run(Space space) { space.Lock.EnterWrite(); space.FindSomewhere(); space.Lock.ExitWrite(); }
        }
        """);

    [Fact]
    public Task EndsWithTheOtherOne_Flags() => FlagsTypes(Space + """
        public static class User
        {
            public static void Run(Space space)
            {
                space.Lock.EnterWrite();
                var area = space.Find();
                space.Lock.ExitWrite();
                area.Size++; // MML1009
            }
        }
        """);
}
