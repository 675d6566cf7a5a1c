using System.Linq;
using System.Text;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis.CSharp;

namespace AnalyzerTests.Robustness;

/// <summary>Strings that are no contract: each is reported once, at its attribute, in whichever attribute it stands.</summary>
public sealed class BrokenContractStringsTests
{
    private const string Opening = """
        [Lock(LockKind.Mutex)] public sealed class Gate { [Acquires("this")] public extern void Enter(); [Releases("this")] public extern void Exit(); }
        public sealed class Subject
        {
            public readonly Gate _gate = new();
            public readonly Subject? _next;

        """;

    private static readonly string[] s_broken =
    [
        "", " ", "\t", "&&", "||", "_gate &&", "|| _gate", "(", ")", "((_gate)", "()", "_gate _gate", "_gate..Exit", "_gate.", "._gate",
        "_gate[", "_gate[]", "_next[0", "_next[0]", "\"_gate\"", "'g'", "_gate ? _gate", "_gate ? _gate :", "_gate ? : _gate", "shared()",
        "shared(_gate", "shared _gate", "exclusive()", "exclusive(,)", "new object()", "_gate = _gate", "_gate += 1",
        "_gate++", "x => x", "await _gate", "_gate is int b", "_gate as object", "typeof(int)", "default", "default(int)",
        "_next?._gate", "_gate is { }", "_gate switch { _ => _gate }", "int", "string.Empty", "base", "base._gate", "old(_gate", "old()", "@", "@@",
        "\0", "/* _gate", "// _gate", "_gate; _gate", "_gate, _gate", "{ _gate }", "$", "é", "\ud800", "throw _gate", "nameof(_gate)",
        "stackalloc int[1]", "_gate.Enter()", "from x in _gate select x", "#if X", "\"", "\\", "\n", "global::Subject", "_gate<int>", "-_gate", "~",
    ];

    /// <summary>Where a contract string can stand; {0} is the literal, {1} a number that makes the member's name unique.</summary>
    public static TheoryData<string> Places =>
    [
        "[MustHold({0})] public extern void M{1}();",
        "[MustNotHold({0})] public extern void M{1}();",
        "[Acquires({0})] public extern void M{1}();",
        "[Releases({0})] public extern void M{1}();",
        "[AssertsHeld({0})] public extern void M{1}();",
        "[Requires({0})] public extern void M{1}();",
        "[Ensures({0})] public extern void M{1}();",
        "[MustHold(\"_gate\", When = {0})] public extern void M{1}();",
        "[GuardedBy({0})] public int F{1};",
        "[ReadBy({0})] public int F{1};",
        "[LockAlias({0})] public LockName A{1} => default;",
        "[return: ValidWhileHeld({0})] public extern Subject M{1}();",
    ];

    [Theory]
    [MemberData(nameof(Places))]
    public async Task EachIsReportedOnce(string place)
    {
        var source = new StringBuilder(Opening);
        for (int i = 0; i < s_broken.Length; i++)
            source.AppendLine(Format(place, s_broken[i], i) + " // MML0001");
        await Verify.Flags(source.Append('}').ToString());
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task EndlessStringsAreSurvived(string place)
    {
        const int Much = 20_000;
        string[] endless =
        [
            new('(', Much), new('!', Much), new string('(', Much) + "_gate" + new string(')', Much), string.Join(" || ", Enumerable.Repeat("_gate", Much)),
            string.Join('.', Enumerable.Repeat("_next", Much)), string.Concat(Enumerable.Repeat("_next != null ? _gate : ", Much)) + "_gate",
            string.Concat(Enumerable.Repeat("shared(", Much)), new('x', Much),
        ];
        foreach (string one in endless)
            await Verify.Survives(Opening + Format(place, one, 0) + "}");
    }

    private static string Format(string place, string contract, int number) => place
        .Replace("{0}", SymbolDisplay.FormatLiteral(contract, quote: true), System.StringComparison.Ordinal)
        .Replace("{1}", number.ToString(System.Globalization.CultureInfo.InvariantCulture), System.StringComparison.Ordinal);
}
