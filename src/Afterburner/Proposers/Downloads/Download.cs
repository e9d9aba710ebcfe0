using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace Afterburner.Proposers.Downloads;

/// <summary>
/// Brings the rest of a partial file over HTTP. A broken connection is taken up where it broke; a file that changed at its
/// source meanwhile is begun anew, so that a whole file never holds parts of two.
/// </summary>
internal sealed class Download(DownloadKind kind, HttpMessageInvoker http, PullOptions options, TimeProvider time)
{
    private const int MostRedirects = 10;

    private sealed record Broken(string What, TimeSpan? Wait = null);

    /// <param name="expected">Size that the file must have, when it is known.</param>
    /// <exception cref="EnvironmentFailureException">The file is not to be had, is another one, or does not fit on the disk.</exception>
    public async Task RunAsync(DownloadAddress address, PartialFile part, long? expected, Action<PullProgress> progress, CancellationToken cancellationToken)
    {
        var pause = options.RetryDelay;
        for (var attempt = 1; !part.IsWhole;)
        {
            var before = part.Length;
            var broken = await OnceAsync(address, part, expected, progress, cancellationToken).ConfigureAwait(false);
            if (part.IsWhole)
                return;
            if (part.Length > before)
                (attempt, pause) = (1, options.RetryDelay);
            else if (++attempt > options.Attempts)
                throw new EnvironmentFailureException(
                    $"{address.File} could not be fetched from {address.Url.Host}: {broken!.What}, {options.Attempts} times in a row. What has arrived is kept: the same command goes on with it.");
            await Task.Delay(broken?.Wait ?? pause, time, cancellationToken).ConfigureAwait(false);
            pause *= 2;
        }
    }

    /// <summary>One connection; null when there is more to do at once.</summary>
    private async Task<Broken?> OnceAsync(DownloadAddress address, PartialFile part, long? expected, Action<PullProgress> progress, CancellationToken cancellationToken)
    {
        using var alarm = new CancellationTokenSource(options.Stall, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(alarm.Token, cancellationToken);
        try
        {
            using var response = await SendAsync(address, part, both.Token).ConfigureAwait(false);
            if (Refused(response, address) is { } broken)
                return broken;
            if (!Prepare(response, address, part, expected))
                return new Broken("the server's parts do not fit together");
            var content = await response.Content.ReadAsStreamAsync(both.Token).ConfigureAwait(false);
            await using (content.ConfigureAwait(false))
                return await CopyAsync(content, part, progress, alarm, both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Broken(string.Create(CultureInfo.InvariantCulture, $"nothing arrived for {options.Stall.TotalSeconds:0.#} s"));
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return new Broken($"the connection failed ({e.Message})");
        }
    }

    /// <summary>Follows redirects by hand: each address is checked, and only Hugging Face sees its token.</summary>
    private async Task<HttpResponseMessage> SendAsync(DownloadAddress address, PartialFile part, CancellationToken cancellationToken)
    {
        var url = address.Url;
        for (var hop = 0; hop <= MostRedirects; hop++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            request.Headers.UserAgent.Add(new ProductInfoHeaderValue("afterburner", null));
            if (part.Length > 0)
            {
                request.Headers.Range = new RangeHeaderValue(part.Length, null);
                request.Headers.TryAddWithoutValidation("If-Range", part.Of!.Validator);
            }

            if (options.HuggingFaceToken is { } token && DownloadAddress.TakesHuggingFaceToken(url))
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Reveal());
            var response = await http.SendAsync(request, cancellationToken).ConfigureAwait(false);
            if ((int)response.StatusCode is not (301 or 302 or 303 or 307 or 308) || response.Headers.Location is not { } location)
                return response;

            response.Dispose();
            var next = new Uri(url, location);
            if (!DownloadAddress.MayRedirect(url, next))
                throw new EnvironmentFailureException(
                    $"{url.Host} sends the request on to {DownloadAddress.Shown(next)}, which is not https: nothing is fetched from there.");
            url = next;
        }

        throw new EnvironmentFailureException($"{address.Url.Host} sends the request on in circles.");
    }

    private Broken? Refused(HttpResponseMessage response, DownloadAddress address) => response.StatusCode switch
    {
        HttpStatusCode.OK or HttpStatusCode.PartialContent or HttpStatusCode.RequestedRangeNotSatisfiable => null,
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => throw new EnvironmentFailureException(
            $"{address.Url.Host} refuses {address.File} (HTTP {(int)response.StatusCode}): accept its licence there and give your token in HF_TOKEN."),
        HttpStatusCode.NotFound or HttpStatusCode.Gone => throw new EnvironmentFailureException(
            $"there is no {DownloadAddress.Shown(address.Url)} (HTTP {(int)response.StatusCode})."),
        HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError =>
            new Broken($"the server answered HTTP {(int)response.StatusCode}", RetryAfter(response)),
        _ => throw new EnvironmentFailureException($"{address.Url.Host} answered HTTP {(int)response.StatusCode} for {address.File}."),
    };

    private TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        var header = response.Headers.RetryAfter;
        var wait = header?.Delta ?? header?.Date - time.GetUtcNow();
        return wait is { } w && w >= TimeSpan.Zero && w <= TimeSpan.FromMinutes(5) ? w : null;
    }

    /// <summary>Makes the part fit what the server is about to send; false when it cannot, and must be asked again from the start.</summary>
    private bool Prepare(HttpResponseMessage response, DownloadAddress address, PartialFile part, long? expected)
    {
        var headers = response.Content.Headers;
        var validator = response.Headers.ETag is { IsWeak: false } etag ? etag.Tag : headers.LastModified?.ToString("R", CultureInfo.InvariantCulture);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            var range = headers.ContentRange;
            var continues = response.StatusCode == HttpStatusCode.PartialContent && part.Length > 0
                && range?.From == part.Length && range.Length == part.Of!.Total && (validator is null || validator == part.Of.Validator);
            if (!continues)
                part.Clear();
            else
                CheckSpace(address, part, part.Of!.Total - part.Length);
            return continues;
        }

        var total = headers.ContentLength
            ?? throw new EnvironmentFailureException($"{address.Url.Host} does not say how long {address.File} is: a whole file could not be told from a broken one.");
        if (total < kind.HeadBytes)
            throw NotOfKind();
        if (expected is { } bytes && bytes != total)
            throw new EnvironmentFailureException($"{address.Url.Host} offers {total} bytes as {address.File}, which has {bytes}: it is another file.");
        part.Clear();
        CheckSpace(address, part, total);
        part.Begin(new PartialFile.Origin(DownloadAddress.Shown(address.Url), validator, total));
        return true;
    }

    private void CheckSpace(DownloadAddress address, PartialFile part, long needed)
    {
        var free = options.FreeBytes(part.Folder);
        if (free - options.SpareBytes < needed)
            throw new EnvironmentFailureException(
                $"{address.File} needs {Quantities.Bytes(needed + options.SpareBytes)} and the disk has {Quantities.Bytes(free)} free: make room, or choose another folder with --directory DIR.");
    }

    private async Task<Broken?> CopyAsync(Stream content, PartialFile part, Action<PullProgress> progress, CancellationTokenSource alarm, CancellationToken cancellationToken)
    {
        var buffer = new byte[256 * 1024];
        while (!part.IsWhole)
        {
            int read;
            try
            {
                // The first bytes are looked at before they are kept: a page with an error message is none.
                var least = part.Length == 0 ? kind.HeadBytes : 1;
                read = await content.ReadAtLeastAsync(buffer, least, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            }
            catch (IOException e)
            {
                return new Broken($"the connection broke ({e.Message})");
            }

            if (read == 0)
                return new Broken("the connection ended early");
            if (part.Length == 0 && !kind.MayBegin(buffer.AsSpan(0, read)))
            {
                part.Delete();
                throw NotOfKind();
            }

            alarm.CancelAfter(options.Stall);
            await WriteAsync(part, buffer.AsMemory(0, (int)Math.Min(read, part.Of!.Total - part.Length))).ConfigureAwait(false);
            progress(new PullProgress(PullStage.Downloading, part.Length, part.Of.Total));
        }

        return null;
    }

    private EnvironmentFailureException NotOfKind() =>
        new($"what the server sends is not {kind.Of}: check the address (a page about a {kind.Noun} is not the {kind.Noun}).");

    /// <summary>Cannot be cancelled half way, so that the part always ends where its length says.</summary>
    private static async Task WriteAsync(PartialFile part, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await part.Content.WriteAsync(bytes, CancellationToken.None).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw new EnvironmentFailureException($"the file cannot be written: {e.Message}. What has arrived is kept: make room and run the same command again.", e);
        }
    }
}
