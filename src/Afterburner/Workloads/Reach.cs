using System.Text.Json.Nodes;

namespace Afterburner.Workloads;

/// <summary>What the first pass of a capture knows of one target.</summary>
/// <param name="Calls">Number of calls, those outside tests included.</param>
/// <param name="Problem">Why it cannot be reached at all (it is defined inside another function); null when it can.</param>
/// <param name="Tests">Tests that reach it, slowest reach first.</param>
/// <param name="Picks">Calls worth storing, best first: test, ordinal among the target's calls in that test, seconds.</param>
/// <param name="Callers">Functions of the repository that call it, most frequent first.</param>
internal sealed record Reach(
    Target Target,
    long Calls,
    string? Problem,
    IReadOnlyList<string> Tests,
    IReadOnlyList<Pick> Picks,
    IReadOnlyList<Target> Callers,
    IReadOnlyDictionary<string, ObservedValue> Observed)
{
    public static Reach Read(Target target, JsonObject message) => new(
        target,
        message.Whole("calls") ?? 0,
        message.Text("problem"),
        message.Items("tests").OfType<JsonObject>().Select(t => t.Text("id")).OfType<string>().ToList(),
        message.Items("picks").OfType<JsonObject>().Select(Pick.Read).OfType<Pick>().ToList(),
        message.Items("callers").OfType<JsonObject>().Select(Caller).OfType<Target>().ToList(),
        ReadObserved(message.Child("observed")));

    private static Target? Caller(JsonObject message) =>
        message.Text("path") is { } path && message.Text("name") is { } name && message.Whole("line") is { } line
            ? new Target(path, name, (int)line)
            : null;

    private static Dictionary<string, ObservedValue> ReadObserved(JsonObject? names) =>
        (names ?? []).Where(n => n.Value is JsonObject).ToDictionary(n => n.Key, n => ReadNote((JsonObject)n.Value!));

    private static ObservedValue ReadNote(JsonObject note) => new(
        note.Texts("types").ToList(), (int?)note.Whole("shortest"), (int?)note.Whole("longest"), note.Flag("hashable"));
}

/// <param name="Ordinal">From 0, among the target's calls in <paramref name="Test"/>.</param>
/// <param name="Raised">Whether it ended in an exception; null where that is not known (generators, coroutines).</param>
internal sealed record Pick(string Test, long Ordinal, double Seconds, bool? Raised)
{
    public static Pick? Read(JsonObject message) =>
        message.Text("test") is { } test && message.Whole("call") is { } ordinal
            ? new Pick(test, ordinal, message.Number("seconds") ?? 0, message.Flag("raised"))
            : null;
}
