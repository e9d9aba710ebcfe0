using System.Text.Json;
using System.Text.Json.Nodes;

namespace Afterburner.GitHub;

/// <summary>Figures of <c>stats --out</c> in a file.</summary>
public static class StatsFile
{
    private const int Largest = 1 << 20, EnoughDecided = 5;

    /// <summary>Of fewer than one in ten, people have said no.</summary>
    private const double LeastTaken = 0.1;

    /// <summary>Recipes that people turn down: of five suggestions and more, those that were decided about, hardly one was taken. What two recipes made together counts for both.</summary>
    /// <exception cref="UsageException">The file is missing, or holds no such figures.</exception>
    public static IReadOnlySet<string> Unwanted(string path) =>
        Read(RegularFile.Read(path, "the file of --stats", Largest), path)
            .SelectMany(f => f.Name.Split('+').Distinct().Select(recipe => f with { Name = recipe }))
            .GroupBy(f => f.Name)
            .Select(g => new SuggestionStatistic(g.Key, g.Sum(f => f.Posted), g.Sum(f => f.Taken), g.Sum(f => f.Dismissed), g.Sum(f => f.Ignored)))
            .Where(f => f.Name.Length > 0 && f.Taken + f.Dismissed + f.Ignored >= EnoughDecided && f.ShareTaken < LeastTaken)
            .Select(f => f.Name).ToHashSet(StringComparer.Ordinal);

    /// <summary>Figures as <c>stats --out</c> prints them.</summary>
    public static string Write(IReadOnlyList<SuggestionStatistic> figures) => new JsonObject
    {
        ["schema"] = 1,
        ["suggestions"] = new JsonArray([.. figures.Select(f => (JsonNode)new JsonObject
        {
            ["by"] = f.Name, ["posted"] = f.Posted, ["taken"] = f.Taken, ["dismissed"] = f.Dismissed, ["ignored"] = f.Ignored,
        })]),
    }.ToJsonString(new JsonSerializerOptions { WriteIndented = true });

    private static List<SuggestionStatistic> Read(byte[] json, string path)
    {
        try
        {
            return [.. JsonNode.Parse(json)!["suggestions"]!.AsArray().Select(f => new SuggestionStatistic((string)f!["by"]!, Count(f, "posted"), Count(f, "taken"), Count(f, "dismissed"), Count(f, "ignored")))];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NullReferenceException or FormatException or OverflowException or ArgumentException)
        {
            throw new UsageException($"--stats: '{path}' holds no figures of 'afterburner stats --out'", e);
        }

        static int Count(JsonNode figure, string name) => (int)figure[name]! is >= 0 and < 1_000_000 and var count ? count : throw new FormatException(name);
    }
}
