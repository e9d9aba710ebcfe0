using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Afterburner.CSharp.Checking;

/// <summary>The names that a function has from around it.</summary>
internal static class UsedNames
{
    // Types whose members change nothing but what they are called on, and ask nobody.
    private static readonly HashSet<string> Pure = new(StringComparer.Ordinal)
    {
        "List", "Dictionary", "HashSet", "SortedSet", "SortedDictionary", "SortedList", "LinkedList", "Queue", "Stack", "PriorityQueue", "KeyValuePair", "IEnumerable", "IReadOnlyList", "IReadOnlyCollection",
        "IReadOnlyDictionary", "IList", "ICollection", "IDictionary", "ISet", "IComparer", "IEqualityComparer", "Comparer", "EqualityComparer", "StringComparer", "StringComparison", "StringBuilder", "String", "Char",
        "Int32", "Int64", "Double", "Decimal", "Boolean", "Math", "MathF", "BigInteger", "BitOperations", "Array", "Enumerable", "Span", "ReadOnlySpan", "Memory", "ReadOnlyMemory", "MemoryExtensions", "Tuple", "ValueTuple",
        "Nullable", "Func", "Action", "Predicate", "Comparison", "FrozenSet", "FrozenDictionary", "ImmutableArray", "ImmutableList", "ImmutableDictionary", "ImmutableHashSet", "CultureInfo", "NumberStyles",
        "StringSplitOptions", "ArgumentException", "ArgumentNullException", "ArgumentOutOfRangeException", "InvalidOperationException", "KeyNotFoundException", "FormatException", "OverflowException",
        "System", "nameof", "var", "_", "dynamic", "nint", "nuint", "notnull", "unmanaged", "value", "field", "global",
    };

    private static readonly HashSet<string> Small = new(StringComparer.Ordinal) { "0", "1", "2", "\"\"" };

    // What stands behind "System.", in front of a type.
    private static readonly HashSet<string> PureNamespaces = new(StringComparer.Ordinal) { "Collections", "Generic", "Linq", "Text", "Frozen", "Immutable", "Numerics", "Globalization" };

    // Members of every object that lead to all that the program has.
    private static readonly HashSet<string> Reaching = new(StringComparer.Ordinal) { "GetType", "Assembly", "Method", "Target", "DynamicInvoke", "Module", "TypeHandle", "MethodHandle" };

    /// <summary>Why a candidate is not judged by what its calls do: it may name something that reaches further. Null where it does not.</summary>
    public static string? Unproven(SyntaxNode before, SyntaxNode after)
    {
        var (known, found) = (Free(before), Free(after));
        if (found.FirstOrDefault(n => !known.Contains(n) && !Pure.Contains(n)) is { } name)
            return $"The candidate is unproven: it uses {name}, which the original does not name and which is not known to be pure.";
        if (Reached(after).Except(Reached(before)).FirstOrDefault() is { } member)
            return $"The candidate is unproven: it uses {member}, which the original does not and which leads further than its arguments.";
        foreach (var (kind, words) in new[] { (SyntaxKind.UnsafeStatement, "unsafe code"), (SyntaxKind.StackAllocArrayCreationExpression, "stackalloc"), (SyntaxKind.LockStatement, "a lock") })
        {
            if (after.DescendantNodes().Any(n => n.IsKind(kind)) && !before.DescendantNodes().Any(n => n.IsKind(kind)))
                return $"The candidate is unproven: it has {words}, and the original has none.";
        }

        // No calls are made here with what a candidate names: it could do something else for that alone.
        var named = Constants(before).ToHashSet(StringComparer.Ordinal);
        if (Constants(after).FirstOrDefault(c => !named.Contains(c) && !Small.Contains(c)) is { } constant)
            return $"The candidate is unproven: it names {constant}, which the original does not, and calls with it cannot be made in this language yet.";

        var (stored, stores) = (Stored(before), Stored(after));
        return stores.FirstOrDefault(s => !stored.Contains(s)) is { } place ? $"The candidate stores in {place}, which outlives the call." : null;
    }

    private static IEnumerable<string> Constants(SyntaxNode function) => function.DescendantTokens()
        .Where(t => t.IsKind(SyntaxKind.NumericLiteralToken) || t.IsKind(SyntaxKind.StringLiteralToken) || t.IsKind(SyntaxKind.CharacterLiteralToken) || t.IsKind(SyntaxKind.InterpolatedStringTextToken)
            || t.Kind().ToString().Contains("RawStringLiteral", StringComparison.Ordinal) || t.Kind().ToString().StartsWith("Utf8", StringComparison.Ordinal))
        .Select(t => t.Text);

    /// <summary>Names that neither the function binds nor a dot stands before.</summary>
    private static List<string> Free(SyntaxNode function)
    {
        var bound = Bound(function);
        return [.. function.DescendantNodes().OfType<SimpleNameSyntax>().Where(IsRoot).Select(n => n.Identifier.ValueText).Where(n => !bound.Contains(n)).Distinct()];
    }

    /// <summary>Ways to what lies beyond arguments: reflection, and names that are written with their namespaces.</summary>
    private static IEnumerable<string> Reached(SyntaxNode function) => function.DescendantNodes().Select(n => n switch
    {
        TypeOfExpressionSyntax => "typeof",
        MemberAccessExpressionSyntax access when Reaching.Contains(access.Name.Identifier.ValueText) => access.Name.Identifier.ValueText,
        MemberBindingExpressionSyntax binding when Reaching.Contains(binding.Name.Identifier.ValueText) => binding.Name.Identifier.ValueText,
        MemberAccessExpressionSyntax access when access.Expression.ToString().Split('.') is ["System" or "global::System", ..] && !IsPure(access.Name.Identifier.ValueText) => access.ToString(),
        QualifiedNameSyntax name when name.Left.ToString().Split('.') is ["System" or "global::System", ..] && !IsPure(name.Right.Identifier.ValueText) => name.ToString(),
        _ => null,
    }).OfType<string>();

    private static bool IsPure(string name) => Pure.Contains(name) || PureNamespaces.Contains(name);

    private static bool IsRoot(SimpleNameSyntax name) => name.Parent switch
    {
        MemberAccessExpressionSyntax access => access.Expression == name,
        MemberBindingExpressionSyntax or NameColonSyntax or NameEqualsSyntax => false,
        QualifiedNameSyntax qualified => qualified.Left == name,
        AliasQualifiedNameSyntax => false,
        // new Point { X = 1 }
        AssignmentExpressionSyntax { Parent: InitializerExpressionSyntax { RawKind: (int)SyntaxKind.ObjectInitializerExpression } } assignment => assignment.Left != name,
        _ => true,
    };

    private static HashSet<string> Bound(SyntaxNode function) =>
    [
        .. function.DescendantNodesAndSelf().Select(n => n switch
        {
            ParameterSyntax parameter => parameter.Identifier.ValueText,
            VariableDeclaratorSyntax variable => variable.Identifier.ValueText,
            SingleVariableDesignationSyntax designation => designation.Identifier.ValueText,
            ForEachStatementSyntax each => each.Identifier.ValueText,
            CatchDeclarationSyntax caught => caught.Identifier.ValueText,
            TypeParameterSyntax type => type.Identifier.ValueText,
            LocalFunctionStatementSyntax local => local.Identifier.ValueText,
            MethodDeclarationSyntax method => method.Identifier.ValueText,
            LabeledStatementSyntax label => label.Identifier.ValueText,
            FromClauseSyntax from => from.Identifier.ValueText,
            LetClauseSyntax let => let.Identifier.ValueText,
            JoinClauseSyntax join => join.Identifier.ValueText,
            JoinIntoClauseSyntax into => into.Identifier.ValueText,
            QueryContinuationSyntax query => query.Identifier.ValueText,
            _ => null,
        }).OfType<string>(),
    ];

    /// <summary>What is assigned to that the function does not bind itself.</summary>
    private static HashSet<string> Stored(SyntaxNode function)
    {
        var bound = Bound(function);
        var targets = function.DescendantNodes().Select(n => n switch
        {
            AssignmentExpressionSyntax { Parent: not InitializerExpressionSyntax } assignment => assignment.Left,
            PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PreIncrementExpression or (int)SyntaxKind.PreDecrementExpression } unary => unary.Operand,
            PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PostIncrementExpression or (int)SyntaxKind.PostDecrementExpression } unary => unary.Operand,
            ArgumentSyntax { RefKindKeyword.RawKind: (int)SyntaxKind.RefKeyword or (int)SyntaxKind.OutKeyword } argument => argument.Expression,
            _ => null,
        }).OfType<ExpressionSyntax>().SelectMany(t => t is TupleExpressionSyntax tuple ? tuple.Arguments.Select(a => a.Expression) : [t]);
        return [.. targets.Where(t => Root(t) is { } root && !bound.Contains(root)).Select(t => t.ToString())];
    }

    private static string? Root(ExpressionSyntax target) => target switch
    {
        IdentifierNameSyntax { Identifier.ValueText: "_" } => null,
        IdentifierNameSyntax name => name.Identifier.ValueText,
        ThisExpressionSyntax or BaseExpressionSyntax => "this",
        MemberAccessExpressionSyntax access => Root(access.Expression),
        ElementAccessExpressionSyntax element => Root(element.Expression),
        ParenthesizedExpressionSyntax inner => Root(inner.Expression),
        PostfixUnaryExpressionSyntax suppressed => Root(suppressed.Operand),
        DeclarationExpressionSyntax => null,
        _ => null,
    };
}
