using System.Globalization;
using Afterburner.Workloads.Protocol;

namespace Afterburner.Workloads;

/// <summary>Calls inside tests, as a harness counts them.</summary>
internal static class InTestCalls
{
    /// <summary>Where calls happen.</summary>
    /// <param name="calls">Best first; their ids end in <c>#ordinal</c>.</param>
    public static IReadOnlyList<PickedCall> Picks(IEnumerable<RecordedCall> calls) => [.. calls.Select(c => new PickedCall(c.Test, Ordinal(c)))];

    public static IReadOnlyList<string> Tests(IEnumerable<RecordedCall> calls) => [.. calls.Select(c => c.Test).Distinct()];

    public static string CallId(string test, long ordinal) => string.Create(CultureInfo.InvariantCulture, $"{test}#{ordinal}");

    private static long Ordinal(RecordedCall call) =>
        long.Parse(call.Id.AsSpan(call.Id.LastIndexOf('#') + 1), CultureInfo.InvariantCulture);
}
