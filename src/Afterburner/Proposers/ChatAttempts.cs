using System.ClientModel;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.AI;

namespace Afterburner.Proposers;

/// <summary>
/// One reply, with time-outs and retries: again after 429 (as long as Retry-After asks), 408, 5xx, a broken connection,
/// silence or an unreadable reply; at once an error for anything a second attempt cannot cure. No message holds the key.
/// </summary>
internal sealed partial class ChatAttempts(ChatProposerOptions options, TimeProvider time, string model, string where, Secret? key)
{
    /// <exception cref="EnvironmentFailureException">There was no reply. The message says what to do.</exception>
    /// <exception cref="PromptTooLongException">This prompt is longer than the model can read.</exception>
    public async Task<ChatResponse> RunAsync(
        Func<Action<TimeSpan>, CancellationToken, Task<ChatResponse>> ask, CancellationToken cancellationToken)
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
        Func<Action<TimeSpan>, CancellationToken, Task<ChatResponse>> ask, CancellationToken cancellationToken)
    {
        using var whole = new CancellationTokenSource(options.Timeout, time);
        using var idle = new CancellationTokenSource(options.IdleTimeout, time);
        using var all = CancellationTokenSource.CreateLinkedTokenSource(whole.Token, idle.Token, cancellationToken);
        try
        {
            var response = await ask(idle.CancelAfter, all.Token).ConfigureAwait(false);
            return response.FinishReason is null
                ? (null, new Fault("the reply was cut off", Curable: true, Advice: "Look at the server's log."))
                : (response, null);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (Exception) when (whole.IsCancellationRequested)
        {
            return (null, new Fault($"no whole reply within {Seconds(options.Timeout)}", Curable: false, Advice: "Use a smaller or faster model."));
        }
        catch (Exception) when (idle.IsCancellationRequested)
        {
            return (null, new Fault(
                $"nothing came for {Seconds(options.IdleTimeout)}", Curable: true, Advice: "Look at the server's log, or use a smaller or faster model."));
        }
        catch (ClientResultException e) when (e.Status is 400 or 413 or 422 && TooLong().IsMatch(e.Message))
        {
            throw new PromptTooLongException($"the prompt does not fit into the context of {model} ({Shortened(e.Message)})");
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
        >= 300 and < 400 => new Fault(
            $"the server sends the request on to another address (HTTP {e.Status}{Header(e, "Location", " to ")}), where the key does not follow", Curable: false,
            Advice: "Give that address with --model-url if you trust it."),
        401 or 403 => new Fault($"the key was refused (HTTP {e.Status})", Curable: false, Advice: "Check AFTERBURNER_API_KEY."),
        404 => new Fault($"there is no model '{model}' at this address (HTTP 404: {Shortened(e.Message)})", Curable: false, Advice: "Check the model's name and that the address ends with the API's version, such as /v1."),
        408 or 429 or >= 500 => new Fault($"the server answered HTTP {e.Status}", Curable: true, RetryAfter(e), e.Status == 429 ? "Wait, or ask for fewer candidates." : "Look at the server's log."),
        >= 400 => new Fault($"the server refused the request (HTTP {e.Status}: {Shortened(e.Message)})", Curable: false),
        _ => new Fault("the reply is not what an OpenAI-compatible server sends", Curable: true, Advice: "Check that the address ends with the API's version, such as /v1."),
    };

    private TimeSpan? RetryAfter(ClientResultException e)
    {
        var value = Header(e, "Retry-After");
        if (double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds >= 0)
            return TimeSpan.FromSeconds(Math.Min(seconds, 86_400));
        return DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, out var until) && until > time.GetUtcNow()
            ? until - time.GetUtcNow()
            : null;
    }

    private string Wording(Fault fault, int attempts) =>
        $"The model at {where} could not be asked: {fault.What}{(attempts > 1 ? string.Create(CultureInfo.InvariantCulture, $", after {attempts} attempts") : "")}. {fault.Advice}".TrimEnd();

    private string Masked(string text) => key is null ? text : key.Mask(text);

    private string Header(ClientResultException e, string name, string before = "") =>
        e.GetRawResponse() is { } response && response.Headers.TryGetValue(name, out var value) ? before + Shortened(value ?? "") : "";

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.##} s");

    private string Innermost(Exception e)
    {
        while (e.InnerException is { } inner)
            e = inner;
        return Shortened(e.Message);
    }

    /// <summary>Somebody else's words in one short line that can do nothing to a terminal; masked before it is cut.</summary>
    private string Shortened(string text)
    {
        text = Unprintable().Replace(Masked(text), " ").Trim();
        return text.Length <= 300 ? text : text[..300] + "...";
    }

    /// <summary>How OpenAI, llama.cpp, vLLM and Ollama say it.</summary>
    [GeneratedRegex("context.{0,10}(?:length|size|window)|maximum context|prompt is too long|too many tokens", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex TooLong();

    [GeneratedRegex(@"[\p{C}\s]+")]
    private static partial Regex Unprintable();
}
