using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using MmLint.Analyzers;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace MmKernel.Agreement;

/// <summary>
/// Rewrites one file of the kernel. A member with a contract becomes a wrapper around its old body, an access of a guarded field becomes a call
/// that checks it, and new objects are noted as their maker's own.
/// </summary>
internal sealed class KernelRewriter(SemanticModel model, ContractCatalog catalog, GuardedMembers guarded, ClauseBook book) : CSharpSyntaxRewriter
{
    private readonly Stack<List<string>> _added = new();

    public override SyntaxNode? VisitClassDeclaration(ClassDeclarationSyntax node) => Extend(node, () => base.VisitClassDeclaration(node));

    public override SyntaxNode? VisitStructDeclaration(StructDeclarationSyntax node) => Extend(node, () => base.VisitStructDeclaration(node));

    public override SyntaxNode? VisitRecordDeclaration(RecordDeclarationSyntax node) => Extend(node, () => base.VisitRecordDeclaration(node));

    public override SyntaxNode? VisitMethodDeclaration(MethodDeclarationSyntax node)
    {
        var visited = (MethodDeclarationSyntax)base.VisitMethodDeclaration(node)!;
        var method = model.GetDeclaredSymbol(node)!;
        if ((node.Body is null && node.ExpressionBody is null) || CodeOf(method) is not { IsEmpty: false } code)
            return visited;
        string inner = "Audited_" + node.Identifier.ValueText;
        _added.Peek().Add(visited
            .WithAttributeLists(default)
            .WithModifiers(Modifiers(node.Modifiers, static kind => kind is SyntaxKind.StaticKeyword or SyntaxKind.UnsafeKeyword or SyntaxKind.ReadOnlyKeyword or SyntaxKind.AsyncKeyword))
            .WithExplicitInterfaceSpecifier(null)
            .WithIdentifier(Identifier(inner))
            .WithParameterList(visited.ParameterList.WithParameters(SeparatedList(visited.ParameterList.Parameters.Select(static parameter => parameter
                .WithAttributeLists(default).WithDefault(null).WithModifiers(Modifiers(parameter.Modifiers, static kind => kind is not (SyntaxKind.ThisKeyword or SyntaxKind.ParamsKeyword)))))))
            .ToFullString());
        string types = method.TypeParameters.IsEmpty ? "" : $"<{string.Join(", ", method.TypeParameters.Select(static parameter => parameter.Name))}>";
        string call = $"{inner}{types}({string.Join(", ", method.Parameters.Select(Passed))})";
        return visited.WithBody(Body(code, call, method)).WithExpressionBody(null).WithSemicolonToken(default);
    }

    public override SyntaxNode? VisitConstructorDeclaration(ConstructorDeclarationSyntax node)
    {
        var visited = (ConstructorDeclarationSyntax)base.VisitConstructorDeclaration(node)!;
        var constructor = model.GetDeclaredSymbol(node)!;
        if (CodeOf(constructor) is not { IsEmpty: false } code)
            return visited;
        if (visited.Body is null || visited.Body.DescendantNodes().OfType<ReturnStatementSyntax>().Any())
        {
            book.Skip(GuardedMembers.Name(constructor), "all", "a constructor that returns in between");
            return visited;
        }

        return visited.WithBody(visited.Body.WithStatements([.. Statements(MemberCode.Open + code.Entry), .. visited.Body.Statements, .. Statements($"var {ContractCode.Result} = this;\n{code.Exit}{MemberCode.Close}")]));
    }

    public override SyntaxNode? VisitPropertyDeclaration(PropertyDeclarationSyntax node)
    {
        var visited = (PropertyDeclarationSyntax)base.VisitPropertyDeclaration(node)!;
        var property = model.GetDeclaredSymbol(node)!;
        if (property.ContainingType.TypeKind == TypeKind.Interface || property.IsAbstract || ContractCatalog.TypeOf(property)?.Name == "LockName")
            return visited;
        var data = catalog.DataOf(property);
        var getter = property.GetMethod is { } get ? CodeOf(get) : null;
        var setter = property.SetMethod is { } set ? CodeOf(set) : null;
        if (!data.IsGuarded && data.Invariants.Count == 0 && getter is not { IsEmpty: false } && setter is not { IsEmpty: false })
            return visited;

        string type = visited.Type.WithoutTrivia().ToString();
        string head = $"private{(property.IsStatic ? " static" : "")}{(node.Modifiers.Any(SyntaxKind.UnsafeKeyword) ? " unsafe" : "")}";
        var accessors = new List<AccessorDeclarationSyntax>();
        foreach (var accessor in visited.AccessorList?.Accessors ?? [AccessorDeclaration(SyntaxKind.GetAccessorDeclaration).WithExpressionBody(visited.ExpressionBody).WithSemicolonToken(Token(SyntaxKind.SemicolonToken))])
        {
            bool reads = accessor.IsKind(SyntaxKind.GetAccessorDeclaration);
            bool isAuto = accessor.Body is null && accessor.ExpressionBody is null;
            string inner = $"Audited_{(reads ? "get" : "put")}_{property.Name}";
            if (!isAuto)
            {
                string body = accessor.Body?.ToFullString() ?? accessor.ExpressionBody!.ToFullString() + ";";
                _added.Peek().Add(reads ? $"{head} {type} {inner}()\n{body}\n" : $"{head} void {inner}({type} value)\n{body}\n");
            }

            var code = reads ? getter : setter;
            string text = reads
                ? $"{{\n{MemberCode.Open}{code?.Entry}{guarded.Reading(property)}var {ContractCode.Result} = {(isAuto ? "field" : inner + "()")};\n{guarded.Invariants(property)}{code?.Exit}{MemberCode.Close}return {ContractCode.Result};\n}}\n"
                : $"{{\n{MemberCode.Open}{code?.Entry}{guarded.Writing(property, knowsValue: true)}{(isAuto ? "field = value" : inner + "(value)")};\n{code?.Exit}{MemberCode.Close}}}\n";
            accessors.Add(accessor.WithExpressionBody(null).WithSemicolonToken(default).WithBody((BlockSyntax)ParseStatement(text)));
        }

        return visited.WithExpressionBody(null).WithAccessorList(AccessorList(List(accessors))).WithSemicolonToken(visited.Initializer is null ? default : visited.SemicolonToken);
    }

    public override SyntaxNode? VisitLocalFunctionStatement(LocalFunctionStatementSyntax node)
    {
        if (model.GetDeclaredSymbol(node) is { } function && catalog.ContractOf(function) is { IsStated: true })
            book.Skip(function.Name, "all", "a local function");
        return base.VisitLocalFunctionStatement(node);
    }

    public override SyntaxNode? VisitObjectCreationExpression(ObjectCreationExpressionSyntax node) => Note(node, base.VisitObjectCreationExpression(node)!);

    public override SyntaxNode? VisitImplicitObjectCreationExpression(ImplicitObjectCreationExpressionSyntax node) => Note(node, base.VisitImplicitObjectCreationExpression(node)!);

    public override SyntaxNode? VisitParenthesizedLambdaExpression(ParenthesizedLambdaExpressionSyntax node) => Wrap(node, base.VisitParenthesizedLambdaExpression(node)!);

    public override SyntaxNode? VisitSimpleLambdaExpression(SimpleLambdaExpressionSyntax node) => Wrap(node, base.VisitSimpleLambdaExpression(node)!);

    public override SyntaxNode? VisitDelegateDeclaration(DelegateDeclarationSyntax node)
    {
        if (node.TypeParameterList is null && model.GetDeclaredSymbol(node) is { } type && catalog.ContractOf(type) is { IsStated: true })
            _wrappers.Add(WrapperOf(type));
        return base.VisitDelegateDeclaration(node);
    }

    public override SyntaxNode? VisitCompilationUnit(CompilationUnitSyntax node)
    {
        var visited = (CompilationUnitSyntax)base.VisitCompilationUnit(node)!;
        if (_wrappers.Count == 0)
            return visited;
        var wrappers = ParseMemberDeclaration($"\ninternal static partial class AuditedDelegates\n{{\n{string.Concat(_wrappers)}}}\n")!;
        return visited.Members is [FileScopedNamespaceDeclarationSyntax space] ? visited.ReplaceNode(space, space.AddMembers(wrappers)) : visited.AddMembers(wrappers);
    }

    public override SyntaxNode? VisitAssignmentExpression(AssignmentExpressionSyntax node)
    {
        if (!node.IsKind(SyntaxKind.SimpleAssignmentExpression) || FieldOf(node.Left) is not { } field || UseOf(node.Left, field) != Use.Set)
            return base.VisitAssignmentExpression(node);
        var value = Argument((ExpressionSyntax)Visit(node.Right)!.WithoutTrivia());
        return InvocationExpression(Renamed(node.Left, GuardedMembers.NameOf(field, Use.Set)), ArgumentList([value])).WithTriviaFrom(node);
    }

    public override SyntaxNode? VisitMemberAccessExpression(MemberAccessExpressionSyntax node) => Checked(node) ?? base.VisitMemberAccessExpression(node);

    public override SyntaxNode? VisitMemberBindingExpression(MemberBindingExpressionSyntax node) => Checked(node) ?? base.VisitMemberBindingExpression(node);

    public override SyntaxNode? VisitIdentifierName(IdentifierNameSyntax node) =>
        (node.Parent is MemberAccessExpressionSyntax access && access.Name == node) || node.Parent is MemberBindingExpressionSyntax ? node : Checked(node) ?? node;

    public override SyntaxNode? VisitAttributeList(AttributeListSyntax node) => node;

    private readonly List<string> _wrappers = [];

    private SyntaxNode Extend(TypeDeclarationSyntax node, Func<SyntaxNode?> visit)
    {
        _added.Push([]);
        var visited = (TypeDeclarationSyntax)visit()!;
        var added = _added.Pop();
        foreach (var variable in node.Members.OfType<FieldDeclarationSyntax>().SelectMany(static field => field.Declaration.Variables))
            added.AddRange(guarded.AccessorsOf((IFieldSymbol)model.GetDeclaredSymbol(variable)!));
        if (node.ParameterList is not null && model.GetDeclaredSymbol(node) is INamedTypeSymbol type && type.InstanceConstructors.Any(constructor => ContractCatalog.IsPrimary(constructor) && catalog.ContractOf(constructor).IsStated))
            book.Skip(type.Name, "constructor", "a primary constructor");
        return added.Count == 0 ? visited : visited.WithMembers(visited.Members.AddRange(added.Select(static text => ParseMemberDeclaration("\n" + text) ?? throw new InvalidOperationException(text))));
    }

    private MemberCode? CodeOf(IMethodSymbol method)
    {
        var contract = catalog.ContractOf(method);
        if (contract.IsEmpty)
            return null;
        var names = new Dictionary<ISymbol, string>(SymbolEqualityComparer.Default);
        for (int i = 0; i < contract.Parameters.Length && i < method.Parameters.Length; i++)
            names[contract.Parameters[i]] = "@" + method.Parameters[i].Name;
        return new MemberCode(catalog, contract, method.ContainingType, names, GuardedMembers.Name(method), book);
    }

    private string WrapperOf(INamedTypeSymbol type)
    {
        var invoke = type.DelegateInvokeMethod!;
        var code = new MemberCode(catalog, catalog.ContractOf(type), type, new Dictionary<ISymbol, string>(SymbolEqualityComparer.Default), type.Name, book);
        string name = type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);
        string parameters = string.Join(", ", invoke.Parameters.Select(static parameter => "@" + parameter.Name));
        string result = invoke.ReturnsVoid ? "" : $"var {ContractCode.Result} = ";
        return $"internal static {name} {type.Name}({name} inner) => ({parameters}) =>\n{{\n{MemberCode.Open}{code.Entry}{result}inner({parameters});\n{code.Exit}{MemberCode.Close}{(invoke.ReturnsVoid ? "" : $"return {ContractCode.Result};\n")}}};\n";
    }

    private SyntaxNode Wrap(ExpressionSyntax node, SyntaxNode visited) =>
        model.GetTypeInfo(node).ConvertedType is INamedTypeSymbol { DelegateInvokeMethod: not null, IsGenericType: false } type && catalog.ContractOf(type).IsStated && SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, model.Compilation.Assembly)
            ? InvocationExpression(ParseExpression("AuditedDelegates." + type.Name), ArgumentList([Argument((ExpressionSyntax)visited)]))
            : visited;

    private SyntaxNode Note(ExpressionSyntax node, SyntaxNode visited)
    {
        if (model.GetTypeInfo(node).Type is not { } type || !guarded.IsWatched(type))
            return visited;
        string name = type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);
        return ParseExpression($"AuditedLocks.Created<{name}>(AuditedLocks.Creating<{name}>(), {visited.WithoutTrivia().ToFullString()})").WithTriviaFrom(node);
    }

    private ExpressionSyntax? Checked(ExpressionSyntax node)
    {
        if (FieldOf(node) is not { } field)
            return null;
        var use = UseOf(node, field);
        return use is Use.None or Use.Set ? null : InvocationExpression(Renamed(node, GuardedMembers.NameOf(field, use))).WithTriviaFrom(node);
    }

    private ExpressionSyntax Renamed(ExpressionSyntax access, string name) => access switch
    {
        MemberAccessExpressionSyntax member => member.WithExpression((ExpressionSyntax)Visit(member.Expression)!).WithName(IdentifierName(name)),
        MemberBindingExpressionSyntax binding => binding.WithName(IdentifierName(name)),
        _ => IdentifierName(name).WithLeadingTrivia(access.GetLeadingTrivia()),
    };

    private IFieldSymbol? FieldOf(ExpressionSyntax node) =>
        node is MemberAccessExpressionSyntax or MemberBindingExpressionSyntax or IdentifierNameSyntax && model.GetSymbolInfo(node).Symbol is IFieldSymbol field && guarded.IsChecked(field.OriginalDefinition) ? field.OriginalDefinition : null;

    private Use UseOf(ExpressionSyntax node, IFieldSymbol field)
    {
        if (IsExempt(node))
            return Use.None;
        SyntaxNode at = node;
        while (at.Parent is ParenthesizedExpressionSyntax or PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression } || (at.Parent is ConditionalAccessExpressionSyntax conditional && conditional.WhenNotNull == at))
            at = at.Parent;
        switch (at.Parent)
        {
            case AssignmentExpressionSyntax { Parent: InitializerExpressionSyntax } initialized when initialized.Left == at:
                return Use.None;
            case AssignmentExpressionSyntax assigned when assigned.Left == at:
                return field.IsReadOnly ? Use.None : assigned.IsKind(SyntaxKind.SimpleAssignmentExpression) ? Use.Set : Use.Change;
            case PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PreIncrementExpression or (int)SyntaxKind.PreDecrementExpression }:
            case PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PostIncrementExpression or (int)SyntaxKind.PostDecrementExpression }:
                return Use.Change;
            case ArgumentSyntax { Parent: TupleExpressionSyntax { Parent: AssignmentExpressionSyntax tuple } } element when tuple.Left == element.Parent:
                return Use.Change;
            case ArgumentSyntax { RefKindKeyword.RawKind: (int)SyntaxKind.RefKeyword or (int)SyntaxKind.OutKeyword } argument:
                return IsAtomic(argument) ? Use.None : Use.Change;
            case NameColonSyntax or NameEqualsSyntax or RefExpressionSyntax or ExpressionColonSyntax:
                book.Skip(GuardedMembers.Name(field), $"access in {at.Parent.Parent?.Kind()}", "an access of this form is not rewritten");
                return Use.None;
            default:
                return Use.Read;
        }
    }

    /// <summary>Constructors work on what nobody else knows yet.</summary>
    private bool IsExempt(ExpressionSyntax node)
    {
        if (node.Ancestors().Any(static ancestor => ancestor is InvocationExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: "nameof" } }))
            return true;
        bool isOwn = node is IdentifierNameSyntax or MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax };
        return isOwn && node.Ancestors().OfType<MemberDeclarationSyntax>().First() is ConstructorDeclarationSyntax or FieldDeclarationSyntax;
    }

    private bool IsAtomic(ArgumentSyntax argument) =>
        argument.Parent?.Parent is InvocationExpressionSyntax call && model.GetSymbolInfo(call).Symbol is { ContainingType: { Name: "Volatile" or "Interlocked" } };

    private BlockSyntax Body(MemberCode code, string call, IMethodSymbol method)
    {
        // That nobody else can reach it is checked at each call. Frames are used again, so a thread that has an old name may have looked.
        string fresh = string.Concat(method.Parameters.Where(parameter => catalog.AttributesOf(parameter).Any(static attribute => attribute.Name == "Fresh")).Select(static parameter => $"AuditedLocks.Own(@{parameter.Name});\n"));
        string result = method.ReturnsVoid ? "" : method.ReturnsByRef || method.ReturnsByRefReadonly ? $"ref var {ContractCode.Result} = ref " : $"var {ContractCode.Result} = ";
        string end = method.ReturnsVoid ? "" : $"return {(method.ReturnsByRef || method.ReturnsByRefReadonly ? "ref " : "")}{ContractCode.Result};\n";
        return (BlockSyntax)ParseStatement($"\n{{\n{MemberCode.Open}{fresh}{code.Entry}{result}{call};\n{code.Exit}{MemberCode.Close}{end}}}\n");
    }

    private static SyntaxList<StatementSyntax> Statements(string text) => ((BlockSyntax)ParseStatement($"{{\n{text}}}\n")).Statements;

    private static string Passed(IParameterSymbol parameter) => (parameter.RefKind switch
    {
        RefKind.Ref => "ref ",
        RefKind.Out => "out ",
        RefKind.In or RefKind.RefReadOnlyParameter => "in ",
        _ => "",
    }) + "@" + parameter.Name;

    private static SyntaxTokenList Modifiers(SyntaxTokenList modifiers, Func<SyntaxKind, bool> keeps) =>
        TokenList(modifiers.Where(modifier => keeps(modifier.Kind())).Select(static modifier => modifier.WithTrailingTrivia(Space)));
}
