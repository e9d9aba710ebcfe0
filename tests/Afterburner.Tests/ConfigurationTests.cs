using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text;
using Afterburner.Sandboxes;
using Afterburner.Settings;
using Xunit;

namespace Afterburner.Tests;

public sealed class ConfigurationTests
{
    [Fact]
    public void Every_key_is_read()
    {
        var c = Load("""
            base: develop
            objective: memory
            proposers: [recipes, chat, "replay:run one.jsonl", "command:agent --print"]
            command: {timeout: 2m}
            model-url: http://localhost:8080/v1
            model: 'qwen'
            iterations: 3
            candidates: 2
            budget: 1.5h
            sandbox: docker
            docker-image: python:3.12
            python: .venv/bin/python
            tests:
              runner: unittest
              arguments:
                - -x
                - tests/unit
              timeout: 90s
            include: ["src/**"]
            exclude: ["*_pb2.py"]
            max-functions: 7
            materiality: {speedup: 1.5, saving: 2ms}
            tolerance: 1e-6
            seed: 42
            memory-limit: 512MiB
            max-suggestions: 0
            gate: {require-faster: ["src/hot/**", "calc.py::parse*"], faster-label: perf}
            suggest: {min-share: 0.5%}
            """);

        Assert.Equal("develop", c.Base);
        Assert.Equal(ObjectiveKind.Memory, c.Objective);
        Assert.Equal(["recipes", "chat", "replay:run one.jsonl", "command:agent --print"], c.Proposers!);
        Assert.Equal(TimeSpan.FromMinutes(2), c.Command.Timeout);
        Assert.Equal("http://localhost:8080/v1", c.ModelUrl!.ToString());
        Assert.Equal("qwen", c.Model);
        Assert.Equal((3, 2), (c.Iterations, c.Candidates));
        Assert.Equal(TimeSpan.FromMinutes(90), c.Budget);
        Assert.Equal((SandboxKind.Docker, "python:3.12", ".venv/bin/python"), (c.Sandbox, c.DockerImage, c.Languages["python"].Interpreter));
        Assert.Equal(("unittest", TimeSpan.FromSeconds(90)), (c.Tests.Runner, c.Tests.Timeout));
        Assert.Equal(["-x", "tests/unit"], c.Tests.Arguments);
        Assert.Equal(["src/**"], c.Include);
        Assert.Equal(["*_pb2.py"], c.Exclude);
        Assert.Equal((7, 0), (c.MaxFunctions, c.MaxSuggestions));
        Assert.Equal(new Materiality { Speedup = 1.5, Saving = TimeSpan.FromMilliseconds(2) }, c.Materiality);
        Assert.Equal((1e-6, 42, 512L << 20), (c.Tolerance, c.Seed, c.MemoryLimit));
        Assert.Equal(["src/hot/**", "calc.py::parse*"], c.Gate.RequireFaster);
        Assert.Equal(("perf", 0.005), (c.Gate.FasterLabel, c.Suggest.MinShare));
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("0%", 0)]
    [InlineData("0.02", 0.02)]
    [InlineData("2%", 0.02)]
    [InlineData("100%", 1)]
    [InlineData("1e-3%", 1e-5)]
    public void A_share_is_a_percentage_or_a_number_up_to_1(string written, double share) =>
        Assert.Equal(share, Load($"suggest: {{min-share: {written}}}").Suggest.MinShare, 12);

    [Fact]
    public void The_documented_defaults_are_the_defaults()
    {
        var documented = string.Join('\n', Configuration.Describe()
            .Where(k => !k.Default.StartsWith('('))
            .GroupBy(k => k.Name.Contains('.', StringComparison.Ordinal) ? k.Name.Split('.')[0] : "")
            .SelectMany(g => g.Key.Length == 0
                ? g.Select(k => $"{k.Name}: {k.Default}")
                : g.Select(k => $"  {(k.Name.Split('.') is [_, var one, var two] ? $"{one}: {{ {two}: {k.Default} }}" : $"{k.Name.Split('.')[1]}: {k.Default}")}").Prepend($"{g.Key}:")));

        Assert.Equal(Text(Configuration.Default), Text(Load(documented)));
        Assert.Equal(Text(Configuration.Default), Text(Load("# nothing\n")));
    }

    [Fact]
    public void Every_value_of_the_configuration_has_a_documented_key()
    {
        var names = Configuration.Describe().Select(k => k.Name.Replace("-", "", StringComparison.Ordinal)).Order();

        Assert.Equal(Leaves(typeof(Configuration), "").SelectMany(OfLanguages).Order(), names);
        Assert.All(Configuration.Describe(), k => Assert.Contains($"| `{k.Shown}` |", ConfigurationKey.Table(), StringComparison.Ordinal));
    }

    /// <summary>A value for each language has a key for each that can be set; a host's limit has none, as a configuration may be a pull request's.</summary>
    private static IEnumerable<string> OfLanguages(string leaf) => leaf switch
    {
        "languages" => (from language in new[] { "cpp", "go", "java", "rust" }
                        from key in new[] { "tests", "junit", "build", "benchmark" }
                        select $"languages.{language}.{key}").Concat(["python", "languages.csharp.build", "languages.csharp.benchmark"]),
        "workspace.mostbytes" => [],
        _ => [leaf],
    };

    [Theory]
    [InlineData("iteration: 3", "afterburner.yml(1,1): unknown key 'iteration': did you mean 'iterations'?")]
    [InlineData("seed: 1\ntests: {timout: 5m}", "afterburner.yml(2,9): unknown key 'tests.timout': did you mean 'tests.timeout'?")]
    [InlineData("timeout: 5m", "afterburner.yml(1,1): unknown key 'timeout': did you mean 'tests.timeout'?")]
    [InlineData("modelUrl: x", "afterburner.yml(1,1): unknown key 'modelUrl': did you mean 'model-url'?")]
    [InlineData("review: {}", "afterburner.yml(1,1): unknown key 'review': there are ")]
    public void An_unknown_key_is_an_error_that_names_the_nearest(string yaml, string message) =>
        Assert.Contains(message, Message(yaml), StringComparison.Ordinal);

    [Theory]
    [InlineData("iterations: ten", "(1,13): 'iterations' must be a whole number from 1 to 100, not 'ten'.")]
    [InlineData("iterations: 0", "must be a whole number from 1 to 100, not '0'.")]
    [InlineData("iterations: '3'", "must be a whole number")]
    [InlineData("iterations: 2.5", "must be a whole number")]
    [InlineData("iterations: [3]", "not a list.")]
    [InlineData("iterations:", "not nothing.")]
    [InlineData("seed: 99999999999999999999", "must be a whole number from 0")]
    [InlineData("budget: 600", "must be a duration with its unit, 10s to 24h (us, ms, s, m or h), not '600'.")]
    [InlineData("budget: 5s", "10s to 24h")]
    [InlineData("budget: 99999999999h", "10s to 24h")]
    [InlineData("memory-limit: 2G", "must be a size with its unit, 64MiB to 1TiB")]
    [InlineData("tolerance: .nan", "must be a number from 0 to 0.01, not '.nan'.")]
    [InlineData("tolerance: NaN", "must be a number from 0 to 0.01, not 'NaN'.")]
    [InlineData("objective: speed", "must be one of time, memory, integral, not 'speed'.")]
    [InlineData("objective: 1", "must be one of time, memory, integral, not '1'.")]
    [InlineData("sandbox: none", "must be one of auto, bubblewrap, docker")]
    [InlineData("tests: pytest", "'tests' must be a mapping of keys to values, not 'pytest'.")]
    [InlineData("tests:\n  arguments: -x", "(2,14): 'tests.arguments' must be a list, not '-x'.")]
    [InlineData("include: [a, {b: c}]", "'include[1]' must be a glob")]
    [InlineData("include: ['!a']", "belongs under exclude")]
    [InlineData("proposers: [recipes, replay:]", "'proposers[1]' must be one of recipes, chat, replay:FILE")]
    [InlineData("suggest: {min-share: 2}", "'suggest.min-share' must be a share from 0% to 100%, such as 0.01%, not '2'.")]
    [InlineData("suggest: {min-share: -1%}", "must be a share from 0% to 100%")]
    [InlineData("suggest: {min-share: much}", "must be a share from 0% to 100%")]
    [InlineData("gate: {require-faster: ['!a.py']}", "'gate.require-faster[0]' must be a glob such as src/**/*.py, or src/hot.py::parse*")]
    [InlineData("gate: {require-faster: ['a.py::']}", "must be a glob such as src/**/*.py, or src/hot.py::parse*")]
    [InlineData("gate: {require-faster: [a::b::c]}", "must be a glob such as src/**/*.py, or src/hot.py::parse*")]
    [InlineData("gate: {require-faster: a.py}", "'gate.require-faster' must be a list")]
    [InlineData("proposers: ['command:']", "'proposers[0]' must be one of recipes, chat, replay:FILE, command:LINE")]
    [InlineData("base: --output=x", "must be a branch or commit")]
    [InlineData("model-url: file:///etc/passwd", "must be an http or https address")]
    [InlineData("- a", "(1,1): a mapping of keys to values was expected.")]
    [InlineData("seed: 1\nseed: 2", "(2,1): 'seed' appears twice.")]
    [InlineData("seed: 1\n---\nseed: 2", "a second document")]
    [InlineData("a: b: c", "not YAML")]
    [InlineData("[a]: b", "a key must be a word.")]
    public void A_wrong_value_is_named_with_its_place_and_what_was_expected(string yaml, string message) =>
        Assert.Contains(message, Message(yaml), StringComparison.Ordinal);

    [Theory]
    [InlineData("api-key: sk-1234567890")]
    [InlineData("apiKey: sk-1234567890")]
    [InlineData("model-api_key: sk-1234567890")]
    [InlineData("tests: {token: sk-1234567890}")]
    [InlineData("model-url: https://user:sk-1234567890@example.org/v1")]
    public void A_secret_is_refused_and_not_repeated(string yaml)
    {
        var message = Message(yaml);

        Assert.Contains(yaml.StartsWith("model-url", StringComparison.Ordinal) ? "without a user name or password" : "use AFTERBURNER_API_KEY", message, StringComparison.Ordinal);
        Assert.DoesNotContain("sk-1234567890", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_that_stand_for_more_than_they_hold_are_refused()
    {
        var bomb = "a: &a [x, x]\n" + string.Concat(Enumerable.Range(0, 30).Select(i => $"b{i}: &b{i} [*a, *a]\n"));

        Assert.Contains("anchors and aliases", Message(bomb), StringComparison.Ordinal);
        Assert.Contains("anchors and aliases", Message("include: *a"), StringComparison.Ordinal);
        Assert.Contains("tags", Message("seed: !!int 1"), StringComparison.Ordinal);
        Assert.Contains("nested this deep", Message("seed: " + new string('[', 50)), StringComparison.Ordinal);
        Assert.Contains("larger than 64 KiB", Message(new string('#', 70_000)), StringComparison.Ordinal);
        Assert.Contains("not UTF-8", Assert.Throws<UsageException>(() => Configuration.Load([0xff, 0xfe])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_file_says_writes_no_line_of_its_own_into_a_log() =>
        Assert.DoesNotContain('\n', Message("objective: \"x\\n::error::evil\""));

    [Fact]
    public void A_file_is_read_by_its_path()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write(".github/afterburner.yml", "\ufeffseed: 7\r\n");

        Assert.Equal(7, Configuration.Load(path).Seed);
        Assert.Contains("nowhere.yml", Assert.Throws<UsageException>(() => Configuration.Load(folder.Path + "/nowhere.yml")).Message, StringComparison.Ordinal);
    }

    private static Configuration Load(string yaml) => Configuration.Load(Encoding.UTF8.GetBytes(yaml), "afterburner.yml");

    private static string Message(string yaml) => Assert.Throws<UsageException>(() => Load(yaml)).Message;

    private static string Text(Configuration configuration) => System.Text.Json.JsonSerializer.Serialize(configuration);

    private static IEnumerable<string> Leaves([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] Type type, string prefix) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance).SelectMany(p =>
            p.PropertyType == typeof(TestConfiguration) || p.PropertyType == typeof(Materiality) || p.PropertyType == typeof(GateConfiguration) || p.PropertyType == typeof(SuggestConfiguration) || p.PropertyType == typeof(WorkspaceConfiguration) || p.PropertyType == typeof(SetupConfiguration) || p.PropertyType == typeof(CommandConfiguration)
                ? Leaves(p.PropertyType, p.Name.ToLowerInvariant() + ".")
                : [prefix + p.Name.ToLowerInvariant()]);
}
