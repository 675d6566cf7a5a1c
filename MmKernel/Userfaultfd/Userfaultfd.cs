namespace MmKernel;

/// <summary>An open userfaultfd (<c>userfaultfd(2)</c>); any process that has it may act on it.</summary>
public sealed class Userfaultfd
{
    internal Userfaultfd(UserfaultContext context) => Context = context;

    internal UserfaultContext Context { get; }
}
