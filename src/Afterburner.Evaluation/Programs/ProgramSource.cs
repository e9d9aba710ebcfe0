using System.Text.Json.Nodes;
using Afterburner.Evaluation.Tasks;

namespace Afterburner.Evaluation.Programs;

/// <summary>A program as it is run for a task.</summary>
/// <param name="Text">Its source.</param>
/// <param name="Entry">The function that is called; null for a program that reads and writes.</param>
/// <param name="HasExpressions">Whether arguments are Python expressions instead of JSON.</param>
/// <param name="HasLiterals">Whether what a call gives back is written as Python does, instead of as JSON.</param>
internal sealed record ProgramSource(string Text, string? Entry, bool HasExpressions, bool HasLiterals, Toolchain Toolchain)
{
    /// <summary>Where a solution stands in what Venus runs.</summary>
    public const string Place = "==Code Submission==";

    /// <value>See <see cref="EvaluationTask.Prelude"/>.</value>
    public string? Prelude { get; init; }

    /// <param name="hasExpressions">Of the inputs that it is to be run on.</param>
    public static ProgramSource Of(EvaluationTask task, string program, bool hasExpressions) => new(
        task.Runner is { } runner ? runner.Replace(Place, program, StringComparison.Ordinal) : program, task.Entry, hasExpressions, task.Comparison == Comparison.Literals, Toolchain.Of(task.Language))
    { Prelude = task.Prelude };

    /// <param name="most">CPU time of one run.</param>
    public JsonObject Order(TimeSpan most) => new()
    {
        ["entry"] = Entry,
        ["expressions"] = HasExpressions,
        ["literals"] = HasLiterals,
        ["prelude"] = Prelude,
        ["seconds"] = (int)Math.Max(1, Math.Ceiling(most.TotalSeconds)),
        ["file"] = Toolchain.FileName,
        ["compile"] = Toolchain.Compile is { } compile ? new JsonArray([.. compile.Select(a => (JsonNode)a)]) : null,
        ["run"] = Toolchain.Run is { } run ? new JsonArray([.. run.Select(a => (JsonNode)a)]) : null,
    };
}

/// <summary>How programs of a language are made and run.</summary>
/// <param name="Language">As Markdown spells it.</param>
/// <param name="FileName">Of the source.</param>
/// <param name="Compile">Null where nothing is compiled.</param>
/// <param name="Run">Null for Python, which runs in the process that waits for it.</param>
/// <param name="Nothing">A program that does nothing.</param>
internal sealed record Toolchain(string Language, string FileName, IReadOnlyList<string>? Compile, IReadOnlyList<string>? Run, string Nothing = "")
{
    public static IReadOnlyList<Toolchain> All { get; } =
    [
        new("python", "solution.py", null, null),
        new("cpp", "solution.cpp", ["g++", "-O2", "-std=c++17", "-o", "solution", "solution.cpp"], ["/tmp/solution"], "int main() { return 0; }\n"),
        new("java", "Main.java", ["javac", "Main.java"], ["java", "-cp", "/tmp", "Main"], "class Main { public static void main(String[] arguments) { } }\n"),
        new("javascript", "solution.js", null, ["node", "/tmp/solution.js"]),
        new("go", "solution.go", ["go", "build", "-o", "solution", "solution.go"], ["/tmp/solution"], "package main\n\nfunc main() {}\n"),
        new("rust", "solution.rs", ["rustc", "-O", "-o", "solution", "solution.rs"], ["/tmp/solution"], "fn main() {}\n"),
    ];

    /// <exception cref="UsageException">Programs of that language are not run.</exception>
    public static Toolchain Of(string language) => All.FirstOrDefault(t => t.Language == language)
        ?? throw new UsageException($"programs in {language} are not run: {string.Join(", ", All.Select(t => t.Language))} are");
}
