using System.Text.RegularExpressions;

namespace Afterburner.Proposers.Downloads;

/// <summary>A kind of file that is fetched: how it is called, and how one is told from anything else that a server may send.</summary>
public sealed class DownloadKind
{
    private readonly Regex _name;
    private readonly Func<ReadOnlySpan<byte>, bool> _begins;

    /// <param name="noun">What a file of it is: <c>model</c>.</param>
    /// <param name="of">What its files are, with the article: <c>a GGUF file</c>.</param>
    /// <param name="endings">How its names end, without the dot.</param>
    /// <param name="lockName">The file that says what was pulled.</param>
    /// <param name="headBytes">Bytes at the beginning that tell it from anything else.</param>
    /// <param name="begins">Whether a file may begin with those.</param>
    public DownloadKind(string noun, string of, IReadOnlyList<string> endings, string lockName, int headBytes, Func<ReadOnlySpan<byte>, bool> begins)
    {
        (Noun, Of, Endings, LockName, HeadBytes, _begins) = (noun, of, endings, lockName, headBytes, begins);
        _name = new Regex($@"^[A-Za-z0-9][A-Za-z0-9._+-]{{0,150}}\.(?:{string.Join('|', endings.Select(Regex.Escape))})$", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
    }

    /// <value>What a file of it is.</value>
    public string Noun { get; }

    /// <value>The same, with the article.</value>
    public string Of { get; }

    /// <value>How its names end, without the dot.</value>
    public IReadOnlyList<string> Endings { get; }

    /// <value>Name of the file that says what was pulled.</value>
    public string LockName { get; }

    /// <value>Bytes that <see cref="MayBegin"/> looks at.</value>
    public int HeadBytes { get; }

    /// <summary>Whether a file name is one that a pull may write.</summary>
    public bool IsFileName(string name) => _name.IsMatch(name) && !name.Contains("..", StringComparison.Ordinal);

    /// <summary>Whether a file may begin so: a page with an error message does not.</summary>
    public bool MayBegin(ReadOnlySpan<byte> start) => start.Length >= HeadBytes && _begins(start);
}
