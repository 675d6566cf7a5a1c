using System;
using System.CommandLine;
using System.IO;
using MmLint.LockGraphs;

var project = new Argument<FileInfo>("project") { Description = "The project file whose locks are drawn." };
project.AcceptExistingOnly();
var output = new Option<FileInfo?>("--output", "-o") { Description = "Where to write: .mmd (Mermaid), .dot or .svg (needs Graphviz). Without it, Mermaid goes to the terminal." };
var all = new Option<bool>("--all") { Description = "Draw also the orders that follow from others." };
var command = new RootCommand("Draws which lock a project takes inside which: what its code does and what its lists declare. Circles are red.") { project, output, all };
command.SetAction(line =>
{
    try
    {
        var picture = Picture.Of(CompiledProject.ReadGraph(line.GetRequiredValue(project).FullName), line.GetValue(all));
        if (line.GetValue(output) is { } file) picture.Save(file.FullName);
        else Console.Out.Write(picture.ToMermaid());
        Console.Error.WriteLine(picture.Summary);
        return picture.HasCircle ? 1 : 0;
    }
    catch (InvalidDataException problem)
    {
        Console.Error.WriteLine(problem.Message);
        return 2;
    }
});
return command.Parse(args).Invoke();
