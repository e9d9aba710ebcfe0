using System.IO.Compression;
using Afterburner.Suggestions;
using Afterburner.Worker.Inbox;
using Microsoft.EntityFrameworkCore;

namespace Afterburner.Worker.Reviews;

/// <summary>What finished runs leave: kept in the database, and the folder of the run is gone.</summary>
internal sealed class Reports(InboxDatabase database, ILogger<Reports> log)
{
    public const string GateJson = "gate/gate.json";

    private const string ReviewJson = "review/report.json";

    /// <summary>Bytes of a file as it is stored; what is larger is of no use to anybody.</summary>
    private const int Largest = 16 << 20;

    /// <summary>What is kept, and what a person is shown of it.</summary>
    private static readonly (string Part, string Shown, string Data)[] Files = [("review", "review/report.html", ReviewJson), ("gate", "gate/gate.md", GateJson)];

    /// <summary>Keeps what an attempt left in the folder of its run.</summary>
    /// <returns>Whether there was something.</returns>
    public async Task<bool> KeepAsync(Delivery delivery, string folder, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(folder))
            return false;
        await using var inbox = database.Open();
        // An answer of the database that was lost is no reason to fail at the second try.
        await inbox.Reports.Where(r => r.DeliveryId == delivery.Id && r.Attempt == delivery.Attempt).ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
        foreach (var name in Files.SelectMany(f => new[] { f.Shown, f.Data }))
        {
            var path = Path.Combine(folder, name);
            if (!File.Exists(path))
                continue;
            var content = await CompressedAsync(path, cancellationToken).ConfigureAwait(false);
            if (content is { Length: <= Largest })
                inbox.Reports.Add(new StoredReport { DeliveryId = delivery.Id, Attempt = delivery.Attempt, Name = name, Content = content });
            else
                log.LogWarning("{Name} of delivery {Id} could not be kept: it is too large, or cannot be read", name, delivery.Id);
        }

        await inbox.Outcomes.Where(o => o.DeliveryId == delivery.Id).ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
        inbox.Outcomes.Add(OutcomeOf(delivery, folder));
        await inbox.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>The figures of what a run left.</summary>
    private StoredOutcome OutcomeOf(Delivery delivery, string folder)
    {
        Report? review = null;
        GateReport? gate = null;
        try
        {
            review = File.Exists(Path.Combine(folder, ReviewJson)) ? JsonReport.Read(File.ReadAllText(Path.Combine(folder, ReviewJson))) : null;
            gate = GateFolder.Read(Path.Combine(folder, "gate"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or UsageException)
        {
            log.LogWarning("the figures of delivery {Id} could not be read: {Reason}", delivery.Id, e.Message);
        }

        return new StoredOutcome
        {
            DeliveryId = delivery.Id,
            Attempt = delivery.Attempt,
            Functions = review?.Functions.Count ?? gate?.Functions.Count ?? 0,
            Suggestions = review?.Functions.Count(f => f.Suggestion is not null) ?? 0,
            Slower = gate?.Regressions ?? 0,
            Yields =
            [
                .. (review?.Proposers ?? []).Select(p => new StoredYield
                {
                    Proposer = p.Name[..Math.Min(p.Name.Length, 200)], Proposed = p.Proposed, Verified = p.Verified, Suggested = p.Suggested, Seconds = p.Seconds, Requests = p.Requests, Tokens = p.Tokens,
                }),
            ],
        };
    }

    /// <summary>Removes the folder of a run, however it ended.</summary>
    public void Remove(string folder)
    {
        try
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.LogWarning("{Folder} is left for later: {Reason}", folder, e.Message);
        }
    }

    /// <summary>The parts of a delivery's newest finished attempt that a person can be shown.</summary>
    public async Task<IReadOnlyList<string>> PartsAsync(long delivery, CancellationToken cancellationToken)
    {
        await using var inbox = database.Open();
        var names = await inbox.Reports.Where(r => r.DeliveryId == delivery).Select(r => r.Name).ToListAsync(cancellationToken).ConfigureAwait(false);
        return [.. Files.Where(f => names.Contains(f.Shown)).Select(f => f.Part)];
    }

    /// <summary>What a person is shown of a part.</summary>
    /// <returns>Null when there is none.</returns>
    public async Task<(string Text, bool IsPage)?> ShownAsync(long delivery, string part, CancellationToken cancellationToken) =>
        Files.FirstOrDefault(f => f.Part == part).Shown is { } name && await ReadAsync(delivery, name, cancellationToken).ConfigureAwait(false) is { } text
            ? (text, name.EndsWith(".html", StringComparison.Ordinal)) : null;

    /// <summary>A file that the newest attempt at a delivery left.</summary>
    /// <returns>Null when there is none.</returns>
    public async Task<string?> ReadAsync(long delivery, string name, CancellationToken cancellationToken)
    {
        await using var inbox = database.Open();
        var stored = await inbox.Reports.AsNoTracking().Where(r => r.DeliveryId == delivery && r.Name == name).OrderByDescending(r => r.Attempt)
            .FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false);
        if (stored is null)
            return null;
        using var content = new StreamReader(new GZipStream(new MemoryStream(stored.Content), CompressionMode.Decompress));
        return await content.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
    }

    private static async Task<byte[]?> CompressedAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return await PackedAsync(path, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static async Task<byte[]> PackedAsync(string path, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream();
        await using (var compressed = new GZipStream(content, CompressionLevel.Fastest, leaveOpen: true))
        await using (var file = File.OpenRead(path))
            await file.CopyToAsync(compressed, cancellationToken).ConfigureAwait(false);
        return content.ToArray();
    }
}
