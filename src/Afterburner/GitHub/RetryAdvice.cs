using System.Globalization;
using System.Net;

namespace Afterburner.GitHub;

/// <summary>
/// How long to wait before a request is sent again, by GitHub's rules for clients: <c>Retry-After</c>, else the reset of
/// the primary limit, else at least a minute that doubles; outages are retried after 1, 2, 4 ... seconds.
/// </summary>
internal static class RetryAdvice
{
    public const int MostAttempts = 5;

    /// <param name="response">Null when the connection broke before an answer.</param>
    /// <param name="attempt">1 after the first try.</param>
    /// <param name="repeatable">Whether sending twice does no harm even if the first was carried out.</param>
    /// <returns>Null when it is not to be sent again.</returns>
    public static TimeSpan? Delay(HttpResponseMessage? response, string body, int attempt, bool repeatable, DateTimeOffset now)
    {
        if (attempt >= MostAttempts)
            return null;
        if (response is null)
            return repeatable ? Doubling(1, attempt) : null;
        return response.StatusCode switch
        {
            HttpStatusCode.TooManyRequests => Refused(response, attempt, now),
            HttpStatusCode.Forbidden when IsLimit(response, body) => Refused(response, attempt, now),
            >= HttpStatusCode.InternalServerError => repeatable ? RetryAfter(response, now) ?? Doubling(1, attempt) : null,
            _ => null,
        };
    }

    private static bool IsLimit(HttpResponseMessage response, string body) =>
        response.Headers.RetryAfter is not null
        || Header(response, "x-ratelimit-remaining") == "0"
        || body.Contains("rate limit", StringComparison.OrdinalIgnoreCase)
        || body.Contains("abuse detection", StringComparison.OrdinalIgnoreCase);

    private static TimeSpan Refused(HttpResponseMessage response, int attempt, DateTimeOffset now) =>
        RetryAfter(response, now) ?? Reset(response, now) ?? Doubling(60, attempt);

    private static TimeSpan? RetryAfter(HttpResponseMessage response, DateTimeOffset now) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => Least(delta),
        { Date: { } date } => Least(date - now),
        _ => null,
    };

    private static TimeSpan? Reset(HttpResponseMessage response, DateTimeOffset now) =>
        Header(response, "x-ratelimit-remaining") == "0"
        && long.TryParse(Header(response, "x-ratelimit-reset"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
        && seconds < DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? Least(DateTimeOffset.FromUnixTimeSeconds(seconds) - now)
            : null;

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    private static TimeSpan Doubling(double seconds, int attempt) => TimeSpan.FromSeconds(seconds * Math.Pow(2, attempt - 1));

    private static TimeSpan Least(TimeSpan wait) => wait < TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1) : wait;
}
