using Afterburner.Gates;
using Afterburner.Settings;
using Afterburner.Suggestions;
using Afterburner.Tests.Changes;
using Afterburner.Tests.Sandboxes;
using Afterburner.Verdicts;
using Xunit;

namespace Afterburner.Tests;

/// <summary>What a gate answers where it cannot see what it is asked about.</summary>
public sealed class GateWithoutSightTests(FirstProcessFixture fixture) : IClassFixture<FirstProcessFixture>
{
    private const string Code =
        """
        class Handle:
            def __init__(self, values): self.values = values
            def __reduce__(self): raise TypeError("a handle cannot be pickled")

        def work(handle):
            return sum(value * 3 % 11 for value in handle.values)

        """;

    private const string Tests = "import calc\n\n\ndef test_work():\n    assert calc.work(calc.Handle(list(range(4000)))) > 0\n";

    [Theory]
    [InlineData(ObjectiveKind.Memory)]
    [LongData(ObjectiveKind.Integral)]
    public async Task Memory_that_cannot_be_read_inside_tests_is_said_to_be_that(ObjectiveKind objective)
    {
        var report = await GateAsync(Code.Replace("sum(value * 3 % 11 for value in handle.values)", "sum([value * 3 % 11 for value in handle.values * 1])", StringComparison.Ordinal), objective);

        var work = Assert.Single(report.Functions, f => f.Name == "work");
        Assert.Equal(GateStatus.CannotTell, work.Status);
        Assert.Contains("how much memory is in use cannot be read here", work.Reason, StringComparison.Ordinal);
    }

    private async Task<GateReport> GateAsync(string head, ObjectiveKind objective)
    {
        using var repository = await TestRepository.CreateAsync();
        using var folder = new TemporaryFolder();
        repository.Write("calc.py", Code);
        repository.Write("test_calc.py", Tests);
        await repository.CommitAsync("base");
        repository.Write("calc.py", head);
        await repository.CommitAsync("head");
        return await new Gate(fixture.Sandbox, _ => { }, TimeProvider.System).RunAsync(
            new GateRequest(repository.Path, folder.Path, Configuration.Default with { Objective = objective }) { Base = "HEAD~1" },
            TestContext.Current.CancellationToken);
    }
}
