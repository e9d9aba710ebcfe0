using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Afterburner.CSharp.Finding;

/// <summary>A method or constructor as its source declares it: what it takes to find it in an assembly.</summary>
/// <param name="Type">As reflection names it: <c>Namespace.Outer+Inner`1</c>.</param>
/// <param name="Name"><c>.ctor</c> for a constructor.</param>
/// <param name="Arity">Number of its own type parameters.</param>
/// <param name="Parameters">Names, and types as they are written, shortened.</param>
internal sealed record DeclaredMethod(string Type, bool IsFileLocal, string Name, bool IsExplicit, bool IsStatic, int Arity, IReadOnlyList<DeclaredParameter> Parameters)
{
    private const BindingFlags Own = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<string, string> Keywords = new(StringComparer.Ordinal)
    {
        ["bool"] = "Boolean", ["byte"] = "Byte", ["sbyte"] = "SByte", ["char"] = "Char", ["decimal"] = "Decimal", ["double"] = "Double", ["float"] = "Single", ["int"] = "Int32", ["uint"] = "UInt32", ["long"] = "Int64",
        ["ulong"] = "UInt64", ["short"] = "Int16", ["ushort"] = "UInt16", ["object"] = "Object", ["string"] = "String", ["dynamic"] = "Object", ["nint"] = "IntPtr", ["nuint"] = "UIntPtr",
    };

    /// <returns>Null for what is neither, or stands in no type.</returns>
    public static DeclaredMethod? Of(SyntaxNode node)
    {
        if (node is not BaseMethodDeclarationSyntax { Parent: TypeDeclarationSyntax type } method)
            return null;
        var types = type.AncestorsAndSelf().OfType<TypeDeclarationSyntax>().Reverse().Select(t => t.Identifier.ValueText + (t.TypeParameterList is { } list ? $"`{list.Parameters.Count}" : ""));
        var space = string.Join('.', type.Ancestors().OfType<BaseNamespaceDeclarationSyntax>().Reverse().Select(n => n.Name.ToString()));
        var declared = node as MethodDeclarationSyntax;
        var isStatic = method.Modifiers.Any(SyntaxKind.StaticKeyword);
        return new DeclaredMethod(
            (space.Length > 0 ? space + "." : "") + string.Join('+', types), type.AncestorsAndSelf().OfType<TypeDeclarationSyntax>().Any(t => t.Modifiers.Any(SyntaxKind.FileKeyword)),
            declared?.Identifier.ValueText ?? (isStatic ? ".cctor" : ".ctor"), declared?.ExplicitInterfaceSpecifier is not null, isStatic, declared?.TypeParameterList?.Parameters.Count ?? 0,
            [.. method.ParameterList.Parameters.Select(p => new DeclaredParameter(p.Identifier.ValueText, p.Type is null ? "" : Short(p.Type)))]);
    }

    /// <summary>It, in an assembly.</summary>
    /// <returns>Null where it is not there, or cannot be told from others.</returns>
    public MethodBase? In(Assembly assembly)
    {
        var type = IsFileLocal ? assembly.GetTypes().FirstOrDefault(t => t.FullName?.EndsWith($"__{Type[(Type.LastIndexOf('.') + 1)..]}", StringComparison.Ordinal) == true) : assembly.GetType(Type);
        var all = type?.GetMembers(Own).OfType<MethodBase>().Where(m => m.IsStatic == IsStatic && (m.Name == Name || IsExplicit && m.Name.EndsWith($".{Name}", StringComparison.Ordinal))
            && (m.IsGenericMethodDefinition ? m.GetGenericArguments().Length : 0) == Arity && m.GetParameters().Select(p => p.Name).SequenceEqual(Parameters.Select(p => p.Name))).ToList() ?? [];
        if (all.Count > 1)
            all = all.FindAll(m => m.GetParameters().Select(p => Short(p.ParameterType)).SequenceEqual(Parameters.Select(p => p.Type)));
        return all is [var only] ? only : null;
    }

    private static string Short(TypeSyntax type) => type switch
    {
        PredefinedTypeSyntax predefined => Keywords.GetValueOrDefault(predefined.Keyword.Text, predefined.Keyword.Text),
        IdentifierNameSyntax name => Keywords.GetValueOrDefault(name.Identifier.ValueText, name.Identifier.ValueText),
        GenericNameSyntax generic => $"{generic.Identifier.ValueText}<{string.Join(',', generic.TypeArgumentList.Arguments.Select(Short))}>",
        QualifiedNameSyntax qualified => Short(qualified.Right),
        AliasQualifiedNameSyntax alias => Short(alias.Name),
        // Of a value it is another type, of a reference the same: without a model the two cannot be told apart.
        NullableTypeSyntax nullable => Short(nullable.ElementType),
        ArrayTypeSyntax array => Short(array.ElementType) + string.Concat(array.RankSpecifiers.Select(r => $"[{new string(',', r.Rank - 1)}]")),
        RefTypeSyntax reference => Short(reference.Type),
        ScopedTypeSyntax scoped => Short(scoped.Type),
        TupleTypeSyntax tuple => $"ValueTuple<{string.Join(',', tuple.Elements.Select(e => Short(e.Type)))}>",
        _ => type.ToString(),
    };

    private static string Short(Type type) =>
        type.IsByRef ? Short(type.GetElementType()!)
        : type.IsArray ? $"{Short(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]"
        : Nullable.GetUnderlyingType(type) is { } underlying ? Short(underlying)
        : type.IsGenericType ? $"{type.Name.Split('`')[0]}<{string.Join(',', type.GetGenericArguments().Select(Short))}>"
        : type.Name;
}

/// <param name="Type">Short: without namespaces, and keywords by their types.</param>
internal sealed record DeclaredParameter(string Name, string Type);
