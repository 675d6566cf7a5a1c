using System;

namespace MmLint;

/// <summary>The targets that the attributes share.</summary>
internal static class On
{
    internal const AttributeTargets Data = AttributeTargets.Field | AttributeTargets.Property;
    internal const AttributeTargets Values = Data | AttributeTargets.Parameter | AttributeTargets.ReturnValue;

    /// <summary>Whatever can carry a contract. Class is there for contract groups.</summary>
    internal const AttributeTargets Contracts = Data | AttributeTargets.Parameter | AttributeTargets.Method | AttributeTargets.Constructor
        | AttributeTargets.Delegate | AttributeTargets.Event | AttributeTargets.Class;
}
