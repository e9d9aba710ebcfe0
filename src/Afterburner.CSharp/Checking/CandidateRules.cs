using Afterburner.CSharp.Finding;
using Afterburner.CSharp.Speaking;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Afterburner.CSharp.Checking;

/// <summary>
/// Whether a candidate keeps the static rules: it parses, changes the one function only, keeps its header, and names only what the function names already or what is known to be pure.
/// Names are read off the text; what they mean the compiler says, when the tests are built.
/// </summary>
internal static class CandidateRules
{
    /// <summary>Answers <c>check</c>.</summary>
    public static void Run(HarnessInput request)
    {
        using var target = request.Part("target");
        var (path, name, line) = (target.Text("path")!, target.Text("name")!, target.Number("line"));
        HarnessOutput.Write(Checked(path, name, line, request.Text("file")!, request.Text("candidateFile")!));
        HarnessOutput.Done(null);
    }

    private static object Checked(string path, string name, int line, string file, string candidateFile)
    {
        if (FoundFunction.Locate(FoundFunction.Parse(file), name, line) is not { } before)
            return Refused($"There is no function {name} in {path}.");
        var tree = FoundFunction.Parse(candidateFile);
        if (tree.GetDiagnostics().FirstOrDefault(d => d.Severity == DiagnosticSeverity.Error) is { } error && !FoundFunction.Parse(file).GetDiagnostics().Any(d => d.Severity == DiagnosticSeverity.Error))
            return Refused($"The candidate does not parse: line {error.Location.GetLineSpan().StartLinePosition.Line + 1}: {error.GetMessage(System.Globalization.CultureInfo.InvariantCulture)}.");
        if (FoundFunction.Locate(tree, name, line) is not { } after || after.Node.SpanStart != before.Node.SpanStart)
            return Refused($"There is no function {name} in the candidate, where it was.");
        if (!file.AsSpan(0, before.Node.SpanStart).SequenceEqual(candidateFile.AsSpan(0, after.Node.SpanStart)) || !file.AsSpan(before.Node.Span.End).SequenceEqual(candidateFile.AsSpan(after.Node.Span.End)))
            return Refused($"The candidate changes something outside of {name}.");
        if (Kind(before.Node) != Kind(after.Node))
            return Refused($"The candidate is {Kind(after.Node)}, and the original {Kind(before.Node)}: its callers would notice.");
        if (!Same(Parameters(before.Node), Parameters(after.Node)))
            return Refused($"The candidate changes the arguments of {name}.");
        if (!Same(Header(before.Node), Header(after.Node)))
            return Refused($"The candidate changes the header of {name}: its callers would notice.");
        if (UsedNames.Unproven(before.Node, after.Node) is { } reason)
            return Refused(reason);
        var (changed, removed) = ChangedCode.Lines(before.Node, after.Node);
        return new { type = "checked", ok = true, reason = (string?)null, changedLines = changed, removedLines = removed };
    }

    private static object Refused(string reason) => new { type = "checked", ok = false, reason };

    private static bool Same(IEnumerable<SyntaxToken> a, IEnumerable<SyntaxToken> b) => a.Select(t => t.Text).SequenceEqual(b.Select(t => t.Text));

    private static IEnumerable<SyntaxToken> Parameters(SyntaxNode node) => (node switch
    {
        BaseMethodDeclarationSyntax method => method.ParameterList,
        LocalFunctionStatementSyntax local => (SyntaxNode)local.ParameterList,
        _ => node,
    }).DescendantTokens();

    /// <summary>All before the body; of a constructor that calls another one also that call.</summary>
    private static IEnumerable<SyntaxToken> Header(SyntaxNode node) => node.DescendantTokens().TakeWhile(t => t.SpanStart < FoundFunction.BodyOf(node)!.SpanStart);

    private static string Kind(SyntaxNode node)
    {
        var modifiers = (node switch { MemberDeclarationSyntax member => member.Modifiers, LocalFunctionStatementSyntax local => local.Modifiers, _ => default })
            .Where(m => m.IsKind(SyntaxKind.StaticKeyword) || m.IsKind(SyntaxKind.AsyncKeyword) || m.IsKind(SyntaxKind.UnsafeKeyword)).Select(m => m.Text);
        var yields = FoundFunction.BodyOf(node)!.DescendantNodes(n => n is not (LocalFunctionStatementSyntax or AnonymousFunctionExpressionSyntax)).Any(n => n is YieldStatementSyntax);
        var what = node switch { MethodDeclarationSyntax => "method", ConstructorDeclarationSyntax => "constructor", _ => "local function" };
        var words = string.Join(' ', [.. modifiers, .. yields ? (string[])["iterating"] : [], what]);
        return $"{("aeiou".Contains(words[0], StringComparison.Ordinal) ? "an" : "a")} {words}";
    }
}
