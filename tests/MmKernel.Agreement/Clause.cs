namespace MmKernel.Agreement;

/// <summary>What part of a contract is evaluated.</summary>
internal enum CheckKind
{
    Needs,
    Excludes,
    Requires,
    Sleeps,
    Keeps,
    Releases,
    Downgrades,
    Acquires,
    Ensures,
    Asserts,
    Invariant,
    Read,
    Write,
}

/// <summary>One clause of a contract, as it is evaluated at one member.</summary>
/// <param name="Number">Its number in the kernel that is checked.</param>
/// <param name="Kind">What part of the contract it is.</param>
/// <param name="Member">The member that is entered, left, read or written.</param>
/// <param name="Text">What it says.</param>
internal sealed record Clause(int Number, CheckKind Kind, string Member, string Text);

/// <summary>A clause that is not evaluated.</summary>
/// <param name="Member">The member.</param>
/// <param name="Text">What it says.</param>
/// <param name="Reason">Why not.</param>
internal sealed record Unchecked(string Member, string Text, string Reason);
