using System.Text.Json;
using Afterburner.GitHub;
using Afterburner.Worker.Inbox;
using Microsoft.EntityFrameworkCore;

namespace Afterburner.Worker.Reviews;

/// <summary>Which suggestions stand on pull requests, and what people did with them: the share that is acted on is what a reviewer is judged by.</summary>
internal sealed class PostedSuggestions(InboxDatabase database)
{
    /// <summary>Remembers what a review posted; what stands from earlier stays as it is.</summary>
    public async Task KeepAsync(Delivery delivery, PublicationPlan plan, CancellationToken cancellationToken)
    {
        await using var inbox = database.Open();
        var known = await Of(inbox, delivery).Select(s => s.EditKey).ToListAsync(cancellationToken).ConfigureAwait(false);
        inbox.Suggestions.AddRange(PostedSuggestion.Of(plan).DistinctBy(p => p.Keys.Edit).Where(p => !known.Contains(p.Keys.Edit)).Select(p => new StoredSuggestion
        {
            DeliveryId = delivery.Id, RepositoryId = delivery.RepositoryId!.Value, Number = delivery.Number!.Value,
            FunctionKey = p.Keys.Function, SourceKey = p.Keys.Source, EditKey = p.Keys.Edit, Path = p.Path, Function = p.Function,
            Proposer = p.Proposer[..Math.Min(p.Proposer.Length, 200)], Edits = JsonSerializer.Serialize(p.Edits),
        }));
        await inbox.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Looks at what became of those that nobody had decided about. Done when a pull request changes or is closed; what is decided stays so.</summary>
    /// <exception cref="EnvironmentFailureException">GitHub cannot be reached.</exception>
    public async Task LookAsync(Delivery delivery, GitHubApi api, PullRequestState pull, CancellationToken cancellationToken)
    {
        await using var inbox = database.Open();
        var open = await Of(inbox, delivery).Where(s => s.Fate == SuggestionFate.Open).OrderBy(s => s.Id).ToListAsync(cancellationToken).ConfigureAwait(false);
        var fates = await new SuggestionFates(api).OfAsync(pull, [.. open.Select(Posted)]).ConfigureAwait(false);
        foreach (var (suggestion, fate) in open.Zip(fates))
            suggestion.Fate = fate;
        await inbox.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
    }

    private static IQueryable<StoredSuggestion> Of(InboxContext inbox, Delivery delivery) =>
        inbox.Suggestions.Where(s => s.RepositoryId == delivery.RepositoryId && s.Number == delivery.Number);

    private static PostedSuggestion Posted(StoredSuggestion stored) => new(
        new SuggestionKeys(stored.FunctionKey, stored.SourceKey, stored.EditKey), stored.Path, stored.Function, stored.Proposer,
        JsonSerializer.Deserialize<List<PostedEdit>>(stored.Edits)!);
}
