using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Afterburner.Functions;
using Afterburner.Sandboxes;
using Afterburner.Workloads;

namespace Afterburner.Proposers;

/// <summary>
/// Asks any program, such as an agent's command line: it gets the prompt on standard input, in a sandbox with a copy of the workspace, and what it leaves in the
/// function's file is what it proposes. It may change nothing else, and is believed no more than a model is.
/// </summary>
public sealed partial class CommandProposer(CommandProposerOptions options, TimeProvider time) : IProposer
{
    /// <summary>Bytes of the file that a program leaves.</summary>
    private const int LargestFile = 2 << 20;

    private const int WordsShown = 600, MostNamed = 5, MostLines = 10_000;

    private static readonly Lazy<string> Script = new(() => EmbeddedText.Read("Proposers/edit.sh"));

    /// <summary>Its program alone: what else is in the line is nobody's business.</summary>
    public string Name => $"command:{ProgramOf(options.Line)}";

    public bool ReadsPrompt => true;

    public async Task<IReadOnlyList<Candidate>> ProposeAsync(ProposalRequest request, CancellationToken cancellationToken)
    {
        var before = BestFile.Of(request);
        if (request.Tree is not { } tree || before.Start < 0)
            return [];
        var prompt = Prompt.For(request, options.MaxPromptTokens, isEdited: true);
        var candidates = new List<Candidate>();
        for (var sample = 0; sample < (request.Repair is null ? Math.Max(1, request.Samples) : 1); sample++)
        {
            var started = time.GetTimestamp();
            var left = await LeftAsync(tree, request, before, prompt, cancellationToken).ConfigureAwait(false);
            var (source, reason) = left.Refused is null ? EditedFile.Read(before, left.File!, request) : (null, left.Refused);
            if (source is not null && options.Variables.FirstOrDefault(v => v.Value.IsIn(source)).Key is { } named)
                (source, reason) = (null, $"the edit holds the value of {named}");
            options.OnExchange?.Invoke(new Exchange(request.Function.Id, request.Iteration, request.Repair is not null, prompt, source ?? Masked(left.Said), null, reason)
            {
                Proposer = Name,
                Duration = time.GetElapsedTime(started),
            });
            if (source is not null && candidates.TrueForAll(c => c.Source != source))
                candidates.Add(new Candidate(Name, request.Iteration, source, $"Rewrite by {Name["command:".Length..]}") { PromptHash = prompt.Hash });
        }

        return candidates;
    }

    /// <summary>What a run left.</summary>
    /// <param name="File">The function's file.</param>
    /// <param name="Refused">Why that is no proposal; null where it may be.</param>
    /// <param name="Said">The end of what was printed.</param>
    private sealed record Left(byte[]? File, string? Refused, string Said);

    /// <exception cref="EnvironmentFailureException">The program did not come to its end, or says that it failed.</exception>
    private async Task<Left> LeftAsync(Tree tree, ProposalRequest request, BestFile before, Prompt prompt, CancellationToken cancellationToken)
    {
        var given = SharedFolder.Create("afterburner-given-");
        var network = options.Network?.Invoke();
        try
        {
            await File.WriteAllBytesAsync(Path.Combine(given, "file"), before.Bytes, cancellationToken).ConfigureAwait(false);
            await File.WriteAllTextAsync(Path.Combine(given, "edit.sh"), Script.Value, cancellationToken).ConfigureAwait(false);
            var program = tree.Harness.Program;
            var mounts = new Dictionary<string, MachineDirectory>(program.Mounts) { ["/given"] = MachineDirectory.Own(given), ["/before"] = MachineDirectory.Own(tree.Workspace) };
            foreach (var folder in options.Folders)
                mounts[folder.Path] = folder;
            foreach (var (place, folder) in network?.Mounts ?? new Dictionary<string, MachineDirectory>())
                mounts[place] = folder;
            var environment = new Dictionary<string, string>(program.Environment(0));
            foreach (var (name, value) in options.Variables)
                environment[name] = value.Reveal();
            var run = await tree.Harness.Sandbox.RunAsync(
                new SandboxCommand([.. network?.Through ?? [], "/bin/sh", "/given/edit.sh", options.Line, request.Function.Path], tree.Workspace)
                {
                    Writable = true,
                    Mounts = mounts,
                    Environment = environment,
                    Input = Encoding.UTF8.GetBytes($"{prompt.System}\n{prompt.User}"),
                    Artefacts = ["status", "changed", "compared", "file"],
                },
                new Limits { Memory = tree.Limits.Memory, Wall = options.Timeout, Cpu = options.Timeout, Output = options.MaxOutput, Disk = options.MaxDisk },
                cancellationToken).ConfigureAwait(false);
            if (Failure(run, network) is { } failure)
                throw new EnvironmentFailureException(Masked($"The command {Name["command:".Length..]} {failure}"));
            return new Left(run.Artefacts.GetValueOrDefault("file"), Refusal(run, request), End(run));
        }
        finally
        {
            Directory.Delete(given, recursive: true);
            if (network is not null)
                await network.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Why nothing can be taken from a run, to be put after "The command NAME"; null where the program came to its end.</summary>
    private string? Failure(SandboxRun run, CommandNetwork? network)
    {
        var refused = network?.Refused is { Count: > 0 } hosts ? $" It asked for {string.Join(", ", hosts.Select(VisibleText.Line))}, which --command-host does not name." : "";
        var why = run.End switch
        {
            SandboxEnd.Failed => $"could not be run: {VisibleText.Line(run.Failure ?? "")}",
            SandboxEnd.TimedOut => string.Create(CultureInfo.InvariantCulture, $"took longer than {options.Timeout.TotalSeconds:0} s (command.timeout), and was ended."),
            SandboxEnd.OutOfMemory => "took more memory than it may (memory-limit), and was ended.",
            SandboxEnd.OutputLimit => string.Create(CultureInfo.InvariantCulture, $"printed more than {options.MaxOutput >> 10} KiB, or filled what it writes to, and was ended."),
            SandboxEnd.Exited or SandboxEnd.Signalled => run.Artefacts.TryGetValue("status", out var status)
                ? Encoding.ASCII.GetString(status).Trim() switch
                {
                    "0" => null,
                    "127" => "ended with 127: what it names was not found in the sandbox, which has this machine's /usr, and what --command-folder names.",
                    var code => $"ended with {VisibleText.Line(code[..Math.Min(code.Length, 10)])}.",
                }
                : "did not come to its end.",
        };
        return why is null ? null : $"{why}{refused}{(End(run) is { Length: > 0 } said ? $" The end of what it said: {said}" : "")}";
    }

    /// <summary>Why the edit is not taken; null where nothing but the function's file was changed.</summary>
    private static string? Refusal(SandboxRun run, ProposalRequest request)
    {
        // 1: there are differences; 2: it could not look.
        if (run.Artefacts.GetValueOrDefault("compared") is not [(byte)'0' or (byte)'1', ..] || run.Artefacts.GetValueOrDefault("changed") is not { } differences)
            return "what it left cannot be compared with what it was given";
        var changed = Encoding.UTF8.GetString(differences).Split('\n', StringSplitOptions.RemoveEmptyEntries).Take(MostLines)
            .Select(line => Changed(line, request.Function.Language)).OfType<string>().Where(p => p != request.Function.Path).Distinct().ToList();
        if (changed.Count > 0)
            return $"it changes more than {VisibleText.Line(request.Function.Path)}: {string.Join(", ", changed.Take(MostNamed).Select(VisibleText.Line))}{(changed.Count > MostNamed ? $" and {changed.Count - MostNamed} more" : "")}";
        return run.Artefacts.GetValueOrDefault("file") is not { } file ? $"it leaves no regular file at {VisibleText.Line(request.Function.Path)}"
            : file.Length > LargestFile ? $"it leaves more than {LargestFile >> 20} MiB at {VisibleText.Line(request.Function.Path)}"
            : null;
    }

    /// <summary>The path that a line of <c>diff -rq</c> is about; null for what a program may leave beside its edit, which is thrown away.</summary>
    private static string? Changed(string line, Language language)
    {
        if (Added().Match(line) is { Success: true } added)
        {
            var (folder, name) = (added.Groups[1].Value.TrimStart('/'), added.Groups[2].Value);
            return name.StartsWith('.') || language.Leavings.Contains(name) ? null : folder.Length == 0 ? name : $"{folder}/{name}";
        }

        return Removed().Match(line) is { Success: true } removed ? $"{removed.Groups[1].Value.TrimStart('/')}/{removed.Groups[2].Value}".TrimStart('/')
            : Differing().Match(line) is { Success: true } differing ? differing.Groups[1].Value
            : Replaced().Match(line) is { Success: true } replaced ? replaced.Groups[1].Value
            : line;
    }

    private string Masked(string text) => options.Variables.Values.Aggregate(text, (t, v) => v.Mask(t));

    private static string End(SandboxRun run)
    {
        var said = run.ErrorText.Trim() is { Length: > 0 } error ? error : run.Text.Trim();
        return VisibleText.Line(said[^Math.Min(said.Length, WordsShown)..].ReplaceLineEndings(" "));
    }

    /// <summary>The name of the program that a line begins with, variables before it left out.</summary>
    private static string ProgramOf(string line)
    {
        var word = line.Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault(w => !w.Contains('=', StringComparison.Ordinal)) ?? "sh";
        var name = string.Concat(word.Split('/')[^1].Where(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'));
        return name.Length == 0 ? "sh" : name[..Math.Min(name.Length, 40)];
    }

    [GeneratedRegex("^Only in /work(/.*?)?: (.*)$")]
    private static partial Regex Added();

    [GeneratedRegex("^Only in /before(/.*?)?: (.*)$")]
    private static partial Regex Removed();

    [GeneratedRegex("^(?:Files|Symbolic links) /before/(.*) and /work/.* differ$")]
    private static partial Regex Differing();

    [GeneratedRegex("^File /before/(.*) is an? .* while file /work/")]
    private static partial Regex Replaced();
}
