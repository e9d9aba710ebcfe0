namespace Afterburner.Worker;

/// <summary>A setting of the worker, for the reference and for messages.</summary>
/// <param name="Key">As the command line says it (<c>--key VALUE</c>); the environment says <c>AFTERBURNER_KEY</c>.</param>
/// <param name="Default">For a person; null where it has to be set.</param>
internal sealed record WorkerSetting(string Key, string? Default, string Meaning)
{
    public static IReadOnlyList<WorkerSetting> All { get; } =
    [
        new("app_id", null, "Client id of the GitHub App"),
        new("private_key", null, "File with its private key (PEM), by its absolute path"),
        new("webhook_secret", null, "Its webhook secret") { IsSecret = true },
        new("webhook_secret_old", "none", "The secret before, while it is being changed") { IsSecret = true },
        new("urls", "`http://127.0.0.1:8080`", "Where it listens; a proxy in front of it speaks https"),
        new("pages_token", "no pages", "What people sign in to the pages with: a long random text") { IsSecret = true },
        new("client_secret", "none", "Client secret of the app: people sign in through GitHub, and see the reviews of repositories that GitHub lets them see") { IsSecret = true },
        new("metrics_token", "no metrics", "What `/metrics` (Prometheus) is asked for with, as a bearer token: a long random text") { IsSecret = true },
        new("log", "`text`", "How log lines look: `text`, or `json` with a member for each value"),
        new("postgres", "a file of SQLite", "Connection string of PostgreSQL, which many workers share") { IsSecret = true },
        new("data", "`~/.local/share/afterburner/worker`", "Folder, by its absolute path, of copies of repositories, runs, what tests need and the SQLite file, of this worker alone; not inside a git checkout"),
        new("name", "machine and process", "What this worker is called among others; never two at a time"),
        new("concurrency", "a quarter of the cores", "Reviews at a time, 1 to 64"),
        new("measuring_cores", "the last ones, one for each review at a time, at most half; none of fewer than four", "Cores that nothing but samples runs on, such as `12-15`, or `none`"),
        new("silence", "8s", "How long a worker may say nothing before its reviews are given to others, 2s to 5m"),
        new("most_failures", "5", "Tries of a delivery that outages fail before it is put aside, 1 to 100"),
        new("backoff", "30s", "Wait before the second try; it doubles with each"),
        new("ask_again", "5m", "How often failed deliveries are asked for again"),
        new("keep", "720h", "How long deliveries and reports are kept, 96h at least"),
        new("most_time", "1h", "Wall time of a review, and of a gate, at most, whatever a repository asks for; all together three times it"),
        new("most_mirror", "4GiB", "What the copy of a repository may take: all its commits, and the files of those that are reviewed"),
        new("most_workspace", "4GiB", "What the files of one commit may take where they are laid out to be run; a review has three such folders at most"),
        new("setup_hosts", "none", "Hosts that `setup.commands` of repositories may reach, separated by commas: `index.example.org`, `*.example.org`; an address of your own network with its port, `10.0.0.5:3141`"),
        new("most_dependencies", "4GiB", "What `setup.commands` of a repository may leave in `/dependencies`"),
        new("model_url", "none", "OpenAI-compatible server that proposes beside the recipes; never one that a repository names"),
        new("model", "none", "Name of the model there"),
        new("model_questions", "4", "Questions that server is asked at a time by all reviews of this worker, 1 to 256: as many as it has slots"),
        new("gguf", "none", "Model file (GGUF), by its absolute path, that is loaded into the worker, once for all its reviews, and proposes beside the recipes. Needs a worker with llama.cpp in it: `AFTERBURNER_LLAMASHARP=cpu ./afterburner worker`, `cuda12` for an NVIDIA GPU"),
        new("gpu_layers", "0", "Layers of that model on the GPU, 999 for all"),
        new("context", "16384, or what the model was made for", "Tokens of prompt and reply together"),
        new("api_key", "none", "Key of that server") { IsSecret = true },
        new("github_api_url", "`https://api.github.com`", "Address of GitHub's API"),
        new("github_graphql_url", "beside it", "Address of its GraphQL"),
    ];

    /// <summary>Whether a file may say it too, as containers are handed secrets: <c>AFTERBURNER_KEY_FILE</c> names it.</summary>
    public bool IsSecret { get; init; }

    public string Variable => $"AFTERBURNER_{Key.ToUpperInvariant()}";

    public static string Table() =>
        "| Variable | Default | Meaning |\n|---|---|---|\n" + string.Concat(All.Select(s => $"| `{s.Variable}` | {s.Default ?? "needed"} | {s.Meaning}{(s.IsSecret ? " (`_FILE`)" : "")} |\n"));
}
