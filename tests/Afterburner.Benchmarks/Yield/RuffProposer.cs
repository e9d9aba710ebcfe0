using System.Text;
using System.Text.Json.Nodes;
using Afterburner.Languages.Python;
using Afterburner.Proposers;

namespace Afterburner.Benchmarks.Yield;

/// <summary>
/// Proposes a function as ruff leaves it after all fixes of the families that speak of performance or simplicity, unsafe
/// ones and those in preview too. Imports that a fix adds go into the function: a candidate is one function.
/// </summary>
internal sealed class RuffProposer : IProposer
{
    private static readonly string[] Families = ["PERF", "FURB", "C4", "SIM", "PLR", "RET"];

    private readonly IReadOnlyDictionary<string, JsonNode> _fixed;

    private RuffProposer(string version, IReadOnlyDictionary<string, JsonNode> fixedFiles)
    {
        Name = $"ruff {version}";
        _fixed = fixedFiles;
    }

    public string Name { get; }

    /// <summary>Fixes all files at once; ruff reads them as text, in WebAssembly, and executes nothing.</summary>
    /// <exception cref="EnvironmentFailureException">Node.js or the package is missing.</exception>
    public static async Task<RuffProposer> OfAsync(string root, IReadOnlyDictionary<string, string> files, CancellationToken cancellationToken)
    {
        var request = new JsonObject
        {
            ["select"] = new JsonArray([.. Families.Select(f => (JsonNode)f)]),
            ["files"] = new JsonObject(files.Select(f => KeyValuePair.Create(f.Key, (JsonNode?)f.Value))),
        };
        var run = await Processes.RunAsync(
            new ProcessStart("node", Path.Combine(root, "tests", "Tools", "ruff", "fix.mjs"))
            {
                Input = Encoding.UTF8.GetBytes(request.ToJsonString()),
                Timeout = TimeSpan.FromMinutes(2),
            },
            cancellationToken: cancellationToken).ConfigureAwait(false);
        if (!run.Succeeded)
            throw new EnvironmentFailureException($"ruff could not be run; npm ci --ignore-scripts --prefix tests/Tools/ruff installs it: {run.ErrorText}");
        var answer = JsonNode.Parse(run.Text)!;
        return new RuffProposer((string)answer["version"]!, answer["files"]!.AsObject().ToDictionary(f => f.Key, f => f.Value!));
    }

    public Task<IReadOnlyList<Candidate>> ProposeAsync(ProposalRequest request, CancellationToken cancellationToken)
    {
        var file = _fixed[request.Function.Path];
        string[] codes = [.. file["codes"]!.AsArray().Select(c => (string)c!).Distinct()];
        if (request.Iteration > 1 || codes.Length == 0)
            return Task.FromResult<IReadOnlyList<Candidate>>([]);
        var reply = ReplyReader.Read($"````````python\n{(string)file["text"]!}\n````````", request.Function, request.FileSource, new PythonText());
        return Task.FromResult<IReadOnlyList<Candidate>>(reply.Source is not { } source || source == request.Function.Source
            ? []
            : [new Candidate(Name, request.Iteration, source, string.Join(", ", codes)) { Recipe = string.Join('+', codes) }]);
    }
}
