using System.Globalization;
using System.Security.Cryptography;
using Afterburner.Cli;
using Afterburner.Cli.Network;
using Afterburner.GitHub;
using Afterburner.Proposers;
using Afterburner.Proposers.Llama;
using Afterburner.Trials;
using Afterburner.Worker.Operations;

namespace Afterburner.Worker;

/// <summary>
/// What an administrator says, from the environment (<c>AFTERBURNER_APP_ID</c>), a file of settings or the command line; read once, with every
/// mistake named at once. Nothing a repository holds is part of it.
/// </summary>
internal sealed record WorkerSettings
{
    /// <summary>Client id of the GitHub App (or its number), which its tokens are asked for with.</summary>
    public required string AppId { get; init; }

    /// <summary>Private key of the app, as GitHub hands it out (PEM).</summary>
    public required Secret PrivateKey { get; init; }

    /// <summary>Secrets that deliveries may be signed with: the one in use, and while it is being changed the one before.</summary>
    public required IReadOnlyList<Secret> WebhookSecrets { get; init; }

    /// <summary>Connection string of PostgreSQL, which many workers share; null for a file of SQLite below <see cref="Data"/>, which is one worker's own.</summary>
    public string? Postgres { get; init; }

    /// <summary>Folder of mirrors, runs and the SQLite file.</summary>
    public required string Data { get; init; }

    /// <summary>Folder of the runs, one for each attempt at a review.</summary>
    public string Runs => Path.Combine(Data, "runs");

    /// <summary>What this worker is called among others; never two at a time.</summary>
    public required string Name { get; init; }

    /// <summary>Where it listens.</summary>
    public string Urls { get; init; } = "http://127.0.0.1:8080";

    public GitHubAddress GitHub { get; init; } = GitHubAddress.Of(null, null);

    /// <summary>Reviews at a time, 1 to 64. Defaults to one for four cores, at least one.</summary>
    public int Concurrency { get; init; } = Math.Max(1, Environment.ProcessorCount / 4);

    /// <summary>Cores that nothing but samples runs on. Defaults to none of fewer than four cores; else the last ones, one for each review at a time, at most half.</summary>
    public IReadOnlyList<int> MeasuringCores { get; init; } = [];

    /// <summary>How long a worker may say nothing before its reviews are given to others. Defaults to 8 s.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>Tries of a delivery that outages fail before it is put aside, 1 to 100. Defaults to 5.</summary>
    public int MostFailures { get; init; } = 5;

    /// <summary>Waiting time before the second try; it doubles with each. Defaults to 30 s.</summary>
    public TimeSpan Backoff { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>What people sign in to the pages with; null shows none.</summary>
    public Secret? PagesToken { get; init; }

    /// <summary>Client secret of the app, with which people sign in through GitHub; null: they do not.</summary>
    public Secret? ClientSecret { get; init; }

    /// <summary>What metrics are asked for with; null tells none.</summary>
    public Secret? MetricsToken { get; init; }

    /// <summary>How log lines look. Defaults to text.</summary>
    public LogFormat Log { get; init; }

    /// <summary>Values that are never to be seen in a log.</summary>
    public IReadOnlyList<Secret> Secrets =>
    [
        PrivateKey, .. WebhookSecrets, .. new[] { PagesToken, ClientSecret, MetricsToken, ApiKey, Password }.OfType<Secret>(),
    ];

    private Secret? Password => Postgres is { Length: > 0 } && new Npgsql.NpgsqlConnectionStringBuilder(Postgres).Password is { Length: > 0 } password ? new Secret(password) : null;

    /// <summary>How often failed deliveries are asked for again. Defaults to 5 minutes.</summary>
    public TimeSpan AskAgain { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long deliveries and reports are kept. Defaults to 30 days; GitHub sends nothing again that is older than three.</summary>
    public TimeSpan Keep { get; init; } = TimeSpan.FromDays(30);

    /// <summary>An OpenAI-compatible server that proposes beside the recipes; null for none.</summary>
    public Uri? ModelUrl { get; init; }

    /// <summary>Name of the model there.</summary>
    public string? Model { get; init; }

    /// <summary>Key of that server.</summary>
    public Secret? ApiKey { get; init; }

    /// <summary>Questions that server is asked at a time by all reviews of this worker, 1 to 256. Defaults to 4.</summary>
    public int ModelQuestions { get; init; } = 4;

    /// <summary>A model that is loaded into this process and proposes beside the recipes; null for none.</summary>
    public LlamaOptions? Gguf { get; init; }

    /// <summary>Bytes that one process tree of a repository may have at most, whatever it asks for. Defaults to 4 GiB.</summary>
    public long MostMemory { get; init; } = 4L << 30;

    /// <summary>Bytes that the copy of a repository may take. Defaults to 4 GiB.</summary>
    public long MostMirror { get; init; } = 4L << 30;

    /// <summary>Bytes that the files of one commit may take where they are laid out to be run, of which a review has three at most. Defaults to 4 GiB.</summary>
    public long MostWorkspace { get; init; } = 4L << 30;

    /// <summary>Where <c>setup.commands</c> of repositories may connect to. Defaults to nowhere.</summary>
    public AllowedHosts SetupHosts { get; init; } = AllowedHosts.None;

    /// <summary>Bytes that <c>setup.commands</c> of a repository may leave. Defaults to 4 GiB.</summary>
    public long MostDependencies { get; init; } = 4L << 30;

    /// <summary>Wall time of a review at most, whatever a repository asks for. Defaults to one hour.</summary>
    public TimeSpan MostTime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>What takes the place of the engine, for tests of the queue: a review only takes this long. Defaults to null: the engine.</summary>
    public TimeSpan? StubReview { get; init; }

    /// <summary>Owner of the repositories that the engine reviews all the same. Defaults to null: none.</summary>
    public string? StubBut { get; init; }

    /// <exception cref="UsageException">All that is missing or wrong, a line each.</exception>
    public static WorkerSettings Read(IConfiguration from)
    {
        var wrong = new List<string>();
        var data = Path.GetFullPath(from["data"] is { Length: > 0 } folder ? folder : Path.Combine(
            Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "afterburner", "worker"));
        var secrets = WorkerSetting.All.Where(s => s.IsSecret).ToDictionary(s => s.Key, s => Told(s.Key));
        var settings = new WorkerSettings
        {
            AppId = Needed("app_id", "the client id of the GitHub App, on its settings page"),
            PrivateKey = Key(),
            WebhookSecrets = [.. new[] { Needed("webhook_secret", "the webhook secret of the GitHub App"), secrets["webhook_secret_old"] }.Where(s => s is { Length: > 0 }).Select(s => new Secret(s!))],
            Postgres = secrets["postgres"],
            Data = data,
            Name = from["name"] is { Length: > 0 } name ? name : $"{Environment.MachineName}-{Environment.ProcessId}",
            Urls = from["urls"] is { Length: > 0 } urls ? urls : "http://127.0.0.1:8080",
            GitHub = Address(),
            PagesToken = Token("pages_token"),
            ClientSecret = secrets["client_secret"] is { Length: > 0 } client ? new Secret(client) : null,
            MetricsToken = Token("metrics_token"),
            Log = Format(),
            ModelUrl = Model(),
            Model = from["model"],
            StubBut = from["stub_but"],
            ApiKey = secrets["api_key"] is { Length: > 0 } key ? new Secret(key) : null,
        };
        settings = settings with
        {
            Concurrency = Number("concurrency", settings.Concurrency, 1, 64),
            MostFailures = Number("most_failures", settings.MostFailures, 1, 100),
            Silence = Time("silence", settings.Silence, TimeSpan.FromSeconds(2), TimeSpan.FromMinutes(5)),
            Backoff = Time("backoff", settings.Backoff, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1)),
            AskAgain = Time("ask_again", settings.AskAgain, TimeSpan.FromSeconds(1), TimeSpan.FromHours(6)),
            Keep = Time("keep", settings.Keep, TimeSpan.FromDays(4), TimeSpan.FromDays(3650)),
            MostMirror = Bytes("most_mirror", settings.MostMirror),
            MostWorkspace = Bytes("most_workspace", settings.MostWorkspace),
            SetupHosts = Hosts(),
            MostDependencies = Bytes("most_dependencies", settings.MostDependencies),
            ModelQuestions = Number("model_questions", settings.ModelQuestions, 1, 256),
            Gguf = Loaded(),
            MostTime = Time("most_time", settings.MostTime, TimeSpan.FromMinutes(1), TimeSpan.FromDays(1)),
            StubReview = from["stub_review"] is null ? null : Time("stub_review", TimeSpan.Zero, TimeSpan.Zero, TimeSpan.FromHours(1)),
        };
        settings = settings with { MeasuringCores = Measuring(settings.Concurrency, Cores.All) };
        return wrong.Count == 0 ? settings
            : throw new UsageException($"the worker's settings are not complete:\n  {string.Join("\n  ", wrong)}");

        // What the variable says, or the file that another one names; null where nothing is said.
        string? Told(string key)
        {
            var said = from[key] is { Length: > 0 } text ? text : null;
            if (from[$"{key}_file"] is not { Length: > 0 } path)
                return said;
            if (said is not null)
                wrong.Add($"{Variable(key)} and {Variable(key)}_FILE are both set: take one of them away");
            try
            {
                return File.ReadAllText(path).TrimEnd('\r', '\n') is { Length: > 0 } written ? written : null;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                wrong.Add($"{Variable(key)}_FILE: '{path}' cannot be read: {e.Message}");
                return "";
            }
        }

        string Needed(string key, string what)
        {
            var isSecret = secrets.TryGetValue(key, out var secret);
            if ((isSecret ? secret : from[key]) is { Length: > 0 } value)
                return value;
            // Of a file that cannot be read that was said.
            if (!isSecret || secret is null)
                wrong.Add($"{Variable(key)} is not set: {what}");
            return "";
        }

        Secret Key()
        {
            var path = Needed("private_key", "the file with the private key of the GitHub App (PEM)");
            if (path.Length == 0)
                return new Secret("");
            try
            {
                var pem = File.ReadAllText(path);
                using var rsa = RSA.Create();
                rsa.ImportFromPem(pem);
                return new Secret(pem);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or CryptographicException)
            {
                wrong.Add($"{Variable("private_key")}: '{path}' cannot be read as a private key (PEM): {(e is IOException or UnauthorizedAccessException ? e.Message : "it is none")}");
                return new Secret("");
            }
        }

        Secret? Token(string key)
        {
            if (secrets[key] is { Length: > 0 and < 16 })
                wrong.Add($"{Variable(key)} is too short: 16 characters at least, as from openssl rand -hex 16");
            return secrets[key] is { Length: >= 16 } token ? new Secret(token) : null;
        }

        LogFormat Format()
        {
            if (from["log"] is not { Length: > 0 } text)
                return LogFormat.Text;
            if (text is "text" or "json")
                return text == "json" ? LogFormat.Json : LogFormat.Text;
            wrong.Add($"{Variable("log")}: text or json was expected");
            return LogFormat.Text;
        }

        Uri? Model()
        {
            if (from["model_url"] is not { Length: > 0 } text)
                return null;
            if (from["model"] is not { Length: > 0 })
                wrong.Add($"{Variable("model")} is not set: the name of the model at {Variable("model_url")}");
            if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
                return url;
            wrong.Add($"{Variable("model_url")} is no address of a server: write for example http://localhost:8000/v1");
            return null;
        }

        LlamaOptions? Loaded()
        {
            var layers = Number("gpu_layers", 0, 0, 10_000);
            var context = Number("context", LlamaOptions.UsualContext, LlamaOptions.LeastContext, 1 << 20);
            if (from["gguf"] is not { Length: > 0 } path)
                return null;
            var options = new LlamaOptions(Path.GetFullPath(path)) { GpuLayers = layers, Context = from["context"] is { Length: > 0 } ? context : null };
            try
            {
                using var looked = new LlamaModel(options, LlamaBackend.Loader());
            }
            catch (EnvironmentFailureException)
            {
                wrong.Add($"{Variable("gguf")}: llama.cpp is not built into this worker. Start it with AFTERBURNER_LLAMASHARP=cpu ./afterburner worker (cuda12 for an NVIDIA GPU), or serve the model and name its address in {Variable("model_url")}");
            }
            catch (UsageException e)
            {
                wrong.Add($"{Variable("gguf")}: {e.Message}");
            }

            return options;
        }

        GitHubAddress Address()
        {
            try
            {
                return GitHubAddress.Of(from["github_api_url"], from["github_graphql_url"]);
            }
            catch (UsageException e)
            {
                wrong.Add(e.Message);
                return GitHubAddress.Of(null, null);
            }
        }

        AllowedHosts Hosts()
        {
            if (AllowedHosts.Read(from["setup_hosts"] ?? "", out var whyNot) is { } hosts)
                return hosts;
            wrong.Add($"{Variable("setup_hosts")}: {whyNot}");
            return AllowedHosts.None;
        }

        IReadOnlyList<int> Measuring(int reviews, IReadOnlyList<int> all)
        {
            if (from["measuring_cores"] is not { Length: > 0 } text)
                return all.Count < 4 ? [] : [.. all.TakeLast(Math.Min(reviews, all.Count / 2))];
            if (text == "none")
                return [];
            if (Cores.Parse(text) is { } cores && cores.All(all.Contains) && cores.Count < all.Count)
                return cores;
            wrong.Add($"{Variable("measuring_cores")}: some of the cores {string.Join(',', all)}, but not all, or none was expected, as in {all[^1]}");
            return [];
        }

        int Number(string key, int otherwise, int least, int most)
        {
            if (from[key] is not { Length: > 0 } text)
                return otherwise;
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
                return number;
            wrong.Add($"{Variable(key)}: a number from {least} to {most} was expected");
            return otherwise;
        }

        long Bytes(string key, long otherwise)
        {
            if (from[key] is not { Length: > 0 } text)
                return otherwise;
            if (Quantities.TryBytes(text, out var bytes) && bytes >= 1 << 20)
                return bytes;
            wrong.Add($"{Variable(key)}: a size like 4GiB was expected, 1MiB at least");
            return otherwise;
        }

        TimeSpan Time(string key, TimeSpan otherwise, TimeSpan least, TimeSpan most)
        {
            if (from[key] is not { Length: > 0 } text)
                return otherwise;
            if (Quantities.TryDuration(text, out var time) && time >= least && time <= most)
                return time;
            wrong.Add($"{Variable(key)}: a time like 8s was expected, from {least.TotalSeconds} s to {most.TotalSeconds} s");
            return otherwise;
        }
    }

    private static string Variable(string key) => $"AFTERBURNER_{key.ToUpperInvariant()}";
}
