using System;
using MmLint;

namespace MmKernel;

/// <summary>
/// A function that allocates pages, and so may have to free some first: it unmaps them by way of reverse mapping, so none of its locks is
/// held.
/// </summary>
[MustNotHold("AddressSpace.ImapLock || AnonVma.Rwsem"), MaySleep]
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Delegate | AttributeTargets.Class)]
public sealed class AllocatesPagesAttribute : ContractGroupAttribute;
