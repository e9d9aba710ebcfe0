namespace Afterburner.Sandboxes;

/// <summary>A command in a bubblewrap sandbox that is talked to.</summary>
internal sealed class BubblewrapProcess : SandboxProcess
{
    private readonly OpenProcess _process;
    private readonly Launcher _launcher;
    private readonly ControlGroup? _group;
    private readonly FirstProcess? _first;
    private readonly Limits _limits;
    private readonly GroupMeter? _meter;
    private readonly FirstProcessMeter? _told;
    private readonly CancellationTokenSource _alarm = new();
    private Task<SandboxRun>? _ended;

    /// <param name="meter">Of the group; null where there is none that can be read.</param>
    /// <param name="told">The other end of process 1, where that tells what is used.</param>
    public BubblewrapProcess(
        OpenProcess process, Launcher launcher, ControlGroup? group, FirstProcess? first, Limits limits, GroupMeter? meter, FirstProcessMeter? told)
    {
        (_process, _launcher, _group, _first, _limits, _meter, _told) = (process, launcher, group, first, limits, meter, told);
        _alarm.Token.Register(Kill);
        _alarm.CancelAfter(limits.Wall);
    }

    public override Stream Input => _told?.Input ?? _process.Input;

    public override Stream Output => _told?.Output ?? _process.Output;

    public override IMeter? Meter => _meter ?? (_told?.WhyNot is null ? _told : (IMeter?)null);

    public override string Unmeasured => _told?.WhyNot is { } why
        ? $"{base.Unmeasured}, and no first process that tells what is used instead: {why}"
        : base.Unmeasured;

    /// <summary>Waits until it is known whether it can be measured.</summary>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        if (_told is null)
            return;
        await using (cancellationToken.Register(Kill))
            await _told.Opened.ConfigureAwait(false);
    }

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
        _meter?.Dispose();
        if (_group is not null)
            await _group.RemoveAsync().ConfigureAwait(false);
        _first?.Dispose();
        return run;
    }

    /// <summary>
    /// A process that a version 1 group holds still does not die before it goes on. bubblewrap goes first: after it nothing is made that the group does not hold.
    /// </summary>
    public override void Kill()
    {
        _meter?.Resume();
        _process.Kill();
        _group?.Kill();
    }
}
