using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using MmLint.Analyzers;

namespace LockMutants;

/// <summary>One file as the operators see it: syntax, meaning, and the contracts of what it calls, bound by the analyzers' own binder.</summary>
internal sealed class SourceFile(SemanticModel model, ContractCatalog catalog, ContractFacts facts)
{
    /// <summary>The meaning of the file.</summary>
    public SemanticModel Model => model;

    /// <summary>What contracts ask about.</summary>
    public ContractFacts Facts => facts;

    /// <summary>All nodes of a kind.</summary>
    public IEnumerable<T> All<T>() where T : SyntaxNode => model.SyntaxTree.GetRoot().DescendantNodes().OfType<T>();

    /// <summary>The contract of what is called.</summary>
    public MemberContract? ContractOf(InvocationExpressionSyntax call) =>
        model.GetSymbolInfo(call).Symbol is IMethodSymbol method ? catalog.ContractOf(method) : null;

    /// <summary>The contract of a member.</summary>
    public MemberContract ContractOf(ISymbol member) => catalog.ContractOf(member is IPropertySymbol { GetMethod: { } getter } ? getter : member);

    /// <summary>Whether an expression makes a scoped lock.</summary>
    public bool IsScopedLock(ExpressionSyntax value) => catalog.IsScopedLock(model.GetTypeInfo(value).Type);

    /// <summary>How a member may be accessed.</summary>
    public DataContract DataOf(ISymbol member) => catalog.DataOf(member);

    /// <summary>The call that a statement consists of.</summary>
    public static InvocationExpressionSyntax? CallIn(StatementSyntax statement) => (statement as ExpressionStatementSyntax)?.Expression switch
    {
        InvocationExpressionSyntax call => call,
        AssignmentExpressionSyntax { Left: IdentifierNameSyntax { Identifier.ValueText: "_" }, Right: InvocationExpressionSyntax call } => call,
        _ => null,
    };

    /// <summary>Statements that consist of a call whose contract is as asked.</summary>
    public IEnumerable<(StatementSyntax Statement, InvocationExpressionSyntax Call)> Calls(Func<MemberContract, bool> isMeant)
    {
        foreach (var statement in All<StatementSyntax>())
        {
            if (CallIn(statement) is { } call && LocksOf(call) is { } contract && isMeant(contract))
                yield return (statement, call);
        }
    }

    /// <summary>Whether the statement is a call that begins a region in which others are kept out, whatever happens; a reference keeps nobody out.</summary>
    public bool Enters(StatementSyntax statement) => CallIn(statement) is { } call && LocksOf(call) is { } contract && Acquires(contract) && !IsReference(contract);

    /// <summary>Whether the statement is a call that ends such a region.</summary>
    public bool Leaves(StatementSyntax statement) => CallIn(statement) is { } call && LocksOf(call) is { } contract && Releases(contract) && !IsReference(contract);

    /// <summary>Whether the statement is a call of what consists of debug checks only, as what hands over a reference does.</summary>
    public bool DoesNothing(StatementSyntax statement) =>
        CallIn(statement) is { } call && model.GetSymbolInfo(call).Symbol is IMethodSymbol { DeclaringSyntaxReferences: [var reference] } && reference.GetSyntax() is MethodDeclarationSyntax method
        && (method.ExpressionBody?.Expression is { } only ? IsCheck(only) : method.Body is { } body && body.Statements.All(part => part is ExpressionStatementSyntax { Expression: var expression } && IsCheck(expression)));

    private bool IsCheck(ExpressionSyntax expression) => expression is InvocationExpressionSyntax
        && model.Compilation.GetSemanticModel(expression.SyntaxTree).GetSymbolInfo(expression).Symbol?.GetAttributes().Any(static attribute => attribute.AttributeClass?.Name == "ConditionalAttribute") == true;

    /// <summary>Whether what the call takes or gives back is a reference.</summary>
    public bool IsReference(MemberContract contract) =>
        contract.Acquires.Concat(contract.Releases).SelectMany(static clause => clause.Locks.Locks).All(item => catalog.InfoOf(item.Term).Kind == Kind.Reference);

    /// <summary>The contract of a call that is about locks: not of one that only sends a signal.</summary>
    private MemberContract? LocksOf(InvocationExpressionSyntax call) =>
        ContractOf(call) is { } contract && !(LockOwner(call) is { } owner && model.GetSymbolInfo(owner).Symbol is IFieldSymbol field && catalog.IsSignal(new MemberOf(null, field))) ? contract : null;

    /// <summary>Takes a lock, whatever happens.</summary>
    public static bool Acquires(MemberContract contract) => contract.Acquires.Any(clause => clause.When == null);

    /// <summary>Takes a lock or does not, as the result says.</summary>
    public static bool AcquiresPerhaps(MemberContract contract) => contract.Acquires.Any(clause => clause.When != null);

    /// <summary>Gives a lock back.</summary>
    public static bool Releases(MemberContract contract) => contract.Releases.Count > 0;

    /// <summary>What a call takes or gives back hangs on this expression: its receiver or its argument.</summary>
    public ExpressionSyntax? LockOwner(InvocationExpressionSyntax call)
    {
        if (ContractOf(call) is not { } contract || contract.Acquires.Concat(contract.Releases).SelectMany(clause => clause.Locks.Locks).FirstOrDefault() is not { } @lock)
            return null;
        var root = @lock.Term;
        while (root is MemberOf { Target: { } target })
            root = target;
        return root switch
        {
            Root { Kind: RootKind.This } when call.Expression is MemberAccessExpressionSyntax access => access.Expression,
            Root { Kind: RootKind.Parameter, Symbol: IParameterSymbol parameter } when parameter.Ordinal < call.ArgumentList.Arguments.Count => call.ArgumentList.Arguments[parameter.Ordinal].Expression,
            _ => null,
        };
    }

    /// <summary>Whether the member that a node belongs to takes a lock.</summary>
    public bool TakesLocks(SyntaxNode node) =>
        Declaration(node)?.DescendantNodes().OfType<InvocationExpressionSyntax>().Any(call => ContractOf(call) is { Acquires.Count: > 0 }) == true;

    private static SyntaxNode? Declaration(SyntaxNode node) =>
        node.AncestorsAndSelf().FirstOrDefault(static ancestor => ancestor is MemberDeclarationSyntax and not BaseTypeDeclarationSyntax);

    /// <summary>The body that a node belongs to.</summary>
    public static SyntaxNode? BodyOf(SyntaxNode node) => node.Ancestors().FirstOrDefault(static ancestor =>
        ancestor is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax or LocalFunctionStatementSyntax or AnonymousFunctionExpressionSyntax);

    /// <summary>What kind of member a node belongs to.</summary>
    public Role RoleOf(SyntaxNode node)
    {
        var declaration = Declaration(node);
        var symbol = declaration is BaseFieldDeclarationSyntax field ? model.GetDeclaredSymbol(field.Declaration.Variables[0]) : declaration is null ? null : model.GetDeclaredSymbol(declaration);
        return symbol switch
        {
            { ContainingType: { } type } when catalog.LockOf(type) is not null => Role.LockType,
            IMethodSymbol { DeclaredAccessibility: Accessibility.Private, MethodKind: MethodKind.Ordinary } => Role.PrivateHelper,
            _ => Role.Ordinary,
        };
    }

    /// <summary>Type and name of the member that a node belongs to.</summary>
    public static string MemberOf(SyntaxNode node)
    {
        string member = "", type = "";
        foreach (var ancestor in node.AncestorsAndSelf())
        {
            switch (ancestor)
            {
                case BaseTypeDeclarationSyntax declaration: type = declaration.Identifier.Text + (type.Length > 0 ? "." + type : ""); break;
                case DelegateDeclarationSyntax declaration: type = declaration.Identifier.Text; break;
                case MethodDeclarationSyntax method: member = method.Identifier.Text; break;
                case ConstructorDeclarationSyntax: member = "new"; break;
                case PropertyDeclarationSyntax property: member = property.Identifier.Text; break;
                case IndexerDeclarationSyntax: member = "this[]"; break;
                case BaseFieldDeclarationSyntax field: member = field.Declaration.Variables[0].Identifier.Text; break;
            }
        }

        return type.Length == 0 ? "assembly" : member.Length == 0 ? type : type + "." + member;
    }
}
