using System;
using System.Diagnostics.CodeAnalysis;

namespace MmLint;

/// <summary>A contract that may depend on a fact.</summary>
public abstract class ContractAttribute : Attribute
{
    /// <summary>
    /// The fact under which the contract applies. Over arguments it is read at entry; over <c>result</c>, <c>ref</c> and <c>out</c>
    /// parameters at exit. Without it the contract always applies.
    /// </summary>
    [StringSyntax(StringSyntaxAttribute.Contract)]
    public string? When { get; set; }
}

/// <summary>A contract over locks.</summary>
/// <param name="locks">A formula over locks, for example <c>"exclusive(mm.MmapLock) &amp;&amp; folio"</c>.</param>
public abstract class LocksAttribute([StringSyntax(StringSyntaxAttribute.Contract)] string locks) : ContractAttribute
{
    /// <summary>The formula over locks.</summary>
    public string Locks => locks;
}

/// <summary>A contract over facts.</summary>
/// <param name="fact">A boolean expression over stable paths, for example <c>"result.Mm == mm"</c>.</param>
public abstract class FactContractAttribute([StringSyntax(StringSyntaxAttribute.Contract)] string fact) : ContractAttribute
{
    /// <summary>The boolean expression.</summary>
    public string Fact => fact;
}

/// <summary>
/// Base of an attribute class that names a bundle of contracts: the contracts stand on the class, and whatever carries the attribute has
/// them all, bound against itself.
/// </summary>
public abstract class ContractGroupAttribute : Attribute;
