using System.Text;
using System.Text.RegularExpressions;

namespace Afterburner.Changes;

/// <summary>
/// Chooses files by glob. <c>*</c> and <c>?</c> stay within a folder, <c>**</c> spans folders; a pattern without a slash
/// is looked for in every folder, one with a slash starts at the root; a folder stands for all that is in it.
/// </summary>
/// <param name="include">What is chosen; everything when empty.</param>
/// <param name="exclude">What is not, even if included.</param>
internal sealed class PathFilter(IReadOnlyList<string> include, IReadOnlyList<string> exclude)
{
    private readonly Regex[] _included = [.. include.Select(Compile)];
    private readonly Regex[] _excluded = [.. exclude.Select(Compile)];

    /// <param name="path">'/'-separated, relative to the repository's root.</param>
    public bool Accepts(string path) =>
        (_included.Length == 0 || _included.Any(r => r.IsMatch(path))) && !_excluded.Any(r => r.IsMatch(path));

    private static Regex Compile(string glob)
    {
        var pattern = glob.Trim('/');
        var regex = new StringBuilder(glob.TrimEnd('/').Contains('/', StringComparison.Ordinal) ? "^" : "^(?:.*/)?");
        for (var i = 0; i < pattern.Length; i++)
        {
            if (string.CompareOrdinal(pattern, i, "**/", 0, 3) == 0)
            {
                regex.Append("(?:.*/)?");
                i += 2;
            }
            else if (string.CompareOrdinal(pattern, i, "**", 0, 2) == 0)
            {
                regex.Append(".*");
                i++;
            }
            else
            {
                regex.Append(pattern[i] switch { '*' => "[^/]*", '?' => "[^/]", var c => Regex.Escape(c.ToString()) });
            }
        }

        // Not backtracking: a pattern of a hostile repository takes linear time.
        return new Regex(regex.Append("(?:/.*)?$").ToString(), RegexOptions.NonBacktracking | RegexOptions.Singleline);
    }
}
