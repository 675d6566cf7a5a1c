using System;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using MmLint.Analyzers;

namespace AnalyzerTests.Flow;

/// <summary>The terms, locks and facts of which the specifications of the engine's core speak.</summary>
internal static class Vocabulary
{
    private static readonly CSharpCompilation s_compilation = TestCompilation.Create("Vocabulary", [TestCompilation.Parse("Vocabulary.cs", """
        [System.Flags] public enum Access { None = 0, Read = 1, Write = 2, Exec = 4, All = 7 }
        public enum Step { First, Second, Third }
        public sealed class Gate { }
        public class Node
        {
            public bool Ready;
            public Node? Next;
            public Access Flags;
            public int Count;
            public Gate Lock = new();
            public Gate Other = new();
            public Node[] Children = [];
            public static Node Top = new();
        }
        public static class Subject
        {
            public static void Do(bool p, bool q, bool r, bool s, Node a, Node b, Node c, int i, int j, int k, Access access, Step step, object o, (int First, Node Second) pair) { }
        }
        """, [])], []);

    private static readonly IMethodSymbol s_method = (IMethodSymbol)TypeOf("Subject").GetMembers("Do").Single();

    public static Term P { get; } = Parameter("p");

    public static Term Q { get; } = Parameter("q");

    public static Term R { get; } = Parameter("r");

    public static Term S { get; } = Parameter("s");

    public static Term A { get; } = Parameter("a");

    public static Term B { get; } = Parameter("b");

    public static Term C { get; } = Parameter("c");

    public static Term I { get; } = Parameter("i");

    public static Term J { get; } = Parameter("j");

    public static Term K { get; } = Parameter("k");

    /// <summary>A set of flags: Read, Write, Exec.</summary>
    public static Term Access { get; } = Parameter("access");

    /// <summary>A plain enum: First, Second, Third.</summary>
    public static Term Step { get; } = Parameter("step");

    /// <summary>An object.</summary>
    public static Term O { get; } = Parameter("o");

    /// <summary>A tuple of a number and a node.</summary>
    public static Term Pair { get; } = Parameter("pair");

    /// <summary>What code knows as <c>this</c>.</summary>
    public static Term This { get; } = Root.This(TypeOf("Node"));

    public static INamedTypeSymbol TypeOf(string name) => s_compilation.GetTypeByMetadataName(name) ?? throw new ArgumentException(name, nameof(name));

    public static INamedTypeSymbol Bool => s_compilation.GetSpecialType(SpecialType.System_Boolean);

    public static Term Parameter(string name) => Root.Parameter(s_method.Parameters.Single(parameter => parameter.Name == name));

    public static ISymbol SymbolOf(string type, string member) => TypeOf(type).GetMembers(member).Single();

    /// <summary>A member of a node.</summary>
    public static Term Of(this Term node, string member) => new MemberOf(node, SymbolOf("Node", member));

    public static Term Top { get; } = new MemberOf(null, SymbolOf("Node", "Top"));

    public static Term At(this Term nodes, Term index) => new ElementOf(nodes, index, TypeOf("Node"));

    public static Term Number(long value) => new Constant(value, null);

    public static Term StepOf(long value) => new Constant(value, TypeOf("Step"));

    /// <summary>A value without a path, as a call returns it.</summary>
    public static Opaque Value(string name, ITypeSymbol? type = null, bool neverNull = false) => new(new object(), name, type, neverNull: neverNull);

    public static Opaque Flag(string name) => Value(name, Bool);

    /// <summary>Another flag with the mark of a term, so that only comparing tells them apart.</summary>
    public static Opaque MarkedLike(Term term)
    {
        Opaque flag = Flag("alike");
        while (flag.Mark != term.Mark) flag = Flag("alike");
        return flag;
    }

    public static Claim True(Term term) => new(Fact.Holds(term));

    public static Claim Null(Term term) => new(Fact.IsNull(term));

    public static Claim Same(Term left, Term right) => new(Fact.Equal(left, right));

    public static Claim Is(Term left, long right) => new(Fact.Equal(left, Number(right)));

    public static Claim Less(Term left, Term right) => new(Fact.Less(left, right));

    public static Claim Less(Term left, long right) => new(Fact.Less(left, Number(right)));

    public static Claim Less(long left, Term right) => new(Fact.Less(Number(left), right));

    public static Claim Has(Term term, long bit) => new(Fact.HasBit(term, bit));

    /// <summary>What is known once each of the facts has been found true.</summary>
    public static FactSet Known(params Claim[] facts) => facts.Aggregate(FactSet.Empty, static (known, fact) => known.Assume(fact) ?? throw new ArgumentException("contradiction: " + fact, nameof(facts)));

    /// <summary>What a set knows, in the order in which it came, clauses last.</summary>
    public static string Text(this FactSet? facts) => facts is null ? "contradiction"
        : string.Join(", ", facts.Literals.Select(static literal => new Fact.Single(literal).ToString()).Concat(facts.Clauses.Select(static clause => "(" + Text(clause) + ")")));

    public static string Text(this Clause clause) => string.Join(" || ", clause.Literals.Select(static literal => new Fact.Single(literal).ToString()));

    public static Literal LiteralOf(Claim claim) => ((Fact.Single)claim.Fact).Literal;

    public static Atom AtomOf(Claim claim) => LiteralOf(claim).Atom;

    public static Hold Held(Term term, Mode mode = Mode.Exclusive, Origin origin = Origin.Here, int depth = 1, Mode beneath = Mode.None) => new(term, mode, origin, LockInfo.Monitor, site: null, depth, beneath: beneath);

    /// <summary>A hold that is there exactly where each of the facts is true; with none, perhaps.</summary>
    public static Hold HeldWhen(Term term, params Claim[] tells) => Held(term).When([.. tells.Select(static tell => tell.Fact)]);

    /// <summary>The hold as a reader would say it.</summary>
    public static string Text(this Hold hold) =>
        (hold.Mode == Mode.Exclusive ? "" : hold.Mode.ToString() + " ") + hold.Term + (hold.Origin == Origin.Here ? "" : " (" + hold.Origin + ")") + (hold.Depth == 1 ? "" : " x" + hold.Depth)
        + (!hold.Maybe ? "" : hold.Tells.IsEmpty ? " perhaps" : " if " + string.Join(", ", hold.Tells));

    public static string Text(this System.Collections.Generic.IEnumerable<Hold> holds) => string.Join("; ", holds.Select(Text));

    public static State StateOf(FactSet facts, params Hold[] holds) => State.Empty with { Facts = facts, Holds = [.. holds] };
}

/// <summary>A fact that specifications can put together.</summary>
internal sealed record Claim(Fact Fact)
{
    public static implicit operator Fact(Claim claim) => claim.Fact;

    public static Claim operator !(Claim claim) => new(claim.Fact.Negate());

    public static Claim operator &(Claim left, Claim right) => new(Fact.And(left.Fact, right.Fact));

    public static Claim operator |(Claim left, Claim right) => new(Fact.Or(left.Fact, right.Fact));

    public override string ToString() => Fact.ToString();
}
