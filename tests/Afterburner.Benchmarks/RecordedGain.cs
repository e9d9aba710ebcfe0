using System.Globalization;
using System.Text.RegularExpressions;

namespace Afterburner.Benchmarks;

/// <summary>The gain that a recipe's file records: <c>gain: {small: 1.2, large: 30}</c> of a pattern, <c>GAIN = (1.2, 30)</c> of a flow recipe, <c>gain: { small: 1.2, large: 30 },</c> of one for JavaScript.</summary>
internal static partial class RecordedGain
{
    public static string FileOf(string root, string id)
    {
        var languages = Path.Combine(root, "src", "Afterburner", "Languages");
        var script = Path.Combine(languages, "JavaScript", "harness", "rewriting", "flow_recipes", $"{id.Replace('-', '_')}.cjs");
        if (File.Exists(script))
            return script;
        var language = Path.Combine(languages, "Python");
        var pattern = Path.Combine(language, "recipes", $"{id}.yml");
        return File.Exists(pattern)
            ? pattern
            : Path.Combine(language, "harness", "afterburner_harness", "rewriting", "flow_recipes", $"{id.Replace('-', '_')}.py");
    }

    public static (double Small, double Large)? Read(string file) =>
        Gain().Match(File.ReadAllText(file)) is { Success: true } m
            ? (double.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture), double.Parse(m.Groups[2].Value, CultureInfo.InvariantCulture))
            : null;

    public static void Write(string file, double small, double large)
    {
        var (low, high) = (Rounded(small), Rounded(large));
        var line = Path.GetExtension(file) switch
        {
            ".py" => $"GAIN = ({low}, {high})\n",
            ".cjs" => $"  gain: {{ small: {low}, large: {high} }},\n",
            _ => $"  gain: {{small: {low}, large: {high}}}\n",
        };
        var text = Gain().Replace(File.ReadAllText(file), "");
        var after = UnsafeWhen().Match(text);
        File.WriteAllText(file, text.Insert(after.Index + after.Length, line));
    }

    /// <summary>Two digits: more are not reproducible.</summary>
    private static string Rounded(double ratio)
    {
        var digits = (int)Math.Pow(10, Math.Max(0, Math.Floor(Math.Log10(ratio)) - 1));
        return (ratio >= 10 ? Math.Round(ratio / digits) * digits : Math.Round(ratio, ratio >= 1 ? 1 : 2)).ToString(CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"^(?:  gain: \{ ?small: |GAIN = \()([\d.]+), (?:large: )?([\d.]+)(?: \},|[})])\n", RegexOptions.Multiline)]
    private static partial Regex Gain();

    [GeneratedRegex(@"^(?:  unsafe-when: |  unsafeWhen: |UNSAFE_WHEN = ).*\n", RegexOptions.Multiline)]
    private static partial Regex UnsafeWhen();
}
