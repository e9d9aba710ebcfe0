using Afterburner.Changes;
using Xunit;

namespace Afterburner.Tests;

public sealed class ShardTests
{
    [Theory]
    [InlineData(0, 4, "")]
    [InlineData(1, 4, "1/1")]
    [InlineData(3, 4, "1/3 2/3 3/3")]
    [InlineData(100, 4, "1/4 2/4 3/4 4/4")]
    public void A_change_is_split_into_no_more_shards_than_it_has_functions(int functions, int most, string shards) =>
        Assert.Equal(shards, string.Join(' ', Shard.Split(functions, most)));

    [Theory]
    [InlineData(7, 3)]
    [InlineData(100, 7)]
    [InlineData(2, 2)]
    public void Every_function_is_in_exactly_one_shard_and_shards_differ_by_one_at_most(int functions, int most)
    {
        var all = Enumerable.Range(0, functions).ToList();

        var parts = Shard.Split(functions, most).Select(s => s.Of(all)).ToList();

        Assert.Equal(all, parts.SelectMany(p => p).Order());
        Assert.InRange(parts.Max(p => p.Count) - parts.Min(p => p.Count), 0, 1);
    }

    [Theory]
    [InlineData("0/4")]
    [InlineData("5/4")]
    [InlineData("1/0")]
    [InlineData("1/257")]
    [InlineData("1")]
    [InlineData("1/2/3")]
    [InlineData("-1/2")]
    [InlineData("99999999999/99999999999")]
    [InlineData("1/2\n")]
    public void A_shard_that_does_not_exist_is_refused(string text) =>
        Assert.Contains("2/4", Assert.Throws<UsageException>(() => Shard.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void What_plan_writes_can_be_given_back() => Assert.Equal(new Shard(2, 4), Shard.Parse(new Shard(2, 4).ToString()));
}
