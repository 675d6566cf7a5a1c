using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace MmLint.Analyzers;

/// <summary>
/// The analyzer: binds every contract of the compilation (<see cref="ContractCatalog"/>), compares the contracts of overrides and delegates
/// (<see cref="ContractConversion"/>), and checks every body that touches a contract (<see cref="BodyAnalysis"/>).
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class LockContracts : DiagnosticAnalyzer
{
    private readonly Action<LockGraph>? _seen;

    /// <summary>The analyzer as compilers and editors create it.</summary>
    public LockContracts()
    {
    }

    /// <summary>An analyzer that also hands over the lock graph of each compilation.</summary>
    internal LockContracts(Action<LockGraph> seen) => _seen = seen;

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(
        Rule.DoesNotBind, Rule.WeakerOverride, Rule.DelegateMismatch, Rule.UnstableName, Rule.Contradiction, Rule.ContractFile,
        Rule.ReasonMissing, Rule.TooLarge, Rule.NobodyCanHold, Rule.SplitLock, Rule.RefusedProof, Rule.LockCycle, Rule.PossibleCycle, Rule.NotHeld, Rule.WrongMode, Rule.MayNotBeHeld, Rule.AlreadyHeld, Rule.ReleaseNotHeld, Rule.Leak, Rule.MustNotBeHeld, Rule.SaidOtherwise, Rule.ContractIsInferred, Rule.NoExclusion, Rule.NoAccessRule,
        Rule.UnguardedRead, Rule.UnguardedWrite, Rule.Order, Rule.NestingBroken, Rule.SleepInAtomic, Rule.IgnoredResult, Rule.Stale,
        Rule.FactNotKnown, Rule.LeakOnThrow, Rule.LostName, Rule.UndeclaredAssignment, Rule.HeldAcrossAwait, Rule.KeptDelegate, Rule.StaleIndex, Rule.StaleObject, Rule.StaleCondition, Rule.UnlistedOrder,
        Rule.AlternativeExists, Rule.PassedUnlocked, Rule.LookupPromisesLess, Rule.OnlyPartLocked, Rule.PartNotWriteLocked, Rule.ResultMisreports,
        Rule.NotLookedUpAgain, Rule.CrashingAssertion, Rule.ForeignContext, Rule.OpenCoded, Rule.UnbalancedReference);

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(Start);
    }

    private void Start(CompilationStartAnalysisContext context)
    {
        if (_seen is null && !Relevance.Of(context.Compilation, context.Options.AdditionalFiles, context.CancellationToken)) return;
        Engine engine = Engine.Of(context.Compilation, context.Options, context.CancellationToken);
        ContractCatalog catalog = engine.Catalog;
        LockOrder order = engine.Order;
        ContractFiles files = catalog.Files;
        var tokens = new ProofTokens(catalog);

        context.RegisterSymbolAction(symbol => CheckContracts(symbol, catalog, tokens, engine.Takings), SymbolKind.NamedType, SymbolKind.Method, SymbolKind.Property, SymbolKind.Field, SymbolKind.Event);
        context.RegisterOperationBlockAction(blocks => CheckBlocks(blocks, engine));
        context.RegisterCompilationEndAction(end => CheckWhole(end, engine, tokens));
        if (!order.Problems.IsEmpty) context.RegisterSemanticModelAction(model => Report(order.Problems.Where(problem => problem.Location.SourceTree == model.SemanticModel.SyntaxTree), model.ReportDiagnostic));
        if (!files.Problems.IsEmpty || context.Options.AdditionalFiles.Any(static file => file.Path.EndsWith(ContractFiles.Extension, StringComparison.OrdinalIgnoreCase)))
        {
            ImmutableArray<ContractProblem> problems = files.Problems.AddRange(files.Unbound(context.Compilation));
            context.RegisterAdditionalFileAction(file => Report(problems.Where(problem => problem.Location.GetLineSpan().Path == file.AdditionalFile.Path), file.ReportDiagnostic));
        }
    }

    private static void Report(IEnumerable<ContractProblem> problems, Action<Diagnostic> report)
    {
        foreach (ContractProblem problem in problems) report(Diagnostic.Create(problem.Rule, problem.Location, problem.Properties, problem.Arguments));
    }

    private static void CheckContracts(SymbolAnalysisContext context, ContractCatalog catalog, ProofTokens tokens, Takings takings)
    {
        ISymbol symbol = context.Symbol;
        var symbols = new List<ISymbol> { symbol };
        if (symbol is IMethodSymbol { Parameters: var parameters }) symbols.AddRange(parameters);
        foreach (ISymbol each in symbols)
        {
            if (catalog.AttributesOf(each).IsEmpty) continue;
            if ((each as IMethodSymbol ?? (each as IPropertySymbol)?.GetMethod ?? (each as IPropertySymbol)?.SetMethod) is { } called) catalog.ReliancesOf(called);
            if (each is INamedTypeSymbol { DelegateInvokeMethod: not null } or IMethodSymbol) catalog.ContractOf(each);
            else if (each is not INamedTypeSymbol)
            {
                catalog.AliasOf(each);
                catalog.DataOf(each);
                catalog.ReleasedWith(each);
                catalog.ClassesOf(each);
                if (catalog.LockOf(each) is not null) _ = catalog.NeedsToAcquire(each).Count();
                else if (each is IPropertySymbol { GetMethod: { } getter }) catalog.ContractOf(getter);
                else if (each is IPropertySymbol { SetMethod: { } setter }) catalog.ContractOf(setter);
                catalog.ContractOfValue(each);
            }
        }

        if (!catalog.AttributesOf(symbol).IsEmpty) tokens.Note(symbol);
        foreach (ISymbol each in symbols) Report(catalog.ProblemsOf(each).Concat(ContractChecks.Of(catalog, each)), context.ReportDiagnostic);
        if (symbol is IPropertySymbol property)
        {
            if (property.GetMethod is { } get) Report(catalog.ProblemsOf(get), context.ReportDiagnostic);
            if (property.SetMethod is { } set) Report(catalog.ProblemsOf(set), context.ReportDiagnostic);
        }

        if ((symbol is IFieldSymbol or IPropertySymbol) && symbol.Locations[0].SourceTree is { } tree && Rule.IsAnyOn(context.Compilation, tree, context.CancellationToken, Rule.NoExclusion, Rule.NoAccessRule)) Report(AccessRuleChecks.Of(catalog, symbol), context.ReportDiagnostic);
        if (symbol is not IMethodSymbol member) return;
        Report(UnreachableLocks.Of(catalog, member).Concat(ContractConversion.CheckOverride(catalog, member)), context.ReportDiagnostic);
        NoteOverride(member, takings);
    }

    /// <summary>One action for all that is asked of operations: hosts charge for each action they call at each operation.</summary>
    private static void CheckBlocks(OperationBlockAnalysisContext context, Engine engine)
    {
        foreach (IOperation block in context.OperationBlocks)
        {
            foreach (IOperation operation in block.DescendantsAndSelf())
            {
                switch (operation.Kind)
                {
                    case OperationKind.DelegateCreation when operation is IDelegateCreationOperation creation:
                        CheckConversion(creation, context.ReportDiagnostic, engine);
                        break;
                    case OperationKind.Invocation when operation is IInvocationOperation invocation:
                        NoteCall(invocation, invocation.TargetMethod, context.OwningSymbol, engine);
                        foreach (Diagnostic diagnostic in CallAdvice.Of(engine, invocation, context.OwningSymbol)) context.ReportDiagnostic(diagnostic);
                        break;
                    case OperationKind.ObjectCreation when operation is IObjectCreationOperation { Constructor: { } constructor }:
                        NoteCall(operation, constructor, context.OwningSymbol, engine);
                        break;
                    case OperationKind.ParameterReference when operation is IParameterReferenceOperation reference:
                        Report(KeptDelegates.Of(engine.Catalog, reference), context.ReportDiagnostic);
                        break;
                }
            }
        }

        CheckBodies(context, engine);
    }

    private static void CheckBodies(OperationBlockAnalysisContext context, Engine engine)
    {
        if (context.OwningSymbol is IMethodSymbol { AssociatedSymbol: IPropertySymbol property } && engine.Catalog.GetterOf(property) is not null && !ContractCatalog.IsVisibleOutside(property)) return;
        bool isAsked = context.OperationBlocks.Length > 0 && Rule.IsAnyOn(context.Compilation, context.OperationBlocks[0].Syntax.SyntaxTree, context.CancellationToken, Rule.SaidOtherwise, Rule.ContractIsInferred);
        foreach (IOperation block in Engine.BodiesOf(context.OperationBlocks))
        {
            foreach (Diagnostic diagnostic in engine.Check(Engine.RootOf(block), context.OwningSymbol, () => context.GetControlFlowGraph(block), context.CancellationToken).Found) context.ReportDiagnostic(diagnostic);
            if (!isAsked || context.OwningSymbol is not IMethodSymbol named) continue;
            MemberContract contract = engine.ContractOfCall(named, context.GetControlFlowGraph(block), Engine.RootOf(block).SemanticModel, context.CancellationToken);
            foreach (Diagnostic hint in UnstatedContracts.Of(engine.Catalog, named, block, contract, context.Options.AnalyzerConfigOptionsProvider)) context.ReportDiagnostic(hint);
        }
    }

    /// <summary>Who calls a method may call whatever overrides or implements it.</summary>
    private static void NoteOverride(IMethodSymbol method, Takings takings)
    {
        if (!method.IsOverride && method.ContainingType.AllInterfaces.All(static implemented => implemented.DeclaringSyntaxReferences.IsEmpty)) return;
        foreach (ISymbol overridden in ContractCatalog.BasesOf(method).Where(static overridden => !overridden.DeclaringSyntaxReferences.IsEmpty)) takings.AddCall(overridden, method, Kinship.Same);
    }

    /// <summary>Notes who calls whom, for the locks that are taken behind a call.</summary>
    private static void NoteCall(IOperation call, IMethodSymbol callee, ISymbol owner, Engine engine)
    {
        if (callee.DeclaringSyntaxReferences.IsEmpty && !engine.IsContractedInvoke(callee)) return;
        for (IOperation? at = call.Parent; at is not null; at = at.Parent)
        {
            if (at is IAnonymousFunctionOperation && !DelegateUse.IsPartOfCaller(at, engine.Catalog)) return;
            if (at is not ILocalFunctionOperation { Symbol: var local }) continue;
            engine.Takings.AddCall(local, callee, Kinships.OfReceiver(call));
            return;
        }

        engine.Takings.AddCall(owner, callee, Kinships.OfReceiver(call));
    }

    /// <summary>What only the whole compilation shows.</summary>
    private void CheckWhole(CompilationAnalysisContext context, Engine engine, ProofTokens tokens)
    {
        LockGraph graph = LockGraph.Of(engine.Takings, engine.Order);
        _seen?.Invoke(graph);
        foreach (Diagnostic diagnostic in tokens.Refused(engine.Takings).Concat(LockCycles.Of(graph)).Concat(LocksTakenAgain.Of(engine.Takings)).Concat(UnlistedOrders.Of(graph))) context.ReportDiagnostic(diagnostic);
    }

    private static void CheckConversion(IDelegateCreationOperation creation, Action<Diagnostic> report, Engine engine)
    {
        if (creation.Type is INamedTypeSymbol { DelegateInvokeMethod: { } invoke } && engine.IsContractedInvoke(invoke))
        {
            ISymbol? given = creation.Target switch { IMethodReferenceOperation reference => reference.Method, IAnonymousFunctionOperation lambda => lambda.Symbol, _ => null };
            if (given is not null) engine.Takings.AddCall(invoke, given, Kinship.Unknown);
        }

        Report(ContractConversion.CheckDelegate(engine, creation), report);
    }
}
