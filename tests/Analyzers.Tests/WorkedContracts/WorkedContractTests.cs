using System.Threading.Tasks;

namespace AnalyzerTests.WorkedContracts;

/// <summary>Base of the acceptance tests: the members of a test stand in a class of their own, behind the kernel's declarations.</summary>
public abstract class WorkedContractTests
{
    private const string Opening = Kernel.Types + Kernel.Functions + Kernel.MoreFunctions;

    private protected static async Task Silent(string members) => await Verify.Silent(Opening + InSubject(members));

    private protected static async Task Flags(string members) => await Verify.Flags(Opening + InSubject(members));

    /// <summary>For sources that add types or parts of types of their own.</summary>
    private protected static async Task FlagsTypes(string types) => await Verify.Flags(Opening + types);

    private static string InSubject(string members) => "public static class Subject\n{\n" + members + "\n}\n";
}
