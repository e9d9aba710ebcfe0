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

    /// <summary>On a machine whose pages are dear the first pass of a child of 6 µs takes 600.</summary>
    [Fact]
    public async Task What_a_process_pays_once_is_not_counted_for_each_pass()
    {
        Assert.Equal(10, Batch.Repeated([Call("a", 1e-5)], Pace.Default, once: Take(1).Calls.Cpu - Take(1).Empty.Cpu, empty: Take(1).Empty.Cpu, slower: 1e-3).Passes);

        var batch = await Batch.LongEnoughAsync([Call("a", 1e-5)], Pace.Default, Take(1), slower: 1e-3, longer => Task.FromResult(Take(longer.Passes)));

        Assert.InRange(batch.Passes, Pace.Default.Sample / 6e-6 / 2, Pace.Default.Sample / 6e-6);

        static (Reading Calls, Reading Empty) Take(int passes) => (Took(0.0008 + (passes * 7e-6)), Took(0.0002 + (passes * 1e-6)));
    }

    [Fact]
    public async Task A_long_call_is_made_once_and_no_longer_sample_is_tried()
    {
        var batch = await Batch.LongEnoughAsync(
            [Call("a", 0.01)], Pace.Default, (Took(0.01), Took(0.0002)), slower: 0.01, _ => throw new InvalidOperationException());

        Assert.Equal(1, batch.Passes);
    }

    [Fact]
    public async Task A_call_that_stays_as_long_as_it_looked_is_made_once()
    {
        var batch = await Batch.LongEnoughAsync(
            [Call("a", 0.001)], Pace.Default, (Took(0.001), Took(0)), slower: 0.001, longer => Task.FromResult((Took(0.001 * longer.Passes), Took(0))));

        Assert.Equal(1, batch.Passes);
    }

    [Fact]
    public void Calls_made_of_different_ones_are_in_every_batch_together()
    {
        var calls = new[] { "plain", "marked" }.SelectMany(b => Enumerable.Range(0, 4).Select(i => Call($"{b}{i}", Pace.Default.Sample) with { Base = b }));

        var batches = Batch.Apart([.. calls, Call("marked4", Pace.Default.Sample) with { Base = "marked" }], Pace.Default);

        Assert.Equal(["plain0 marked0", "plain1 marked1", "plain2 marked2", "plain3 marked3"], batches.Select(b => string.Join(' ', b.Calls.Select(c => c.Id))));
    }

    private static Reading Took(double cpu) => new(cpu, cpu, 0, cpu, 0, 0, null, []);

    private static RecordedCall Call(string id, double seconds, int characters = 4) => new(id, "test", seconds, "", 1, new string('A', characters));
}
