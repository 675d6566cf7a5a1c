using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace MmLint.Analyzers;

/// <content>
/// Values that were copied out of guarded data, and conditions that were checked there, after the lock has been dropped and taken again. What the first hold did about a
/// copy (removed it, marked it, handed it on) makes it more than a copy; what the second one asks about it makes it good again.
/// </content>
internal sealed partial class BodyAnalysis
{
    private CopyUses? _copyUses;

    /// <summary>Whether a condition is being evaluated: what it looks at is being checked, not relied on.</summary>
    private bool _isChecking;

    private CopyUses Uses => _copyUses ??= CopyUses.In(_graph, _catalog, operation => OwnTelling(operation)?.Telling);

    /// <summary>Notes that a variable keeps a value that was read from guarded data.</summary>
    private State NoteCopy(State state, ISymbol variable, Term value, IOperation? expression)
    {
        if (value is Constant || (state.Holds.IsEmpty && (expression is null || Unwrap(expression) is not (IInvocationOperation or IPropertyReferenceOperation or IBinaryOperation or IUnaryOperation))) || !Uses.Concerns(variable)) return state;
        value = state.Canonical(value);
        if (state.Stamps.ContainsKey(value) || state.Copies.TryGetValue(value, out Copy? known) && known.IsGone) return state;
        if ((AnswerIn(state, value) ?? AnswerOf(state, expression)) is { } answer) return state with { Copies = state.Copies.SetItem(value, answer) };
        if (value is MemberOf { Member: var member } && IsConstant(member)) return state;
        return (SourceIn(state, value) ?? SourceOf(state, expression)) is { } copy ? state with { Copies = state.Copies.SetItem(value, copy) } : state;
    }

    /// <summary>The guarded path in a value, if its lock is held.</summary>
    private Copy? SourceIn(State state, Term value)
    {
        Copy? found = null;
        value.Any(part =>
        {
            if (part is not MemberOf member || _catalog.DataOf(member.Member) is not { IsGuarded: true, WriteOnce: false, Read: { } read }) return false;
            if (state.IsFresh(member)) return false;
            LockFormula need = Bound(read, member.Target, member);
            if (!need.Locks.Any() || Query(state, need).Verdict != Verdict.Held) return false;
            found = new Copy(member, need.Replace(state.Canonical));
            return true;
        });
        return found;
    }

    /// <summary>The guarded path that decides a computed value: a count, a position, arithmetic on either.</summary>
    private Copy? SourceOf(State state, IOperation? expression, int depth = 0) => expression is null ? null : Unwrap(expression) switch
    {
        IBinaryOperation { OperatorMethod: null } binary => SourceOf(state, binary.LeftOperand, depth) ?? SourceOf(state, binary.RightOperand, depth),
        IUnaryOperation { OperatorMethod: null } unary => SourceOf(state, unary.Operand, depth),
        ILocalReferenceOperation { Local: var local } => state.Values.TryGetValue(local, out Term? value) && state.Copies.TryGetValue(value, out Copy? copy) && !copy.IsGone ? copy : null,
        IFieldReferenceOperation field => PathAt(state, field) is { } path ? SourceIn(state, path) : null,
        IPropertyReferenceOperation { Instance: { } instance } property => (PathAt(state, property) is { } own ? SourceIn(state, own) : null) ?? (PathAt(state, instance) is { } path ? SourceIn(state, path) : null),
        IInvocationOperation call when IsSearch(call) => PathAt(state, call.Instance ?? call.Arguments[0].Value) is { } path ? SourceIn(state, path) : null,
        _ => null,
    } ?? SourceInside(state, Unwrap(expression), depth);

    /// <summary>The guarded path that an own member tells of.</summary>
    private Copy? SourceInside(State state, IOperation asked, int depth) =>
        depth < MaxTellings && Inside(state, asked) is { } inside && ((PathAt(inside.State, inside.Operation) is { } path ? SourceIn(inside.State, path) : null) ?? SourceOf(inside.State, inside.Operation, depth + 1)) is { } copy ? inside.AsOf(copy) : null;

    /// <summary>Whether the call finds out where something is in a list.</summary>
    private static bool IsSearch(IInvocationOperation call) => call.Type?.SpecialType == SpecialType.System_Int32
        && (call.Instance is { Type: { } type } ? CopyUses.IsList(type) : call.TargetMethod.ContainingType.SpecialType == SpecialType.System_Array && call.Arguments.Length > 0);

    /// <summary>The path that an expression names, if nothing has to be evaluated for it.</summary>
    private Term? PathAt(State state, IOperation expression) => Unwrap(expression) switch
    {
        IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ContainingTypeInstance } instance => Root.This(instance.Type),
        ILocalReferenceOperation { Local: var local } => state.Values.TryGetValue(local, out Term? value) ? value : null,
        IParameterReferenceOperation { Parameter: var parameter } => state.Values.TryGetValue(parameter, out Term? value) ? value : null,
        IMemberReferenceOperation { Instance: null, Member: var member } reference => PathOf(state, null, member, reference),
        IMemberReferenceOperation { Instance: { } instance, Member: var member } reference when reference is not IPropertyReferenceOperation { Arguments.IsEmpty: false } => PathAt(state, instance) is { } target ? PathOf(state, target, member, reference) : null,
        _ => null,
    };

    /// <summary>Where a lookup in a guarded dictionary leaves what it has found.</summary>
    private State NoteFound(State state, CallSite site, IOperation operand, Term left)
    {
        IOperation target = operand is IDeclarationExpressionOperation declaration ? declaration.Expression : operand;
        return target is ILocalReferenceOperation { Local: var local } && !state.Holds.IsEmpty && site.Operation is IInvocationOperation { Instance: { } instance } && Uses.Concerns(local)
            && CopyUses.IsLookup(site.Callee) && PathAt(state, instance) is { } path && SourceIn(state, path) is { } copy
            ? state with { Copies = state.Copies.SetItem(state.Canonical(left), copy) }
            : state;
    }

    /// <summary>
    /// Under the first hold: who writes to what a copy came from, or through it, has taken it out, or marked it; and who sets a flag there may keep others from acting on what
    /// they find.
    /// </summary>
    private State NoteChange(State state, Term path, ISymbol? member)
    {
        LockFormula? flag = member is not null && IsQuestion(ContractCatalog.TypeOf(member)) && _catalog.DataOf(member).Read is { } read ? Bound(read, (path as MemberOf)?.Target, path).Replace(state.Canonical) : null;
        foreach (KeyValuePair<Term, Copy> entry in state.Copies)
        {
            if (entry.Value.IsGone) continue;
            bool isClaimed = (flag is not null && entry.Value.SharesLock(flag)) || path.Contains(entry.Value.Source) || entry.Value.Source.Contains(path) || path.Contains(entry.Key);
            if (isClaimed) state = state with { Copies = state.Copies.Remove(entry.Key) };
        }

        foreach (KeyValuePair<Term, Check> entry in state.Checks)
        {
            Copy asked = entry.Value.Copy;
            if (!asked.IsGone && ((flag is not null && asked.SharesLock(flag)) || (asked.Asked is not null && path.Contains(asked.Source)))) state = state with { Checks = state.Checks.Remove(entry.Key) };
        }

        return state;
    }

    /// <summary>Under the first hold: a call on the collection may take the copy out of it, one on the copy or with it may mark it.</summary>
    private static State NoteUsed(State state, CallSite site)
    {
        if (state.Copies.IsEmpty || site.Operation is not (IInvocationOperation or IObjectCreationOperation)) return state;
        bool onlyLooks = site.Operation is IInvocationOperation call && (IsSearch(call) || CopyUses.IsLookup(site.Callee));
        foreach (KeyValuePair<Term, Copy> entry in state.Copies)
        {
            if (entry.Value.IsGone) continue;
            bool isUsed = (site.Receiver is { } receiver && (receiver.Contains(entry.Key) || (!onlyLooks && receiver.Contains(entry.Value.Source)))) || site.Arguments.Any(entry.Key.Equals);
            if (isUsed) state = state with { Copies = state.Copies.Remove(entry.Key) };
        }

        return state;
    }

    /// <summary>Marks what is a copy from before, now that a lock is gone.</summary>
    private State LoseCopies(State state)
    {
        foreach (KeyValuePair<Term, Copy> entry in state.Copies)
        {
            if (!entry.Value.IsGone && Query(state, entry.Value.Need).Verdict >= Verdict.WrongMode) state = state with { Copies = state.Copies.SetItem(entry.Key, entry.Value.Gone) };
        }

        foreach (KeyValuePair<Term, Check> entry in state.Checks)
        {
            if (!entry.Value.Copy.IsGone && Query(state, entry.Value.Copy.Need).Verdict >= Verdict.WrongMode) state = state with { Checks = state.Checks.SetItem(entry.Key, entry.Value.Gone) };
        }

        return state;
    }

    /// <summary>An index from before, used to look into what the same lock guards.</summary>
    private void CheckIndexes(State state, IOperation operation, Term? target)
    {
        if (_isChecking || target is null || state.Copies.IsEmpty || SourceIn(state, target) is not { } guarded) return;
        foreach (IOperation index in CopyUses.IndexesIn(operation))
        {
            foreach (ILocalReferenceOperation variable in index.DescendantsAndSelf().OfType<ILocalReferenceOperation>())
            {
                if (!state.Values.TryGetValue(variable.Local, out Term? value) || !state.Copies.TryGetValue(value, out Copy? copy) || !copy.IsBack(state) || !copy.SharesLock(guarded.Need)) continue;
                _usedNow.Add(value);
                FailNeed(state, variable.Syntax, "index", Rule.StaleIndex, null, sentence => "'" + variable.Local.Name + "' was found in '" + sentence.Name(copy.Source) + "' before " + sentence.Name(copy.Need) + " was released and taken again; others may have changed '"
                    + sentence.Name(guarded.Source) + "' in between" + sentence.Condition + Ended(sentence, copy.Need), null);
            }
        }
    }

    /// <summary>An object from before, gone through to what the same lock guards. To ask it a question is to check it.</summary>
    private void CheckReached(State state, MemberPlace place, bool writes)
    {
        if (place.Target is not { } target || place.Member is not { } member || !state.Copies.TryGetValue(target, out Copy? copy) || !copy.IsBack(state)) return;
        if (!writes && (_isChecking || IsQuestion(place.Operation.Type)) || _catalog.DataOf(member).Read is not { } read) return;
        LockFormula need = Bound(read, target, target, member).Replace(state.Canonical);
        if (copy.SharesLock(need) && Query(state, need).Verdict == Verdict.Held) ReportReached(state, target, copy, place.Operation.Syntax);
    }

    private void ReportReached(State state, Term target, Copy copy, SyntaxNode syntax)
    {
        _usedNow.Add(target);
        FailNeed(state, syntax, "reached", Rule.StaleObject, null, sentence => "'" + sentence.Name(target) + "' was read from '" + sentence.Name(copy.Source) + "' before " + sentence.Name(copy.Need)
            + " was released and taken again; it may not be there any more" + sentence.Condition + Ended(sentence, copy.Need), null);
    }

    private static bool IsQuestion(ITypeSymbol? type) => type is { SpecialType: SpecialType.System_Boolean } or { TypeKind: TypeKind.Enum };

    /// <summary>Under the second hold: a condition that compares a copy with something, or asks it, makes what was copied under that lock good again.</summary>
    private static State NoteAsked(State state, IOperation condition)
    {
        if (state.Copies.IsEmpty || IsMereTest(condition)) return state;
        foreach (ILocalReferenceOperation variable in condition.DescendantsAndSelf().OfType<ILocalReferenceOperation>())
        {
            if (state.Values.TryGetValue(variable.Local, out Term? value) && state.Copies.TryGetValue(value, out Copy? copy) && copy.IsBack(state)) state = state.Confirm(copy);
        }

        return state;
    }

    /// <summary>Whether the condition asks nothing but whether there is a value, or which constant it is.</summary>
    private static bool IsMereTest(IOperation condition)
    {
        int variables = 0;
        foreach (IOperation part in condition.DescendantsAndSelf())
        {
            if (part is ILocalReferenceOperation or IParameterReferenceOperation or IFlowCaptureReferenceOperation) variables++;
            else if (part is IMemberReferenceOperation or IInvocationOperation or IArrayElementReferenceOperation) return false;
        }

        return variables < 2;
    }

    /// <summary>Notes on which guarded members it depends that the path goes on here.</summary>
    private State NoteChecked(State state, IOperation condition, Term value, bool outcome)
    {
        if ((state.Holds.IsEmpty && state.Copies.IsEmpty && !condition.DescendantsAndSelf().Any(part => OwnTelling(part) is not null)) || !Uses.DecidesAny) return state;
        State before = state;
        foreach (Copy answer in AnswersTo(before, condition, value)) state = Noted(state, answer);
        foreach (ToldPart part in PartsOf(before, condition))
        {
            State at = part.State;
            Copy? copy = part.Operation switch
            {
                IMemberReferenceOperation { Member: var member } reference when Uses.Writes(member) || (Uses.ReliesOn(member) && _catalog.DataOf(member).IsGuarded) => PathAt(at, reference) is { } path ? SourceIn(at, path) : null,
                ILocalReferenceOperation { Local: var local } => at.Values.TryGetValue(local, out Term? known) && at.Copies.TryGetValue(known, out Copy? kept) && (kept.Asked is not null || Uses.Writes(kept.Source.Member) || Uses.ReliesOn(kept.Source.Member)) ? kept : null,
                _ => null,
            };
            if (copy is not null) state = Noted(state, part.AsOf(copy));
        }

        return state;

        State Noted(State path, Copy copy)
        {
            var check = new Check(copy, condition.Syntax, outcome) { Under = path.Holds };
            return path with { Checks = path.Checks.SetItem(check.Key, check) };
        }
    }

    /// <summary>Under the second hold: what is read again is known again.</summary>
    private static State NoteReadAgain(State state, MemberOf member) =>
        state.Checks.TryGetValue(member, out Check? check) && check.Copy.IsBack(state) ? state with { Checks = state.Checks.Remove(member) } : state;

    /// <summary>A member that is written because of what it was when it was checked, although others may have written it in between.</summary>
    private State CheckDecided(State state, MemberOf member, SyntaxNode syntax)
    {
        if (!state.Checks.TryGetValue(member, out Check? check)) return state;
        if (check.Copy.IsBack(state) && !check.IsKept(state))
        {
            FailNeed(state, syntax, "decided:" + member.Member.Name, Rule.StaleCondition, null, sentence => "'" + sentence.Name(member) + "' is written because of the check in line " + sentence.Line(check.Site) + ", but "
                + sentence.Name(check.Copy.Need) + " has been released and taken again since; check it again under the lock" + sentence.Condition, null);
        }

        return state with { Checks = state.Checks.Remove(member) };
    }
}
