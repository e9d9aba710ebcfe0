using System.Text.Json.Nodes;
using Afterburner.Sandboxes;
using Xunit;

namespace Afterburner.Tests.Sandboxes;

public sealed class SandboxChoiceTests
{
    private static readonly SandboxOptions NoDocker = new() { Docker = new DockerSandboxOptions { Endpoint = new Uri("unix:///no/such/socket") } };

    private static readonly SandboxOptions Nothing = NoDocker with { Bubblewrap = new BubblewrapOptions { Program = "no-such-bwrap" } };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Auto_takes_bubblewrap_where_it_works()
    {
        await using var sandbox = await SandboxChoice.OpenAsync(SandboxKind.Auto, NoDocker, TimeProvider.System, Cancel);

        Assert.Equal("bubblewrap", sandbox.Name);
    }

    [Fact]
    public async Task Without_any_sandbox_the_refusal_says_what_to_install_for_each()
    {
        var failure = await Assert.ThrowsAsync<EnvironmentFailureException>(
            () => SandboxChoice.OpenAsync(SandboxKind.Auto, Nothing, TimeProvider.System, Cancel));

        Assert.Contains("bubblewrap: no-such-bwrap is not installed (Debian, Ubuntu: apt-get install bubblewrap", failure.Message, StringComparison.Ordinal);
        Assert.Contains("docker: ", failure.Message, StringComparison.Ordinal);
        Assert.Contains("apt-get install docker.io", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sandbox_that_was_asked_for_is_not_replaced_by_another()
    {
        await Assert.ThrowsAsync<EnvironmentFailureException>(
            () => SandboxChoice.OpenAsync(SandboxKind.Docker, NoDocker, TimeProvider.System, Cancel));
    }

    [Fact]
    public async Task A_program_that_is_no_sandbox_is_found_out_by_trying()
    {
        // It takes every argument, and runs nothing.
        var failure = await Assert.ThrowsAsync<EnvironmentFailureException>(() => SandboxChoice.OpenAsync(
            SandboxKind.Bubblewrap, new SandboxOptions { Bubblewrap = new BubblewrapOptions { Program = "true" } }, TimeProvider.System, Cancel));

        Assert.Contains("before the command started", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Probing_tells_version_layout_filter_and_reasons()
    {
        var probes = await SandboxChoice.ProbeAsync(NoDocker, TimeProvider.System, Cancel);

        Assert.Equal(["bubblewrap", "docker"], probes.Select(p => p.Name));
        Assert.True(probes[0] is { Works: true, SystemCallFilter: true, Reason: null }, probes[0].Reason);
        Assert.Matches(@"^\d+\.\d+", probes[0].Version);
        Assert.False(probes[1].Works);
        Assert.NotNull(probes[1].Reason);
    }

    [Fact]
    public async Task A_failing_sandbox_is_tried_three_times_and_a_failing_command_once()
    {
        var sandboxTries = 0;
        var commandTries = 0;

        var broken = await Attempts.RunAsync(
            _ =>
            {
                sandboxTries++;
                return Task.FromResult(RunOutcome.Broken("no"));
            },
            TimeProvider.System,
            Cancel);
        await Attempts.RunAsync(
            _ =>
            {
                commandTries++;
                return Task.FromResult(RunOutcome.Overflow(null));
            },
            TimeProvider.System,
            Cancel);

        Assert.Equal((3, 1, SandboxEnd.Failed, "no"), (sandboxTries, commandTries, broken.End, broken.Failure));
    }

    [Fact]
    public void Both_sandboxes_refuse_the_same_system_calls()
    {
        var profile = JsonNode.Parse(DockerSeccomp.Profile)!;
        var entries = profile["syscalls"]!.AsArray();

        Assert.Equal("SCMP_ACT_ALLOW", (string?)profile["defaultAction"]);
        Assert.Equal(SystemCallRules.All.Select(r => (r.Call, r.Error)), entries.Select(e => ((string)e!["names"]![0]!, (int)e["errnoRet"]!)));
    }
}
