using System.Collections.Generic;
using Microsoft.CodeAnalysis;

namespace MmLint.Analyzers;

/// <content>Delegates that a parameter says are invoked exactly once: that one was invoked is followed like a hold that nobody owes.</content>
internal sealed partial class BodyAnalysis
{
    private static readonly LockInfo InvokedInfo = new(Kind.Section, anyone: true, reentrant: false, atomic: false);

    private readonly Dictionary<ISymbol, Opaque> _invoked = new(SymbolEqualityComparer.Default);

    /// <summary>Stands for the fact that the delegate was invoked.</summary>
    private Opaque InvokedTerm(IParameterSymbol parameter)
    {
        if (_outer is not null) return _outer.InvokedTerm(parameter);
        if (!_invoked.TryGetValue(parameter, out Opaque? term)) _invoked[parameter] = term = new Opaque(new object(), parameter.Name, null);
        return term;
    }

    private static bool IsInvoked(Hold hold) => ReferenceEquals(hold.Info, InvokedInfo);

    private IParameterSymbol? OnceParameter(Term? value) =>
        value is Root { Kind: RootKind.Parameter, Symbol: IParameterSymbol parameter } && SymbolEqualityComparer.Default.Equals(parameter.ContainingSymbol, Method) && _catalog.InvocationOf(parameter) == Invocation.Once ? parameter : null;

    /// <summary>The path after a value was invoked; a second time is a finding.</summary>
    private State NoteInvoked(State state, Term? value, SyntaxNode syntax, bool again = false)
    {
        if (OnceParameter(value) is not { } parameter) return state;
        Opaque term = InvokedTerm(parameter);
        string key = "once:" + parameter.Name;
        Hold? before = HoldOf(state, term);
        if (before is null && !again) PassNeed(state, syntax, key);
        else FailNeed(state, syntax, key, Rule.KeptDelegate, null, sentence => "'" + parameter.Name + "' is [InvokedNow(Once = true)], but " + (before is null ? "may be invoked any number of times here" : "is invoked again here" + sentence.Condition), null);
        return before is null ? state with { Holds = state.Holds.Add(new Hold(term, Mode.Exclusive, Origin.Assumed, InvokedInfo, syntax)) } : state;
    }

    /// <summary>Notes what a call invokes of what it is given.</summary>
    private State NotePassed(State state, CallSite site)
    {
        if (site.Callee is not IMethodSymbol callee) return state;
        foreach (IParameterSymbol parameter in callee.Parameters)
        {
            if (parameter.Ordinal < site.Arguments.Length && OnceParameter(site.Arguments[parameter.Ordinal]) is not null && _catalog.InvocationOf(parameter) is { } invocation and not Invocation.WhileEnumerated)
                state = NoteInvoked(state, site.Arguments[parameter.Ordinal], site.Operation.Syntax, again: invocation != Invocation.Once);
        }

        return state;
    }

    /// <summary>Judges at an exit whether everything was invoked that the parameters say is.</summary>
    private void CheckInvoked(State outcome, SyntaxNode exit, Location location)
    {
        if (Method is not { } method) return;
        foreach (IParameterSymbol parameter in method.Parameters)
        {
            if (OnceParameter(Root.Parameter(parameter)) is null) continue;
            string key = "once:" + parameter.Name;
            if (HoldOf(outcome, InvokedTerm(parameter)) is { Maybe: false } || outcome.Decide(Fact.IsNull(Root.Parameter(parameter))) == true) PassNeed(outcome, exit, key);
            else FailNeed(outcome, exit, key, Rule.KeptDelegate, null, sentence => "'" + parameter.Name + "' is [InvokedNow(Once = true)], but is not invoked" + sentence.Condition, null, location: location);
        }
    }
}
