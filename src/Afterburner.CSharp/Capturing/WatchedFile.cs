using System.Globalization;
using System.Text;
using Afterburner.CSharp.Finding;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Afterburner.CSharp.Capturing;

/// <summary>A function that is asked for.</summary>
/// <param name="Number">Among all that are watched.</param>
internal sealed record WatchTarget(int Number, string Path, string Name, int Line)
{
    /// <value>As the engine names it.</value>
    public string Id => string.Create(CultureInfo.InvariantCulture, $"{Path}::{Name}@{Line}");
}

/// <summary>What is heard of calls.</summary>
internal enum WatchKind
{
    /// <summary>That they are made.</summary>
    Counted,

    /// <summary>How long they take, too.</summary>
    Timed,

    /// <summary>What they are made with.</summary>
    Stored,
}

/// <summary>
/// A file whose functions tell of their calls, and whose tests tell that they begin. No line moves: what the compiler says of a line is about the function there.
/// </summary>
/// <param name="Text">Rewritten.</param>
/// <param name="Problems">Why functions cannot be watched, by their ids.</param>
/// <param name="Functions">What is watched; for a test without a target.</param>
internal sealed record WatchedFile(string Text, IReadOnlyDictionary<string, string> Problems, IReadOnlyList<WatchedFunction> Functions)
{
    /// <summary>The namespace of what is compiled into assemblies of the repository.</summary>
    public const string Inside = "AfterburnerCapture";

    private const string Recorder = $"global::{Inside}.CallRecorder";

    /// <param name="tests">Null where no tests are told of.</param>
    /// <param name="without">First lines of functions that are left as they are.</param>
    public static WatchedFile Of(string text, IReadOnlyList<WatchTarget> targets, TestAttributes? tests, WatchKind kind, IReadOnlySet<int> without)
    {
        var tree = FoundFunction.Parse(text);
        var problems = new Dictionary<string, string>(StringComparer.Ordinal);
        var functions = new List<WatchedFunction>();
        var edits = new List<(int Start, int Length, string Text)>();
        foreach (var target in targets)
        {
            if (FoundFunction.Locate(tree, target.Name, target.Line) is not { } found)
                problems[target.Id] = "it cannot be found in its file";
            else if (Unwatchable(found.Node) is { } reason)
                problems[target.Id] = reason;
            else if (!without.Contains(found.Line))
            {
                var (before, after) = Told(found.Node, target.Number, kind);
                Around(edits, found.Node, before, after);
                functions.Add(WatchedFunction.Of(found, target));
            }
        }

        foreach (var method in tests is null ? [] : tree.GetRoot().DescendantNodes().OfType<MethodDeclarationSyntax>().Where(m => FoundFunction.BodyOf(m) is not null && tests.Mark(m)))
        {
            var found = new FoundFunction(method.Identifier.ValueText, tree.GetLineSpan(method.Span).StartLinePosition.Line + 1, method);
            if (without.Contains(found.Line) || Yields(method) || functions.Exists(f => f.First == found.Line))
                continue;
            var type = IsStatic(method) ? $"typeof({TypeOf((TypeDeclarationSyntax)method.Parent!)})" : "this.GetType()";
            Around(edits, method, $"using ({Recorder}.Test({type}, \"{method.Identifier.ValueText}\")) {{ ", " }");
            functions.Add(WatchedFunction.Of(found, null));
        }

        return new WatchedFile(Applied(text, edits), problems, functions);
    }

    /// <summary>Names of a function's parameters, in order.</summary>
    public static IReadOnlyList<string> ParametersOf(SyntaxNode node) => [.. ((BaseMethodDeclarationSyntax)node).ParameterList.Parameters.Select(p => p.Identifier.ValueText)];

    /// <summary>Why calls of a function cannot be made again elsewhere, as far as its text tells.</summary>
    private static string? Unwatchable(SyntaxNode node)
    {
        if (node is LocalFunctionStatementSyntax)
            return "it is a local function: it has variables of the function around it, and cannot be called from elsewhere";
        var method = (BaseMethodDeclarationSyntax)node;
        if (node is ConstructorDeclarationSyntax && IsStatic(method))
            return "it is a static constructor, which runs once";
        if (method.Parent is not TypeDeclarationSyntax type || type.GetType().Name.StartsWith("Extension", StringComparison.Ordinal))
            return "it stands in an extension block, which is not known yet";
        if (!IsStatic(method) && type.Modifiers.Any(SyntaxKind.RefKeyword))
            return $"it belongs to {type.Identifier.ValueText}, which is a ref struct: it lives on the stack alone, and cannot be stored";
        if (method.ParameterList.Parameters.FirstOrDefault(p => p.Type is PointerTypeSyntax or FunctionPointerTypeSyntax) is { } pointer)
            return $"it takes a pointer ({pointer.Identifier.ValueText}), which means nothing in another process";
        if (method.ParameterList.Parameters.FirstOrDefault(p => NameOf(p.Type) is "Span" or "ReadOnlySpan") is { } span)
            return $"it takes a {NameOf(span.Type)} ({span.Identifier.ValueText}): it lives on the stack alone, and cannot be stored";
        if (method.ParameterList.Parameters.Any(p => p.Type is null))
            return "it takes arguments without a type (__arglist)";
        return method.AncestorsAndSelf().SelectMany(n => n.ChildNodes().OfType<TypeParameterConstraintClauseSyntax>()).SelectMany(c => c.Constraints).Any(c => c.Kind().ToString().StartsWith("Allows", StringComparison.Ordinal))
            ? "it may be called with types whose values live on the stack alone, and cannot be stored" : null;
    }

    /// <summary>What the compiler's word on a watched function means for its calls.</summary>
    public static string Cause(string code, string message) => code switch
    {
        "CS0029" or "CS0030" or "CS1503" or "CS0306" or "CS9244" or "CS0611" => $"it takes a value that lives on the stack alone, or no value at all, and cannot be stored: {message}",
        _ => $"its calls cannot be watched: the compiler says {code}: {message}",
    };

    private static string? NameOf(TypeSyntax? type) => type switch
    {
        SimpleNameSyntax name => name.Identifier.ValueText,
        QualifiedNameSyntax name => name.Right.Identifier.ValueText,
        AliasQualifiedNameSyntax name => name.Name.Identifier.ValueText,
        NullableTypeSyntax nullable => NameOf(nullable.ElementType),
        _ => null,
    };

    private static bool IsStatic(MemberDeclarationSyntax member) => member.Modifiers.Any(SyntaxKind.StaticKeyword);

    private static bool Yields(SyntaxNode node) =>
        FoundFunction.BodyOf(node)!.DescendantNodesAndSelf(n => n is not (LocalFunctionStatementSyntax or AnonymousFunctionExpressionSyntax)).Any(n => n is YieldStatementSyntax);

    private static string TypeOf(TypeDeclarationSyntax type) => type.Identifier.Text + type.TypeParameterList;

    private static (string Before, string After) Told(SyntaxNode node, int number, WatchKind kind)
    {
        var method = (BaseMethodDeclarationSyntax)node;
        var types = method.AncestorsAndSelf().Reverse().Select(n => n switch
        {
            TypeDeclarationSyntax type => type.TypeParameterList,
            MethodDeclarationSyntax generic => generic.TypeParameterList,
            _ => null,
        }).SelectMany(l => l?.Parameters ?? []).Select(p => $"typeof({p.Identifier.Text})");
        var self = method is ConstructorDeclarationSyntax || IsStatic(method) ? "null" : "(object)this";
        var values = method.ParameterList.Parameters.Select(p => p.Modifiers.Any(SyntaxKind.OutKeyword) ? "null" : $"(object){p.Identifier.Text}");
        var name = string.Create(CultureInfo.InvariantCulture, $"__afterburner{number}");
        var enter = string.Create(CultureInfo.InvariantCulture, $"var {name} = {Recorder}.Enter({number}); ")
            + $"if ({name} != null && {name}.Asks) {Recorder}.Tell({name}, new global::System.Type[] {{ {string.Join(", ", types)} }}, {self}, new object[] {{ {string.Join(", ", values)} }}); ";
        // What goes on after the call has returned has no end here.
        var isLater = method.Modifiers.Any(SyntaxKind.AsyncKeyword) || Yields(method);
        return kind == WatchKind.Stored ? (enter, "")
            : kind == WatchKind.Counted || isLater ? ($"{enter}{Recorder}.Begun({name}); ", "")
            : ($"{enter}try {{ ", $" }} catch (global::System.Exception) when ({Recorder}.Raised({name})) {{ throw; }} finally {{ {Recorder}.Leave({name}); }}");
    }

    private static void Around(List<(int Start, int Length, string Text)> edits, SyntaxNode node, string before, string after)
    {
        if (FoundFunction.BodyOf(node) is BlockSyntax block)
        {
            edits.Add((block.OpenBraceToken.Span.End, 0, $" {before}"));
            edits.Add((block.CloseBraceToken.SpanStart, 0, $"{after} "));
            return;
        }

        var arrow = ((BaseMethodDeclarationSyntax)node).ExpressionBody!;
        var semicolon = ((BaseMethodDeclarationSyntax)node).SemicolonToken;
        // A statement throws, and needs to return nothing.
        var returns = arrow.Expression is ThrowExpressionSyntax || IsVoid(node) ? "" : "return ";
        edits.Add((arrow.ArrowToken.SpanStart, arrow.ArrowToken.Span.Length, $"{{ {before}{returns}"));
        edits.Add((semicolon.SpanStart, semicolon.Span.Length, $";{after} }}"));
    }

    private static bool IsVoid(SyntaxNode node) => node is not MethodDeclarationSyntax method
        || method.ReturnType is PredefinedTypeSyntax { Keyword.RawKind: (int)SyntaxKind.VoidKeyword }
        || method.Modifiers.Any(SyntaxKind.AsyncKeyword) && (method.ReturnType is QualifiedNameSyntax qualified ? qualified.Right : method.ReturnType) is IdentifierNameSyntax;

    private static string Applied(string text, List<(int Start, int Length, string Text)> edits)
    {
        var made = new StringBuilder(text.Length + 64 * edits.Count);
        var at = 0;
        foreach (var (start, length, replacement) in edits.OrderBy(e => e.Start))
        {
            made.Append(text, at, start - at).Append(replacement);
            at = start + length;
        }

        return made.Append(text, at, text.Length - at).ToString();
    }
}

/// <summary>A function in a file, and where it stands.</summary>
/// <param name="Target">Null for a test.</param>
/// <param name="First">1-based, attributes included.</param>
internal sealed record WatchedFunction(WatchTarget? Target, int First, int Last, IReadOnlyList<string> Parameters)
{
    public static WatchedFunction Of(FoundFunction found, WatchTarget? target) =>
        new(target, found.Line, found.Node.SyntaxTree.GetLineSpan(found.Node.Span).EndLinePosition.Line + 1, WatchedFile.ParametersOf(found.Node));
}
