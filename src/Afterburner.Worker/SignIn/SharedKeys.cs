using System.Xml.Linq;
using Afterburner.Worker.Inbox;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.EntityFrameworkCore;

namespace Afterburner.Worker.SignIn;

/// <summary>Keeps the keys of cookies and forms in the database: whoever signed in at one worker is known to the others.</summary>
internal sealed class SharedKeys(InboxDatabase database) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        using var inbox = database.Open();
        return [.. inbox.Keys.AsNoTracking().Select(k => k.Xml).ToList().Select(x => XElement.Parse(x))];
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        using var inbox = database.Open();
        inbox.Keys.Add(new StoredKey { Name = Guid.NewGuid().ToString("N"), Xml = element.ToString(SaveOptions.DisableFormatting) });
        inbox.SaveChanges();
    }
}
