namespace MmKernel;

/// <summary>What a machine does when memory gets short.</summary>
public enum ReclaimPolicy
{
    /// <summary>Nothing: allocations fail, and no lists are kept. Such a machine cannot swap.</summary>
    Off,

    /// <summary>Whoever needs memory frees some first.</summary>
    Direct,

    /// <summary>A thread frees memory in the background as well (<c>kswapd</c>).</summary>
    Background,
}
