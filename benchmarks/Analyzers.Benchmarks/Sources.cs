using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace AnalyzerBenchmarks;

/// <summary>Generated code: how much of it, and how it branches, is what the curves are drawn over.</summary>
internal static class Sources
{
    private const string PlainUsings = "using System;\nusing System.Collections.Generic;\nusing System.Linq;\n\n";

    private const string Usings = "using MmLint;\n" + PlainUsings;

    private const string Locks = Usings + """
        [Lock(LockKind.ReaderWriter)]
        public sealed class Gate
        {
            [Acquires("shared(this)")] public extern void EnterRead();
            [Acquires("shared(this)", When = "result", Try = true)] public extern bool TryEnterRead();
            [Releases("shared(this)")] public extern void ExitRead();
            [Acquires("exclusive(this)")] public extern void Enter();
            [Acquires("exclusive(this)", When = "result", Try = true)] public extern bool TryEnter();
            [Releases("exclusive(this)")] public extern void Exit();
        }
        """;

    /// <summary>Files of ordinary code that takes no lock and states no contract; each has 500 lines.</summary>
    public static IEnumerable<string> Plain(int files) => Enumerable.Range(0, files).Select(Plain1);

    /// <summary>The same files beside one that states contracts, as in a project of which a part is annotated.</summary>
    public static IEnumerable<string> Mixed(int files) => Plain(files).Concat(Annotated(1));

    /// <summary>Files whose classes guard their data and state contracts, after one that declares the locks.</summary>
    public static IEnumerable<string> Annotated(int files) => Enumerable.Range(0, files).Select(Annotated1).Prepend(Locks);

    /// <summary>
    /// One method in which each of the conditions decides, three times over, what happens to a lock of its own: whether it is taken, whether
    /// what it guards is written, and whether it is given back.
    /// </summary>
    public static IEnumerable<string> Conditions(int count)
    {
        var text = new StringBuilder(Usings).AppendLine("public sealed class Subject\n{");
        for (int i = 0; i < count; i++)
            text.AppendLine(CultureInfo.InvariantCulture, $"    public readonly Gate G{i} = new();\n    [GuardedBy(nameof(G{i}))] public int V{i};");
        text.AppendLine(CultureInfo.InvariantCulture, $"    public void Run({string.Join(", ", Enumerable.Range(0, count).Select(i => $"bool c{i}"))})\n    {{");
        foreach (string step in (string[])["G{0}.Enter();", "V{0}++;", "G{0}.Exit();"])
        {
            for (int i = 0; i < count; i++)
                text.AppendLine(CultureInfo.InvariantCulture, $"        if (c{i}) {step.Replace("{0}", $"{i}", System.StringComparison.Ordinal)}");
        }

        return [Locks, text.AppendLine("    }\n}").ToString()];
    }

    /// <summary>One method of that many sections, each of which takes a lock, branches over what it guards, may leave, and gives it back.</summary>
    public static IEnumerable<string> LongMethod(int sections)
    {
        var text = new StringBuilder(Usings).AppendLine("public sealed class Long\n{\n    private readonly Gate _gate = new();\n    [GuardedBy(nameof(_gate))] private int _count;\n    [GuardedBy(nameof(_gate))] private object? _last;");
        text.AppendLine("    public int Run(bool quick, int limit, object item)\n    {");
        for (int i = 0; i < sections; i++)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $$"""
                        if (quick && !_gate.TryEnter()) return {{i}};
                        if (!quick) _gate.Enter();
                        if (_last == null || _count > limit + {{i}})
                        {
                            _last = item;
                            _count++;
                        }
                        else if (_last != item)
                        {
                            _gate.Exit();
                            return -{{i}};
                        }

                        _gate.Exit();
                """);
        }

        return [Locks, text.AppendLine("        return 0;\n    }\n}").ToString()];
    }

    private static string Plain1(int number)
    {
        var text = new StringBuilder(PlainUsings).AppendLine(CultureInfo.InvariantCulture, $"public sealed class Ledger{number}\n{{\n    private readonly Dictionary<string, List<int>> _rows = new();\n    private int _total;\n");
        for (int i = 0; i < 19; i++)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $$"""
                    /// <summary>Adds what the row has to the total and says how much that was.</summary>
                    public int Add{{i}}(string name, int amount, bool strict)
                    {
                        if (string.IsNullOrEmpty(name)) throw new ArgumentException("A row has a name", nameof(name));
                        if (!_rows.TryGetValue(name, out var row))
                        {
                            if (strict) return -1;
                            row = new List<int>();
                            _rows.Add(name, row);
                        }

                        row.Add(amount);
                        int sum = 0;
                        foreach (int value in row)
                        {
                            if (value < 0 && strict) continue;
                            sum += value * {{i + 2}};
                        }

                        for (int index = 0; index < row.Count; index++)
                        {
                            if (row[index] > sum) row[index] = Clamp{{i}}(row[index], sum);
                        }

                        _total += row.Where(value => value > {{i}}).Sum();
                        return _total;
                    }
                """);
            text.AppendLine(CultureInfo.InvariantCulture, $"\n    private static int Clamp{i}(int value, int most) => value > most ? most : value;\n");
        }

        return text.AppendLine("}").ToString();
    }

    private static string Annotated1(int number)
    {
        var text = new StringBuilder(Usings).AppendLine(CultureInfo.InvariantCulture, $"public sealed class Store{number}\n{{\n    public readonly Gate Gate = new();\n    private readonly object _sync = new();\n    [GuardedBy(nameof(Gate))] public Store{number}? Next;\n    [GuardedBy(nameof(Gate))] public int Count;\n    [GuardedBy(nameof(_sync))] private int _hits;\n");
        for (int i = 0; i < 14; i++)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $$"""
                    [MustHold("Gate", When = "locked")]
                    public int Find{{i}}(int key, bool locked)
                    {
                        if (!locked && !Gate.TryEnterRead()) return -1;
                        int found = 0;
                        for (Store{{number}}? at = Next; at != null; found++)
                        {
                            if (found > Count + key) break;
                            at = Next;
                        }

                        if (!locked) Gate.ExitRead();
                        lock (_sync) _hits += found;
                        return found;
                    }

                    [Acquires("exclusive(Gate)", When = "result == 0")]
                    public int Claim{{i}}(int key)
                    {
                        if (key < 0) return -22;
                        Gate.Enter();
                        if (Count == 0 || Next == null)
                        {
                            Gate.Exit();
                            return -2;
                        }

                        Count--;
                        return 0;
                    }

                    public void Use{{i}}(int key)
                    {
                        if (Claim{{i}}(key) != 0) return;
                        Next = null;
                        Gate.Exit();
                    }
                """);
        }

        return text.AppendLine("}").ToString();
    }
}
