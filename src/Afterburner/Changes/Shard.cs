using System.Globalization;
using System.Text.RegularExpressions;

namespace Afterburner.Changes;

/// <summary>One part of a change, so that several machines can review it together. Written <c>2/4</c>.</summary>
/// <param name="Number">1-based.</param>
public sealed partial record Shard(int Number, int Count)
{
    /// <summary>More parts than a matrix of GitHub Actions may have jobs serve nobody.</summary>
    public const int Most = 256;

    /// <summary>The whole change.</summary>
    public static Shard Whole { get; } = new(1, 1);

    /// <summary>The first shard also reports what is not measured at all, so that it is reported once.</summary>
    public bool IsFirst => Number == 1;

    /// <summary>As it stands in a report: null for the whole change.</summary>
    public string? Name => this == Whole ? null : ToString();

    /// <exception cref="UsageException">Not two numbers, or a part that does not exist.</exception>
    public static Shard Parse(string text) =>
        Find(text) ?? throw new UsageException($"--shard {text}: write a part and how many there are, for example 2/4 (at most {Most})");

    /// <summary>The shard of that name; null where it is none.</summary>
    public static Shard? Find(string text) =>
        Form().Match(text) is { Success: true } match
        && int.TryParse(match.Groups[1].Value, CultureInfo.InvariantCulture, out var number)
        && int.TryParse(match.Groups[2].Value, CultureInfo.InvariantCulture, out var count)
        && number >= 1 && number <= count && count <= Most
            ? new Shard(number, count)
            : null;

    /// <summary>The parts that a number of functions is split into: no more than asked for, none of them empty.</summary>
    /// <param name="most">1 to <see cref="Most"/>.</param>
    public static IReadOnlyList<Shard> Split(int functions, int most)
    {
        var count = Math.Min(functions, most);
        return [.. Enumerable.Range(1, count).Select(n => new Shard(n, count))];
    }

    /// <summary>What is missing of a change, given the parts that are there.</summary>
    /// <exception cref="UsageException">They are parts of different splits.</exception>
    public static IReadOnlyList<Shard> Missing(IReadOnlyCollection<Shard> there)
    {
        var counts = there.Select(s => s.Count).Distinct().ToList();
        return counts.Count > 1
            ? throw new UsageException($"the runs are not parts of one split: some say there are {counts[0]} parts, others {counts[1]}.")
            : [.. counts.SelectMany(count => Enumerable.Range(1, count).Select(n => new Shard(n, count))).Except(there)];
    }

    /// <summary>
    /// The functions of this part: every count-th in the order of the change. Neighbours, which often cost alike, go to
    /// different parts, parts differ by one function at most, and the same change is always split the same way.
    /// </summary>
    public IReadOnlyList<T> Of<T>(IReadOnlyList<T> functions) => [.. functions.Where((_, i) => i % Count == Number - 1)];

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Number}/{Count}");

    [GeneratedRegex(@"^([0-9]{1,4})/([0-9]{1,4})\z")]
    private static partial Regex Form();
}
