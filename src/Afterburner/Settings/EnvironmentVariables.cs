using System.Text.RegularExpressions;
using Afterburner.Functions;

namespace Afterburner.Settings;

/// <summary>Reads <c>tests.environment</c>. No message has a value in it.</summary>
internal static partial class EnvironmentVariables
{
    private const int Most = 100, LongestValue = 8 * 1024;

    /// <summary>They steer the interpreter, the test runner or the harness, which would no longer do what was found out about them.</summary>
    private static readonly string[] Steering =
        [.. Language.All.Where(l => l.Settings is not null).SelectMany(l => l.Runners.Prepend(l.Id)), "LD_", "DYLD_", "GLIBC_", "MALLOC_", "AFTERBURNER_", "COVERAGE_", "NODE_"];

    private static readonly string[] Kept = ["PATH", "HOME", "TMPDIR", "IFS", "ENV", "BASH_ENV", "GCONV_PATH"];

    public static IReadOnlyDictionary<string, string> Read(YamlValue value)
    {
        if (value.Entries is not { } entries)
            throw value.Wrong("a mapping of names to values", quote: false);
        if (entries.Count > Most)
            throw value.Error($"'{value.Key}' has {entries.Count} variables: at most {Most} are given to tests.");
        var variables = new Dictionary<string, string>();
        foreach (var entry in entries)
        {
            var name = entry.Key[(value.Key.Length + 1)..];
            if (!Name().IsMatch(name))
                throw YamlValue.ErrorAt(entry.Source, entry.KeyAt, $"'{entry.Key}' is no name of a variable: letters, digits and _ are expected, such as SHOP_REGION.");
            if (Kept.Contains(name) || Steering.Any(s => name.StartsWith(s, StringComparison.OrdinalIgnoreCase)))
                throw YamlValue.ErrorAt(entry.Source, entry.KeyAt, $"'{entry.Key}' cannot be set: it steers how tests are run, which is Afterburner's to decide; options of the runner belong under tests.arguments.");
            if (entry.Scalar is null || entry.Scalar.Length > LongestValue || entry.Scalar.Contains('\0', StringComparison.Ordinal))
                throw entry.Error($"'{entry.Key}' must be a text of at most {LongestValue >> 10} KiB.");
            variables[name] = entry.Scalar;
        }

        return variables;
    }

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]{0,99}$")]
    private static partial Regex Name();
}
