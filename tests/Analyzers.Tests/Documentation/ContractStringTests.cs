using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;

namespace AnalyzerTests.Documentation;

/// <summary>Editors are told that contracts are C#: wherever an attribute takes one, and nowhere else.</summary>
public sealed class ContractStringTests
{
    private static readonly string[] s_prose = ["UseInsteadAttribute.member", "NoLockAnalysisAttribute.reason", "LockClassAttribute.name"];

    public static TheoryData<Type> Attributes => [.. typeof(MmLint.MustHoldAttribute).Assembly.GetExportedTypes().Where(t => t.IsSubclassOf(typeof(Attribute)))];

    [Theory]
    [MemberData(nameof(Attributes))]
    public void Strings_of_an_attribute_say_that_they_are_contracts(Type attribute)
    {
        var parameters = attribute.GetConstructors(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance).SelectMany(c => c.GetParameters())
            .Where(p => p.ParameterType == typeof(string) || p.ParameterType == typeof(string[])).Select(p => (Name: p.Name!, Syntax: SyntaxOf(p.CustomAttributes)));
        var named = attribute.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(p => p.PropertyType == typeof(string) && p.CanWrite).Select(p => (p.Name, Syntax: SyntaxOf(p.CustomAttributes)));
        Assert.All(parameters.Concat(named), s => Assert.Equal(s_prose.Contains($"{attribute.Name}.{s.Name}") ? null : "C#", s.Syntax));
    }

    // By name, as editors look for it: the annotations bring their own for older frameworks.
    private static string? SyntaxOf(IEnumerable<CustomAttributeData> attributes) =>
        attributes.SingleOrDefault(a => a.AttributeType.Name == "StringSyntaxAttribute")?.ConstructorArguments[0].Value as string;
}
