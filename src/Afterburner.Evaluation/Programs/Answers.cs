using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Afterburner.Evaluation.Tasks;

namespace Afterburner.Evaluation.Programs;

/// <summary>Compares what a program answered with what is right, as the data set's own checker does.</summary>
public static class Answers
{
    private const double Absolute = 1e-8, Relative = 1e-5;

    /// <param name="expected">Every answer that is right.</param>
    public static bool AreRight(Comparison comparison, IReadOnlyList<string> expected, string actual) => comparison switch
    {
        Comparison.Lines => expected.Any(e => Lines(e).SequenceEqual(Lines(actual))),
        Comparison.Literals => expected.Contains(actual),
        Comparison.Words => expected.Any(e => AreNear(Words(e), Words(actual))),
        Comparison.Values => Value(actual) is { } answer && expected.Any(e => Value(e) is { } right && AreEqual(right.Node, answer.Node)),
    };

    /// <summary>An answer in the form in which equal ones are the same text, for a vote of many programs.</summary>
    public static string Normal(Comparison comparison, string answer) => comparison switch
    {
        Comparison.Lines => string.Join('\n', Lines(answer)),
        Comparison.Literals => answer,
        Comparison.Words => string.Join(' ', Words(answer)),
        Comparison.Values => Value(answer)?.Node?.ToJsonString() ?? answer,
    };

    private static List<string> Lines(string text)
    {
        var lines = text.ReplaceLineEndings("\n").Split('\n').Select(l => l.TrimEnd()).ToList();
        while (lines.Count > 0 && lines[^1].Length == 0)
            lines.RemoveAt(lines.Count - 1);
        return lines;
    }

    private static string[] Words(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    private static bool AreNear(string[] expected, string[] actual) =>
        expected.Length == actual.Length && expected.Zip(actual).All(pair => pair.First == pair.Second || (Number(pair.First) is { } e && Number(pair.Second) is { } a && AreNear(e, a)));

    private static bool AreNear(double expected, double actual) => Math.Abs(expected - actual) <= Absolute + (Relative * Math.Abs(expected));

    private static double? Number(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;

    /// <summary>A JSON value, which may be <c>null</c>; nothing where the text is none.</summary>
    private static (JsonNode? Node, bool Is)? Value(string text)
    {
        try
        {
            return (JsonNode.Parse(text), true);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool AreEqual(JsonNode? expected, JsonNode? actual) => (expected, actual) switch
    {
        (null, null) => true,
        (JsonArray e, JsonArray a) => e.Count == a.Count && e.Zip(a).All(pair => AreEqual(pair.First, pair.Second)),
        (JsonObject e, JsonObject a) => e.Count == a.Count && e.All(f => a.TryGetPropertyValue(f.Key, out var other) && AreEqual(f.Value, other)),
        (JsonValue e, JsonValue a) when e.GetValueKind() == JsonValueKind.Number && a.GetValueKind() == JsonValueKind.Number =>
            e.ToJsonString() == a.ToJsonString() || e.GetValue<double>().Equals(a.GetValue<double>()),
        (JsonValue e, JsonValue a) => e.GetValueKind() == a.GetValueKind() && e.ToJsonString() == a.ToJsonString(),
        _ => false,
    };
}
