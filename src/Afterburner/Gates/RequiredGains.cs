using Afterburner.Changes;
using Afterburner.Suggestions;

namespace Afterburner.Gates;

/// <summary>What of a change has to be proven faster: the functions that <c>gate.require-faster</c> names, or any of them.</summary>
/// <param name="globs">See <see cref="Settings.GateConfiguration.RequireFaster"/>.</param>
/// <param name="by">See <see cref="GateRequest.RequiredBy"/>.</param>
internal sealed class RequiredGains(IReadOnlyList<string> globs, string? by)
{
    private const string New = "new:";

    private readonly IReadOnlyList<(string Glob, PathFilter Files, PathFilter? Functions)> _globs =
    [
        .. globs.Select(glob => glob.Split("::") switch
        {
            [var files, var functions] => (glob, new PathFilter([files], []), new PathFilter([functions], [])),
            _ => (glob, new PathFilter([glob], []), (PathFilter?)null),
        }),
    ];

    public static RequiredGains None { get; } = new([], null);

    /// <summary>Whether a function has to be tried, whatever the first comparison looks like.</summary>
    public bool Asks(FunctionPair pair) => by is not null || (!pair.IsSame && Of(pair.Head.Path, pair.Head.Name) is not null);

    /// <summary>
    /// A report that says by what it has to be faster. What is new has nothing to be faster than, and of a function that is as it was only what it names changed: neither has to be.
    /// </summary>
    /// <param name="isSame">See <see cref="FunctionPair.IsSame"/>.</param>
    public GateFunctionReport Marked(GateFunctionReport report, bool isSame) =>
        isSame || report.Reason.StartsWith(New, StringComparison.Ordinal) ? report : report with { RequiredBy = Of(report.Path, report.Name) };

    /// <summary>The first of the globs that names a function; null where none does.</summary>
    private string? Of(string path, string name) =>
        _globs.Where(g => g.Files.Accepts(path) && g.Functions?.Accepts(name) != false).Select(g => g.Glob).FirstOrDefault();
}
