using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace AnalyzerTests.Robustness;

/// <summary>
/// A random method body over two mutexes and a reader-writer lock, three conditions, a few locals that stand for conditions or for what a try returned, and a coin. It is made right and then, perhaps, spoilt by one edit; what is wrong
/// with it is decided by running every path, not by analysis.
/// </summary>
internal sealed class RandomProgram
{
    private const int ReaderWriter = 2;
    private const int Locals = 6;
    private const int MaxDepth = 3;
    private const int MaxPaths = 20000;

    private readonly int _gates;
    private readonly int _conditions;
    private readonly Random _random;
    private readonly List<Statement> _body;
    private readonly StringBuilder _text = new();
    private int _line = 1;
    private int _locals;

    /// <param name="seed">What decides everything.</param>
    /// <param name="isWide">Whether all of many gates are taken first, most under conditions, and all given back last.</param>
    public RandomProgram(int seed, bool isWide = false)
    {
        _random = new Random(seed);
        _gates = isWide ? 6 : 3;
        _conditions = isWide ? 4 : 3;
        _body = isWide ? Wide() : Block(MaxDepth, [], []);
        if (_random.Next(4) > 0)
            Spoil();
        Render();
    }

    private enum Kind
    {
        Enter,
        Exit,
        Touch,
        Work,
        Return,
        If,
        IfTry,
        Try,
        TryOut,
        Let,
        Flip,
        While,
        TryFinally,
    }

    /// <summary>The whole source.</summary>
    public string Source => _text.ToString();

    /// <summary>
    /// What the paths do wrong first, each with its line; empty if no path does anything wrong; null if there are too many paths, or if one
    /// tries a gate that it holds, which is pointless but not wrong.
    /// </summary>
    public IReadOnlySet<(int Line, string Id)>? FirstWrongs()
    {
        var wrongs = new HashSet<(int, string)>();
        int paths = 0;
        for (int conditions = 0; conditions < 1 << _conditions; conditions++)
        {
            var choices = new List<bool>();
            do
            {
                var path = new Path(_conditions, conditions, choices);
                var wrong = path.Run(_body, _line);
                if (path.IsPointless || ++paths > MaxPaths)
                    return null;
                if (wrong is { } found)
                    wrongs.Add(found);
            }
            while (Advance(choices));
        }

        return wrongs;
    }

    /// <summary>Turns the last choice that was false to true and forgets those behind it: the next path, depth first.</summary>
    private static bool Advance(List<bool> choices)
    {
        while (choices.Count > 0 && choices[^1])
            choices.RemoveAt(choices.Count - 1);
        if (choices.Count == 0)
            return false;
        choices[^1] = true;
        return true;
    }

    /// <param name="depth">How deeply it may nest.</param>
    /// <param name="held">Gates that the caller of the block takes on some path.</param>
    /// <param name="undo">How to give back what is held, so that the block may return.</param>
    private List<Statement> Block(int depth, IReadOnlyList<(int Gate, string? Condition, bool Shared)> held, IReadOnlyList<Statement> undo)
    {
        var block = new List<Statement>();
        for (int i = _random.Next(1, 4); i > 0; i--)
            block.AddRange(Piece(depth, held, undo));
        return block;
    }

    private IEnumerable<Statement> Piece(int depth, IReadOnlyList<(int Gate, string? Condition, bool Shared)> held, IReadOnlyList<Statement> undo)
    {
        var free = Enumerable.Range(0, _gates).Except(held.Select(h => h.Gate)).ToList();
        int kind = _random.Next(depth == 0 ? 3 : 13);
        if (kind > 5 && (free.Count == 0 || _locals == Locals))
            kind = _random.Next(6);
        string condition = Condition();
        int gate = free.Count == 0 ? 0 : free[_random.Next(free.Count)];
        bool shared = gate == ReaderWriter && _random.Next(2) == 0;
        switch (kind)
        {
            case 0 or 1 when held.Count > 0:
            {
                var (touched, under, reads) = held[_random.Next(held.Count)];
                var touch = new Statement(Kind.Touch) { Gate = touched, Shared = reads || _random.Next(2) == 0 };
                return [under is null ? touch : new Statement(Kind.If) { Condition = under, Body = [touch] }];
            }

            case < 3:
                return [new Statement(Kind.Work)];
            case 3:
                return [new Statement(Kind.If) { Condition = condition, Body = Block(depth - 1, held, undo), Other = _random.Next(2) == 0 ? Block(depth - 1, held, undo) : [] }];
            case 4:
                return [new Statement(Kind.If) { Condition = "Coin()", Body = [.. Copy(undo), new Statement(Kind.Return)] }];
            case 5 when _random.Next(4) == 0:
                return [new Statement(Kind.Flip) { Target = $"c{_random.Next(_conditions)}" }];
            case 5:
                return [new Statement(Kind.While) { Body = Block(depth - 1, held, undo) }];
            case 6:
            {
                var enter = new Statement(Kind.Enter) { Gate = gate, Shared = shared };
                var exit = new Statement(Kind.Exit) { Gate = gate, Shared = shared };
                return [enter, .. Block(depth - 1, [.. held, (gate, null, shared)], [exit, .. undo]), Copy(exit)];
            }

            case 7:
                return Conditionally((gate, shared), condition, [], depth, held, undo);
            case 8:
            {
                string local = $"l{_locals++}";
                return Conditionally((gate, shared), local, [new Statement(Kind.Let) { Target = local, Condition = condition }], depth, held, undo);
            }

            case 9:
            {
                string local = $"l{_locals++}";
                var exit = new Statement(Kind.If) { Condition = local, Body = [new Statement(Kind.Exit) { Gate = gate, Shared = shared }] };
                return [new Statement(_random.Next(2) == 0 ? Kind.Try : Kind.TryOut) { Target = local, Gate = gate, Shared = shared }, .. Block(depth - 1, [.. held, (gate, local, shared)], [exit, .. undo]), Copy(exit)];
            }

            case 10:
            {
                var exit = new Statement(Kind.Exit) { Gate = gate, Shared = shared };
                return
                [
                    new Statement(Kind.IfTry)
                    {
                        Gate = gate,
                        Shared = shared,
                        Body = [.. Block(depth - 1, [.. held, (gate, null, shared)], [exit, .. undo]), Copy(exit)],
                        Other = _random.Next(2) == 0 ? Block(depth - 1, held, undo) : [],
                    },
                ];
            }

            default:
                // The finally block gives back, so a return inside gives back only what was taken outside.
                return
                [
                    new Statement(Kind.Enter) { Gate = gate, Shared = shared },
                    new Statement(Kind.TryFinally) { Body = Block(depth - 1, [.. held, (gate, null, shared)], undo), Other = [new Statement(Kind.Exit) { Gate = gate, Shared = shared }] },
                ];
        }
    }

    private List<Statement> Wide()
    {
        var taken = new List<Statement>();
        var held = new List<(int Gate, string? Condition, bool Shared)>();
        var given = new List<Statement>();
        for (int gate = 0; gate < _gates; gate++)
        {
            bool shared = gate == ReaderWriter && _random.Next(2) == 0;
            var enter = new Statement(Kind.Enter) { Gate = gate, Shared = shared };
            string? condition = Condition();
            switch (_random.Next(6))
            {
                case 0:
                    condition = $"l{_locals++}";
                    taken.Add(new Statement(_random.Next(2) == 0 ? Kind.Try : Kind.TryOut) { Target = condition, Gate = gate, Shared = shared });
                    break;
                case 1:
                    taken.Add(new Statement(Kind.Let) { Target = $"l{_locals}", Condition = condition });
                    condition = $"l{_locals++}";
                    taken.Add(new Statement(Kind.If) { Condition = condition, Body = [enter] });
                    break;
                case 2:
                    taken.Add(new Statement(Kind.If) { Condition = "Coin()", Body = [enter, new Statement(Kind.Let) { Target = $"l{_locals}", Condition = "true" }] });
                    condition = $"l{_locals++}";
                    break;
                default:
                    taken.Add(new Statement(Kind.If) { Condition = condition, Body = [enter] });
                    break;
            }

            held.Add((gate, condition, shared));
            given.Insert(_random.Next(given.Count + 1), new Statement(Kind.If) { Condition = condition, Body = [new Statement(Kind.Exit) { Gate = gate, Shared = shared }] });
        }

        return [.. taken, .. Block(1, held, given), .. Copy(given)];
    }

    private List<Statement> Conditionally(
        (int Gate, bool Shared) taken, string condition, List<Statement> before, int depth, IReadOnlyList<(int Gate, string? Condition, bool Shared)> held, IReadOnlyList<Statement> undo)
    {
        var (gate, shared) = taken;
        var exit = new Statement(Kind.If) { Condition = condition, Body = [new Statement(Kind.Exit) { Gate = gate, Shared = shared }] };
        return
        [
            .. before,
            new Statement(Kind.If) { Condition = condition, Body = [new Statement(Kind.Enter) { Gate = gate, Shared = shared }] },
            .. Block(depth - 1, [.. held, (gate, condition, shared)], [exit, .. undo]),
            Copy(exit),
        ];
    }

    private string Condition()
    {
        string first = $"{(_random.Next(2) == 0 ? "!" : "")}c{_random.Next(_conditions)}";
        return _random.Next(4) == 0 ? $"{first} {(_random.Next(2) == 0 ? "&&" : "||")} c{_random.Next(_conditions)}" : first;
    }

    private static List<Statement> Copy(IEnumerable<Statement> statements) => [.. statements.Select(Copy)];

    private static Statement Copy(Statement statement) =>
        new(statement.Kind) { Gate = statement.Gate, Shared = statement.Shared, Condition = statement.Condition, Target = statement.Target, Body = Copy(statement.Body), Other = Copy(statement.Other) };

    /// <summary>Drops, doubles or exchanges one statement somewhere.</summary>
    private void Spoil()
    {
        var blocks = Blocks(_body).Where(b => b.Count > 0).ToList();
        var block = blocks[_random.Next(blocks.Count)];
        int index = _random.Next(block.Count);
        switch (_random.Next(4))
        {
            case 0:
                block.RemoveAt(index);
                break;
            case 1:
                block.Insert(index, Copy(block[index]));
                break;
            case 2:
                block[index].Shared = !block[index].Shared;
                break;
            default:
                block[index].Gate = (block[index].Gate + 1) % _gates;
                break;
        }
    }

    private static IEnumerable<List<Statement>> Blocks(List<Statement> block) =>
        block.SelectMany(s => Blocks(s.Body).Concat(Blocks(s.Other))).Prepend(block);

    private void Render()
    {
        for (int gate = 0; gate < _gates; gate++)
        {
            Write(0, $"[Lock({(gate == ReaderWriter ? "ReaderWriter" : "LockKind.Mutex")})] public sealed class Gate{gate}");
            Write(0, "{");
            foreach (string mode in gate == ReaderWriter ? new[] { "shared", "exclusive" } : [""])
            {
                string formula = mode.Length == 0 ? "this" : mode + "(this)";
                Write(1, $"[Acquires(\"{formula}\")] public extern void Enter{mode}();");
                Write(1, $"[Acquires(\"{formula}\", When = \"result\", Try = true)] public extern bool TryEnter{mode}();");
                Write(1, $"[Acquires(\"{formula}\", When = \"taken\", Try = true)] public extern void TryEnterOut{mode}(out bool taken);");
                Write(1, $"[Releases(\"{formula}\")] public extern void Exit{mode}();");
            }

            Write(0, "}");
        }

        Write(0, "public sealed class Subject");
        Write(0, "{");
        for (int gate = 0; gate < _gates; gate++)
            Write(1, $"public readonly Gate{gate} g{gate} = new(); [GuardedBy(nameof(g{gate}))] public int v{gate};");
        Write(1, "public static extern bool Coin();");
        Write(1, "public static extern void Work();");
        Write(1, $"public void Run({string.Join(", ", Enumerable.Range(0, _conditions).Select(c => $"bool c{c}"))})");
        Write(1, "{");
        Write(2, $"bool {string.Join(", ", Enumerable.Range(0, Locals).Select(l => $"l{l} = false"))};");
        Render(2, _body);
        int end = _line;
        Write(1, "}");
        Write(0, "}");
        _line = end;
    }

    private void Render(int indent, List<Statement> block)
    {
        foreach (var statement in block)
        {
            statement.Line = _line;
            string? simple = statement.Kind switch
            {
                Kind.Enter => $"g{statement.Gate}.Enter{statement.Mode}();",
                Kind.Exit => $"g{statement.Gate}.Exit{statement.Mode}();",
                Kind.Touch => statement.Shared ? $"_ = v{statement.Gate};" : $"v{statement.Gate}++;",
                Kind.Work => "Work();",
                Kind.Return => "return;",
                Kind.Try => $"{statement.Target} = g{statement.Gate}.TryEnter{statement.Mode}();",
                Kind.TryOut => $"g{statement.Gate}.TryEnterOut{statement.Mode}(out {statement.Target});",
                Kind.Let => $"{statement.Target} = {statement.Condition};",
                Kind.Flip => $"{statement.Target} = Coin();",
                _ => null,
            };
            if (simple is not null)
            {
                Write(indent, simple);
                continue;
            }

            Write(indent, statement.Kind switch
            {
                Kind.If => $"if ({statement.Condition})",
                Kind.IfTry => $"if (g{statement.Gate}.TryEnter{statement.Mode}())",
                Kind.While => "while (Coin())",
                _ => "try",
            });
            Write(indent, "{");
            Render(indent + 1, statement.Body);
            Write(indent, "}");
            if (statement.Kind != Kind.TryFinally && statement.Other.Count == 0)
                continue;
            Write(indent, statement.Kind == Kind.TryFinally ? "finally" : "else");
            Write(indent, "{");
            Render(indent + 1, statement.Other);
            Write(indent, "}");
        }
    }

    private void Write(int indent, string line)
    {
        _text.Append(' ', indent * 4).Append(line).Append('\n');
        _line++;
    }

    private sealed class Statement(Kind kind)
    {
        public Kind Kind { get; } = kind;

        public int Gate { get; set; }

        /// <summary>Whether it takes the reader-writer lock to read, or reads instead of writing.</summary>
        public bool Shared { get; set; }

        public string Mode => Gate != ReaderWriter ? "" : Shared ? "shared" : "exclusive";

        public string Condition { get; init; } = "";

        /// <summary>The variable that is assigned.</summary>
        public string Target { get; init; } = "";

        public List<Statement> Body { get; init; } = [];

        public List<Statement> Other { get; init; } = [];

        public int Line { get; set; }
    }

    /// <summary>One run: the conditions are given, every other choice is taken from a list that grows by falses.</summary>
    private sealed class Path
    {
        private const int MaxRounds = 2;

        private readonly List<bool> _choices;
        private readonly Dictionary<int, string> _held = [];
        private readonly HashSet<string> _true = [];
        private (int Line, string Id)? _wrong;
        private int _next;

        public Path(int count, int conditions, List<bool> choices)
        {
            _choices = choices;
            _true.UnionWith(Enumerable.Range(0, count).Where(c => (conditions >> c & 1) != 0).Select(c => $"c{c}"));
        }

        private enum Way
        {
            On,
            Return,
            Throw,
            Stop,
        }

        /// <summary>Whether the run tried a gate that it held.</summary>
        public bool IsPointless { get; private set; }

        public (int Line, string Id)? Run(List<Statement> body, int lastLine)
        {
            int returnLine = lastLine;
            var way = Run(body, ref returnLine);
            return way is Way.On or Way.Return && _held.Count > 0 ? (returnLine, "MML1006") : _wrong;
        }

        private Way Run(List<Statement> block, ref int returnLine)
        {
            foreach (var statement in block)
            {
                var way = Run(statement, ref returnLine);
                if (way != Way.On)
                    return way;
            }

            return Way.On;
        }

        private Way Run(Statement statement, ref int returnLine)
        {
            switch (statement.Kind)
            {
                case Kind.Enter:
                    return _held.TryAdd(statement.Gate, statement.Mode) ? Way.On : Wrong(statement, "MML1004");
                case Kind.Exit:
                    return _held.Remove(statement.Gate, out string? mode) && mode == statement.Mode ? Way.On : Wrong(statement, "MML1005");
                case Kind.Touch:
                    return !_held.TryGetValue(statement.Gate, out string? hold) ? Wrong(statement, statement.Shared ? "MML1008" : "MML1009")
                        : hold == "shared" && !statement.Shared ? Wrong(statement, "MML1002")
                        : Way.On;
                case Kind.Work:
                    return Choose() ? Way.Throw : Way.On;
                case Kind.Return:
                    returnLine = statement.Line;
                    return Way.Return;
                case Kind.If:
                    return Run(Holds(statement.Condition) ? statement.Body : statement.Other, ref returnLine);
                case Kind.IfTry:
                    IsPointless |= _held.ContainsKey(statement.Gate);
                    if (!Choose())
                        return Run(statement.Other, ref returnLine);
                    _held[statement.Gate] = statement.Mode;
                    return Run(statement.Body, ref returnLine);
                case Kind.Try or Kind.TryOut:
                    IsPointless |= _held.ContainsKey(statement.Gate);
                    Set(statement.Target, Choose());
                    if (_true.Contains(statement.Target))
                        _held[statement.Gate] = statement.Mode;
                    return Way.On;
                case Kind.Let:
                    Set(statement.Target, Holds(statement.Condition));
                    return Way.On;
                case Kind.Flip:
                    Set(statement.Target, Choose());
                    return Way.On;
                case Kind.While:
                    for (int round = 0; round < MaxRounds && Choose(); round++)
                    {
                        var way = Run(statement.Body, ref returnLine);
                        if (way != Way.On)
                            return way;
                    }

                    return Way.On;
                default:
                {
                    var way = Run(statement.Body, ref returnLine);
                    if (way == Way.Stop)
                        return way;
                    var last = Run(statement.Other, ref returnLine);
                    return last == Way.On ? way : last;
                }
            }
        }

        private bool Holds(string condition) => condition switch
        {
            "Coin()" => Choose(),
            _ when condition.Split(" && ") is [var left, var right] => Holds(left) && Holds(right),
            _ when condition.Split(" || ") is [var left, var right] => Holds(left) || Holds(right),
            "true" => true,
            _ when condition[0] == '!' => !Holds(condition[1..]),
            _ => _true.Contains(condition),
        };

        private void Set(string name, bool value)
        {
            _true.Remove(name);
            if (value)
                _true.Add(name);
        }

        private bool Choose()
        {
            if (_next == _choices.Count)
                _choices.Add(false);
            return _choices[_next++];
        }

        private Way Wrong(Statement statement, string id)
        {
            _wrong = (statement.Line, id);
            return Way.Stop;
        }
    }
}
