using System.Text.Json.Nodes;

namespace Afterburner.Workloads;

/// <summary>What the first pass of a capture knows of one target.</summary>
/// <param name="Calls">Number of calls, those outside tests included.</param>
/// <param name="Registered">Whether its file was imported and holds it.</param>
/// <param name="Tests">Tests that reach it, slowest reach first.</param>
/// <param name="Picks">Calls worth storing, best first: test, ordinal among the target's calls in that test, seconds.</param>
/// <param name="Callers">Functions of the repository that call it, most frequent first.</param>
internal sealed record Reach(
    Target Target,
    long Calls,
    bool Registered,
    IReadOnlyList<string> Tests,
    IReadOnlyList<Pick> Picks,
    IReadOnlyList<Target> Callers,
    IReadOnlyDictionary<string, ObservedValue> Observed)
{
    public static Reach Read(Target target, JsonObject message) => new(
        target,
        message.Whole("calls") ?? 0,
        message.Flag("registered") == true,
        message.Items("tests").OfType<JsonObject>().Select(t => t.Text("id")).OfType<string>().ToList(),
        message.Items("picks").OfType<JsonObject>().Select(Pick.Read).OfType<Pick>().ToList(),
        message.Items("callers").OfType<JsonObject>().Select(Caller).OfType<Target>().ToList(),
        ReadObserved(message.Child("observed")));

    private static Target? Caller(JsonObject message) =>
        message.Text("path") is { } path && message.Text("name") is { } name && message.Whole("line") is { } line
            ? new Target(path, name, (int)line)
            : null;

    private static Dictionary<string, ObservedValue> ReadObserved(JsonObject? names) =>
        (names ?? []).Where(n => n.Value is JsonObject).ToDictionary(n => n.Key, n => Observed((JsonObject)n.Value!));

    private static ObservedValue Observed(JsonObject note) => new(
        note.Texts("types").ToList(), (int?)note.Whole("shortest"), (int?)note.Whole("longest"), note.Flag("hashable"));
}

/// <param name="Ordinal">From 0, among the target's calls in <paramref name="Test"/>.</param>
internal sealed record Pick(string Test, long Ordinal, double Seconds)
{
    public static Pick? Read(JsonObject message) =>
        message.Text("test") is { } test && message.Whole("call") is { } ordinal
            ? new Pick(test, ordinal, message.Number("seconds") ?? 0)
            : null;
}
