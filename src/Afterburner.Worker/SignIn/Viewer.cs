using System.Globalization;
using System.Linq.Expressions;
using System.Security.Claims;
using Afterburner.Worker.Inbox;
using Microsoft.EntityFrameworkCore;

namespace Afterburner.Worker.SignIn;

/// <summary>What somebody who has signed in may see and do: everything with the worker's token; through GitHub, what GitHub lets that person see.</summary>
/// <param name="Name">For the page.</param>
/// <param name="Seen">Numbers of the repositories that are shown; null for all.</param>
/// <param name="Written">Those of them whose reviews may be tried again; null for all.</param>
internal sealed record Viewer(string Name, IReadOnlySet<long>? Seen, IReadOnlySet<long>? Written)
{
    /// <summary>Kinds of claims: numbers of repositories, separated by spaces.</summary>
    public const string SeenClaim = "afterburner:seen", WrittenClaim = "afterburner:written";

    public bool IsAdministrator => Seen is null;

    public static Viewer Of(ClaimsPrincipal person)
    {
        var name = person.Identity?.Name ?? "";
        return person.HasClaim(c => c.Type == ClaimTypes.Hash) ? new Viewer(name, null, null) : new Viewer(name, Numbers(SeenClaim), Numbers(WrittenClaim));

        HashSet<long> Numbers(string claim) =>
            [.. (person.FindFirst(claim)?.Value ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(n => long.Parse(n, CultureInfo.InvariantCulture))];
    }

    /// <summary>Of deliveries, those that are shown. What is about no repository is the administrator's.</summary>
    public IQueryable<Delivery> Of(IQueryable<Delivery> deliveries)
    {
        if (Seen is null)
            return deliveries;
        long?[] numbers = [.. Seen.Select(n => (long?)n)];
        // One parameter, however many there are.
        Expression<Func<Delivery, bool>> isSeen = d => EF.Parameter(numbers).Contains(d.RepositoryId);
        return deliveries.Where(isSeen);
    }

    /// <summary>What is said of a delivery: places of the worker's machine are the administrator's.</summary>
    public string? Said(Delivery delivery, string data) =>
        (delivery.Progress ?? delivery.Reason) is { } text && !IsAdministrator ? text.Replace(data, "...", StringComparison.Ordinal) : delivery.Progress ?? delivery.Reason;

    public bool MayTryAgain(long? repository) => Written is null || (repository is { } number && Written.Contains(number));
}
