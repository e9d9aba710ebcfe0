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
        if (request.Has("head"))
        {
            using var head = request.Part("head");
            HarnessOutput.Write(Between(target, request.Text("file") ?? "", head, request.Text("candidateFile")!));
        }
        else
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
        var (changed, removed) = ChangedCode.Parts(before.Node, after.Node);
        return Accepted(changed, removed, parameters: false);
    }

    /// <summary>What differs between a function and its counterpart in another version, by no rule.</summary>
    private static object Between(HarnessInput target, string file, HarnessInput head, string headFile)
    {
        if (FoundFunction.Locate(FoundFunction.Parse(headFile), head.Text("name")!, head.Number("line")) is not { } after)
            return Refused($"There is no function {head.Text("name")} in {head.Text("path")}.");
        if (file.Length == 0)
            return Accepted(ChangedCode.Whole(after.Node), ChangedPart.None, parameters: false);
        if (FoundFunction.Locate(FoundFunction.Parse(file), target.Text("name")!, target.Number("line")) is not { } before)
            return Refused($"There is no function {target.Text("name")} in {target.Text("path")}.");
        var (changed, removed) = ChangedCode.Parts(before.Node, after.Node);
        return Accepted(changed, removed, !Same(Parameters(before.Node), Parameters(after.Node)));
    }

    private static object Accepted(ChangedPart changed, ChangedPart removed, bool parameters)
    {
        static IEnumerable<object> Arms(ChangedPart part) => part.Arms.Select(a => new { number = a.Number, unrun = a.Unrun });
        return new
        {
            type = "checked", ok = true, reason = (string?)null, changedLines = changed.Lines, removedLines = removed.Lines, changedArms = Arms(changed), removedArms = Arms(removed), parameters,
        };
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
