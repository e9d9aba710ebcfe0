using Afterburner.Worker.Queue;

namespace Afterburner.Worker.Apps;

/// <summary>Before anything is sent that others will see, asks whether the review is still the attempt's, and ends it if not.</summary>
internal sealed class Fence(Attempt attempt, CancellationTokenSource stop, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Method != HttpMethod.Get && !await attempt.IsMineAsync(cancellationToken).ConfigureAwait(false))
        {
            await stop.CancelAsync().ConfigureAwait(false);
            stop.Token.ThrowIfCancellationRequested();
        }

        return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
    }
}
