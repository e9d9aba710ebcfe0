using Afterburner.CSharp.Finding;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Afterburner.CSharp.Compiling;

/// <summary>A way that a branch of a function may go.</summary>
/// <param name="Number">From 0. Here they are counted for what a candidate changes and for what runs: both have to find the same.</param>
/// <param name="Place">Which of the ways of its node.</param>
/// <param name="Unrun">For a person: that it never ran.</param>
/// <param name="Inside">The text that it alone leads to; null where that is none.</param>
internal sealed record RunArm(int Number, SyntaxNode Node, ArmPlace Place, string Unrun, TextSpan? Inside);

internal enum ArmPlace
{
    True, False, Body, None, Right, Left, Section, Unmatched, Choice, Caught, Called, Met, Missed, Untold,
}

/// <summary>What of a function can run, by its text alone.</summary>
internal static class RunPoints
{
    private const int Longest = 60;

    /// <summary>Statements, each of which counts by the line that it begins in; and bodies after an arrow.</summary>
    public static IEnumerable<SyntaxNode> Statements(SyntaxNode function) => FoundFunction.BodyOf(function)!.DescendantNodesAndSelf()
        .Where(n => n is StatementSyntax and not (BlockSyntax or LocalFunctionStatementSyntax or EmptyStatementSyntax or LabeledStatementSyntax) || n is ArrowExpressionClauseSyntax { Parent: BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax });

    /// <summary>Its branches.</summary>
    public static IReadOnlyList<RunArm> Arms(SyntaxNode function)
    {
        var arms = new List<RunArm>();
        void Add(SyntaxNode node, ArmPlace place, string unrun, TextSpan? inside = null) => arms.Add(new RunArm(arms.Count, node, place, unrun, inside));
        foreach (var node in FoundFunction.BodyOf(function)!.DescendantNodesAndSelf())
        {
            switch (node)
            {
                case IfStatementSyntax branch:
                    Add(node, ArmPlace.True, $"`{Shown(branch.Condition)}` was never true", branch.Statement.Span);
                    Add(node, ArmPlace.False, $"`{Shown(branch.Condition)}` was never false", branch.Else?.Statement.Span);
                    break;
                case ConditionalExpressionSyntax choice:
                    Add(node, ArmPlace.True, $"`{Shown(choice.Condition)}` was never true", choice.WhenTrue.Span);
                    Add(node, ArmPlace.False, $"`{Shown(choice.Condition)}` was never false", choice.WhenFalse.Span);
                    break;
                case WhileStatementSyntax or ForStatementSyntax or CommonForEachStatementSyntax:
                    var head = node switch { WhileStatementSyntax loop => loop.Condition, ForStatementSyntax loop => loop.Condition, CommonForEachStatementSyntax loop => loop.Expression, _ => null };
                    if (head is null or LiteralExpressionSyntax)
                        break;
                    Add(node, ArmPlace.Body, $"the loop of `{Shown(head)}` never ran", BodyOf(node)!.Span);
                    Add(node, ArmPlace.None, $"the loop of `{Shown(head)}` was never passed by");
                    break;
                case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalAndExpression or (int)SyntaxKind.LogicalOrExpression or (int)SyntaxKind.CoalesceExpression } logical:
                    Add(node, ArmPlace.Right, $"`{Shown(logical.Right)}` after `{logical.OperatorToken.Text}` never ran", logical.Right.Span);
                    Add(node, ArmPlace.Left, $"`{Shown(logical.Left)}` never decided `{Shown(logical)}`");
                    break;
                case AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.CoalesceAssignmentExpression }:
                    Add(node, ArmPlace.Untold, $"whether `{Shown(node)}` assigns cannot be told");
                    break;
                case ConditionalAccessExpressionSyntax access:
                    Add(node, ArmPlace.Met, $"`{Shown(access.Expression)}` was always null", access.WhenNotNull.Span);
                    Add(node, ArmPlace.Missed, $"`{Shown(access.Expression)}` was never null");
                    break;
                case SwitchStatementSyntax choice:
                    foreach (var section in choice.Sections)
                        Add(section, ArmPlace.Section, $"`{Shown(section.Labels[0])}` never ran", section.Span);
                    if (!choice.Sections.Any(s => s.Labels.Any(l => l is DefaultSwitchLabelSyntax)))
                        Add(node, ArmPlace.Unmatched, $"no case of `{Shown(choice.Expression)}` was ever left out");
                    break;
                case SwitchExpressionArmSyntax arm:
                    Add(node, ArmPlace.Choice, $"`{Shown(arm)}` never ran", arm.Expression.Span);
                    break;
                case CatchClauseSyntax caught:
                    Add(node, ArmPlace.Caught, "a `catch` was never entered", caught.Block.Span);
                    break;
                case AnonymousFunctionExpressionSyntax:
                    Add(node, ArmPlace.Called, $"the function `{Shown(node)}` was never called", node.Span);
                    break;
                case LocalFunctionStatementSyntax local when FoundFunction.BodyOf(local) is not null:
                    Add(node, ArmPlace.Called, $"the function `{local.Identifier.ValueText}` was never called", node.Span);
                    break;
            }

            if (IsOutcome(node))
            {
                Add(node, ArmPlace.True, $"`{Shown(node)}` was never true");
                Add(node, ArmPlace.False, $"`{Shown(node)}` was never false");
            }
        }

        return arms;
    }

    /// <summary>The statement that a loop repeats.</summary>
    public static StatementSyntax? BodyOf(SyntaxNode loop) => loop switch
    {
        WhileStatementSyntax each => each.Statement,
        ForStatementSyntax each => each.Statement,
        CommonForEachStatementSyntax each => each.Statement,
        DoStatementSyntax each => each.Statement,
        _ => null,
    };

    /// <summary>Whether an expression is true or false and nothing else tells which.</summary>
    private static bool IsOutcome(SyntaxNode node)
    {
        if (node is not (BinaryExpressionSyntax
            {
                RawKind: (int)SyntaxKind.EqualsExpression or (int)SyntaxKind.NotEqualsExpression or (int)SyntaxKind.LessThanExpression or (int)SyntaxKind.LessThanOrEqualExpression
            or (int)SyntaxKind.GreaterThanExpression or (int)SyntaxKind.GreaterThanOrEqualExpression or (int)SyntaxKind.IsExpression
            } or IsPatternExpressionSyntax))
            return false;
        var (inner, outer) = (node, node.Parent);
        while (outer is ParenthesizedExpressionSyntax or PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression })
            (inner, outer) = (outer, outer.Parent);
        return outer switch
        {
            IfStatementSyntax or WhileStatementSyntax or ForStatementSyntax => false,
            ConditionalExpressionSyntax choice => choice.Condition != inner,
            BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalAndExpression or (int)SyntaxKind.LogicalOrExpression } logical => logical.Left != inner,
            _ => true,
        };
    }

    private static string Shown(SyntaxNode node)
    {
        var words = string.Join(' ', node.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return words.Length > Longest ? $"{words[..(Longest - 3)]}..." : words;
    }
}
