using Afterburner.Worker.Demo;
using Xunit;

namespace Afterburner.Tests.Worker;

/// <summary>A delivery that becomes a review, with the real engine.</summary>
public sealed class WorkerDemoTests
{
    [LongForm]
    [Fact]
    public async Task A_signed_delivery_becomes_the_posted_review()
    {
        using var output = new StringWriter();

        await WorkerDemo.RunAsync(TimeProvider.System, output, stays: false, TestContext.Current.CancellationToken);

        var said = output.ToString();
        Assert.Contains("```suggestion", said, StringComparison.Ordinal);
        Assert.Contains("--- check posted on octo-org/shop#1\nAfterburner gate", said, StringComparison.Ordinal);
        // The check that was in progress has its conclusion.
        Assert.DoesNotContain("Afterburner gate\nmeasuring", said, StringComparison.Ordinal);
    }
}
