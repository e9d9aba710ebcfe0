using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Afterburner.GitHub;
using Afterburner.Proposers;
using Afterburner.Worker;
using Afterburner.Worker.Webhooks;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace Afterburner.Tests.Worker;

/// <summary>The image, the Compose file, the chart and the app's manifest: judged by others, and by what the program reads and starts.</summary>
public sealed partial class WorkerFilesTests
{
    [Theory]
    [InlineData("dockerfile", "Dockerfile")]
    [InlineData("compose", "compose.yaml")]
    public async Task Others_find_nothing(string kind, string file) =>
        Assert.Empty(await WorkerFiles.FindingsAsync("", kind, Path.Combine(WorkerFiles.Folder, file)));

    [Theory]
    [InlineData("dockerfile", "Dockerfile", "USER 10001", "USR 10001", "USR")]
    [LongData("dockerfile", "Dockerfile", "--interval=30s", "--interwal=30s", "interwal")]
    [InlineData("compose", "compose.yaml", "security_opt:", "security_opts:", "security_opts")]
    [LongData("compose", "compose.yaml", "cap_drop: [ALL]", "cap_drop: ALL", "must be array")]
    public async Task A_mistake_is_found(string kind, string file, string right, string wrong, string says)
    {
        using var folder = new TemporaryFolder();
        var text = WorkerFiles.Text(file);
        Assert.Contains(right, text, StringComparison.Ordinal);

        var findings = await WorkerFiles.FindingsAsync("", kind, folder.Write(file, text.Replace(right, wrong, StringComparison.Ordinal)));

        Assert.Contains(findings, f => f.Contains(says, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", "", null)]
    [InlineData("Restart=on-failure", "Restart=on-failur", "on-failur")]
    [InlineData("DynamicUser=yes", "DynamikUser=yes", "DynamikUser")]
    public async Task The_service_is_one_that_systemd_reads_and_a_mistake_in_it_is_found(string right, string wrong, string? says)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/systemd-analyze"), "systemd-analyze is not here: install the package systemd");
        using var folder = new TemporaryFolder();
        var unit = WorkerFiles.Text("afterburner-worker.service").Replace("/opt/afterburner/Afterburner.Worker", "/bin/true", StringComparison.Ordinal);
        if (right.Length > 0)
            Assert.Contains(right, unit, StringComparison.Ordinal);

        var run = await Processes.RunAsync(
            new ProcessStart("/usr/bin/systemd-analyze", ["verify", "--man=no", folder.Write("afterburner-worker.service", right.Length == 0 ? unit : unit.Replace(right, wrong, StringComparison.Ordinal))]),
            cancellationToken: TestContext.Current.CancellationToken);

        // Of other services of this machine it says something, too; and it has to know control groups of a group's own, systemd 254.
        var findings = run.ErrorText.Split('\n').Where(l => l.Contains("afterburner-worker", StringComparison.Ordinal) && !l.Contains("'DelegateSubgroup'", StringComparison.Ordinal)).ToList();
        if (says is null)
            Assert.Empty(findings);
        else
            Assert.Contains(findings, f => f.Contains(says, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_setting_that_a_file_names_is_one_the_worker_knows()
    {
        var known = WorkerSetting.All.SelectMany(s => s.IsSecret ? new[] { s.Variable, $"{s.Variable}_FILE" } : [s.Variable]).Append("AFTERBURNER_LLAMASHARP").ToHashSet();
        var named = WorkerFiles.All.SelectMany(f => Setting().Matches(File.ReadAllText(f)).Select(m => (File: Path.GetFileName(f), Name: m.Value))).ToList();

        Assert.True(named.Count >= 20, "the files name hardly any settings");
        Assert.DoesNotContain(named, n => !known.Contains(n.Name));
    }

    [Fact]
    public void Every_secret_comes_to_the_worker_in_a_file_that_it_is_given()
    {
        var compose = WorkerFiles.Yaml("compose.yaml");
        var worker = compose["services"]["worker"];
        var given = ((YamlSequenceNode)worker["secrets"]).Select(s => $"{s}").ToHashSet();
        var environment = ((YamlMappingNode)worker["environment"]).Children.ToDictionary(e => $"{e.Key}", e => $"{e.Value}");

        Assert.Subset(((YamlMappingNode)compose["secrets"]).Children.Select(s => $"{s.Key}").ToHashSet(), given);
        foreach (var secret in WorkerFiles.Secrets.Append("private_key"))
        {
            var variable = $"AFTERBURNER_{secret.ToUpperInvariant()}{(secret == "private_key" ? "" : "_FILE")}";
            Assert.Equal(given.Contains(secret), environment.ContainsKey(variable));
            if (given.Contains(secret))
                Assert.Equal($"/run/secrets/{secret}", environment[variable]);
        }

        Assert.DoesNotContain(environment.Keys, k => WorkerFiles.Secrets.Any(s => k == $"AFTERBURNER_{s.ToUpperInvariant()}"));
    }

    [Fact]
    public void The_manifest_names_the_events_that_are_read_and_no_others()
    {
        // What GitHub sends to every app, asked or not.
        string[] always = ["ping", "installation", "installation_repositories"];

        Assert.Equal(
            WebhookEvent.Known.Except(always).Order(),
            JsonNode.Parse(WorkerFiles.Text("app-manifest.json"))!["default_events"]!.AsArray().Select(e => (string)e!).Order());
    }

    [Fact]
    public async Task The_manifest_asks_for_what_tokens_are_asked_with_and_to_read_issues()
    {
        using var asked = new Asked();
        using var api = new GitHubApi(GitHubAddress.Of("https://api.example.org", null), new Secret("token"), TimeProvider.System, TestContext.Current.CancellationToken, handler: asked);

        await new AppApi(api).TokenAsync(1, 2);

        var permissions = (JsonObject)JsonNode.Parse(asked.Body!)!["permissions"]!;
        // Which the event issue_comment is to be had with.
        permissions["issues"] = "read";
        Assert.Equivalent(
            permissions.ToDictionary(p => p.Key, p => (string)p.Value!),
            ((JsonObject)JsonNode.Parse(WorkerFiles.Text("app-manifest.json"))!["default_permissions"]!).ToDictionary(p => p.Key, p => (string)p.Value!), strict: true);
    }

    [Fact]
    public async Task The_image_has_the_packages_of_every_program_that_a_review_starts()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/dpkg-query"), "no dpkg: which package a program is of is not known here");
        var installed = Installed().Match(WorkerFiles.Text("Dockerfile")).Groups[1].Value.Split([' ', '\\', '\n'], StringSplitOptions.RemoveEmptyEntries);
        var started = Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(f => Started().Matches(File.ReadAllText(f)).Select(m => m.Groups[1].Value)).Concat(["bwrap", "prlimit", "python3"]).Distinct().Order().ToList();

        Assert.Contains("git", started);
        foreach (var program in started)
        {
            var path = program.StartsWith('/') ? program : ProgramPath.Current.Find(program);
            var owner = await Processes.RunAsync(new ProcessStart("dpkg-query", ["--search", path, path.Replace("/usr/bin/", "/bin/", StringComparison.Ordinal)]),
                cancellationToken: TestContext.Current.CancellationToken);
            var packages = Owner().Matches(owner.Text).Select(m => m.Groups[1].Value).ToList();
            var essential = await Processes.RunAsync(new ProcessStart("dpkg-query", ["--show", "--showformat=${Essential}\n", .. packages]),
                cancellationToken: TestContext.Current.CancellationToken);

            Assert.True(packages.Intersect(installed).Any() || essential.Text.Contains("yes", StringComparison.Ordinal), $"{program} is of {string.Join(", ", packages)}, which the image lacks");
        }

        // What runs tests, what is loaded and not started, and the first process.
        Assert.Subset(installed.ToHashSet(), new HashSet<string> { "python3-pytest", "libseccomp2", "ca-certificates", "tini" });
        Assert.Contains("ENTRYPOINT [\"tini\", \"--\", \"/app/Afterburner.Worker\"]", WorkerFiles.Text("Dockerfile"), StringComparison.Ordinal);
    }

    [Fact]
    public void Ports_folders_users_and_times_are_the_same_in_every_file()
    {
        var (image, compose, page) = (WorkerFiles.Text("Dockerfile"), WorkerFiles.Yaml("compose.yaml")["services"]["worker"], WorkerFiles.Text("README.md"));
        var (values, template) = (WorkerFiles.Yaml("chart", "values.yaml"), WorkerFiles.Text("chart", "templates", "worker.yaml"));
        var (port, folder, user) = (Match(image, @"^EXPOSE (\d+)$"), Match(image, "^VOLUME (.+)$"), Match(image, @"^USER (\d+):\1$"));

        Assert.Contains($"AFTERBURNER_URLS=http://0.0.0.0:{port} ", image, StringComparison.Ordinal);
        Assert.Contains($"http://127.0.0.1:{port}/health/live", image, StringComparison.Ordinal);
        Assert.EndsWith($":{port}", $"{compose["ports"][0]}", StringComparison.Ordinal);
        Assert.Contains($"containerPort: {port}\n", template, StringComparison.Ordinal);
        Assert.Contains($"{{port: {port}, protocol: TCP}}", WorkerFiles.Text("chart", "templates", "network.yaml"), StringComparison.Ordinal);

        Assert.Contains($"AFTERBURNER_DATA={folder} ", image, StringComparison.Ordinal);
        Assert.Equal($"worker:{folder}", $"{compose["volumes"][0]}");
        Assert.Contains($"mountPath: {folder}\n", template, StringComparison.Ordinal);

        foreach (var key in new[] { "runAsUser", "runAsGroup", "fsGroup" })
            Assert.Equal(user, $"{values["podSecurityContext"][key]}");
        Assert.Contains($"chown {user} ", page, StringComparison.Ordinal);
        Assert.Contains($"--uid {user} ", image, StringComparison.Ordinal);

        Assert.Equal($"{values["terminationGracePeriodSeconds"]}s", $"{compose["stop_grace_period"]}");
    }

    [Fact]
    public void Every_path_that_is_asked_for_is_one_that_the_worker_answers()
    {
        var answered = Directory.EnumerateFiles(Path.Combine(Repository.Root, "src", "Afterburner.Worker"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(f => Answered().Matches(File.ReadAllText(f)).Select(m => m.Groups[1].Value)).ToHashSet();
        var asked = WorkerFiles.All.Where(f => Path.GetFileName(f) != "model.yaml").SelectMany(f => AskedFor().Matches(File.ReadAllText(f)).Select(m => m.Value)).ToHashSet();

        Assert.Superset(new HashSet<string> { "/health/live", "/health/ready", "/webhooks", "/metrics" }, asked);
        Assert.Subset(answered, asked);
    }

    /// <summary>No root, no capability, nothing privileged, in Compose as in the chart.</summary>
    [Fact]
    public void A_container_is_given_what_the_sandbox_needs_and_nothing_else()
    {
        var compose = WorkerFiles.Yaml("compose.yaml")["services"]["worker"];
        var values = WorkerFiles.Yaml("chart", "values.yaml");

        Assert.Equal(
            ["apparmor:unconfined", "no-new-privileges:true", "seccomp:unconfined", "systempaths=unconfined"],
            ((YamlSequenceNode)compose["security_opt"]).Select(o => $"{o}").Order(StringComparer.Ordinal));
        Assert.Equal("ALL", $"{compose["cap_drop"][0]}");
        Assert.False(((YamlMappingNode)compose).Children.ContainsKey("privileged"));
        var context = values["securityContext"];
        Assert.Equal(("ALL", "false", "Unmasked", "false"), ($"{context["capabilities"]["drop"][0]}", $"{context["allowPrivilegeEscalation"]}", $"{context["procMount"]}", $"{values["hostUsers"]}"));
        Assert.Equal(("Unconfined", "Unconfined", "true"), ($"{context["seccompProfile"]["type"]}", $"{context["appArmorProfile"]["type"]}", $"{values["podSecurityContext"]["runAsNonRoot"]}"));
        Assert.DoesNotContain(WorkerFiles.All, f => File.ReadAllText(f).Contains("docker.sock", StringComparison.Ordinal));
    }

    [Fact]
    public void What_the_build_copies_is_let_into_its_context()
    {
        var admitted = WorkerFiles.Text("Dockerfile.dockerignore").Split('\n').Where(l => l.StartsWith('!')).Select(l => l[1..]).ToList();

        // action/release.json is there in what is released only.
        foreach (var path in admitted.Where(p => !p.Contains('*', StringComparison.Ordinal) && p != "action/release.json"))
            Assert.True(Path.Exists(Path.Combine(Repository.Root, path)), path);
        Assert.Subset(admitted.ToHashSet(), new HashSet<string> { "src", "global.json", "Directory.*", "models/catalog.json", "action/tools/package.json", "action/tools/package-lock.json" });
        // What programs hold of files elsewhere in the checkout.
        var embedded = Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.csproj", SearchOption.AllDirectories)
            .SelectMany(p => Regex.Matches(File.ReadAllText(p), "EmbeddedResource Include=\"\\.\\./\\.\\./([^\"]+)\"").Select(m => m.Groups[1].Value)).ToHashSet();
        Assert.NotEmpty(embedded);
        Assert.Subset(admitted.ToHashSet(), embedded);
    }

    [Fact]
    public void The_page_for_administrators_is_one_page() =>
        Assert.InRange(File.ReadAllLines(Path.Combine(WorkerFiles.Folder, "README.md")).Length, 1, 120);

    private static string Match(string text, string pattern)
    {
        var match = Regex.Match(text, pattern, RegexOptions.Multiline);
        Assert.True(match.Success, pattern);
        return match.Groups[1].Value;
    }

    /// <summary>Remembers what was posted.</summary>
    private sealed class Asked : HttpMessageHandler
    {
        public string? Body { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Body = await request.Content!.ReadAsStringAsync(cancellationToken);
            return new HttpResponseMessage(HttpStatusCode.Created)
            {
                Content = new StringContent("""{"token": "ghs_1", "expires_at": "2030-01-01T00:00:00Z"}""", System.Text.Encoding.UTF8, "application/json"),
            };
        }
    }

    [GeneratedRegex(@"\bAFTERBURNER_[A-Z][A-Z_]*[A-Z]\b")]
    private static partial Regex Setting();

    [GeneratedRegex(@"--no-install-recommends \\\n([a-z0-9+. \\\n-]+?)&&")]
    private static partial Regex Installed();

    [GeneratedRegex(@"new ProcessStart\(\s*""([a-z/-]+)""")]
    private static partial Regex Started();

    [GeneratedRegex(@"^([a-z0-9.+-]+)(?::[a-z0-9]+)?: ", RegexOptions.Multiline)]
    private static partial Regex Owner();

    [GeneratedRegex(@"(?:Map(?:Get|Post)|StartsWithSegments)\(""(/[a-z/]+)""")]
    private static partial Regex Answered();

    [GeneratedRegex(@"/(?:health/[a-z]+|webhooks|metrics|events)\b")]
    private static partial Regex AskedFor();
}
