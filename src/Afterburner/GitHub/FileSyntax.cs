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
        // Where comments may stand between the colon and the body.
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

    /// <summary>The same before a place in the file, in bytes.</summary>
    public HashSet<string> UnusualNamesUpTo(int end) => [.. matches.Where(m => m.Rule == Word && m.EndByte <= end).Select(m => m.Text)];

    /// <summary>Rules for ast-grep that find all this.</summary>
    public static string Rules(Language language) => $$"""
        id: {{Error}}
        language: {{language.Id}}
        severity: info
        rule: { kind: ERROR }
        ---
        id: {{Header}}
        language: {{language.Id}}
        severity: info
        rule: { all: [ { any: [ {{Kinds(language.Syntax.Functions)}} ] }, { has: { field: body, pattern: $BODY } } ]{{More(language.Syntax.Header)}} }
        ---
        id: {{Word}}
        language: {{language.Id}}
        severity: info
        rule: { any: [ {{Kinds(language.Syntax.Names)}} ], regex: '[^\x00-\x7F]|\\' }
        """;

    private static string More(string header) => header.Length == 0 ? "" : $", {header}";

    private static string Kinds(string names) => string.Join(", ", names.Split(' ').Select(n => $"{{ kind: {n} }}"));

    private static bool IsPlain(string header) =>
        header.AsSpan().IndexOfAny("'\"`\\#") < 0 && !header.Contains("//", StringComparison.Ordinal) && !header.Contains("/*", StringComparison.Ordinal);

    private static string Spaced(string header) => AroundPunctuation().Replace(Spaces().Replace(header, " "), "$1");

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex(@" ?([()\[\]{},:;=]) ?")]
    private static partial Regex AroundPunctuation();
}
