using System.Text;
using Afterburner.Functions;
using Afterburner.Languages.Python;
using Afterburner.Tests.Sandboxes;
using Xunit;

namespace Afterburner.Tests.Functions;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class AstGrepTests(BubblewrapFixture sandbox) : IClassFixture<BubblewrapFixture>
{
    private const string ListRule = """
        id: in-list
        language: python
        severity: error
        rule:
          kind: list
          pattern: "[$$$ITEMS]"
          inside: { kind: comparison_operator, has: { field: operators, regex: '^in$' } }
        fix: "{$$$ITEMS}"
        """;

    private const string FunctionRule = """
        id: functions
        language: python
        rule:
          kind: function_definition
          has: { field: name, pattern: $NAME }
        """;

    [Fact]
    public async Task A_match_carries_byte_offsets_variables_and_the_edit_that_fixes_it()
    {
        var match = Assert.Single((await ScanAsync(ListRule, ("a.py", "é = 'ü'\nx = é in [1, 2]\n"))).Matches);

        Assert.Equal("in-list", match.Rule);
        Assert.Equal("a.py", match.File);
        Assert.Equal((20, 26), (match.StartByte, match.EndByte));
        Assert.Equal((2, 2), (match.StartLine, match.EndLine));
        Assert.Equal("[1, 2]", match.Text);
        Assert.Equal(["1", ",", "2"], match.Lists["ITEMS"].Select(n => n.Text));
        Assert.Equal(new AstGrepFix(20, 26, "{1, 2}"), match.Fix);
    }

    [Fact]
    public async Task What_a_file_is_called_changes_nothing()
    {
        var names = new[] { "-x.py", ".hidden/a.py", "CAPITAL.PY", "a\nb.py", "ast-grep-ignore.py", "sgconfig.yml/a.py" };

        var scan = await ScanAsync(FunctionRule, [.. names.Select(n => (n, "def f(): pass\n"))]);

        Assert.Equal(names.Order(StringComparer.Ordinal), scan.Matches.Select(m => m.File));
        Assert.Empty(scan.Unread);
    }

    [Fact]
    public async Task More_files_than_one_batch_holds_are_all_scanned()
    {
        var files = Enumerable.Range(0, 900).Select(i => ($"{i}.py", "def f(): pass\n")).ToArray();

        var scan = await ScanAsync(FunctionRule, files);

        Assert.Equal(files.Select(f => f.Item1).Order(StringComparer.Ordinal), scan.Matches.Select(m => m.File));
    }

    [Fact]
    public async Task A_rule_that_does_not_read_is_an_error_that_says_where()
    {
        var failure = await Assert.ThrowsAsync<UsageException>(() => ScanAsync("id: x\nlanguage: python\nrule: { kind: nonsense }\n", ("a.py", "x")));

        Assert.Contains("nonsense", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_breaks_the_parser_is_left_out_and_the_others_are_read()
    {
        using var program = Program("grep -q boom /work/files/* && kill -SEGV $$");

        var scan = await new AstGrep(program.Path + "/ast-grep", sandbox.Sandbox).ScanAsync(
            FunctionRule, [File("a.py", "a"), File("b.py", "boom"), File("c.py", "c")], Token);

        Assert.Equal(["b.py: breaks the parser that reads it"], scan.Unread.Select(u => $"{u.Path}: {u.Reason}"));
    }

    [Theory]
    [InlineData("echo nonsense")]
    [InlineData("echo '{\"file\":\"/work/files/9.py\",\"ruleId\":\"x\",\"range\":{\"byteOffset\":{\"start\":0,\"end\":1}}}'")]
    [InlineData("echo '{\"file\":\"/work/files/0.py\",\"ruleId\":\"x\",\"range\":{\"byteOffset\":{\"start\":-5,\"end\":9999}}}'")]
    public async Task A_parser_that_was_taken_over_says_nothing_that_is_believed(string command)
    {
        using var program = Program(command);

        var scan = await new AstGrep(program.Path + "/ast-grep", sandbox.Sandbox).ScanAsync(FunctionRule, [File("a.py", "a")], Token);

        Assert.Empty(scan.Matches);
        Assert.Equal("a.py", Assert.Single(scan.Unread).Path);
    }

    [Fact]
    public async Task A_program_that_does_not_run_at_all_is_the_machines_fault()
    {
        using var program = Program("exit 127");

        await Assert.ThrowsAsync<EnvironmentFailureException>(() =>
            new AstGrep(program.Path + "/ast-grep", sandbox.Sandbox).ScanAsync(FunctionRule, [File("a.py", "a")], Token));
    }

    [Fact]
    public void Without_the_binary_the_message_holds_the_command_that_installs_it()
    {
        using var folder = new TemporaryFolder();

        var missing = Assert.Throws<EnvironmentFailureException>(() => AstGrep.FindProgram(folder.Path, null));
        var misnamed = Assert.Throws<EnvironmentFailureException>(() => AstGrep.FindProgram(folder.Path, "/nowhere/ast-grep"));

        Assert.Contains("npm ci --ignore-scripts", missing.Message, StringComparison.Ordinal);
        Assert.Contains("/nowhere/ast-grep", misnamed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_binary_above_the_checkout_that_the_program_was_built_in_is_not_taken()
    {
        using var folder = new TemporaryFolder();
        var program = Directory.CreateDirectory(Path.Combine(folder.Path, "checkout", "afterburner", "artifacts", "bin", "cli")).FullName;
        foreach (var package in new[] { "cli-linux-x64-gnu", "cli-linux-arm64-gnu" })
        {
            foreach (var place in new[] { "", "checkout", "checkout/action/tools", "checkout/afterburner" })
                folder.Write(Path.Combine(place, "node_modules/@ast-grep", package, "ast-grep"), "of others");
        }

        Assert.Throws<EnvironmentFailureException>(() => AstGrep.FindProgram(program, null));

        foreach (var package in new[] { "cli-linux-x64-gnu", "cli-linux-arm64-gnu" })
            folder.Write(Path.Combine("checkout/afterburner/action/tools/node_modules/@ast-grep", package, "ast-grep"), "ours");
        Assert.StartsWith(Path.Combine(folder.Path, "checkout/afterburner/action/tools"), AstGrep.FindProgram(program, null), StringComparison.Ordinal);
    }

    [Fact]
    public void A_relative_path_to_the_binary_is_refused() =>
        Assert.Contains("absolute", Assert.Throws<EnvironmentFailureException>(() => AstGrep.FindProgram("/", "tools/ast-grep")).Message, StringComparison.Ordinal);

    /// <summary>A folder with a program in the place of ast-grep.</summary>
    private static TemporaryFolder Program(string command)
    {
        var folder = new TemporaryFolder();
        System.IO.File.SetUnixFileMode(folder.Write("ast-grep", $"#!/bin/sh\n{command}\nexit 0\n"), (UnixFileMode)0b111_101_101);
        return folder;
    }

    private Task<Scan> ScanAsync(string rule, params (string Path, string Text)[] files) =>
        AstGrep.Find(sandbox.Sandbox).ScanAsync(rule, [.. files.Select(f => File(f.Path, f.Text))], Token);

    private static SourceFile File(string path, string text) => new(path, PythonLanguage.Python, Encoding.UTF8.GetBytes(text));

    private static CancellationToken Token => TestContext.Current.CancellationToken;
}
