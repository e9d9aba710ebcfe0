using Afterburner.Sandboxes;
using Afterburner.Settings;
using Afterburner.Worker;
using Afterburner.Worker.Reviews;
using Afterburner.Worker.Setup;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Afterburner.Tests.Worker;

public sealed class EngineTests
{
    [Fact]
    public void A_repository_chooses_nothing_of_the_workers_machine()
    {
        var asked = Configuration.Default with
        {
            Proposers = ["recipes", "chat", "replay:/etc/passwd", "command:theirs", "llama"],
            ModelUrl = new Uri("http://169.254.169.254/latest"),
            Model = "theirs",
            Sandbox = SandboxKind.Docker,
            DockerImage = "theirs",
            MemoryLimit = 64L << 30,
            Budget = TimeSpan.FromHours(24),
            MaxFunctions = 1_000,
            Iterations = 100,
            Candidates = 16,
            Tests = Configuration.Default.Tests with { Timeout = TimeSpan.FromHours(2) },
        };
        asked = asked.With("python", s => s with { Interpreter = "/opt/theirs/bin/python3" });

        var bounded = Of(null).Bounded(asked);

        Assert.Equal(["recipes"], bounded.Proposers);
        Assert.Equal((null, null, SandboxKind.Auto, null), (bounded.ModelUrl, bounded.Model, bounded.Sandbox, bounded.DockerImage));
        Assert.Equal((4L << 30, TimeSpan.FromHours(1), TimeSpan.FromHours(1)), (bounded.MemoryLimit, bounded.Budget, bounded.Tests.Timeout));
        Assert.Equal((100, 10, 4), (bounded.MaxFunctions, bounded.Iterations, bounded.Candidates));
        Assert.Null(bounded.Languages["python"].Interpreter);
    }

    [Fact]
    public void The_model_is_the_administrators()
    {
        var bounded = Of(new Uri("http://localhost:8000/v1")).Bounded(Configuration.Default with { ModelUrl = new Uri("http://theirs"), Model = "theirs" });

        Assert.Equal(["recipes", "chat"], bounded.Proposers);
        Assert.Equal((new Uri("http://localhost:8000/v1"), "ours"), (bounded.ModelUrl, bounded.Model));
    }

    [Fact]
    public void A_copy_of_a_commit_takes_no_more_than_the_administrator_says() => Assert.Equal(4L << 30, Of(null).Bounded(Configuration.Default).Workspace.MostBytes);

    private static Engine Of(Uri? model)
    {
        var settings = new WorkerSettings
        {
            AppId = "", PrivateKey = new(""), WebhookSecrets = [], Data = "/nowhere", Name = "test", ModelUrl = model, Model = model is null ? null : "ours",
        };
        return new Engine(
            new Mirrors(settings, TimeProvider.System, NullLogger<Mirrors>.Instance), new Dependencies(settings, TimeProvider.System, NullLogger<Dependencies>.Instance), new WorkerSandbox(TimeProvider.System), new HostModels(settings), settings, TimeProvider.System);
    }
}
