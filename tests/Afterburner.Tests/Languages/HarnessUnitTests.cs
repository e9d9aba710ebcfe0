using System.Text.RegularExpressions;
using Xunit;

namespace Afterburner.Tests.Languages;

/// <summary>
/// The tests in Python, by every interpreter that Debian installed here. Not by PyPy, which the harness does not run under: values are
/// read below the hooks of their classes, by descriptors that only CPython has.
/// </summary>
public sealed partial class HarnessUnitTests
{
    public static TheoryData<string> Interpreters =>
        [.. Directory.EnumerateFiles("/usr/bin", "python3.*").Where(f => Interpreter().IsMatch(f)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Interpreters))]
    public Task The_harness_does_in_small_what_is_said_of_it(string interpreter) => RunAsync(interpreter, "tests/Python/harness");

    [Theory]
    [MemberData(nameof(Interpreters))]
    public Task The_scripts_of_the_action_do_what_is_said_of_them(string interpreter) => RunAsync(interpreter, "tests/Python");

    /// <summary>As it lies in sandboxes: what npm installed is beside it.</summary>
    [Fact]
    public async Task The_harness_of_JavaScript_does_in_small_what_is_said_of_it()
    {
        using var folder = new TemporaryFolder();
        var sources = Path.Combine(Repository.Root, "src", "Afterburner", "Languages", "JavaScript", "harness");
        foreach (var file in Directory.EnumerateFiles(sources, "*.cjs", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(folder.Path, Path.GetRelativePath(sources, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        var packages = Path.Combine(Repository.Root, "action", "tools", "node_modules");
        File.Copy(Path.Combine(packages, "acorn", "dist", "acorn.js"), Path.Combine(folder.Path, "acorn.cjs"), overwrite: true);
        File.Copy(Path.Combine(packages, "@swc", "wasm-typescript", "wasm.js"), Path.Combine(folder.Path, "swc.cjs"), overwrite: true);
        var tests = Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests", "JavaScript", "harness"), "*.test.cjs").Order(StringComparer.Ordinal);
        var run = await Processes.RunAsync(
            new ProcessStart("node", ["--test", "--test-reporter=tap", .. tests])
            {
                WorkingDirectory = Repository.Root,
                Environment = new Dictionary<string, string>(Processes.Environment)
                {
                    ["AFTERBURNER_HARNESS"] = folder.Path, ["AFTERBURNER_ATTACKS"] = LongFormAttribute.AreAsked ? "all" : "some",
                },
            },
            cancellationToken: TestContext.Current.CancellationToken);

        Assert.True(run.Succeeded, run.Text);
        Assert.Matches(@"# pass [1-9]\d+", run.Text);
    }

    private static async Task RunAsync(string interpreter, string folder)
    {
        var run = await Processes.RunAsync(
            new ProcessStart(interpreter, ["-B", "-m", "unittest", "discover", "-s", folder]) { WorkingDirectory = Repository.Root },
            cancellationToken: TestContext.Current.CancellationToken);

        Assert.True(run.Succeeded, run.ErrorText);
        Assert.Matches(@"Ran [1-9]\d* tests?", run.ErrorText);
    }

    [GeneratedRegex(@"/python3\.\d+$")]
    private static partial Regex Interpreter();
}
