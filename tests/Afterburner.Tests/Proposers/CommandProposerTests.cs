using System.Net;
using System.Net.Sockets;
using System.Text;
using Afterburner.Cli;
using Afterburner.Languages.Python;
using Afterburner.Proposers;
using Afterburner.Sandboxes;
using Afterburner.Settings;
using Afterburner.Workloads;
using Xunit;

namespace Afterburner.Tests.Proposers;

/// <summary>Programs that propose by editing a file, in a real sandbox: what is taken of them, and what they cannot do.</summary>
public sealed class CommandProposerTests : IDisposable
{
    private const string Key = "sk-very-secret-0123456789";

    private const string Code =
        """
        import os

        LIMIT = 3


        def other(items):
            return [n for n in items]


        def scale(items, k):
            found = []
            for item in items:
                found.append(item * k)
            return found
        """;

    private const string Faster = "def scale(items, k):\\n    return [item * k for item in items]\\n";

    /// <summary>Writes the file anew with another text of the function, and other text before and after it.</summary>
    private static string Write(string function, string before = "", string after = "") =>
        $"python3 -c \"p='pkg/module.py'; s=open(p).read(); i=s.index('def scale'); open(p,'w').write('{before}' + s[:i] + '{function}' + '{after}')\"";

    private readonly Workspace _workspace = Workspace.Create();
    private readonly List<Exchange> _exchanges = [];

    public CommandProposerTests()
    {
        Add("pkg/module.py", Code + "\n");
        Add("test_module.py", "import unittest\n");
    }

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task What_a_program_leaves_in_the_functions_file_is_what_it_proposes()
    {
        var candidate = Assert.Single(await AskAsync(Write(Faster)));

        Assert.Equal("def scale(items, k):\n    return [item * k for item in items]", candidate.Source);
        Assert.Equal(("command:python3", "Rewrite by python3"), (candidate.Proposer, candidate.Title));
        var exchange = Assert.Single(_exchanges);
        Assert.Null(exchange.Refused);
        Assert.Equal(candidate.PromptHash, exchange.Prompt.Hash);
        Assert.Equal(Code + "\n", await File.ReadAllTextAsync(Path.Combine(_workspace.Head, "pkg", "module.py"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_prompt_comes_on_standard_input_and_asks_for_an_edit_in_place()
    {
        Assert.Single(await AskAsync($"grep -q 'Edit `pkg/module.py` there, in place' && {Write(Faster)}"));

        Assert.DoesNotContain("<solution>", _exchanges[0].Prompt.System + _exchanges[0].Prompt.User, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_import_a_constant_and_a_helper_of_the_file_come_along_and_its_own_notes_do_not()
    {
        var line = Write("# a table\\n_TABLE = (1, 2)\\n\\n\\ndef _times(n, k):\\n    return n * k\\n\\n\\ndef scale(items, k):\\n    return list(map(_times, items, repeat(k)))\\n", "from itertools import repeat\\n");

        var candidate = Assert.Single(await AskAsync($"mkdir -p .notes pkg/__pycache__ && echo done > .notes/log && echo x > pkg/__pycache__/x.pyc && {line}"));

        Assert.Contains("    from itertools import repeat\n", candidate.Source, StringComparison.Ordinal);
        Assert.Contains("    def _times(n, k):\n", candidate.Source, StringComparison.Ordinal);
        Assert.DoesNotContain("_TABLE", candidate.Source, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("echo '# changed' >> test_module.py", "it changes more than pkg/module.py: test_module.py")]
    [InlineData("echo 'def scale(): pass' > pkg/quick.py", "it changes more than pkg/module.py: pkg/quick.py")]
    [InlineData("rm test_module.py", "it changes more than pkg/module.py: test_module.py")]
    [InlineData("ln -sf /etc/passwd test_module.py", "it changes more than pkg/module.py: test_module.py")]
    [InlineData("rm pkg/module.py; ln -s /etc/passwd pkg/module.py; true", "it leaves no regular file at pkg/module.py")]
    [InlineData("rm pkg/module.py; mkfifo pkg/module.py; true", "it leaves no regular file at pkg/module.py")]
    [InlineData("head -c 3000000 /dev/zero | tr '\\0' '#' >> pkg/module.py", "it leaves more than 2 MiB at pkg/module.py")]
    [InlineData("printf '\\377\\n' >> pkg/module.py", "not UTF-8")]
    [InlineData("sed -i 's/LIMIT = 3/LIMIT = 4/' pkg/module.py", "it changes more of pkg/module.py than scale: LIMIT = 3")]
    [InlineData("sed -i 's/n for n in items/n for n in items[:3]/' pkg/module.py", "it changes more of pkg/module.py than scale: return [n for n in items]")]
    [InlineData("sed -i '3i os.environ.clear()' pkg/module.py", "it changes more of pkg/module.py than scale: os.environ.clear()")]
    [InlineData("true", "it leaves the file as it was")]
    [InlineData("echo 'x = 1' > pkg/module.py", "defin")]
    public async Task What_a_program_leaves_beside_its_function_is_named_and_refused(string line, string expected)
    {
        // An edit that would be taken, and something beside it.
        var also = line == "true" || line.Contains("> pkg/module.py", StringComparison.Ordinal) || line.StartsWith("rm pkg", StringComparison.Ordinal) ? line : $"{Write(Faster)} && {line}";

        Assert.Empty(await AskAsync(also));

        Assert.Contains(expected, Assert.Single(_exchanges).Refused, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sleep 100", "took longer than 5 s (command.timeout), and was ended")]
    [InlineData("yes", "printed more than 4096 KiB")]
    [InlineData("echo 'no model' >&2; exit 7", "ended with 7. The end of what it said: no model")]
    [InlineData("no-such-agent --print", "ended with 127: what it names was not found in the sandbox")]
    [InlineData("kill -9 $PPID", "did not come to its end")]
    public async Task A_program_that_does_not_come_to_its_end_is_a_proposer_that_failed(string line, string expected)
    {
        var failure = await Assert.ThrowsAsync<EnvironmentFailureException>(() => AskAsync(line, o => o with { Timeout = TimeSpan.FromSeconds(line == "sleep 100" ? 5 : 60) }));

        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
        Assert.Empty(_exchanges);
    }

    [Fact]
    public async Task Results_that_a_program_makes_up_are_worth_no_more_than_an_edit()
    {
        Assert.Empty(await AskAsync($"{Write(Faster)} && mkdir /out/changed"));
        Assert.Equal("what it left cannot be compared with what it was given", _exchanges[0].Refused);
        Assert.Empty(await AskAsync($"{Write(Faster)} && ln -s /etc/passwd /out/file && ln -s /etc/hostname /out/compared"));
    }

    [Fact]
    public async Task A_program_has_no_variable_but_those_that_are_named_and_its_edit_may_not_hold_one()
    {
        Environment.SetEnvironmentVariable("AFTERBURNER_TEST_OF_COMMANDS", "not for programs");
        var failure = await Assert.ThrowsAsync<EnvironmentFailureException>(() => AskAsync("env | sort | cut -c 1-60 >&2; exit 3", WithKey));

        Assert.DoesNotContain("AFTERBURNER", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, failure.Message, StringComparison.Ordinal);
        Assert.Contains("AGENT_KEY=***", failure.Message, StringComparison.Ordinal);
        Assert.Single(await AskAsync($"[ \"$AGENT_KEY\" = {Key} ] && {Write(Faster)}", WithKey));
        _exchanges.Clear();
        Assert.Empty(await AskAsync(Write($"def scale(items, k):\\n    return \\\"{Key}\\\"\\n"), WithKey));
        Assert.Equal("the edit holds the value of AGENT_KEY", _exchanges[0].Refused);
        Assert.DoesNotContain(Key, _exchanges[0].Reply, StringComparison.Ordinal);

        static CommandProposerOptions WithKey(CommandProposerOptions o) => o with { Variables = new Dictionary<string, Secret> { ["AGENT_KEY"] = new(Key) } };
    }

    [Fact]
    public async Task A_program_reaches_the_hosts_that_are_named_and_no_other()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var answering = AnswerAsync(listener);
        string Ask(int at) => $"python3 -c \"import urllib.request as u; print(u.urlopen('http://127.0.0.1:{at}/').read().decode())\" > .said && grep -q hello .said && {Write(Faster)}";
        var choice = new CommandChoice(null, true, [], [$"127.0.0.1:{port}"], []);

        Assert.Single(await AskAsync(choice.Options("command:" + Ask(port), new CommandConfiguration())));
        await answering;
        var other = await Assert.ThrowsAsync<EnvironmentFailureException>(() => AskAsync(choice.Options("command:" + Ask(1), new CommandConfiguration())));
        Assert.Contains("It asked for 127.0.0.1:1, which --command-host does not name.", other.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<EnvironmentFailureException>(() => AskAsync(Ask(port)));
    }

    [Theory]
    [InlineData("command", "needs its command line")]
    [InlineData("command: ", "a command line for sh")]
    public void A_command_without_a_line_is_refused(string name, string expected) =>
        Assert.Contains(expected, Assert.Throws<UsageException>(() => CommandChoice.None.Options(name, new CommandConfiguration())).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("PATH", "cannot be given")]
    [InlineData("LD_PRELOAD", "cannot be given")]
    [InlineData("AFTERBURNER_PRIVATE_KEY", "cannot be given")]
    [InlineData("--help", "is no name of a variable")]
    [InlineData("SURELY_NOT_SET_ANYWHERE", "is not set here")]
    public void A_variable_that_a_program_may_not_have_is_refused(string name, string expected) => Assert.Contains(
        expected, Assert.Throws<UsageException>(() => new CommandChoice(null, true, [name], [], []).Options("command:true", new CommandConfiguration())).Message, StringComparison.Ordinal);

    [Fact]
    public void What_the_user_gives_goes_to_no_command_of_a_configuration()
    {
        var refused = Assert.Throws<UsageException>(() => new CommandChoice(null, false, [], ["api.example.com"], []).Options("command:agent", new CommandConfiguration()));

        Assert.Contains("this one is a configuration file's", refused.Message, StringComparison.Ordinal);
        Assert.Equal("agent", new CommandChoice("agent", false, [], ["api.example.com"], []).Options("command", new CommandConfiguration()).Line);
    }

    private void Add(string path, string text)
    {
        var full = Path.Combine(_workspace.Head, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }

    private Task<IReadOnlyList<Candidate>> AskAsync(string line, Func<CommandProposerOptions, CommandProposerOptions>? with = null) =>
        AskAsync((with ?? (o => o))(new CommandProposerOptions(line) { Timeout = TimeSpan.FromMinutes(1) }));

    private async Task<IReadOnlyList<Candidate>> AskAsync(CommandProposerOptions options)
    {
        var program = new HarnessProgram(PythonLanguage.Python, [], [], MachineDirectory.Own(_workspace.Head)) { Runner = "unittest" };
        var tree = new Tree(new Harness(await SharedSandbox.OpenAsync(), program), _workspace.Head, new Limits());
        return await new CommandProposer(options with { OnExchange = _exchanges.Add }, TimeProvider.System)
            .ProposeAsync(PythonSources.Request(Code + "\n") with { Tree = tree }, TestContext.Current.CancellationToken);
    }

    private static async Task AnswerAsync(TcpListener listener)
    {
        using var client = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        // What is not read when a connection is closed resets it.
        Assert.True(await client.GetStream().ReadAsync(new byte[4096], TestContext.Current.CancellationToken) > 0);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello"), TestContext.Current.CancellationToken);
    }
}
