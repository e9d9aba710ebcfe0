using System.Security.Cryptography;
using System.Text;
using Afterburner.Worker.Inbox;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;

namespace Afterburner.Worker.SignIn;

/// <summary>
/// Keeps who is signed in in the database. The browser has a random key and nothing else: whoever has seen many repositories needs no large cookie, and signing
/// out ends a session wherever its cookie went.
/// </summary>
internal sealed class Sessions(InboxDatabase database, IDataProtectionProvider protection, TimeProvider time) : ITicketStore
{
    private readonly IDataProtector _protector = protection.CreateProtector("afterburner.sessions");

    public async Task<string> StoreAsync(AuthenticationTicket ticket)
    {
        var key = RandomNumberGenerator.GetHexString(64, lowercase: true);
        await using var inbox = database.Open();
        inbox.Sessions.Add(new StoredSession { Key = HashOf(key), Ticket = Protected(ticket), ExpiresAt = ExpiresAt(ticket) });
        await inbox.SaveChangesAsync().ConfigureAwait(false);
        return key;
    }

    /// <summary>Only for the person that it is of: who signs in as another gets another session. One that was ended stays so.</summary>
    public async Task RenewAsync(string key, AuthenticationTicket ticket)
    {
        if (await RetrieveAsync(key).ConfigureAwait(false) is not { } known || Person(known) != Person(ticket))
            return;
        var (hash, bytes, expires) = (HashOf(key), Protected(ticket), ExpiresAt(ticket));
        await using var inbox = database.Open();
        await inbox.Sessions.Where(s => s.Key == hash).ExecuteUpdateAsync(s => s.SetProperty(x => x.Ticket, bytes).SetProperty(x => x.ExpiresAt, expires)).ConfigureAwait(false);
    }

    public async Task<AuthenticationTicket?> RetrieveAsync(string key)
    {
        var (hash, now) = (HashOf(key), time.GetUtcNow());
        await using var inbox = database.Open();
        var known = await inbox.Sessions.AsNoTracking().FirstOrDefaultAsync(s => s.Key == hash && s.ExpiresAt > now).ConfigureAwait(false);
        try
        {
            return known is null ? null : TicketSerializer.Default.Deserialize(_protector.Unprotect(known.Ticket));
        }
        catch (CryptographicException)
        {
            // The keys are others now.
            return null;
        }
    }

    public async Task RemoveAsync(string key)
    {
        var hash = HashOf(key);
        await using var inbox = database.Open();
        await inbox.Sessions.Where(s => s.Key == hash).ExecuteDeleteAsync().ConfigureAwait(false);
    }

    // Somebody at GitHub may be called like the administrator.
    private static (string?, bool) Person(AuthenticationTicket ticket) => (ticket.Principal.Identity?.Name, Viewer.Of(ticket.Principal).IsAdministrator);

    private byte[] Protected(AuthenticationTicket ticket) => _protector.Protect(TicketSerializer.Default.Serialize(ticket));

    private DateTimeOffset ExpiresAt(AuthenticationTicket ticket) => ticket.Properties.ExpiresUtc ?? time.GetUtcNow().AddHours(1);

    private static string HashOf(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(key)));
}
