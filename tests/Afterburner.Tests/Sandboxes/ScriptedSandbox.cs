using System.Text;
using System.Text.Json.Nodes;
using Afterburner.Languages.Python;
using Afterburner.Sandboxes;
using Afterburner.Workloads;

namespace Afterburner.Tests.Sandboxes;

/// <summary>Runs nothing: answers every command as a test says, so that the time things take is what the test wants.</summary>
/// <param name="answer">The command, and how many came before it.</param>
internal sealed class ScriptedSandbox(Func<SandboxCommand, int, SandboxRun> answer) : ISandbox
{
    /// <summary>Answers commands of the harness; the last message, that all is done, is added.</summary>
    public static ScriptedSandbox Harness(Func<JsonObject, int, IEnumerable<JsonObject>> answer) => new((command, number) =>
    {
        var messages = answer(Request(command), number).Append(new JsonObject { ["type"] = "done" });
        return Ended(TimeSpan.FromSeconds(0.1), text: string.Join('\n', messages.Select(m => m.ToJsonString())));
    });

    public List<SandboxCommand> Commands { get; } = [];

    public IEnumerable<JsonObject> Requests => Commands.Select(Request);

    public string Name => "scripted";

    public Harness ToHarness() => new(this, new PythonProject("python", new Dictionary<string, MachineDirectory>(), ["."], TestRunner.Unittest).Program);

    public static SandboxRun Ended(TimeSpan? cpu, TimeSpan wall = default, int exitCode = 0, string text = "") => new(
        SandboxEnd.Exited, exitCode, Encoding.UTF8.GetBytes(text), [], wall, cpu, 1 << 20, new Dictionary<string, byte[]>(), null);

    public Task<SandboxRun> RunAsync(SandboxCommand command, Limits limits, CancellationToken cancellationToken)
    {
        Commands.Add(command);
        return Task.FromResult(answer(command, Commands.Count - 1));
    }

    public Task<SandboxProcess> StartAsync(SandboxCommand command, Limits limits, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static JsonObject Request(SandboxCommand command) => JsonNode.Parse(command.Input.Span)!.AsObject();
}
