using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace MmLint.Check;

/// <summary>What contracts an assembly carries, counted from its metadata.</summary>
/// <param name="Attributes">Contract attributes, each use counted.</param>
/// <param name="Members">Methods and properties with contracts; what a bundle of contracts says counts as well.</param>
/// <param name="MutableFields">Fields of classes that can change after construction.</param>
/// <param name="RuledFields">Those of them that say what guards them, or what other rule they follow.</param>
/// <param name="Unanalyzed">Members whose body is not analysed.</param>
internal sealed record ContractCount(int Attributes, int Members, int MutableFields, int RuledFields, int Unanalyzed)
{
    private const string Contracts = "MmLint";

    /// <summary>Counts.</summary>
    /// <param name="assembly">The path of the assembly.</param>
    public static ContractCount Of(string assembly)
    {
        using var image = new PEReader(File.OpenRead(assembly));
        var metadata = image.GetMetadataReader();
        var uses = metadata.CustomAttributes.Select(metadata.GetCustomAttribute).Select(use => (use.Parent, Type: TypeOf(metadata, use.Constructor)))
            .Where(use => IsContract(metadata, use.Type)).ToList();
        var carriers = uses.Select(use => use.Parent).ToHashSet();
        var mutable = metadata.FieldDefinitions.Where(handle => IsMutable(metadata, metadata.GetFieldDefinition(handle))).ToList();
        return new ContractCount(
            uses.Count,
            carriers.Count(handle => handle.Kind is HandleKind.MethodDefinition or HandleKind.PropertyDefinition),
            mutable.Count,
            mutable.Count(handle => carriers.Contains(handle)),
            uses.Count(use => NameOf(metadata, use.Type) == "NoLockAnalysisAttribute"));
    }

    private static bool IsMutable(MetadataReader metadata, FieldDefinition field)
    {
        var type = metadata.GetTypeDefinition(field.GetDeclaringType());
        return (field.Attributes & (FieldAttributes.InitOnly | FieldAttributes.Literal)) == 0
            && !metadata.GetString(field.Name).StartsWith('<')
            && !metadata.GetString(type.Name).StartsWith('<')
            && NameOf(metadata, type.BaseType) is not ("ValueType" or "Enum");
    }

    /// <summary>An attribute of the contract language, or a bundle derived from one.</summary>
    private static bool IsContract(MetadataReader metadata, EntityHandle type) => type.Kind switch
    {
        HandleKind.TypeReference => metadata.GetString(metadata.GetTypeReference((TypeReferenceHandle)type).Namespace) == Contracts,
        HandleKind.TypeDefinition => IsContract(metadata, metadata.GetTypeDefinition((TypeDefinitionHandle)type).BaseType),
        _ => false,
    };

    private static EntityHandle TypeOf(MetadataReader metadata, EntityHandle constructor) => constructor.Kind switch
    {
        HandleKind.MemberReference => metadata.GetMemberReference((MemberReferenceHandle)constructor).Parent,
        HandleKind.MethodDefinition => metadata.GetMethodDefinition((MethodDefinitionHandle)constructor).GetDeclaringType(),
        _ => default,
    };

    private static string? NameOf(MetadataReader metadata, EntityHandle type) => type.Kind switch
    {
        HandleKind.TypeReference => metadata.GetString(metadata.GetTypeReference((TypeReferenceHandle)type).Name),
        HandleKind.TypeDefinition => metadata.GetString(metadata.GetTypeDefinition((TypeDefinitionHandle)type).Name),
        _ => null,
    };
}
