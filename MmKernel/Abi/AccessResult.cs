namespace MmKernel;

/// <summary>The signal that a failed access raises.</summary>
public enum Signal
{
    /// <summary>None: the access succeeded.</summary>
    None = 0,

    /// <summary>Bus error: the mapping is there, the memory behind it is not.</summary>
    SIGBUS = 7,

    /// <summary>Killed, as out-of-memory ends.</summary>
    SIGKILL = 9,

    /// <summary>Invalid memory reference.</summary>
    SIGSEGV = 11,
}

/// <summary>Values of <c>si_code</c>; they are numbered per signal (<c>sigaction(2)</c>).</summary>
public static class SignalCode
{
    /// <summary>SIGSEGV: nothing is mapped there.</summary>
    public const int SEGV_MAPERR = 1;

    /// <summary>SIGSEGV: the mapping forbids the access.</summary>
    public const int SEGV_ACCERR = 2;

    /// <summary>SIGBUS: beyond the end of the object.</summary>
    public const int BUS_ADRERR = 2;
}

/// <summary>How an access to user memory ended: done, or the signal that it raised (<c>siginfo_t</c>).</summary>
/// <param name="Signal">The signal, <see cref="Signal.None"/> after success.</param>
/// <param name="Code">The signal's <c>si_code</c>.</param>
/// <param name="Address">The address that faulted.</param>
public readonly record struct AccessResult(Signal Signal, int Code, ulong Address)
{
    /// <summary>Whether the access was done.</summary>
    public bool IsOk => Signal == Signal.None;
}
