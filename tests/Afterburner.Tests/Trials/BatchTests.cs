using Afterburner.Trials;
using Afterburner.Workloads;
using Xunit;

namespace Afterburner.Tests.Trials;

/// <summary>What one sample is made of.</summary>
public sealed class BatchTests
{
    [Fact]
    public void A_quick_call_is_repeated_until_a_sample_is_long_enough()
    {
        var batch = Batch.Repeated([Call("a", 1e-5)], Pace.Default, once: 1e-5, empty: 1e-6, slower: 1e-5);

        Assert.Equal(Math.Ceiling(Pace.Default.Sample / 1e-5), batch.Passes);
        Assert.Equal(batch.Passes, batch.Calls.Count);
    }

    [Fact]
    public void A_quick_call_of_large_arguments_is_not_repeated_until_they_fill_the_memory()
    {
        var batch = Batch.Repeated([Call("a", 1e-7, characters: 1 << 20)], Pace.Default, once: 1e-7, empty: 1e-7, slower: 1e-7);

        Assert.Equal(16, batch.Passes);
        Assert.Equal(1, Batch.Repeated([Call("a", 1e-7, characters: 64 << 20)], Pace.Default, once: 1e-7, empty: 1e-7, slower: 1e-7).Passes);
    }

    [Fact]
    public void Calls_made_of_different_ones_are_in_every_batch_together()
    {
        var calls = new[] { "plain", "marked" }.SelectMany(b => Enumerable.Range(0, 4).Select(i => Call($"{b}{i}", Pace.Default.Sample) with { Base = b }));

        var batches = Batch.Apart([.. calls, Call("marked4", Pace.Default.Sample) with { Base = "marked" }], Pace.Default);

        Assert.Equal(["plain0 marked0", "plain1 marked1", "plain2 marked2", "plain3 marked3"], batches.Select(b => string.Join(' ', b.Calls.Select(c => c.Id))));
    }

    private static RecordedCall Call(string id, double seconds, int characters = 4) => new(id, "test", seconds, "", 1, new string('A', characters));
}
