using Afterburner.Proposers;
using Afterburner.Proposers.Models;
using Afterburner.Runs;
using Afterburner.Settings;
using Afterburner.Suggestions;
using Afterburner.Tests.Changes;
using Xunit;

namespace Afterburner.Tests;

/// <summary>A file that somebody else may have put there is opened only when it is a file, and never keeps anybody waiting.</summary>
public sealed class RegularFileTests
{
    [Theory]
    [InlineData("fifo", "a device or a pipe")]
    [InlineData("link", "a link")]
    [InlineData("dangling", "a link")]
    [InlineData("loop", "a link")]
    [InlineData("linked-fifo", "a link")]
    [InlineData("directory", "a directory")]
    [InlineData("huge", "no transcript has more")]
    [InlineData("nothing", "there is no transcript")]
    [InlineData("file/below", "there is no transcript")]
    [InlineData("/dev/zero", "a device or a pipe")]
    [InlineData("/dev/stdin", "a link")]
    public async Task What_is_no_file_of_a_sensible_size_is_no_transcript(string name, string reason)
    {
        using var folder = await OddFilesAsync();

        var refused = Assert.Throws<UsageException>(() => new ReplayProposer(Path.Combine(folder.Path, name)));

        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fifo")]
    [InlineData("link")]
    [InlineData("directory")]
    [InlineData("huge")]
    [InlineData("/dev/zero")]
    public async Task Nor_is_it_a_configuration_a_journal_a_report_or_a_model(string name)
    {
        using var folder = await OddFilesAsync();
        var path = Path.Combine(folder.Path, name);
        using var run = new TemporaryFolder();
        foreach (var file in new[] { "report.json", "gate.json", "journal.jsonl" })
            await TestRepository.RunAsync(run.Path, "mv", "--no-target-directory", await CopyAsync(path, run.Path), file);

        Assert.Throws<UsageException>(() => Configuration.Load(path));
        Assert.Throws<UsageException>(() => ReportFolder.Read(run.Path));
        Assert.Throws<UsageException>(() => GateFolder.Read(run.Path));
        Assert.Throws<UsageException>(() => Journal.Read(Path.Combine(run.Path, "journal.jsonl")).ToList());
        Assert.Throws<UsageException>(() => GgufFile.Check(path));
    }

    [Fact]
    public async Task A_model_in_a_cache_made_of_links_is_found()
    {
        using var folder = new TemporaryFolder();
        folder.Write("blob", "GGUF and more");
        await TestRepository.RunAsync(folder.Path, "ln", "-s", "blob", "model.gguf");

        GgufFile.Check(Path.Combine(folder.Path, "model.gguf"));
    }

    [Fact]
    public void A_file_is_read_whole()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("some.txt", "all of it");

        Assert.Equal("all of it"u8.ToArray(), RegularFile.Read(path, "the text", 9));
        Assert.Contains("has 9 bytes", Assert.Throws<UsageException>(() => RegularFile.Read(path, "the text", 8)).Message, StringComparison.Ordinal);
    }

    private static async Task<TemporaryFolder> OddFilesAsync()
    {
        var folder = new TemporaryFolder();
        folder.Write("file", "{}");
        await TestRepository.RunAsync(folder.Path, "mkfifo", "fifo");
        await TestRepository.RunAsync(folder.Path, "ln", "-s", "file", "link");
        await TestRepository.RunAsync(folder.Path, "ln", "-s", "nowhere", "dangling");
        await TestRepository.RunAsync(folder.Path, "ln", "-s", "loop", "loop");
        await TestRepository.RunAsync(folder.Path, "ln", "-s", "fifo", "linked-fifo");
        await TestRepository.RunAsync(folder.Path, "mkdir", "directory");
        await TestRepository.RunAsync(folder.Path, "truncate", "--size=10G", "huge");
        return folder;
    }

    /// <summary>The same kind of file in another folder; of a device, a link to it.</summary>
    private static async Task<string> CopyAsync(string path, string folder)
    {
        var copy = Path.Combine(folder, Guid.NewGuid().ToString("N"));
        if (path.StartsWith("/dev/", StringComparison.Ordinal))
            await TestRepository.RunAsync(folder, "ln", "-s", path, copy);
        else
            await TestRepository.RunAsync(folder, "cp", "--archive", "--sparse=always", path, copy);
        return copy;
    }
}
