using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Afterburner.Suggestions;

/// <summary>
/// The suggestions as SARIF 2.1.0, the way GitHub's code scanning reads it: one note per suggestion, with the edit as a
/// fix. Fingerprints depend on path, function and replaced text, not on line numbers, so that a dismissed note stays
/// dismissed when the file moves around it.
/// </summary>
internal static class SarifReport
{
    /// <summary>GitHub refuses longer messages quietly by cutting them.</summary>
    private const int MessageLimit = 1_000;

    public static string Write(Report report)
    {
        var sarif = new JsonObject
        {
            ["$schema"] = "https://json.schemastore.org/sarif-2.1.0.json",
            ["version"] = "2.1.0",
            ["runs"] = new JsonArray(new JsonObject
            {
                ["tool"] = new JsonObject { ["driver"] = Driver(report) },
                ["automationDetails"] = new JsonObject { ["id"] = $"afterburner/{Name(report.Objective)}/" },
                ["columnKind"] = "utf16CodeUnits",
                ["results"] = new JsonArray([.. report.Improved.Select(f => Finding(f, report.Objective))]),
            }),
        };
        return sarif.ToJsonString(ReportJson.Readable.Options) + "\n";
    }

    private static JsonObject Driver(Report report) => new()
    {
        ["name"] = "Afterburner",
        ["semanticVersion"] = report.Version.Length > 0 ? report.Version : "0.0.0",
        ["rules"] = new JsonArray([.. Enum.GetValues<ObjectiveKind>().Select(Rule)]),
    };

    private static JsonObject Rule(ObjectiveKind objective) => new()
    {
        ["id"] = RuleId(objective),
        ["name"] = objective switch
        {
            ObjectiveKind.Time => "ProvenFasterVersion",
            ObjectiveKind.Memory => "ProvenSmallerVersion",
            ObjectiveKind.Integral => "ProvenLeanerVersion",
        },
        ["shortDescription"] = Text($"A version that needs less {Wording.Quantity(objective)} is proven."),
        ["fullDescription"] = Text(
            $"Another version of this function behaved the same in every check and needed measurably less {Wording.Quantity(objective)}, "
            + "in interleaved runs with a sequential test and an independent confirmation."),
        ["help"] = new JsonObject
        {
            ["text"] = "Apply the fix, or dismiss the note: nothing is wrong with the code as it is.",
            ["markdown"] = "Apply the fix, or dismiss the note: nothing is wrong with the code as it is.",
        },
        ["defaultConfiguration"] = new JsonObject { ["level"] = "note" },
        ["properties"] = new JsonObject
        {
            ["tags"] = new JsonArray("performance", "efficiency"),
            ["precision"] = "very-high",
            ["problem.severity"] = "recommendation",
        },
    };

    private static JsonObject Finding(FunctionReport function, ObjectiveKind objective)
    {
        var suggestion = function.Suggestion!;
        return new JsonObject
        {
            ["ruleId"] = RuleId(objective),
            ["ruleIndex"] = (int)objective,
            ["level"] = "note",
            ["message"] = Text(Message(function, suggestion, objective)),
            ["locations"] = new JsonArray(new JsonObject
            {
                ["physicalLocation"] = new JsonObject
                {
                    ["artifactLocation"] = Location(function.Path),
                    ["region"] = new JsonObject { ["startLine"] = suggestion.StartLine, ["endLine"] = suggestion.EndLine },
                },
                ["logicalLocations"] = new JsonArray(new JsonObject { ["fullyQualifiedName"] = VisibleText.Line(function.Name), ["kind"] = "function" }),
            }),
            ["partialFingerprints"] = new JsonObject
            {
                ["primaryLocationLineHash"] = Fingerprint(function, suggestion)[..16] + ":1",
                ["afterburnerSuggestion/v1"] = Fingerprint(function, suggestion),
            },
            ["fixes"] = new JsonArray(new JsonObject
            {
                ["description"] = Text(suggestion.Title.Length > 0 ? VisibleText.Line(suggestion.Title) : "Use the faster version."),
                ["artifactChanges"] = new JsonArray(new JsonObject
                {
                    ["artifactLocation"] = Location(function.Path),
                    ["replacements"] = new JsonArray([.. suggestion.Edits.Select(Replacement)]),
                }),
            }),
            ["properties"] = new JsonObject
            {
                ["factor"] = suggestion.Speedup,
                ["low"] = suggestion.Low,
                ["high"] = suggestion.High,
                ["pairs"] = suggestion.Pairs,
            },
        };
    }

    private static string Message(FunctionReport function, Suggestion suggestion, ObjectiveKind objective)
    {
        var title = suggestion.Title.Length > 0 ? $": {suggestion.Title}" : "";
        var claim = Wording.Claim(suggestion, objective).Replace("**", "", StringComparison.Ordinal);
        // In SARIF messages brackets make links and braces make placeholders.
        var message = VisibleText.Line($"A version of {function.Name} {claim}{title}".ReplaceLineEndings(" "))
            .Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("[", "\\[", StringComparison.Ordinal)
            .Replace("]", "\\]", StringComparison.Ordinal)
            .Replace("{", "{{", StringComparison.Ordinal)
            .Replace("}", "}}", StringComparison.Ordinal);
        return (message.Length > MessageLimit ? message[..(MessageLimit - 1)] + "…" : message) + ".";
    }

    /// <summary>Whole lines: up to the start of the line after the last, or to the end of a file that ends without a line end.</summary>
    private static JsonObject Replacement(Edit edit)
    {
        var ended = edit.Original.EndsWith('\n');
        var last = Lines.Of(edit.Original)[^1];
        return new JsonObject
        {
            ["deletedRegion"] = new JsonObject
            {
                ["startLine"] = edit.StartLine,
                ["startColumn"] = 1,
                ["endLine"] = ended ? edit.EndLine + 1 : edit.EndLine,
                ["endColumn"] = ended ? 1 : last.Length + 1,
            },
            ["insertedContent"] = Text(edit.Replacement),
        };
    }

    private static string Fingerprint(FunctionReport function, Suggestion suggestion) => Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes($"{function.Path}\0{function.Name}{(function.Namesake is { } place ? $"#{place}" : "")}\0{suggestion.Original}")));

    private static JsonObject Location(string path) => new()
    {
        ["uri"] = string.Join('/', path.Split('/').Select(Uri.EscapeDataString)),
        ["uriBaseId"] = "%SRCROOT%",
    };

    private static JsonObject Text(string text) => new() { ["text"] = text };

    private static string RuleId(ObjectiveKind objective) => $"afterburner/{Name(objective)}";

    private static string Name(ObjectiveKind objective) => LowerCase.Policy.ConvertName(objective.ToString());
}
