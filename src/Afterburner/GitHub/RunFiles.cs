using Afterburner.Suggestions;

namespace Afterburner.GitHub;

/// <summary>One file of a run directory, or what is wrong with it.</summary>
internal sealed record RunFile(string Path)
{
    public Report? Review { get; init; }

    public GateReport? Gate { get; init; }

    public UsageException? Problem { get; init; }

    /// <value>The commit it says to be about; null where it could not be read.</value>
    public string? Head => Review?.Head ?? Gate?.Head;
}

/// <summary>
/// The files of some directories. Which of them are of the run is told by the commit they name: no commit can hold a file
/// that names the commit, so what a pull request brings along in folders of this shape names another.
/// </summary>
internal sealed class RunFiles
{
    private readonly IReadOnlyList<RunFile> _files;

    internal RunFiles(IReadOnlyList<RunFile> files) => _files = files;

    /// <summary>The run of a commit. Where no file names it, the run that all of them are of.</summary>
    /// <param name="head">Full hash, or null for any.</param>
    /// <exception cref="UsageException">A file of it is not acceptable, or they are not of one run.</exception>
    public FinishedRun Of(string? head)
    {
        var wanted = _files.Where(f => head is not null && f.Head == head).ToList();
        var leftOut = wanted.Count == 0 ? [] : _files.Except(wanted).ToList();
        if (wanted.Count == 0)
            wanted = [.. _files];
        if (wanted.FirstOrDefault(f => f.Problem is not null) is { Problem: { } problem })
            throw problem;
        return UntrustedRun.Merged(wanted) with
        {
            LeftOut = [.. leftOut.Select(f => VisibleText.Line(
                f.Head is null && f.Problem is { } unread ? $"left out: {unread.Message}" : $"left out: '{f.Path}' is not about {head}.")).Distinct()],
        };
    }
}
