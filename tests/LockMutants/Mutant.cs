using System.Collections.Immutable;
using LockMutants.Operators;
using Microsoft.CodeAnalysis.Text;

namespace LockMutants;

/// <summary>One change to one place of the kernel.</summary>
/// <param name="Operator">The operator that made it.</param>
/// <param name="File">The file, relative to the kernel's folder.</param>
/// <param name="Line">The line of the place, counted from 1.</param>
/// <param name="Member">The member that the place is in: its type and its name.</param>
/// <param name="What">What is changed, in terms of the source: part of <see cref="Key"/>.</param>
/// <param name="Number">Tells equal changes in one member apart.</param>
/// <param name="Role">What kind of member that is.</param>
/// <param name="IsSeenFromAfar">Whether the order of locks of the whole program could show it.</param>
/// <param name="Changes">The edits.</param>
internal sealed record Mutant(Operator Operator, string File, int Line, string Member, string What, int Number, Role Role, bool IsSeenFromAfar, ImmutableArray<TextChange> Changes)
{
    /// <summary>The name of the operator.</summary>
    public string Kind => Operator.Name;

    /// <summary>Names the mutant by what it changes, so that it still means the same when lines move, and nothing any more when the code changes.</summary>
    public string Key => $"{Kind} {Member}: {What}{(Number == 1 ? "" : $" #{Number}")}";
}

/// <summary>What kind of member a mutant is in, as far as that explains why nobody notices it.</summary>
internal enum Role
{
    /// <summary>Any other.</summary>
    Ordinary,

    /// <summary>A private method, whose contract is inferred where it is not stated.</summary>
    PrivateHelper,

    /// <summary>A member of a lock type, whose contracts are where locks come from.</summary>
    LockType,
}

/// <summary>What became of a mutant.</summary>
internal enum Fate
{
    /// <summary>It does not compile, so it is no mutant.</summary>
    Invalid,

    /// <summary>The analyzers report it.</summary>
    Reported,

    /// <summary>Only the compiler's nullable analysis warns, which is an error here.</summary>
    Nullable,

    /// <summary>Nobody says anything.</summary>
    Survived,

    /// <summary>The analyzers fail.</summary>
    Failed,
}

/// <summary>A mutant and what became of it.</summary>
/// <param name="Mutant">The mutant.</param>
/// <param name="Fate">What became of it.</param>
/// <param name="Report">The first diagnostic; empty if there is none.</param>
internal sealed record Verdict(Mutant Mutant, Fate Fate, string Report);
