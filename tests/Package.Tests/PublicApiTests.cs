using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Reflection;

namespace PackageTests;

/// <summary>
/// What compiled code may refer to. <c>Annotations/PublicApi.txt</c> is the accepted list: a line that goes breaks somebody's assembly and needs a new
/// major version; a line that comes is written there by whoever adds it.
/// </summary>
public sealed class PublicApiTests(PackedPackage package) : IClassFixture<PackedPackage>
{
    [Fact]
    public void Annotations_have_exactly_the_accepted_surface()
    {
        string assembly = Path.Combine(package.Folder, "artifacts", "nuget", "mmlint", "0.1.0", "lib", "netstandard2.0", "MmLint.Annotations.dll");
        string[] surface = [.. Assembly.LoadFrom(assembly).GetExportedTypes().SelectMany(Lines).Order(StringComparer.Ordinal)];
        string[] accepted = File.ReadAllLines(Path.Combine(Repository.Root, "Annotations", "PublicApi.txt"));

        string difference = string.Join('\n', [.. accepted.Except(surface).Select(line => "gone: " + line), .. surface.Except(accepted).Select(line => "new: " + line)]);
        Assert.True(difference.Length == 0, "Annotations/PublicApi.txt does not say what the assembly offers:\n" + difference);
    }

    private static IEnumerable<string> Lines(Type type)
    {
        yield return $"{(type.IsEnum ? "enum" : type.IsValueType ? "struct" : type.IsAbstract ? "abstract class" : "class")} {type.Name} : {type.BaseType?.Name}";
        const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        foreach (ConstructorInfo constructor in type.GetConstructors(Declared).Where(IsVisible))
            yield return $"{type.Name}({Parameters(constructor)})";
        foreach (PropertyInfo property in type.GetProperties(Declared).Where(property => property.GetAccessors().Length > 0))
            yield return $"{type.Name}.{property.Name} : {property.PropertyType.Name} {{{string.Join(',', property.GetAccessors().Select(accessor => accessor.Name[..3]))}}}";
        foreach (MethodInfo method in type.GetMethods(Declared).Where(method => IsVisible(method) && !method.IsSpecialName))
            yield return $"{type.Name}.{method.Name}({Parameters(method)}) : {method.ReturnType.Name}";
        foreach (FieldInfo field in type.GetFields(Declared).Where(field => field.IsPublic && !field.IsSpecialName))
            yield return $"{type.Name}.{field.Name}{(field.IsLiteral ? " = " + Convert.ToInt64(field.GetRawConstantValue(), CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture) : " : " + field.FieldType.Name)}";
    }

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static string Parameters(MethodBase method) =>
        string.Join(", ", method.GetParameters().Select(parameter => (parameter.IsDefined(typeof(ParamArrayAttribute)) ? "params " : "") + parameter.ParameterType.Name + " " + parameter.Name + (parameter.HasDefaultValue ? " = " + (parameter.RawDefaultValue ?? "null") : "")));}
