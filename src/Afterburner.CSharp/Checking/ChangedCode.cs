using Afterburner.CSharp.Compiling;
using Afterburner.CSharp.Finding;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Afterburner.CSharp.Checking;

/// <summary>What of a version differs from the other one, or comes after it.</summary>
/// <param name="Lines">First lines of statements.</param>
/// <param name="Arms">Ways of branches.</param>
internal sealed record ChangedPart(IReadOnlyList<int> Lines, IReadOnlyList<RunArm> Arms)
{
    public static readonly ChangedPart None = new([], []);
}

/// <summary>Which statements and which ways of branches differ between two versions of a function.</summary>
internal static class ChangedCode
{
    /// <summary>
    /// Of each the lines and arms that hold something of a change, and all after it: a change is all between the first and the last word that differ, and what follows may use what it left.
    /// </summary>
    public static (ChangedPart Changed, ChangedPart Removed) Parts(SyntaxNode before, SyntaxNode after)
    {
        var (ours, theirs) = (before.DescendantTokens().ToList(), after.DescendantTokens().ToList());
        var first = 0;
        while (first < ours.Count && first < theirs.Count && ours[first].Text == theirs[first].Text)
            first++;
        if (first == ours.Count && first == theirs.Count)
            return (ChangedPart.None, ChangedPart.None);
        var last = 0;
        while (last < Math.Min(ours.Count, theirs.Count) - first && ours[^(last + 1)].Text == theirs[^(last + 1)].Text)
            last++;
        return (From(after, theirs, first, last), From(before, ours, first, last));
    }

    /// <summary>All of a function.</summary>
    public static ChangedPart Whole(SyntaxNode node) => new([.. Lines(node, RunPoints.Statements(node))], RunPoints.Arms(node));

    private static ChangedPart From(SyntaxNode node, List<SyntaxToken> tokens, int first, int last)
    {
        var from = first < tokens.Count ? tokens[first].SpanStart : node.Span.End;
        var to = tokens.Count - last > first ? tokens[tokens.Count - last - 1].Span.End : from;
        // In a loop, or in a function inside, what stands before a change comes after it, too.
        var body = FoundFunction.BodyOf(node)!;
        var around = body.DescendantNodesAndSelf().Where(n => n.Span.Start <= from && from <= n.Span.End)
            .FirstOrDefault(n => n is ForStatementSyntax or CommonForEachStatementSyntax or WhileStatementSyntax or DoStatementSyntax or LocalFunctionStatementSyntax or AnonymousFunctionExpressionSyntax);
        var start = around is null ? from : Math.Min(from, around.SpanStart);
        var change = TextSpan.FromBounds(from, to);
        var arms = RunPoints.Arms(node);
        // Where all of a change stands behind one way of a branch, the others are as they were.
        var ways = arms.Where(a => a.Inside?.Contains(change) == true && !change.IsEmpty).ToLookup(a => a.Node);
        return new ChangedPart(
            [.. Lines(node, RunPoints.Statements(node).Where(n => n.Span.End > start))],
            [.. arms.Where(a => a.Node.Span.End > start && (!ways.Contains(a.Node) || ways[a.Node].Contains(a)))]);
    }

    private static IEnumerable<int> Lines(SyntaxNode node, IEnumerable<SyntaxNode> statements) => statements.Select(n => node.SyntaxTree.GetLineSpan(n.Span).StartLinePosition.Line + 1).Distinct().Order();
}
