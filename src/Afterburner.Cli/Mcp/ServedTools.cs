using System.Text;
using System.Text.Json;
using Afterburner.Checks;
using Afterburner.Gates;
using Afterburner.Reviews;
using Afterburner.Sandboxes;
using Afterburner.Settings;

namespace Afterburner.Cli.Mcp;

/// <summary>
/// The tools of one repository: the walks that the commands take, with what a client may decide of them, which is the edit and the function. Configuration, sandbox,
/// proposers and budget are of whoever started the server.
/// </summary>
internal sealed class ServedTools : IAsyncDisposable
{
    private static readonly ToolParameter Base = new("base", "string", "Branch, tag or hash that is compared with. Default: HEAD for an edit that is no commit, else the default branch.");
    private static readonly ToolParameter Head = new("head", "string", "Branch, tag or hash that is looked at.");

    private readonly ServedRepository _served;
    private readonly RunOptions _options;
    private readonly SemaphoreSlim _turn = new(1);
    private ISandbox? _sandbox;

    public ServedTools(ServedRepository served, RunOptions options)
    {
        (_served, _options) = (served, options);
        All =
        [
            new("list_changed_functions", "List changed functions with their costs",
                "Lists the functions that the work tree changes against base (or head, where one is named), those first in which the repository's tests spend most time, with the number of calls and tests. "
                + "The times are what the tests' own process says, a look and no proof. Runs the tests of the changed tree in a sandbox.",
                [Base, Head with { Description = Head.Description + " Default: the work tree as it lies, new files included." }], AnswerJson.Default.ListAnswer, ListAsync),
            new("inspect_function", "Show what is known of a function",
                "Shows what the repository's tests tell of one function as it lies in the work tree (or at head): calls with their arguments' shapes and times, types and lengths seen, hot lines, callers, one example call with its answer, "
                + "and how its time grows with its input. Read it before you rewrite a function.",
                [new("function", "string", "FILE::FUNCTION, the file's path from the repository's root: src/shop.py::Cart.total.", true), Head with { Description = Head.Description + " Default: the work tree as it lies." }],
                AnswerJson.Default.InspectAnswer, InspectAsync),
            new("check_edit", "Check an edit",
                "Judges an edit function by function: proven equal and faster, proven slower, proven different (with the call and both answers), equal and not proven faster, or cannot tell and why. "
                + "The edit is the work tree against HEAD; or a patch (a unified diff, applied to base and nowhere else); or the commits from base to head.",
                [
                    new("patch", "string", "The edit as a unified diff, as `git diff` writes it. Default: the work tree as it lies, new files included."),
                    Base, Head with { Description = Head.Description + " Not together with patch." },
                    new("tests_decide", "boolean", "Whether what differs only on calls that no test makes is 'cannot tell' and not 'different'. Default: false."),
                ],
                AnswerJson.Default.CheckAnswer, CheckAsync),
            new("review", "Review a change",
                "Looks for faster versions of the functions that the commits from base to head touch, or of the one function named, as it lies in the work tree (or at head). Shows those that are proven equal and faster, as diffs. "
                + "Who proposes them was decided when the server was started: by default a catalogue of recipes.",
                [Base, Head with { Description = Head.Description + " Default: HEAD; with function the work tree as it lies." }, new("function", "string", "One function instead of a change: FILE::FUNCTION.")],
                AnswerJson.Default.ReviewAnswer, ReviewAsync),
            new("gate", "Gate a change",
                "Compares the speed of every function that the commits from base to head touch, at base and at head: proven slower, not slower, or cannot tell. Only a proven slowdown is one.",
                [Base, Head with { Description = Head.Description + " Default: HEAD." }], AnswerJson.Default.GateAnswer, GateAsync),
        ];
    }

    public IReadOnlyList<ServedTool> All { get; }

    /// <summary>Calls a tool, when those have ended that were called before: one run would disturb the measurements of another.</summary>
    /// <exception cref="UsageException">An argument is wrong, or the request cannot be.</exception>
    /// <exception cref="EnvironmentFailureException">There is no sandbox, or the tests do not pass.</exception>
    public async Task<ToolAnswer> CallAsync(ServedTool tool, IDictionary<string, JsonElement>? given, ToolProgress progress, CancellationToken cancellationToken)
    {
        var arguments = new ToolArguments(tool.Name, tool.Parameters, given);
        if (!await _turn.WaitAsync(TimeSpan.Zero, cancellationToken).ConfigureAwait(false))
        {
            progress.Say("waiting for another call to end");
            await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        try
        {
            return await tool.Run(arguments, progress, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>When what runs has ended.</summary>
    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        if (_sandbox is not null)
            await _sandbox.DisposeAsync().ConfigureAwait(false);
        _turn.Dispose();
    }

    private async Task<ToolAnswer> ListAsync(ToolArguments arguments, ToolProgress progress, CancellationToken cancellationToken)
    {
        var (from, head) = (arguments.Commit("base"), arguments.Commit("head"));
        var sandbox = await SandboxAsync(cancellationToken).ConfigureAwait(false);
        var request = new EditRequest(_served.Repository, _served.NewRun(), _served.Configuration) { Base = from, Head = head };
        return ListAnswer.Of(await new Overview(sandbox, progress.Say).OfEditAsync(request, cancellationToken).ConfigureAwait(false));
    }

    private async Task<ToolAnswer> InspectAsync(ToolArguments arguments, ToolProgress progress, CancellationToken cancellationToken)
    {
        var request = new ReviewRequest(_served.Repository, _served.NewRun(), _served.Configuration) { Function = arguments.Function("function"), Head = arguments.Commit("head") };
        var sandbox = await SandboxAsync(cancellationToken).ConfigureAwait(false);
        return InspectAnswer.Of(await new Inspection(sandbox, progress, TimeProvider.System).OfAsync(request, cancellationToken).ConfigureAwait(false));
    }

    private async Task<ToolAnswer> CheckAsync(ToolArguments arguments, ToolProgress progress, CancellationToken cancellationToken)
    {
        var (patch, head) = (arguments.Patch("patch"), arguments.Commit("head"));
        if (patch is not null && head is not null)
            throw new UsageException("patch and head are two edits: name one of them.");
        var request = new EditRequest(_served.Repository, _served.NewRun(), _served.Configuration)
        {
            Base = arguments.Commit("base"),
            Head = head,
            Patch = patch is null ? (ReadOnlyMemory<byte>?)null : Encoding.UTF8.GetBytes(patch),
            TestsDecide = arguments.Flag("tests_decide"),
        };
        var sandbox = await SandboxAsync(cancellationToken).ConfigureAwait(false);
        return CheckAnswer.Of(await new EditCheck(sandbox, progress.Say, TimeProvider.System).RunAsync(request, cancellationToken).ConfigureAwait(false), request.Out);
    }

    private async Task<ToolAnswer> ReviewAsync(ToolArguments arguments, ToolProgress progress, CancellationToken cancellationToken)
    {
        var (from, function) = (arguments.Commit("base"), arguments.Function("function"));
        if (from is not null && function is not null)
            throw new UsageException("base and function: a function is reviewed without a change, so leave base out.");
        var request = new ReviewRequest(_served.Repository, _served.NewRun(), _served.Configuration)
        {
            Base = from,
            Head = arguments.Commit("head"),
            Function = function,
            RecipesAt = _served.RecipesAt,
        };
        var sandbox = await SandboxAsync(cancellationToken).ConfigureAwait(false);
        return ReviewAnswer.Of(await ReviewRun.ReviewAsync(sandbox, request, _options, progress, cancellationToken).ConfigureAwait(false), request.Out);
    }

    private async Task<ToolAnswer> GateAsync(ToolArguments arguments, ToolProgress progress, CancellationToken cancellationToken)
    {
        var request = new GateRequest(_served.Repository, _served.NewRun(), _served.Configuration) { Base = arguments.Commit("base"), Head = arguments.Commit("head") };
        var sandbox = await SandboxAsync(cancellationToken).ConfigureAwait(false);
        return GateAnswer.Of(await new Gate(sandbox, progress.Say, TimeProvider.System).RunAsync(request, cancellationToken).ConfigureAwait(false), request.Out);
    }

    /// <summary>Opened by the first call that needs it, so that a client sees the tools, and is told what is missing, where there is none.</summary>
    private async Task<ISandbox> SandboxAsync(CancellationToken cancellationToken) => _sandbox ??= await SandboxChoice.OpenAsync(
        _served.Configuration.Sandbox, _served.Configuration.ToSandboxOptions(), TimeProvider.System, cancellationToken).ConfigureAwait(false);
}
