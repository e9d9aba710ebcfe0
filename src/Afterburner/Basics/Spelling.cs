namespace Afterburner.Basics;

/// <summary>What somebody may have meant.</summary>
internal static class Spelling
{
    /// <summary>Letters in which a word and what was meant by it may differ: half of them.</summary>
    private const int LettersADifference = 2;

    /// <summary>
    /// The known name that is nearest to a word, as a question (of dotted names the last part counts as well); where none is near,
    /// the names that there are, of dotted ones the first part.
    /// </summary>
    public static string Advice(string word, IReadOnlyCollection<string> known)
    {
        var nearest = known.MinBy(DistanceTo)!;
        return DistanceTo(nearest) <= Last(word).Length / LettersADifference
            ? $"did you mean '{nearest}'?"
            : $"there are {string.Join(", ", known.Select(k => k.Split('.')[0]).Distinct().Order(StringComparer.Ordinal))}";

        int DistanceTo(string name) => Math.Min(Distance(word, name), Distance(Last(word), Last(name)));
    }

    private static string Last(string name) => name[(name.LastIndexOf('.') + 1)..];

    /// <summary>Levenshtein's edit distance.</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(above, row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[b.Length];
    }
}
