using System.Collections.Generic;
using System.ComponentModel;
using System.Diagnostics;
using System.IO;

namespace MmLint.Tools;

/// <summary>Programs that draw: they read a description and write a picture.</summary>
internal static class DrawingProgram
{
    /// <summary>Has a program draw.</summary>
    /// <param name="program">Its name on the path.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="description">What it reads.</param>
    /// <param name="remedy">What to do if the program is not there.</param>
    /// <returns>What it writes.</returns>
    /// <exception cref="InvalidDataException">The program is not there, or refuses the description.</exception>
    internal static string Draw(string program, IReadOnlyList<string> arguments, string description, string remedy)
    {
        Process drawing;
        try
        {
            drawing = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        }
        catch (Win32Exception)
        {
            throw new InvalidDataException(remedy);
        }

        using (drawing)
        {
            var picture = drawing.StandardOutput.ReadToEndAsync();
            drawing.StandardInput.Write(description);
            drawing.StandardInput.Close();
            string text = picture.GetAwaiter().GetResult();
            drawing.WaitForExit();
            return drawing.ExitCode == 0 ? text : throw new InvalidDataException($"'{program}' refused what it should draw.");
        }
    }
}
