using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Afterburner.Suggestions;

namespace Afterburner.GitHub;

/// <summary>
/// What a posted suggestion is recognised by later: written as a hidden first line of its comment. None depends on line
/// numbers or on measured figures.
/// </summary>
/// <param name="Function">Path and name: what <c>/afterburner ignore</c> is about.</param>
/// <param name="Source">The function as it was when it was reviewed: while it is the same, nothing is posted about it again.</param>
/// <param name="Edit">What is replaced and by what: a dismissed edit stays dismissed when something else in the function changes.</param>
public sealed partial record SuggestionKeys(string Function, string Source, string Edit)
{
    private const int LongestBy = 100;

    /// <value>Who suggested it: a recipe by its id, else the proposer; empty where it is not told. Letters, digits and some signs. Defaults to empty.</value>
    public string By { get; init; } = "";

    public string Marker => $"<!-- afterburner:suggestion v1 function={Function} source={Source} edit={Edit}{(By.Length > 0 ? $" by={By}" : "")} -->";

    /// <param name="source">Text of the whole function at head.</param>
    public static SuggestionKeys Of(FunctionReport function, string source) => new(
        OfFunction(function),
        Hash(function.Path, Name(function), Spaced(source)),
        Hash([
            function.Path, Name(function),
            .. function.Suggestion!.Elsewhere.Append(function.Suggestion.Edit).SelectMany(e => new[] { Spaced(e.Original), Spaced(e.Replacement) }),
        ]))
    {
        By = Told(function.Suggested?.Recipe ?? function.Suggestion.Proposer),
    };

    public static string OfFunction(FunctionReport function) => Hash(function.Path, Name(function));

    /// <summary>The keys of a comment of ours; null when it is no suggestion. Only the first line counts: what follows may quote anything.</summary>
    public static SuggestionKeys? Read(string body)
    {
        var match = Form().Match(body);
        return match.Success ? new SuggestionKeys(match.Groups[1].Value, match.Groups[2].Value, match.Groups[3].Value) { By = match.Groups[4].Value } : null;
    }

    /// <summary>Namesakes are told apart by their order, which no change elsewhere in the file moves.</summary>
    private static string Name(FunctionReport function) =>
        function.Namesake is { } place ? string.Create(CultureInfo.InvariantCulture, $"{function.Name}#{place}") : function.Name;

    /// <summary>A name of somebody else's, such as that of a model, in signs that cannot end a comment.</summary>
    private static string Told(string name)
    {
        var told = string.Join('-', string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '+' ? c : '-')).Split('-', StringSplitOptions.RemoveEmptyEntries));
        return told.Length <= LongestBy ? told : told[..LongestBy];
    }

    private static string Hash(params string[] parts) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', parts))))[..16];

    /// <summary>Without space at the ends of lines and without empty lines: re-formatting is no news.</summary>
    private static string Spaced(string code) =>
        string.Join('\n', code.Split('\n').Select(l => l.TrimEnd()).Where(l => l.Length > 0));

    [GeneratedRegex(@"\A<!-- afterburner:suggestion v1 function=([0-9a-f]{16}) source=([0-9a-f]{16}) edit=([0-9a-f]{16})(?: by=([A-Za-z0-9._+-]{1,100}))? -->")]
    private static partial Regex Form();
}
