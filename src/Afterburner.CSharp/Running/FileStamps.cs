using System.Security.Cryptography;

namespace Afterburner.CSharp.Running;

/// <summary>What a file held, and when it was written: MSBuild goes by times alone.</summary>
/// <param name="Hash">Of its content.</param>
/// <param name="Ticks">Of its time, UTC.</param>
internal sealed record FileStamp(string Hash, long Ticks);

internal static class FileStamps
{
    private static readonly EnumerationOptions Everywhere = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };

    /// <summary>All files below a folder, by their path from there.</summary>
    public static Dictionary<string, FileStamp> Of(string folder) =>
        Directory.EnumerateFiles(folder, "*", Everywhere).ToDictionary(f => Path.GetRelativePath(folder, f), f => new FileStamp(HashOf(f), File.GetLastWriteTimeUtc(f).Ticks), StringComparer.Ordinal);

    public static string HashOf(string file)
    {
        using var stream = File.OpenRead(file);
        return Convert.ToHexString(SHA256.HashData(stream));
    }
}
