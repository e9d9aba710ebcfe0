using System.Runtime.InteropServices;

namespace Afterburner.Cli;

/// <summary>
/// Ends the program on SIGINT and SIGTERM: what runs is cancelled, and what does not listen in time is left
/// behind. It works from the first moment on, also while a call into the system does not return.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private readonly TimeSpan _patience;
    private readonly CancellationTokenSource _source = new();
    private readonly List<PosixSignalRegistration> _registrations;
    private int _signals;

    /// <param name="patience">How long it may take whoever listens; infinite: as long as it takes, and a second signal ends it at once. Defaults to null: two seconds.</param>
    public Interruption(TimeSpan? patience = null)
    {
        _patience = patience ?? TimeSpan.FromSeconds(2);
        _registrations = [PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle)];
    }

    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _source.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        context.Cancel = true;
        // Somebody who asks twice does not want to wait.
        if (Interlocked.Increment(ref _signals) > 1)
            Environment.Exit(ExitCode.Cancelled);
        _ = Task.Run(() => _source.CancelAsync());
        _ = Task.Delay(_patience, TimeProvider.System).ContinueWith(_ => Environment.Exit(ExitCode.Cancelled), TaskScheduler.Default);
    }
}
