using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using MmLint.Analyzers;

namespace LockMutants.Operators;

/// <summary>A lock is taken, but not the right one, not as strongly, not in this order, or not around everything.</summary>
internal static class Changes
{
    /// <summary>Exclusive becomes shared, at the acquire and at every release of the same lock in the body.</summary>
    public static IEnumerable<Edit> WeakerModes(SourceFile file)
    {
        foreach (var call in file.All<InvocationExpressionSyntax>())
        {
            if (file.ContractOf(call) is not { Acquires.Count: > 0 } contract || Shared(file, call) is not { } weaker || SourceFile.BodyOf(call) is not { } body)
                continue;
            var changes = ImmutableArray.CreateBuilder<TextChange>();
            changes.Add(Rename(call, weaker));
            if (file.LockOwner(call) is { } owner)
            {
                foreach (var release in SameOwner(file, body, owner).Where(other => file.ContractOf(other) is { Acquires.Count: 0, Releases.Count: > 0 }))
                {
                    if (Shared(file, release) is { } end)
                        changes.Add(Rename(release, end));
                }
            }

            yield return new Edit(call, $"{Edit.OneLine(call)} => {weaker.Name}", [.. changes.OrderBy(static change => change.Span.Start)]);
        }
    }

    /// <summary>Two acquisitions in the other order.</summary>
    public static IEnumerable<Edit> SwappedAcquires(SourceFile file)
    {
        foreach (var block in file.All<BlockSyntax>())
        {
            StatementSyntax? first = null;
            foreach (var statement in block.Statements)
            {
                if (file.Leaves(statement))
                    first = null;
                if (!file.Enters(statement))
                    continue;
                if (first is not null)
                    yield return Swap(first, statement);
                first = statement;
            }
        }
    }

    /// <summary>The first statement behind an acquire moves before it, the last one before a release behind it.</summary>
    /// <remarks>Only what uses the kernel's mutable state and does something: for anything else it makes no difference on which side of the lock it stands.</remarks>
    public static IEnumerable<Edit> MovedOut(SourceFile file)
    {
        foreach (var block in file.All<BlockSyntax>())
        {
            for (int i = 1; i < block.Statements.Count; i++)
            {
                var (first, second) = (block.Statements[i - 1], block.Statements[i]);
                if (file.Enters(first) && CanMove(file, second))
                    yield return Swap(first, second);
                if (file.Leaves(second) && CanMove(file, first))
                    yield return Swap(first, second);
            }
        }
    }

    /// <summary>Another object's lock: that of a variable of the same type where there is one, else of one that comes from elsewhere.</summary>
    public static IEnumerable<Edit> OtherInstances(SourceFile file)
    {
        foreach (var (statement, call) in file.Calls(static contract => SourceFile.Acquires(contract) || SourceFile.Releases(contract)))
        {
            if (file.LockOwner(call) is not { } owner || SourceFile.BodyOf(call) is not { } body || file.ContractOf(call) is not { } contract)
                continue;
            var places = SourceFile.Acquires(contract) && !file.IsReference(contract) ? SameOwner(file, body, owner).Select(other => file.LockOwner(other)!) : [owner];
            if (Lookalike(file, owner) is { } other)
            {
                yield return new Edit(owner, $"{Edit.OneLine(statement)} on {other}", [.. places.Select(place => new TextChange(RootOf(place).Span, other)).OrderBy(static change => change.Span.Start)]);
            }
            else if (statement.Parent is BlockSyntax)
            {
                var changes = places.Select(static place => new TextChange(place.Span, "mutatedOther")).Prepend(new TextChange(new TextSpan(statement.SpanStart, 0), $"var mutatedOther = Mutated.Other({owner}); "));
                yield return new Edit(owner, $"{Edit.OneLine(statement)} on another", [.. changes.OrderBy(static change => change.Span.Start)]);
            }
        }
    }

    private static TextChange Rename(InvocationExpressionSyntax call, IMethodSymbol method)
    {
        var name = ((MemberAccessExpressionSyntax)call.Expression).Name;
        return new TextChange(TextSpan.FromBounds(name.SpanStart, call.Span.End), method.Name + "()");
    }

    /// <summary>The method beside this one that does to its object in shared mode what this one does exclusively.</summary>
    private static IMethodSymbol? Shared(SourceFile file, InvocationExpressionSyntax call)
    {
        if (call.Expression is not MemberAccessExpressionSyntax || file.Model.GetSymbolInfo(call).Symbol is not IMethodSymbol { IsStatic: false } method || file.ContractOf(call) is not { } contract)
            return null;
        return EffectOnThis(contract) is not (var acquires, { Mode: Mode.Exclusive }, var when, var isTry) ? null : method.ContainingType.GetMembers().OfType<IMethodSymbol>().FirstOrDefault(other =>
            other.Parameters.IsEmpty && SymbolEqualityComparer.Default.Equals(other.ReturnType, method.ReturnType)
            && EffectOnThis(file.ContractOf(other)) is (var also, { Mode: Mode.Shared }, var condition, var tries) && also == acquires && condition == when && tries == isTry);
    }

    private static (bool Acquires, LockFormula.Lock Lock, string? When, bool Try)? EffectOnThis(MemberContract contract)
    {
        var clauses = contract.Acquires.Concat(contract.Releases).ToList();
        return clauses is [{ Locks: LockFormula.Lock { Term: Root { Kind: RootKind.This } } @lock } clause] && contract.Downgrades.Count == 0
            ? (contract.Acquires.Count > 0, @lock, clause.When?.ToString(), clause.Try)
            : null;
    }

    private static IEnumerable<InvocationExpressionSyntax> SameOwner(SourceFile file, SyntaxNode body, ExpressionSyntax owner) =>
        body.DescendantNodes().OfType<InvocationExpressionSyntax>().Where(call => file.LockOwner(call) is { } other && SyntaxFactory.AreEquivalent(other, owner));

    private static Edit Swap(StatementSyntax first, StatementSyntax second) => new(
        second,
        $"{Edit.OneLine(second)} before {Edit.OneLine(first)}",
        [new TextChange(first.Span, second.ToString()), new TextChange(second.Span, first.ToString())]);

    private static bool CanMove(SourceFile file, StatementSyntax statement) =>
        statement is ExpressionStatementSyntax or LocalDeclarationStatementSyntax or IfStatementSyntax or ForStatementSyntax or ForEachStatementSyntax or WhileStatementSyntax
        && !file.Enters(statement) && !file.Leaves(statement) && !file.DoesNothing(statement) && UsesState(file, statement)
        && !statement.DescendantNodes().Any(static node => node is ReturnStatementSyntax or GotoStatementSyntax or ContinueStatementSyntax or BreakStatementSyntax or ThrowStatementSyntax);

    private static bool UsesState(SourceFile file, StatementSyntax statement) =>
        statement.DescendantNodes().OfType<SimpleNameSyntax>().Any(name => file.Model.GetSymbolInfo(name).Symbol switch
        {
            IFieldSymbol field => file.DataOf(field).IsGuarded,
            IPropertySymbol property => file.DataOf(property).IsGuarded || file.ContractOf(property).Needs.Count > 0,
            IMethodSymbol method => file.ContractOf(method) is { } contract && (contract.Needs.Count > 0 || contract.HasEffects),
            _ => false,
        });

    private static ExpressionSyntax RootOf(ExpressionSyntax path) => path is MemberAccessExpressionSyntax access ? RootOf(access.Expression) : path;

    /// <summary>A parameter or an earlier local of exactly the type of the variable that the path starts at.</summary>
    private static string? Lookalike(SourceFile file, ExpressionSyntax owner)
    {
        var root = RootOf(owner);
        if (file.Model.GetSymbolInfo(root).Symbol is not (ILocalSymbol or IParameterSymbol) || file.Model.GetTypeInfo(root).Type is not { } type)
            return null;
        return file.Model.LookupSymbols(owner.SpanStart).FirstOrDefault(symbol => symbol switch
        {
            ILocalSymbol local => SymbolEqualityComparer.Default.Equals(local.Type, type) && local.Locations[0].SourceSpan.End < owner.SpanStart,
            IParameterSymbol parameter => SymbolEqualityComparer.Default.Equals(parameter.Type, type),
            _ => false,
        } && symbol.Name != root.ToString())?.Name;
    }
}
