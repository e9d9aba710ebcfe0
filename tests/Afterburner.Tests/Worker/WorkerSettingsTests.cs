using System.Security.Cryptography;
using Afterburner.Worker;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace Afterburner.Tests.Worker;

public sealed class WorkerSettingsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Three_settings_are_enough()
    {
        var settings = WorkerSettings.Read(Of(Needed()));

        Assert.Equal(("Iv23abc", null, 5), (settings.AppId, settings.Postgres, settings.MostFailures));
        Assert.Equal("***", settings.WebhookSecrets.Single().ToString());
    }

    [Fact]
    public void Everything_that_is_missing_or_wrong_is_said_at_once()
    {
        var wrong = Assert.Throws<UsageException>(() => WorkerSettings.Read(Of(new()
        {
            ["private_key"] = _folder.Write("key.pem", "no key"), ["concurrency"] = "many", ["silence"] = "1ms", ["model_url"] = "ftp://x", ["github_api_url"] = "http://example.org", ["measuring_cores"] = "0-4095",
            ["setup_hosts"] = "https://index.example.org/", ["gguf"] = _folder.Write("model.gguf", "GGUF"), ["gpu_layers"] = "-1", ["model_questions"] = "0", ["most_workspace"] = "much",
        })));

        foreach (var part in new[] { "AFTERBURNER_APP_ID", "AFTERBURNER_PRIVATE_KEY", "AFTERBURNER_WEBHOOK_SECRET", "AFTERBURNER_CONCURRENCY", "AFTERBURNER_SILENCE", "AFTERBURNER_MODEL_URL", "GITHUB_API_URL", "AFTERBURNER_MEASURING_CORES", "AFTERBURNER_SETUP_HOSTS", "AFTERBURNER_LLAMASHARP", "AFTERBURNER_GPU_LAYERS", "AFTERBURNER_MODEL_QUESTIONS", "AFTERBURNER_MOST_WORKSPACE" })
            Assert.Contains(part, wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_setting_is_in_the_reference()
    {
        var read = new Recording(Of(Needed()));
        WorkerSettings.Read(read);

        var written = WorkerSetting.All.SelectMany(s => s.IsSecret ? new[] { s.Key, $"{s.Key}_file" } : [s.Key]);
        Assert.Equal(read.Asked.Except(["stub_review", "stub_but"]).Order(), written.Order());
    }

    [Fact]
    public void A_secret_may_be_in_a_file()
    {
        var needed = Needed();
        needed.Remove("webhook_secret");
        needed["webhook_secret_file"] = _folder.Write("secret", "from a file\n");
        needed["webhook_secret_old_file"] = _folder.Write("old", "");
        needed["postgres_file"] = _folder.Write("postgres", "Host=db;Username=afterburner;Password= with spaces \r\n");
        needed["metrics_token_file"] = _folder.Write("token", "0123456789abcdef");

        var settings = WorkerSettings.Read(Of(needed));

        Assert.Equal("from a file", settings.WebhookSecrets.Single().Reveal());
        Assert.Equal("Host=db;Username=afterburner;Password= with spaces ", settings.Postgres);
        Assert.Equal("0123456789abcdef", settings.MetricsToken?.Reveal());
        Assert.Null(settings.PagesToken);
    }

    [Fact]
    public void A_secret_that_is_said_twice_or_in_a_file_that_cannot_be_read_is_a_mistake()
    {
        var needed = Needed();
        needed["webhook_secret_file"] = _folder.Write("secret", "another secret");
        needed["pages_token_file"] = _folder.Write("short", "short");
        needed["api_key_file"] = Path.Combine(_folder.Path, "nowhere");

        var wrong = Assert.Throws<UsageException>(() => WorkerSettings.Read(Of(needed)));

        Assert.Equal(3, wrong.Message.Split('\n').Length - 1);
        foreach (var part in new[] { "AFTERBURNER_WEBHOOK_SECRET_FILE are both set", "AFTERBURNER_PAGES_TOKEN is too short", "AFTERBURNER_API_KEY_FILE: '" })
            Assert.Contains(part, wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_missing_is_said_once_and_an_empty_one_says_nothing()
    {
        var needed = Needed();
        needed.Remove("webhook_secret");
        needed["webhook_secret_file"] = Path.Combine(_folder.Path, "nowhere");
        var missing = Assert.Throws<UsageException>(() => WorkerSettings.Read(Of(needed)));
        needed["webhook_secret_file"] = _folder.Write("empty", "\n");
        var empty = Assert.Throws<UsageException>(() => WorkerSettings.Read(Of(needed)));

        Assert.Contains("cannot be read", Assert.Single(missing.Message.Split('\n')[1..]), StringComparison.Ordinal);
        Assert.Contains("AFTERBURNER_WEBHOOK_SECRET is not set", Assert.Single(empty.Message.Split('\n')[1..]), StringComparison.Ordinal);
    }

    private Dictionary<string, string?> Needed()
    {
        using var rsa = RSA.Create(2048);
        return new() { ["app_id"] = "Iv23abc", ["private_key"] = _folder.Write("key.pem", rsa.ExportRSAPrivateKeyPem()), ["webhook_secret"] = "some secret" };
    }

    private static IConfiguration Of(Dictionary<string, string?> values) => new ConfigurationBuilder().AddInMemoryCollection(values).Build();

    /// <summary>Remembers what was asked for.</summary>
    private sealed class Recording(IConfiguration inner) : IConfiguration
    {
        public HashSet<string> Asked { get; } = [];

        public string? this[string key]
        {
            get
            {
                Asked.Add(key);
                return inner[key];
            }
            set => inner[key] = value;
        }

        public IEnumerable<IConfigurationSection> GetChildren() => inner.GetChildren();

        public Microsoft.Extensions.Primitives.IChangeToken GetReloadToken() => inner.GetReloadToken();

        public IConfigurationSection GetSection(string key) => inner.GetSection(key);
    }
}
