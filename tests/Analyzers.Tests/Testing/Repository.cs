using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace MmLint.Testing;

/// <summary>Where the sources of the project lie at run time.</summary>
internal static class Repository
{
    /// <summary>The folder of the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>A file of the project as it lies on disk, also if the compiler recorded it under the root of a deterministic build.</summary>
    /// <param name="path">What <c>[CallerFilePath]</c> gave.</param>
    public static string Locate(string path) =>
        path.StartsWith("/_/", StringComparison.Ordinal) ? Path.Combine(Root, path[3..]) : path;

    /// <summary>The C# files below a folder, in one order everywhere, without what builds leave there.</summary>
    /// <param name="folder">The folder.</param>
    public static IEnumerable<string> Sources(string folder) => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
        .Where(file => !Path.GetRelativePath(folder, file).Split(Path.DirectorySeparatorChar).Any(static part => part is "bin" or "obj"))
        .Order(StringComparer.Ordinal);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "MmLint.sln")))
                return folder.FullName;
        }

        throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} has the solution");
    }
}
