using System;
using MmLint;

namespace MmKernel;

/// <summary>
/// What every fault handler keeps to: it runs under the lock that the flags name, and if it returns <see cref="VmFault.Retry"/> or
/// <see cref="VmFault.Completed"/> it has released that lock, except that a retry without waiting keeps it.
/// </summary>
[MustHold("vmf.FaultLock"), Requires("(vmf.Flags & FaultFlag.VmaLock) == 0 || (vmf.Flags & FaultFlag.RetryNowait) == 0"), MaySleep]
[Releases("vmf.FaultLock", When = "(result & VmFault.LockDropped) != 0 && (vmf.Flags & FaultFlag.RetryNowait) == 0")]
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Delegate | AttributeTargets.Class)]
public sealed class FaultHandlerAttribute : ContractGroupAttribute;
