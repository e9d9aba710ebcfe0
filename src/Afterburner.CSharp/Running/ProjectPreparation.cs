using System.Globalization;
using System.Text.RegularExpressions;
using Afterburner.CSharp.Compiling;
using Afterburner.CSharp.Speaking;

namespace Afterburner.CSharp.Running;

/// <summary>Restores and builds test projects once, and keeps what that made, so that later builds of other versions take up there.</summary>
internal static partial class ProjectPreparation
{
    private static readonly string[] Asked =
        ["TargetFramework", "TargetFrameworks", "TargetPath", "OutputType", "RollForward", "RunSettingsFilePath", "IsTestingPlatformApplication", "UseMicrosoftTestingPlatformRunner"];

    public static void Run(HarnessInput request)
    {
        var before = FileStamps.Of(Environment.CurrentDirectory);
        var runtimes = Dotnet.Runtimes();
        var found = new List<(string Path, string? Framework, IReadOnlyDictionary<string, string> Properties)>();
        foreach (var path in request.Texts("projects") ?? [])
        {
            if (Dotnet.Run("restore", path, "--nologo", "-v", "q") is { Succeeded: false } failed)
            {
                Refuse("restore", path, failed.Errors);
                return;
            }

            var properties = Dotnet.Properties(path, null, Asked);
            string[] several = [.. properties.GetValueOrDefault("TargetFrameworks", "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
            var one = properties.GetValueOrDefault("TargetFramework", "");
            var fit = (one.Length > 0 ? [one] : several).Where(f => Runs(f, properties, runtimes)).MaxBy(Number);
            if (fit is null)
            {
                Refuse("framework", path, $"{string.Join(", ", one.Length > 0 ? [one] : several)}\n{string.Join(", ", runtimes)}");
                return;
            }

            found.Add(one.Length > 0 ? (path, null, properties) : (path, fit, Dotnet.Properties(path, fit, Asked)));
        }

        var orders = Directory.CreateTempSubdirectory("afterburner-orders-").FullName;
        if (Build(found.Select(f => (f.Path, f.Framework)), CompilerOrder.Properties(orders)) is { Succeeded: false } broken)
        {
            Refuse("build", found[0].Path, broken.Errors);
            return;
        }

        var projects = new List<TestProject>();
        foreach (var (path, framework, properties) in found)
        {
            var target = properties.GetValueOrDefault("TargetPath", "");
            if (!File.Exists(target) || TestProject.KindOf(target, properties) is not { } kind)
            {
                Refuse("runner", path, target);
                return;
            }

            projects.Add(new TestProject(path, framework, target, kind, properties.GetValueOrDefault("RunSettingsFilePath", "")));
        }

        new BuiltFiles(projects, before) { Orders = CompilerOrder.In(orders) }.Keep(Environment.CurrentDirectory);
        HarnessOutput.Write(new { type = "prepared", kinds = projects.Select(p => p.Kind.ToString()).Distinct() });
    }

    /// <summary>Builds all of them at once, of what is restored.</summary>
    /// <param name="properties">Of all projects, beside the configuration: <c>;Name=Value</c> each.</param>
    public static DotnetRun Build(IEnumerable<(string Path, string? Framework)> projects, string properties = "")
    {
        var all = Path.Combine(Path.GetTempPath(), "afterburner-all.proj");
        var items = projects.Select(p => string.Create(CultureInfo.InvariantCulture,
            $"""    <Each Include="{Escaped(Path.GetFullPath(p.Path))}"{(p.Framework is null ? "" : $""" AdditionalProperties="TargetFramework={p.Framework}" """)} />"""));
        File.WriteAllText(all, $"""
            <Project DefaultTargets="All">
              <ItemGroup>
            {string.Join('\n', items)}
              </ItemGroup>
              <Target Name="All"><MSBuild Projects="@(Each)" Properties="Configuration=Release{Escaped(properties)}" /></Target>
            </Project>
            """);
        return Dotnet.Run("msbuild", all, "-nologo", "-v:q", "-m:1", "-nr:false", "-clp:NoSummary");
    }

    private static string Escaped(string path) => System.Security.SecurityElement.Escape(path);

    /// <summary>Whether a framework is one that an installed runtime runs.</summary>
    private static bool Runs(string framework, IReadOnlyDictionary<string, string> properties, IReadOnlyList<Version> runtimes)
    {
        var wanted = Number(framework);
        var anyLater = properties.GetValueOrDefault("RollForward", "") is "Major" or "LatestMajor";
        return wanted is not null && runtimes.Any(r => r.Major == wanted.Major && r.Minor >= wanted.Minor || anyLater && r.Major > wanted.Major);
    }

    private static Version? Number(string framework) =>
        FrameworkName().Match(framework) is { Success: true } name ? new Version(int.Parse(name.Groups[1].Value, CultureInfo.InvariantCulture), int.Parse(name.Groups[2].Value, CultureInfo.InvariantCulture)) : null;

    private static void Refuse(string stage, string project, string text) => HarnessOutput.Write(new { type = "unprepared", stage, project, text });

    // netcoreapp3.1 and net8.0; not net48, netstandard2.0, net8.0-windows.
    [GeneratedRegex(@"^net(?:coreapp)?(\d+)\.(\d+)(?:-linux.*)?$", RegexOptions.IgnoreCase)]
    private static partial Regex FrameworkName();
}
