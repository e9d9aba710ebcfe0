using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Afterburner.Evaluation.Tasks;

namespace Afterburner.Evaluation.Programs;

/// <summary>Compares what a program answered with what is right, as the data set's own checker does.</summary>
public static class Answers
{
    private const double Absolute = 1e-8, Relative = 1e-5;

    /// <summary>What is much longer than what is right is not right, in whatever way it is written: nobody takes it apart to find that out.</summary>
    private const long MostTimesAsLong = 16, Spare = 4_096;

    /// <summary>Digits of a number that may have a point or an exponent.</summary>
    private const int MostDigits = 400;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <param name="expected">Every answer that is right.</param>
    public static bool AreRight(Comparison comparison, IReadOnlyList<string> expected, string actual) => actual.Length <= (MostTimesAsLong * expected.Max(e => (long?)e.Length) ?? 0) + Spare && comparison switch
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

    /// <summary>Lines without blanks at their ends, and without the empty ones at the end; one at a time, as there may be millions.</summary>
    private static IEnumerable<string> Lines(string text)
    {
        var empty = 0;
        using var reader = new StringReader(text);
        while (reader.ReadLine() is { } line)
        {
            line = line.TrimEnd();
            if (line.Length == 0)
            {
                empty++;
                continue;
            }

            for (; empty > 0; empty--)
                yield return "";
            yield return line;
        }
    }

    private static string[] Words(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    private static bool AreNear(string[] expected, string[] actual) =>
        expected.Length == actual.Length && expected.Zip(actual).All(pair => pair.First == pair.Second || (IsWhole(pair.First) ? AreSame(pair.First, pair.Second) : Number(pair.First) is { } e && Number(pair.Second) is { } a && AreNear(e, a)));

    private static bool AreNear(double expected, double actual) => Math.Abs(expected - actual) <= Absolute + (Relative * Math.Abs(expected));

    private static double? Number(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;

    /// <summary>A JSON value, which may be <c>null</c>; nothing where the text is none.</summary>
    private static (JsonNode? Node, bool Is)? Value(string text)
    {
        try
        {
            var value = JsonNode.Parse(text, documentOptions: Strict);
            // Half of a character is found only when it is read.
            _ = value?.ToJsonString();
            return (value, true);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>A number as it is written; true is 1 and false is 0, as in Python.</summary>
    private static string? NumberOf(JsonValue value) => value.GetValueKind() switch
    {
        JsonValueKind.Number => value.ToJsonString(),
        JsonValueKind.True => "1",
        JsonValueKind.False => "0",
        _ => null,
    };

    /// <summary>Whole numbers are compared as such, however large: above 2^53 not every one is a number of double precision.</summary>
    private static bool AreSame(string expected, string actual)
    {
        if (expected == actual)
            return true;
        if (IsWhole(expected) && IsWhole(actual))
            return Plain(expected) == Plain(actual);
        if (expected.Length > MostDigits || actual.Length > MostDigits)
            return false;
        var (wholeExpected, wholeActual) = (Whole(expected), Whole(actual));
        return wholeExpected is not null || wholeActual is not null ? wholeExpected == wholeActual
            : double.TryParse(expected, NumberStyles.Float, CultureInfo.InvariantCulture, out var e) && double.TryParse(actual, NumberStyles.Float, CultureInfo.InvariantCulture, out var a) && e.Equals(a);
    }

    private static bool IsWhole(string number) => number.AsSpan(number.Length > 0 && number[0] is '-' or '+' ? 1 : 0) is { Length: > 0 } digits && !digits.ContainsAnyExceptInRange('0', '9');

    /// <summary>A whole number as it is usually written.</summary>
    private static string Plain(string number)
    {
        var digits = number.TrimStart('+', '-').TrimStart('0');
        return digits.Length == 0 ? "0" : number[0] == '-' ? $"-{digits}" : digits;
    }

    private static BigInteger? Whole(string number) => BigInteger.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? whole
        : double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) && double.IsFinite(real) && real == Math.Floor(real) ? new BigInteger(real) : null;

    private static bool AreEqual(JsonNode? expected, JsonNode? actual) => (expected, actual) switch
    {
        (null, null) => true,
        (JsonArray e, JsonArray a) => e.Count == a.Count && e.Zip(a).All(pair => AreEqual(pair.First, pair.Second)),
        (JsonObject e, JsonObject a) => e.Count == a.Count && e.All(f => a.TryGetPropertyValue(f.Key, out var other) && AreEqual(f.Value, other)),
        (JsonValue e, JsonValue a) when NumberOf(e) is { } expectedNumber && NumberOf(a) is { } actualNumber => AreSame(expectedNumber, actualNumber),
        (JsonValue e, JsonValue a) => e.GetValueKind() == a.GetValueKind() && e.ToJsonString() == a.ToJsonString(),
        _ => false,
    };
}
