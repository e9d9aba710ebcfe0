using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Afterburner.Functions;
using Afterburner.Languages.Python;
using Afterburner.Proposers;
using Afterburner.Workloads;

namespace Afterburner.Tests.Proposers;

/// <summary>Functions and requests made from text, without a repository.</summary>
internal static partial class PythonSources
{
    /// <summary>The last function of a file (indented or not).</summary>
    public static Function LastFunction(string file, string path = "pkg/module.py")
    {
        var lines = file.Split('\n');
        var def = Array.FindLastIndex(lines, l => Definition().IsMatch(l));
        var match = Definition().Match(lines[def]);
        var indent = match.Groups[1].Value;
        var start = def;
        while (start > 0 && lines[start - 1].StartsWith(indent + "@", StringComparison.Ordinal))
            start--;
        var end = def + 1;
        for (var i = def + 1; i < lines.Length; i++)
        {
            if (lines[i].Trim().Length == 0)
                continue;
            if (lines[i].Length - lines[i].TrimStart().Length <= indent.Length)
                break;
            end = i + 1;
        }

        var source = string.Join('\n', lines[start..end])[indent.Length..].TrimEnd('\r');
        var startByte = Encoding.UTF8.GetByteCount(string.Join('\n', lines[..start]) + (start > 0 ? "\n" : "")) + indent.Length;
        var owner = indent.Length == 0 ? "" : ClassName().Matches(string.Join('\n', lines[..start])).Last().Groups[1].Value + ".";
        return new Function(
            path, PythonLanguage.Python, owner + match.Groups[2].Value, start + 1, end, startByte, startByte + Encoding.UTF8.GetByteCount(source), source,
            [.. lines[start..def].Select(l => l.Trim().TrimStart('@'))]);
    }

    public static ProposalRequest Request(string file, int iteration = 1, ObjectiveKind objective = ObjectiveKind.Time)
    {
        var function = LastFunction(file);
        return new ProposalRequest(function, new MeasuredSource(function.Source, Passed: true), objective, iteration)
        {
            Text = new PythonText(),
            FileSource = file,
            Observed = Observed(file),
        };
    }

    /// <summary>What a line <c># observed: {...}</c> says.</summary>
    public static Dictionary<string, ObservedValue> Observed(string file) =>
        ObservedLine().Match(file) is { Success: true } m
            ? JsonSerializer.Deserialize<Dictionary<string, ObservedValue>>(m.Groups[1].Value, JsonSerializerOptions.Web)!
            : [];

    /// <summary>The file with the function's span replaced.</summary>
    public static string Replace(string file, Function function, string source)
    {
        var bytes = Encoding.UTF8.GetBytes(file);
        return Encoding.UTF8.GetString(bytes[..function.StartByte]) + source + Encoding.UTF8.GetString(bytes[function.EndByte..]);
    }

    [GeneratedRegex(@"^( *)(?:async )?def (\w+)")]
    private static partial Regex Definition();

    [GeneratedRegex(@"^class (\w+)", RegexOptions.Multiline)]
    private static partial Regex ClassName();

    [GeneratedRegex(@"^# observed: (.*)$", RegexOptions.Multiline)]
    private static partial Regex ObservedLine();
}
