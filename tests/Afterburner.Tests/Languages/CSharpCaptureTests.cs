using Afterburner.Functions;
using Afterburner.Languages.CSharp;
using Afterburner.Sandboxes;
using Afterburner.Workloads;
using Afterburner.Workloads.Protocol;
using Xunit;

namespace Afterburner.Tests.Languages;

/// <summary>Calls of C# in tests of each framework: surveyed, recorded, and made again.</summary>
public sealed class CSharpCaptureTests(ReviewFixture fixture) : IClassFixture<ReviewFixture>
{
    // One function in each line, by its name.
    private const string Kit = """
        namespace Kit;
        public class Box<T> {
            private readonly List<T> items = [];
            public Box(params T[] all) => items.AddRange(all);
            public TResult Fold<TResult>(TResult seed, Func<TResult, T, TResult> step) { var a = seed; foreach (var i in items) a = step(a, i); return a; }
            public IEnumerable<T> Walk(int from) { for (var i = from; i < items.Count; i++) yield return items[i]; }
            public virtual string Name() => "Box"; }
        public sealed class Crate(string a) : Box<string>(a, "z") {
            public override string Name() => "Crate of " + base.Name(); }
        public struct Vec { public int X;
            public void Grow(ref int by, out int old) { old = X; X += by; by = 0; } }
        public ref struct Slice(ReadOnlySpan<char> s) { private readonly ReadOnlySpan<char> s = s;
            public int Length() => s.Length; }
        public static class Tools {
            public static int Sum(ReadOnlySpan<int> xs) { var s = 0; foreach (var x in xs) s += x; return s; }
            public static int Sliced(Slice s) => s.Length();
            public static int Twice(this int n) => n * 2;
            public static async Task<int> LaterAsync(int n) { await Task.Yield(); return n + 1; }
            public static string Fail(string why) => throw new InvalidOperationException(why);
            public static int Chance(int n) => Random.Shared.Next(n);
            public static int Wait(TextReader reader, Task task) { return reader.Peek(); }
            public static int Outer(int n) { return Local(n) + 1;
                int Local(int k) { return k * 2; } }
            public static int Unused() => 1;
            public static bool TryGet(Dictionary<string, int> map, string key, out int value) => map.TryGetValue(key, out value); }
        """;

    private const string Body = """
        { var crate = new Kit.Crate("a"); var n = crate.Name().Length + crate.Walk(1).Count() + crate.Fold(row, (a, s) => a + s.Length);
          var v = new Kit.Vec { X = 1 }; var by = 3; v.Grow(ref by, out var old); n += old + Kit.Tools.Sum([1, 2]) + Kit.Tools.Sliced(new Kit.Slice("abc")) + row.Twice() + row.Twice();
          try { Kit.Tools.Fail("no"); } catch (System.InvalidOperationException) { }
          Kit.Tools.Chance(1000000); Kit.Tools.Wait(new System.IO.StringReader("x"), System.Threading.Tasks.Task.CompletedTask); Kit.Tools.TryGet(new() { ["a"] = row }, "a", out _); System.GC.KeepAlive(n); }
        """;

    private const string Sdk = "<PackageReference Include=\"Microsoft.NET.Test.Sdk\" Version=\"18.11.0\" />";

    private static readonly Limits Limits = new() { Wall = TimeSpan.FromMinutes(4), Cpu = TimeSpan.FromMinutes(4) };

    [Theory]
    [InlineData("using Xunit; public class Checks { public Checks() => Kit.Tools.Outer(1); [Theory, InlineData(1), InlineData(2)] public void Row(int row) BODY [Fact] public async Task Later() => await Kit.Tools.LaterAsync(7); }",
        "<PackageReference Include=\"xunit.v3\" Version=\"4.0.2\" />", "<UseMicrosoftTestingPlatformRunner>true</UseMicrosoftTestingPlatformRunner>", "Checks.Row(row: 1)", "Checks.Row(row: 2)", false)]
    [LongData("using Xunit; public class Checks { public Checks() => Kit.Tools.Outer(1); [Theory, InlineData(1), InlineData(2)] public void Row(int row) BODY [Fact] public async Task Later() => await Kit.Tools.LaterAsync(7); }",
        Sdk + "<PackageReference Include=\"xunit\" Version=\"2.9.3\" /><PackageReference Include=\"xunit.runner.visualstudio\" Version=\"3.1.5\" />", "", "Checks.Row(row: 1)", "Checks.Row(row: 2)", true)]
    [LongData("using NUnit.Framework; public class Checks { [SetUp] public void Begin() => Kit.Tools.Outer(1); [TestCase(1), TestCase(2)] public void Row(int row) BODY [Test] public async Task Later() => await Kit.Tools.LaterAsync(7); }",
        Sdk + "<PackageReference Include=\"NUnit\" Version=\"4.6.1\" /><PackageReference Include=\"NUnit3TestAdapter\" Version=\"6.3.1\" />", "", "Checks.Row(1)", "Checks.Row(2)", false)]
    [LongData("using Microsoft.VisualStudio.TestTools.UnitTesting; [TestClass] public class Checks { [TestInitialize] public void Begin() => Kit.Tools.Outer(1); [TestMethod, DataRow(1), DataRow(2)] public void Row(int row) BODY [TestMethod] public async Task Later() => await Kit.Tools.LaterAsync(7); }",
        Sdk + "<PackageReference Include=\"MSTest.TestFramework\" Version=\"4.5.2\" /><PackageReference Include=\"MSTest.TestAdapter\" Version=\"4.5.2\" />", "", "Checks.Row (1)", "Checks.Row (2)", true)]
    public async Task Calls_in_tests_are_found_stored_and_made_again(string tests, string packages, string properties, string first, string second, bool byMethod)
    {
        var cancel = TestContext.Current.CancellationToken;
        using var tree = await RestoredAsync(tests.Replace("BODY", Body, StringComparison.Ordinal), packages, properties);
        var harness = await new CSharpRuntime(Language.Find("csharp")!).OpenAsync(fixture.Sandbox, new RuntimeRequest(null, tree.Path) { Folder = "lib" }, cancel);
        Target[] targets = [.. ((string[])["Box.Box", "Box.Fold", "Box.Walk", "Box.Name", "Crate.Name", "Vec.Grow", "Slice.Length", "Tools.Sum", "Tools.Sliced", "Tools.Twice", "Tools.LaterAsync", "Tools.Fail",
            "Tools.Chance", "Tools.Wait", "Tools.Outer", "Tools.Outer.Local", "Tools.Unused", "Tools.TryGet"]).Select(n => new Target("lib/Kit.cs", n, LineOf(n)))];

        var survey = await harness.RunAsync(new SurveyRequest(targets, 1), tree.Path, Limits, writable: true, cancellationToken: cancel);

        Assert.True(survey.Done is { Problem: null }, survey.Done?.Problem ?? survey.Error ?? survey.Sandbox.ErrorText);
        Assert.All(survey.Of<OutcomeMessage>(), o => Assert.Equal("passed", o.Outcome));
        var reaches = survey.Of<ReachMessage>().ToDictionary(r => r.Target[(r.Target.IndexOf("::", StringComparison.Ordinal) + 2)..r.Target.IndexOf('@', StringComparison.Ordinal)]);
        Assert.Equal(targets.Length, reaches.Count);
        Assert.Contains("Slice, which is a ref struct", reaches["Slice.Length"].Problem, StringComparison.Ordinal);
        Assert.Contains("takes a ReadOnlySpan (xs)", reaches["Tools.Sum"].Problem, StringComparison.Ordinal);
        Assert.Contains("Cannot convert type 'Kit.Slice' to 'object'", reaches["Tools.Sliced"].Problem, StringComparison.Ordinal);
        Assert.Contains("is a local function", reaches["Tools.Outer.Local"].Problem, StringComparison.Ordinal);
        Assert.Equal((null, 0), (reaches["Tools.Unused"].Problem, reaches["Tools.Unused"].Calls));
        // What a test needs to begin is called, and is no call of a test.
        Assert.Equal((3, 0, 0), ((int)reaches["Tools.Outer"].Calls, reaches["Tools.Outer"].Tests.Count, reaches["Tools.Outer"].Picks.Count));
        Assert.Equal([first, second], reaches["Tools.Twice"].Tests.Select(t => t.Id).Order());
        Assert.Equal(
            byMethod ? [(first, 0), (first, 1), (first, 2), (first, 3)] : [(first, 0), (first, 1), (second, 0), (second, 1)], reaches["Tools.Twice"].Picks.Select(p => (p.Test, p.Call)).Order());
        Assert.All(reaches["Tools.Fail"].Picks, p => Assert.True(p.Raised));
        Assert.All(reaches["Tools.LaterAsync"].Picks, p => Assert.Null(p.Raised));
        Assert.Equal(["Dictionary<string, int>"], reaches["Tools.TryGet"].Observed["map"].Types);

        Target[] reached = [.. targets.Where(t => reaches[t.Name].Picks.Count > 0)];
        var picks = reached.ToDictionary(t => t.Id, t => (IReadOnlyList<PickedCall>)[.. reaches[t.Name].Picks.Select(p => new PickedCall(p.Test, p.Call))]);
        var record = await harness.RunAsync(
            new RecordRequest(reached, picks, new RecordLimits(2, 1 << 20, 1 << 24)) { Tests = [.. picks.SelectMany(p => p.Value).Select(p => p.Test).Distinct()] }, tree.Path, Limits, writable: true, cancellationToken: cancel);

        Assert.True(record.Done is { Problem: null }, record.Done?.Problem ?? record.Error ?? record.Sandbox.ErrorText);
        var stored = record.Of<StoredMessage>().ToLookup(m => m.Target);
        Assert.Equal("it holds a Task (Task) (2 of 2)", Assert.Single(record.Of<RecordedMessage>().Single(m => m.Target == targets.Single(t => t.Name == "Tools.Wait").Id).Reasons).Reason);
        Assert.All(reached.Where(t => t.Name != "Tools.Wait"), t => Assert.Equal(picks[t.Id].Count, stored[t.Id].Count()));

        var confirm = new ConfirmRequest([.. reached.Where(t => stored.Contains(t.Id)).Select(t => new ConfirmedEntry(t, 8, null, [.. stored[t.Id].Select((m, i) => new NumberedCall(i, m.Blob))]))]);
        var (once, again) = (await ConfirmedAsync(), await ConfirmedAsync());

        foreach (var (call, answer) in once)
        {
            Assert.True(answer.Reason is null, $"{call}: {answer.Reason}");
            if (call.Target.Contains("Tools.Chance", StringComparison.Ordinal))
                Assert.NotEqual(answer.Digest, again[call].Digest);
            else
                Assert.Equal(answer.Digest, again[call].Digest);
            Assert.Equal(call.Target.Contains("Tools.Fail", StringComparison.Ordinal) ? "InvalidOperationException" : null, answer.Raised);
        }

        // A method that another one overrides is called itself, and not that one.
        Assert.NotEqual(once.First(c => c.Key.Target.Contains("Box.Name", StringComparison.Ordinal)).Value.Digest, once.First(c => c.Key.Target.Contains("Crate.Name", StringComparison.Ordinal)).Value.Digest);

        async Task<Dictionary<(string Target, int Index), ConfirmedMessage>> ConfirmedAsync()
        {
            var run = await harness.RunAsync(confirm, tree.Path, Limits, writable: false, cancellationToken: cancel);
            Assert.True(run.Done is not null, run.Error ?? run.Sandbox.ErrorText);
            var all = run.Of<ConfirmedMessage>().ToDictionary(m => (m.Target, (int)m.Index));
            Assert.Equal(stored.Sum(s => s.Count()), all.Count);
            return all;
        }
    }

    private static int LineOf(string name)
    {
        var word = name[(name.LastIndexOf('.') + 1)..];
        var lines = Kit.Split('\n').Index().Where(l => l.Item.Contains($" {word}(", StringComparison.Ordinal) || l.Item.Contains($" {word}<", StringComparison.Ordinal));
        return lines.First(l => l.Item.StartsWith("    ", StringComparison.Ordinal) && (word != "Name" || l.Item.Contains(name.StartsWith("Box", StringComparison.Ordinal) ? "virtual" : "override", StringComparison.Ordinal))).Index + 1;
    }

    private static async Task<TemporaryFolder> RestoredAsync(string tests, string packages, string properties)
    {
        var tree = new TemporaryFolder();
        tree.Write("Directory.Build.props", "<Project><PropertyGroup><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings><Nullable>enable</Nullable><TreatWarningsAsErrors>true</TreatWarningsAsErrors></PropertyGroup></Project>");
        tree.Write("lib/Lib.csproj", "<Project Sdk=\"Microsoft.NET.Sdk\"><ItemGroup><InternalsVisibleTo Include=\"Lib.Tests\" /></ItemGroup></Project>");
        tree.Write("lib/Kit.cs", Kit);
        tree.Write("lib.tests/Lib.Tests.csproj", $"<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup><OutputType>Exe</OutputType><NoWarn>xUnit1031;MSTEST0001</NoWarn>{properties}</PropertyGroup><ItemGroup>{packages}<ProjectReference Include=\"../lib/Lib.csproj\" /></ItemGroup></Project>");
        tree.Write("lib.tests/Checks.cs", $"using Kit; {tests}");
        await DotnetRestore.OfAsync(tree, "lib.tests");
        return tree;
    }
}
