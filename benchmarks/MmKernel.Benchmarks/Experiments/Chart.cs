using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;
using MmLint.Tools;

namespace MmKernel.Benchmarks;

/// <summary>Where numbers come from.</summary>
internal enum Origin
{
    /// <summary>Measured on this machine: filled marks.</summary>
    Measured,

    /// <summary>Simulated: hollow marks on dashed lines.</summary>
    Simulated,
}

/// <summary>A chart with a line or marks for each policy; one policy has one colour.</summary>
/// <param name="title">The title.</param>
/// <param name="xLabel">What is to the right.</param>
/// <param name="yLabel">What is up.</param>
internal sealed class Chart(string title, string xLabel, string yLabel)
{
    private static readonly string[] s_colors = ["#c0392b", "#2471a3", "#1e8449", "#b9770e", "#6c3483", "#424949"];

    private readonly List<(string Policy, Origin Origin, IReadOnlyList<(double X, double Y)> Points)> _series = [];
    private readonly List<string> _policies = [];

    /// <summary>Names below the axis at 0, 1, 2 …, where the values there are no numbers: then values are drawn as bars.</summary>
    internal IReadOnlyList<string>? Categories { get; init; }

    /// <summary>Whether a step up is a factor.</summary>
    internal bool IsLogarithmic { get; init; }

    internal void Add(string policy, Origin origin, IReadOnlyList<(double X, double Y)> points)
    {
        if (!_policies.Contains(policy))
            _policies.Add(policy);
        _series.Add((policy, origin, points));
    }

    /// <summary>Draws the chart.</summary>
    /// <exception cref="InvalidDataException">gnuplot is not there.</exception>
    internal void Save(string path)
    {
        string picture = DrawingProgram.Draw(
            "gnuplot", ["-"], ToScript(), "charts need gnuplot, which is not on the path; install it (Debian: gnuplot-nox), or do without --charts");
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        File.WriteAllText(path, picture);
    }

    private string ToScript()
    {
        var script = new StringBuilder();
        script.AppendLine("set terminal svg noenhanced size 860,500 font 'sans-serif,13' background 'white'");
        script.AppendLine(CultureInfo.InvariantCulture, $"set title '{title}'");
        script.AppendLine(CultureInfo.InvariantCulture, $"set xlabel '{xLabel}'");
        script.AppendLine(CultureInfo.InvariantCulture, $"set ylabel '{yLabel}'");
        script.AppendLine("set grid ytics lc '#dddddd'\nset border 3\nset tics nomirror\nset key outside bottom center horizontal\nset yrange [0:]");
        if (IsLogarithmic)
            script.AppendLine("set logscale y 10\nset yrange [*:*]\nset format y '%.0s%c'");
        if (Categories == null)
            script.AppendLine("set logscale x 2\nset xrange [1.7:600]\nset xtics (2, 8, 64, 512)");
        else
            AddCategories(script, Categories);
        for (int i = 0; i < _series.Count; i++)
        {
            script.AppendLine(CultureInfo.InvariantCulture, $"$series{i} << END");
            foreach (var (x, y) in _series[i].Points)
                script.AppendLine(CultureInfo.InvariantCulture, $"{x} {y}");
            script.AppendLine("END");
        }

        script.Append("plot ");
        for (int i = 0; i < _series.Count; i++)
            script.Append(i == 0 ? "" : ", ").Append(Plot(i));
        return script.AppendLine().ToString();
    }

    private static void AddCategories(StringBuilder script, IReadOnlyList<string> categories)
    {
        script.Append("set xtics (");
        for (int i = 0; i < categories.Count; i++)
            script.Append(CultureInfo.InvariantCulture, $"{(i == 0 ? "" : ", ")}'{categories[i]}' {i}");
        script.AppendLine(CultureInfo.InvariantCulture, $")\nset xrange [-0.6:{categories.Count - 0.4}]\nset style fill solid 0.85\nset boxwidth {0.7 / categories.Count + 0.1}");
    }

    private string Plot(int index)
    {
        var (policy, origin, _) = _series[index];
        int number = _policies.IndexOf(policy);
        string color = s_colors[number % s_colors.Length];
        string name = $"title '{policy} ({(origin == Origin.Measured ? "measured" : "simulated")})'";
        if (Categories != null)
        {
            double width = 0.8 / _policies.Count;
            double shift = (number - ((_policies.Count - 1) / 2.0)) * width;
            return string.Create(CultureInfo.InvariantCulture, $"$series{index} using ($1+{shift}):2:({width * 0.9}) with boxes lc '{color}' {name}");
        }

        return origin == Origin.Measured
            ? $"$series{index} with points pt 7 ps 1.3 lc '{color}' {name}"
            : $"$series{index} with linespoints pt 6 ps 1 dt 2 lw 1.5 lc '{color}' {name}";
    }
}
