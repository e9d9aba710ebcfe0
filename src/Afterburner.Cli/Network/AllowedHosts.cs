using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Afterburner.Cli.Network;

/// <summary>
/// Where a sandbox may connect to (a repository's set-up, a program that proposes), as the administrator or the user says it: <c>index.example.org</c>, <c>*.example.org</c>, and with a port
/// (<c>10.0.0.5:3141</c>) what may be an address of their own network. Without a port nothing but public addresses is meant,
/// whatever a name leads to.
/// </summary>
internal sealed class AllowedHosts
{
    private const int Https = 443, Http = 80;

    // RFC 6890 and its successors: what is not for everybody, or leads to such an address under another name.
    private static readonly IPNetwork[] NotPublic =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "168.63.129.16/32", "192.168.0.0/16",
            "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            "::/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
        }.Select(n => IPNetwork.Parse(n)),
    ];

    private readonly IReadOnlyList<Entry> _entries;

    private AllowedHosts(IReadOnlyList<Entry> entries) => _entries = entries;

    public static AllowedHosts None { get; } = new([]);

    /// <param name="text">Separated by commas.</param>
    /// <param name="whyNot">What is wrong, when null is returned.</param>
    public static AllowedHosts? Read(string text, out string whyNot)
    {
        whyNot = "";
        var entries = new List<Entry>();
        foreach (var word in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var (host, port) = Split(word);
            var name = host.StartsWith("*.", StringComparison.Ordinal) ? host[2..] : host;
            if (port is null or < 0 or > 65535 || Uri.CheckHostName(name.Trim('[', ']')) == UriHostNameType.Unknown || name.Contains('*', StringComparison.Ordinal))
            {
                whyNot = $"'{word}' is no host: names like index.example.org, *.example.org or 10.0.0.5:3141 were expected, separated by commas";
                return null;
            }

            entries.Add(new Entry(name.Trim('[', ']').TrimEnd('.').ToLowerInvariant(), host.Length != name.Length, port.Value));
        }

        return new AllowedHosts(entries);
    }

    /// <summary>Whether a host may be asked for at all, and then which of its addresses count.</summary>
    /// <returns>Null: it may not.</returns>
    public Func<IPAddress, bool>? Find(string host, int port)
    {
        host = host.Trim('[', ']').TrimEnd('.').ToLowerInvariant();
        var found = _entries.Where(e => e.Fits(host, port)).ToList();
        return found.Count == 0 ? null : found.Exists(e => e.Port > 0) ? _ => true : IsPublic;
    }

    public override string ToString() => string.Join(',', _entries.Select(e => string.Create(CultureInfo.InvariantCulture, $"{(e.Below ? "*." : "")}{e.Name}:{e.Port}")));

    public static bool IsPublic(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return address.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6 && !Array.Exists(NotPublic, n => n.Contains(address));
    }

    /// <summary>Port 0 where none is said; null where it is no number.</summary>
    private static (string Host, int? Port) Split(string word)
    {
        var colon = word.LastIndexOf(':');
        // An address of version 6 without brackets has no port.
        if (colon < 0 || word.EndsWith(']') || (word.IndexOf(':', StringComparison.Ordinal) != colon && !word.StartsWith('[')))
            return (word, 0);
        return (word[..colon], int.TryParse(word[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0 ? port : null);
    }

    /// <param name="Below">Whether the names below it are meant, and not itself.</param>
    /// <param name="Port">0: those of the web, at public addresses.</param>
    private sealed record Entry(string Name, bool Below, int Port)
    {
        public bool Fits(string host, int port) =>
            (Below ? host.EndsWith("." + Name, StringComparison.Ordinal) : host == Name) && (Port > 0 ? port == Port : port is Https or Http);
    }
}
