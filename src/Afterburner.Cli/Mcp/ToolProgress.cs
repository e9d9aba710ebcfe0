using System.Globalization;
using System.Threading.Channels;
using Afterburner.Functions;
using Afterburner.Proposers;
using Afterburner.Runs;
using Afterburner.Suggestions;
using Afterburner.Verdicts;

namespace Afterburner.Cli.Mcp;

/// <summary>
/// What a tool is doing, as notifications of the protocol: in order, each with a larger number than the one before, and one at least every few seconds, so that a
/// client whose patience begins anew with each of them waits for the answer.
/// </summary>
internal sealed class ToolProgress : IReviewObserver, IAsyncDisposable
{
    private static readonly TimeSpan Often = TimeSpan.FromSeconds(5);

    private readonly Channel<string> _lines = Channel.CreateBounded<string>(new BoundedChannelOptions(256) { FullMode = BoundedChannelFullMode.DropOldest });
    private readonly Func<int, string, Task>? _send;
    private readonly TimeProvider _time;
    private readonly Task _sending;

    /// <param name="send">Sends one; null where the client wants none.</param>
    public ToolProgress(Func<int, string, Task>? send, TimeProvider time)
    {
        (_send, _time) = (send, time);
        _sending = Task.Run(SendAsync);
    }

    public void Say(string line) => _lines.Writer.TryWrite(line);

    public void Stage(string what) => Say(what);

    public void FunctionsFound(IReadOnlyList<Function> functions) => Say($"{functions.Count} {(functions.Count == 1 ? "function" : "functions")} to look at");

    public void Step(Function function, string what) => Say($"{function.Name}: {what}");

    public void CandidateJudged(Function function, Candidate candidate, Verdict verdict) => Say($"{function.Name}: {candidate.Title}: {verdict.Kind}");

    public void FunctionFinished(FunctionReport report) => Say($"{report.Id}: {ConsoleWording.Status(report)}");

    public async ValueTask DisposeAsync()
    {
        _lines.Writer.TryComplete();
        await _sending.ConfigureAwait(false);
    }

    private async Task SendAsync()
    {
        var (step, last, since) = (0, "", _time.GetTimestamp());
        for (var more = NextAsync(); ;)
        {
            if (await Task.WhenAny(more, Task.Delay(Often, _time)).ConfigureAwait(false) != more)
            {
                if (last.Length > 0 && !await SentAsync(++step, string.Create(CultureInfo.InvariantCulture, $"{last} ({_time.GetElapsedTime(since).TotalSeconds:0} s)")).ConfigureAwait(false))
                    return;
                continue;
            }

            if (!await more.ConfigureAwait(false))
                return;
            while (_lines.Reader.TryRead(out var line))
            {
                (last, since) = (ToolText.Line(line), _time.GetTimestamp());
                if (!await SentAsync(++step, last).ConfigureAwait(false))
                    return;
            }

            more = NextAsync();
        }

        Task<bool> NextAsync() => _lines.Reader.WaitToReadAsync().AsTask();
    }

    /// <returns>False where nobody is there any more.</returns>
    private async Task<bool> SentAsync(int step, string line)
    {
        try
        {
            if (_send is not null)
                await _send(step, line).ConfigureAwait(false);
            return true;
        }
        catch (Exception)
        {
            // However a connection ends, it is no reason to lose the answer of what runs.
            return false;
        }
    }
}
