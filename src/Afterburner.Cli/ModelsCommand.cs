using Afterburner.Proposers.Downloads;
using System.CommandLine;
using System.Text.Json;
using Afterburner.Proposers;
using Afterburner.Proposers.Models;
using Spectre.Console;

namespace Afterburner.Cli;

/// <summary><c>afterburner models</c>: GGUF files for <c>--proposer llama</c>.</summary>
internal static class ModelsCommand
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private static readonly Option<DirectoryInfo?> Directory = new("--directory")
    {
        Description = $"Folder of the models. Default: {ModelFolder.Variable}, else afterburner/models in your data directory",
        HelpName = "DIR",
        Recursive = true,
    };

    public static Command Create() => new("models", "Models to run on this machine: list, pull, verify") { Directory, List(), Pull(), Verify() };

    private static Command List()
    {
        var json = new Option<bool>("--json") { Description = "Print the catalogue as JSON" };
        var command = new Command("list", "Show the models worth using, and which are here") { json };
        command.SetAction(parsed =>
        {
            var folder = Folder(parsed);
            var locked = PullLock.Read(folder.Path, ModelPull.Kind).Files;
            if (parsed.GetValue(json))
                Console.WriteLine(ModelsOutput.Json(folder, locked).ToJsonString(Indented));
            else
                Show(ModelsOutput.Table(folder, locked));
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Pull()
    {
        var model = new Argument<string>("MODEL") { Description = "A name of the catalogue, or the https address of a GGUF file" };
        var command = new Command("pull", "Fetch a model and check it; an interrupted pull goes on where it was") { model };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var options = new PullOptions { HuggingFaceToken = HuggingFaceToken() };
            using var pull = new ModelPull(Folder(parsed), options, TimeProvider.System);
            var name = parsed.GetValue(model)!;
            var pulled = await PullDisplay.WatchAsync(name, progress => pull.RunAsync(name, progress, cancellationToken)).ConfigureAwait(false);
            Console.WriteLine($"{(pulled.Fetched ? "pulled" : "already here")}: {pulled.Path} ({Quantities.Bytes(pulled.Bytes)}, SHA-256 {pulled.Sha256})");
            if (pulled.FirstPull)
                Console.WriteLine($"Its SHA-256 is recorded in {ModelPull.Kind.LockName} and enforced from now on; nothing else vouched for it.");
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Verify()
    {
        var json = new Option<bool>("--json") { Description = "Print the findings as JSON" };
        var command = new Command("verify", "Hash every model here again and compare it with the lock") { json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var folder = Folder(parsed);
            var findings = await ModelVerification.RunAsync(folder, (_, _) => { }, cancellationToken).ConfigureAwait(false);
            if (parsed.GetValue(json))
                Console.WriteLine(ModelsOutput.Json(folder, findings).ToJsonString(Indented));
            else if (findings.Count == 0)
                Console.WriteLine($"There is no model in {folder.Path}.");
            foreach (var finding in parsed.GetValue(json) ? [] : findings)
                Console.WriteLine($"{ModelsOutput.Word(finding.State),-8} {finding.File}{(finding.Advice.Length > 0 ? $": {finding.Advice}" : "")}");
            return findings.All(f => f.State == ModelState.Sound) ? ExitCode.Done : ExitCode.Environment;
        });
        return command;
    }

    private static void Show(Table table)
    {
        // A pipe or a file has no width of its own; 80 columns would fold every line.
        if (Console.IsOutputRedirected)
            AnsiConsole.Profile.Width = 160;
        AnsiConsole.Write(table);
    }

    private static ModelFolder Folder(ParseResult parsed) => ModelFolder.For(parsed.GetValue(Directory)?.FullName);

    internal static Secret? HuggingFaceToken()
    {
        if (Environment.GetEnvironmentVariable("HF_TOKEN")?.Trim() is not { Length: > 0 } token)
            return null;
        return token.All(c => c is > ' ' and < '\x7f')
            ? new Secret(token)
            : throw new UsageException("HF_TOKEN holds characters that no token has.");
    }
}
