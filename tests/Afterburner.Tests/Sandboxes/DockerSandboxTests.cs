using Afterburner.Sandboxes;
using Xunit;

namespace Afterburner.Tests.Sandboxes;

public sealed class DockerSandboxTests(DockerFixture fixture) : SandboxSuite, IClassFixture<DockerFixture>
{
    protected override ISandbox Sandbox
    {
        get
        {
            if (fixture.WhyNot is { } reason)
                Assert.Skip(reason);
            return fixture.Sandbox!;
        }
    }

    [Fact]
    public async Task No_container_is_left_after_a_run()
    {
        await RunAsync(Shell("true"));
        await RunAsync(Shell("sleep 60"), Small with { Wall = TimeSpan.FromSeconds(2) });

        Assert.Equal("", (await fixture.Daemon!.ClientAsync(Cancel, "ps", "--all", "--quiet")).Text);
    }

    [Fact]
    public async Task A_command_whose_container_ended_long_before_it_is_asked_about_says_how_it_ended()
    {
        await using var process = await Sandbox.StartAsync(Shell("read -r word; exit 3"), Small, Cancel);
        var id = (await fixture.Daemon!.ClientAsync(Cancel, "ps", "--all", "--quiet")).Text.Trim();
        await process.Input.WriteAsync("go\n"u8.ToArray(), Cancel);
        Assert.Equal(0, await process.Output.ReadAsync(new byte[10], Cancel));
        await fixture.Daemon!.ClientAsync(Cancel, "wait", id);

        var run = await process.EndAsync();

        Assert.Equal((SandboxEnd.Exited, 3), (run.End, run.ExitCode));
    }

    [LongForm]
    [Fact]
    public async Task A_container_that_someone_else_removes_is_the_sandboxs_failure_and_is_tried_again()
    {
        var mark = "afterburner-mark-" + Guid.NewGuid().ToString("N");
        var running = RunAsync(Shell($"sleep 5; echo finished; : {mark}"));
        while (!running.IsCompleted && ProcessesWith($": {mark}").Count == 0)
            await Task.Delay(20, Cancel);

        var id = (await fixture.Daemon!.ClientAsync(Cancel, "ps", "--quiet")).Text.Trim();
        await fixture.Daemon!.ClientAsync(Cancel, "rm", "--force", id);

        var run = await running;
        Assert.Equal((SandboxEnd.Exited, "finished\n"), (run.End, run.Text));
    }

    [Fact]
    public async Task A_missing_image_is_named()
    {
        _ = Sandbox;
        var failure = await Assert.ThrowsAsync<EnvironmentFailureException>(() => DockerSandbox.OpenAsync(
            new DockerSandboxOptions { Endpoint = fixture.Daemon!.Endpoint, Image = "no-such-image" }, TimeProvider.System, Cancel));

        Assert.Contains("no-such-image", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_daemon_that_is_not_there_is_reported_with_what_to_install()
    {
        var failure = await Assert.ThrowsAsync<EnvironmentFailureException>(() => DockerSandbox.OpenAsync(
            new DockerSandboxOptions { Endpoint = new Uri("unix:///no/such/socket") }, TimeProvider.System, Cancel));

        Assert.Contains("apt-get install docker.io", failure.Message, StringComparison.Ordinal);
    }
}

public sealed class DockerFixture : IAsyncLifetime
{
    /// <summary>Why there is no daemon to test with; null when there is one.</summary>
    public string? WhyNot { get; private set; }

    public DockerDaemon? Daemon { get; private set; }

    internal DockerSandbox? Sandbox { get; private set; }

    public async ValueTask InitializeAsync()
    {
        try
        {
            Daemon = await DockerDaemon.StartAsync(CancellationToken.None);
            Sandbox = await DockerSandbox.OpenAsync(
                new DockerSandboxOptions { Endpoint = Daemon.Endpoint, Image = DockerDaemon.Image }, TimeProvider.System, CancellationToken.None);
        }
        catch (DockerImpossibleException e)
        {
            WhyNot = e.Message;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Sandbox is not null)
            await Sandbox.DisposeAsync();
        if (Daemon is not null)
            await Daemon.DisposeAsync();
    }
}
