using Afterburner.CSharp.Finding;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Afterburner.CSharp.Checking;

/// <summary>Which statements differ between two versions of a function.</summary>
internal static class ChangedCode
{
    /// <summary>
    /// First lines of statements that hold something of a change, and of all after it: a change is all between the first and the last word that differ, and what follows may use what it left.
    /// </summary>
    public static (IReadOnlyList<int> Changed, IReadOnlyList<int> Removed) Lines(SyntaxNode before, SyntaxNode after)
    {
        var (ours, theirs) = (before.DescendantTokens().ToList(), after.DescendantTokens().ToList());
        var first = 0;
        while (first < ours.Count && first < theirs.Count && ours[first].Text == theirs[first].Text)
            first++;
        return first == ours.Count && first == theirs.Count ? ([], []) : (From(after, theirs, first), From(before, ours, first));
    }

    private static List<int> From(SyntaxNode node, List<SyntaxToken> tokens, int first)
    {
        var from = first < tokens.Count ? tokens[first].SpanStart : node.Span.End;
        // In a loop, or in a function inside, what stands before a change comes after it, too.
        var body = FoundFunction.BodyOf(node)!;
        var around = body.DescendantNodesAndSelf().Where(n => n.Span.Start <= from && from <= n.Span.End)
            .FirstOrDefault(n => n is ForStatementSyntax or CommonForEachStatementSyntax or WhileStatementSyntax or DoStatementSyntax or LocalFunctionStatementSyntax or AnonymousFunctionExpressionSyntax);
        var start = around is null ? from : Math.Min(from, around.SpanStart);
        var statements = body.DescendantNodesAndSelf().Where(n => n is StatementSyntax and not (BlockSyntax or LocalFunctionStatementSyntax or EmptyStatementSyntax) or ArrowExpressionClauseSyntax).Where(n => n.Span.End > start);
        return [.. statements.Select(n => node.SyntaxTree.GetLineSpan(n.Span).StartLinePosition.Line + 1).Distinct().Order()];
    }
}
