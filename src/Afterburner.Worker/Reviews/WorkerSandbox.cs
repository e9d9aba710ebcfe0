using Afterburner.Sandboxes;
using Afterburner.Settings;

namespace Afterburner.Worker.Reviews;

/// <summary>The sandboxes of this worker, one for each way in which repositories want it opened.</summary>
internal sealed class WorkerSandbox(TimeProvider time) : IAsyncDisposable
{
    private readonly SemaphoreSlim _opening = new(1);
    private readonly Dictionary<(SandboxKind, string?), ISandbox> _opened = [];

    /// <exception cref="EnvironmentFailureException">None works here, and nothing is ever run without.</exception>
    public async Task<ISandbox> OpenAsync(Configuration configuration, CancellationToken cancellationToken)
    {
        await _opening.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var key = (configuration.Sandbox, configuration.DockerImage);
            if (!_opened.TryGetValue(key, out var sandbox))
            {
                sandbox = await SandboxChoice.OpenAsync(configuration.Sandbox, configuration.ToSandboxOptions(), time, cancellationToken).ConfigureAwait(false);
                _opened.Add(key, sandbox);
            }

            return sandbox;
        }
        finally
        {
            _opening.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var sandbox in _opened.Values)
            await sandbox.DisposeAsync().ConfigureAwait(false);
        _opening.Dispose();
    }
}
