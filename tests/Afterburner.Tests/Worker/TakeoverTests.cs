using Afterburner.Worker.Demo;
using Xunit;

namespace Afterburner.Tests.Worker;

/// <summary>Workers that share PostgreSQL, and die.</summary>
public sealed class TakeoverTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(16, 10)]
    public async Task Whatever_dies_each_living_head_is_reviewed_once_and_nothing_that_was_superseded(int pulls, int kills)
    {
        await using var postgres = await PostgresServer.StartAsync(Cancel);
        Assert.SkipWhen(postgres is null, "there is no PostgreSQL here: install the package postgresql");
        using var folder = new TemporaryFolder();
        await using var gitHub = await StandIn.StartAsync(TimeProvider.System);
        using var storm = new Storm(gitHub, postgres, folder.Path, seed: 1, output.WriteLine);

        await storm.RunAsync(pulls, kills, down: TimeSpan.FromSeconds(5), gap: TimeSpan.FromMilliseconds(2_500), Cancel);

        Assert.Empty(await storm.WrongAsync(Patience, Cancel));
        Assert.True(storm.TakenOver > 0, "no review was hit");
    }
}
