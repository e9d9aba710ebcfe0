using System.Text.Json;
using System.Text.Json.Nodes;
using Afterburner.Functions;
using Afterburner.Sandboxes;
using Afterburner.Workloads;

namespace Afterburner.Languages.CSharp;

/// <summary>
/// Finds out how the tests of a project are run: with which SDK, which packages, by what. All of it is tried inside the sandbox, where the projects are restored (from what was
/// restored on this machine before) and built once.
/// </summary>
internal sealed class DotnetTests(Language language, ISandbox sandbox, RuntimeRequest request)
{
    private const string FilesOf = "Languages/CSharp/harness/", Entry = "/harness/Afterburner.CSharp.dll", Sources = "/nuget", Prepared = "/prepared", Root = "DOTNET_ROOT", Plan = "plan.json", Tree = "tree.zip";

    private static readonly Lazy<MachineDirectory> Files = new(() => Harness.Materialise(FilesOf));

    // Benchmarks restore and build as well, and have no harness.
    private static readonly Lazy<MachineDirectory> PackageSources = new(() => Harness.Materialise("Languages/CSharp/nuget/"));

    private static readonly Limits ProbeLimits = new() { Wall = TimeSpan.FromSeconds(60), Cpu = TimeSpan.FromSeconds(60), Memory = AsConfigured };

    /// <summary>More than a configuration allows, which bounds it.</summary>
    private const long AsConfigured = 1L << 40;

    /// <summary>Each sample has a process of its own, which is warm after half a second; a version is compiled once for twenty of them.</summary>
    private static readonly Pace Pace = new() { PairsPerProcess = 20, StartsEachSample = true, WarmupCalls = 8, LongestWarmup = 0.02, Sample = 0.01, ShortestPass = 0.002 };

    private static readonly TimeSpan LongestBuild = TimeSpan.FromMinutes(30);

    private readonly List<string> _passedOver = [];

    /// <exception cref="EnvironmentFailureException">Something is missing; the message says what to do.</exception>
    public async Task<HarnessProgram> ProgramAsync(CancellationToken cancellationToken)
    {
        var projects = ProjectGraph.Of(request.Workspace).TestsOf(request.Folder);
        if (projects.Count == 0)
            throw new EnvironmentFailureException($"{language}: no project with tests (xUnit, NUnit, MSTest) refers to the one in {(request.Folder.Length == 0 ? "the root" : request.Folder)}");
        var places = DotnetPlaces.Find(request, _passedOver);
        places = places with { Mounts = new Dictionary<string, MachineDirectory>(places.Mounts) { [Sources] = PackageSources.Value } };
        var (environment, version) = await SdkAsync(places, cancellationToken).ConfigureAwait(false);
        string[] start = [environment.TryGetValue(Root, out var root) ? Path.Combine(root, "dotnet") : "dotnet", Entry];
        var settings = new JsonObject
        {
            ["projects"] = new JsonArray([.. projects.Select(p => JsonValue.Create(p))]),
            ["arguments"] = new JsonArray([.. request.Settings.Arguments.Select(a => JsonValue.Create(a))]),
        };
        var (prepared, runner) = await PrepareAsync(places, environment, start, settings, cancellationToken).ConfigureAwait(false);
        return new HarnessProgram(language, start, start, Files.Value)
        {
            First = [],
            Abilities = CSharpRuntime.All,
            Mounts = new Dictionary<string, MachineDirectory>(places.Mounts) { [Prepared] = prepared },
            // A hash of a text is another one in each process anyway.
            Environment = _ => environment,
            Runner = runner,
            Pace = Pace,
            Benchmark = request.Settings.Benchmark is { } benchmark ? new BenchmarkCommand(benchmark, request.Settings.Build) : null,
            Versions = new Dictionary<string, string> { [language.Id] = $".NET SDK {version}", ["runner"] = runner },
            PassedOver = _passedOver,
            Settings = settings,
            Advice = (printed, _) => Task.FromResult(DotnetAdvice.OnTests(printed)),
        };
    }

    /// <summary>
    /// Variables by which every command of the SDK in the sandbox takes the packages that are there, leaves no server behind, and asks nobody. File sizes are limited there, and the
    /// memory that is mapped twice for compiled code is a file.
    /// </summary>
    private Dictionary<string, string> Environment(DotnetPlaces places, string program)
    {
        var environment = new Dictionary<string, string>(request.Settings.Environment);
        foreach (var (name, value) in new Dictionary<string, string>
        {
            ["DOTNET_CLI_HOME"] = "/tmp", ["DOTNET_NOLOGO"] = "1", ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1", ["DOTNET_SKIP_FIRST_TIME_EXPERIENCE"] = "1",
            ["DOTNET_GENERATE_ASPNET_CERTIFICATE"] = "false", ["DOTNET_CLI_WORKLOAD_UPDATE_NOTIFY_DISABLE"] = "true", ["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0", ["MSBUILDDISABLENODEREUSE"] = "1",
            ["DOTNET_CLI_UI_LANGUAGE"] = "en", ["DOTNET_SKIP_WORKLOAD_INTEGRITY_CHECK"] = "1", ["DOTNET_EnableWriteXorExecute"] = "0", ["NuGetAudit"] = "false", ["EnableSourceControlManagerQueries"] = "false",
        })
        {
            environment[name] = value;
        }

        if (Path.GetDirectoryName(program) is { Length: > 0 } root)
            environment[Root] = root;
        if (places.Packages is { } packages)
            (environment["NUGET_PACKAGES"], environment["RestoreConfigFile"]) = (packages, $"{Sources}/NuGet.config");
        return environment;
    }

    /// <summary>The first of the SDKs that works there: an image has its own in a place of its own.</summary>
    private async Task<(Dictionary<string, string> Environment, string Version)> SdkAsync(DotnetPlaces places, CancellationToken cancellationToken)
    {
        SandboxRun? first = null;
        foreach (var program in new[] { places.Program, "dotnet" }.Distinct())
        {
            var environment = Environment(places, program);
            var run = await sandbox.RunAsync(
                new SandboxCommand([program, "--version"], request.Workspace) { Mounts = places.Mounts, Environment = environment }, ProbeLimits, cancellationToken).ConfigureAwait(false);
            if (run.Succeeded && run.Text.Trim() is { Length: > 0 } version)
                return (environment, version);
            first ??= run;
        }

        throw new EnvironmentFailureException($"{language}: {DotnetAdvice.OnSdk(first!, sandbox.Name)}{Notes()}");
    }

    private async Task<(MachineDirectory Prepared, string Runner)> PrepareAsync(
        DotnetPlaces places, Dictionary<string, string> environment, IReadOnlyList<string> start, JsonObject settings, CancellationToken cancellationToken)
    {
        var run = await sandbox.RunAsync(
            new SandboxCommand([.. start, "prepare"], request.Workspace)
            {
                Writable = true,
                Mounts = new Dictionary<string, MachineDirectory>(places.Mounts) { ["/harness"] = Files.Value },
                Environment = environment,
                Input = JsonSerializer.SerializeToUtf8Bytes(settings),
                Artefacts = [Plan, Tree],
            },
            new Limits { Wall = LongestBuild, Cpu = LongestBuild, Memory = AsConfigured }, cancellationToken).ConfigureAwait(false);
        var said = new HarnessRun(run, [.. run.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => Workloads.Protocol.ProtocolJson.Parse(System.Text.Encoding.UTF8.GetBytes(l))).OfType<JsonElement>()]);
        if (said.Lines.Select(PreparedWords.Read).OfType<PreparedWords>().LastOrDefault() is not { } words)
            throw new EnvironmentFailureException($"{language}: its tests could not be built in the {sandbox.Name} sandbox: {DotnetAdvice.OnEnd(run, said.Error)}{Notes()}");
        if (words.Stage is { } stage)
            throw new EnvironmentFailureException($"{language}: {DotnetAdvice.OnStage(stage, words.Project, words.Text, places.Packages is not null)}{Notes()}");
        if (!run.Artefacts.TryGetValue(Plan, out var plan))
            throw new EnvironmentFailureException($"{language}: what was built of its tests could not be brought back from the {sandbox.Name} sandbox{Notes()}");
        var folder = Harness.Own("afterburner-prepared-");
        await File.WriteAllBytesAsync(Path.Combine(folder, Plan), plan, cancellationToken).ConfigureAwait(false);
        if (run.Artefacts.TryGetValue(Tree, out var tree))
            await File.WriteAllBytesAsync(Path.Combine(folder, Tree), tree, cancellationToken).ConfigureAwait(false);
        return (MachineDirectory.Own(folder), string.Join(", ", words.Kinds.Select(Name)));
    }

    private string Notes() => string.Concat(_passedOver.Select(p => $"\n  {p}"));

    private static string Name(string kind) => kind switch
    {
        "Adapter" => "VSTest",
        "XunitConsole" => "xUnit's console",
        _ => "Microsoft.Testing.Platform",
    };

    /// <summary>What the harness says of its preparation, read as data.</summary>
    /// <param name="Stage">At which it ended; null where it came to its end.</param>
    private sealed record PreparedWords(string? Stage, string Project, string Text, IReadOnlyList<string> Kinds)
    {
        public static PreparedWords? Read(JsonElement line)
        {
            string Word(string name) => line.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
            return Word("type") switch
            {
                "prepared" => new PreparedWords(null, "", "", line.TryGetProperty("kinds", out var kinds) && kinds.ValueKind == JsonValueKind.Array
                    ? [.. kinds.EnumerateArray().Where(k => k.ValueKind == JsonValueKind.String).Select(k => k.GetString()!)] : []),
                "unprepared" => new PreparedWords(Word("stage"), Word("project"), Word("text"), []),
                _ => null,
            };
        }
    }
}
