using System.Diagnostics;
using System.Diagnostics.Metrics;
using Afterburner.Worker.Inbox;
using Afterburner.Worker.Reviews;
using Afterburner.Worker.Webhooks;
using Microsoft.EntityFrameworkCore;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Afterburner.Worker.Operations;

/// <summary>
/// What a worker tells of itself, by OpenTelemetry's conventions: no name of a repository or a person is in a metric. Metrics are scraped at
/// <c>/metrics</c> with a token; both they and traces are sent where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says.
/// </summary>
internal sealed class Telemetry
{
    public const string Name = "Afterburner.Worker";

    private static readonly ActivitySource Activities = new(Name);

    private readonly Counter<long> _deliveries;
    private readonly Histogram<double> _waits, _reviews;

    /// <summary>Deliveries by state, as the heart last counted them.</summary>
    private volatile IReadOnlyDictionary<DeliveryState, int> _queue = new Dictionary<DeliveryState, int>();

    public Telemetry(IMeterFactory meters, HostModels models)
    {
        var meter = meters.Create(Name);
        _deliveries = meter.CreateCounter<long>("afterburner.deliveries", "{delivery}", "Deliveries that arrived, by event and by what became of them");
        _waits = meter.CreateHistogram(
            "afterburner.review.wait", "s", "From the arrival of a delivery to the beginning of its review",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 7_200] });
        _reviews = meter.CreateHistogram(
            "afterburner.review.duration", "s", "What reviews took, by how they ended",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [1, 5, 15, 30, 60, 120, 300, 600, 1_200, 3_600, 10_800] });
        meter.CreateObservableGauge(
            "afterburner.queue.deliveries", () => _queue.Select(c => new Measurement<int>(c.Value, new KeyValuePair<string, object?>("state", Word(c.Key)))),
            "{delivery}", "Deliveries that all workers together know, by state: not to be added up over workers");
        meter.CreateObservableGauge(
            "afterburner.model.questions",
            () => new[] { Questions(models.Waiting, "waiting"), Questions(models.Asked, "asked") },
            "{question}", "Questions of this worker's reviews that wait for a place at a model, and that are being answered");

        static Measurement<int> Questions(int count, string state) => new(count, new KeyValuePair<string, object?>("state", state));
    }

    public static void AddTo(IServiceCollection services, WorkerSettings settings)
    {
        services.AddSingleton<Telemetry>();
        var telemetry = services.AddOpenTelemetry();
        var isSent = !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT"));
        if (isSent || settings.MetricsToken is not null)
        {
            telemetry.WithMetrics(m =>
            {
                m.AddMeter(Name).AddAspNetCoreInstrumentation();
                if (settings.MetricsToken is not null)
                    m.AddPrometheusExporter();
                if (isSent)
                    m.AddOtlpExporter();
            });
        }

        // Addresses of GitHub name repositories: requests to it are traced only where the administrator sends traces.
        if (isSent)
            telemetry.WithTracing(t => t.AddSource(Name).AddAspNetCoreInstrumentation().AddHttpClientInstrumentation().AddOtlpExporter());
    }

    public static void Map(WebApplication app, WorkerSettings settings)
    {
        if (settings.MetricsToken is not { } token)
            return;
        app.UseWhen(c => c.Request.Path.StartsWithSegments("/metrics"), metrics => metrics.Use((context, next) =>
        {
            if (FixedTime.AreEqual(context.Request.Headers.Authorization.ToString(), $"Bearer {token.Reveal()}"))
                return next(context);
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return context.Response.WriteAsync("metrics are told to who has AFTERBURNER_METRICS_TOKEN: Authorization: Bearer TOKEN");
        }).UseOpenTelemetryPrometheusScrapingEndpoint());
    }

    /// <summary>The span of one attempt at a review; null where nobody listens.</summary>
    public Activity? Begin(Delivery delivery, DateTimeOffset now)
    {
        if (delivery.Attempt == 1)
            _waits.Record((now - delivery.ReceivedAt).TotalSeconds);
        var activity = Activities.StartActivity("review", ActivityKind.Consumer);
        activity?.SetTag("afterburner.delivery.id", delivery.Id).SetTag("afterburner.attempt", delivery.Attempt).SetTag("afterburner.subject", delivery.Subject);
        return activity;
    }

    /// <summary>How an attempt ended.</summary>
    public void Ended(Activity? activity, DeliveryState state, TimeSpan took)
    {
        _reviews.Record(took.TotalSeconds, new KeyValuePair<string, object?>("state", Word(state)));
        activity?.SetTag("afterburner.state", Word(state)).SetStatus(state is DeliveryState.Failed or DeliveryState.Dead ? ActivityStatusCode.Error : ActivityStatusCode.Ok);
    }

    /// <summary>A delivery arrived.</summary>
    public void Arrived(string kind, string outcome) => _deliveries.Add(
        1, new KeyValuePair<string, object?>("event", WebhookEvent.Known.Contains(kind) ? kind : "other"), new KeyValuePair<string, object?>("outcome", outcome));

    /// <summary>Counts what is known.</summary>
    public async Task CountAsync(InboxContext inbox, CancellationToken cancellationToken) =>
        _queue = await inbox.Deliveries.GroupBy(d => d.State).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, cancellationToken)
            .ConfigureAwait(false);

    private static string Word(DeliveryState state) => state.ToString().ToLowerInvariant();
}
