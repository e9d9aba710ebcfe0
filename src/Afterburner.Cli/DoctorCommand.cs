using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Afterburner.Functions;
using Afterburner.Languages.Python;
using Afterburner.Sandboxes;
using Afterburner.Suggestions;
using Afterburner.Verdicts;
using Afterburner.Workloads;
using Spectre.Console;

namespace Afterburner.Cli;

/// <summary><c>afterburner doctor</c>: what this machine can do, and how far its measurements can be trusted.</summary>
internal static class DoctorCommand
{
    private static readonly PythonProject Python = new("/usr/bin/python3", new Dictionary<string, MachineDirectory>(), ["."], TestRunner.Unittest);

    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Print the findings as JSON" };
        var calibrate = new Option<bool>("--calibrate") { Description = "Measure this machine's noise and its rate of false alarms (about a minute)" };
        var decisions = new Option<int>("--decisions") { Description = "Comparisons of identical code that --calibrate makes", DefaultValueFactory = _ => 60, HelpName = "N" };
        var command = new Command("doctor", "Say what this machine can do: sandboxes, tools, noise") { json, calibrate, decisions };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var findings = await ExamineAsync(cancellationToken).ConfigureAwait(false);
            if (parsed.GetValue(calibrate))
                findings.Add(await CalibrateAsync(parsed.GetValue(decisions), cancellationToken).ConfigureAwait(false));
            if (parsed.GetValue(json))
                Console.WriteLine(AsJson(findings));
            else
                Show(findings);
            return findings.Any(f => f is { Area: "sandbox", Works: true }) && findings.All(f => f.Works || !f.Required)
                ? ExitCode.Done
                : ExitCode.Environment;
        });
        return command;
    }

    private static async Task<List<Finding>> ExamineAsync(CancellationToken cancellationToken)
    {
        var machine = Machine.Describe();
        List<Finding> findings =
        [
            new("machine", "processor", true, $"{machine.Cpu}, {machine.Cores} cores, {machine.System}"),
            await ProgramAsync("git", ["--version"], "install git", cancellationToken).ConfigureAwait(false),
            AstGrepFinding(),
        ];
        foreach (var probe in await SandboxChoice.ProbeAsync(new SandboxOptions(), TimeProvider.System, cancellationToken).ConfigureAwait(false))
            findings.Add(new Finding("sandbox", probe.Name, probe.Works, Detail(probe)) { Required = false });
        if (findings.Any(f => f is { Area: "sandbox", Works: true }))
            findings.Add(await MeasuringAsync(cancellationToken).ConfigureAwait(false));
        var python = await ProgramAsync(
            "/usr/bin/python3", ["-I", "-c", "import sys, pytest; print('Python', sys.version.split()[0], 'pytest', pytest.__version__)"],
            "install python3-pytest, or name an interpreter with --python", cancellationToken).ConfigureAwait(false);
        findings.Add(python with { Required = false, Name = "python3 with pytest" });
        findings.Add(Environment.GetEnvironmentVariable("AFTERBURNER_MODEL_URL") is { Length: > 0 } url
            ? new Finding("model", "server", true, url)
            : new Finding("model", "server", false, "none: AFTERBURNER_MODEL_URL is not set, recipes propose") { Required = false });
        return findings;
    }

    private static async Task<Finding> MeasuringAsync(CancellationToken cancellationToken)
    {
        await using var sandbox = await SandboxChoice.OpenAsync(
            SandboxKind.Auto, new SandboxOptions(), TimeProvider.System, cancellationToken).ConfigureAwait(false);
        var (works, words) = await new Harness(sandbox, Python.Program).MeasuringAsync(new Limits(), cancellationToken).ConfigureAwait(false);
        return new Finding("measurement", "clock", works, words) { Required = false };
    }

    private static string Detail(SandboxProbe probe) => probe.Reason
        ?? $"{probe.Version}, control groups: {probe.ControlGroups ?? "none (limits hold for each process alone)"}, system calls filtered";

    private static async Task<Finding> ProgramAsync(string program, string[] arguments, string advice, CancellationToken cancellationToken)
    {
        try
        {
            var run = await Processes.RunAsync(new ProcessStart(program, arguments), cancellationToken: cancellationToken).ConfigureAwait(false);
            return run.Succeeded
                ? new Finding("tool", Path.GetFileName(program), true, run.Text.Trim())
                : new Finding("tool", Path.GetFileName(program), false, advice);
        }
        catch (EnvironmentFailureException)
        {
            return new Finding("tool", Path.GetFileName(program), false, advice);
        }
    }

    private static Finding AstGrepFinding()
    {
        try
        {
            return new Finding("tool", "ast-grep", true, AstGrep.FindProgram());
        }
        catch (EnvironmentFailureException e)
        {
            return new Finding("tool", "ast-grep", false, e.Message);
        }
    }

    private static async Task<Finding> CalibrateAsync(int decisions, CancellationToken cancellationToken)
    {
        await using var sandbox = await SandboxChoice.OpenAsync(
            SandboxKind.Auto, new SandboxOptions(), TimeProvider.System, cancellationToken).ConfigureAwait(false);
        var python = await Python.CompiledAsync(sandbox, cancellationToken).ConfigureAwait(false);
        using var calibration = new Calibration(new Harness(sandbox, python.Program), Calibration.Sharpest, new Limits());
        var same = await calibration.RunAsync(0, decisions, seed: 1, progress: null, cancellationToken).ConfigureAwait(false);
        var claims = same.Count(VerdictKind.Improved) + same.Count(VerdictKind.Regressed);
        var detail = string.Create(CultureInfo.InvariantCulture,
            $"{claims} false claims in {decisions} comparisons of identical code (95 % bound {same.ClaimBound:0.0 %}), noise of a pair {same.Noise:0.0 %}, {same.MedianSeconds:0.00} s a decision");
        return new Finding("measurement", "calibration", claims <= Math.Max(1, decisions / 50), detail) { Required = false };
    }

    private static string AsJson(IEnumerable<Finding> findings) => new JsonObject
    {
        ["version"] = Machine.Version,
        ["findings"] = new JsonArray([.. findings.Select(f => (JsonNode)new JsonObject
        {
            ["area"] = f.Area, ["name"] = f.Name, ["works"] = f.Works, ["detail"] = f.Detail,
        })]),
    }.ToJsonString(new JsonSerializerOptions { WriteIndented = true });

    private static void Show(IEnumerable<Finding> findings)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("", "Area", "What", "Detail");
        foreach (var finding in findings)
            table.AddRow(
                finding.Works ? "[green]ok[/]" : finding.Required ? "[red]missing[/]" : "[yellow]no[/]",
                finding.Area, Markup.Escape(finding.Name), Markup.Escape(finding.Detail));
        AnsiConsole.Write(table);
    }

    /// <param name="Detail">Version or figure when it works; else what to do.</param>
    private sealed record Finding(string Area, string Name, bool Works, string Detail)
    {
        public bool Required { get; init; } = true;
    }
}
