using Afterburner.GitHub;

namespace Afterburner.Worker.Inbox;

/// <summary>A suggestion that was posted to a pull request, and what became of it. Kept once for each edit and pull request, with the delivery whose review posted it.</summary>
internal sealed class StoredSuggestion
{
    public long Id { get; init; }

    public required long DeliveryId { get; init; }

    public required long RepositoryId { get; init; }

    /// <summary>Of the pull request.</summary>
    public required int Number { get; init; }

    /// <summary>See <see cref="SuggestionKeys.Function"/>.</summary>
    public required string FunctionKey { get; init; }

    /// <summary>See <see cref="SuggestionKeys.Source"/>.</summary>
    public required string SourceKey { get; init; }

    /// <summary>See <see cref="SuggestionKeys.Edit"/>.</summary>
    public required string EditKey { get; init; }

    public required string Path { get; init; }

    public required string Function { get; init; }

    /// <summary><c>recipes</c>, <c>chat:MODEL</c>.</summary>
    public required string Proposer { get; init; }

    /// <summary>The <see cref="PostedEdit"/>s as JSON.</summary>
    public required string Edits { get; init; }

    public SuggestionFate Fate { get; set; }
}
