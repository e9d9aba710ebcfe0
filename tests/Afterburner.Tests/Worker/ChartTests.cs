using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Afterburner.Worker;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace Afterburner.Tests.Worker;

/// <summary>The Helm chart: its values by its schema, and, at length, what its templates make by Kubernetes' schemas.</summary>
public sealed partial class ChartTests
{
    private const string Least = """{"image": {"repository": "registry.example.org/worker"}, "appId": "Iv1"}""";

    private const string Most = """
        {
          "image": {"repository": "registry.example.org/worker"}, "appId": "Iv1", "replicas": 3, "imagePullSecrets": [{"name": "registry"}],
          "secret": {"holds": ["webhook_secret_old", "pages_token", "metrics_token", "postgres", "api_key"]}, "settings": {"CONCURRENCY": "2", "KEEP": "200h"},
          "data": {"storageClass": "fast"}, "nodeSelector": {"kind": "reviews"}, "tolerations": [{"key": "reviews", "operator": "Exists"}], "podAnnotations": {"a": "b"},
          "affinity": {"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": []}},
          "ingress": {"enabled": true, "className": "nginx", "annotations": {"a": "b"}}, "serviceMonitor": {"enabled": true, "labels": {"release": "prometheus"}},
          "networkPolicy": {"enabled": true, "egress": [{"ports": [{"port": 6432, "protocol": "TCP"}]}]},
          "model": {"enabled": true, "claim": "models", "nodeSelector": {"gpu": "a100"}}
        }
        """;

    /// <summary>Where Debian's packages put what Go programs are made of.</summary>
    private const string Sources = "/usr/share/gocode";

    private static readonly string Schema = Path.Combine(WorkerFiles.Chart, "values.schema.json");

    [Fact]
    public async Task The_values_are_as_their_schema_says() =>
        Assert.Empty(await WorkerFiles.FindingsAsync("", "values", Schema, Path.Combine(WorkerFiles.Chart, "values.yaml")));

    [Theory]
    [InlineData("replicas: 1", "replicas: none", "/replicas")]
    [InlineData("  LOG: json", "  PAGES_TOKEN: secret", "PAGES_TOKEN")]
    [LongData("holds: [pages_token]", "holds: [page_token]", "/secret/holds/0")]
    [LongData("hostUsers: false", "hostUser: false", "hostUser")]
    public async Task A_value_that_cannot_be_is_found(string right, string wrong, string says)
    {
        using var folder = new TemporaryFolder();
        var text = WorkerFiles.Text("chart", "values.yaml");
        Assert.Contains(right, text, StringComparison.Ordinal);

        var findings = await WorkerFiles.FindingsAsync("", "values", Schema, folder.Write("values.yaml", text.Replace(right, wrong, StringComparison.Ordinal)));

        Assert.Contains(findings, f => f.Contains(says, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_value_is_used_and_every_value_that_is_used_is_there()
    {
        var values = WorkerFiles.Yaml("chart", "values.yaml");
        var used = Directory.EnumerateFiles(Path.Combine(WorkerFiles.Chart, "templates")).SelectMany(f => Value().Matches(File.ReadAllText(f)).Select(m => m.Groups[1].Value)).ToHashSet();

        Assert.DoesNotContain(used, u => !Has(values, u.Split('.')));
        Assert.DoesNotContain(Leaves(values, ""), l => !used.Any(u => l == u || l.StartsWith(u + ".", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_schema_knows_every_setting_once()
    {
        var schema = JsonNode.Parse(File.ReadAllText(Schema))!["properties"]!;
        var settings = schema["settings"]!["propertyNames"]!["enum"]!.AsArray().Select(s => ((string)s!).ToLowerInvariant());
        var secrets = schema["secret"]!["properties"]!["holds"]!["items"]!["enum"]!.AsArray().Select(s => (string)s!);

        // What the template itself or the image says.
        string[] said = ["app_id", "private_key", "webhook_secret", "name", "data", "urls"];
        Assert.Equal(WorkerSetting.All.Select(s => s.Key).Order(), settings.Concat(secrets).Concat(said).Order());
        Assert.Equal(WorkerFiles.Secrets.Order(), secrets.Append("webhook_secret").Order());
    }

    [LongForm]
    [Theory]
    [InlineData(Least, 2)]
    [InlineData(Most, 9)]
    public async Task What_the_chart_makes_is_what_Kubernetes_takes(string changes, int objects)
    {
        var (made, _) = await RenderAsync(changes);

        Assert.Empty(await WorkerFiles.FindingsAsync(made!, "kubernetes"));
        var all = Objects(made!);
        Assert.Equal(objects, all.Count);
        Assert.Equal(all.Count, all.DistinctBy(o => $"{o["kind"]} {o["metadata"]["name"]}").Count());
    }

    [LongForm]
    [Fact]
    public async Task What_belongs_together_finds_each_other()
    {
        var all = Objects((await RenderAsync(Most)).Made!);
        var pods = all.Where(o => $"{o["kind"]}" is "StatefulSet" or "Deployment").Select(o => o["spec"]["template"]).ToList();
        var labels = pods.Select(p => ((YamlMappingNode)p["metadata"]["labels"]).Children.ToDictionary(l => $"{l.Key}", l => $"{l.Value}")).ToList();

        Assert.Equal(2, pods.Count);
        foreach (var chooser in all.Where(o => $"{o["kind"]}" is "StatefulSet" or "Deployment" or "Service" or "PodDisruptionBudget" or "NetworkPolicy"))
        {
            var of = $"{chooser["kind"]}" == "NetworkPolicy" ? chooser["spec"]["podSelector"]["matchLabels"]
                : $"{chooser["kind"]}" == "Service" ? chooser["spec"]["selector"] : chooser["spec"]["selector"]["matchLabels"];
            var chosen = labels.Where(l => ((YamlMappingNode)of).Children.All(c => l.GetValueOrDefault($"{c.Key}") == $"{c.Value}"));
            Assert.Equal($"{chooser["metadata"]["name"]}".EndsWith("-model", StringComparison.Ordinal) ? "model" : "worker", Assert.Single(chosen)["app.kubernetes.io/component"]);
        }

        foreach (var pod in pods.Select(p => p["spec"]))
        {
            var claims = all.SelectMany(o => Has(o, ["spec", "volumeClaimTemplates"]) ? (YamlSequenceNode)o["spec"]["volumeClaimTemplates"] : []).Select(c => $"{c["metadata"]["name"]}");
            var volumes = ((YamlSequenceNode)pod["volumes"]).Select(v => $"{v["name"]}").Concat(claims).ToHashSet();
            Assert.Subset(volumes, ((YamlSequenceNode)pod["containers"][0]["volumeMounts"]).Select(m => $"{m["name"]}").ToHashSet());
        }

        var model = all.Single(o => $"{o["kind"]}" == "Service" && $"{o["metadata"]["name"]}".EndsWith("-model", StringComparison.Ordinal));
        Assert.Equal(
            $"http://{model["metadata"]["name"]}:{model["spec"]["ports"][0]["port"]}/v1",
            Environment(pods.Single(p => Has(p, ["spec", "hostUsers"])))["AFTERBURNER_MODEL_URL"]);
    }

    [LongForm]
    [Fact]
    public async Task A_worker_gets_settings_that_it_knows_and_secrets_as_files_only()
    {
        var worker = Objects((await RenderAsync(Most)).Made!).Single(o => $"{o["kind"]}" == "StatefulSet")["spec"]["template"];
        var environment = Environment(worker);
        var known = WorkerSetting.All.Select(s => s.IsSecret ? $"{s.Variable}_FILE" : s.Variable).ToHashSet();

        Assert.Subset(known, environment.Keys.ToHashSet());
        Assert.Superset(WorkerSetting.All.Where(s => s.IsSecret).Select(s => $"{s.Variable}_FILE").ToHashSet(), environment.Keys.ToHashSet());
        Assert.All(environment.Where(e => e.Key.EndsWith("_FILE", StringComparison.Ordinal)), e => Assert.StartsWith("/run/secrets/afterburner/", e.Value, StringComparison.Ordinal));
    }

    [LongForm]
    [Theory]
    [InlineData("""{"appId": "Iv1"}""", "image.repository")]
    [InlineData("""{"image": {"repository": "r"}}""", "appId")]
    [InlineData("""{"image": {"repository": "r"}, "appId": "Iv1", "replicas": 2}""", "several workers share a PostgreSQL")]
    [InlineData("""{"image": {"repository": "r"}, "appId": "Iv1", "serviceMonitor": {"enabled": true}}""", "metrics_token")]
    [InlineData("""{"image": {"repository": "r"}, "appId": "Iv1", "model": {"enabled": true}}""", "model.claim")]
    public async Task What_cannot_be_is_refused_with_what_to_do(string changes, string says)
    {
        var (made, error) = await RenderAsync(changes);

        Assert.Null(made);
        Assert.Contains(says, error, StringComparison.Ordinal);
    }

    [LongForm]
    [Theory]
    [InlineData("hostUsers: false", "hostUser: false", "hostUser")]
    [InlineData("containerPort: 8080", "containerport: 8080", "containerPort")]
    [InlineData("replicas: 1", "replicas: one", "replicas")]
    [InlineData("kind: StatefulSet", "kind: StatefulSets", "StatefulSets")]
    public async Task What_Kubernetes_would_not_take_is_found(string right, string wrong, string says)
    {
        var (made, _) = await RenderAsync(Least);
        Assert.Contains(right, made, StringComparison.Ordinal);

        Assert.Contains(await WorkerFiles.FindingsAsync(made!.Replace(right, wrong, StringComparison.Ordinal), "kubernetes"), f => f.Contains(says, StringComparison.Ordinal));
    }

    /// <returns>What the templates make, as JSON of a text for each; or why they refuse.</returns>
    private static async Task<(string? Made, string Error)> RenderAsync(string changes)
    {
        Assert.SkipUnless(
            File.Exists("/usr/bin/go") && Directory.Exists($"{Sources}/src/github.com/Masterminds/sprig") && Directory.Exists($"{Sources}/src/sigs.k8s.io/yaml"),
            "Go's templates are not installed: apt-get install golang-go golang-github-masterminds-sprig-dev golang-k8s-sigs-yaml-dev");
        var input = await WorkerFiles.CheckAsync("", "input", WorkerFiles.Chart, changes);
        var run = await Processes.RunAsync(
            new ProcessStart("go", ["run", Path.Combine(WorkerFiles.Tools, "render.go"), WorkerFiles.Chart])
            {
                Input = System.Text.Encoding.UTF8.GetBytes(input),
                Environment = new Dictionary<string, string>
                {
                    ["PATH"] = ProgramPath.Current.Text, ["GO111MODULE"] = "off", ["GOPATH"] = Sources, ["GOFLAGS"] = "",
                    ["GOCACHE"] = Path.Combine(Repository.Root, "artifacts", "go"),
                },
            },
            cancellationToken: TestContext.Current.CancellationToken);
        return (run.Succeeded ? run.Text : null, run.ErrorText);
    }

    private static List<YamlMappingNode> Objects(string made)
    {
        var objects = new List<YamlMappingNode>();
        foreach (var (_, text) in JsonNode.Parse(made)!.AsObject().Where(t => t.Key.EndsWith(".yaml", StringComparison.Ordinal)))
        {
            var stream = new YamlStream();
            stream.Load(new StringReader((string)text!));
            objects.AddRange(stream.Documents.Select(d => d.RootNode).OfType<YamlMappingNode>());
        }

        return objects;
    }

    private static Dictionary<string, string> Environment(YamlNode pod) => ((YamlSequenceNode)pod["spec"]["containers"][0]["env"])
        .ToDictionary(e => $"{e["name"]}", e => Has(e, ["value"]) ? $"{e["value"]}" : "");

    private static bool Has(YamlNode node, IEnumerable<string> path)
    {
        foreach (var part in path)
        {
            if (node is not YamlMappingNode map || !map.Children.TryGetValue(part, out var inner))
                return false;
            node = inner;
        }

        return true;
    }

    private static IEnumerable<string> Leaves(YamlMappingNode map, string above) => map.Children.SelectMany(c =>
        c.Value is YamlMappingNode { Children.Count: > 0 } inner ? Leaves(inner, $"{above}{c.Key}.") : [$"{above}{c.Key}"]);

    [GeneratedRegex(@"\.Values\.([A-Za-z.]+)")]
    private static partial Regex Value();
}
