using Xunit;

namespace MmKernel.Tests.Host;

/// <summary>A test that asks the kernel of this machine, which must be Linux on x86-64.</summary>
public sealed class HostFactAttribute : FactAttribute
{
    /// <summary>Creates the attribute.</summary>
    public HostFactAttribute()
    {
        if (!HostProgram.IsSupported)
            Skip = "needs Linux on x86-64";
    }
}
