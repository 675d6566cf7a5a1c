using System.Threading.Tasks;

namespace AnalyzerTests.WorkedContracts;

/// <summary>Base of the acceptance tests: the members of a test stand in a class of their own, beside the kernel's declarations.</summary>
public abstract class WorkedContractTests
{
    private const string Declarations = Kernel.Types + Kernel.Functions + Kernel.MoreFunctions;

    private protected static async Task Silent(string members) => await Verify.Silent(InSubject(members)).WithSource("Kernel.cs", Declarations);

    private protected static async Task Flags(string members) => await Verify.Flags(InSubject(members)).WithSource("Kernel.cs", Declarations);

    /// <summary>For sources that add types or parts of types of their own.</summary>
    private protected static async Task FlagsTypes(string types) => await Verify.Flags("namespace MmKernel;\n" + types).WithSource("Kernel.cs", Declarations);

    private static string InSubject(string members) => "namespace MmKernel;\npublic static class Subject\n{\n" + members + "\n}\n";
}
