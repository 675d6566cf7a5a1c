using System.Collections.Generic;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace MmLint.Analyzers;

/// <summary>One call with what it is given: the contract's names can be replaced by the actual ones.</summary>
internal sealed class CallSite(IOperation operation, ISymbol callee, MemberContract contract, Term? receiver, Term[] arguments, ITypeSymbol? resultType)
{
    internal IOperation Operation { get; } = operation;

    internal ISymbol Callee { get; } = callee;

    internal MemberContract Contract { get; } = contract;

    internal Term? Receiver { get; } = receiver;

    /// <summary>Arguments by parameter position.</summary>
    internal Term[] Arguments { get; } = arguments;

    internal ITypeSymbol? ResultType { get; } = resultType;

    /// <summary>The result where it has a path, as that of a property has.</summary>
    internal Term? Result { get; init; }

    /// <summary>Operations behind the arguments, for places in messages.</summary>
    internal IReadOnlyList<IOperation?> Operands { get; init; } = [];

    /// <summary>What paths named when the call was made, where the contract speaks of it.</summary>
    internal Dictionary<Term, Term> Before => _before ??= [];

    /// <summary>What is left in by-reference parameters.</summary>
    internal Dictionary<int, Term> Left => _left ??= [];

    private Dictionary<Term, Term>? _before;

    private Dictionary<int, Term>? _left;

    /// <summary>What is left in a by-reference parameter; null where it is none.</summary>
    internal Term? LeftIn(int parameter) => _left is not null && _left.TryGetValue(parameter, out Term? left) ? left : null;

    /// <summary>The name for messages: a <c>lock</c> statement calls what nobody has written.</summary>
    internal string Name => IsOfStatement ? "lock" : Callee is IMethodSymbol { AssociatedSymbol: { } owner } ? owner.Name : Callee is IMethodSymbol { MethodKind: MethodKind.Constructor } ? Callee.ContainingType.Name : Callee.Name;

    /// <summary>What a message says after the locks of a contract that nobody has written down.</summary>
    internal string Inferred => Contract.IsInferred ? " (inferred from its body)" : "";

    /// <summary>How a message says that the call gave a lock up.</summary>
    internal string Released => IsOfStatement ? "its lock statement ended" : "'" + Name + "' released it";

    /// <summary>Where it gave it up: all of a <c>lock</c> statement, which does so where it ends.</summary>
    internal SyntaxNode Site => (SyntaxNode?)Statement ?? Operation.Syntax;

    /// <summary>Whether a <c>lock</c> statement makes the call: whatever it takes it gives back.</summary>
    internal bool IsOfStatement => Statement is not null;

    /// <summary>The statement that stands for the call.</summary>
    private LockStatementSyntax? Statement => Operation is { IsImplicit: true, Syntax.Parent: LockStatementSyntax statement } ? statement : null;
}
