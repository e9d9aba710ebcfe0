using System.Net.Http.Headers;

namespace Afterburner.GitHub;

/// <summary>
/// What every request goes through: the headers GitHub asks for, no other host, and repetition within a budget where
/// it can do no harm. A review, comment or pull request whose fate is unknown is never sent again from here: who sends
/// it looks first whether it arrived.
/// </summary>
internal sealed class GitHubTransport : DelegatingHandler
{
    private const string ApiVersion = "2022-11-28";
    private const long LargestReply = 64L << 20;
    private static readonly TimeSpan OneAttempt = TimeSpan.FromSeconds(60);

    private readonly GitHubAddress _address;
    private readonly TimeProvider _time;
    private readonly CancellationToken _stop;
    private TimeSpan _budget;

    /// <param name="budget">Most time spent waiting between attempts, over all requests.</param>
    /// <param name="stop">Ends waits and requests. Octokit's own token is not used: it runs out while a limit is waited for.</param>
    public GitHubTransport(HttpMessageHandler inner, GitHubAddress address, TimeSpan budget, TimeProvider time, CancellationToken stop)
        : base(inner)
    {
        (_address, _budget, _time, _stop) = (address, budget, time, stop);
    }

    /// <summary>Requests sent so far, repetitions included.</summary>
    public int Sent { get; private set; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (!_address.Allows(request.RequestUri))
            throw new EnvironmentFailureException(
                $"refused to send a request to {request.RequestUri?.Host}: only {_address.Api.Host} is spoken to. Check GITHUB_API_URL.");
        Prepare(request);
        if (request.Content is { } content)
            await content.LoadIntoBufferAsync(_stop).ConfigureAwait(false);
        for (var attempt = 1; ; attempt++)
        {
            var (response, broken) = await AttemptAsync(request).ConfigureAwait(false);
            var body = response is { IsSuccessStatusCode: false } ? await response.Content.ReadAsStringAsync(_stop).ConfigureAwait(false) : "";
            var delay = response is { IsSuccessStatusCode: true }
                ? null
                : RetryAdvice.Delay(response, body, attempt, IsRepeatable(request), _time.GetUtcNow());
            if (delay is null || delay > _budget)
                return response ?? throw new HttpRequestException($"no answer from {_address.Api.Host}: {broken!.Message}", broken);
            response?.Dispose();
            _budget -= delay.Value;
            await Task.Delay(delay.Value, _time, _stop).ConfigureAwait(false);
        }
    }

    private async Task<(HttpResponseMessage? Response, Exception? Broken)> AttemptAsync(HttpRequestMessage request)
    {
        using var limit = new CancellationTokenSource(OneAttempt);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stop);
        Sent++;
        HttpResponseMessage? response = null;
        try
        {
            response = await base.SendAsync(request, both.Token).ConfigureAwait(false);
            await response.Content.LoadIntoBufferAsync(LargestReply, both.Token).ConfigureAwait(false);
            return (response, null);
        }
        catch (Exception e) when (!_stop.IsCancellationRequested && e is HttpRequestException or IOException or OperationCanceledException)
        {
            response?.Dispose();
            return (null, limit.IsCancellationRequested ? new TimeoutException($"nothing within {OneAttempt.TotalSeconds} s", e) : e);
        }
    }

    private static void Prepare(HttpRequestMessage request)
    {
        // Octokit labels JSON as a form and asks for a version 3 media type.
        if (request.Content is { } content)
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        request.Headers.Accept.Clear();
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        request.Headers.Remove("X-GitHub-Api-Version");
        request.Headers.Add("X-GitHub-Api-Version", ApiVersion);
    }

    /// <summary>
    /// Everything but what makes something that people see. A check run sent twice replaces itself, as does SARIF;
    /// our GraphQL reads, resolves and minimises, or names the commit it expects.
    /// </summary>
    private static bool IsRepeatable(HttpRequestMessage request) =>
        request.Method != HttpMethod.Post
        || !(request.RequestUri!.AbsolutePath is var path
            && (path.EndsWith("/reviews", StringComparison.Ordinal)
                || path.EndsWith("/comments", StringComparison.Ordinal)
                || path.EndsWith("/pulls", StringComparison.Ordinal)
                || path.EndsWith("/refs", StringComparison.Ordinal)));
}
