using Afterburner.Settings;
using Afterburner.Tests.Changes;
using Xunit;

namespace Afterburner.Tests;

/// <summary>What counts is what the base of a change says; whoever proposes the change cannot choose the limits, the model or the replies.</summary>
public sealed class ConfigurationChoiceTests
{
    private const string Hostile = "model-url: https://evil.example/v1\nmodel: m\nproposers: [chat, 'replay:/dev/zero']\nmemory-limit: 1TiB\nbase: hostile\n";

    [Theory]
    [InlineData("main", "hostile")]
    [InlineData("main", null)]
    [InlineData(null, "hostile")]
    [InlineData(null, null)]
    public async Task A_checkout_of_a_hostile_branch_configures_nothing(string? from, string? head)
    {
        using var repository = await HostileAsync("seed: 7\n");

        var choice = await ChooseAsync(repository, from, head);

        Assert.Equal((7L, null, Configuration.Default.MemoryLimit), (choice.Configuration.Seed, choice.Configuration.ModelUrl, choice.Configuration.MemoryLimit));
        Assert.Null(choice.Configuration.Proposers);
        Assert.Equal($"{Configuration.Path} at {choice.Commit![..12]}", choice.Origin);
        Assert.Equal(
            $"{Configuration.Path} under review differs in base, memory-limit, model, model-url, proposers, seed: that counts once it is merged, or when it is named with --config",
            choice.Difference);
    }

    [Fact]
    public async Task Without_a_branch_to_trust_the_defaults_count_and_no_upstream_does()
    {
        using var repository = await HostileAsync(null);
        await repository.GitAsync("branch", "--quiet", "-D", "main");
        await repository.GitAsync("branch", "--quiet", "fork");
        await repository.GitAsync("branch", "--quiet", "--set-upstream-to=fork");

        var choice = await ChooseAsync(repository, null, null);

        Assert.Null(choice.Configuration.ModelUrl);
        Assert.Null(choice.Commit);
        Assert.Contains("no base", choice.Origin, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_named_counts_and_the_difference_is_said_all_the_same()
    {
        using var repository = await HostileAsync(null);
        using var folder = new TemporaryFolder();
        var file = folder.Write("own.yml", "seed: 9\n");

        var choice = await ChooseAsync(repository, "main", "hostile", file);

        Assert.Equal((9L, file), (choice.Configuration.Seed, choice.Origin));
        Assert.Contains("model-url", choice.Difference, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_configuration_at_both_ends_needs_no_word()
    {
        using var repository = await TestRepository.CreateAsync();
        repository.Write(Configuration.Path, "seed: 7\n");
        await repository.CommitAsync("base");
        await repository.GitAsync("checkout", "--quiet", "-b", "work");
        repository.Write(Configuration.Path, "# seven\nseed: 7\n");
        await repository.CommitAsync("head");

        Assert.Null((await ChooseAsync(repository, null, null)).Difference);
    }

    [Theory]
    [InlineData("iteratons: 3\n")]
    [InlineData("seed: [\n")]
    public async Task One_that_does_not_read_stops_nobody_once_it_is_committed_and_is_explained_before(string wrong)
    {
        using var repository = await HostileAsync("seed: 7\n");
        repository.Write(Configuration.Path, wrong);
        await Assert.ThrowsAsync<UsageException>(() => ChooseAsync(repository, null, null));
        await repository.CommitAsync("wrong");

        var choice = await ChooseAsync(repository, null, null);

        Assert.Equal(7, choice.Configuration.Seed);
        Assert.Contains("does not read", choice.Difference, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/dev/zero")]
    [InlineData("../other.yml")]
    public async Task A_link_in_its_place_is_not_followed(string target)
    {
        using var repository = await HostileAsync("seed: 7\n");
        repository.Write("other.yml", "seed: 8\n");
        repository.Delete(Configuration.Path);
        File.CreateSymbolicLink(Path.Combine(repository.Path, Configuration.Path), target);
        await repository.CommitAsync("link");

        Assert.Equal(7, (await ChooseAsync(repository, null, null)).Configuration.Seed);
    }

    private static async Task<TestRepository> HostileAsync(string? atBase)
    {
        var repository = await TestRepository.CreateAsync();
        repository.Write("code.py", "def one():\n    return 1\n");
        if (atBase is not null)
            repository.Write(Configuration.Path, atBase);
        await repository.CommitAsync("base");
        await repository.GitAsync("checkout", "--quiet", "-b", "hostile");
        repository.Write(Configuration.Path, Hostile);
        repository.Write("code.py", "def one():\n    return 2 - 1\n");
        await repository.CommitAsync("hostile");
        return repository;
    }

    private static Task<ConfigurationChoice> ChooseAsync(TestRepository repository, string? from, string? head, string? file = null) =>
        ConfigurationChoice.OfAsync(repository.Path, file, from, head, TestContext.Current.CancellationToken);
}
