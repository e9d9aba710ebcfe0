namespace Afterburner.Tests.Proposers;

/// <summary>A clock on which one time-out never comes by itself, only by hand. All others come in their time.</summary>
internal sealed class HandClock(TimeSpan timeOut) : TimeProvider
{
    private readonly List<(TimerCallback Callback, object? State)> _alarms = [];

    /// <summary>Ends all waits for the time-out.</summary>
    public void End()
    {
        foreach (var (callback, state) in _alarms.ToList())
            callback(state);
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime != timeOut)
            return base.CreateTimer(callback, state, dueTime, period);
        _alarms.Add((callback, state));
        return base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, period);
    }
}
