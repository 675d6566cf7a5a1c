using System;
using System.Linq;
using MmLint.Analyzers;

namespace AnalyzerTests.Themes;

/// <summary>What contract files may say is what the annotations are.</summary>
public sealed class ContractFileVocabulary
{
    [Fact]
    public void Attributes_are_those_of_the_annotations() => Assert.Equal(
        typeof(MmLint.MustHoldAttribute).Assembly.GetExportedTypes()
            .Where(t => t.IsSubclassOf(typeof(Attribute)) && !t.IsAbstract)
            .Where(t => t.GetCustomAttributes(typeof(AttributeUsageAttribute), false).Cast<AttributeUsageAttribute>().All(u => u.ValidOn is not AttributeTargets.Assembly))
            .Select(t => Bare(t.Name)).Order(StringComparer.Ordinal),
        ContractVocabulary.Names.Order(StringComparer.Ordinal));

    [Fact]
    public void Named_arguments_are_those_of_the_annotations()
    {
        foreach (string name in ContractVocabulary.Names)
        {
            var settable = typeof(MmLint.MustHoldAttribute).Assembly.GetType("MmLint." + name + "Attribute")!.GetProperties().Where(p => p.CanWrite).Select(p => p.Name);
            Assert.Equal(settable.Order(StringComparer.Ordinal), ContractVocabulary.NamedOf(name).Order(StringComparer.Ordinal));
        }
    }

    private static string Bare(string name) => name[..^"Attribute".Length];
}
