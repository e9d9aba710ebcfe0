using Afterburner.Worker.Queue;
using Xunit;

namespace Afterburner.Tests.Worker;

/// <summary>Whose command is next.</summary>
public sealed class TurnsTests
{
    [Fact]
    public void Who_writes_a_thousand_comments_does_not_keep_others_waiting()
    {
        var turns = new Turns();
        var waiting = Enumerable.Range(1, 1_000).Select(i => new Waiting(i, Installation: 1, Repository: i % 2)).Append(new Waiting(1_001, Installation: 2, Repository: 7)).ToList();

        var served = new List<Waiting>();
        while (waiting.Count > 998)
        {
            var next = Next(turns, waiting);
            served.Add(next);
            waiting.Remove(next);
        }

        Assert.Equal([1, 1_001, 2], served.Select(w => w.Id));
    }

    [Fact]
    public void Of_one_repository_they_are_done_in_the_order_in_which_they_came()
    {
        var turns = new Turns();

        Assert.Equal([3, 4, 9], Enumerable.Range(0, 3).Select(i => Next(turns, [.. new long[] { 3, 4, 9 }.Skip(i).Select(id => new Waiting(id, 1, 1))]).Id));
    }

    /// <summary>As the worker asks: the oldest of each repository that waits.</summary>
    private static Waiting Next(Turns turns, IReadOnlyList<Waiting> waiting)
    {
        var next = waiting.GroupBy(w => (w.Installation, w.Repository)).Select(g => g.MinBy(w => w.Id)!).OrderBy(turns.Of).First();
        turns.Had(next);
        return next;
    }
}
