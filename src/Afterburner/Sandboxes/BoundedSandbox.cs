namespace Afterburner.Sandboxes;

/// <summary>
/// The sandbox of one run of the program: whatever a step asks for, it never gets more memory than the configuration allows.
/// Steps that read code only ask for less, by caps of their own.
/// </summary>
/// <param name="memory">Bytes.</param>
internal sealed class BoundedSandbox(ISandbox sandbox, long memory) : ISandbox
{
    public string Name => sandbox.Name;

    public Task<SandboxRun> RunAsync(SandboxCommand command, Limits limits, CancellationToken cancellationToken) =>
        sandbox.RunAsync(command, Bounded(limits), cancellationToken);

    public Task<SandboxProcess> StartAsync(SandboxCommand command, Limits limits, CancellationToken cancellationToken) =>
        sandbox.StartAsync(command, Bounded(limits), cancellationToken);

    private Limits Bounded(Limits limits) => limits with { Memory = Math.Min(limits.Memory, memory) };

    /// <summary>Whoever opened the sandbox closes it.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
