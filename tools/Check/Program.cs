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
string contracts = kernel.Contracts is { } count ? $" with {count:N0} contracts" : "";
Console.WriteLine($"  {kernel.SourceFiles:N0} files{contracts}: {kernel.Findings.Count} findings, {kernel.Suppressed} suppressed");
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

return kernel.Findings.Count == 0 && kernel.Suppressed == 0 && asExpected ? 0 : 1;

static string FindRoot()
{
    for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
    {
        if (File.Exists(Path.Combine(folder.FullName, "MmLint.sln")))
            return folder.FullName;
    }

    throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} has the solution");
}
