using Afterburner.Functions;

namespace Afterburner.Proposers;

/// <summary>The white space before a function's first line, which its span leaves out.</summary>
internal static class Indentation
{
    public static string Of(Function function, string fileSource)
    {
        var line = fileSource.ReplaceLineEndings("\n").Split('\n').ElementAtOrDefault(function.StartLine - 1) ?? "";
        return line[..^line.TrimStart(' ', '\t').Length];
    }
}
