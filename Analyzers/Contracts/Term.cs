using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace MmLint.Analyzers;

/// <summary>
/// A value as the analysis names it: a path from a root, a constant, or a symbol for what a call returned. Terms are immutable and compare by
/// structure, so two places that name one value in one way are the same term.
/// </summary>
internal abstract class Term : IEquatable<Term>
{
    private readonly int _hash;

    private protected Term(int hash, ITypeSymbol? type, ulong parts = 0, ulong opaques = 0)
    {
        _hash = hash;
        Type = type;
        Mark = 1UL << (int)(unchecked((uint)hash * 2654435769u) >> 26);
        Marks = parts | Mark;
        Opaques = this is Opaque ? Mark : opaques;
    }

    /// <summary>One bit that stands for the term: two terms that are equal have the same.</summary>
    internal readonly ulong Mark;

    /// <summary>The marks of the term and of all its parts: a part whose mark is missing does not occur.</summary>
    internal readonly ulong Marks;

    /// <summary>The marks of those parts that have no path: nobody can ask for them once nothing names them.</summary>
    internal readonly ulong Opaques;

    /// <summary>The static type, where there is one.</summary>
    internal readonly ITypeSymbol? Type;

    /// <summary>How many steps the term is from its root; shorter names are preferred.</summary>
    internal virtual int Depth => 0;

    public bool Equals(Term? other) => ReferenceEquals(this, other) || (other is not null && _hash == other._hash && SameAs(other));

    public override bool Equals(object? obj) => obj is Term other && Equals(other);

    public override int GetHashCode() => _hash;

    public override string ToString() => _text ??= Display(static _ => null);

    private string? _text;

    /// <summary>The same value, known to be of a type.</summary>
    internal virtual Term As(ITypeSymbol type) => this;

    /// <summary>The term as a person would write it; <paramref name="name"/> may supply a better name for any part.</summary>
    internal abstract string Display(Func<Term, string?> name);

    /// <summary>The term with every part that <paramref name="map"/> knows replaced, outermost first.</summary>
    internal Term Replace(Func<Term, Term?> map) => map(this) ?? ReplaceParts(map);

    /// <summary>Whether <paramref name="part"/> is this term or a part of it.</summary>
    internal bool Contains(Term part) => (Marks & part.Mark) != 0 && (Equals(part) || PartsContain(part));

    /// <summary>Whether some part satisfies <paramref name="predicate"/>.</summary>
    internal virtual bool Any(Func<Term, bool> predicate) => predicate(this);

    private protected abstract bool SameAs(Term other);

    private protected virtual bool PartsContain(Term part) => false;

    private protected virtual Term ReplaceParts(Func<Term, Term?> map) => this;

    private protected static int Mix(int left, int right) => unchecked((left * 397) ^ right);
}

/// <summary>What a path can start from.</summary>
internal enum RootKind
{
    This,
    Parameter,
    Result,
    Value,
    Local,
}

/// <summary>The start of a path: <c>this</c>, the value a parameter had at entry, <c>result</c>, <c>value</c>, or a captured local.</summary>
internal sealed class Root : Term
{
    internal Root(RootKind kind, ISymbol? symbol, ITypeSymbol? type)
        : base(Mix((int)kind, symbol is null ? 0 : SymbolEqualityComparer.Default.GetHashCode(symbol)), type)
    {
        Kind = kind;
        Symbol = symbol;
    }

    internal RootKind Kind { get; }

    internal ISymbol? Symbol { get; }

    internal static Root This(ITypeSymbol? type) => new(RootKind.This, null, type);

    internal static Root Parameter(IParameterSymbol parameter) => new(RootKind.Parameter, parameter, parameter.Type);

    internal static Root Result(ITypeSymbol? type) => new(RootKind.Result, null, type);

    internal static Root Value(ITypeSymbol? type) => new(RootKind.Value, null, type);

    internal override Term As(ITypeSymbol type) => new Root(Kind, Symbol, type);

    internal override string Display(Func<Term, string?> name) => name(this) ?? Kind switch
    {
        RootKind.This => "this",
        RootKind.Result => "result",
        RootKind.Value => "value",
        _ => Symbol!.Name,
    };

    private protected override bool SameAs(Term other) =>
        other is Root root && root.Kind == Kind && SymbolEqualityComparer.Default.Equals(root.Symbol, Symbol);
}

/// <summary>A value that has no path: what a call returned, a loop's merged value, a read that nothing keeps stable.</summary>
internal sealed class Opaque : Term
{
    internal Opaque(object site, string name, ITypeSymbol? type, bool earlier = false, bool neverNull = false)
        : base(Mix(System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(site), earlier ? 1 : 2), type)
    {
        Site = site;
        Name = name;
        Earlier = earlier;
        NeverNull = neverNull;
    }

    /// <summary>Where the value comes into being; sites compare by reference.</summary>
    internal object Site { get; }

    internal string Name { get; }

    /// <summary>Whether a later evaluation at the same site has taken over the name.</summary>
    internal bool Earlier { get; }

    /// <summary>Whether what makes the value says that it is not null; of one site, all values are so or none is.</summary>
    internal bool NeverNull { get; }

    internal override Term As(ITypeSymbol type) => new Opaque(Site, Name, type, Earlier, NeverNull);

    internal Opaque AsEarlier() => new(Site, Name, Type, earlier: true, NeverNull);

    internal override string Display(Func<Term, string?> name) => name(this) ?? (Earlier ? "an earlier " + Name : Name);

    private protected override bool SameAs(Term other) =>
        other is Opaque opaque && opaque.Earlier == Earlier && ReferenceEquals(opaque.Site, Site);
}

/// <summary>A field or property of a value, or a static one where there is no target.</summary>
internal sealed class MemberOf : Term
{
    private readonly int _memberHash;

    /// <param name="target">The object; null for a static member.</param>
    /// <param name="member">The member; a type stands for the question whether the object is of it.</param>
    /// <param name="type">The type of the value.</param>
    internal MemberOf(Term? target, ISymbol member, ITypeSymbol? type = null)
        : this(target, member, type ?? TypeOf(member), TuplePart(member)?.GetHashCode() ?? SymbolEqualityComparer.Default.GetHashCode(member.OriginalDefinition))
    {
    }

    private MemberOf(Term? target, ISymbol member, ITypeSymbol? type, int memberHash)
        : base(Mix(target?.GetHashCode() ?? 17, memberHash), type, target?.Marks ?? 0, target?.Opaques ?? 0)
    {
        Target = target;
        Member = member;
        Depth = (target?.Depth ?? 0) + 1;
        _memberHash = memberHash;
    }

    internal Term? Target { get; }

    internal ISymbol Member { get; }

    internal override int Depth { get; }

    internal override Term As(ITypeSymbol type) => new MemberOf(Target, Member, type, _memberHash);

    internal override string Display(Func<Term, string?> name) =>
        name(this) ?? (Target is null ? Member.ContainingType?.Name + "." + Member.Name
            : Member is ITypeSymbol ? Target.Display(name) + " is " + Member.Name
            : Target is Root { Kind: RootKind.This } && name(Target) is null ? Member.Name
            : Target.Display(name) + "." + Member.Name);

    private protected override bool PartsContain(Term part) => Target is not null && Target.Contains(part);

    internal override bool Any(Func<Term, bool> predicate) => predicate(this) || (Target?.Any(predicate) ?? false);

    private protected override bool SameAs(Term other) =>
        other is MemberOf member && member._memberHash == _memberHash && (Target is null ? member.Target is null : Target.Equals(member.Target))
        && (ReferenceEquals(member.Member, Member) || Target is null || Member is ITypeSymbol ? SymbolEqualityComparer.Default.Equals(member.Member, Member)
            : TuplePart(Member) is { } part ? TuplePart(member.Member) == part : SymbolEqualityComparer.Default.Equals(member.Member.OriginalDefinition, Member.OriginalDefinition));

    /// <summary>The parts of a tuple are the same whatever names they are given.</summary>
    private static string? TuplePart(ISymbol member) => member is IFieldSymbol { ContainingType.IsTupleType: true } field ? (field.CorrespondingTupleField ?? field).Name : null;

    private protected override Term ReplaceParts(Func<Term, Term?> map)
    {
        if (Target is null) return this;
        Term target = Target.Replace(map);
        return ReferenceEquals(target, Target) ? this : target is Tuple tuple && tuple.Element(Member) is { } element ? element : new MemberOf(target, Member, Type, _memberHash);
    }

    private static ITypeSymbol? TypeOf(ISymbol member) => member switch
    {
        IFieldSymbol field => field.Type,
        IPropertySymbol property => property.Type,
        _ => null,
    };
}

/// <summary>An element of an array or an indexer.</summary>
internal sealed class ElementOf : Term
{
    internal ElementOf(Term target, Term index, ITypeSymbol? type)
        : base(Mix(Mix(target.GetHashCode(), index.GetHashCode()), 5), type, target.Marks | index.Marks, target.Opaques | index.Opaques)
    {
        Target = target;
        Index = index;
        Depth = target.Depth + 1;
    }

    internal Term Target { get; }

    internal Term Index { get; }

    internal override int Depth { get; }

    internal override Term As(ITypeSymbol type) => new ElementOf(Target, Index, type);

    internal override string Display(Func<Term, string?> name) => name(this) ?? Target.Display(name) + "[" + Index.Display(name) + "]";

    private protected override bool PartsContain(Term part) => Target.Contains(part) || Index.Contains(part);

    internal override bool Any(Func<Term, bool> predicate) => predicate(this) || Target.Any(predicate) || Index.Any(predicate);

    private protected override bool SameAs(Term other) => other is ElementOf element && element.Target.Equals(Target) && element.Index.Equals(Index);

    private protected override Term ReplaceParts(Func<Term, Term?> map)
    {
        Term target = Target.Replace(map);
        Term index = Index.Replace(map);
        return ReferenceEquals(target, Target) && ReferenceEquals(index, Index) ? this : new ElementOf(target, index, Type);
    }
}

/// <summary>A constant. Enum members are their number, so that flags compare as bits; the type keeps their names for messages.</summary>
internal sealed class Constant : Term
{
    internal static readonly Constant Null = new(null, null);
    internal static readonly Constant True = new(true, null);
    internal static readonly Constant False = new(false, null);

    internal Constant(object? value, ITypeSymbol? type)
        : base(Normalize(value)?.GetHashCode() ?? 3, type) => Value = Normalize(value);

    internal object? Value { get; }

    internal static Constant Of(bool value) => value ? True : False;

    internal override string Display(Func<Term, string?> name)
    {
        if (Value is null) return "null";
        if (Value is bool flag) return flag ? "true" : "false";
        if (Value is string text) return "\"" + text + "\"";
        if (Type is INamedTypeSymbol { TypeKind: TypeKind.Enum } type && Value is long number) return EnumNames.Of(type, number);
        return Convert.ToString(Value, System.Globalization.CultureInfo.InvariantCulture) ?? "";
    }

    private protected override bool SameAs(Term other) => other is Constant constant && Equals(constant.Value, Value);

    private static object? Normalize(object? value) => value switch
    {
        sbyte number => (long)number,
        byte number => (long)number,
        short number => (long)number,
        ushort number => (long)number,
        int number => (long)number,
        uint number => (long)number,
        ulong number => unchecked((long)number),
        char character => (long)character,
        _ => value,
    };
}

/// <summary><c>operand &amp; mask | bits</c>: flags of which some are known.</summary>
internal sealed class Masked : Term
{
    private Masked(Term operand, long mask, long bits)
        : base(Mix(Mix(operand.GetHashCode(), mask.GetHashCode()), bits.GetHashCode()), operand.Type, operand.Marks, operand.Opaques)
    {
        Operand = operand;
        Mask = mask;
        Bits = bits;
    }

    internal Term Operand { get; }

    /// <summary>The bits that come from the operand.</summary>
    internal long Mask { get; }

    /// <summary>The bits that are set in any case.</summary>
    internal long Bits { get; }

    /// <summary>Each bit that is set in any case.</summary>
    internal IEnumerable<long> SetBits()
    {
        for (long rest = Bits; rest != 0; rest &= rest - 1) yield return rest & -rest;
    }

    /// <summary>The flags, in their simplest form.</summary>
    internal static Term Of(Term operand, long mask, long bits = 0)
    {
        mask &= ~bits;
        if (operand is Constant { Value: long value }) return new Constant((value & mask) | bits, operand.Type);
        if (operand is Masked inner) return Of(inner.Operand, inner.Mask & mask, (inner.Bits & mask) | bits);
        return new Masked(operand, mask, bits);
    }

    internal override int Depth => Operand.Depth;

    internal override string Display(Func<Term, string?> name) =>
        name(this) ?? "(" + Operand.Display(name) + ((Mask | Bits) == -1L ? "" : " & " + new Constant(Mask, Operand.Type).Display(name))
            + (Bits == 0 ? "" : " | " + new Constant(Bits, Operand.Type).Display(name)) + ")";

    private protected override bool PartsContain(Term part) => Operand.Contains(part);

    internal override bool Any(Func<Term, bool> predicate) => predicate(this) || Operand.Any(predicate);

    private protected override bool SameAs(Term other) => other is Masked masked && masked.Mask == Mask && masked.Bits == Bits && masked.Operand.Equals(Operand);

    private protected override Term ReplaceParts(Func<Term, Term?> map)
    {
        Term operand = Operand.Replace(map);
        return ReferenceEquals(operand, Operand) ? this : Of(operand, Mask, Bits);
    }
}

/// <summary>A boolean value that stands for what it was computed from.</summary>
internal sealed class Condition : Term
{
    internal Condition(Fact fact, ITypeSymbol? type)
        : base(Mix(fact.GetHashCode(), 11), type, fact.Marks, fact.Opaques) => Fact = fact;

    internal Fact Fact { get; }

    internal override string Display(Func<Term, string?> name) => name(this) ?? Fact.Display(name);

    private protected override bool PartsContain(Term part) => Fact.Mentions(part);

    internal override bool Any(Func<Term, bool> predicate) => predicate(this) || Fact.Any(predicate);

    private protected override bool SameAs(Term other) => other is Condition condition && condition.Fact.Equals(Fact);

    private protected override Term ReplaceParts(Func<Term, Term?> map)
    {
        Fact fact = Fact.Replace(map);
        return ReferenceEquals(fact, Fact) ? this : fact == Fact.True ? Constant.True : fact == Fact.False ? Constant.False : new Condition(fact, Type);
    }
}

/// <summary>A tuple whose elements are known.</summary>
internal sealed class Tuple : Term
{
    internal Tuple(ImmutableArray<Term> elements, ITypeSymbol? type)
        : base(elements.Aggregate(19, (hash, element) => Mix(hash, element.GetHashCode())), type, elements.Aggregate(0UL, static (marks, element) => marks | element.Marks), elements.Aggregate(0UL, static (marks, element) => marks | element.Opaques)) => Elements = elements;

    internal ImmutableArray<Term> Elements { get; }

    internal Term? Element(ISymbol field)
    {
        if (field is not IFieldSymbol { ContainingType.IsTupleType: true } tupleField) return null;
        int index = 0;
        foreach (IFieldSymbol candidate in tupleField.ContainingType.TupleElements)
        {
            if (candidate.Name == field.Name || candidate.CorrespondingTupleField?.Name == (tupleField.CorrespondingTupleField ?? tupleField).Name)
                return index < Elements.Length ? Elements[index] : null;
            index++;
        }

        return null;
    }

    internal override string Display(Func<Term, string?> name) => name(this) ?? "(" + string.Join(", ", Elements.Select(element => element.Display(name))) + ")";

    private protected override bool PartsContain(Term part) => Elements.Any(element => element.Contains(part));

    internal override bool Any(Func<Term, bool> predicate) => predicate(this) || Elements.Any(element => element.Any(predicate));

    private protected override bool SameAs(Term other) => other is Tuple tuple && tuple.Elements.SequenceEqual(Elements);

    private protected override Term ReplaceParts(Func<Term, Term?> map) =>
        new Tuple(Elements.Select(element => element.Replace(map)).ToImmutableArray(), Type);
}

/// <summary>What a term was when the member was entered.</summary>
internal sealed class Old : Term
{
    internal Old(Term inner)
        : base(Mix(inner.GetHashCode(), 23), inner.Type, inner.Marks, inner.Opaques) => Inner = inner;

    internal Term Inner { get; }

    internal override string Display(Func<Term, string?> name) => "old(" + Inner.Display(name) + ")";

    private protected override bool PartsContain(Term part) => Inner.Contains(part);

    internal override bool Any(Func<Term, bool> predicate) => predicate(this) || Inner.Any(predicate);

    private protected override bool SameAs(Term other) => other is Old old && old.Inner.Equals(Inner);
}

/// <summary>Names of enum values in messages.</summary>
internal static class EnumNames
{
    private const int MostBits = 24;

    private static readonly ConditionalWeakTable<INamedTypeSymbol, long[]> Declared = new();

    /// <summary>The single bits that a set of flags declares; nothing for a plain enum.</summary>
    internal static IEnumerable<long> BitsOf(INamedTypeSymbol type) => IsFlags(type) ? Array.FindAll(Numbers(type), static value => value != 0 && (value & (value - 1)) == 0).Take(MostBits) : [];

    /// <summary>The declared values of an enum that is no set of flags; nothing for one that is.</summary>
    internal static long[] ValuesOf(INamedTypeSymbol type) => IsFlags(type) ? [] : Numbers(type);

    private static bool IsFlags(INamedTypeSymbol type) => type.GetAttributes().Any(static attribute => attribute.AttributeClass?.Name == "FlagsAttribute");

    /// <summary>The declared values, each once, in their order: found out once for each type, for they are asked for at many steps.</summary>
    private static long[] Numbers(INamedTypeSymbol type) => Declared.GetValue(type, static type =>
    {
        var numbers = new List<long>();
        foreach (ISymbol member in type.GetMembers())
        {
            if (member is IFieldSymbol { HasConstantValue: true } field && new Constant(field.ConstantValue, null).Value is long number && !numbers.Contains(number)) numbers.Add(number);
        }

        return numbers.ToArray();
    });

    /// <summary>The member of that value, else the members of its bits, else the number.</summary>
    internal static string Of(INamedTypeSymbol type, long value)
    {
        var parts = new List<string>();
        long rest = value;
        foreach (IFieldSymbol field in type.GetMembers().OfType<IFieldSymbol>())
        {
            if (field.ConstantValue is null || new Constant(field.ConstantValue, null).Value is not long number) continue;
            if (number == value) return field.Name;
            if (number == 0 || (number & (number - 1)) != 0 || (value & number) != number) continue;
            parts.Add(field.Name);
            rest &= ~number;
        }

        return rest == 0 && parts.Count > 0 ? string.Join(" | ", parts) : value.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }
}
