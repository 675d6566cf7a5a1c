using System.Runtime.CompilerServices;

namespace MmKernel;

/// <summary>A message that is put together only where a check has failed, so that checks that hold cost no memory.</summary>
[InterpolatedStringHandler]
internal ref struct LockdepMessage
{
    private DefaultInterpolatedStringHandler _text;

    /// <summary>Called by the compiler for an interpolated string.</summary>
    public LockdepMessage(int literalLength, int formattedCount, bool condition, out bool isNeeded)
    {
        isNeeded = !condition;
        _text = isNeeded ? new DefaultInterpolatedStringHandler(literalLength, formattedCount) : default;
    }

    /// <summary>Called by the compiler for a literal part.</summary>
    public void AppendLiteral(string value) => _text.AppendLiteral(value);

    /// <summary>Called by the compiler for a value.</summary>
    public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

    /// <inheritdoc/>
    public override readonly string ToString() => _text.ToString();
}
