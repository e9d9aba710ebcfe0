namespace Afterburner.Worker.Queue;

/// <summary>A review that waits or is at work.</summary>
/// <param name="Id">In the order of arrival.</param>
/// <param name="Number">Of the pull request; null for a branch.</param>
/// <param name="Branch">Null for a pull request.</param>
internal sealed record Work(long Id, long Repository, long Installation, int? Number, string? Branch = null)
{
    /// <value>What it is about: no two are at it at a time.</value>
    public object Subject => (Repository, Number, Branch);
}

/// <summary>Whose turn it is.</summary>
internal static class Fairness
{
    /// <summary>
    /// What may be begun, in order: the installation with the least at work first, of those the repository with the least, of those who has
    /// waited longest. Never two of one pull request or branch, and of one repository no more than <paramref name="most"/> at work.
    /// </summary>
    /// <param name="waiting">Oldest first.</param>
    public static IEnumerable<Work> Choose(IReadOnlyList<Work> waiting, IReadOnlyList<Work> atWork, int most)
    {
        var repositories = atWork.CountBy(w => w.Repository).ToDictionary();
        var installations = atWork.CountBy(w => w.Installation).ToDictionary();
        var busy = atWork.Select(w => w.Subject).ToHashSet();
        var queues = waiting.GroupBy(w => w.Repository).Select(g => new Queue<Work>(g)).ToList();
        while (true)
        {
            foreach (var queue in queues)
            {
                while (queue.TryPeek(out var first) && busy.Contains(first.Subject))
                    queue.Dequeue();
            }

            if (queues.Where(q => q.Count > 0 && repositories.GetValueOrDefault(q.Peek().Repository) < most)
                .MinBy(q => (installations.GetValueOrDefault(q.Peek().Installation), repositories.GetValueOrDefault(q.Peek().Repository), q.Peek().Id)) is not { } next)
                yield break;
            var chosen = next.Dequeue();
            repositories[chosen.Repository] = repositories.GetValueOrDefault(chosen.Repository) + 1;
            installations[chosen.Installation] = installations.GetValueOrDefault(chosen.Installation) + 1;
            busy.Add(chosen.Subject);
            yield return chosen;
        }
    }
}
