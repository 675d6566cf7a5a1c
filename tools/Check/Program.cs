using System;
using System.IO;
using System.Linq;
using MmLint.Check;

// Checks the kernel, packs the package, and shows what it says about the samples.
//   --accept   takes what the samples give now as what is expected of them
// Exits with 0 if the kernel has no finding and every sample has exactly the findings that its Expected.txt lists.
bool accept = args.Contains("--accept");
string root = FindRoot();
var suite = new SampleSuite(root);

Console.WriteLine("MmKernel, checked against its own contracts");
var kernel = KernelCheck.Run(root);
Report.Write(Console.Out, kernel.Findings, root);
Console.WriteLine($"  {kernel.SourceFiles:N0} files: {kernel.Findings.Count} findings, {kernel.Suppressed} suppressed");
if (kernel.Contracts is { } count)
{
    Console.WriteLine($"  {count.Attributes:N0} contracts; {count.Members:N0} methods and properties have some; {count.Unanalyzed} bodies are left out");
    Console.WriteLine($"  {count.RuledFields:N0} of {count.MutableFields:N0} mutable fields say what guards them");
}

Console.WriteLine();

suite.Pack(root);
bool asExpected = true;
foreach (var sample in suite.Build())
{
    var findings = sample.Findings();
    Console.WriteLine($"samples/{sample.Name}: {sample.Description}");
    Report.Write(Console.Out, findings, root);
    if (accept)
        sample.Accept(findings);
    bool same = sample.Expected == Report.Snapshot(findings);
    asExpected &= same;
    Console.WriteLine(same ? $"  {findings.Count} findings, as expected" : $"  {findings.Count} findings, NOT what Expected.txt lists");
    Console.WriteLine();
}

bool isClean = kernel.Findings.Count == 0 && kernel.Suppressed == 0 && kernel.Contracts is { Unanalyzed: 0 };
return isClean && asExpected ? 0 : 1;

static string FindRoot()
{
    for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
    {
        if (File.Exists(Path.Combine(folder.FullName, "MmLint.sln")))
            return folder.FullName;
    }

    throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} has the solution");
}
