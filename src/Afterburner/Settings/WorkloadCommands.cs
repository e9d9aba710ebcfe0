using System.Buffers;
using Afterburner.Functions;

namespace Afterburner.Settings;

/// <summary>Reads <c>workload</c>.</summary>
internal static class WorkloadCommands
{
    private const int Most = 20, Longest = 1_000, Shown = 60;

    private static readonly SearchValues<char> OfShells = SearchValues.Create("|&;<>$`\\\n\r\0");

    public static IReadOnlyList<string> Read(YamlValue value)
    {
        var commands = value.List(Command).Distinct().ToList();
        return commands.Count <= Most ? commands : throw value.Error($"'{value.Key}' has {commands.Count} command lines: at most {Most} are run.");
    }

    private static string Command(YamlValue value)
    {
        var line = value.Text("a command line").Trim();
        if (line.Length > Longest || line.AsSpan().ContainsAny(OfShells) || IsOpen(line))
        {
            throw value.Error(
                $"'{Start(line)}' is not run: no shell reads a workload, so it has none of | & ; < > $ ` and \\, no quote that is not closed, "
                + $"and {Longest} characters at most; what needs more belongs in a script.");
        }

        return Language.All.Any(l => l.WorkloadCommand?.IsMatch(line) == true) ? line
            : throw value.Error($"'{Start(line)}' is not run: a workload is {string.Join("; ", Language.All.Select(l => l.WorkloadExample).OfType<string>())}, from the folder that the tests are run in.");
    }

    private static string Start(string line) => line.Length <= Shown ? line : line[..Shown] + "...";

    /// <summary>Whether a quote is not closed.</summary>
    private static bool IsOpen(string line)
    {
        var open = '\0';
        foreach (var c in line)
        {
            if (open == '\0' && c is '\'' or '"')
                open = c;
            else if (c == open)
                open = '\0';
        }

        return open != '\0';
    }
}
