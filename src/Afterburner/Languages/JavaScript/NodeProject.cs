using System.Text.Json.Nodes;
using Afterburner.Functions;
using Afterburner.Sandboxes;
using Afterburner.Workloads;

namespace Afterburner.Languages.JavaScript;

/// <summary>How Node.js is run for a repository. It is tried inside the sandbox, so that only what works there is chosen.</summary>
internal sealed class NodeProject(Language language, ISandbox sandbox, RuntimeRequest request)
{
    private const string FilesOf = "Languages/JavaScript/harness/", Entry = "/harness/run.cjs", Node = "node", Modules = "node_modules";

    // Node's WebAssembly, which takes types out, needs it where address space is limited.
    private const string Guards = "--disable-wasm-trap-handler";

    private static readonly Version Oldest = new(20, 10);

    private static readonly Limits ProbeLimits = new() { Wall = TimeSpan.FromSeconds(20), Cpu = TimeSpan.FromSeconds(20) };

    private static readonly DirectoryKind Installed = new(path => Path.GetFileName(path) == Modules ? null : $"is not called {Modules}");

    private static readonly Lazy<MachineDirectory> Files = new(() =>
    {
        var files = Harness.Materialise(FilesOf);
        File.Copy(NodeTools.Parser(), Path.Combine(files.Path, "acorn.cjs"), overwrite: true);
        File.Copy(NodeTools.Stripper(), Path.Combine(files.Path, "swc.cjs"), overwrite: true);
        return files;
    });

    /// <summary>Finds Node.js and what the repository installed for it.</summary>
    /// <exception cref="EnvironmentFailureException">There is no Node.js that can be used, or no runner that is known.</exception>
    public async Task<HarnessProgram> ProgramAsync(CancellationToken cancellationToken)
    {
        var tests = NodePackage.Read(request.Workspace, request.Folder).Tests ?? throw new EnvironmentFailureException(
            $"{language}: package.json{(request.Folder.Length == 0 ? "" : $" of {request.Folder}")} has no script \"test\" that calls {NodeScripts.Known}, the runners of tests that are known");
        var version = await VersionAsync(cancellationToken).ConfigureAwait(false);
        if (version is null || version < Oldest)
            throw new EnvironmentFailureException($"{language}: no Node.js {Oldest} or newer runs inside the {sandbox.Name} sandbox, where it has to lie below /usr; install it: apt-get install nodejs");

        var passedOver = new List<string>();
        if (NodePackage.IsChanged(request.Workspace, request.Folder))
            passedOver.Add($"package.json{(request.Folder.Length == 0 ? "" : $" of {request.Folder}")} says otherwise how tests are run than before the change: what was there before counts");
        var made = PreparedDependencies.Of(request.Dependencies);
        var mounts = new Dictionary<string, MachineDirectory>(made.Mounts);
        foreach (var (place, directory) in await ModulesAsync(passedOver, cancellationToken).ConfigureAwait(false))
            mounts.TryAdd(place, directory);
        var environment = request.Settings.Environment.Concat(made.Environment).DistinctBy(v => v.Key).ToDictionary();
        return new HarnessProgram(language, [Node, Guards, Entry], [Node, Guards, Entry], Files.Value)
        {
            First = [],
            Abilities = JavaScriptRuntime.All,
            Mounts = mounts,
            Environment = _ => environment,
            Runner = tests.Name,
            Versions = new Dictionary<string, string> { [language.Id] = $"Node.js {version}", ["runner"] = tests.Name },
            PassedOver = passedOver,
            Pace = Pace,
            Settings = new JsonObject
            {
                ["folder"] = request.Folder,
                ["typed"] = language.Extensions.Contains(".ts"),
                ["runner"] = tests.Runner,
                ["before"] = new JsonArray([.. tests.Before.Select(c => JsonValue.Create(c))]),
                ["options"] = tests.Options,
                ["variables"] = new JsonObject(tests.Variables.Select(v => KeyValuePair.Create<string, JsonNode?>(v.Key, v.Value))),
                ["flags"] = string.Join(' ', new[] { tests.Flags }.Concat(request.Settings.Arguments).Where(w => w.Length > 0)),
                ["testPatterns"] = tests.Patterns,
            },
        };
    }

    /// <summary>
    /// Each sample is a process that V8 has to compile its code in again: more calls warm it up, and a sample is longer, than where processes are forked.
    /// </summary>
    private static Pace Pace => new() { WarmupCalls = 8, LongestWarmup = 0.01, Sample = 0.01, ShortestPass = 0.002, StartsEachSample = true };

    private async Task<Version?> VersionAsync(CancellationToken cancellationToken)
    {
        var run = await sandbox.RunAsync(
            new SandboxCommand([Node, "-p", "process.versions.node"], request.Workspace), ProbeLimits, cancellationToken).ConfigureAwait(false);
        return run.Succeeded && Version.TryParse(run.Text.Trim(), out var version) ? version : null;
    }

    /// <summary>
    /// What is installed in the work tree, by the places where Node looks for it. What git tracks is the work of whoever wrote the change, and lies in the workspace already.
    /// </summary>
    private async Task<Dictionary<string, MachineDirectory>> ModulesAsync(List<string> passedOver, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, MachineDirectory>();
        if (request.Repository is not { HasWorkTree: true } repository)
            return found;
        foreach (var folder in new[] { request.Folder, "" }.Distinct())
        {
            var name = Path.Combine(folder, Modules);
            var path = Path.Combine(repository.Root, name);
            if (LinuxCalls.LinkStatus(path) is not { IsDirectory: true } || await repository.TracksAsync(name, cancellationToken).ConfigureAwait(false))
                continue;
            if (MachineDirectory.Find(path, Installed, repository.Root, out var whyNot) is not { } directory)
                passedOver.Add($"{name} is not used: it {whyNot}");
            else
                found.TryAdd("/" + Modules, directory); // above the repository: those of the innermost project are found first
        }

        return found;
    }
}
