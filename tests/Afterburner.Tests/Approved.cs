using System.Runtime.CompilerServices;
using Xunit;

namespace Afterburner.Tests;

/// <summary>
/// Compares text with a file that a person has approved. On a mismatch the text is written beside it as
/// <c>*.received.*</c>: compare the two, and move the received one over the approved one when it is right.
/// </summary>
internal static class Approved
{
    /// <param name="name">File name beside the calling test's source: <c>Review.approved.md</c>.</param>
    public static void Check(string text, string name, [CallerFilePath] string caller = "")
    {
        var approved = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(caller)!, name));
        var expected = File.Exists(approved) ? File.ReadAllText(approved) : "";
        if (expected == text)
            return;
        var received = Path.Combine(
            Path.GetDirectoryName(approved)!,
            Path.GetFileName(approved).Replace(".approved.", ".", StringComparison.Ordinal) is var plain
                ? Path.GetFileNameWithoutExtension(plain) + ".received" + Path.GetExtension(plain)
                : name);
        File.WriteAllText(received, text);
        Assert.Fail($"{approved} differs from what was written to {received}. {FirstDifference(expected, text)}");
    }

    private static string FirstDifference(string expected, string actual)
    {
        var (was, now) = (expected.Split('\n'), actual.Split('\n'));
        var line = Enumerable.Range(0, Math.Max(was.Length, now.Length)).First(i => was.ElementAtOrDefault(i) != now.ElementAtOrDefault(i));
        return $"Line {line + 1}: '{was.ElementAtOrDefault(line)}' became '{now.ElementAtOrDefault(line)}'.";
    }
}
