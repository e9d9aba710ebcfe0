using System.Security.Cryptography;
using System.Text;

namespace Afterburner.Worker.Operations;

internal static class FixedTime
{
    /// <summary>Whether two texts are the same, in a time that does not tell where they differ or how long they are.</summary>
    public static bool AreEqual(string given, string expected) => CryptographicOperations.FixedTimeEquals(
        SHA256.HashData(Encoding.UTF8.GetBytes(given)), SHA256.HashData(Encoding.UTF8.GetBytes(expected)));
}
