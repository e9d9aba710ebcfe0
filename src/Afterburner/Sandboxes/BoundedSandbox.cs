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
        sandbox.RunAsync(command, limits with { Memory = Math.Min(limits.Memory, memory) }, cancellationToken);

    /// <summary>Whoever opened the sandbox closes it.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
