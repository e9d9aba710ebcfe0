using System.Text.RegularExpressions;

namespace Afterburner.Languages.Python;

/// <summary>Python text as its words, strings, numbers and symbols, without comments and spaces: what says the same reads the same.</summary>
internal static partial class PythonTokens
{
    private static readonly HashSet<string> Keywords =
    [
        "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else", "except",
        "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try",
        "while", "with", "yield",
    ];

    public static IReadOnlyList<string> Of(string text) => [.. Token().Matches(text).Where(m => !m.Groups["skipped"].Success).Select(m => m.Value)];

    public static bool IsString(string token) => token[^1] is '"' or '\'';

    /// <summary>Whether it may be the name of something.</summary>
    public static bool IsName(string token) => IsWord(token) && !Keywords.Contains(token);

    /// <summary>A name, also where it is written as a string (<c>globals()["name"]</c>); null for all else.</summary>
    public static string? NameIn(string token) =>
        IsName(token) ? token
        : IsString(token) && token.Trim('"', '\'') is var inside && WholeWord().IsMatch(inside) && IsName(inside) ? inside
        : null;

    /// <summary>Every name that occurs, those inside of strings as well: a formatted string holds code.</summary>
    public static IReadOnlySet<string> Names(IEnumerable<string> tokens) =>
        tokens.SelectMany(t => IsString(t) ? Word().Matches(t).Select(m => m.Value) : [t]).Where(IsName).ToHashSet();

    /// <summary>Names that <c>:=</c> binds.</summary>
    public static IEnumerable<string> Walruses(IReadOnlyList<string> tokens) => tokens.Where((t, i) => i + 1 < tokens.Count && tokens[i + 1] == ":=");

    private static bool IsWord(string token) => (char.IsLetter(token[0]) || char.IsSurrogate(token[0]) || token[0] == '_') && !IsString(token);

    /// <summary>Whether Python may know a name by another spelling: it takes a wide, a mathematical and a plain letter for one.</summary>
    public static bool MayBeSpelledOtherwise(string name) => Compatible().IsMatch(name);

    [GeneratedRegex("""
        (?<skipped>\#[^\n]*|\\\r?\n)
        |(?i:[rbuft]{0,2})(?:\"{3}(?:\\.|[^\\])*?\"{3}|'{3}(?:\\.|[^\\])*?'{3}|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')
        |(?:[^\W\d]|\p{Cs})(?:\w|\p{Cs})*|\d[\w.]*|(?:\*\*|//|>>|<<|[-+*/%@&|^<>!:=])?=|\S
        """, RegexOptions.Singleline | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Token();

    [GeneratedRegex(@"^(?:[^\W\d]|\p{Cs})(?:\w|\p{Cs})*$")]
    private static partial Regex WholeWord();

    [GeneratedRegex(@"(?:[^\W\d]|\p{Cs})(?:\w|\p{Cs})*")]
    private static partial Regex Word();

    [GeneratedRegex(@"[\u00AA\u00BA\u0132\u0133\u013F\u0140\u0149\u017F\u01C4-\u01CC\u01F1-\u01F3\u02B0-\u02E4\u1D2C-\u1DBF\u2070-\u218F\u2C7C\u2C7D\uFB00-\uFFEF\p{Cs}]")]
    private static partial Regex Compatible();
}
