using System.Text.Json.Nodes;
using Afterburner.Tests.Changes;

namespace Afterburner.Tests.Actions;

/// <summary>The git side of GitHub: a bare repository that gives any commit by its hash, as GitHub does.</summary>
internal sealed class ActionServer : IDisposable
{
    public const string Name = "octo-org/shop";

    public const string Slow =
        """
        def unique(items):
            assert len(items) <= 1_000  # no larger calls are made and measured
            found = []
            for item in items:
                if item not in found:
                    found.append(item)
            return found

        """;

    public const string Slower =
        """
        def unique(items):
            assert len(items) <= 1_000  # no larger calls are made and measured
            found = []
            for item in items + items:
                if item not in found:
                    found.append(item)
            return found

        """;

    public const string Tests =
        """
        import unittest
        from sums import unique


        class Tests(unittest.TestCase):
            def test_unique(self):
                self.assertEqual(len(unique(list(range(500)) * 2)), 500)

        """;

    private readonly TemporaryFolder _folder = new();

    private ActionServer(TestRepository repository) => Repository = repository;

    /// <summary>Where people work.</summary>
    public TestRepository Repository { get; }

    public string Url => $"file://{_folder.Path}";

    private string Bare => Path.Combine(_folder.Path, Name);

    /// <summary>A default branch of some commits, the last of which has a function and its test.</summary>
    public static async Task<ActionServer> StartAsync()
    {
        var server = new ActionServer(await TestRepository.CreateAsync());
        await server.Repository.CommitAsync("first");
        server.Repository.Write("sums.py", "def unique(items):\n    assert len(items) <= 1_000  # no larger calls are made and measured\n    return list(dict.fromkeys(items))\n");
        server.Repository.Write("test_sums.py", Tests);
        await server.Repository.CommitAsync("second");
        Directory.CreateDirectory(server.Bare);
        await TestRepository.RunAsync(server.Bare, "git", "init", "--quiet", "--bare", "--initial-branch=main");
        await TestRepository.RunAsync(server.Bare, "git", "config", "uploadpack.allowAnySHA1InWant", "true");
        await server.PushAsync();
        return server;
    }

    public Task<string> MainAsync() => Repository.GitAsync("rev-parse", "main");

    /// <summary>A branch with one commit, pushed.</summary>
    public async Task<string> BranchAsync(string branch, string code)
    {
        await Repository.GitAsync("checkout", "--quiet", "-B", branch, "main");
        Repository.Write("sums.py", code);
        var head = await Repository.CommitAsync("faster?");
        await PushAsync();
        return head;
    }

    public Task<string> PushAsync() => Repository.GitAsync("push", "--quiet", "--force", $"{Url}/{Name}", "refs/heads/*:refs/heads/*");

    /// <summary>What GitHub sends for a pull request, as far as anybody reads it.</summary>
    public static JsonObject PullRequest(string @base, string head, string branch = "reports", string title = "Reports", string repository = Name) => new()
    {
        ["number"] = 7,
        ["pull_request"] = new JsonObject
        {
            ["title"] = title,
            ["base"] = new JsonObject { ["sha"] = @base, ["ref"] = "main" },
            ["head"] = new JsonObject { ["sha"] = head, ["ref"] = branch, ["repo"] = new JsonObject { ["full_name"] = repository } },
        },
        ["repository"] = new JsonObject { ["default_branch"] = "main" },
    };

    public static JsonObject Push(string before, string after, bool forced = false) => new()
    {
        ["before"] = before,
        ["after"] = after,
        ["forced"] = forced,
        ["deleted"] = false,
        ["repository"] = new JsonObject { ["default_branch"] = "main" },
    };

    public static JsonObject Dispatch() => new() { ["repository"] = new JsonObject { ["default_branch"] = "main" } };

    public void Dispose()
    {
        Repository.Dispose();
        _folder.Dispose();
    }
}
