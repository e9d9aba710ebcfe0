using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Afterburner.Changes;

/// <summary>Git LFS: a commit holds a pointer of three lines, the data is elsewhere.</summary>
internal static partial class LargeFile
{
    private const int LargestPointer = 1024, MostFiles = 50_000, MostNamed = 5;
    private const long LargestObject = 256L << 20;

    private static readonly EnumerationOptions Everywhere = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };

    /// <summary>The data of a pointer, where this machine's clone has it; null for what is no pointer, or where it has not.</summary>
    /// <param name="directory">Git's own.</param>
    public static byte[]? DataOf(ReadOnlySpan<byte> file, string directory)
    {
        if (file.Length > LargestPointer || Pointer().Match(Encoding.Latin1.GetString(file)) is not { Success: true } pointer)
            return null;
        var (hash, size) = (pointer.Groups[1].Value, pointer.Groups[2].Value);
        using var handle = RegularFile.TryOpenBelow(directory, ["lfs", "objects", hash[..2], hash[2..4], hash]);
        return handle is not null && RegularFile.ReadAll(handle, LargestObject) is { } bytes
            && bytes.Length.ToString(CultureInfo.InvariantCulture) == size && Convert.ToHexStringLower(SHA256.HashData(bytes)) == hash
            ? bytes : null;
    }

    /// <summary>A sentence that names pointers in a tree; null where there are none.</summary>
    public static string? Remark(string tree)
    {
        var pointers = new DirectoryInfo(tree).EnumerateFiles("*", Everywhere).Take(MostFiles).Where(IsPointer).Take(MostNamed + 1)
            .Select(f => VisibleText.Line(Path.GetRelativePath(tree, f.FullName))).Order(StringComparer.Ordinal).ToList();
        return pointers.Count == 0 ? null
            : $"{string.Join(", ", pointers.Take(MostNamed))}{(pointers.Count > MostNamed ? " and others" : "")}: Git LFS pointers without their data, which is not in this clone; "
                + "run git lfs fetch before (actions/checkout: lfs: true).";
    }

    private static bool IsPointer(FileInfo file)
    {
        if (file.Length is 0 or > LargestPointer || file.LinkTarget is not null)
            return false;
        using var handle = RegularFile.TryOpen(file.FullName, "the file", followLinks: false);
        return handle is not null && RegularFile.ReadAll(handle, LargestPointer) is { } bytes && Pointer().IsMatch(Encoding.Latin1.GetString(bytes));
    }

    [GeneratedRegex(@"\Aversion https://git-lfs\.github\.com/spec/v1\n(?:ext-[^\n]+\n)*oid sha256:([0-9a-f]{64})\nsize ([0-9]{1,12})\n?\z")]
    private static partial Regex Pointer();
}
