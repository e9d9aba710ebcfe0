using System.Text;
using System.Text.Json;
using Afterburner.Languages.Python;
using Afterburner.Sandboxes;
using Afterburner.Trials;
using Afterburner.Workloads;
using Xunit;

namespace Afterburner.Tests.Workloads;

/// <summary>The harness in a real sandbox, on one-file repositories.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class HarnessFixture : IAsyncLifetime
{
    private readonly Dictionary<string, (IReadOnlyList<RecordedCall>, BaselineAnswers)> _known = [];

    private readonly TemporaryFolder _empty = new();

    internal BubblewrapSandbox Sandbox { get; private set; } = null!;

    public Harness Harness { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Sandbox = await BubblewrapSandbox.OpenAsync(new BubblewrapOptions(), TimeProvider.System, CancellationToken.None);
        Harness = new Harness(Sandbox, SystemPython.Program(Sandbox, TestRunner.Pytest));
    }

    public async ValueTask DisposeAsync()
    {
        await Sandbox.DisposeAsync();
        _empty.Dispose();
    }

    /// <summary>Runs Python in the sandbox with the harness's package importable.</summary>
    /// <param name="workspace">Null for an empty one.</param>
    public async Task<string> PythonAsync(string script, string? workspace = null, int hashSeed = 0)
    {
        var run = await Sandbox.RunAsync(
            new SandboxCommand(["/usr/bin/python3", "-s", "-B", "-c", "import sys; sys.path.insert(0, '/harness')\n" + script], workspace ?? _empty.Path)
            {
                Mounts = new Dictionary<string, MachineDirectory> { ["/harness"] = Harness.Program.Files },
                Environment = new Dictionary<string, string> { ["PYTHONHASHSEED"] = $"{hashSeed}" },
            },
            new Limits(),
            TestContext.Current.CancellationToken);
        Assert.True(run.Succeeded, run.ErrorText + run.Failure);
        return run.Text;
    }

    /// <summary>What the static rules say about another text in the function's place.</summary>
    public Task<CandidateCheckOutcome> CheckAsync(OneFile file, string function) => CandidateCheck.CheckAsync(
        Harness, file.Workspace, file.Target, file.Baseline, file.With(function), new Limits(), TestContext.Current.CancellationToken);

    /// <summary>What a check says where no line and no arm changed.</summary>
    public static CandidateCheckOutcome.Accepted NothingChanged { get; } = new(new HashSet<int>(), new HashSet<int>(), [], []);

    /// <summary>Compares another text in the function's place with the function, on calls recorded as <see cref="RecordAsync"/> does.</summary>
    /// <param name="changed">What has to run.</param>
    public async Task<EquivalenceOutcome> CompareAsync(OneFile file, string function, CandidateCheckOutcome.Accepted changed, params string[] arguments)
    {
        var (calls, known) = await KnownAsync(file, arguments);
        return await Equivalence.CheckAsync(
            new Tree(Harness, file.Workspace, new Limits()), file.WorkloadOf(calls), new FileVersions(file.Baseline, file.With(function)), changed,
            Equivalence.DefaultTolerance, known, TestContext.Current.CancellationToken);
    }

    /// <summary>Recorded calls of a function, and what it is known to do on them: as in a review, it is asked once however many candidates are compared with it.</summary>
    public async Task<(IReadOnlyList<RecordedCall> Calls, BaselineAnswers Known)> KnownAsync(OneFile file, params string[] arguments)
    {
        var key = string.Join('\0', [file.Baseline, file.Target.Name, .. arguments]);
        if (!_known.TryGetValue(key, out var known))
            _known[key] = known = (arguments.Length == 0 ? [] : await RecordAsync(file.Workspace, file.Target, arguments), new BaselineAnswers());
        return known;
    }

    /// <summary>Recorded calls of a function of <c>m.py</c>, one for each Python expression of a dict of arguments.</summary>
    public async Task<IReadOnlyList<RecordedCall>> RecordAsync(string workspace, Target target, params string[] arguments)
    {
        var text = await PythonAsync(
            $$"""
            import json
            from afterburner_harness.calls import stored, values
            from afterburner_harness.functions import loading, targets
            loading.prepare({"imports": ["."]})
            function = loading.function(targets.Target({{JsonSerializer.Serialize(target.Path)}}, {{JsonSerializer.Serialize(target.Name)}}, {{target.StartLine}}))
            import m
            from m import *
            print(json.dumps([{"blob": stored.encode(a, function), "shape": values.shape(a)} for a in [{{string.Join(", ", arguments)}}]]))
            """,
            workspace);
        return [.. JsonDocument.Parse(text).RootElement.EnumerateArray().Select((call, i) => new RecordedCall(
            $"call{i}", "test_m.py::test", 0.001, call.GetProperty("shape").GetString()!, 1, call.GetProperty("blob").GetString()!))];
    }
}

/// <summary>A repository of one file, <c>m.py</c>, with one function under review.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class OneFile : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _before;
    private readonly string _after;

    /// <param name="function">The function under review, unindented; a method is reviewed by its <paramref name="name"/>.</param>
    public OneFile(string function, string before = "", string after = "", string? name = null)
    {
        Function = function;
        (_before, _after) = (before, after);
        Baseline = With(function);
        _folder.Write("m.py", Encoding.UTF8.GetBytes(Baseline));
        var def = function.Split('\n').First(l => l.TrimStart().StartsWith("def ", StringComparison.Ordinal) || l.TrimStart().StartsWith("async def ", StringComparison.Ordinal));
        Target = new Target("m.py", name ?? def.Split("def ")[1].Split('(')[0], before.Length == 0 ? 1 : before.Split('\n').Length + 1);
        File.SetUnixFileMode(_folder.Path, (UnixFileMode)0b111_101_101);
    }

    public string Workspace => _folder.Path;

    public string Function { get; }

    public string Baseline { get; }

    public Target Target { get; }

    public Workload WorkloadOf(IReadOnlyList<RecordedCall> calls) =>
        new(WorkloadKind.Replay, Target, Target, calls, [], [], new Dictionary<string, ObservedValue>());

    /// <summary>The file with another text in the function's place.</summary>
    public string With(string function) => (_before.Length == 0 ? "" : _before + "\n") + function + "\n" + _after;

    public void Dispose() => _folder.Dispose();
}
