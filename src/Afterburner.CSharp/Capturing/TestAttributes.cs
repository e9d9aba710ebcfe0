using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Afterburner.CSharp.Capturing;

/// <summary>The attributes that make a method a test: those of xUnit, NUnit and MSTest, and what is derived from them here.</summary>
internal sealed class TestAttributes
{
    private const string Suffix = "Attribute";

    private readonly HashSet<string> _names = new(StringComparer.Ordinal)
    {
        "Fact", "Theory", "Test", "TestCase", "TestCaseSource", "TestMethod", "DataTestMethod", "STATestMethod", "UITestMethod", "Combinatorial", "Pairwise", "Sequential", "Repeat", "RetryFact", "RetryTheory",
        "SkippableFact", "SkippableTheory", "StaFact", "StaTheory", "WpfFact", "UIFact", "UITheory", "ConditionalFact", "ConditionalTheory",
    };

    /// <param name="trees">All code of the repository.</param>
    public TestAttributes(IReadOnlyList<SyntaxTree> trees)
    {
        var derived = trees.SelectMany(t => t.GetRoot().DescendantNodes(n => n is not BlockSyntax).OfType<ClassDeclarationSyntax>()).Where(c => c.BaseList is not null)
            .Select(c => (Name: Short(c.Identifier.ValueText), Bases: c.BaseList!.Types.Select(b => NameOf(b.Type)).ToList())).ToList();
        while (derived.Where(d => d.Bases.Exists(_names.Contains) && _names.Add(d.Name)).Any())
        {
        }
    }

    /// <summary>Whether a file may hold tests at all, by its text.</summary>
    public bool MayStandIn(string text) => _names.Any(n => text.Contains(n, StringComparison.Ordinal));

    public bool Mark(MethodDeclarationSyntax method) => method.AttributeLists.SelectMany(l => l.Attributes).Any(a => _names.Contains(NameOf(a.Name)));

    private static string NameOf(SyntaxNode name) => name switch
    {
        QualifiedNameSyntax qualified => NameOf(qualified.Right),
        AliasQualifiedNameSyntax alias => NameOf(alias.Name),
        SimpleNameSyntax simple => Short(simple.Identifier.ValueText),
        _ => "",
    };

    private static string Short(string name) => name.EndsWith(Suffix, StringComparison.Ordinal) ? name[..^Suffix.Length] : name;
}
