using System.Globalization;
using System.Linq.Expressions;

namespace Afterburner.Worker.Inbox;

/// <summary>How far a delivery has come.</summary>
internal enum DeliveryState
{
    /// <summary>Stored as it came; nobody has read it.</summary>
    Received,

    /// <summary>Its content is not what GitHub documents; it is kept for a person to see.</summary>
    Unreadable,

    /// <summary>Nothing is to be done, and why.</summary>
    Ignored,

    /// <summary>There is work, which nobody was given yet.</summary>
    Waiting,

    /// <summary>The scheduler has it.</summary>
    Released,

    /// <summary>A worker is at it.</summary>
    Running,

    Done,

    /// <summary>The pull request has a newer head, or was closed, before the work was done.</summary>
    Superseded,

    /// <summary>The work cannot be done, however often it is tried, and why.</summary>
    Failed,

    /// <summary>Outages or deaths of workers came in between too often: a person decides.</summary>
    Dead,
}

/// <summary>What a delivery asks for.</summary>
internal enum WorkKind
{
    /// <summary>A review of a pull request, or of a branch, as it is when the work begins.</summary>
    Review,

    /// <summary>A word of a person in a comment.</summary>
    Command,
}

/// <summary>
/// One row of the inbox: what GitHub sent, byte by byte, and what became of it. Written once for each hook and delivery id; the id names the
/// event, and a redelivery has the same.
/// </summary>
internal sealed class Delivery
{
    /// <summary>In the order of arrival.</summary>
    public long Id { get; init; }

    public required string Hook { get; init; }

    /// <summary>GitHub's id of the event.</summary>
    public required string Guid { get; init; }

    /// <summary>GitHub's name of the kind of event: <c>pull_request</c>.</summary>
    public required string Event { get; init; }

    public required byte[] Payload { get; init; }

    public DateTimeOffset ReceivedAt { get; init; }

    public DeliveryState State { get; set; }

    /// <summary>Why it is in that state, for a person; null where that goes without saying.</summary>
    public string? Reason { get; set; }

    public WorkKind? Kind { get; set; }

    /// <summary>OWNER/REPO.</summary>
    public string? Repository { get; set; }

    public long? RepositoryId { get; set; }

    public long? Installation { get; set; }

    /// <summary>Number of the pull request; null where it is about a branch, or about nothing.</summary>
    public int? Number { get; set; }

    /// <summary>Name of the branch; null where it is about a pull request, or about nothing.</summary>
    public string? Branch { get; set; }

    /// <summary>Full hash of the newest commit that was compared before: what came since is gated, and nothing else is done. Null for anything but a push.</summary>
    public string? Since { get; set; }

    /// <summary>One function to be made faster, <c>PATH::FUNCTION</c>; null where the change is reviewed.</summary>
    public string? Function { get; set; }

    /// <summary>The word that a person said, <c>ignore</c>; null for anything but a command.</summary>
    public string? Command { get; set; }

    /// <summary>Full hash of the commit that the event is about; once the work has begun, of the one under review.</summary>
    public string? Head { get; set; }

    /// <summary>Whether a finished review of the same commit is no reason to leave it.</summary>
    public bool Again { get; set; }

    /// <summary>How often the work was begun. Whoever works holds the number of his attempt, and nothing he does counts once it is another's: a fence.</summary>
    public int Attempt { get; set; }

    /// <summary>Tries that an outage ended.</summary>
    public int Failures { get; set; }

    /// <summary>Workers that died at it.</summary>
    public int Deaths { get; set; }

    /// <summary>Not to be tried before.</summary>
    public DateTimeOffset? NotBefore { get; set; }

    /// <summary>Who is or was at it.</summary>
    public string? Worker { get; set; }

    public DateTimeOffset? StartedAt { get; set; }

    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>What is being done right now.</summary>
    public string? Progress { get; set; }

    /// <summary>What it is about, for a person: <c>octo-org/shop#7</c>, <c>octo-org/shop@main</c>, or the kind of event.</summary>
    public string Subject => this switch
    {
        { Repository: null } => Event,
        { Number: { } number } => string.Create(CultureInfo.InvariantCulture, $"{Repository}#{number}"),
        { Branch: { } branch } => $"{Repository}@{branch}",
        _ => Repository,
    };

    /// <summary>What the folder of this attempt's run is called.</summary>
    public string RunName => string.Create(CultureInfo.InvariantCulture, $"{Id}-{Attempt}");

    /// <summary>Work that waits or is under way.</summary>
    public static Expression<Func<Delivery, bool>> IsUnfinished { get; } = d =>
        d.State == DeliveryState.Waiting || d.State == DeliveryState.Released || d.State == DeliveryState.Running;

    /// <summary>The row without what came, which can be large.</summary>
    public static Expression<Func<Delivery, Delivery>> WithoutPayload { get; } = d => new Delivery
    {
        Id = d.Id, Hook = d.Hook, Guid = d.Guid, Event = d.Event, Payload = Array.Empty<byte>(), ReceivedAt = d.ReceivedAt, State = d.State, Reason = d.Reason, Kind = d.Kind,
        Repository = d.Repository, RepositoryId = d.RepositoryId, Installation = d.Installation, Number = d.Number, Branch = d.Branch, Since = d.Since, Function = d.Function, Command = d.Command, Head = d.Head, Again = d.Again, Attempt = d.Attempt,
        Failures = d.Failures, Deaths = d.Deaths, NotBefore = d.NotBefore, Worker = d.Worker, StartedAt = d.StartedAt, EndedAt = d.EndedAt, Progress = d.Progress,
    };
}

/// <summary>A worker that says from time to time that it lives.</summary>
internal sealed class LivingWorker
{
    public required string Name { get; init; }

    public DateTimeOffset SeenAt { get; set; }

    public DateTimeOffset StartedAt { get; set; }

    public int Concurrency { get; set; }
}
