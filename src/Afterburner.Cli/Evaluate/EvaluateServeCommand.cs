using System.CommandLine;
using System.Net;
using System.Security.Cryptography;
using Afterburner.Evaluation.Loop;
using Afterburner.Evaluation.Programs;
using Afterburner.Evaluation.Rewards;
using Afterburner.Evaluation.Serving;
using Afterburner.Evaluation.Tasks;
using Afterburner.Sandboxes;

namespace Afterburner.Cli.Evaluate;

/// <summary><c>afterburner evaluate serve FILE</c>: the reward over HTTP, for a trainer.</summary>
internal static class EvaluateServeCommand
{
    private const string Variable = "AFTERBURNER_SCORE_TOKEN";

    private const int LeastToken = 16;

    public static Command Create()
    {
        var here = Environment.CurrentDirectory;
        var usual = new RewardOptions();
        var file = DataSetChoice.Argument();
        var listen = new Option<string>("--listen") { Description = "Address to listen on", DefaultValueFactory = _ => "http://127.0.0.1:8790", HelpName = "URL" };
        var objective = new Option<ObjectiveKind>("--objective") { Description = "What counts as efficient where a request does not say: time, memory or integral", DefaultValueFactory = _ => ObjectiveKind.Time };
        var form = new Option<double>("--form-weight") { Description = "Weight of the form", DefaultValueFactory = _ => usual.Form, HelpName = "W" };
        var correctness = new Option<double>("--correctness-weight") { Description = "Weight of passing", DefaultValueFactory = _ => usual.Correctness, HelpName = "W" };
        var efficiency = new Option<double>("--efficiency-weight") { Description = "Weight of efficiency", DefaultValueFactory = _ => usual.Efficiency, HelpName = "W" };
        var seconds = new Option<double>("--most-seconds") { Description = "CPU seconds that count at most", DefaultValueFactory = _ => usual.MostSeconds, HelpName = "S" };
        var bytes = new Option<double>("--most-bytes") { Description = "Peak bytes that count at most", DefaultValueFactory = _ => usual.MostBytes, HelpName = "B" };
        var byteSeconds = new Option<double>("--most-byte-seconds") { Description = "Byte-seconds that count at most", DefaultValueFactory = _ => usual.MostByteSeconds, HelpName = "BS" };
        var atOnce = new Option<int>("--at-once") { Description = "Requests that are worked on at a time. Default: the number of cores", DefaultValueFactory = _ => Environment.ProcessorCount, HelpName = "N" };
        var waiting = new Option<int>("--waiting") { Description = "Requests that wait at most; others are told to come again (429)", DefaultValueFactory = _ => 256, HelpName = "N" };
        var people = new Option<int>("--people") { Description = "Programs of people that are measured for each task", DefaultValueFactory = _ => 16, HelpName = "N" };
        var seed = new Option<int>("--seed") { Description = "Of every random choice", HelpName = "N" };
        var command = new Command("serve", $"Serve the paper's reward for a data set over HTTP, for training with verl or TRL; the token is {Variable}, or a new one")
        {
            file, listen, objective, form, correctness, efficiency, seconds, bytes, byteSeconds, atOnce, waiting, people, seed,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            DataSetChoice.Path(parsed.GetValue(file)!, here),
            new ScoreServerOptions(Address(parsed.GetValue(listen)!), Token())
            {
                AtOnce = EvaluateCommand.Bounded("--at-once", parsed.GetValue(atOnce), 1, 1_000), MostWaiting = EvaluateCommand.Bounded("--waiting", parsed.GetValue(waiting), 0, 100_000),
            },
            new ScorerOptions
            {
                Objective = parsed.GetValue(objective),
                Reward = new RewardOptions
                {
                    Form = Weight("--form-weight", parsed.GetValue(form)), Correctness = Weight("--correctness-weight", parsed.GetValue(correctness)), Efficiency = Weight("--efficiency-weight", parsed.GetValue(efficiency)),
                    MostSeconds = Bound("--most-seconds", parsed.GetValue(seconds)), MostBytes = Bound("--most-bytes", parsed.GetValue(bytes)), MostByteSeconds = Bound("--most-byte-seconds", parsed.GetValue(byteSeconds)),
                },
            },
            new ProgramOptions { MostPeople = EvaluateCommand.Bounded("--people", parsed.GetValue(people), 1, 500), Seed = parsed.GetValue(seed) },
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string file, ScoreServerOptions serving, ScorerOptions scoring, ProgramOptions running, CancellationToken cancellationToken)
    {
        var data = await DataSet.ReadAsync(file, cancellationToken).ConfigureAwait(false);
        DataSetChoice.TellBad(data);
        await using var sandbox = await SandboxChoice.OpenAsync(SandboxKind.Auto, new SandboxOptions(), TimeProvider.System, cancellationToken).ConfigureAwait(false);
        var harness = await Harnesses.OpenAsync(sandbox, cancellationToken).ConfigureAwait(false);
        using var scorer = new Scorer(new ProgramRunner(harness, running), data, new PeopleCache(DataSetChoice.PeopleFolder), scoring);
        await using var server = await ScoreServer.StartAsync(scorer, serving).ConfigureAwait(false);
        Console.WriteLine($"serving rewards for {data.Tasks.Count} tasks of {data.Layout}: POST {new Uri(server.Address, "/score")} (what it takes: {new Uri(server.Address, "/openapi/v1.json")})");
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 })
            Console.WriteLine($"its token, until it ends: {Variable}={serving.Token}");
        try
        {
            await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Console.WriteLine("ended");
        }

        return ExitCode.Done;
    }

    /// <summary>Whoever has it runs programs here: one that can be guessed is none.</summary>
    private static string Token() => Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } token ? RandomNumberGenerator.GetHexString(32, lowercase: true)
        : token.Length >= LeastToken && token.All(c => c is > ' ' and < '\x7f') ? token
        : throw new UsageException($"{Variable} has to have {LeastToken} characters at least, letters, digits and signs without blanks: openssl rand -hex 16 makes one");

    private static string Address(string said) => Uri.TryCreate(said, UriKind.Absolute, out var url) && url is { Scheme: "http", PathAndQuery: "/", UserInfo.Length: 0 } && (url.HostNameType is UriHostNameType.IPv4 or UriHostNameType.IPv6 && IPAddress.TryParse(url.DnsSafeHost, out _) || url.IsLoopback)
        ? said.TrimEnd('/') : throw new UsageException($"--listen {said}: http://ADDRESS:PORT was expected, with the address of an interface: http://127.0.0.1:8790, or http://0.0.0.0:8790 for all");

    private static double Weight(string option, double value) => value is >= 0 and <= 1000 ? value : throw new UsageException($"{option} {value}: a number from 0 to 1000 was expected");

    private static double Bound(string option, double value) => value > 0 && double.IsFinite(value) ? value : throw new UsageException($"{option} {value}: a number above 0 was expected");
}
