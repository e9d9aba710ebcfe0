using System.Text;
using System.Text.RegularExpressions;
using Afterburner.Functions;

namespace Afterburner.GitHub;

/// <summary>
/// What is compared of a file before and after an edit, whatever its language: what does not parse, how far the head of
/// each function reaches, and names that a reader could take for others.
/// </summary>
internal sealed partial class FileSyntax(byte[] bytes, IReadOnlyList<AstGrepMatch> matches)
{
    private const string Header = "header", Word = "word", Error = "error";

    private const string ScriptFunctions = "function_declaration generator_function_declaration method_definition arrow_function function_expression generator_function";
    private const string ScriptNames = "identifier property_identifier shorthand_property_identifier shorthand_property_identifier_pattern private_property_identifier statement_identifier";

    /// <summary>Places that do not parse.</summary>
    public int Errors => matches.Count(m => m.Rule == Error);

    /// <summary>
    /// Everything of a function before its body, decorators included: what a language runs or promises when the function is
    /// defined. Null where it cannot be told.
    /// </summary>
    public string? HeaderOf(Function function)
    {
        var definition = matches.Where(m => m.Rule == Header && m.StartByte >= function.StartByte && m.StartByte < function.EndByte && m.EndByte >= function.EndByte)
            .MinBy(m => m.StartByte);
        if (definition is null)
            return null;
        var end = definition.Variables["BODY"].StartByte;
        // In Python comments stand between the colon and the body.
        if (definition.Variables.TryGetValue("LAST", out var last)
            && bytes.AsSpan(last.EndByte..end).IndexOf((byte)':') is var colon and >= 0
            && bytes.AsSpan(last.EndByte, colon).Trim(" \t\r\n\\"u8).IsEmpty)
            end = last.EndByte + colon;
        return Encoding.UTF8.GetString(bytes.AsSpan(function.StartByte..end)).TrimEnd();
    }

    /// <summary>The names inside a function that are not plain ASCII: letters of other scripts, compatibility forms, escapes.</summary>
    public HashSet<string> UnusualNames(Function function) =>
        [.. matches.Where(m => m.Rule == Word && m.StartByte >= function.StartByte && m.EndByte <= function.EndByte).Select(m => m.Text)];

    /// <summary>
    /// Whether two heads are the same but for white space. Where there are texts or comments, in which white space matters or
    /// hides something, every character counts.
    /// </summary>
    public static bool AreSame(string a, string b) =>
        a == b || (IsPlain(a) && IsPlain(b) && Spaced(a) == Spaced(b));

    /// <summary>Rules for ast-grep that find all this.</summary>
    public static string Rules(Language language) => language switch
    {
        Language.Python => Rules("python", "function_definition", "identifier",
            ", any: [ { has: { field: return_type, pattern: $LAST } }, { has: { field: parameters, pattern: $LAST } } ]"),
        Language.JavaScript => Rules("javascript", ScriptFunctions, ScriptNames),
        Language.TypeScript => Rules("typescript", ScriptFunctions, ScriptNames + " type_identifier"),
        Language.Tsx => Rules("tsx", ScriptFunctions, ScriptNames + " type_identifier"),
        Language.CSharp => Rules("csharp", "method_declaration constructor_declaration local_function_statement", "identifier"),
        Language.Go => Rules("go", "function_declaration method_declaration", "identifier field_identifier type_identifier package_identifier label_name"),
        Language.Rust => Rules("rust", "function_item", "identifier field_identifier type_identifier shorthand_field_identifier"),
        Language.Java => Rules("java", "method_declaration constructor_declaration compact_constructor_declaration", "identifier type_identifier"),
        Language.Cpp => Rules("cpp", "function_definition", "identifier field_identifier type_identifier namespace_identifier statement_identifier"),
    };

    private static string Rules(string language, string functions, string names, string more = "") => $$"""
        id: {{Error}}
        language: {{language}}
        severity: info
        rule: { kind: ERROR }
        ---
        id: {{Header}}
        language: {{language}}
        severity: info
        rule: { all: [ { any: [ {{Kinds(functions)}} ] }, { has: { field: body, pattern: $BODY } } ]{{more}} }
        ---
        id: {{Word}}
        language: {{language}}
        severity: info
        rule: { any: [ {{Kinds(names)}} ], regex: '[^\x00-\x7F]|\\' }
        """;

    private static string Kinds(string names) => string.Join(", ", names.Split(' ').Select(n => $"{{ kind: {n} }}"));

    private static bool IsPlain(string header) =>
        header.AsSpan().IndexOfAny("'\"`\\#") < 0 && !header.Contains("//", StringComparison.Ordinal) && !header.Contains("/*", StringComparison.Ordinal);

    private static string Spaced(string header) => AroundPunctuation().Replace(Spaces().Replace(header, " "), "$1");

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex(@" ?([()\[\]{},:;=]) ?")]
    private static partial Regex AroundPunctuation();
}
