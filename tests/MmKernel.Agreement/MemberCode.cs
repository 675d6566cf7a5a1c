using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Microsoft.CodeAnalysis;
using MmLint.Analyzers;

namespace MmKernel.Agreement;

/// <summary>The statements that evaluate a contract where its member is entered and left.</summary>
internal sealed class MemberCode
{
    private readonly ContractCode _code;
    private readonly ClauseBook _book;
    private readonly string _member;
    private readonly MemberContract _contract;
    private readonly INamedTypeSymbol _type;
    private readonly StringBuilder _before = new();
    private readonly StringBuilder _entry = new();
    private readonly StringBuilder _exit = new();
    private readonly StringBuilder _after = new();
    private int _variables;

    /// <summary>Writes the statements.</summary>
    /// <param name="catalog">The contracts of the kernel.</param>
    /// <param name="contract">The contract.</param>
    /// <param name="type">The type that has the member.</param>
    /// <param name="names">What the parameters of the contract are called at the member.</param>
    /// <param name="member">The member, as reports call it.</param>
    /// <param name="book">Where the clauses are noted.</param>
    internal MemberCode(ContractCatalog catalog, MemberContract contract, INamedTypeSymbol type, IReadOnlyDictionary<ISymbol, string> names, string member, ClauseBook book)
    {
        (_code, _contract, _type, _member, _book) = (new ContractCode(catalog, names), contract, type, member, book);
        foreach (var old in contract.Olds)
        {
            if (_code.Of(old.Inner) is not { } path)
                continue;
            string variable = Variable();
            _before.AppendLine($"var {variable} = {path};");
            _code.Remember(old, variable);
        }

        AddEntry(catalog);
        AddBalance();
        AddReleases();
        AddOutcome();
    }

    /// <summary>Whether nothing is to be evaluated.</summary>
    internal bool IsEmpty => _before.Length + _entry.Length + _exit.Length + _after.Length == 0;

    /// <summary>Comes first in a member that checks anything: if somebody outside of the kernel calls it wrongly, that is so until it returns.</summary>
    internal const string Open = "bool auditedScope = ContractAudit.IsForeign;\n";

    /// <summary>Comes last in a member that checks anything.</summary>
    internal const string Close = "ContractAudit.IsForeign = auditedScope;\n";

    /// <summary>Comes first in the body.</summary>
    internal string Entry => _before + Guarded(_entry);

    /// <summary>Comes last, with the result in <see cref="ContractCode.Result"/>.</summary>
    internal string Exit => _after + Guarded(_exit);

    /// <summary>Wraps statements that evaluate something.</summary>
    internal static string Guarded(StringBuilder statements) => statements.Length == 0 ? "" : $"if (ContractAudit.Open())\n{{\n{statements}ContractAudit.Close();\n}}\n";

    private void AddEntry(ContractCatalog catalog)
    {
        foreach (var need in _contract.Needs.Concat(_contract.Releases).Concat(_contract.Downgrades))
        {
            bool isNeed = _contract.Needs.Contains(need);
            if (!isNeed && (need.When is not null || need.Idempotent || _code.OwnSections(need.Locks, _type).Any()))
                continue;
            Add(_entry, CheckKind.Needs, need.Locks.ToString(), _code.Holds(need.Locks), isNeed ? need.When : null);
        }

        foreach (var excluded in _contract.Excludes)
            Add(_entry, CheckKind.Excludes, excluded.Locks.ToString(), _code.HoldsNone(excluded.Locks), excluded.When);
        foreach (var required in _contract.Requires)
            Add(_entry, CheckKind.Requires, required.Fact.ToString()!, _code.Of(required.Fact), required.When, required.Fact);
        if (_contract.MaySleep && _contract.Releases.Exists(clause => clause.Locks.Locks.Any(released => catalog.InfoOf(released.Term).Atomic)))
            _book.Skip(_member, "may sleep", "first it gives up a lock that forbids to sleep");
        else if (_contract.MaySleep)
            Add(_entry, CheckKind.Sleeps, "may sleep", "AuditedLocks.MaySleep()", _contract.SleepsWhen);
    }

    /// <summary>A member that says nothing of taking or releasing leaves as many locks behind as it found.</summary>
    private void AddBalance()
    {
        if (_contract.HasEffects || _contract.NoAnalysis is not null)
            return;
        string count = Variable();
        _before.AppendLine($"int {count} = AuditedLocks.Count();");
        Add(_exit, CheckKind.Keeps, "holds what it held", $"AuditedLocks.Count() == {count}", null);
    }

    private void AddReleases()
    {
        foreach (var (clause, kind, test) in _contract.Releases.Select(static clause => (clause, CheckKind.Releases, "IsReleased")).Concat(_contract.Downgrades.Select(static clause => (clause, CheckKind.Downgrades, "IsDowngraded"))))
        {
            if (_contract.Acquires.Exists(again => again.Locks.Locks.Any(one => clause.Locks.Locks.Any(other => other.Term.Equals(one.Term)))))
            {
                _book.Skip(_member, $"{kind} {clause.Locks}", "taken again before it returns");
                continue;
            }

            string[] own = [.. _code.OwnSections(clause.Locks, _type)];
            foreach (string section in own)
                _after.AppendLine($"{Condition(clause.When)}AuditedLocks.End({section});");
            var locks = _code.ValidatedLocks(clause.Locks).ToList();
            if (locks.Count == 0 && own.Length == 0)
                Skip(kind, clause.Locks);
            foreach (var (term, when) in locks)
            {
                string before = Variable();
                _before.AppendLine($"Hold {before} = {(when is null ? "" : $"{_code.Sense(when)} && {_code.Of(when)} ? ")}AuditedLocks.Of({_code.Of(term)}){(when is null ? "" : " : default")};");
                Add(_exit, kind, $"{term}{(clause.When is null ? "" : $" when {clause.When}")}", $"({before}.Lock is null || AuditedLocks.{test}({before}))", clause.When);
            }
        }
    }

    private void AddOutcome()
    {
        foreach (var clause in _contract.Acquires)
        {
            string[] own = [.. _code.OwnSections(clause.Locks, _type)];
            foreach (string section in own)
                _after.AppendLine($"{Condition(clause.When)}AuditedLocks.Begin({section}, {(clause.Idempotent ? "true" : "false")});");
            if (own.Length == 0)
                Add(_exit, CheckKind.Acquires, clause.Locks.ToString(), _code.ReallyHolds(clause.Locks), clause.When, isAboutResult: clause.Locks.Any(static part => part is Root { Kind: RootKind.Result }));
        }

        foreach (var clause in _contract.Ensures)
            Add(_exit, CheckKind.Ensures, clause.Fact.ToString()!, _code.Of(clause.Fact), clause.When, clause.Fact);
        foreach (var clause in _contract.Asserts)
        {
            // What is asserted and not held is a licence.
            string? held = _code.Holds(clause.Locks);
            Add(_exit, CheckKind.Asserts, clause.Locks.ToString(), held is not null && _code.OnlyLockOf(clause.Locks) is { } only ? $"({_code.ReallyHolds(clause.Locks)} || AuditedLocks.License({only}))" : held, clause.When, isAboutResult: clause.Locks.Any(static part => part is Root { Kind: RootKind.Result }));
        }

        if (_contract.ResultIsFresh)
            _after.AppendLine($"AuditedLocks.Own({ContractCode.Result});");
        if (_contract.ResultValidWhile is { } valid)
            _book.Skip(_member, $"result valid while {valid} is held", "a stale value looks like a good one");
        foreach (var assigned in _contract.Assigns)
            _book.Skip(_member, $"assigns {assigned}", "about what other members do not do");
    }

    private void Add(StringBuilder to, CheckKind kind, string text, string? holds, Fact? when, Fact? fact = null, bool isAboutResult = false)
    {
        if (holds is null || (when is not null && _code.Of(when) is null))
        {
            _book.Skip(_member, $"{kind} {text}", "no code can evaluate it");
            return;
        }

        int number = _book.Add(kind, _member, when is null ? text : $"{text} when {when}");
        string result = isAboutResult ? $"{ContractCode.Result} is not null && " : "";
        string sense = _code.Sense(when, fact);
        string condition = when is null ? $"{result}{sense}" : $"{result}{sense} && {_code.Of(when)}";
        to.AppendLine($"{(condition == "true" ? "" : $"if ({condition}) ")}ContractAudit.{(to == _entry ? "Enter" : "Check")}({number.ToString(CultureInfo.InvariantCulture)}, {holds});");
    }

    private void Skip(CheckKind kind, LockFormula locks) =>
        _book.Skip(_member, $"{kind} {locks}", _code.IsReference(locks) ? "nobody counts whose a reference is" : "not one lock that the validator keeps");

    private string Condition(Fact? when) => when is null ? "" : $"if ({_code.Sense(when)} && {_code.Of(when)}) ";

    private string Variable() => $"audited{_variables++.ToString(CultureInfo.InvariantCulture)}";
}
