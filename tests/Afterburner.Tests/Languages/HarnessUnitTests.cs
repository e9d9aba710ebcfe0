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
