using System.Text.RegularExpressions;
using Afterburner.Sandboxes;

namespace Afterburner.Languages.CSharp;

/// <summary>What to do where a repository's C# cannot be built or tested, by what the SDK says.</summary>
internal static partial class DotnetAdvice
{
    private const int LongestText = 1500;

    private static readonly string[] OutOfSpace = ["Failed to create RW mapping", "No usable version of libssl", "GC heap initialization failed", "Out of memory", "Failed to create CoreCLR"];

    private const int NotFound = 127;

    private const string Memory = "This .NET asks for more address space than a process gets where control groups cannot be used: set memory-limit: 8GiB in .github/afterburner.yml.";

    /// <summary>Where there is no SDK, or not the one that <c>global.json</c> names.</summary>
    public static string OnSdk(SandboxRun run, string sandbox)
    {
        var text = $"{run.Text}\n{run.ErrorText}";
        if (Requested().Match(text) is { Success: true } requested)
        {
            var installed = string.Join(", ", Installed().Matches(text).Select(m => m.Groups[1].Value).Distinct());
            return $"global.json asks for SDK {requested.Groups[1].Value}, and the {sandbox} sandbox has {(installed.Length == 0 ? "none that may stand in for it" : installed)}: install that SDK where everybody can read it, or let global.json roll forward (\"rollForward\": \"latestFeature\" or \"latestMajor\")";
        }

        return run.ExitCode == NotFound || run.End == SandboxEnd.Failed || text.Contains("No .NET SDKs were found", StringComparison.OrdinalIgnoreCase)
            ? $"no .NET SDK runs inside the {sandbox} sandbox, where it has to lie below /usr, or in a folder that DOTNET_ROOT or PATH names and everybody can read: install the .NET 10 SDK (package dotnet-sdk-10.0)"
            : $"dotnet --version does not work inside the {sandbox} sandbox: {Shortened(text)}{Beside(text)}";
    }

    /// <summary>Where the harness did not say how it came to its end.</summary>
    public static string OnEnd(SandboxRun run, string? error)
    {
        var text = $"{run.Text}\n{run.ErrorText}";
        if (text.Contains("You must install or update .NET", StringComparison.Ordinal))
            return "the harness needs the runtime of .NET 10: install the .NET 10 SDK (package dotnet-sdk-10.0) beside what the repository uses";
        return run.End switch
        {
            SandboxEnd.TimedOut => "that took longer than 30 minutes",
            SandboxEnd.OutOfMemory => "that took more memory than it may: raise memory-limit in .github/afterburner.yml",
            SandboxEnd.Failed => run.Failure!,
            _ => $"{error ?? Shortened(text)}{Beside(text)}",
        };
    }

    /// <param name="stage">Of the preparation: <c>restore</c>, <c>framework</c>, <c>build</c> or <c>runner</c>.</param>
    /// <param name="hasPackages">Whether there are any on this machine.</param>
    public static string OnStage(string stage, string project, string text, bool hasPackages) => stage switch
    {
        "restore" when !hasPackages => $"no packages are restored on this machine, and the sandbox has no network: run `dotnet restore {project}` first (packages are looked for in NUGET_PACKAGES, else in .nuget/packages of the home directory)",
        "restore" when Lacks(text) => $"{project} cannot be restored: {Shortened(text)}\n{Memory}",
        "restore" when Workload().Match(text) is { Success: true } workload => $"{project} needs the workload {workload.Groups[1].Value.Trim()}: install it (dotnet workload install {workload.Groups[1].Value.Trim()}) where everybody can read it",
        "restore" when Unresolved(text) is { Length: > 0 } packages => $"{packages} {(packages.Contains(',', StringComparison.Ordinal) ? "are" : "is")} not restored on this machine, and the sandbox has no network: run `dotnet restore {project}` first, at the commit under review\n{Shortened(text)}",
        "restore" => $"{project} cannot be restored from the packages of this machine, as the sandbox has no network: run `dotnet restore {project}` first, at the commit under review\n{Shortened(text)}{Beside(text)}",
        "framework" => OnFramework(project, text.Split('\n')),
        "build" => $"the code under review does not build: {Shortened(text)}{Beside(text)}",
        _ => $"{project} holds no tests that can be run: xUnit, NUnit and MSTest are known, on VSTest with their adapter, or on Microsoft.Testing.Platform where the package Microsoft.Testing.Extensions.TrxReport is referenced (xUnit 3 needs none)",
    };

    /// <summary>What may mend tests that fail before anything is changed; null where nothing is known.</summary>
    public static string? OnTests(string printed) => Beside(printed) is { Length: > 0 } advice ? advice.Trim() : null;

    private static string OnFramework(string project, string[] words) =>
        words is [{ Length: > 0 } targets, ..] ? $"{project} is built for {targets}, and the runtimes of .NET in the sandbox are {(words.Length > 1 && words[1].Length > 0 ? words[1] : "none")}: install the one that it needs; what runs on Windows alone is not measured"
            : $"{project} cannot be evaluated by MSBuild: build it once (dotnet build {project}), and see what it says";

    private static string Unresolved(string text) =>
        string.Join(", ", Package().Matches(text).Select(m => m.Groups[1].Value.Trim('\'', '.', ' ')).Distinct().Take(8));

    private static string Beside(string text) => text switch
    {
        _ when Lacks(text) => $"\n{Memory}",
        _ when text.Contains("No space left on device", StringComparison.Ordinal) => "\nWhat a build makes has to fit into 512 MiB.",
        _ when text.Contains("NETSDK1045", StringComparison.Ordinal) => "\nThe SDK is older than what a project is built for: install a newer one.",
        _ => "",
    };

    /// <summary>Whether address space was not enough, by what .NET says then.</summary>
    private static bool Lacks(string text) => OutOfSpace.Any(w => text.Contains(w, StringComparison.Ordinal));

    private static string Shortened(string text) => text.Trim() is var all && all.Length <= LongestText ? all : all[..LongestText];

    [GeneratedRegex(@"Requested SDK version: *(\S+)")]
    private static partial Regex Requested();

    [GeneratedRegex(@"^\s*(\d+\.\d+\.\d+\S*) \[", RegexOptions.Multiline)]
    private static partial Regex Installed();

    [GeneratedRegex(@"NETSDK1147: .*?: ([\w -]+)")]
    private static partial Regex Workload();

    [GeneratedRegex(@"NU110[0-9]: Unable to find (?:a stable )?package ([^\s.]+(?:\.[^\s.]+)*)")]
    private static partial Regex Package();
}
