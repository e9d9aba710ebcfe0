namespace Afterburner.Changes;

/// <summary>Reads what <c>git diff-tree -r -z --raw --patch</c> prints: the list of files, an empty entry, their patches in the same order.</summary>
internal static class DiffReader
{
    private const string RegularFile = "100"; // 100644, 100755; 120000 is a link, 160000 a submodule

    /// <exception cref="FormatException">Not what git prints.</exception>
    public static IReadOnlyList<FileDiff> Read(ReadOnlySpan<byte> output)
    {
        var entries = new List<Entry>();
        while (!output.IsEmpty && output[0] == ':')
        {
            var fields = System.Text.Encoding.ASCII.GetString(Next(ref output)[1..]).Split(' ');
            if (fields.Length != 5)
                throw new FormatException("not a raw diff entry");
            var path = GitPath.Of(Next(ref output));
            var moved = fields[4][0] is 'R' or 'C';
            entries.Add(new Entry(fields[0], fields[1], fields[4][0], path, moved ? GitPath.Of(Next(ref output)) : path));
        }

        var sections = UnifiedDiff.Parse(output.TrimStart((byte)0));
        var expected = entries.Sum(e => e.Sections);
        if (sections.Count != expected)
            throw new FormatException($"{expected} patches expected, {sections.Count} found");

        var files = new List<FileDiff>();
        var at = 0;
        foreach (var entry in entries)
        {
            at += entry.Sections;
            files.Add(entry.ToFile(sections[at - 1]));
        }

        return files;
    }

    private static ReadOnlySpan<byte> Next(ref ReadOnlySpan<byte> text)
    {
        var end = text.IndexOf((byte)0);
        if (end < 0)
            throw new FormatException("a raw diff entry does not end");
        var field = text[..end];
        text = text[(end + 1)..];
        return field;
    }

    private sealed record Entry(string OldMode, string NewMode, char Status, GitPath OldPath, GitPath Path)
    {
        /// <summary>A file that became a link is shown as a deletion, then an addition.</summary>
        public int Sections => Status == 'T' ? 2 : 1;

        public FileDiff ToFile(DiffSection section)
        {
            var status = Status switch
            {
                'A' => FileStatus.Added,
                'M' => FileStatus.Modified,
                'D' => FileStatus.Deleted,
                'R' => FileStatus.Renamed,
                'C' => FileStatus.Copied,
                'T' => FileStatus.TypeChanged,
                _ => throw new FormatException($"unknown status {Status}"),
            };
            var mode = status == FileStatus.Deleted ? OldMode : NewMode;
            var isText = Path.IsUtf8 && mode.StartsWith(RegularFile, StringComparison.Ordinal) && !section.IsBinary;
            return new FileDiff(Path.Text, status == FileStatus.Added ? null : OldPath.Text, status, isText, isText ? section.Hunks : []);
        }
    }
}
