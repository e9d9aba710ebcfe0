using System.Globalization;

namespace Afterburner.Trials;

/// <summary>The processor cores that this program, and what it starts, may run on.</summary>
internal static class Cores
{
    private static readonly Lazy<IReadOnlyList<int>> Allowed = new(Read);

    public static IReadOnlyList<int> All => Allowed.Value;

    // "Cpus_allowed_list:	0-3,8"
    private static List<int> Read()
    {
        const string Name = "Cpus_allowed_list:";
        var line = File.ReadLines("/proc/self/status").FirstOrDefault(l => l.StartsWith(Name, StringComparison.Ordinal));
        var cores = new List<int>();
        foreach (var range in (line?[Name.Length..] ?? "0").Split(',', StringSplitOptions.TrimEntries))
        {
            var ends = range.Split('-');
            var (first, last) = (Number(ends[0]), Number(ends[^1]));
            cores.AddRange(Enumerable.Range(first, last - first + 1));
        }

        return cores;
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
