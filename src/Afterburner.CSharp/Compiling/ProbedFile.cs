using System.Globalization;
using System.Text;
using Afterburner.CSharp.Finding;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Afterburner.CSharp.Compiling;

/// <summary>A file with a function that tells which of its lines run and which ways its branches go. What cannot be told counts as not run.</summary>
internal static class ProbedFile
{
    /// <summary>Where what runs is counted, in the assembly itself.</summary>
    public const string HearerType = "AfterburnerRan";

    /// <summary>Source of the type that hears it.</summary>
    public const string Hearer = """
        #pragma warning disable
        internal static class AfterburnerRan
        {
            internal static readonly long[] L = new long[1 << 17], A = new long[1 << 14], Entered = new long[1 << 14], Decided = new long[1 << 14], Other = new long[1 << 14];
            internal static readonly bool[] Pending = new bool[1 << 14];
            internal static void Line(int n) { L[n]++; }
            internal static bool Arm(int n) { A[n]++; return true; }
            internal static void Before(int n) { Pending[n] = true; }
            internal static void Body(int n) { Pending[n] = false; A[n]++; }
            internal static void After(int n, int none) { if (Pending[n]) A[none]++; Pending[n] = false; }
            internal static bool Bool(int yes, int no, bool value) { A[value ? yes : no]++; return value; }
            internal static bool Enter(int n, int other) { Entered[n]++; Other[n] = other; return true; }
            internal static bool Yes(int n) { Decided[n]++; A[n]++; return true; }
            internal static bool No(int n) { Decided[n]++; A[n]++; return false; }
            internal static T Given<T>(int n, T value) { Entered[n]++; Other[n] = n + 1; return value; }
            internal static T Then<T>(int n, T value) { Decided[n]++; A[n]++; return value; }
            internal static T Null<T>(int met, int missed, T value) { A[value == null ? missed : met]++; return value; }
        }
        """;

    private const string Ran = $"global::{HearerType}";

    /// <param name="model">Of the file as it is.</param>
    public static string Of(string text, SyntaxNode function, SemanticModel model)
    {
        var edits = new List<Edit>();
        void Around(SyntaxNode node, string before, string after)
        {
            edits.Add(new Edit(node.SpanStart, true, node.Span.Length, before));
            edits.Add(new Edit(node.Span.End, false, node.Span.Length, after));
        }

        var arms = RunPoints.Arms(function);
        int Number(SyntaxNode node, ArmPlace place) => arms.First(a => a.Node == node && a.Place == place).Number;
        foreach (var node in RunPoints.Statements(function))
        {
            var line = string.Create(CultureInfo.InvariantCulture, $"{Ran}.Line({node.SyntaxTree.GetLineSpan(node.Span).StartLinePosition.Line + 1}); ");
            if (node is ArrowExpressionClauseSyntax arrow)
                Block(arrow.Expression, arrow.ArrowToken, End(arrow.Parent!), line + Called(arrow.Parent!), IsVoid(arrow, model));
            else if (node.Parent is BlockSyntax or SwitchSectionSyntax or LabeledStatementSyntax or GlobalStatementSyntax)
                Around(node, line, "");
            else
                Around(node, $"{{ {line}", " }");
        }

        string Called(SyntaxNode node) => arms.Any(a => a.Node == node && a.Place == ArmPlace.Called) ? $"{Ran}.Arm({Number(node, ArmPlace.Called)}); " : "";

        void Block(ExpressionSyntax expression, SyntaxToken arrow, SyntaxToken? end, string before, bool isVoid)
        {
            edits.Add(new Edit(arrow.SpanStart, true, int.MaxValue, end is null ? "=> { " + before : "{ " + before) { Length = arrow.Span.Length });
            edits.Add(new Edit(expression.SpanStart, true, expression.Span.Length + 1, expression is ThrowExpressionSyntax || isVoid ? "" : "return "));
            edits.Add(new Edit(end?.SpanStart ?? expression.Span.End, false, expression.Span.Length + 1, "; }") { Length = end?.Span.Length ?? 0 });
        }

        foreach (var group in arms.GroupBy(a => a.Node))
        {
            var (node, first) = (group.Key, group.First().Number);
            switch (node)
            {
                case IfStatementSyntax branch:
                    Begin(branch.Statement, $"{Ran}.Arm({first}); ");
                    if (branch.Else is { } otherwise)
                        Begin(otherwise.Statement, $"{Ran}.Arm({first + 1}); ");
                    else
                        edits.Add(new Edit(branch.Span.End, false, branch.Span.Length, $" else {{ {Ran}.Arm({first + 1}); }}") { Rank = -1 });
                    break;
                case WhileStatementSyntax or ForStatementSyntax or CommonForEachStatementSyntax:
                    Begin(RunPoints.BodyOf(node)!, $"{Ran}.Body({first}); ");
                    // Where it is labelled it is jumped to behind what tells of its begin; and then what it says is left out.
                    edits.Add(new Edit(node.SpanStart, true, node.Span.Length, $"{Ran}.Before({first}); ") { Rank = 1 });
                    edits.Add(new Edit(node.Span.End, false, node.Span.Length, $" {Ran}.After({first}, {first + 1});") { Rank = -1 });
                    break;
                case ConditionalExpressionSyntax choice:
                    Condition(choice.Condition, first, first + 1, keepsTrue: !StartsWithNot(choice.Condition));
                    break;
                case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalAndExpression } both:
                    Condition(both.Left, first, first + 1, keepsTrue: true);
                    break;
                case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalOrExpression } either:
                    Condition(either.Left, first + 1, first, keepsTrue: false);
                    break;
                case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.CoalesceExpression } coalesce:
                    if (coalesce.Right is not ThrowExpressionSyntax && Name(model.GetTypeInfo(coalesce.Left).Type) is { } left && Name(model.GetTypeInfo(coalesce.Right).ConvertedType) is { } right)
                    {
                        Around(coalesce.Left, $"{Ran}.Given<{left}>({first}, ", ")");
                        Around(coalesce.Right, $"{Ran}.Then<{right}>({first}, ", ")");
                    }

                    break;
                case ConditionalAccessExpressionSyntax access:
                    if (Name(model.GetTypeInfo(access.Expression).Type) is { } type && access.Expression is not MemberBindingExpressionSyntax && !access.Expression.DescendantNodesAndSelf().Any(n => n is MemberBindingExpressionSyntax or ElementBindingExpressionSyntax))
                        Around(access.Expression, $"{Ran}.Null<{type}>({first}, {first + 1}, ", ")");
                    break;
                case SwitchSectionSyntax section:
                    edits.Add(new Edit(section.Statements[0].SpanStart, true, int.MaxValue, $"{Ran}.Arm({first}); "));
                    break;
                case SwitchStatementSyntax choice:
                    edits.Add(new Edit(choice.CloseBraceToken.SpanStart, true, 0, $"default: {Ran}.Arm({Number(node, ArmPlace.Unmatched)}); break; "));
                    break;
                case SwitchExpressionArmSyntax arm when arm.WhenClause is { } when:
                    Around(when.Condition, "(", $") && {Ran}.Arm({first})");
                    break;
                case SwitchExpressionArmSyntax arm:
                    edits.Add(new Edit(arm.Pattern.Span.End, false, arm.Pattern.Span.Length, $" when {Ran}.Arm({first})"));
                    break;
                case CatchClauseSyntax caught:
                    Begin(caught.Block, $"{Ran}.Arm({first}); ");
                    break;
                case AnonymousFunctionExpressionSyntax { Block: { } block }:
                    Begin(block, $"{Ran}.Arm({first}); ");
                    break;
                case LambdaExpressionSyntax { ExpressionBody: { } body } lambda:
                    Block(body, lambda.ArrowToken, null, $"{Ran}.Arm({first}); ", model.GetTypeInfo(body).Type?.SpecialType == SpecialType.System_Void);
                    break;
                case LocalFunctionStatementSyntax { Body: { } block }:
                    Begin(block, $"{Ran}.Arm({first}); ");
                    break;
                case ExpressionSyntax outcome when group.Any(a => a.Place == ArmPlace.True) && model.GetTypeInfo(outcome).Type?.SpecialType == SpecialType.System_Boolean:
                    Condition(outcome, first, first + 1, keepsTrue: !StartsWithNot(outcome));
                    break;
            }
        }

        void Begin(StatementSyntax statement, string probe)
        {
            if (statement is BlockSyntax block)
                edits.Add(new Edit(block.OpenBraceToken.Span.End, true, int.MaxValue, $" {probe}"));
            else
                edits.Add(new Edit(statement.SpanStart, true, statement.Span.Length, $"{{ {probe}") { Rank = -2 });
            if (statement is not BlockSyntax)
                edits.Add(new Edit(statement.Span.End, false, statement.Span.Length, " }") { Rank = 2 });
        }

        // What it binds has to be known as before where it is true, or false: nothing stands around it then.
        void Condition(ExpressionSyntax condition, int yes, int no, bool keepsTrue)
        {
            var binds = condition.DescendantNodesAndSelf().Any(n => n is SingleVariableDesignationSyntax or ParenthesizedVariableDesignationSyntax);
            if (!binds)
                Around(condition, $"{Ran}.Bool({yes}, {no}, ", ")");
            else if (keepsTrue)
                Around(condition, $"({Ran}.Enter({yes}, {no}) && (", $") && {Ran}.Yes({yes}))");
            else
                Around(condition, $"(!{Ran}.Enter({no}, {yes}) || (", $") || {Ran}.No({no}))");
        }

        return Applied(text, edits);
    }

    private static bool StartsWithNot(ExpressionSyntax condition) => condition switch
    {
        ParenthesizedExpressionSyntax inner => StartsWithNot(inner.Expression),
        PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression } => true,
        IsPatternExpressionSyntax { Pattern: UnaryPatternSyntax } => true,
        _ => false,
    };

    private static SyntaxToken End(SyntaxNode function) => function is LocalFunctionStatementSyntax local ? local.SemicolonToken : ((BaseMethodDeclarationSyntax)function).SemicolonToken;

    private static bool IsVoid(ArrowExpressionClauseSyntax arrow, SemanticModel model) =>
        arrow.Parent is ConstructorDeclarationSyntax || model.GetTypeInfo(arrow.Expression).Type?.SpecialType == SpecialType.System_Void
        || model.GetDeclaredSymbol(arrow.Parent!) is IMethodSymbol { ReturnsVoid: true } or IMethodSymbol { IsAsync: true, ReturnType: INamedTypeSymbol { IsGenericType: false } };

    /// <summary>A type as it can be written anywhere; null where it cannot.</summary>
    private static string? Name(ITypeSymbol? type) =>
        type is null or IPointerTypeSymbol or IErrorTypeSymbol || type.IsRefLikeType || Holds(type) ? null : type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);

    private static bool Holds(ITypeSymbol type) => type.IsAnonymousType || type is IArrayTypeSymbol array && Holds(array.ElementType) || type is INamedTypeSymbol named && named.TypeArguments.Any(Holds);

    private static string Applied(string text, List<Edit> edits)
    {
        var made = new StringBuilder(text.Length + 64 * edits.Count);
        var at = 0;
        // What ends somewhere stands before what begins there; of what begins, the outer one comes first, of what ends, the inner one.
        foreach (var edit in edits.OrderBy(e => e.At).ThenBy(e => e.Opens).ThenBy(e => e.Opens ? -(long)e.Span : e.Span).ThenBy(e => e.Rank))
        {
            if (edit.At > at)
                made.Append(text, at, edit.At - at);
            made.Append(edit.Text);
            at = Math.Max(at, edit.At + edit.Length);
        }

        return made.Append(text, at, text.Length - at).ToString();
    }

    /// <param name="Opens">Whether it stands before something, and not after it.</param>
    /// <param name="Span">Length of what it stands around.</param>
    private sealed record Edit(int At, bool Opens, int Span, string Text)
    {
        /// <value>Characters that it takes the place of.</value>
        public int Length { get; init; }

        /// <value>Among those around the same.</value>
        public int Rank { get; init; }
    }
}
