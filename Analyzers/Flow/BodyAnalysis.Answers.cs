using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace MmLint.Analyzers;

/// <content>
/// Calls that rely on what an object told (<c>[ReliesOn]</c>): a queue that was not empty, a key that was not there. The answer is one of the guarded path that the object was
/// reached through, and as old as the hold under which it was given.
/// </content>
internal sealed partial class BodyAnalysis
{
    /// <summary>The answer that a value is: a count, a comparison with it.</summary>
    private Copy? AnswerIn(State state, Term value)
    {
        if (!Uses.ReliesOnAny) return null;
        Copy? found = null;
        value.Any(part => part is MemberOf { Target: MemberOf target, Member: var member } && Uses.ReliesOn(member) && (found = AskedOf(state, target, new Question(member, null))) is not null);
        return found;
    }

    /// <summary>The answer that an expression computes.</summary>
    private Copy? AnswerOf(State state, IOperation? expression) => expression is null || !Uses.ReliesOnAny ? null : AskedIn(state, expression).FirstOrDefault();

    /// <summary>The answers on which a condition depends.</summary>
    private IEnumerable<Copy> AnswersTo(State state, IOperation condition, Term value)
    {
        if (!Uses.ReliesOnAny) return [];
        return AnswerIn(state, value) is { } answer ? AskedIn(state, condition).Append(answer) : AskedIn(state, condition);
    }

    private IEnumerable<Copy> AskedIn(State state, IOperation expression)
    {
        foreach (ToldPart part in PartsOf(state, expression))
        {
            Copy? answer = part.Operation switch
            {
                IInvocationOperation call => AskedBy(part.State, call),
                // A getter that is read through names what it reads instead.
                IPropertyReferenceOperation { Instance: { } instance, Property: var property } when Uses.ReliesOn(property) && PathAt(part.State, instance) is { } target => AskedOf(part.State, target, new Question(property, null)),
                _ => null,
            };
            if (answer is not null) yield return part.AsOf(answer);
        }
    }

    /// <summary>How deep members that tell are looked into that ask each other.</summary>
    private const int MaxTellings = 4;

    /// <summary>
    /// An operation of an expression, or of what an own member that the expression asks does to tell; with what is held where it is evaluated, and whether the member has
    /// released a lock since that it took for this.
    /// </summary>
    private readonly record struct ToldPart(State State, IOperation Operation, bool IsOver)
    {
        internal Copy AsOf(Copy copy) => IsOver ? copy.Gone : copy;
    }

    private IEnumerable<ToldPart> PartsOf(State state, IOperation expression, int depth = 0)
    {
        foreach (IOperation part in expression.DescendantsAndSelf())
        {
            yield return new ToldPart(state, part, false);
            if (depth == MaxTellings || Inside(state, part) is not { } inside) continue;
            foreach (ToldPart inner in PartsOf(inside.State, inside.Operation, depth + 1)) yield return inner with { IsOver = inner.IsOver || inside.IsOver };
        }
    }

    /// <summary>The own member that an operation calls whose body is one expression.</summary>
    private (Telling Telling, ImmutableArray<IArgumentOperation> Given)? OwnTelling(IOperation part)
    {
        (IMethodSymbol? asked, IOperation? instance, ImmutableArray<IArgumentOperation> given) = part switch
        {
            IInvocationOperation call => (call.TargetMethod, call.Instance, call.Arguments),
            IPropertyReferenceOperation { Arguments.IsEmpty: true } property => (property.Property.GetMethod, property.Instance, ImmutableArray<IArgumentOperation>.Empty),
            _ => (null, null, ImmutableArray<IArgumentOperation>.Empty),
        };
        if (asked is null || _model is null || instance is not (null or IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ContainingTypeInstance })) return null;
        return _engine.TellingOf(asked, _model) is { } telling ? (telling, given) : null;
    }

    /// <summary>What an own member that is called evaluates, as if it stood here.</summary>
    private ToldPart? Inside(State state, IOperation part)
    {
        if (OwnTelling(part) is not ({ } telling, var given)) return null;
        State inner = state;
        foreach (IArgumentOperation argument in given)
        {
            if (argument.Parameter is not { } parameter || (PathAt(state, argument.Value) ?? ConstantOf(argument.Value)) is not { } value) return null;
            inner = inner with { Values = inner.Values.SetItem(parameter.OriginalDefinition, value) };
        }

        if (telling.Locked is not { } locked) return new ToldPart(inner, telling.Told, false);
        if (PathAt(inner, locked) is not { } taken) return null;
        taken = state.Canonical(taken);
        return HoldOf(state, taken) is null ? new ToldPart(AddHold(inner, taken, Mode.Exclusive, Origin.Assumed, null), telling.Told, true) : new ToldPart(inner, telling.Told, false);
    }

    private Term[] ValuesOf(State state, ImmutableArray<IArgumentOperation> arguments) =>
        arguments.Select(argument => PathAt(state, argument.Value) ?? ConstantOf(argument.Value) ?? (Term)new Opaque(argument, "argument", null)).ToArray();

    private static Constant? ConstantOf(IOperation operation) => operation.ConstantValue is { HasValue: true, Value: var constant } ? new Constant(constant, operation.Type) : null;

    private Copy? AskedBy(State state, IInvocationOperation call)
    {
        IMethodSymbol method = call.TargetMethod.OriginalDefinition;
        if (call.Instance is null)
        {
            // What an extension method tells of an object alone, it has from the object.
            return call.Arguments.Length == 1 && call.Type?.SpecialType is SpecialType.System_Boolean or SpecialType.System_Int32 && PathAt(state, call.Arguments[0].Value) is { } given
                ? AskedOf(state, given, new Question(method, null)) : null;
        }

        if (!Uses.ReliesOn(method) || PathAt(state, call.Instance) is not { } target) return null;
        IArgumentOperation? first = call.Arguments.FirstOrDefault(static argument => argument.Parameter?.RefKind != RefKind.Out);
        Term? about = first is null ? null : PathAt(state, first.Value) ?? ConstantOf(first.Value);
        return first is not null && about is null ? null : AskedOf(state, target, new Question(method, about is null ? null : state.Canonical(about)));
    }

    private Copy? AskedOf(State state, Term target, Question question)
    {
        target = state.Canonical(target);
        return SourceIn(state, target) is { } copy && copy.Source.Equals(target) ? new Copy(copy.Source, copy.Need) { Asked = question } : null;
    }

    /// <summary>A call that relies on what was told before the lock was retaken; afterwards the object has been asked again, or changed by this path itself.</summary>
    private State CheckRelied(State state, IMethodSymbol callee, Term? receiver, Term[] arguments, SyntaxNode syntax)
    {
        foreach (Reliance reliance in _usedNow.Count > 0 ? ImmutableArray<Reliance>.Empty : _catalog.ReliancesOf(callee))
        {
            Term target = state.Canonical(reliance.Target.Replace(part => part switch
            {
                Root { Kind: RootKind.This } => receiver,
                Root { Kind: RootKind.Parameter, Symbol: IParameterSymbol { Ordinal: var ordinal } } when ordinal < arguments.Length => arguments[ordinal],
                _ => null,
            }));
            Term? about = arguments.Length > 0 ? state.Canonical(arguments[0]) : null;
            foreach (KeyValuePair<Term, Check> entry in state.Checks)
            {
                Check check = entry.Value;
                bool isRelied = check.Copy.Asked is { } asked ? check.Copy.Source.Equals(target) && asked.Answers(reliance, about) : check.Copy.Source.Target?.Equals(target) == true && reliance.Asks(check.Copy.Source.Member);
                if (!isRelied || !check.Copy.IsBack(state) || check.IsKept(state)) continue;
                string told = check.Copy.Asked?.Member.Name ?? check.Copy.Source.Member.Name;
                FailNeed(state, syntax, "relied", Rule.StaleCondition, null, sentence => "'" + NameOf(callee) + "' relies on '" + told + "', which was checked in line " + sentence.Line(check.Site) + ", but " + sentence.Name(check.Copy.Need)
                    + " has been released and taken again since; check it again under the lock" + sentence.Condition, null);
                return state with { Checks = state.Checks.Remove(entry.Key) };
            }
        }

        return NoteAddressed(state, callee, receiver, arguments);
    }

    private static string NameOf(IMethodSymbol callee) => callee.AssociatedSymbol is IPropertySymbol { IsIndexer: true } ? "this[]" : callee.AssociatedSymbol?.Name ?? callee.Name;

    /// <summary>
    /// Whatever is done with the object under the second hold is a look at it. Under the first one, what is more than a question has made the answer this path's own.
    /// </summary>
    private State NoteAddressed(State state, IMethodSymbol callee, Term? receiver, Term[] arguments)
    {
        foreach (KeyValuePair<Term, Check> entry in state.Checks)
        {
            Copy copy = entry.Value.Copy;
            if (copy.Asked is null || (copy.IsGone ? !copy.IsBack(state) : Uses.ReliesOn(callee) || callee.AssociatedSymbol is not null)) continue;
            if (receiver?.Equals(copy.Source) == true || arguments.Any(copy.Source.Equals)) state = state with { Checks = state.Checks.Remove(entry.Key) };
        }

        return state;
    }

    /// <summary>What an own member does is done here: an act may rely on an old answer, and under the second hold what is read for it has been read again.</summary>
    private State NoteTold(State state, IOperation asked)
    {
        if (state.Checks.IsEmpty || Inside(state, asked) is not { } inside) return state;
        foreach (ToldPart part in PartsOf(inside.State, inside.Operation))
        {
            State before = part.State with { Checks = state.Checks };
            State after = part.Operation switch
            {
                IInvocationOperation { Instance: { } instance } call when PathAt(before, instance) is { } receiver => CheckRelied(before, call.TargetMethod, receiver, ValuesOf(before, call.Arguments), asked.Syntax),
                IPropertyReferenceOperation { Instance: { } instance, Arguments: { IsEmpty: false } indexes, Property.GetMethod: { } getter } when PathAt(before, instance) is { } receiver => CheckRelied(before, getter, receiver, ValuesOf(before, indexes), asked.Syntax),
                _ => before,
            };
            if (CopyUses.TargetOf(part.Operation) is { } target && PathAt(after, target) is MemberOf written) after = CheckDecided(after, written, asked.Syntax);
            state = state with { Checks = after.Checks };
            if (part.Operation is not IMemberReferenceOperation reference || PathAt(part.State, reference) is not { } read) continue;
            foreach (KeyValuePair<Term, Check> entry in state.Checks)
            {
                if (entry.Value.Copy.IsBack(state) && entry.Value.Copy.Source.Equals(read)) state = state with { Checks = state.Checks.Remove(entry.Key) };
            }
        }

        return state;
    }
}
