using System.Text;
using Afterburner.Functions;

namespace Afterburner.Proposers;

/// <summary>A file with the best source so far in place of its function.</summary>
/// <param name="Start">Offset of the function in bytes; -1 when the function is not where it should be.</param>
/// <param name="Length">Of the best source, in bytes.</param>
internal sealed record BestFile(byte[] Bytes, int Start, int Length)
{
    public static BestFile Of(ProposalRequest request)
    {
        var file = Encoding.UTF8.GetBytes(request.FileSource);
        var original = Encoding.UTF8.GetBytes(request.Function.Source);
        var best = Encoding.UTF8.GetBytes(request.Best.Source);
        // The span's offsets count a byte order mark, which text that was read from the file may have lost.
        var start = new[] { request.Function.StartByte, request.Function.StartByte - 3 }
            .FirstOrDefault(s => s >= 0 && s + original.Length <= file.Length && file.AsSpan(s, original.Length).SequenceEqual(original), -1);
        return start < 0 ? new BestFile([], -1, 0)
            : new BestFile([.. file[..start], .. best, .. file[(start + original.Length)..]], start, best.Length);
    }

    /// <summary>For a scan.</summary>
    public SourceFile Of(Function function) => new(function.Path, function.Language, Bytes);

    public bool Holds(int startByte, int endByte) => Start >= 0 && startByte >= Start && endByte <= Start + Length;
}
