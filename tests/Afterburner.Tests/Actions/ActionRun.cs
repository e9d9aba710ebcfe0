using System.Text.Json.Nodes;
using Xunit;

namespace Afterburner.Tests.Actions;

/// <summary>
/// Executes the <c>run:</c> steps of action.yml as a runner does: with bash, an environment of its own, an event's payload
/// and files for outputs and the summary. Nothing else of a runner is imitated.
/// </summary>
internal sealed class ActionRun : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ActionRun(ActionServer server, string @event, JsonObject payload)
    {
        var temporary = Directory.CreateDirectory(Path.Combine(_folder.Path, "temp")).FullName;
        Environment = new Dictionary<string, string>
        {
            ["PATH"] = System.Environment.GetEnvironmentVariable("PATH")!,
            ["HOME"] = System.Environment.GetEnvironmentVariable("HOME") ?? "/root",
            ["GITHUB_ACTIONS"] = "true",
            ["GITHUB_ACTION_PATH"] = Repository.Root,
            ["GITHUB_EVENT_NAME"] = @event,
            ["GITHUB_EVENT_PATH"] = _folder.Write("event.json", payload.ToJsonString()),
            ["GITHUB_REPOSITORY"] = ActionServer.Name,
            ["GITHUB_SERVER_URL"] = server.Url,
            ["GITHUB_API_URL"] = "http://127.0.0.1:9",
            ["GITHUB_STEP_SUMMARY"] = Path.Combine(_folder.Path, "summary.md"),
            ["GITHUB_WORKSPACE"] = Path.Combine(_folder.Path, "workspace"),
            ["RUNNER_TEMP"] = temporary,
        };
        foreach (var name in new[] { "DOTNET_ROOT" })
        {
            if (System.Environment.GetEnvironmentVariable(name) is { } value)
                Environment[name] = value;
        }
    }

    public Dictionary<string, string> Environment { get; }

    /// <summary>Inputs that differ from their defaults.</summary>
    public Dictionary<string, string> Inputs { get; init; } = [];

    public string Token { get; init; } = "";

    /// <summary>What the steps wrote, as <c>step.name</c>.</summary>
    public Dictionary<string, string> StepOutputs { get; } = [];

    public string Log { get; private set; } = "";

    public string Workspace => Environment["GITHUB_WORKSPACE"];

    public string Temporary => Environment["RUNNER_TEMP"];

    public string Summary => File.Exists(Environment["GITHUB_STEP_SUMMARY"]) ? File.ReadAllText(Environment["GITHUB_STEP_SUMMARY"]) : "";

    /// <summary>The outputs of the action.</summary>
    public string Output(string name) => ActionFile.Evaluate(ActionFile.Read().Outputs.Single(o => o.Name == name).Value, Value);

    public string ReportDirectory => Output("report-dir");

    /// <summary>What actions/checkout leaves: one commit, without the history before it.</summary>
    public async Task CheckOutAsync(ActionServer server, string commit)
    {
        Directory.CreateDirectory(Workspace);
        await Changes.TestRepository.RunAsync(Workspace, "git", "init", "--quiet", "--initial-branch=checkout");
        await Changes.TestRepository.RunAsync(Workspace, "git", "fetch", "--quiet", "--depth=1", $"{server.Url}/{ActionServer.Name}", commit);
        await Changes.TestRepository.RunAsync(Workspace, "git", "checkout", "--quiet", "--detach", "FETCH_HEAD");
    }

    /// <summary>Runs steps in their order until one fails, and after that those that always run.</summary>
    /// <returns>The exit code of the first that failed, or 0.</returns>
    public async Task<int> RunAsync(params string[] steps)
    {
        // The program of these tests stands in for a release, so that none is built for each test.
        StepOutputs["install.binary"] = Path.Combine(AppContext.BaseDirectory, "Afterburner.Cli");
        var failed = 0;
        foreach (var step in ActionFile.Read().Steps.Where(s => steps.Contains(s.Id)))
        {
            if (!Holds(step.If ?? "", failed != 0))
                continue;
            var code = await RunAsync(step);
            failed = failed != 0 ? failed : code;
        }

        return failed;
    }

    /// <summary>Whether a step runs, by the few conditions that the action has.</summary>
    private bool Holds(string condition, bool hasFailed)
    {
        const string Always = "always() && ";
        var always = condition.StartsWith(Always, StringComparison.Ordinal);
        if (hasFailed && !always)
            return false;
        var compared = (always ? condition[Always.Length..] : condition).Split(" == ");
        return condition.Length == 0 || (compared is [var name, var value] ? $"'{Value(name)}'" == value : throw new InvalidOperationException($"a runner is not imitated so far: {condition}"));
    }

    private async Task<int> RunAsync(ActionStep step)
    {
        var outputs = _folder.Write($"{step.Id}.outputs", "");
        var environment = new Dictionary<string, string>(Environment) { ["GITHUB_OUTPUT"] = outputs };
        foreach (var (name, value) in step.Env)
            environment[name] = ActionFile.Evaluate(value, Value);
        // The command line that GitHub documents for "shell: bash".
        var run = await Processes.RunAsync(
            new ProcessStart("bash", "--noprofile", "--norc", "-eo", "pipefail", _folder.Write($"{step.Id}.sh", step.Run!))
            {
                Environment = environment,
                WorkingDirectory = Directory.Exists(Workspace) ? Workspace : _folder.Path,
            },
            cancellationToken: TestContext.Current.CancellationToken);
        Log += run.Text + run.ErrorText;
        foreach (var (name, value) in Parse(await File.ReadAllLinesAsync(outputs)))
            StepOutputs[$"{step.Id}.{name}"] = value;
        return run.ExitCode;
    }

    private string Value(string expression)
    {
        var parts = expression.Split('.');
        return parts switch
        {
            ["inputs", "github-token"] => Token,
            ["inputs", var name] => Inputs.GetValueOrDefault(name) ?? ActionFile.Read().Inputs.Single(i => i.Name == name).Default!,
            ["steps", var step, "outputs", var name] => StepOutputs.GetValueOrDefault($"{step}.{name}", ""),
            _ => throw new InvalidOperationException($"a runner is not imitated so far: {expression}"),
        };
    }

    /// <summary>As the runner reads the file: NAME=VALUE, or NAME, a delimiter, lines, and the delimiter.</summary>
    private static IEnumerable<(string Name, string Value)> Parse(string[] lines)
    {
        for (var i = 0; i < lines.Length; i++)
        {
            var (equals, heredoc) = (lines[i].IndexOf('=', StringComparison.Ordinal), lines[i].IndexOf("<<", StringComparison.Ordinal));
            if (heredoc >= 0 && (equals < 0 || heredoc < equals))
            {
                var (name, delimiter) = (lines[i][..heredoc], lines[i][(heredoc + 2)..]);
                var end = Array.IndexOf(lines, delimiter, i + 1);
                Assert.True(end > i, $"the output {name} does not end");
                yield return (name, string.Join('\n', lines[(i + 1)..end]));
                i = end;
            }
            else if (equals > 0)
            {
                yield return (lines[i][..equals], lines[i][(equals + 1)..]);
            }
        }
    }

    public void Dispose() => _folder.Dispose();
}
