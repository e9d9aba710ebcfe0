using Afterburner.Changes;
using Afterburner.Suggestions;

namespace Afterburner.GitHub;

/// <summary>A suggestion that was made again on the file at head and found to change its function and nothing else.</summary>
/// <param name="Function">With its <see cref="FunctionReport.Suggestion"/>.</param>
/// <param name="Candidate">The whole file with the edit made.</param>
/// <param name="Hunk">The hunk of the pull request that holds all replaced lines, or null.</param>
public sealed record CheckedSuggestion(FunctionReport Function, SuggestionKeys Keys, byte[] Candidate, Hunk? Hunk)
{
    public Suggestion Suggestion => Function.Suggestion!;
}

/// <summary>A suggestion that is not passed on, and why.</summary>
public sealed record WithheldSuggestion(FunctionReport Function, string Reason);

/// <param name="Report">The report as it may be shown: what was withheld is no suggestion any more.</param>
public sealed record CheckedRun(Report Report, IReadOnlyList<CheckedSuggestion> Suggestions, IReadOnlyList<WithheldSuggestion> Withheld);
