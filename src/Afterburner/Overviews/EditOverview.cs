using Afterburner.Changes;
using Afterburner.Functions;

namespace Afterburner.Overviews;

/// <summary>The functions that an edit touches, before anything of them is compared.</summary>
/// <param name="Base">Full hash of the commit that the edit is compared with.</param>
/// <param name="Head">Full hash of the edited commit; null for a patch and for a work tree, which are none.</param>
/// <param name="Functions">Those first in which tests spend most time.</param>
/// <param name="Projects">What is run together, and what stops it.</param>
/// <param name="LeftOut">What of the edit is not looked at.</param>
public sealed record EditOverview(
    string Base, string? Head, IReadOnlyList<TouchedFunction> Functions, IReadOnlyList<ProjectOverview> Projects, IReadOnlyList<LeftOut> LeftOut);

/// <summary>A function that an edit touches.</summary>
/// <param name="Path">In the edited tree, '/'-separated, relative to the repository's root.</param>
/// <param name="Name">Qualified within the file: <c>Class.method</c>.</param>
/// <param name="StartLine">1-based first line in the edited tree, decorators included.</param>
/// <param name="EndLine">1-based last line there, inclusive.</param>
public sealed record TouchedFunction(string Path, string Name, int StartLine, int EndLine)
{
    /// <value>What tests spend in it; null where none reaches it.</value>
    public ReachedFunction? Reached { get; init; }

    /// <value>Why nothing is known of it, a sentence; null where tests reach it.</value>
    public string? WhyNot { get; init; }

    internal static TouchedFunction Of(Function function, ProjectOverview project) => new(function.Path, function.Name, function.StartLine, function.EndLine)
    {
        Reached = project.Reached.FirstOrDefault(r => r.Function == function.Id),
        WhyNot = project.Reached.Any(r => r.Function == function.Id) ? null : project.Stopped ?? "no test reaches it",
    };
}
