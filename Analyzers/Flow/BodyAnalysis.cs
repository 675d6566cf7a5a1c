using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace MmLint.Analyzers;

/// <summary>
/// Checks one body: forward dataflow over its control flow graph by property simulation (Das, Lerner, Seigle: ESP, PLDI 2002). A block has a
/// set of <see cref="State"/>s, one per combination of held locks.
/// </summary>
/// <remarks>
/// The graph has no exceptional edges, so they are modelled here: whatever may throw inside a try sends its state to the handlers of that
/// try; a branch that leaves a try runs through the finally regions it names. The shape of the analysis is in three parts: this file moves
/// states along edges, the other parts of the class say what an operation does to a state, and <see cref="Findings"/> turns failures into
/// sentences. Findings are collected in one last pass over the finished result, so that a sentence can compare the paths that fail with those
/// that pass.
/// </remarks>
internal sealed partial class BodyAnalysis
{
    /// <summary>States a block may have before two of them are merged although they hold different locks.</summary>
    private const int MaxStates = 16;

    /// <summary>Paths that know more than this are searched for what nobody can ask for.</summary>
    private const int FactsToSift = 100;

    private readonly Engine _engine;
    private readonly ContractCatalog _catalog;
    private readonly ControlFlowGraph _graph;
    private readonly ISymbol _owner;
    private readonly MemberContract _contract;
    private readonly SyntaxNode _body;
    private readonly CancellationToken _cancellation;
    private readonly Findings _findings;
    private readonly Stack<Run> _runs = new();
    private readonly Dictionary<(int Block, object Key), object> _mergeSites = [];
    private readonly Dictionary<int, List<State>> _thrown = [];
    private readonly BlockSet _pendingFinally = new();
    private readonly HashSet<CaptureId> _targets = [];
    private readonly Dictionary<CaptureId, IOperation> _targetOperations = [];
    private readonly bool[] _inLoop;
    private readonly State _start;
    private readonly SemanticModel? _model;
    private readonly Inference? _inference;
    private BasicBlock? _block;
    private readonly bool _catches;
    private readonly Func<Term, bool> _isLockValue;
    private readonly Func<Term, bool> _ownsLock;
    private bool _recording;
    private bool _propagating;
    private int _spent;

    /// <summary>Whether some path learnt more than is kept: from there on nothing said of the body would be certain.</summary>
    private bool _forgets;

    internal BodyAnalysis(Engine engine, ControlFlowGraph graph, ISymbol owner, MemberContract contract, SyntaxNode body, State start, SemanticModel? model, Inference? inference, CancellationToken cancellation)
    {
        _engine = engine;
        _catalog = engine.Catalog;
        _graph = graph;
        _owner = owner;
        _contract = contract;
        _body = body;
        _start = start;
        _model = model;
        _inference = inference;
        _cancellation = cancellation;
        _findings = new Findings();
        _isLockValue = IsLockValue;
        _ownsLock = OwnsLock;
        _inLoop = FindLoops(graph);
        bool captures = false;
        foreach (ControlFlowRegion region in AllRegions(graph.Root))
        {
            captures |= !region.CaptureIds.IsEmpty;
            _catches |= region.Kind is ControlFlowRegionKind.Catch or ControlFlowRegionKind.FilterAndHandler;
        }

        if (captures) FindTargets();
    }

    /// <summary>
    /// How much work a body may make before it is given up as too large: operations that paths pass, each counted more the more is known on its
    /// path. A body of ten thousand lines of ordinary code needs most of it.
    /// </summary>
    private const int MaxWork = 300_000;

    private bool IsExhausted => _spent > MaxWork || _forgets;

    /// <summary>Analyses the body and returns what it finds; functions nested in it are bodies of their own.</summary>
    internal IEnumerable<Diagnostic> Check()
    {
        Solve(new Run(0, _graph.Blocks.Length - 1, isWhole: true), 0, EntryStates(_start), record: true);
        List<Diagnostic> found = [.. _findings.Report(NamesIn)];
        if (IsExhausted) found.Add(TooLarge(_owner, _body));
        return found;
    }

    /// <summary>Says that a body was not followed to its end.</summary>
    internal static Diagnostic TooLarge(ISymbol owner, SyntaxNode body) => Diagnostic.Create(Rule.TooLarge, owner.Locations.FirstOrDefault() ?? body.GetLocation(), owner.Name);

    private List<State> Solve(Run run, int firstBlock, List<State> entry, bool record)
    {
        bool outerRecording = _recording;
        bool outerPropagating = _propagating;
        _recording = false;
        _propagating = true;
        _runs.Push(run);
        BasicBlock? outerBlock = _block;
        foreach (State state in entry) AddIn(run, firstBlock, state);
        bool settles = record && (run.IsWhole || !LoopsIn(run));
        while (!IsExhausted)
        {
            if (run.Work.Count > 0)
            {
                int next = run.Work.TakeFirst();
                _cancellation.ThrowIfCancellationRequested();
                _recording = settles && IsSettled(next);
                Process(_graph.Blocks[next], run.TakeNew(next));
                _recording = false;
            }
            else if (_pendingFinally.Count > 0 && PopFinally(run) is { } region)
            {
                RaiseThroughFinally(region, record: false);
            }
            else
            {
                break;
            }
        }

        if (record)
        {
            _recording = true;
            _propagating = false;
            if (!settles) run.Out.Clear();
            for (int block = run.First; block <= run.Last; block++)
            {
                if ((!settles || !IsSettled(block)) && run.In.TryGetValue(block, out List<State>? states)) Process(_graph.Blocks[block], states);
            }

            foreach (ControlFlowRegion region in AllRegions(_graph.Root).Where(region => region.Kind == ControlFlowRegionKind.TryAndFinally && run.Covers(region.FirstBlockOrdinal)))
            {
                if (_thrown.ContainsKey(region.FirstBlockOrdinal)) RaiseThroughFinally(region, record: true);
            }
        }

        _runs.Pop();
        _recording = outerRecording;
        _propagating = outerPropagating;
        _block = outerBlock;
        return run.Out;
    }

    /// <summary>
    /// Whether a block has all its states when it is first looked at, because nothing leads back to it: blocks are looked at in their order, and only handlers get states from
    /// elsewhere. Its findings are final then.
    /// </summary>
    private bool IsSettled(int block) => !_catches && !_inLoop[block];

    private bool LoopsIn(Run run)
    {
        for (int block = run.First; block <= run.Last; block++)
        {
            if (!IsSettled(block)) return true;
        }

        return false;
    }

    private void Process(BasicBlock block, List<State> states)
    {
        _block = block;
        if (block.Kind == BasicBlockKind.Exit) return;
        List<State> current = states.Exists(IsToBeSifted) ? states.ConvertAll(static state => IsToBeSifted(state) ? state.WithoutDead() : state) : states;
        for (int index = 0; index < block.Operations.Length && !IsExhausted; index++)
        {
            IOperation operation = block.Operations[index];
            var next = new List<State>(current.Count);
            foreach (State state in current)
            {
                foreach (Outcome outcome in EvaluateWhole(operation, EndStatements(state, operation.Syntax))) next.Add(outcome.State);
            }

            current = next.Count > current.Count && next.Count > MaxStates ? Bounded(next, block, index) : next;
        }

        foreach (State state in current)
        {
            _spent += (block.Operations.Length + 1) * (1 + (state.Facts.Literals.Length >> 3));
            _forgets |= state.Facts.IsFull;
        }

        var values = new List<(State State, Term? Value)>(current.Count);
        foreach (State state in current)
        {
            if (block.BranchValue is null) values.Add((state, null));
            else if (_outer is null && Method is { ReturnsByRef: true } && block.ConditionKind == ControlFlowConditionKind.None) values.AddRange(LendPlace(block.BranchValue, state));
            else foreach (Outcome outcome in EvaluateWhole(block.BranchValue, EndStatements(state, block.BranchValue.Syntax), isCondition: block.ConditionKind != ControlFlowConditionKind.None)) values.Add((outcome.State, outcome.Value));
        }

        if (block.ConditionKind != ControlFlowConditionKind.None && block.ConditionalSuccessor is { } conditional)
        {
            bool jumpsWhen = block.ConditionKind == ControlFlowConditionKind.WhenTrue;
            var taken = new List<(State State, Term? Value)>(values.Count);
            var fallen = new List<(State State, Term? Value)>(values.Count);
            foreach ((State state, Term? value) in values)
            {
                Fact fact = Fact.Holds(value!);
                State asked = NoteAsked(state, block.BranchValue!);
                if (AssumeLasting(asked, fact) is { } whenTrue) (jumpsWhen ? taken : fallen).Add((NoteChecked(whenTrue, block.BranchValue!, value!, outcome: true), null));
                if (AssumeLasting(asked, fact.Negate()) is { } whenFalse) (jumpsWhen ? fallen : taken).Add((NoteChecked(whenFalse, block.BranchValue!, value!, outcome: false), null));
            }

            Follow(block, conditional, taken);
            if (block.FallThroughSuccessor is { } other) Follow(block, other, fallen);
        }
        else if (block.FallThroughSuccessor is { } next)
        {
            Follow(block, next, values);
        }
    }

    private static bool IsToBeSifted(State state) => state.Facts.Literals.Length > FactsToSift && state.Facts.Opaques != 0;

    private void Follow(BasicBlock block, ControlFlowBranch branch, List<(State State, Term? Value)> moving)
    {
        if (moving.Count == 0) return;
        switch (branch.Semantics)
        {
            case ControlFlowBranchSemantics.Throw or ControlFlowBranchSemantics.Rethrow:
                Raise(block.EnclosingRegion, moving.Select(static pair => pair.State), block.BranchValue?.Syntax ?? Rethrow(block.Operations.LastOrDefault()?.Syntax), isExplicit: true);
                return;
            case ControlFlowBranchSemantics.StructuredExceptionHandling:
                _runs.Peek().Out.AddRange(moving.Select(static pair => pair.State));
                return;
        }

        if (branch.Destination is not { } destination) return;
        if (!branch.FinallyRegions.IsDefaultOrEmpty)
        {
            // The returned value survives the finally regions as a value of its own.
            List<State> through = moving.Select(pair => pair.Value is null ? pair.State : pair.State with { Values = pair.State.Values.SetItem(this, pair.Value) }).ToList();
            foreach (ControlFlowRegion region in branch.FinallyRegions)
            {
                through = RunFinally(region, through, _recording);
                if (through.Count == 0) return;
            }

            moving = through.Select(state => state.Values.TryGetValue(this, out Term? kept) ? (state with { Values = state.Values.Remove(this) }, (Term?)kept) : (state, null)).ToList();
        }

        if (destination.Kind == BasicBlockKind.Exit && _outer is not null)
        {
            _runs.Last().Out.AddRange(moving.Select(pair => EndStatements(pair.State, _graph.OriginalOperation.Syntax)));
            return;
        }

        if (destination.Kind == BasicBlockKind.Exit)
        {
            foreach ((State state, Term? value) in moving) CheckExit(EndStatements(state, _graph.OriginalOperation.Syntax), value, ExitNode(block, branch), branch.Semantics == ControlFlowBranchSemantics.Return);
            return;
        }

        foreach ((State state, _) in moving)
        {
            NoteRound(state, block, destination);
            State left = LeaveRegions(state, branch);
            AddIn(destination.Ordinal, _outer is null && _started.Count == 0 ? left.Sifted() : left);
        }
    }

    /// <summary>
    /// Ends the locks of <c>lock</c> statements that control has left. For System.Threading.Lock the graph keeps neither the acquire nor the
    /// release (it shows an invalid operation when compiled against reference assemblies), so the statement itself bounds the hold.
    /// </summary>
    private State EndStatements(State state, SyntaxNode at)
    {
        foreach (Hold hold in state.Holds)
        {
            if (hold.Site is LockStatementSyntax statement && !statement.Span.Contains(at.Span) && (_outer is null || _body.Span.Contains(statement.Span))) state = Lose(state, hold.Term, statement, "its lock statement ended");
        }

        return state;
    }

    private List<(State State, Term? Value)> LendPlace(IOperation operation, State state) =>
        Place(operation, state).Select(place => (TakeExcuses(Write(place.State, place.Place, place.Place.Path, readsToo: true)), (Term?)place.Place.Path)).ToList();

    /// <summary>The <c>throw;</c> that follows the last thing that ran in a handler.</summary>
    private static SyntaxNode? Rethrow(SyntaxNode? anchor) => anchor?.FirstAncestorOrSelf<CatchClauseSyntax>()?.DescendantNodes()
        .FirstOrDefault(node => node is ThrowStatementSyntax { Expression: null } && node.SpanStart >= anchor.SpanStart) ?? anchor;

    private static State LeaveRegions(State state, ControlFlowBranch branch)
    {
        foreach (ControlFlowRegion region in branch.LeavingRegions)
        {
            foreach (CaptureId capture in region.CaptureIds) state = state with { Values = state.Values.Remove(capture) };
            foreach (ILocalSymbol local in region.Locals) state = state with { Values = state.Values.Remove(local) };
        }

        return state;
    }

    private List<State> RunFinally(ControlFlowRegion region, List<State> states, bool record) =>
        Solve(new Run(region.FirstBlockOrdinal, region.LastBlockOrdinal), region.FirstBlockOrdinal, states, record);

    /// <summary>Sends states to whatever handles an exception thrown in <paramref name="region"/>.</summary>
    private void Raise(ControlFlowRegion? region, IEnumerable<State> states, SyntaxNode? thrower, bool isExplicit)
    {
        List<State> moving = states.ToList();
        for (ControlFlowRegion? at = region; at is not null; at = at.EnclosingRegion)
        {
            if (at.Kind != ControlFlowRegionKind.Try || at.EnclosingRegion is not { } construct) continue;
            if (construct.Kind == ControlFlowRegionKind.TryAndFinally)
            {
                if (!_thrown.TryGetValue(construct.FirstBlockOrdinal, out List<State>? known)) _thrown[construct.FirstBlockOrdinal] = known = [];
                bool grown = false;
                foreach (State state in moving) grown |= AddTo(known, construct.FirstBlockOrdinal, state);
                if (grown && _propagating) _pendingFinally.Add(construct.FirstBlockOrdinal);
                return;
            }

            bool caughtAll = false;
            foreach (ControlFlowRegion handler in construct.NestedRegions)
            {
                if (handler.Kind is not (ControlFlowRegionKind.Catch or ControlFlowRegionKind.FilterAndHandler)) continue;
                foreach (State state in moving) AddIn(handler.FirstBlockOrdinal, state);
                caughtAll |= handler.Kind == ControlFlowRegionKind.Catch && handler.ExceptionType is null or { SpecialType: SpecialType.System_Object } or { Name: "Exception", ContainingNamespace.Name: "System" };
            }

            if (caughtAll) return;
        }

        if (_outer is not null) RaiseOutside(moving, thrower, isExplicit);
        if (thrower is null || _outer is not null) return;
        foreach (State state in moving) CheckThrow(state, thrower, isExplicit);
    }

    private ControlFlowRegion? PopFinally(Run run) => _pendingFinally.TakeLast(run.First, run.Last) is { } ordinal
        ? AllRegions(_graph.Root).Find(region => region.Kind == ControlFlowRegionKind.TryAndFinally && region.FirstBlockOrdinal == ordinal)
        : null;

    private void RaiseThroughFinally(ControlFlowRegion construct, bool record)
    {
        ControlFlowRegion last = construct.NestedRegions.Last(static region => region.Kind == ControlFlowRegionKind.Finally);
        List<State> after = RunFinally(last, [.. _thrown[construct.FirstBlockOrdinal]], record);
        bool recording = _recording;
        bool propagating = _propagating;
        _recording = record;
        _propagating = !record;
        Raise(construct.EnclosingRegion, after, null, isExplicit: false);
        _recording = recording;
        _propagating = propagating;
    }

    /// <summary>An operation that may throw sends the state before it, and the one after it, to the handlers of its try.</summary>
    private void MayThrow(State state, SyntaxNode thrower)
    {
        ControlFlowRegion? region = _block?.EnclosingRegion;
        for (ControlFlowRegion? at = region; at is not null; at = at.EnclosingRegion)
        {
            if (at.Kind != ControlFlowRegionKind.Try) continue;
            Raise(region, [state], thrower, isExplicit: false);
            return;
        }

        if (_outer is not null) RaiseOutside([state], thrower, isExplicit: false);
        else CheckThrow(state, thrower, isExplicit: false);
    }

    private void AddIn(int block, State state)
    {
        foreach (Run run in _runs)
        {
            if (!run.Covers(block)) continue;
            AddIn(run, block, state);
            return;
        }
    }

    private void AddIn(Run run, int block, State state)
    {
        if (!_propagating) return;
        if (!run.In.TryGetValue(block, out List<State>? known)) run.In[block] = known = [];
        if (AddTo(known, block, state, run)) run.Work.Add(block);
    }

    /// <summary>Adds a path to those that reach a place; false where it brings nothing that they do not have.</summary>
    private bool AddTo(List<State> known, int block, State state, Run? run = null)
    {
        Opaque SymbolFor(object key, Term value) => new(MergeSite(block, key), NameOfValue(key, value), key is ILocalSymbol { Type: { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } perhaps } ? perhaps : value.Type);
        int index = 0;
        while (index < known.Count && !known[index].SameKey(state, _isLockValue, _ownsLock)) index++;
        if (index == known.Count && index < MaxStates)
        {
            known.Add(state);
            run?.Change(block, null, state);
            return true;
        }

        State merged;
        if (index < known.Count)
        {
            merged = State.Merge(known[index], state, SymbolFor);
        }
        else
        {
            (index, merged) = MergeWithNearest(known, state, SymbolFor);
        }

        if (merged.SameAs(known[index])) return false;
        run?.Change(block, known[index], merged);
        known[index] = merged;
        return true;
    }

    /// <summary>No more paths than a block may have, for calls in a row that each have two outcomes.</summary>
    private List<State> Bounded(List<State> states, BasicBlock block, int operation)
    {
        var bounded = new List<State>(MaxStates);
        foreach (State state in states) AddTo(bounded, -1 - (block.Ordinal << 12 | operation & 0xFFF), state);
        return bounded;
    }

    /// <summary>Merges a path with the one that differs in the fewest holds, if facts tell the two apart; else with the next one, as far as that is better.</summary>
    private static (int Index, State Merged) MergeWithNearest(List<State> known, State state, Func<object, Term, Opaque> symbolFor)
    {
        (int Index, State Merged)? best = null;
        int least = int.MaxValue;
        foreach (int index in Enumerable.Range(0, known.Count).OrderBy(index => ConditionalHolds.Distance(known[index], state) + (known[index].Entry.SequenceEqual(state.Entry) ? 0 : known.Count)))
        {
            State merged = State.MergeByForce(known[index], state, symbolFor);
            int unknown = merged.Holds.Count(static hold => hold.Maybe && hold.Tells.IsEmpty);
            if (unknown >= least) continue;
            least = unknown;
            best = (index, merged);
            if (unknown == 0) break;
        }

        return best!.Value;
    }

    /// <summary>Paths on which a local names different locks stay apart.</summary>
    private bool IsLockValue(Term value) => value.Type is { } type && _catalog.LockOf(type) is not null;

    /// <summary>Paths on which a local stands for different objects that have locks stay apart, as long as other variables name those objects.</summary>
    private bool OwnsLock(Term value) => value is not Constant && value.Type is { } type && _catalog.HasLocks(type);

    private static string NameOfValue(object key, Term value) => key switch
    {
        ISymbol symbol => symbol.Name,
        _ => value is Opaque opaque ? opaque.Name : value.ToString(),
    };

    private object MergeSite(int block, object key)
    {
        if (_mergeSites.TryGetValue((block, key), out object? site)) return site;
        return _mergeSites[(block, key)] = new object();
    }

    private static List<State> Step(List<State> states, Func<State, IEnumerable<State>> step)
    {
        var result = new List<State>(states.Count);
        foreach (State state in states) result.AddRange(step(state));
        return result;
    }

    private static bool[] FindLoops(ControlFlowGraph graph)
    {
        bool[] inLoop = new bool[graph.Blocks.Length];
        foreach (BasicBlock block in graph.Blocks)
        {
            foreach (ControlFlowBranch? branch in new[] { block.ConditionalSuccessor, block.FallThroughSuccessor })
            {
                if (branch?.Destination is not { } destination || destination.Ordinal > block.Ordinal) continue;
                for (int index = destination.Ordinal; index <= block.Ordinal; index++) inLoop[index] = true;
            }
        }

        return inLoop;
    }

    /// <summary>Finds the captures that stand for a place to be written, not for a value.</summary>
    private void FindTargets()
    {
        GraphWalk.Any(_graph, operation =>
        {
            IOperation? target = operation.Kind switch
            {
                OperationKind.Argument => operation is IArgumentOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out } argument ? argument.Value : null,
                OperationKind.Increment or OperationKind.Decrement => ((IIncrementOrDecrementOperation)operation).Target,
                _ => (operation as IAssignmentOperation)?.Target,
            };
            if (target is IFlowCaptureReferenceOperation reference) _targets.Add(reference.Id);
            return false;
        });
    }

    private static List<ControlFlowRegion> AllRegions(ControlFlowRegion root)
    {
        var regions = new List<ControlFlowRegion>();
        Add(root, regions);
        return regions;

        static void Add(ControlFlowRegion region, List<ControlFlowRegion> regions)
        {
            regions.Add(region);
            foreach (ControlFlowRegion nested in region.NestedRegions) Add(nested, regions);
        }
    }

    /// <summary>
    /// The place to show for an exit: the statement that returns, or the brace that ends the body.
    /// </summary>
    private SyntaxNode ExitNode(BasicBlock block, ControlFlowBranch branch)
    {
        if (block.BranchValue is { } value && block.ConditionKind == ControlFlowConditionKind.None)
            return (SyntaxNode?)value.Syntax.FirstAncestorOrSelf<ReturnStatementSyntax>() ?? value.Syntax.FirstAncestorOrSelf<ArrowExpressionClauseSyntax>()?.Expression ?? value.Syntax;
        BasicBlock from = block;
        while (from.BranchValue is null && from.Operations.IsEmpty && from.Predecessors.Length == 1) (from, branch) = (from.Predecessors[0].Source, from.Predecessors[0]);
        SyntaxNode? anchor = from.BranchValue?.Syntax ?? from.Operations.LastOrDefault()?.Syntax;
        bool? whenTrue = from.ConditionKind == ControlFlowConditionKind.None ? null : (from.ConditionKind == ControlFlowConditionKind.WhenTrue) == branch.IsConditionalSuccessor;
        return (anchor is null ? null : ExitPlace.After(anchor, whenTrue)) ?? _body;
    }

    private static Location ExitLocation(SyntaxNode exit) => exit switch
    {
        BlockSyntax block => block.CloseBraceToken.GetLocation(),
        BaseMethodDeclarationSyntax { Body: { } body } => body.CloseBraceToken.GetLocation(),
        BaseMethodDeclarationSyntax { ExpressionBody: { } arrow } => arrow.Expression.GetLocation(),
        AccessorDeclarationSyntax { Body: { } body } => body.CloseBraceToken.GetLocation(),
        AccessorDeclarationSyntax { ExpressionBody: { } arrow } => arrow.Expression.GetLocation(),
        LocalFunctionStatementSyntax { Body: { } body } => body.CloseBraceToken.GetLocation(),
        LocalFunctionStatementSyntax { ExpressionBody: { } arrow } => arrow.Expression.GetLocation(),
        AnonymousFunctionExpressionSyntax { Block: { } body } => body.CloseBraceToken.GetLocation(),
        AnonymousFunctionExpressionSyntax { ExpressionBody: { } expression } => expression.GetLocation(),
        ArrowExpressionClauseSyntax arrow => arrow.Expression.GetLocation(),
        CompilationUnitSyntax unit => unit.EndOfFileToken.GetLocation(),
        _ => exit.GetLocation(),
    };

    /// <summary>Numbers of blocks.</summary>
    private sealed class BlockSet
    {
        private ulong[] _words = new ulong[1];

        internal int Count { get; private set; }

        internal void Add(int block)
        {
            int word = block >> 6;
            if (word >= _words.Length) Array.Resize(ref _words, Math.Max(word + 1, _words.Length * 2));
            ulong bit = 1UL << block;
            if ((_words[word] & bit) != 0) return;
            _words[word] |= bit;
            Count++;
        }

        internal bool Contains(int block) => block >> 6 < _words.Length && (_words[block >> 6] & 1UL << block) != 0;

        /// <summary>Takes out the least.</summary>
        internal int TakeFirst()
        {
            int word = 0;
            while (_words[word] == 0) word++;
            int block = word << 6;
            while ((_words[word] & 1UL << block) == 0) block++;
            return Take(block);
        }

        /// <summary>Takes out the greatest of a range; null where none is in it.</summary>
        internal int? TakeLast(int first, int last)
        {
            if (Count == 0) return null;
            for (int block = last; block >= first; block--)
            {
                if (Contains(block)) return Take(block);
            }

            return null;
        }

        internal void Clear()
        {
            Array.Clear(_words, 0, _words.Length);
            Count = 0;
        }

        private int Take(int block)
        {
            _words[block >> 6] &= ~(1UL << block);
            Count--;
            return block;
        }
    }

    /// <summary>One fixpoint: over the whole body, or over a finally region for the states of one branch.</summary>
    private sealed class Run(int first, int last, bool isWhole = false)
    {
        private readonly Dictionary<int, List<State>> _new = [];

        internal int First { get; } = first;

        internal int Last { get; } = last;

        /// <summary>Whether it is over the whole body, so that nobody asks for what comes out.</summary>
        internal bool IsWhole { get; } = isWhole;

        internal Dictionary<int, List<State>> In { get; } = [];

        internal BlockSet Work { get; } = new();

        internal List<State> Out { get; } = [];

        internal bool Covers(int block) => block >= First && block <= Last;

        /// <summary>Notes that a path reaches a block, in the place of one that did before.</summary>
        internal void Change(int block, State? before, State after)
        {
            if (!_new.TryGetValue(block, out List<State>? states)) _new[block] = states = [];
            int index = before is null ? -1 : states.FindIndex(state => ReferenceEquals(state, before));
            if (index < 0) states.Add(after);
            else states[index] = after;
        }

        /// <summary>The paths that reach a block and have not been followed from there.</summary>
        internal List<State> TakeNew(int block)
        {
            List<State> states = _new[block];
            _new.Remove(block);
            return states;
        }
    }
}
