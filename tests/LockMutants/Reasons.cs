using System;
using LockMutants.Operators;

namespace LockMutants;

/// <summary>Why nobody notices a mutant, as far as that can be told from what it is.</summary>
internal static class Reasons
{
    /// <summary>The reason; for what it does not know, that it has to be looked at.</summary>
    public static string Of(Mutant mutant)
    {
        string attribute = mutant.What.Split('(')[0];
        return (mutant.Operator.Reach, mutant.Role, attribute) switch
        {
            (not Reach.Contract, _, _) => "code: to be looked at",
            (_, Role.LockType, _) => "contract of a lock type: an axiom, which nothing else says a second time",
            (_, Role.PrivateHelper, "MustHold" or "MaySleep" or "Requires" or "Releases" or "Acquires") => "contract of a private helper: inferred again, or more than its body needs",
            _ when mutant.Kind == "weaken-contract" => "contract that is stronger than what is done under it",
            (_, _, "MustNotHold") => "exclusion of a lock: callers that hold it are found by the order of locks all the same, or there are none",
            (_, _, "MustHold" or "Requires" or "MaySleep") => "need that the body does not use",
            (_, _, "Ensures" or "ValidWhileHeld" or "Fresh" or "Borrowed" or "AssertsHeld") => "promise that no caller uses",
            (_, _, "GuardedBy" or "ReadBy" or "WriteBy" or "Atomic" or "ReadFreely" or "WriteOnce" or "Tracked") => "access rule that all code keeps: without it any access is allowed",
            _ when mutant.Kind == "delete-order" || attribute == "LockNesting" => "order that all code keeps: without it any order is allowed that makes no circle",
            _ when mutant.Kind == "flip-when" => "condition that decides nothing for any caller",
            _ => "contract: to be looked at",
        };
    }
}
