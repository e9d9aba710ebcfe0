using Afterburner.Trials;
using Xunit;

namespace Afterburner.Tests.Trials;

/// <summary>Where samples run.</summary>
public sealed class CoresTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("0", new[] { 0 })]
    [InlineData("0-3,8", new[] { 0, 1, 2, 3, 8 })]
    [InlineData("5, 1-2", new[] { 1, 2, 5 })]
    [InlineData("", null)]
    [InlineData("3-1", null)]
    [InlineData("-1", null)]
    [InlineData("1-2-3", null)]
    [InlineData("all", null)]
    public void Lists_are_read_as_the_kernel_writes_them(string list, int[]? cores) => Assert.Equal(cores, Cores.Parse(list));

    [Fact]
    public async Task No_two_pairs_are_on_one_core_and_who_finds_none_free_waits_for_one()
    {
        var pool = new Cores.Pool(() => [2, 5]);
        var random = new Random(1);

        var first = await pool.TakeAsync(random, Cancel);
        using var second = await pool.TakeAsync(random, Cancel);
        var third = pool.TakeAsync(random, Cancel);

        Assert.Equal([2, 5], new[] { first.Core, second.Core }.Order());
        Assert.False(third.IsCompleted);
        first.Dispose();
        Assert.Equal(first.Core, (await third).Core);
    }

    [Fact]
    public async Task Who_draws_by_a_seed_draws_the_same_cores_again()
    {
        Assert.Equal(await DrawAsync(), await DrawAsync());

        static async Task<List<int>> DrawAsync()
        {
            var (pool, random, drawn) = (new Cores.Pool(() => [0, 1, 2, 3]), new Random(7), new List<int>());
            for (var i = 0; i < 20; i++)
            {
                using var lease = await pool.TakeAsync(random, Cancel);
                drawn.Add(lease.Core);
            }

            return drawn;
        }
    }

    [Fact]
    public async Task Who_gives_up_waiting_takes_no_core()
    {
        var pool = new Cores.Pool(() => [0]);
        using var impatient = new CancellationTokenSource();
        var held = await pool.TakeAsync(new Random(1), Cancel);
        var waiting = pool.TakeAsync(new Random(1), impatient.Token);

        await impatient.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        held.Dispose();
        using var next = await pool.TakeAsync(new Random(1), Cancel);
        Assert.Equal(0, next.Core);
    }
}
