using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Afterburner.CSharp.Capturing.Recording;
using Afterburner.CSharp.Finding;
using Afterburner.CSharp.Running;
using Afterburner.CSharp.Speaking;
using Microsoft.CodeAnalysis;

namespace Afterburner.CSharp.Capturing;

/// <summary>Runs the tests with functions watched: their files, in this copy of the repository, are rewritten first, and what they tell is compiled into their assemblies.</summary>
/// <param name="Problem">Why not all tests ran; null where they did.</param>
/// <param name="Problems">Why functions cannot be watched, by their ids.</param>
/// <param name="Out">Where the processes of the tests wrote.</param>
internal sealed partial record WatchedRun(string? Problem, IReadOnlyDictionary<string, string> Problems, string Out, IReadOnlyList<(TestProject Project, string Before, TestResult Result)> Results)
{
    private const string Resources = "recorder/";

    // Each has one function less in it, at least.
    private const int MostBuilds = 6;

    // Nothing that is only said of code may keep it from being built, and nothing is looked for in it.
    private const string Lenient = ";TreatWarningsAsErrors=false;WarningsAsErrors=;MSBuildTreatWarningsAsErrors=false;CodeAnalysisTreatWarningsAsErrors=false;RunAnalyzers=false;EnforceCodeStyleInBuild=false;GenerateDocumentationFile=false";

    /// <param name="plan">What the recorder is told beside the functions.</param>
    public static WatchedRun Of(HarnessInput request, IReadOnlyList<WatchTarget> targets, WatchKind kind, Action<RecorderPlan> plan)
    {
        var output = Directory.CreateTempSubdirectory("afterburner-calls-").FullName;
        var built = BuiltFiles.Read();
        if (RepositoryRun.Restore(built) is { } unrestored)
            return new WatchedRun(unrestored, new Dictionary<string, string>(), output, []);
        var (problem, problems, functions) = Build(built, targets, kind);
        if (problem is not null)
            return new WatchedRun(problem, problems, output, []);

        var parameters = functions.Where(f => f.Target is not null).ToDictionary(f => f.Target!.Number, f => f.Parameters);
        var told = new RecorderPlan
        {
            Records = kind == WatchKind.Stored, Out = output,
            Targets = [.. targets.Select(t => new WatchedTarget { Id = t.Id, Parameters = [.. parameters.GetValueOrDefault(t.Number) ?? []] })],
        };
        plan(told);
        var file = Path.Combine(output, "plan");
        told.Write(file);
        var (ended, results) = RepositoryRun.Run(built.Projects, request.Texts("arguments") ?? [], request.Texts("tests")?.ToHashSet(StringComparer.Ordinal),
            project => new Dictionary<string, string> { ["AFTERBURNER_CAPTURE"] = file, ["AFTERBURNER_CAPTURE_PROJECT"] = project.Path });
        return new WatchedRun(ended, problems, output, results);
    }

    /// <summary>What they wrote, of one kind.</summary>
    public IEnumerable<string> Written(string extension) => Directory.EnumerateFiles(Out, $"*.{extension}").Order(StringComparer.Ordinal);

    private static (string? Problem, IReadOnlyDictionary<string, string> Problems, IReadOnlyList<WatchedFunction> Functions) Build(BuiltFiles built, IReadOnlyList<WatchTarget> targets, WatchKind kind)
    {
        var texts = Sources(targets);
        var tests = new TestAttributes([.. texts.Where(t => t.Value.Contains("Attribute", StringComparison.Ordinal)).Select(t => FoundFunction.Parse(t.Value))]);
        var files = texts.Where(t => targets.Any(w => w.Path == t.Key) || tests.MayStandIn(t.Value)).Select(t => t.Key).Order(StringComparer.Ordinal).ToList();
        var problems = targets.Where(t => !texts.ContainsKey(t.Path)).ToDictionary(t => t.Id, _ => "its file is not there", StringComparer.Ordinal);
        var without = files.ToDictionary(f => f, _ => new HashSet<int>(), StringComparer.Ordinal);
        for (var attempt = 1; ; attempt++)
        {
            var watched = new Dictionary<string, WatchedFile>(StringComparer.Ordinal);
            foreach (var path in files)
            {
                var file = WatchedFile.Of(texts[path], [.. targets.Where(t => t.Path == path)], tests, kind, without[path]);
                foreach (var (id, reason) in file.Problems)
                    problems.TryAdd(id, reason);
                if (file.Functions.Count > 0)
                    watched[path] = file;
                if (file.Functions.Count > 0 || without[path].Count > 0)
                    File.WriteAllText(path, file.Text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
            }

            var run = ProjectPreparation.Build(built.Projects.Select(p => (p.Path, p.Framework)), $"{Lenient};CustomAfterMicrosoftCommonTargets={Targets(watched.Keys)}");
            if (run.Succeeded)
                return (null, problems, [.. watched.Values.SelectMany(f => f.Functions)]);
            var blamed = 0;
            foreach (Match error in CompilerError().Matches(run.Output))
            {
                var (at, line) = (Path.GetRelativePath(Environment.CurrentDirectory, Path.GetFullPath(error.Groups["file"].Value)), int.Parse(error.Groups["line"].Value, CultureInfo.InvariantCulture));
                if (watched.GetValueOrDefault(at)?.Functions.FirstOrDefault(f => f.First <= line && line <= f.Last) is not { } function || !without[at].Add(function.First))
                    continue;
                blamed++;
                if (function.Target is { } target)
                    problems[target.Id] = WatchedFile.Cause(error.Groups["code"].Value, error.Groups["message"].Value.Trim());
            }

            if (blamed == 0 || attempt == MostBuilds)
                return ($"it does not build once its calls are watched: {run.Errors}", problems, []);
        }
    }

    /// <summary>All code of the workspace but what builds made, by its path.</summary>
    private static Dictionary<string, string> Sources(IReadOnlyList<WatchTarget> targets)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
        bool IsMade(string path) => path.Split('/') is var parts && (parts.Contains("obj") || parts.Contains("bin"));
        return Directory.EnumerateFiles(Environment.CurrentDirectory, "*.cs", options).Select(f => Path.GetRelativePath(Environment.CurrentDirectory, f))
            .Where(p => !IsMade(p) || targets.Any(t => t.Path == p)).ToDictionary(p => p, File.ReadAllText, StringComparer.Ordinal);
    }

    /// <summary>Writes what each project that compiles one of some files compiles beside.</summary>
    private static string Targets(IEnumerable<string> rewritten)
    {
        var folder = Path.Combine(Path.GetTempPath(), "afterburner-recorder");
        Directory.CreateDirectory(folder);
        var assembly = typeof(WatchedRun).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.StartsWith(Resources, StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            File.WriteAllText(Path.Combine(folder, Path.ChangeExtension(name[Resources.Length..], ".g.cs")), Inside(reader.ReadToEnd()));
        }

        var targets = Path.Combine(folder, "capture.targets");
        File.WriteAllText(targets, $"""
            <Project>
              <Target Name="AfterburnerCapture" BeforeTargets="BeforeBuild;CoreCompile" Condition="'$(MSBuildProjectExtension)' == '.csproj'">
                <ItemGroup>
                  <_AfterburnerRewritten Include="{string.Join(';', rewritten.Select(f => System.Security.SecurityElement.Escape(Path.GetFullPath(f).Replace("%", "%25", StringComparison.Ordinal).Replace(";", "%3B", StringComparison.Ordinal))))}" />
                  <_AfterburnerCompiled Include="@(Compile->'%(FullPath)')" />
                  <_AfterburnerOther Include="@(_AfterburnerCompiled)" Exclude="@(_AfterburnerRewritten)" />
                  <_AfterburnerHit Include="@(_AfterburnerCompiled)" Exclude="@(_AfterburnerOther)" />
                  <Compile Remove="{folder}/*.g.cs" />
                  <Compile Include="{folder}/*.g.cs" Condition="'@(_AfterburnerHit)' != ''" Visible="false" />
                </ItemGroup>
              </Target>
            </Project>
            """);
        return targets;
    }

    /// <summary>A source of the harness as it is compiled into an assembly of the repository: by another name, and of no style.</summary>
    internal static string Inside(string source) => "// <auto-generated/>\n" + source.Replace("#nullable disable\n", "", StringComparison.Ordinal)
        .Replace("Afterburner.CSharp.Capturing.Recording", WatchedFile.Inside, StringComparison.Ordinal).Replace("Afterburner.CSharp.Calls", WatchedFile.Inside, StringComparison.Ordinal);

    [GeneratedRegex(@"^\s*(?<file>[^\n(]+\.cs)\((?<line>\d+),\d+\): error (?<code>CS\d+): (?<message>.*?)(?: \[[^\n]*\])?\r?$", RegexOptions.Multiline)]
    private static partial Regex CompilerError();
}
