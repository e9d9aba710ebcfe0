using Afterburner.Worker.Inbox;
using Afterburner.Worker.Operations;
using Microsoft.AspNetCore.Http.Features;

namespace Afterburner.Worker.Webhooks;

/// <summary><c>POST /webhooks</c>: who signed it is looked at first; then it is stored as it came, and only then accepted. Nothing is read from it here.</summary>
internal static class WebhookEndpoint
{
    /// <summary>GitHub sends nothing larger.</summary>
    public const int LargestBody = 25 << 20;

    /// <summary>Of bodies that are held before it is known who signed them.</summary>
    public const string Reading = "webhooks";

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/webhooks", AcceptAsync).RequireRateLimiting(Reading);

    private static async Task<IResult> AcceptAsync(HttpContext context, InboxWriter inbox, Telemetry telemetry, WorkerSettings settings, TimeProvider time)
    {
        var request = context.Request;
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = LargestBody;
        if (Header("X-Hub-Signature-256", 100) is not { } signature)
            return Refused(StatusCodes.Status401Unauthorized, "X-Hub-Signature-256 is missing: set a webhook secret on the page of the GitHub App");
        if (Header("X-GitHub-Delivery", 80) is not { } guid || Header("X-GitHub-Event", 80) is not { } kind)
            return Refused(StatusCodes.Status400BadRequest, "X-GitHub-Delivery and X-GitHub-Event are needed");

        byte[] body;
        try
        {
            using var buffer = new MemoryStream();
            await request.Body.CopyToAsync(buffer, context.RequestAborted).ConfigureAwait(false);
            body = buffer.ToArray();
        }
        catch (BadHttpRequestException e)
        {
            return Refused(e.StatusCode, e.Message);
        }

        if (!WebhookSignature.IsOf(signature, body, settings.WebhookSecrets))
            return Refused(StatusCodes.Status401Unauthorized, "the signature is not of this body and one of the secrets known here");
        var stored = await inbox.StoreAsync(
            new Delivery { Hook = Header("X-GitHub-Hook-ID", 40) ?? "", Guid = guid, Event = kind, Payload = body, ReceivedAt = time.GetUtcNow() }).ConfigureAwait(false);
        telemetry.Arrived(kind, stored.ToString().ToLowerInvariant());
        return stored switch
        {
            Stored.New => Results.Text("stored", statusCode: StatusCodes.Status202Accepted),
            Stored.Duplicate => Results.Text("duplicate", statusCode: StatusCodes.Status202Accepted),
            Stored.OutOfReach => Refused(StatusCodes.Status503ServiceUnavailable, "the inbox is out of reach; ask for this delivery again"),
        };

        string? Header(string name, int longest) =>
            request.Headers[name] is [{ Length: > 0 } value] && value.Length <= longest && value.All(c => c is > ' ' and < (char)127) ? value : null;
    }

    private static IResult Refused(int status, string reason) => Results.Text(reason, statusCode: status);
}
