using System.Text;
using Afterburner.Proposers;
using Afterburner.Sandboxes;
using Afterburner.Tests.Workloads;
using Afterburner.Workloads;
using Xunit;

namespace Afterburner.Tests.Proposers;

/// <summary>The code that a function uses, found by the harness, as a model is shown it.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class UsedCodeTests(HarnessFixture fixture) : IClassFixture<HarnessFixture>
{
    private const string Before = """"
        """Prices of baskets."""
        import os
        from collections import (
            OrderedDict,
            defaultdict,
        )
        from decimal import Decimal

        from pricing import gross

        RATE = Decimal("1.19")
        UNUSED = 3


        class Basket:
            """Things to buy."""

            currency = "EUR"

            def __init__(self, items):
                self.items = items

            def size(self):
                return len(self.items)

            def totals(self, prices):
                """Sums by name; `prices` maps names."""
                sums = defaultdict(Decimal)
                for item in self.items:
                    sums[item] = sums[item] + gross(prices[item], RATE)
                return [(name, sums[name], self.currency) for name in sorted(sums)]

        """";

    private const string After = """

        def report(basket, prices):
            return "\n".join(f"{name}: {total} {currency}" for name, total, currency in basket.totals(prices))


        def unrelated():
            return os.sep

        """;

    private const string Pricing = """
        DIGITS = 2


        def net(price):
            return price


        def gross(price, rate):
            return round(price * rate, DIGITS)

        """;

    [Fact]
    public async Task A_model_is_shown_the_whole_import_the_constant_the_class_the_helper_of_another_file_the_caller_and_a_call()
    {
        using var folder = new TemporaryFolder();
        folder.Write("m.py", Encoding.UTF8.GetBytes(Before + After));
        folder.Write("pricing.py", Encoding.UTF8.GetBytes(Pricing));
        File.SetUnixFileMode(folder.Path, (UnixFileMode)0b111_101_101);
        var function = PythonSources.LastFunction(Before, "m.py");
        var target = Target.Of(function);
        var calls = await fixture.RecordAsync(
            folder.Path, target,
            "{'self': Basket([]), 'prices': {}}",
            "{'self': Basket(['tea', 'jam'] * 40), 'prices': {'tea': Decimal(3), 'jam': Decimal(2)}}",
            "{'self': Basket(['tea', 'jam', 'tea']), 'prices': {'tea': Decimal(3), 'jam': Decimal(2)}}");
        var observed = new Dictionary<string, ObservedValue>
        {
            ["self"] = new(["m.Basket"], null, null, null),
            ["prices"] = new(["dict"], 0, 2, null),
        };
        var workload = new Workload(WorkloadKind.Replay, target, target, calls, [], [], observed)
        {
            Callers = [new Caller(new Target("m.py", "report", 34), 1_234), new Caller(new Target("test_m.py", "test_all", 3), 9)],
        };

        var used = await UsedCode.FindAsync(new Tree(fixture.Harness, folder.Path, new Limits()), workload, TestContext.Current.CancellationToken);

        ApprovedPrompt.Check(Prompt.For(PythonSources.Request(Before) with
        {
            Function = function,
            FileSource = Before + After,
            Best = new MeasuredSource(function.Source, Passed: true, 0.01234),
            Observed = observed,
            Timed = [calls[1]],
            Used = used,
        }));
    }

    [Fact]
    public async Task A_call_that_ends_its_process_takes_only_the_example_away()
    {
        using var file = new OneFile("def f(xs):\n    os._exit(3)", "import os\n");
        var calls = await fixture.RecordAsync(file.Workspace, file.Target, "{'xs': [1]}");

        var used = await UsedCode.FindAsync(new Tree(fixture.Harness, file.Workspace, new Limits()), file.WorkloadOf(calls), TestContext.Current.CancellationToken);

        Assert.Equal("import os", Assert.Single(used!.Imports).Text);
        Assert.Null(used.Example);
    }

    [Fact]
    public async Task What_a_call_changes_and_raises_is_told()
    {
        using var file = new OneFile("def f(xs):\n    xs.append(2)\n    raise ValueError(len(xs))");
        var calls = await fixture.RecordAsync(file.Workspace, file.Target, "{'xs': [1]}");

        var used = await UsedCode.FindAsync(new Tree(fixture.Harness, file.Workspace, new Limits()), file.WorkloadOf(calls), TestContext.Current.CancellationToken);

        Assert.Equal(("f(xs=[1])", "raises ValueError: 2", "xs = [1, 2]"), (used!.Example!.Call, used.Example.Answer, Assert.Single(used.Example.Changed)));
    }
}
