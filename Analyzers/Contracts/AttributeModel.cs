using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace MmLint.Analyzers;

/// <summary>One contract attribute, whether it stood in code, in metadata, in a group or in a contract file.</summary>
internal sealed class AttributeModel
{
    private readonly Func<Location?> _location;

    internal AttributeModel(
        string name, ImmutableArray<object?> arguments, ImmutableDictionary<string, object?> named, bool onReturn, Func<Location?> location, bool inGroup = false)
    {
        InGroup = inGroup;
        Name = name;
        Arguments = arguments;
        Named = named;
        OnReturn = onReturn;
        _location = location;
    }

    /// <summary>The attribute's name without "Attribute".</summary>
    internal string Name { get; }

    internal ImmutableArray<object?> Arguments { get; }

    internal ImmutableDictionary<string, object?> Named { get; }

    /// <summary>Whether it is about the returned value.</summary>
    internal bool OnReturn { get; }

    /// <summary>Whether it is part of a bundle: what a bundle says may be less, or more, than one of its users needs.</summary>
    internal bool InGroup { get; }

    internal Location Location => _location() ?? Location.None;

    /// <summary>The place of a part of a text that the attribute says; the whole attribute where the text stands elsewhere, as that of a bundle does.</summary>
    internal Location LocationOf(string text, TextSpan? part)
    {
        Location whole = Location;
        if (part is not { Length: > 0 } place || place.End > text.Length || InGroup || whole.SourceTree?.GetRoot().FindNode(whole.SourceSpan, getInnermostNodeForTie: true) is not AttributeSyntax { ArgumentList.Arguments: var arguments }) return whole;
        ContractText? written = arguments.Select(static argument => ContractText.Of(argument.Expression)).FirstOrDefault(candidate => candidate?.Value == text);
        return written is null ? whole : Location.Create(whole.SourceTree, written.PlaceOf(place));
    }

    internal string Text => Arguments.Length > 0 && Arguments[0] is string text ? text : "";

    internal string? When => NamedText("When");

    internal string? NamedText(string name) => Named.TryGetValue(name, out object? value) ? value as string : null;

    internal bool NamedFlag(string name) => Named.TryGetValue(name, out object? value) && value is true;

    internal int NamedNumber(string name) => Named.TryGetValue(name, out object? value) && value is int number ? number : 0;

    internal int Number(int index) => index < Arguments.Length && Arguments[index] is int number ? number : 0;

    /// <summary>The contract attributes among <paramref name="attributes"/>, groups opened.</summary>
    internal static IEnumerable<AttributeModel> Of(ImmutableArray<AttributeData> attributes, bool onReturn = false)
    {
        foreach (AttributeData attribute in attributes)
        {
            INamedTypeSymbol? type = attribute.AttributeClass;
            if (type is null || type.TypeKind == TypeKind.Error) continue;
            if (IsAnnotation(type))
            {
                yield return From(attribute, type, onReturn, () => LocationOf(attribute));
            }
            else if (IsGroup(type))
            {
                foreach (AttributeData inner in type.GetAttributes())
                {
                    if (inner.AttributeClass is { } innerType && IsAnnotation(innerType))
                        yield return From(inner, innerType, onReturn, () => LocationOf(attribute), inGroup: true);
                }
            }
        }
    }

    /// <summary>Whether the type is derived from <c>ContractGroupAttribute</c>.</summary>
    internal static bool IsGroup(INamedTypeSymbol type) => type.BaseType.WithBases().Any(static at => at.Name == "ContractGroupAttribute" && IsAnnotation(at));

    private static bool IsAnnotation(ITypeSymbol type) =>
        type.ContainingNamespace is { Name: "MmLint", ContainingNamespace.IsGlobalNamespace: true } && type.Name.EndsWith("Attribute", StringComparison.Ordinal);

    private static AttributeModel From(AttributeData attribute, INamedTypeSymbol type, bool onReturn, Func<Location?> location, bool inGroup = false) => new(
        type.Name.Substring(0, type.Name.Length - "Attribute".Length),
        attribute.ConstructorArguments.Select(ValueOf).ToImmutableArray(),
        attribute.NamedArguments.ToImmutableDictionary(static pair => pair.Key, static pair => ValueOf(pair.Value)),
        onReturn,
        location,
        inGroup);

    private static object? ValueOf(TypedConstant constant) => constant.Kind == TypedConstantKind.Array
        ? constant.Values.IsDefault ? ImmutableArray<string>.Empty : constant.Values.Select(static value => value.Value as string ?? "").ToImmutableArray()
        : constant.Value;

    private static Location? LocationOf(AttributeData attribute) =>
        attribute.ApplicationSyntaxReference is { } reference ? Location.Create(reference.SyntaxTree, reference.Span) : null;
}
