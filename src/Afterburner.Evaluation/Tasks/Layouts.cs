using System.Text.Json;
using System.Text.Json.Nodes;
using Afterburner.Evaluation.Programs;

namespace Afterburner.Evaluation.Tasks;

/// <summary>
/// Venus (Elfsong/Venus and its languages): tests as text, solutions with what was measured of them there. What was measured elsewhere is not read:
/// it says nothing about this machine.
/// </summary>
internal sealed class VenusLayout : TaskLayout
{
    public override string Name => "Venus";

    public override string IdField => "problem_id";

    public override bool Fits(JsonObject record) => record.ContainsKey("question_content") && record.ContainsKey("test_cases") && !record.ContainsKey("stress_generators");

    public override EvaluationTask Read(Fields record) => new(record.Text("problem_id"), record.Text("question_content"))
    {
        Language = record.TextOr("language", "python").ToLowerInvariant() switch { "python3" => "python", "c++" => "cpp", "golang" => "go", var name => name },
        StarterCode = record.TextOr("code_prompt", ""),
        Runner = !record.Has("test_case_runners") ? null
            : record.Text("test_case_runners").Contains(ProgramSource.Place, StringComparison.Ordinal) ? record.Text("test_case_runners")
            : throw new BadFieldException("test_case_runners", $"it has no place for a solution ({ProgramSource.Place})"),
        Checker = record.Has("test_case_evaluator") ? $"{record.Text("test_case_evaluator")}\n\ndef is_right(_, expected, actual):\n    return evaluate(expected, actual)\n" : null,
        Tests = [.. record.Records("test_cases").Select(t => new TaskTest(t.Written("input"), [t.Written("output")]))],
        // One that is no program is none; the others are.
        Solutions = Programs(record.Records("solutions").Where(s => s.Has("code") && (!s.Has("passed") || s.Flag("passed"))).Select(s => s.Text("code"))),
    };
}

/// <summary>APPS (codeparrot/apps), whose lists are JSON in texts: programs, and where <c>fn_name</c> is there functions.</summary>
internal sealed class AppsLayout : TaskLayout
{
    public override string Name => "APPS";

    public override string IdField => "problem_id";

    /// <summary>What <c>testing_util.py</c> of its authors puts before every solution.</summary>
    private const string Prelude = """
        import collections, fractions, functools, heapq, itertools, math, random, sys, time
        from collections import ChainMap, Counter, OrderedDict, defaultdict, deque
        from functools import lru_cache
        from heapq import *
        from itertools import accumulate, combinations, permutations, product
        from math import ceil, cos, exp, fabs, floor, gcd, log, log2, sin, sqrt, tan
        from typing import List, Tuple

        """;

    public override bool Fits(JsonObject record) => record.ContainsKey("question") && record.ContainsKey("input_output");

    public override EvaluationTask Read(Fields record)
    {
        var tests = record.Record("input_output");
        var entry = tests.Has("fn_name") ? tests.Text("fn_name") : null;
        var (inputs, outputs) = (tests.Items("inputs"), tests.Items("outputs"));
        if (inputs.Count != outputs.Count)
            throw new BadFieldException("input_output", $"it has {inputs.Count} inputs and {outputs.Count} outputs");
        return new EvaluationTask(record.Text("problem_id"), record.Text("question"))
        {
            Entry = entry,
            Prelude = Prelude,
            StarterCode = record.TextOr("starter_code", ""),
            Comparison = entry is null ? Comparison.Words : Comparison.Values,
            Tests = [.. inputs.Zip(outputs, (input, output) => entry is null ? new TaskTest(Lines(input), [Lines(output)]) : new TaskTest(Fields.Json(input), Answers(output)))],
            Solutions = record.Has("solutions") ? Programs(record.Texts("solutions")) : [],
        };
    }

    /// <summary>A text, or its lines in a list.</summary>
    private static string Lines(JsonNode? text) => text is JsonArray lines ? string.Join('\n', lines.Select(Lines)) : text?.GetValueKind() == JsonValueKind.String ? text.GetValue<string>() : Fields.Json(text);

    /// <summary>The answer; where it is a list, its first item counts as well (<c>testing_util.py</c>).</summary>
    private static IReadOnlyList<string> Answers(JsonNode? output) => output is JsonArray { Count: > 0 } list ? [Fields.Json(output), Fields.Json(list[0])] : [Fields.Json(output)];
}

/// <summary>COFFE's contests (its part of DeepMind's CodeContests), a task a line: many programs of people, tests, and generators of large inputs.</summary>
internal sealed class CoffeContestLayout : TaskLayout
{
    public override string Name => "COFFE contests";

    public override string IdField => "problem_id";

    public override bool Fits(JsonObject record) => record.ContainsKey("question_content") && record.ContainsKey("stress_generators");

    public override EvaluationTask Read(Fields record) => new(record.Text("problem_id"), record.Text("question_content"))
    {
        Tests = [.. record.Records("test_cases").Select(t => new TaskTest(string.Concat(t.Texts("input")), t.Texts("output")))],
        Generators = record.Texts("stress_generators"),
        Solutions = Programs([.. record.Texts("solutions"), .. record.Has("best_solution") ? [record.Text("best_solution")] : Array.Empty<string>()]),
    };
}

/// <summary>COFFE's functions (its part of MBPP), a task a line: a solution or two, tests, and large arguments as Python expressions.</summary>
internal sealed class CoffeFunctionLayout : TaskLayout
{
    public override string Name => "COFFE functions";

    public override string IdField => "problem_id";

    public override bool Fits(JsonObject record) => record.ContainsKey("entry_point") && record.ContainsKey("stress_cases");

    public override EvaluationTask Read(Fields record) => new($"{record.TextOr("dataset", "function")}-{record.Text("problem_id")}", record.Text("prompt"))
    {
        Entry = record.Text("entry_point"),
        Comparison = Comparison.Values,
        Tests =
        [
            .. record.Records("test_cases").Select(t => new TaskTest(Fields.Json(new JsonArray([.. t.Items("input").Select(i => i?.DeepClone())])), [.. t.Items("output").Take(1).Select(Fields.Json)])),
            .. record.Records("stress_cases").Select(t => new TaskTest(t.Text("input"), []) { IsExpression = true }),
        ],
        Solutions = Programs([record.Text("canonical_solution")]),
    };
}

/// <summary>ENAMEL (HumanEval with references by experts): one reference, whose answers are right, a generator of inputs in levels of size, and a checker.</summary>
internal sealed class EnamelLayout : TaskLayout
{
    /// <summary>Inputs of each level, the smallest first. Its authors take more of the large ones.</summary>
    private static readonly int[] Cases = [8, 2, 2, 2];

    private static readonly string Helpers = Embedded("Tasks/enamel.py");

    public override string Name => "ENAMEL";

    public override string IdField => "task_id";

    public override bool Fits(JsonObject record) => record.ContainsKey("task_id") && record.ContainsKey("reference_solution");

    public override EvaluationTask Read(Fields record) => new(record.Text("task_id"), record.Text("prompt"))
    {
        Entry = record.Text("entry_point"),
        Comparison = Comparison.Literals,
        StarterCode = record.Text("prompt"),
        Generators = record.Has("input_generator") ? Generators(record) : [],
        Checker = record.Has("checker") ? $"{record.Text("prompt")}\n    pass\n\n{record.Text("checker")}\n{Helpers}" : null,
        Solutions = Programs([$"{record.Text("prompt").TrimEnd('\n')}\n{record.Text("reference_solution")}"]),
    };

    private static IReadOnlyList<string> Generators(Fields record)
    {
        var levels = record.TextOr("input_levels", "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return levels.All(l => l.All(char.IsAsciiDigit))
            ? [.. from level in Enumerable.Range(0, Math.Min(levels.Length, Cases.Length))
                  from number in Enumerable.Range(0, Cases[level])
                  select $"{record.TextOr("prompt", "")}\n    pass\n\n{Helpers}\n{record.Text("input_generator")}\n_made_of_size = generate_input\ndef generate_input():\n    return _made_of_size({levels[level]}, {level}, {number})\n"]
            : throw new BadFieldException("input_levels", "numbers were expected, with blanks between them");
    }

    private static string Embedded(string name)
    {
        using var reader = new StreamReader(typeof(EnamelLayout).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
