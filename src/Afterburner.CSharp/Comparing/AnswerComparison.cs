using Afterburner.CSharp.Calls;
using Afterburner.CSharp.Speaking;

namespace Afterburner.CSharp.Comparing;

/// <summary>Compares answers that two versions gave, in a process that has loaded nothing of them.</summary>
internal static class AnswerComparison
{
    private const double DefaultTolerance = 1e-9;

    /// <summary>Answers <c>answers</c>.</summary>
    public static void Run(HarnessInput request)
    {
        foreach (var pair in request.Parts("answers"))
        {
            string? difference;
            try
            {
                difference = Difference(Convert.FromBase64String(pair.Text("baseline") ?? ""), Convert.FromBase64String(pair.Text("candidate") ?? ""), pair.Real("tolerance", DefaultTolerance), pair.Is("made", false));
            }
            catch (Exception e) when (e is InvalidDataException or FormatException)
            {
                difference = $"an answer cannot be read: {e.Message}";
            }

            HarnessOutput.Write(new { type = "answer", difference, orderOnly = false });
        }

        HarnessOutput.Done(null);
    }

    /// <summary>How two answers differ, for a person; null where a user could not tell them apart.</summary>
    /// <param name="tolerance">For numbers with fractions: relative to the larger one, absolute below 1.</param>
    /// <param name="made">Whether no test makes the call: where the runtime fails in the middle of it, only the kind of the error counts.</param>
    /// <exception cref="InvalidDataException">One of them is none.</exception>
    public static string? Difference(byte[] baseline, byte[] candidate, double tolerance, bool made)
    {
        if (baseline.AsSpan().SequenceEqual(candidate))
        {
            _ = ValueGraph.Read(baseline);
            return null;
        }

        var (first, second) = (ValueGraph.Read(baseline), ValueGraph.Read(candidate));
        if (first.Roots.Count < 3 || second.Roots.Count < 3)
            throw new InvalidDataException("it lacks parts");
        var (way, other) = (CallWords.Of(first, first.Roots[0]), CallWords.Of(second, second.Roots[0]));
        if (made && way == "\"raised\"" && way == other && Failure(first) is { } failure && failure == Failure(second))
            return null;
        if (way != other)
            return $"outcome: {way.Trim('"')} {CallWords.Of(first, first.Roots[1])} != {other.Trim('"')} {CallWords.Of(second, second.Roots[1])}";
        if (first.Roots.Count != second.Roots.Count)
            return $"arguments afterwards: {first.Roots.Count} != {second.Roots.Count}";
        return new GraphDifference(first, second, tolerance).Find();
    }

    /// <summary>The kind of an error that the runtime itself throws; null for what is none.</summary>
    private static string? Failure(ValueGraph answer) => answer.Roots[1] is WrittenReference reference && answer.Nodes[reference.Node] is WrittenFields fields
        && fields.Type.Name.Split(',')[0] is "System.NullReferenceException" or "System.IndexOutOfRangeException" or "System.InvalidCastException" or "System.ArrayTypeMismatchException" or "System.DivideByZeroException"
            or "System.ArgumentOutOfRangeException" or "System.ArgumentNullException" or "System.ArgumentException" or "System.InvalidOperationException" or "System.Collections.Generic.KeyNotFoundException"
            ? ((WrittenFields)answer.Nodes[reference.Node]).Type.Name : null;
}
