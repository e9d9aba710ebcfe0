using System.Security.Cryptography;
using System.Text;

namespace Afterburner.Functions;

/// <summary>
/// Takes from copies of files what tells ast-grep to look away: it skips whatever a comment with its keyword names, in any
/// language and any form. The keyword gives place to a word of equal length that occurs in none of the files, so that every
/// offset stays and the texts of matches can be restored.
/// </summary>
internal sealed class Suppressions
{
    private readonly byte[] _word;

    private Suppressions(byte[] word) => _word = word;

    private static ReadOnlySpan<byte> Keyword => "ast-grep-ignore"u8;

    public static Suppressions In(IReadOnlyList<SourceFile> files)
    {
        var keyed = files.Where(f => f.Bytes.AsSpan().IndexOf(Keyword) >= 0).ToList();
        if (keyed.Count == 0)
            return new Suppressions([]);
        // Made of what the files hold: nobody can write a file that holds all the words that might be made of it.
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in keyed)
            hash.AppendData(file.Bytes);
        var seed = hash.GetHashAndReset();
        while (true)
        {
            // One name for the last one of three: what parsed as three names joined by minus signs still does.
            var word = Encoding.ASCII.GetBytes("ast-grep-x" + Convert.ToHexStringLower(seed)[..5]);
            if (files.All(f => f.Bytes.AsSpan().IndexOf(word) < 0))
                return new Suppressions(word);
            seed = SHA256.HashData(seed);
        }
    }

    /// <summary>The same bytes where there is nothing to take off.</summary>
    public byte[] Without(byte[] bytes) => _word.Length == 0 ? bytes : Replaced(bytes, Keyword, _word);

    /// <summary>Output of a scan, as if the files had been scanned as they are.</summary>
    public byte[] Restored(byte[] output) => _word.Length == 0 ? output : Replaced(output, _word, Keyword);

    private static byte[] Replaced(byte[] bytes, ReadOnlySpan<byte> what, ReadOnlySpan<byte> by)
    {
        var copy = bytes.ToArray();
        for (var at = copy.AsSpan(); at.IndexOf(what) is var found and >= 0; at = at[(found + what.Length)..])
            by.CopyTo(at[found..]);
        return copy;
    }
}
