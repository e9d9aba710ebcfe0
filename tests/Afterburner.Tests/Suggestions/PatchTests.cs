using System.Text;
using Afterburner.Languages.Python;
using Afterburner.Suggestions;
using Afterburner.Verdicts;
using Xunit;

namespace Afterburner.Tests.Suggestions;

public sealed class PatchTests
{
    [Fact]
    public async Task The_patch_of_a_review_applies_to_head_with_git()
    {
        var report = SampleReport.Build();
        using var repository = await Repository.WithAsync(SampleReport.Path, Encoding.UTF8.GetBytes(SampleReport.Head));

        await repository.ApplyAsync(PatchReport.Write(report));

        var text = Encoding.UTF8.GetString(repository.Read(SampleReport.Path));
        Assert.Contains("    return list(dict.fromkeys(items))\n\n\nclass Index:", text, StringComparison.Ordinal);
        Assert.EndsWith("    return sum(o.price for o in orders)\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plain.py")]
    [InlineData("with space/naïve 名.py")]
    [InlineData("quo\"te\\back\ttab.py")]
    public async Task Any_combination_of_suggestions_for_one_file_applies_with_git_and_gives_all_of_them(string path)
    {
        var random = new Random(3);
        for (var round = 0; round < 6; round++)
        {
            var ending = round % 2 == 0 ? "\n" : "\r\n";
            var lines = Enumerable.Range(0, 40).Select(i => $"line {(random.Next(3) == 0 ? 0 : i)}").ToArray();
            var head = string.Join(ending, lines) + (round % 3 == 0 ? "" : ending);
            var edits = RandomEdits(random, head, ending);
            using var repository = await Repository.WithAsync(path, Encoding.UTF8.GetBytes(head));

            await repository.ApplyAsync(PatchReport.Write(ReportOf(path, edits)));

            var expected = edits.OrderByDescending(e => e.StartLine)
                .Aggregate(Encoding.UTF8.GetBytes(head), (file, edit) => edit.Apply(file));
            Assert.Equal(Encoding.UTF8.GetString(expected), Encoding.UTF8.GetString(repository.Read(path)));
        }
    }

    [Fact]
    public void Where_suggestions_overlap_the_larger_gain_is_in_the_patch_and_the_other_is_named()
    {
        var head = Encoding.UTF8.GetBytes("a\nb\nc\nd\n");
        var small = Edit.Between(head, "a\nB\nC\nd\n"u8.ToArray())!;
        var large = Edit.Between(head, "a\nb\nX\nd\n"u8.ToArray())!;
        var report = ReportOf("f.py", [small, large]);

        Assert.Contains("+X", PatchReport.Write(report), StringComparison.Ordinal);
        Assert.DoesNotContain("+B", PatchReport.Write(report), StringComparison.Ordinal);
        Assert.Equal("f0", Assert.Single(PatchReport.LeftOut(report)).Name);
        Assert.Single(MarkdownReport.Write(report).Split('\n'), l => l.Contains("not in suggestions.patch", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Imports_that_several_suggestions_need_at_one_place_are_all_in_the_patch_and_each_is_there_once()
    {
        const string Head = "import os\n\n\n\n\n\n\n\n\n\nfirst\nsecond\nthird\n";
        var bytes = Encoding.UTF8.GetBytes(Head);
        FunctionReport Of(string line, string import, double factor)
        {
            var edit = Edit.Between(bytes, Encoding.UTF8.GetBytes(Head.Replace(line, $"new {line}", StringComparison.Ordinal)))!;
            var elsewhere = Edit.Between(bytes, Encoding.UTF8.GetBytes(Head.Replace("import os\n", $"import os\n{import}\n", StringComparison.Ordinal)))!;
            return ReportOf("f.py", [edit]).Functions[0] with
            {
                Suggestion = Suggestion.Of(edit, new Verdict(VerdictKind.Improved, "", factor, 1.9, null, 48)) with { Elsewhere = [elsewhere] },
            };
        }

        using var repository = await Repository.WithAsync("f.py", bytes);
        var report = ReportOf("f.py", []) with { Functions = [Of("first", "import re", 4), Of("second", "import bisect", 3), Of("third", "import re", 2)] };

        await repository.ApplyAsync(PatchReport.Write(report));

        var text = Encoding.UTF8.GetString(repository.Read("f.py"));
        Assert.EndsWith("new first\nnew second\nnew third\n", text, StringComparison.Ordinal);
        Assert.StartsWith("import os\nimport re\nimport bisect\n\n", text, StringComparison.Ordinal);
        Assert.Empty(PatchReport.LeftOut(report));
    }

    [Fact]
    public async Task The_diff_of_a_candidate_applies_with_git_whatever_changed()
    {
        var random = new Random(5);
        for (var round = 0; round < 12; round++)
        {
            var (before, after) = (RandomText(random), RandomText(random));
            if (before == after || before.Length == 0)
                continue;
            using var repository = await Repository.WithAsync("f.py", Encoding.UTF8.GetBytes(before));

            await repository.ApplyAsync(DiffText.Of("f.py", Encoding.UTF8.GetBytes(before), Encoding.UTF8.GetBytes(after)));

            Assert.Equal(after, Encoding.UTF8.GetString(repository.Read("f.py")));
        }
    }

    [Fact]
    public void Nothing_suggested_is_an_empty_patch() =>
        Assert.Equal("", PatchReport.Write(SampleReport.Build() with { Functions = [] }));

    private static List<Edit> RandomEdits(Random random, string head, string ending)
    {
        var edits = new List<Edit>();
        var bytes = Encoding.UTF8.GetBytes(head);
        for (var line = 1 + random.Next(4); line <= 40; line += 1 + random.Next(9))
        {
            var file = head.Split('\n').ToList();
            var last = line == file.Count;
            var changed = $"changed {line}" + (last ? "" : ending[..^1]);
            if (random.Next(4) == 0 && !last)
                file.RemoveAt(line - 1);
            else if (random.Next(3) == 0)
                file[line - 1] = changed + "\n" + changed;
            else
                file[line - 1] = changed;
            var edit = Edit.Between(bytes, Encoding.UTF8.GetBytes(string.Join('\n', file)));
            if (edit is not null && !edits.Any(e => e.StartLine <= edit.EndLine && edit.StartLine <= e.EndLine))
                edits.Add(edit);
        }

        return edits;
    }

    private static Report ReportOf(string path, IEnumerable<Edit> edits) => SampleReport.Build() with
    {
        Functions =
        [
            .. edits.Select((edit, i) => new FunctionReport
            {
                Path = path, Name = $"f{i}", Language = PythonLanguage.Python, StartLine = 1, EndLine = 40,
                Status = FunctionStatus.Improved, Reason = "",
                Suggestion = Suggestion.Of(edit, new Verdict(VerdictKind.Improved, "", 2 + i, 1.9, null, 48)),
            }),
        ],
    };

    private static string RandomText(Random random)
    {
        var lines = Enumerable.Range(0, random.Next(30)).Select(_ => "abc"[random.Next(3)] + "\n");
        var text = string.Concat(lines);
        return random.Next(2) == 0 ? text.TrimEnd('\n') : text;
    }
}
