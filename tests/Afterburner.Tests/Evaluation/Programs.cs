using Afterburner.Evaluation.Programs;
using Afterburner.Evaluation.Tasks;
using Afterburner.Workloads;

namespace Afterburner.Tests.Evaluation;

/// <summary>Tasks and programs for them, small enough for a test.</summary>
internal static class Programs
{
    /// <summary>Runs quickly: one sample, which need not be long.</summary>
    public static readonly ProgramOptions Quick = new() { Samples = 1, LongEnough = TimeSpan.Zero, MostTime = TimeSpan.FromSeconds(3), MostPeople = 4 };

    public const string Right = "n = int(input())\nprint(sum(range(n)))\n";

    /// <summary>Takes a thousand times as long as <see cref="Right"/> for large numbers, by CPU time.</summary>
    public const string Slow = "n = int(input())\ntotal = 0\nfor i in range(n):\n    for _ in range(40):\n        total += i\nprint(total // 40)\n";

    public static EvaluationTask Sum { get; } = new("sum", "Add the numbers below n.")
    {
        Tests = [.. new[] { 0, 1, 5, 100, 20_000 }.Select(n => new TaskTest($"{n}\n", [$"{n * (n - 1L) / 2}\n"]))],
        Solutions = [Right, Slow, "import sys\nn = int(sys.stdin.readline())\nprint(n * (n - 1) // 2)\n", "print(0)\n"],
    };

    public static async Task<ProgramRunner> RunnerAsync(ProgramOptions? options = null)
    {
        var sandbox = await SharedSandbox.OpenAsync();
        return new ProgramRunner(new Harness(sandbox, Workloads.SystemPython.Program(sandbox, global::Afterburner.Languages.Python.TestRunner.Unittest)), options ?? Quick);
    }
}
