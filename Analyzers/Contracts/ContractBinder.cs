using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace MmLint.Analyzers;

/// <summary>
/// Binds the text of a contract against the member that carries it. Contracts also come from metadata, where there is no syntax to bind
/// against, so names are looked up over symbols alone.
/// </summary>
internal sealed class ContractBinder
{
    private const int MaxDepth = 64;

    /// <summary>Parts that a formula may have when its aliases are read through: an alias of aliases may double with each.</summary>
    private const int MaxSize = 512;

    private readonly ContractCatalog _catalog;
    private readonly INamedTypeSymbol? _scope;
    private readonly ImmutableArray<IParameterSymbol> _parameters;
    private readonly ITypeSymbol? _result;
    private readonly ITypeSymbol? _value;
    private readonly bool _isStatic;
    private string? _error;
    private SyntaxNode? _at;
    private int _depth;

    internal ContractBinder(
        ContractCatalog catalog, INamedTypeSymbol? scope, ImmutableArray<IParameterSymbol> parameters, ITypeSymbol? result, ITypeSymbol? value, bool isStatic)
    {
        _catalog = catalog;
        _scope = scope;
        _parameters = parameters;
        _result = result;
        _value = value;
        _isStatic = isStatic;
    }

    /// <summary>The first name in the last text that may change while the contract is in force, with the remedy.</summary>
    internal (string Name, string Remedy)? Unstable { get; private set; }

    /// <summary>Why the last text did not bind.</summary>
    internal string Error => _error ?? "does not bind";

    /// <summary>The part of the last text to which <see cref="Error"/>, or else <see cref="Unstable"/>, refers; null where it is all of it.</summary>
    internal TextSpan? Place { get; private set; }

    /// <summary>The name that does not bind ("Wrong") and the one that was probably meant ("Near"); empty where none is near.</summary>
    internal ImmutableDictionary<string, string?> Nearly { get; private set; } = ImmutableDictionary<string, string?>.Empty;

    internal LockFormula? BindLocks(string text) => Parse(text) is { } syntax ? Locks(syntax) : null;

    internal Fact? BindFact(string text) => Parse(text) is { } syntax ? FactOf(syntax) : null;

    internal Term? BindTerm(string text) => Parse(text) is { } syntax ? TermOf(syntax) : null;

    /// <summary>Binds an expression of source code, such as a getter's body, if it lies within the grammar.</summary>
    internal Term? BindExpression(ExpressionSyntax syntax)
    {
        _error = null;
        return TermOf(syntax);
    }

    /// <summary>The members that tell what a call relies on, with the object whose members they are.</summary>
    internal Reliance? BindQuestion(string text)
    {
        if (Parse(text) is not { } syntax) return null;
        _at = syntax;
        (ExpressionSyntax? owner, SimpleNameSyntax? name) = syntax switch
        {
            MemberAccessExpressionSyntax access => (access.Expression, access.Name),
            _ => (null, syntax as SimpleNameSyntax),
        };
        if (name is null) return Fail<Reliance>("'" + syntax + "' is not the name of a member");
        if (owner is null && (_isStatic || _scope is null)) return Fail<Reliance>("'" + name + "' needs an instance");
        if ((owner is null ? Root.This(_scope) : TermOf(owner)) is not { } target || target.Type is not { } type) return null;
        string question = name.Identifier.ValueText;
        ImmutableArray<ISymbol> members = TellingMembers(type, question);
        if (members.IsEmpty) return Fail<Reliance>("'" + type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat) + "' has no field, property or method '" + question + "' that tells anything" + Suggest(type, question));
        return new Reliance(target, members);
    }

    private static ImmutableArray<ISymbol> TellingMembers(ITypeSymbol type, string name) =>
        type.WithBases().Concat(type.AllInterfaces).SelectMany(each => each.GetMembers(name)).Where(ContractScope.Tells).ToImmutableArray();

    /// <summary>The type or lock member that a lock class names.</summary>
    internal ISymbol? BindClass(string text) => Parse(text) is { } syntax ? ResolveClass(syntax) : null;

    private ExpressionSyntax? Parse(string text)
    {
        _error = null;
        _at = null;
        _depth = 0;
        Unstable = null;
        Place = null;
        if (string.IsNullOrWhiteSpace(text))
        {
            _error = "is empty";
            return null;
        }

        if (text.Length > 2000)
        {
            _error = "is longer than 2000 characters";
            return null;
        }

        ExpressionSyntax syntax = SyntaxFactory.ParseExpression(text);
        if (!syntax.ContainsDiagnostics && syntax.FullSpan.Length == text.Length) return syntax;
        Diagnostic? wrong = syntax.GetDiagnostics().FirstOrDefault();
        string? detail = wrong?.GetMessage(System.Globalization.CultureInfo.InvariantCulture);
        if (wrong?.Location.SourceSpan is { Length: > 0 } place && place.End <= text.Length) Place = place;
        _error = "is not a C# expression" + (detail is null ? "" : ": " + detail);
        return null;
    }

    private T? Fail<T>(string error)
        where T : class
    {
        if (_error is not null) return null;
        _error = error;
        NotePlace();
        return null;
    }

    /// <summary>What is wrong with a path is its last name: those before it have bound.</summary>
    private void NotePlace() => Place = _at is MemberAccessExpressionSyntax access ? access.Name.Span : _at?.Span;

    private LockFormula? Locks(ExpressionSyntax syntax)
    {
        if (++_depth > MaxDepth) return Fail<LockFormula>("is nested too deeply");
        SyntaxNode? outer = _at;
        _at = syntax;
        try
        {
            return syntax switch
            {
                ParenthesizedExpressionSyntax parenthesized => Locks(parenthesized.Expression),
                BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalOrExpression } binary => Combine(binary, some: true),
                BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalAndExpression } binary => Combine(binary, some: false),
                ConditionalExpressionSyntax choice => ChoiceOf(choice),
                LiteralExpressionSyntax { RawKind: (int)SyntaxKind.NullLiteralExpression } => LockFormula.Nothing,
                InvocationExpressionSyntax invocation => ModeOf(invocation),
                _ => Atom(syntax),
            };
        }
        finally
        {
            _depth--;
            _at = outer;
        }
    }

    private LockFormula? Combine(BinaryExpressionSyntax binary, bool some)
    {
        if (Locks(binary.Left) is not { } left || Locks(binary.Right) is not { } right) return null;
        IEnumerable<LockFormula> parts = Flatten(left, some).Concat(Flatten(right, some));
        return Bounded(some ? new LockFormula.Some(parts.ToImmutableArray()) : new LockFormula.All(parts.ToImmutableArray()));
    }

    private static ImmutableArray<LockFormula> Flatten(LockFormula formula, bool some) => formula switch
    {
        LockFormula.Some inner when some => inner.Parts,
        LockFormula.All inner when !some => inner.Parts,
        _ => ImmutableArray.Create(formula),
    };

    private LockFormula? ChoiceOf(ConditionalExpressionSyntax choice)
    {
        if (FactOf(choice.Condition) is not { } condition || Locks(choice.WhenTrue) is not { } whenTrue || Locks(choice.WhenFalse) is not { } whenFalse) return null;
        return Bounded(new LockFormula.Choice(condition, whenTrue, whenFalse));
    }

    private LockFormula? Bounded(LockFormula formula) => formula.Size <= MaxSize ? formula : Fail<LockFormula>("is too large once its aliases are read through");

    private LockFormula? ModeOf(InvocationExpressionSyntax invocation)
    {
        string name = invocation.Expression.ToString();
        Mode mode = name switch { "shared" => Mode.Shared, "upgradeable" => Mode.Upgradeable, "exclusive" => Mode.Exclusive, _ => Mode.None };
        if (mode == Mode.None) return Fail<LockFormula>("calls are not part of the contract grammar; only shared(x), upgradeable(x), exclusive(x) and old(x) are");
        if (invocation.ArgumentList.Arguments.Count != 1) return Fail<LockFormula>(name + "(…) takes one lock formula");
        if (Locks(invocation.ArgumentList.Arguments[0].Expression) is not { } inner) return null;
        return NeverHeld(inner, mode) is { } which ? Fail<LockFormula>(which + ", which has no " + name + " mode") : inner.WithMode(mode);
    }

    /// <summary>
    /// A lock that cannot be held in the mode, if none of them can. Where an alias names locks of several kinds, the mode is meant for those that have it.
    /// </summary>
    private string? NeverHeld(LockFormula formula, Mode mode)
    {
        string? first = null;
        foreach (LockFormula.Lock item in formula.Locks)
        {
            if (item.Mode != Mode.None) continue;
            LockInfo info = _catalog.InfoOf(item.Term);
            if (info.Has(mode) || item.Term.Type is null or { TypeKind: TypeKind.Error }) return null;
            first ??= "'" + item + "' is of kind " + info.Kind;
        }

        if (formula is LockFormula.AnyInstance { Mode: Mode.None } any && (any.Symbol is ITypeSymbol type ? _catalog.LockOf(type) : _catalog.LockOf(any.Symbol)) is { } declared && !declared.Has(mode))
            first = "'" + any + "' is of kind " + declared.Kind;
        return first;
    }

    private LockFormula? Atom(ExpressionSyntax syntax)
    {
        switch (Resolve(syntax))
        {
            case null:
                return null;
            case LockFormula formula:
                return formula;
            case Constant constant:
                return Fail<LockFormula>("'" + constant + "' is a constant, not a lock");
            case Term term:
                return CheckLock(term) ? new LockFormula.Lock(term, Mode.None) : null;
            case ISymbol symbol when symbol is INamedTypeSymbol type ? _catalog.LockOf(type) is not null : _catalog.IsLockMember(symbol):
                return new LockFormula.AnyInstance(symbol, Mode.None);
            case ISymbol symbol:
                return Fail<LockFormula>("'" + symbol.Name + "' is not a lock; mark it [Lock(…)] or name its lock");
            default:
                return Fail<LockFormula>("'" + syntax + "' names no lock");
        }
    }

    private bool CheckLock(Term term)
    {
        if (_catalog.IsLock(term)) return true;
        string type = term.Type?.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat) ?? "?";
        Fail<Term>("'" + term + "' is of type '" + type + "', which is not a lock; mark it [Lock(…)] or name its lock");
        return false;
    }

    private Fact? FactOf(ExpressionSyntax syntax)
    {
        if (++_depth > MaxDepth) return Fail<Fact>("is nested too deeply");
        SyntaxNode? outer = _at;
        _at = syntax;
        try
        {
            switch (syntax)
            {
                case ParenthesizedExpressionSyntax parenthesized:
                    return FactOf(parenthesized.Expression);
                case PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression } not:
                    return FactOf(not.Operand)?.Negate();
                case BinaryExpressionSyntax binary:
                    return Relation(binary);
                case IsPatternExpressionSyntax pattern:
                    return PatternOf(pattern);
                default:
                {
                    if (TermOf(syntax) is not { } term) return null;
                    if (term is Constant { Value: not bool } || (term.Type is { } type && type.SpecialType != SpecialType.System_Boolean && type.TypeKind != TypeKind.Error))
                        return Fail<Fact>("'" + syntax + "' is not a condition");
                    return Fact.Holds(term);
                }
            }
        }
        finally
        {
            _depth--;
            _at = outer;
        }
    }

    private Fact? PatternOf(IsPatternExpressionSyntax syntax)
    {
        bool negated = syntax.Pattern is UnaryPatternSyntax { RawKind: (int)SyntaxKind.NotPattern };
        PatternSyntax inner = syntax.Pattern is UnaryPatternSyntax unary ? unary.Pattern : syntax.Pattern;
        if (inner is not ConstantPatternSyntax constant) return Fail<Fact>("only 'is null', 'is not null' and constants are part of the contract grammar");
        if (TermOf(syntax.Expression) is not { } left || TermOf(constant.Expression) is not { } right) return null;
        Fact fact = Fact.Equal(left, right);
        return negated ? fact.Negate() : fact;
    }

    private Fact? Relation(BinaryExpressionSyntax binary)
    {
        switch ((SyntaxKind)binary.RawKind)
        {
            case SyntaxKind.LogicalAndExpression:
                return FactOf(binary.Left) is { } andLeft && FactOf(binary.Right) is { } andRight ? Fact.And(andLeft, andRight) : null;
            case SyntaxKind.LogicalOrExpression:
                return FactOf(binary.Left) is { } orLeft && FactOf(binary.Right) is { } orRight ? Fact.Or(orLeft, orRight) : null;
        }

        if (TermOf(binary.Left) is not { } left || TermOf(binary.Right) is not { } right) return null;
        return (SyntaxKind)binary.RawKind switch
        {
            SyntaxKind.EqualsExpression => Fact.Equal(left, right),
            SyntaxKind.NotEqualsExpression => Fact.Equal(left, right).Negate(),
            SyntaxKind.LessThanExpression => Fact.Less(left, right),
            SyntaxKind.GreaterThanExpression => Fact.Less(right, left),
            SyntaxKind.LessThanOrEqualExpression => Fact.Less(right, left).Negate(),
            SyntaxKind.GreaterThanOrEqualExpression => Fact.Less(left, right).Negate(),
            _ => Fail<Fact>("operator '" + binary.OperatorToken + "' is not part of the contract grammar"),
        };
    }

    private Term? TermOf(ExpressionSyntax syntax)
    {
        if (++_depth > MaxDepth) return Fail<Term>("is nested too deeply");
        SyntaxNode? outer = _at;
        _at = syntax;
        try
        {
            switch (syntax)
            {
                case ParenthesizedExpressionSyntax parenthesized:
                    return TermOf(parenthesized.Expression);
                case CastExpressionSyntax cast:
                    return TermOf(cast.Expression);
                case PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression } suppressed:
                    return TermOf(suppressed.Operand);
                case LiteralExpressionSyntax literal:
                    return literal.IsKind(SyntaxKind.DefaultLiteralExpression) ? Fail<Term>("'default' is not part of the contract grammar") : new Constant(literal.Token.Value, null);
                case PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.UnaryMinusExpression } minus:
                    return TermOf(minus.Operand) is Constant { Value: long number } ? new Constant(-number, null) : Fail<Term>("only constants can be negated");
                case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.BitwiseAndExpression } and:
                    return MaskOf(and);
                case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.BitwiseOrExpression } or:
                    return TermOf(or.Left) is Constant { Value: long first } left && TermOf(or.Right) is Constant { Value: long second }
                        ? new Constant(first | second, left.Type)
                        : Fail<Term>("'|' joins constants only");
                case BinaryExpressionSyntax or IsPatternExpressionSyntax or PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression }:
                {
                    if (FactOf(syntax) is not { } fact) return null;
                    return fact == Fact.True ? Constant.True : fact == Fact.False ? Constant.False : new Condition(fact, null);
                }

                case InvocationExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: "old" }, ArgumentList.Arguments.Count: 1 } old:
                    return TermOf(old.ArgumentList.Arguments[0].Expression) is { } inner ? new Old(inner) : null;
                case InvocationExpressionSyntax:
                    return Fail<Term>("calls are not part of the contract grammar");
                case ConditionalAccessExpressionSyntax:
                    return Fail<Term>("'?.' is not part of the contract grammar; a path through null names nothing anyway");
                default:
                    return Resolve(syntax) switch
                    {
                        null => null,
                        Term term => term,
                        LockFormula.Lock { Term: var term } => term,
                        LockFormula => Fail<Term>("'" + syntax + "' stands for several locks and cannot be part of a path"),
                        ISymbol symbol => Fail<Term>("'" + symbol.Name + "' needs an instance"),
                        _ => Fail<Term>("'" + syntax + "' is not part of the contract grammar"),
                    };
            }
        }
        finally
        {
            _depth--;
            _at = outer;
        }
    }

    private Term? MaskOf(BinaryExpressionSyntax and)
    {
        if (TermOf(and.Left) is not { } left || TermOf(and.Right) is not { } right) return null;
        if (left is Constant { Value: long } && right is not Constant) (left, right) = (right, left);
        if (right is not Constant { Value: long mask }) return Fail<Term>("'&' needs a constant mask");
        return Masked.Of(left, mask);
    }

    /// <summary>A term, a lock formula, or a symbol (a type, or a member of any instance).</summary>
    private object? Resolve(ExpressionSyntax syntax)
    {
        SyntaxNode? outer = _at;
        _at = syntax;
        object? resolved = ResolveHere(syntax);
        _at = outer;
        return resolved;
    }

    private object? ResolveHere(ExpressionSyntax syntax)
    {
        switch (syntax)
        {
            case ThisExpressionSyntax:
                return _isStatic ? Fail<object>("'this' has no meaning in a static member") : Root.This(_scope);
            case IdentifierNameSyntax identifier:
                return ResolveName(identifier.Identifier.ValueText);
            case PredefinedTypeSyntax:
                return Fail<object>("'" + syntax + "' is a type without locks");
            case ParenthesizedExpressionSyntax or PostfixUnaryExpressionSyntax or CastExpressionSyntax:
                return TermOf(syntax);
            case AliasQualifiedNameSyntax alias:
                return ResolveName(alias.Name.Identifier.ValueText);
            case MemberAccessExpressionSyntax access:
                return ResolveAccess(access);
            case ElementAccessExpressionSyntax { ArgumentList.Arguments.Count: 1 } element:
            {
                if (TermOf(element.Expression) is not { } target || TermOf(element.ArgumentList.Arguments[0].Expression) is not { } index) return null;
                ITypeSymbol? type = target.Type switch
                {
                    IArrayTypeSymbol array => array.ElementType,
                    { } other => MembersOf(other, "this[]").OfType<IPropertySymbol>().FirstOrDefault()?.Type,
                    _ => null,
                };
                return type is null ? Fail<object>("'" + target + "' cannot be indexed") : new ElementOf(target, index, type);
            }

            default:
                return Fail<object>("'" + syntax + "' is not part of the contract grammar");
        }
    }

    private object? ResolveAccess(MemberAccessExpressionSyntax access)
    {
        string name = access.Name.Identifier.ValueText;
        if (TryNamespace(access) is { } qualified) return qualified;
        switch (Resolve(access.Expression))
        {
            case null:
                return null;
            case INamedTypeSymbol type:
            {
                ISymbol? member = MembersOf(type, name).FirstOrDefault();
                if (member is null) return Fail<object>("'" + type.Name + "' has no member '" + name + "'" + Suggest(type, name));
                if (member is INamedTypeSymbol) return member;
                return member.IsStatic ? Member(null, member) : member;
            }

            case LockFormula.Lock { Term: var term }:
                return MemberOn(term, name);
            case Term term:
                return MemberOn(term, name);
            case LockFormula:
                return Fail<object>("'" + access.Expression + "' stands for several locks and cannot be part of a path");
            default:
                return Fail<object>("'" + access.Expression + "' needs an instance");
        }
    }

    private INamedTypeSymbol? TryNamespace(MemberAccessExpressionSyntax access)
    {
        string text = access.ToString();
        return _parameters.Any(parameter => text.StartsWith(parameter.Name + ".", StringComparison.Ordinal)) ? null : _catalog.FindQualifiedType(text);
    }

    private object? MemberOn(Term target, string name)
    {
        if (target.Type is not { } type) return Fail<object>("'" + target + "' has no members");
        ISymbol? member = MembersOf(type, name).FirstOrDefault();
        if (member is null or INamedTypeSymbol || member.IsStatic)
            return Fail<object>("'" + target + "' is of type '" + type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat) + "', which has no member '" + name + "'" + Suggest(type, name));
        return Member(target, member);
    }

    private object? ResolveName(string name)
    {
        IParameterSymbol? parameter = _parameters.FirstOrDefault(candidate => candidate.Name == name);
        if (parameter is not null) return Root.Parameter(parameter);
        if (name == "result" && _result is not null && _result.SpecialType != SpecialType.System_Void) return Root.Result(_result);
        if (name == "value" && _value is not null) return Root.Value(_value);
        for (INamedTypeSymbol? scope = _scope; scope is not null; scope = scope.ContainingType)
        {
            ISymbol? member = MembersOf(scope, name).FirstOrDefault(static candidate => candidate is not INamedTypeSymbol);
            if (member is null) continue;
            if (member.IsStatic) return Member(null, member);
            if (!SymbolEqualityComparer.Default.Equals(scope, _scope) || _isStatic) return Fail<object>("'" + name + "' needs an instance");
            return Member(Root.This(_scope), member);
        }

        if (!_isStatic && ContractCatalog.CapturedParameter(_scope, name) is { } captured) return new MemberOf(Root.This(_scope), captured, captured.Type);
        return (object?)_catalog.FindType(name, _scope) ?? Fail<object>("'" + name + "' is neither a parameter, a member nor a type here" + SuggestName(name));
    }

    private object? Member(Term? target, ISymbol member)
    {
        if (member is IFieldSymbol { HasConstantValue: true } constant) return new Constant(constant.ConstantValue, constant.Type);
        if (member is not (IFieldSymbol or IPropertySymbol)) return Fail<object>("'" + member.Name + "' is not a field or property");
        Func<Term, Term?> here = term => term is Root { Kind: RootKind.This } ? target : null;
        if (_catalog.AliasOf(member) is { } alias)
            return alias is LockFormula.Lock { Mode: Mode.None, Term: var single } ? single.Replace(here) : alias.Replace(here);
        if (member is IPropertySymbol property && _catalog.GetterOf(property) is { } getter) return getter.Replace(here);
        if (Unstable is null && !_catalog.IsStable(member))
        {
            if (_error is null) NotePlace();
            Unstable = (member.Name, "make it readonly or init-only, or say who may change it: [GuardedBy], [WriteOnce] or [Tracked]");
        }

        return new MemberOf(target, member);
    }

    private ISymbol? ResolveClass(ExpressionSyntax syntax)
    {
        _at = syntax;
        switch (syntax)
        {
            case IdentifierNameSyntax identifier:
                return (ISymbol?)_catalog.FindType(identifier.Identifier.ValueText, _scope)
                    ?? Fail<ISymbol>("there is no type '" + identifier + "'");
            case MemberAccessExpressionSyntax access when _catalog.FindQualifiedType(access.ToString()) is { } qualified:
                return qualified;
            case MemberAccessExpressionSyntax access:
            {
                if (ResolveClass(access.Expression) is not { } owner) return null;
                _at = access;
                if (owner is not INamedTypeSymbol type) return Fail<ISymbol>("'" + access.Expression + "' is not a type");
                return MembersOf(type, access.Name.Identifier.ValueText).FirstOrDefault()
                    ?? Fail<ISymbol>("'" + type.Name + "' has no member '" + access.Name + "'" + Suggest(type, access.Name.Identifier.ValueText));
            }

            default:
                return Fail<ISymbol>("'" + syntax + "' is not a type or a member of one");
        }
    }

    private static IEnumerable<ISymbol> MembersOf(ITypeSymbol type, string name)
    {
        foreach (ITypeSymbol at in type.WithBases())
        {
            foreach (ISymbol member in at.GetMembers(name))
            {
                if (member is IFieldSymbol or IPropertySymbol or INamedTypeSymbol) yield return member;
            }
        }

        IEnumerable<ITypeSymbol> others = type is ITypeParameterSymbol parameter ? parameter.ConstraintTypes.SelectMany(static bound => bound.AllInterfaces.Concat([bound])) : type.AllInterfaces;
        foreach (ITypeSymbol other in others)
        {
            foreach (ITypeSymbol at in other.WithBases())
            {
                foreach (ISymbol member in at.GetMembers(name))
                {
                    if (member is IFieldSymbol or IPropertySymbol) yield return member;
                }
            }
        }
    }

    private string SuggestName(string name)
    {
        IEnumerable<string> names = _parameters.Select(static parameter => parameter.Name);
        if (_scope is not null) names = names.Concat(_scope.GetMembers().Where(static member => member is IFieldSymbol or IPropertySymbol && member.CanBeReferencedByName).Select(static member => member.Name));
        return Suggest(name, names);
    }

    private string Suggest(ITypeSymbol type, string name)
    {
        IEnumerable<string> names = type.GetMembers().Where(static member => member is IFieldSymbol or IPropertySymbol && member.CanBeReferencedByName).Select(static member => member.Name);
        return Suggest(name, names);
    }

    private string Suggest(string name, IEnumerable<string> names)
    {
        if (Nearest.Of(name, names) is not { } near) return "";
        Nearly = Nearly.SetItem("Wrong", name).SetItem("Near", near);
        return "; did you mean '" + near + "'?";
    }
}
