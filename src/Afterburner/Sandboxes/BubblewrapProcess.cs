namespace Afterburner.Sandboxes;

/// <summary>A command in a bubblewrap sandbox that is talked to.</summary>
internal sealed class BubblewrapProcess : SandboxProcess
{
    private readonly OpenProcess _process;
    private readonly Launcher _launcher;
    private readonly ControlGroup? _group;
    private readonly FirstProcess? _first;
    private readonly Limits _limits;
    private readonly CancellationTokenSource _alarm = new();
    private Task<SandboxRun>? _ended;

    public BubblewrapProcess(OpenProcess process, Launcher launcher, ControlGroup? group, FirstProcess? first, Limits limits)
    {
        (_process, _launcher, _group, _first, _limits) = (process, launcher, group, first, limits);
        Meter = group?.Meter();
        _alarm.Token.Register(Kill);
        _alarm.CancelAfter(limits.Wall);
    }

    public override Stream Input => _process.Input;

    public override Stream Output => _process.Output;

    public override IMeter? Meter { get; }

    public override Task<SandboxRun> EndAsync() => _ended ??= FinishAsync();

    private async Task<SandboxRun> FinishAsync()
    {
        var timedOut = _alarm.IsCancellationRequested;
        _alarm.Dispose();
        Kill();
        var process = await _process.EndAsync(timedOut).ConfigureAwait(false);
        var empty = await BubblewrapSandbox.EmptyAsync(_group, _first).ConfigureAwait(false);
        var run = empty
            ? RunOutcome.Read(process, _launcher, _group?.Usage(), _limits, null)
            : RunOutcome.Broken("a process of the run could not be killed", process.Wall);
        Meter?.Dispose();
        if (_group is not null)
            await _group.RemoveAsync().ConfigureAwait(false);
        _first?.Dispose();
        return run;
    }

    /// <summary>A process that a version 1 group holds still does not die before it goes on.</summary>
    public override void Kill()
    {
        Meter?.Resume();
        _group?.Kill();
        _process.Kill();
    }
}
