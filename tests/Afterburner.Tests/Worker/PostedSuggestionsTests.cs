using System.Text.Json;
using Afterburner.GitHub;
using Afterburner.Tests.Changes;
using Afterburner.Worker.Inbox;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Afterburner.Tests.Worker;

/// <summary>What people did with suggestions is seen when their pull request changes or is closed.</summary>
public sealed class PostedSuggestionsTests
{
    private const string Before = "def f(xs):\n    return sum([x for x in xs])\n", After = "def f(xs):\n    return sum(xs)\n";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_a_closed_pull_request_has_of_the_suggestions_was_taken()
    {
        using var git = await TestRepository.CreateAsync();
        git.Write("sums.py", Before);
        git.Write("more.py", Before);
        var head = await git.CommitAsync("sums");
        await using var worker = await StubWorker.StartAsync(TimeSpan.FromMilliseconds(50));
        var repository = worker.GitHub.Add("octo-org/shop", git.Path);
        var pull = repository.Open(1, head);
        await worker.DeliverAsync(repository, pull, "opened");
        await worker.WhenAsync(rows => rows is [{ State: DeliveryState.Done }]);
        await PostedAsync(worker, repository.Id, "sums.py", "recipes");
        await PostedAsync(worker, repository.Id, "more.py", "chat:small");

        git.Write("sums.py", After);
        pull.Head = await git.CommitAsync("as suggested");
        pull.IsOpen = false;
        await worker.DeliverAsync(repository, pull, "closed");

        await worker.WhenAsync(rows => rows is [_, { State: DeliveryState.Superseded }]);
        Assert.Equal([("more.py", SuggestionFate.Open), ("sums.py", SuggestionFate.Taken)], await FatesAsync(worker));
    }

    private static async Task PostedAsync(StubWorker worker, long repository, string path, string proposer)
    {
        await using var inbox = worker.Host.Services.GetRequiredService<InboxDatabase>().Open();
        inbox.Suggestions.Add(new StoredSuggestion
        {
            DeliveryId = 1, RepositoryId = repository, Number = 1, FunctionKey = "f", SourceKey = path, EditKey = path, Path = path, Function = "f", Proposer = proposer,
            Edits = JsonSerializer.Serialize<PostedEdit[]>([new("    return sum([x for x in xs])\n", "    return sum(xs)\n")]),
        });
        await inbox.SaveChangesAsync(Cancel);
    }

    private static async Task<List<(string, SuggestionFate)>> FatesAsync(StubWorker worker)
    {
        await using var inbox = worker.Host.Services.GetRequiredService<InboxDatabase>().Open();
        return [.. (await inbox.Suggestions.AsNoTracking().OrderBy(s => s.Path).ToListAsync(Cancel)).Select(s => (s.Path, s.Fate))];
    }
}
