using System.IO;
using System.Runtime.CompilerServices;
using Xunit.Sdk;

namespace MmLint.Testing;

/// <summary>
/// Compares a text with the file that was accepted for the test. Files are named as Verify names them: <c>Class.Method.verified.txt</c> beside the
/// test, and <c>Class.Method.received.txt</c> where they differ. To accept, rename the latter.
/// </summary>
internal static class Snapshot
{
    /// <summary>Fails unless the text is the accepted one; line ends and a final newline do not matter.</summary>
    /// <param name="received">The text.</param>
    /// <param name="variant">Tells the cases of a theory apart.</param>
    /// <param name="source">The test's file, whose name is that of the class; the compiler fills it in.</param>
    /// <param name="method">The test; the compiler fills it in.</param>
    public static void Match(string received, string? variant = null, [CallerFilePath] string source = "", [CallerMemberName] string method = "")
    {
        string file = Repository.Locate(source);
        string stem = Path.Combine(
            Path.GetDirectoryName(file)!, Path.GetFileNameWithoutExtension(file) + "." + method + (variant is null ? "" : "_" + variant));
        string verified = stem + ".verified.txt";
        string unverified = stem + ".received.txt";

        string text = Normal(received);
        if (File.Exists(verified) && Normal(File.ReadAllText(verified)) == text)
        {
            File.Delete(unverified);
            return;
        }

        File.WriteAllText(unverified, text);
        string accepted = File.Exists(verified) ? File.ReadAllText(verified) : "(nothing is accepted yet)";
        throw new XunitException($"""
            {unverified} differs from what was accepted.
            --- accepted
            {accepted}
            --- received
            {text}
            """);
    }

    private static string Normal(string text) => text.ReplaceLineEndings("\n").TrimEnd('\n') + "\n";
}
