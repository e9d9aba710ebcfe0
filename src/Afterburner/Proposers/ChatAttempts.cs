using System.ClientModel;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Afterburner.Proposers;

/// <summary>
/// One reply, with time-out and retries: again after 429 (as long as Retry-After asks), 408, 5xx, a broken connection, a
/// time-out or an unreadable reply; at once an error for anything a second attempt cannot cure. No message holds the key.
/// </summary>
internal sealed class ChatAttempts(ChatProposerOptions options, TimeProvider time, string model, string where, Secret? key)
{
    /// <exception cref="EnvironmentFailureException">There was no reply. The message says what to do.</exception>
    public async Task<ChatResponse> RunAsync(Func<CancellationToken, Task<ChatResponse>> ask, CancellationToken cancellationToken)
    {
        var waited = TimeSpan.Zero;
        var pause = options.RetryDelay;
        for (var attempt = 1; ; attempt++)
        {
            var (response, fault) = await OnceAsync(ask, cancellationToken).ConfigureAwait(false);
            if (response is not null)
                return response;

            var wait = fault!.RetryAfter ?? pause;
            if (!fault.Curable || attempt >= options.Attempts || waited + wait > options.RetryBudget)
                throw new EnvironmentFailureException(Masked(Wording(fault, attempt)));
            waited += wait;
            pause *= 2;
            await Task.Delay(wait, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private sealed record Fault(string What, bool Curable, TimeSpan? RetryAfter = null, string Advice = "");

    private async Task<(ChatResponse? Response, Fault? Fault)> OnceAsync(
        Func<CancellationToken, Task<ChatResponse>> ask, CancellationToken cancellationToken)
    {
        using var alarm = new CancellationTokenSource(options.Timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(alarm.Token, cancellationToken);
        try
        {
            return (await ask(both.Token).ConfigureAwait(false), null);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (Exception) when (alarm.IsCancellationRequested)
        {
            return (null, new Fault(
                string.Create(CultureInfo.InvariantCulture, $"no reply within {options.Timeout.TotalSeconds:0.##} s"), Curable: true,
                Advice: "Use a smaller model or allow more time."));
        }
        catch (ClientResultException e)
        {
            return (null, Of(e));
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException or AggregateException)
        {
            return (null, new Fault($"the connection failed ({Innermost(e)})", Curable: true, Advice: "Check that the server runs and that the address is right."));
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or ArgumentException or KeyNotFoundException)
        {
            return (null, new Fault("the reply is not what an OpenAI-compatible server sends", Curable: true, Advice: "Check that the address ends with the API's version, such as /v1."));
        }
    }

    private Fault Of(ClientResultException e) => e.Status switch
    {
        0 => new Fault($"the connection failed ({Innermost(e)})", Curable: true, Advice: "Check that the server runs and that the address is right."),
        401 or 403 => new Fault($"the key was refused (HTTP {e.Status})", Curable: false, Advice: "Check AFTERBURNER_API_KEY."),
        404 => new Fault($"there is no model '{model}' at this address (HTTP 404)", Curable: false, Advice: "Check the model's name and that the address ends with the API's version, such as /v1."),
        408 or 429 or >= 500 => new Fault($"the server answered HTTP {e.Status}", Curable: true, RetryAfter(e), e.Status == 429 ? "Wait, or ask for fewer candidates." : "Look at the server's log."),
        >= 400 => new Fault($"the server refused the request (HTTP {e.Status}: {Shortened(e.Message)})", Curable: false),
        _ => new Fault("the reply is not what an OpenAI-compatible server sends", Curable: true, Advice: "Check that the address ends with the API's version, such as /v1."),
    };

    private TimeSpan? RetryAfter(ClientResultException e)
    {
        if (e.GetRawResponse() is not { } response || !response.Headers.TryGetValue("Retry-After", out var value))
            return null;
        if (double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 0 and < 86_400)
            return TimeSpan.FromSeconds(seconds);
        return DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, out var until) && until > time.GetUtcNow()
            ? until - time.GetUtcNow()
            : null;
    }

    private string Wording(Fault fault, int attempts) =>
        $"The model at {where} could not be asked: {fault.What}{(attempts > 1 ? string.Create(CultureInfo.InvariantCulture, $", after {attempts} attempts") : "")}. {fault.Advice}".TrimEnd();

    private string Masked(string text) => key is null ? text : key.Mask(text);

    private static string Innermost(Exception e)
    {
        while (e.InnerException is { } inner)
            e = inner;
        return Shortened(e.Message);
    }

    private static string Shortened(string text)
    {
        text = text.ReplaceLineEndings(" ").Trim();
        return text.Length <= 300 ? text : text[..300] + "...";
    }
}
