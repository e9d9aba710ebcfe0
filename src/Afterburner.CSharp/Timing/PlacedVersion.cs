using System.Text.Json;
using Afterburner.CSharp.Compiling;
using Afterburner.CSharp.Finding;
using Afterburner.CSharp.Running;
using Afterburner.CSharp.Speaking;

namespace Afterburner.CSharp.Timing;

/// <summary>One version of a file, compiled into the programs of the tests, in a folder of this sandbox.</summary>
internal sealed class PlacedVersion
{
    private readonly string _path;
    private readonly string _text;
    private readonly TracedFunction _traced;
    private readonly string _from = Environment.CurrentDirectory;
    private readonly IReadOnlyList<CompilerOrder> _orders;
    private readonly string _built;
    private readonly Dictionary<bool, string> _compiled = [];

    private PlacedVersion(HarnessInput setup, string path, string text, TracedFunction traced, DeclaredMethod method)
    {
        (_path, _text, _traced, Method) = (path, text, traced, method);
        Warmup = setup.Texts("warmup") ?? [];
        Folder = Directory.CreateTempSubdirectory("afterburner-version-").FullName;
        _built = Path.Combine(Folder, "built");
        var built = BuiltFiles.Read();
        var (targets, orders, problem) = BuiltOutput.Whole(built, _built);
        if (problem is not null)
            throw new InvalidDataException(problem);
        Programs = [.. built.Projects.Select(p => targets[p.Path])];
        _orders = [.. orders.Where(o => o.Moved(SourcesOf(o), _built).Any(a => Whole(o, a) == Source(o)))];
        if (_orders.Count == 0)
            throw new UnfitException($"no project that the tests use compiles {path}");
        if (_orders.Select(o => o.Output).Distinct().Count() > 1)
            throw new UnfitException($"several projects compile {path}");
        Assembly = _orders[0].Output;
    }

    public string Folder { get; }

    public DeclaredMethod Method { get; }

    /// <value>Of the test projects.</value>
    public IReadOnlyList<string> Programs { get; }

    /// <value>File name of what is replaced.</value>
    public string Assembly { get; }

    public IReadOnlyList<string> Warmup { get; }

    /// <exception cref="UnfitException">It cannot be used at all.</exception>
    /// <exception cref="InvalidDataException">It cannot be loaded.</exception>
    public static PlacedVersion Of(HarnessInput setup)
    {
        using var target = setup.Part("target");
        using var entry = setup.Part("entry");
        var path = target.Text("path")!;
        var text = setup.Text("file") ?? File.ReadAllText(path);
        _ = Find(text, target);
        var called = entry.Text("path") == path ? text : File.ReadAllText(entry.Text("path")!);
        var method = DeclaredMethod.Of(Find(called, entry).Node) ?? throw new UnfitException($"{entry.Text("name")} is a local function, which cannot be called from elsewhere");
        return new PlacedVersion(setup, path, text, new TracedFunction(target.Text("name")!, target.Number("line")), method);
    }

    /// <summary>Puts the version where the programs load it from.</summary>
    /// <param name="traced">The one that tells what of it runs.</param>
    /// <returns>Why that cannot be; null where it is done.</returns>
    public string? Place(bool traced)
    {
        if (!_compiled.TryGetValue(traced, out var assembly))
        {
            assembly = Path.Combine(Folder, traced ? "traced.dll" : "plain.dll");
            if (Compile(traced, assembly) is { } problem)
                return problem;
            _compiled[traced] = assembly;
        }

        foreach (var program in Programs)
        {
            var place = Path.Combine(Path.GetDirectoryName(program)!, Assembly);
            File.Copy(assembly, place, overwrite: true);
        }

        return null;
    }

    private string? Compile(bool traced, string output)
    {
        // Of several target frameworks the tests use one.
        var order = _orders.FirstOrDefault(o => o.Arguments.Any(a => a.Contains("/net10.0/", StringComparison.Ordinal))) ?? _orders[^1];
        var (asked, answered) = ($"{output}.asked", $"{output}.answered");
        var path = Source(order);
        File.WriteAllBytes(asked, JsonSerializer.SerializeToUtf8Bytes(new AskedVersion([.. order.Moved(SourcesOf(order), _built)], Path.GetDirectoryName(order.Project)!, path, _text, traced ? _traced : null, output)));
        var run = Dotnet.Run(typeof(PlacedVersion).Assembly.Location, "compiled", asked, answered);
        return !File.Exists(answered) ? $"its compiler did not come to its end: {run.Errors}" : File.ReadAllText(answered) is { Length: > 0 } problem ? problem : null;
    }

    /// <summary>The root of what a build was made of: the workspace, or the copy of it that was built here.</summary>
    private string SourcesOf(CompilerOrder order) => order.Project.StartsWith(_built + "/", StringComparison.Ordinal) ? _built : _from;

    private string Source(CompilerOrder order) => Path.Combine(SourcesOf(order), _path);

    private static string Whole(CompilerOrder order, string argument) => Path.GetFullPath(argument, Path.GetDirectoryName(order.Project)!);

    private static FoundFunction Find(string text, HarnessInput target) =>
        FoundFunction.Locate(FoundFunction.Parse(text), target.Text("name")!, target.Number("line")) ?? throw new UnfitException($"{target.Text("name")} is not in {target.Text("path")}");
}
