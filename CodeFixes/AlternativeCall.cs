using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using MmLint.Analyzers;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace MmLint.CodeFixes;

/// <summary>
/// Writes the call of an alternative from the call it replaces. Its parameters are filled by type from the arguments and from what they are read
/// from: <c>vmf.Vma</c> gives a <c>vmf</c> too. Whatever the old call was given, the new one must be able to reach.
/// </summary>
internal static class AlternativeCall
{
    /// <summary>The methods that a name in <c>[UseInstead]</c> on the callee can mean.</summary>
    internal static IEnumerable<IMethodSymbol> MethodsNamed(string name, IMethodSymbol callee, FixSite site)
    {
        for (INamedTypeSymbol? outer = callee.ContainingType; outer is not null; outer = outer.ContainingType)
        {
            foreach (ITypeSymbol at in outer.WithBases())
            {
                ImmutableArray<IMethodSymbol> own = at.GetMembers(name).OfType<IMethodSymbol>().ToImmutableArray();
                if (!own.IsEmpty) return own;
            }
        }

        return site.Model.Compilation.GetSymbolsWithName(name, SymbolFilter.Member, site.Cancellation).OfType<IMethodSymbol>();
    }

    /// <summary>The call; null where some parameter cannot be filled, or something that was given would be lost.</summary>
    internal static InvocationExpressionSyntax? Write(IInvocationOperation call, IMethodSymbol alternative, FixSite site)
    {
        if (alternative.IsGenericMethod || call.Syntax is not InvocationExpressionSyntax syntax) return null;
        var given = new List<Given>();
        foreach (IArgumentOperation argument in call.Arguments)
        {
            if (argument.ArgumentKind == ArgumentKind.DefaultValue) continue;
            if (argument.ArgumentKind != ArgumentKind.Explicit || argument.Parameter is not { RefKind: RefKind.None } || argument.Value.Syntax is not ExpressionSyntax value) return null;
            given.Add(new Given(value, AccessPath.Of(value, site), argument.Parameter, site.Model.GetTypeInfo(value, site.Cancellation).Type));
        }

        if (call.Instance is { Syntax: ExpressionSyntax instance, IsImplicit: false }) given.Add(new Given(instance, AccessPath.Of(instance, site), null, call.Instance.Type));

        var passed = new List<Given>();
        var arguments = new List<ArgumentSyntax>();
        foreach (IParameterSymbol parameter in alternative.Parameters)
        {
            if (parameter.RefKind != RefKind.None) return null;
            if (Fill(parameter.Type, parameter.Name, given, site) is { } filled)
            {
                passed.Add(filled);
                arguments.Add(Argument(filled.Expression.WithoutTrivia()));
            }
            else if (parameter is { IsOptional: false, IsParams: false })
            {
                return null;
            }
        }

        ExpressionSyntax? receiver = null;
        if (!alternative.IsStatic && Receiver(alternative, given, call, site) is { } self)
        {
            receiver = self.Expression;
            passed.Add(self);
        }
        else if (!alternative.IsStatic && !IsOwn(alternative, site))
        {
            return null;
        }

        if (given.Any(item => !passed.Any(item.IsReachedFrom))) return null;
        if (alternative.IsExtensionMethod && call.TargetMethod.IsExtensionMethod && syntax.Expression is MemberAccessExpressionSyntax && given.Count > 0 && call.Arguments[0].Value.Syntax.Span.End < syntax.ArgumentList.SpanStart)
        {
            receiver = arguments[0].Expression;
            arguments.RemoveAt(0);
        }

        SimpleNameSyntax name = IdentifierName(alternative.Name);
        ExpressionSyntax target = receiver is not null ? MemberAccessExpression(SyntaxKind.SimpleMemberAccessExpression, receiver.WithoutTrivia(), name) : Qualify(alternative, name, call, syntax, site);
        return InvocationExpression(target, ArgumentList(SeparatedList(arguments)));
    }

    private static Given? Receiver(IMethodSymbol alternative, List<Given> given, IInvocationOperation call, FixSite site) =>
        call.Instance is { IsImplicit: false } && site.Converts(call.Instance.Type, alternative.ContainingType) ? given.Last()
        : IsOwn(alternative, site) ? null : Fill(alternative.ContainingType, null, given, site);

    /// <summary>The code whose value has the wanted type: an argument, else what an argument is read from, else the only such variable in scope.</summary>
    private static Given? Fill(ITypeSymbol type, string? name, List<Given> given, FixSite site)
    {
        List<Given> same = given.Where(item => site.Converts(item.Type, type)).ToList();
        if (same.Count > 1) same = same.Where(item => item.Parameter?.Name == name).ToList();
        if (same.Count == 1) return same[0];
        List<AccessPath> reached = given.Where(static item => item.Path is not null).SelectMany(static item => item.Path!.Prefixes().Skip(1)).Where(path => site.Converts(path.Type, type)).ToList();
        if (reached.Count > 0) return reached.All(path => path.Reaches(reached[0]) && reached[0].Reaches(path)) ? new Given(reached[0].Expression, reached[0], null, type) : null;
        List<ISymbol> inScope = site.Model.LookupSymbols(site.Node.SpanStart)
            .Where(symbol => symbol is IParameterSymbol or ILocalSymbol && symbol.Locations.All(location => location.SourceSpan.Start < site.Node.SpanStart) && site.Converts(TypeOf(symbol), type)).ToList();
        return inScope.Count == 1 ? new Given(IdentifierName(inScope[0].Name), null, null, type) : null;
    }

    private static ITypeSymbol? TypeOf(ISymbol variable) => variable is IParameterSymbol parameter ? parameter.Type : (variable as ILocalSymbol)?.Type;

    private static bool IsOwn(IMethodSymbol method, FixSite site)
    {
        return site.FunctionSymbol is { IsStatic: false, ContainingType: { } type } && type.WithBases().Any(at => SymbolEqualityComparer.Default.Equals(at, method.ContainingType));
    }

    private static ExpressionSyntax Qualify(IMethodSymbol alternative, SimpleNameSyntax name, IInvocationOperation call, InvocationExpressionSyntax syntax, FixSite site)
    {
        bool isNeighbour = SymbolEqualityComparer.Default.Equals(alternative.ContainingType, call.TargetMethod.ContainingType);
        if (isNeighbour && syntax.Expression is SimpleNameSyntax) return name;
        if (isNeighbour && syntax.Expression is MemberAccessExpressionSyntax access && site.Model.GetSymbolInfo(access.Expression, site.Cancellation).Symbol is ITypeSymbol) return access.WithName(name).WithoutTrivia();
        return IsOwn(alternative, site) ? name : ParseExpression(alternative.ContainingType.ToMinimalDisplayString(site.Model, site.Node.SpanStart) + "." + alternative.Name);
    }

    /// <summary>Something that a call is given.</summary>
    private sealed class Given(ExpressionSyntax expression, AccessPath? path, IParameterSymbol? parameter, ITypeSymbol? type)
    {
        internal ExpressionSyntax Expression { get; } = expression;

        internal AccessPath? Path { get; } = path;

        internal IParameterSymbol? Parameter { get; } = parameter;

        internal ITypeSymbol? Type { get; } = type;

        internal bool IsReachedFrom(Given passed) => passed.Expression == Expression || (Path is not null && passed.Path is not null && passed.Path.Reaches(Path));
    }
}
