using Afterburner.Functions;
using Afterburner.Languages.CSharp;
using Afterburner.Sandboxes;
using Afterburner.Workloads;
using Xunit;

namespace Afterburner.Tests.Languages;

/// <summary>Tests of each framework and each runner, restored as their user would have, and run inside a sandbox.</summary>
public sealed class DotnetRunnersTests(ReviewFixture fixture) : IClassFixture<ReviewFixture>
{
    private const string Xunit = "using Xunit; namespace T; public class Checks { [Fact] public void Passes() { } [Fact] public void Fails() => Assert.Equal(1, One.F(2)); [Theory, InlineData(3)] public void Row(int x) => Assert.Equal(x, One.F(x)); [Fact(Skip = \"later\")] public void Skipped() { } }";
    private const string Nunit = "using NUnit.Framework; namespace T; public class Checks { [Test] public void Passes() { } [Test] public void Fails() => Assert.That(One.F(2), Is.EqualTo(1)); [TestCase(3)] public void Row(int x) => Assert.That(One.F(x), Is.EqualTo(x)); [Test, Ignore(\"later\")] public void Skipped() { } }";
    private const string Mstest = "using Microsoft.VisualStudio.TestTools.UnitTesting; namespace T; [TestClass] public class Checks { [TestMethod] public void Passes() { } [TestMethod] public void Fails() => Assert.AreEqual(1, One.F(2)); [TestMethod, DataRow(3)] public void Row(int x) => Assert.AreEqual(x, One.F(x)); [TestMethod, Ignore] public void Skipped() { } }";

    private const string Sdk = "<PackageReference Include=\"Microsoft.NET.Test.Sdk\" Version=\"18.11.0\" />";
    private const string XunitOnVsTest = "<PackageReference Include=\"xunit\" Version=\"2.9.3\" /><PackageReference Include=\"xunit.runner.visualstudio\" Version=\"3.1.5\" />";

    private static readonly Limits Limits = new() { Wall = TimeSpan.FromMinutes(4), Cpu = TimeSpan.FromMinutes(4) };

    [Theory]
    [InlineData(Xunit, Sdk + XunitOnVsTest, "", "VSTest", "Row(x: 3)")]
    [LongData(Nunit, Sdk + "<PackageReference Include=\"NUnit\" Version=\"4.6.1\" /><PackageReference Include=\"NUnit3TestAdapter\" Version=\"6.3.1\" />", "", "VSTest", "Row(3)")]
    [LongData(Nunit, Sdk + "<PackageReference Include=\"NUnit\" Version=\"4.6.1\" /><PackageReference Include=\"NUnit3TestAdapter\" Version=\"6.3.1\" /><PackageReference Include=\"Microsoft.Testing.Extensions.TrxReport\" Version=\"2.5.2\" />", "<EnableNUnitRunner>true</EnableNUnitRunner>", "Microsoft.Testing.Platform", "Row(3)")]
    [LongData(Mstest, Sdk + "<PackageReference Include=\"MSTest.TestFramework\" Version=\"4.5.2\" /><PackageReference Include=\"MSTest.TestAdapter\" Version=\"4.5.2\" />", "", "VSTest", "Row (3)")]
    [LongData(Mstest, "<PackageReference Include=\"MSTest\" Version=\"4.5.2\" />", "<EnableMSTestRunner>true</EnableMSTestRunner>", "Microsoft.Testing.Platform", "Row (3)")]
    [LongData(Xunit, "<PackageReference Include=\"xunit.v3\" Version=\"4.0.2\" />", "<UseMicrosoftTestingPlatformRunner>true</UseMicrosoftTestingPlatformRunner>", "Microsoft.Testing.Platform", "Row(x: 3)")]
    public async Task Every_outcome_is_told_by_the_name_of_its_test(string tests, string packages, string properties, string runner, string row)
    {
        using var tree = await RestoredAsync(tests, packages, properties);
        var harness = await OpenAsync(tree);

        var run = await RepositoryTests.RunAsync(harness, tree.Path, null, Limits, cancellationToken: TestContext.Current.CancellationToken);
        var some = await RepositoryTests.RunAsync(harness, tree.Path, ["T.Checks.Passes"], Limits, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(runner, harness.Program.Runner);
        Assert.True(run.Incomplete is null, run.Incomplete);
        Assert.Equal(
            new Dictionary<string, TestOutcome>
            {
                ["T.Checks.Passes"] = TestOutcome.Passed, ["T.Checks.Fails"] = TestOutcome.Failed, [$"T.Checks.{row}"] = TestOutcome.Passed, ["T.Checks.Skipped"] = TestOutcome.Skipped,
            }.OrderBy(o => o.Key), run.Outcomes.OrderBy(o => o.Key));
        Assert.Contains("2", run.FailureText("T.Checks.Fails"), StringComparison.Ordinal);
        Assert.Equal(["T.Checks.Passes"], some.Outcomes.Keys);
    }

    [LongForm]
    [Theory]
    [InlineData(Sdk + XunitOnVsTest, "", "The active test run was aborted")]
    [InlineData("<PackageReference Include=\"xunit.v3\" Version=\"4.0.2\" />", "<UseMicrosoftTestingPlatformRunner>true</UseMicrosoftTestingPlatformRunner>", "told of none")]
    public async Task A_crash_is_no_end_of_a_run(string packages, string properties, string words)
    {
        using var tree = await RestoredAsync(Xunit.Replace("{ } [Fact] public void Fails", "{ System.Environment.FailFast(\"over\"); } [Fact] public void Fails", StringComparison.Ordinal), packages, properties);

        var run = await RepositoryTests.RunAsync(await OpenAsync(tree), tree.Path, null, Limits, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Contains(words, run.Incomplete, StringComparison.Ordinal);
    }

    [LongForm]
    [Fact]
    public async Task Without_control_groups_it_is_said_that_more_memory_is_needed_and_with_it_tests_run()
    {
        using var tree = await RestoredAsync(Xunit, "<PackageReference Include=\"xunit.v3\" Version=\"4.0.2\" />", "<UseMicrosoftTestingPlatformRunner>true</UseMicrosoftTestingPlatformRunner>");
        await using var sandbox = await BubblewrapSandbox.OpenAsync(new BubblewrapOptions { UseControlGroups = false }, TimeProvider.System, TestContext.Current.CancellationToken);

        var little = await Assert.ThrowsAsync<EnvironmentFailureException>(() => OpenAsync(new BoundedSandbox(sandbox, 1L << 30), tree));
        var harness = await OpenAsync(new BoundedSandbox(sandbox, 8L << 30), tree);
        var run = await RepositoryTests.RunAsync(harness, tree.Path, null, Limits with { Memory = 8L << 30 }, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Contains("memory-limit: 8GiB", little.Message, StringComparison.Ordinal);
        Assert.True(run.Incomplete is null, run.Incomplete);
        Assert.Equal(TestOutcome.Passed, run.Outcomes["T.Checks.Passes"]);
    }

    private Task<Harness> OpenAsync(TemporaryFolder tree) => OpenAsync(fixture.Sandbox, tree);

    private static Task<Harness> OpenAsync(ISandbox sandbox, TemporaryFolder tree) =>
        new CSharpRuntime(Language.Find("csharp")!).OpenAsync(sandbox, new RuntimeRequest(null, tree.Path) { Folder = "lib" }, TestContext.Current.CancellationToken);

    private static async Task<TemporaryFolder> RestoredAsync(string tests, string packages, string properties)
    {
        var tree = new TemporaryFolder();
        tree.Write("lib/Lib.csproj", "<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup><TargetFrameworks>net10.0</TargetFrameworks></PropertyGroup></Project>");
        tree.Write("lib/One.cs", "public static class One { public static int F(int x) { return x; } }");
        tree.Write("lib.tests/Lib.Tests.csproj", $"<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup><TargetFrameworks>net10.0</TargetFrameworks><OutputType>Exe</OutputType>{properties}</PropertyGroup><ItemGroup>{packages}<ProjectReference Include=\"../lib/Lib.csproj\" /></ItemGroup></Project>");
        tree.Write("lib.tests/Checks.cs", tests);
        await DotnetRestore.OfAsync(tree, "lib.tests");
        return tree;
    }
}
