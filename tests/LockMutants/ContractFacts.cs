using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using MmLint.Analyzers;

namespace LockMutants;

/// <summary>Every fact that some contract of the compilation asks about: only checks of these decide anything about locks.</summary>
internal sealed class ContractFacts
{
    private readonly HashSet<(AtomKind Kind, ISymbol Of, long Bit)> _known = [];
    private readonly ContractCatalog _catalog;

    /// <summary>Collects the facts of all members.</summary>
    public ContractFacts(Compilation compilation, ContractCatalog catalog)
    {
        _catalog = catalog;
        foreach (var member in Types(compilation.Assembly.GlobalNamespace).SelectMany(static type => type.GetMembers().Append(type)))
        {
            if (member is IMethodSymbol or INamedTypeSymbol { DelegateInvokeMethod: not null })
                Add(catalog.ContractOf(member), member);
            else if (member is IFieldSymbol or IPropertySymbol)
                Add(catalog.DataOf(member));
        }
    }

    /// <summary>Whether a contract asks if the symbol is null. A method stands for what it returns.</summary>
    public bool AskNull(ISymbol symbol) => Ask(AtomKind.IsNull, symbol, 0);

    /// <summary>Whether a contract asks if the symbol is true.</summary>
    public bool AskTrue(ISymbol symbol) => Ask(AtomKind.IsTrue, symbol, 0);

    /// <summary>Whether a contract asks for one of these bits of the symbol.</summary>
    public bool AskBits(ISymbol symbol, long bits)
    {
        for (; bits != 0; bits &= bits - 1)
        {
            if (Ask(AtomKind.HasBit, symbol, bits & -bits))
                return true;
        }

        return false;
    }

    private bool Ask(AtomKind kind, ISymbol symbol, long bit) =>
        _known.Contains((kind, symbol.OriginalDefinition, bit))
        || (symbol is IPropertySymbol property && _catalog.GetterOf(property) is Condition { Fact: var fact }
            && Atoms(fact).Any(atom => Subject(atom.Left, property) is { } subject && _known.Contains((atom.Kind, subject, atom.Bit))));

    private void Add(MemberContract contract, ISymbol member)
    {
        foreach (var clause in contract.Needs.Concat(contract.Excludes).Concat(contract.Releases).Concat(contract.Downgrades).Concat(contract.Acquires).Concat(contract.Asserts))
            Add(clause, member);
        foreach (var clause in contract.Requires.Concat(contract.Ensures))
        {
            Add(clause.Fact, member);
            Add(clause.When, member);
        }
    }

    private void Add(DataContract contract)
    {
        foreach (var clause in contract.Write)
            Add(clause, null);
        Add(contract.Read, null);
    }

    private void Add(LockClause clause, ISymbol? member)
    {
        Add(clause.When, member);
        Add(clause.Locks, member);
    }

    private void Add(LockFormula? formula, ISymbol? member)
    {
        switch (formula)
        {
            case LockFormula.Choice choice:
                Add(choice.Condition, member);
                Add(choice.WhenTrue, member);
                Add(choice.WhenFalse, member);
                break;
            case LockFormula.All all:
                foreach (var part in all.Parts)
                    Add(part, member);
                break;
            case LockFormula.Some some:
                foreach (var part in some.Parts)
                    Add(part, member);
                break;
        }
    }

    private void Add(Fact? fact, ISymbol? member)
    {
        foreach (var atom in fact is null ? [] : Atoms(fact))
        {
            if (Subject(atom.Left, member) is { } subject)
                _known.Add((atom.Kind, subject, atom.Bit));
        }
    }

    private static IEnumerable<Atom> Atoms(Fact fact) => (fact.ToClauses() ?? []).SelectMany(static clause => clause).Select(static literal => literal.Atom);

    private static ISymbol? Subject(Term term, ISymbol? member) => term switch
    {
        MemberOf { Member: var inner } => inner.OriginalDefinition,
        Root { Kind: RootKind.Parameter, Symbol: { } parameter } => parameter.OriginalDefinition,
        Root { Kind: RootKind.Result } => member,
        Masked { Operand: var operand } => Subject(operand, member),
        _ => null,
    };

    private static IEnumerable<INamedTypeSymbol> Types(INamespaceOrTypeSymbol container) =>
        container.GetMembers().OfType<INamespaceOrTypeSymbol>().SelectMany(static inner => Types(inner)).Concat(container is INamedTypeSymbol type ? [type] : []);
}
