using System.Collections.Immutable;

namespace LockMutants.Operators;

/// <summary>All operators.</summary>
internal static class Catalogue
{
    /// <summary>The operators in the order of the report.</summary>
    public static ImmutableArray<Operator> All { get; } =
    [
        new("delete-acquire", "an acquire is deleted", Deletions.Acquires),
        new("delete-release", "a release is deleted", Deletions.Releases, Reach.Order),
        new("delete-downgrade", "a downgrade is deleted", Deletions.Downgrades),
        new("delete-scope", "a lock statement or scoped lock is deleted", Deletions.Scopes),
        new("delete-assertion", "an assertion of a held lock is deleted", Deletions.Assertions),
        new("release-on-one-path", "a release depends on a coin", Deletions.ReleasesOnOnePath, Reach.Order),
        new("ignore-failure", "the way out after a failed try is deleted", Deletions.FailureHandling),
        new("weaken-mode", "exclusive becomes shared, acquire and releases", Changes.WeakerModes),
        new("swap-acquires", "two acquisitions change places", Changes.SwappedAcquires, Reach.Order),
        new("move-out", "a statement leaves the locked region", Changes.MovedOut, Reach.Order),
        new("other-instance", "another instance's lock is used", Changes.OtherInstances),
        new("drop-check", "a null or flag check is deleted", Checks.Dropped),
        new("delete-contract", "a contract attribute is deleted", Contracts.Deleted, Reach.Contract),
        new("delete-order", "a class is deleted from the lock order", Contracts.UnorderedClasses, Reach.Contract),
        new("flip-when", "a condition of a contract is negated", Contracts.FlippedConditions, Reach.Contract),
        new("weaken-contract", "exclusive becomes shared in a contract", Contracts.WeakerNeeds, Reach.Contract),
    ];
}
