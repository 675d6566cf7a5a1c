using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace MmLint.Analyzers;

/// <summary>What a method says about null in the language's own way: by nullable types and by the attributes of <c>System.Diagnostics.CodeAnalysis</c>, which the compiler checks.</summary>
internal sealed class NullContract
{
    internal NullContract(IMethodSymbol method)
    {
        ResultIsNeverNull = IsNeverNull(method.ReturnType, method.OriginalDefinition.ReturnType) && !Says(method.GetReturnTypeAttributes(), "MaybeNullAttribute");
        foreach (AttributeData attribute in method.GetReturnTypeAttributes())
        {
            if (NameOf(attribute) == "NotNullIfNotNullAttribute" && Argument(attribute) is string source) NotNullWith.AddRange(method.Parameters.Where(parameter => parameter.Name == source).Select(static parameter => parameter.Ordinal));
        }

        NeverReturns = method.ReturnsVoid && Says(method.GetAttributes(), "DoesNotReturnAttribute");
        foreach (IParameterSymbol parameter in method.Parameters)
        {
            bool leaves = parameter.RefKind is RefKind.Out or RefKind.Ref && IsNeverNull(parameter.Type, parameter.OriginalDefinition.Type);
            foreach (AttributeData attribute in parameter.GetAttributes())
            {
                switch (NameOf(attribute))
                {
                    case "NotNullAttribute":
                        NotNull.Add(new Condition(parameter.Ordinal, null));
                        break;
                    case "NotNullWhenAttribute" when Argument(attribute) is bool when:
                        NotNull.Add(new Condition(parameter.Ordinal, when));
                        break;
                    case "MaybeNullWhenAttribute" when leaves && Argument(attribute) is bool perhaps:
                        NotNull.Add(new Condition(parameter.Ordinal, !perhaps));
                        leaves = false;
                        break;
                    case "MaybeNullAttribute":
                        leaves = false;
                        break;
                    case "DoesNotReturnIfAttribute" when parameter.Type.SpecialType == SpecialType.System_Boolean && Argument(attribute) is bool fails:
                        Returns.Add(new Condition(parameter.Ordinal, !fails));
                        break;
                }
            }

            if (leaves) NotNull.Add(new Condition(parameter.Ordinal, null));
        }

        foreach (AttributeData attribute in method.GetAttributes().Concat(method.AssociatedSymbol?.GetAttributes() ?? Enumerable.Empty<AttributeData>()))
        {
            bool? when = NameOf(attribute) == "MemberNotNullWhenAttribute" ? Argument(attribute) as bool? : null;
            if (when is null && NameOf(attribute) != "MemberNotNullAttribute") continue;
            foreach (TypedConstant argument in attribute.ConstructorArguments.Skip(when is null ? 0 : 1))
            {
                IEnumerable<object?> names = argument.Kind == TypedConstantKind.Array ? argument.Values.Select(static value => value.Value) : [argument.Value];
                foreach (ISymbol member in names.OfType<string>().SelectMany(name => method.ContainingType.GetMembers(name)).Where(static member => member is IFieldSymbol or IPropertySymbol)) Members.Add(new Promise(member, when));
            }
        }
    }

    /// <summary>Whether calls never come back.</summary>
    internal bool NeverReturns { get; }

    /// <summary>Parameters that are true, or false, when the call comes back.</summary>
    internal List<Condition> Returns { get; } = [];

    /// <summary>Whether a call that comes back tells nothing of null.</summary>
    internal bool IsEmpty => NotNull.Count + Members.Count + NotNullWith.Count == 0;

    /// <summary>Whether the declared type of the result, or of what it comes to when it has been awaited, has no null.</summary>
    internal bool ResultIsNeverNull { get; }

    /// <summary>Parameters that are not null when the call comes back, always or when it returns this.</summary>
    internal List<Condition> NotNull { get; } = [];

    /// <summary>Members of the receiver that are not null when the call comes back, always or when it returns this.</summary>
    internal List<Promise> Members { get; } = [];

    /// <summary>Parameters of which each makes the result not null by not being null itself.</summary>
    internal List<int> NotNullWith { get; } = [];

    /// <summary>The annotation of what a method's own type parameter stands for is inferred, and not to be relied on here.</summary>
    private static bool IsNeverNull(ITypeSymbol type, ITypeSymbol declared) => HasNoNull(type) && Tasks.Awaited(declared) is not ITypeParameterSymbol { TypeParameterKind: TypeParameterKind.Method };

    /// <summary>Whether a value of the declared type is never null; a task is asked for what it comes to, for one term stands for both.</summary>
    internal static bool HasNoNull(ITypeSymbol? type) => Tasks.Awaited(type) is { IsReferenceType: true, NullableAnnotation: NullableAnnotation.NotAnnotated };

    private static object? Argument(AttributeData attribute) => attribute.ConstructorArguments.Length > 0 && attribute.ConstructorArguments[0].Kind != TypedConstantKind.Array ? attribute.ConstructorArguments[0].Value : null;

    private static bool Says(IEnumerable<AttributeData> attributes, string name) => attributes.Any(attribute => NameOf(attribute) == name);

    /// <summary>The name of an attribute that the compiler knows, whichever assembly declares it; null for others, whatever they are called.</summary>
    internal static string? NameOf(AttributeData attribute) => attribute.AttributeClass is
    {
        ContainingNamespace: { Name: "CodeAnalysis", ContainingNamespace: { Name: "Diagnostics", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } } },
    } known ? known.Name : null;

    /// <summary>What is known of an argument.</summary>
    /// <param name="Parameter">Its position.</param>
    /// <param name="When">The value it is about; of null: which result tells it, null for any.</param>
    internal sealed record Condition(int Parameter, bool? When);

    /// <summary>A member that is not null.</summary>
    /// <param name="Member">The member.</param>
    /// <param name="When">Which result tells it; null for any.</param>
    internal sealed record Promise(ISymbol Member, bool? When);
}
