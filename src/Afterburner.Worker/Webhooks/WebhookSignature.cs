using System.Security.Cryptography;
using System.Text;
using Afterburner.Proposers;

namespace Afterburner.Worker.Webhooks;

/// <summary>HMAC-SHA256 over the raw bytes of a delivery, as in <c>X-Hub-Signature-256: sha256=HEX</c>.</summary>
internal static class WebhookSignature
{
    private const string Prefix = "sha256=";

    /// <summary>Whether one of the secrets signed the body. Comparing takes the same time for every signature of the right length.</summary>
    public static bool IsOf(string? signature, ReadOnlySpan<byte> body, IReadOnlyList<Secret> secrets)
    {
        if (signature is null || signature.Length != Prefix.Length + (2 * SHA256.HashSizeInBytes) || !signature.StartsWith(Prefix, StringComparison.Ordinal))
            return false;
        Span<byte> given = stackalloc byte[SHA256.HashSizeInBytes];
        if (Convert.FromHexString(signature.AsSpan(Prefix.Length), given, out _, out _) != System.Buffers.OperationStatus.Done)
            return false;
        var isOne = false;
        Span<byte> made = stackalloc byte[SHA256.HashSizeInBytes];
        foreach (var secret in secrets)
        {
            HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret.Reveal()), body, made);
            isOne |= CryptographicOperations.FixedTimeEquals(given, made);
        }

        return isOne;
    }

    /// <summary>What GitHub would send as the header.</summary>
    public static string Of(ReadOnlySpan<byte> body, Secret secret) =>
        Prefix + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret.Reveal()), body));
}
