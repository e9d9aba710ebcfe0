using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Afterburner.CSharp.Finding;

/// <summary>A function with a body: a method, a constructor, or a local function.</summary>
/// <param name="Name">Qualified by types and functions around it.</param>
/// <param name="Line">1-based, attributes included.</param>
internal sealed record FoundFunction(string Name, int Line, SyntaxNode Node)
{
    private static readonly CSharpParseOptions Options = new(LanguageVersion.Preview);

    /// <summary>Reads a file, by the newest version of the language.</summary>
    public static SyntaxTree Parse(string text) => CSharpSyntaxTree.ParseText(text, Options);

    /// <summary>All of a file, in its order.</summary>
    public static IEnumerable<FoundFunction> In(SyntaxTree tree) =>
        tree.GetRoot().DescendantNodes().Where(n => BodyOf(n) is not null).Select(n => new FoundFunction(
            string.Join('.', n.AncestorsAndSelf().Reverse().Select(NameOf).OfType<string>()), tree.GetLineSpan(n.Span).StartLinePosition.Line + 1, n));

    /// <summary>The one that a name and a line mean; where there is one of the name alone the line may be another.</summary>
    public static FoundFunction? Locate(SyntaxTree tree, string name, int line)
    {
        var all = In(tree).ToList();
        var named = all.FindAll(f => f.Name == name);
        // Who finds functions by another grammar may not know all types around them.
        return named.Find(f => f.Line == line) ?? (named.Count == 1 ? named[0] : all.Find(f => f.Line == line && f.Name.EndsWith($".{name}", StringComparison.Ordinal)));
    }

    /// <summary>A block, or the expression after an arrow; null for what is no function with a body.</summary>
    public static SyntaxNode? BodyOf(SyntaxNode node) => node switch
    {
        MethodDeclarationSyntax method => method.Body ?? (SyntaxNode?)method.ExpressionBody,
        ConstructorDeclarationSyntax constructor => constructor.Body ?? (SyntaxNode?)constructor.ExpressionBody,
        LocalFunctionStatementSyntax local => local.Body ?? (SyntaxNode?)local.ExpressionBody,
        _ => null,
    };

    private static string? NameOf(SyntaxNode node) => node switch
    {
        MethodDeclarationSyntax method => method.Identifier.ValueText,
        ConstructorDeclarationSyntax constructor => constructor.Identifier.ValueText,
        LocalFunctionStatementSyntax local => local.Identifier.ValueText,
        TypeDeclarationSyntax type => type.Identifier.ValueText,
        _ => null,
    };
}
