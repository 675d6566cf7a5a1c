using System.Diagnostics.CodeAnalysis;

namespace CrashingAssertion;

/// <summary>What to do where something that cannot be is.</summary>
public static class Assertions
{
    private static int s_reported;

    /// <summary>Ends the process. Whatever was locked stays locked for those that share it, and what led there is lost.</summary>
    [Crashes, UseInstead(nameof(VmWarnOnOnce))]
    public static void VmBugOn([DoesNotReturnIf(true)] bool condition)
    {
        if (condition)
            Environment.FailFast("an invariant of the memory manager is broken");
    }

    /// <summary>Reports the first time, and lets the caller decide.</summary>
    /// <returns>The condition.</returns>
    public static bool VmWarnOnOnce(bool condition)
    {
        if (condition && Interlocked.Exchange(ref s_reported, 1) == 0)
            Console.Error.WriteLine(Environment.StackTrace);
        return condition;
    }
}
