using System;

namespace MmKernel;

/// <summary>What pages are pinned for (<c>FOLL_WRITE</c> and so on).</summary>
[Flags]
public enum PinFlags
{
    /// <summary>Reading, for as long as a transfer takes.</summary>
    None = 0,

    /// <summary>Writing.</summary>
    Write = 1,

    /// <summary>For an unlimited time (<c>FOLL_LONGTERM</c>).</summary>
    LongTerm = 2,
}
