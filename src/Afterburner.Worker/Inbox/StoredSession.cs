namespace Afterburner.Worker.Inbox;

/// <summary>Who has signed in through GitHub, and what that person may see; every worker knows of it.</summary>
internal sealed class StoredSession
{
    /// <summary>A hash of what the browser keeps: who reads the table cannot sign in with it.</summary>
    public required string Key { get; init; }

    /// <summary>The ticket, protected by the workers' keys.</summary>
    public required byte[] Ticket { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }
}

/// <summary>A key of the workers that cookies and forms are protected with; all of them have the same.</summary>
internal sealed class StoredKey
{
    public required string Name { get; init; }

    public required string Xml { get; init; }
}
