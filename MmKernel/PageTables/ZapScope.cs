namespace MmKernel;

/// <summary>Which entries are cleared (<c>struct zap_details</c>).</summary>
internal enum ZapScope
{
    /// <summary>All, markers included: the mapping goes.</summary>
    Everything,

    /// <summary>Those that map pages; guard markers stay.</summary>
    Pages,

    /// <summary>Those that map pages of a file, not the copies that private mappings made; guard markers stay.</summary>
    FilePages,
}
