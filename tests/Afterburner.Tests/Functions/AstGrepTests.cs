using System.Text;
using Afterburner.Functions;
using Xunit;

namespace Afterburner.Tests.Functions;

public sealed class AstGrepTests
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
        using var folder = new TemporaryFolder();
        folder.Write("a.py", "é = 'ü'\nx = é in [1, 2]\n");

        var match = Assert.Single(await AstGrep.Find().ScanAsync(ListRule, folder.Path, cancellationToken: Token));

        Assert.Equal("in-list", match.Rule);
        Assert.Equal("a.py", match.File);
        Assert.Equal((20, 26), (match.StartByte, match.EndByte));
        Assert.Equal((2, 2), (match.StartLine, match.EndLine));
        Assert.Equal("[1, 2]", match.Text);
        Assert.Equal(["1", ",", "2"], match.Lists["ITEMS"].Select(n => n.Text));
        Assert.Equal(new AstGrepFix(20, 26, "{1, 2}"), match.Fix);
    }

    [Fact]
    public async Task A_text_is_scanned_without_a_file()
    {
        var match = Assert.Single(await AstGrep.Find().ScanSourceAsync(FunctionRule, "def f(): pass\n"u8.ToArray(), Token));

        Assert.Equal("f", match.Variables["NAME"].Text);
        Assert.Null(match.Fix);
    }

    [Fact]
    public async Task The_scanned_repositorys_configuration_and_ignore_files_change_nothing()
    {
        using var folder = new TemporaryFolder();
        folder.Write("sgconfig.yml", "ruleDirs: [missing]\nlanguageGlobs: {go: ['*.py']}\n");
        folder.Write(".gitignore", "*.py\n");
        folder.Write(".ignore", "*.py\n");
        folder.Write(".hidden/a.py", "def f(): pass\n");
        folder.Write("-x.py", "def g(): pass\n");

        var all = await AstGrep.Find().ScanAsync(FunctionRule, folder.Path, cancellationToken: Token);
        var named = await AstGrep.Find().ScanAsync(FunctionRule, folder.Path, ["-x.py"], Token);

        Assert.Equal(["-x.py", ".hidden/a.py"], all.Select(m => m.File));
        Assert.Equal(["-x.py"], named.Select(m => m.File));
    }

    [Fact]
    public async Task More_files_than_fit_on_one_command_line_are_all_scanned()
    {
        using var folder = new TemporaryFolder();
        var name = new string('d', 200);
        var files = Enumerable.Range(0, 3000).Select(i => $"{name}/{i}.py").ToList();
        foreach (var file in files)
            folder.Write(file, "def f(): pass\n");

        var matches = await AstGrep.Find().ScanAsync(FunctionRule, folder.Path, files, Token);

        Assert.Equal(files.Order(StringComparer.Ordinal), matches.Select(m => m.File));
    }

    [Fact]
    public async Task A_rule_that_does_not_read_is_an_error_that_says_where()
    {
        var rule = "id: x\nlanguage: python\nrule: { kind: nonsense }\n";

        var failure = await Assert.ThrowsAsync<UsageException>(() => AstGrep.Find().ScanSourceAsync(rule, Encoding.UTF8.GetBytes("x"), Token));

        Assert.Contains("nonsense", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_the_binary_the_message_holds_the_command_that_installs_it()
    {
        using var folder = new TemporaryFolder();

        var missing = Assert.Throws<EnvironmentFailureException>(() => AstGrep.Find(folder.Path, null));
        var misnamed = Assert.Throws<EnvironmentFailureException>(() => AstGrep.Find(folder.Path, "/nowhere/ast-grep"));

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

        Assert.Throws<EnvironmentFailureException>(() => AstGrep.Find(program, null));

        foreach (var package in new[] { "cli-linux-x64-gnu", "cli-linux-arm64-gnu" })
            folder.Write(Path.Combine("checkout/afterburner/action/tools/node_modules/@ast-grep", package, "ast-grep"), "ours");
        Assert.StartsWith(Path.Combine(folder.Path, "checkout/afterburner/action/tools"), AstGrep.Find(program, null).Program, StringComparison.Ordinal);
    }

    [Fact]
    public void A_relative_path_to_the_binary_is_refused() =>
        Assert.Contains("absolute", Assert.Throws<EnvironmentFailureException>(() => AstGrep.Find("/", "tools/ast-grep")).Message, StringComparison.Ordinal);

    private static CancellationToken Token => TestContext.Current.CancellationToken;
}
