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
            ["setup_hosts"] = "https://index.example.org/",
        })));

        foreach (var part in new[] { "AFTERBURNER_APP_ID", "AFTERBURNER_PRIVATE_KEY", "AFTERBURNER_WEBHOOK_SECRET", "AFTERBURNER_CONCURRENCY", "AFTERBURNER_SILENCE", "AFTERBURNER_MODEL_URL", "GITHUB_API_URL", "AFTERBURNER_MEASURING_CORES", "AFTERBURNER_SETUP_HOSTS" })
            Assert.Contains(part, wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_setting_is_in_the_reference()
    {
        var read = new Recording(Of(Needed()));
        WorkerSettings.Read(read);

        Assert.Equal(read.Asked.Except(["stub_review", "stub_but"]).Order(), WorkerSetting.All.Select(s => s.Key).Order());
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
