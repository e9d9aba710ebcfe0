namespace Afterburner.Basics;

/// <summary>What somebody may have meant.</summary>
internal static class Spelling
{
    /// <summary>The known name that is nearest to a word; of dotted names the last part counts as well.</summary>
    public static string Nearest(string word, IEnumerable<string> known) =>
        known.MinBy(name => Math.Min(Distance(word, name), Distance(Last(word), Last(name))))!;

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
