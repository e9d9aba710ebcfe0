using Afterburner.Proposers.Downloads;

namespace Afterburner.Evaluation.Tasks;

/// <summary>A file of a published data set.</summary>
/// <param name="Sha256">64 lowercase hexadecimal digits; null where its publisher may change it: then the first pull is what counts.</param>
public sealed record CataloguedFile(Uri Url, string? Sha256 = null, long Bytes = 0);

/// <summary>A data set that <c>evaluate pull</c> fetches.</summary>
/// <param name="What">In a line: what it holds, and under which licence.</param>
public sealed record CataloguedDataSet(string Name, string What, IReadOnlyList<CataloguedFile> Files);

/// <summary>Published data sets, and the folder they go to.</summary>
public static class DataSetCatalogue
{
    private const string Coffe = "https://raw.githubusercontent.com/JohnnyPeng18/Coffe/7979acb4f2b11cba6c81f3149f64f14a7931955f/datasets/";

    private const string Enamel = "https://raw.githubusercontent.com/q-rz/enamel/b97da79c779b98eaa8b2a1b17a13d2eb0b6d16a5/dataset/";

    private const string Venus = "https://huggingface.co/datasets/Elfsong/Venus/resolve/refs%2Fconvert%2Fparquet/";

    private const string Apps = "https://huggingface.co/datasets/codeparrot/apps/resolve/main/";

    /// <value>What a pull takes for a data set. A page, or a pointer of Git LFS, is none.</value>
    public static DownloadKind Kind { get; } = new(
        "data set", "a data set", ["jsonl", "ndjson", "json", "parquet", "csv"], "datasets.lock", 8, start => !start.TrimStart(" \t\r\n"u8).StartsWith("<"u8) && !start.StartsWith("version "u8));

    public static IReadOnlyList<CataloguedDataSet> All { get; } =
    [
        new("venus-python", "Venus, 300 test tasks in Python with people's programs (no licence is named)", [new(new Uri(Venus + "python3/test/0000.parquet"))]),
        new("apps-test", "APPS, 5,000 test tasks, 1.2 GB (MIT)", [new(new Uri(Apps + "test.jsonl"))]),
        new("apps-train", "APPS, 5,000 training tasks, 103 MB (MIT)", [new(new Uri(Apps + "train.jsonl"))]),
        new("coffe-contests", "COFFE's contests, 58 tasks with about 80 programs each (Apache-2.0, problems CC BY 4.0)",
        [
            new(new Uri(Coffe + "deepmind_code_contests/solutions.json"), "b42b585d9921ce8ac2343f053570cfcedd8ff772399de75eaf650a805c54ee88", 3_515_416),
            new(new Uri(Coffe + "deepmind_code_contests/testcases.json"), "971ef52e4bf39c5b52c2038081eaf8c1c217c9583941045721e45e0075685bbb", 2_746_128),
            new(new Uri(Coffe + "deepmind_code_contests/stressful_testcases.json"), "b13ba5725c65be1fd4cd81a33128c019d37ada5638ba145ec1f7377689fe2608", 349_009),
        ]),
        new("coffe-functions", "COFFE's functions, 398 tasks of MBPP and HumanEval (Apache-2.0)",
        [
            new(new Uri(Coffe + "function/data.json"), "8624cae7b5309bbc7c2a53689f56e95cd944635d9f6e600af3c94441c3d2cc12", 719_549),
            new(new Uri(Coffe + "function/testcases.json"), "9ad16ab33da6e27808de3cef7e9bc11b5dbdc9bdc2f0ca4b40f5209f0d511c6b", 722_131),
            new(new Uri(Coffe + "function/stressful_testcases.json"), "0fcefc0e69fba1aac29ee95e737e6df4b32a57b6712586aeb337de140672fd0b", 372_074),
        ]),
        new("enamel", "ENAMEL, 164 functions with references by experts (Apache-2.0)", [new(new Uri(Enamel + "enamel.csv"), "1b77dba08bd3dedec199abce593c86a4f611c288475c318e1775bd56d1419b14", 197_530)]),
    ];

    public static string Names => string.Join(", ", All.Select(d => d.Name));

    public static CataloguedDataSet? Find(string name) => All.FirstOrDefault(d => d.Name == name);

    /// <summary>Fetches all files of a data set.</summary>
    /// <param name="set">A name of the catalogue, or the https address of a file.</param>
    /// <param name="folder">Where the folders of data sets are.</param>
    /// <returns>What an evaluation reads: the one file, or the folder of several; and the files.</returns>
    /// <exception cref="UsageException">The name is unknown, or the address is not one a data set may come from.</exception>
    /// <exception cref="EnvironmentFailureException">A file is not to be had, is not the one recorded, or does not fit.</exception>
    public static async Task<(string Path, IReadOnlyList<PulledFile> Files)> PullAsync(
        string set, string folder, PullOptions options, Action<PullProgress> progress, TimeProvider time, CancellationToken cancellationToken)
    {
        var catalogued = Find(set) ?? (Uri.TryCreate(set, UriKind.Absolute, out var url) ? new CataloguedDataSet(url.Host, "", [new CataloguedFile(url)])
            : throw new UsageException($"there is no data set '{set}' in the catalogue: use {Names}, or the https address of a file"));
        var place = Path.Combine(folder, catalogued.Name);
        using var pull = new FilePull(Kind, place, options, time);
        var pulled = new List<PulledFile>();
        foreach (var file in catalogued.Files)
            pulled.Add(await pull.RunAsync(file.Url, file.Sha256 is { } sha ? (sha, file.Bytes) : null, progress, cancellationToken).ConfigureAwait(false));
        return (pulled.Count == 1 ? pulled[0].Path : place, pulled);
    }

    /// <summary>The file or folder that a user means: a path, or a name of the catalogue that was pulled.</summary>
    /// <exception cref="UsageException">It is a name that was not pulled yet.</exception>
    public static string Resolve(string said, string here, string folder)
    {
        var path = Path.GetFullPath(said, here);
        if (File.Exists(path) || Directory.Exists(path) || Find(said) is not { } set)
            return path;
        var place = Path.Combine(folder, set.Name);
        var files = set.Files.Select(f => Path.Combine(place, Path.GetFileName(f.Url.AbsolutePath))).ToList();
        return !files.TrueForAll(File.Exists) ? throw new UsageException($"the data set '{said}' is not here yet: run afterburner evaluate pull {said}")
            : files.Count == 1 ? files[0] : place;
    }
}
