using Afterburner.Functions;

namespace Afterburner.Proposers;

/// <summary>What a proposer has to know of a language's text.</summary>
public interface ILanguageText
{
    /// <summary>Takes one function out of what a model wrote (the function, its class, a whole file) and fits it into its place.</summary>
    /// <returns>Replacement text of the function's span, or why there is none in one sentence.</returns>
    (string? Source, string? Reason) Fit(string code, Function function, string fileSource);
}

/// <summary>Any language: what was written is the function, and is indented as in the file.</summary>
public sealed class PlainText : ILanguageText
{
    public (string? Source, string? Reason) Fit(string code, Function function, string fileSource)
    {
        var indent = Indentation.Of(function, fileSource);
        var lines = code.Trim('\n').Split('\n');
        var own = lines.Where(l => !string.IsNullOrWhiteSpace(l)).Min(l => l.Length - l.TrimStart().Length);
        return (
            string.Join('\n', lines.Select((l, i) => l.Length < own ? "" : i == 0 ? l[own..] : l.Trim().Length == 0 ? "" : indent + l[own..])).TrimEnd(),
            null);
    }
}
