using System.Diagnostics;
using System.Globalization;
using Afterburner.Functions;
using Afterburner.Sandboxes;

namespace Afterburner.Benchmarks;

/// <summary>
/// Functions of 1,000 files of Python's standard library: how many, against what Python's own parser counts in the same
/// files, and how long it takes. Goal: the same count, under 2 s. An argument gives another number of files.
/// </summary>
public static class ExtractionBenchmark
{
    private const int Rounds = 5;

    /// <summary>Prints the first files that Python itself reads as UTF-8 and parses (some are broken on purpose), each with its count.</summary>
    private const string CountFunctions = """
        import ast, pathlib, sys, sysconfig
        left = int(sys.argv[1])
        for path in sorted(pathlib.Path(sysconfig.get_path("stdlib")).rglob("*.py")):
            if left == 0:
                break
            try:
                tree = ast.parse(path.read_text(encoding="utf-8"))
            except (SyntaxError, UnicodeDecodeError, ValueError):
                continue
            left -= 1
            functions = [n for n in ast.walk(tree) if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))]
            print(sum(getattr(getattr(n.body[0], "value", None), "value", None) is not ... or len(n.body) > 1 for n in functions), path, sep="\t")
        """;

    public static async Task<int> RunAsync(string[] args)
    {
        var counts = (await PythonAsync(CountFunctions, args.FirstOrDefault("1000")).ConfigureAwait(false))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split('\t')).ToList();
        var copy = Directory.CreateTempSubdirectory("afterburner-extraction-").FullName;
        try
        {
            var expected = new Dictionary<string, int>();
            foreach (var count in counts)
                expected[Copy(count[1], copy, expected.Count)] = int.Parse(count[0], CultureInfo.InvariantCulture);
            var paths = expected.Keys.Where(p => Exclusions.Reason(File.ReadAllBytes(Path.Combine(copy, p))) is null).ToList();
            await using var sandbox = await SandboxChoice.OpenAsync(SandboxKind.Auto, new SandboxOptions(), TimeProvider.System, CancellationToken.None).ConfigureAwait(false);
            var finder = new FunctionFinder(AstGrep.Find(sandbox));
            var seconds = new List<double>();
            var found = new FoundFunctions([], []);
            var before = Environment.CpuUsage.TotalTime;
            for (var round = 0; round < Rounds; round++)
            {
                var watch = Stopwatch.StartNew();
                found = await finder.FindAsync(copy, paths).ConfigureAwait(false);
                seconds.Add(watch.Elapsed.TotalSeconds);
            }

            var read = paths.Except(found.LeftOut.Select(l => l.Path)).ToList();
            var own = (Environment.CpuUsage.TotalTime - before).TotalSeconds / Rounds;
            seconds.Sort();
            Console.WriteLine($"files: {expected.Count} ({expected.Count - read.Count} left out), {expected.Keys.Sum(p => new FileInfo(Path.Combine(copy, p)).Length) / 1e6:F1} MB");
            foreach (var leftOut in found.LeftOut)
                Console.WriteLine($"  {leftOut.Path}: {leftOut.Reason}");
            Console.WriteLine($"files that do not parse as a whole: {found.Errors.Count}");
            Console.WriteLine($"functions: {found.Functions.Count}; Python's own parser: {read.Sum(p => expected[p])}");
            Console.WriteLine($"seconds: median {seconds[Rounds / 2]:F2}, least {seconds[0]:F2}, most {seconds[^1]:F2} of {Rounds} (goal: under 2); CPU of this process, without ast-grep: {own:F2} a round");
            return found.Functions.Count == read.Sum(p => expected[p]) && seconds[Rounds / 2] < 2 ? 0 : 1;
        }
        finally
        {
            Directory.Delete(copy, recursive: true);
        }
    }

    /// <summary>Under a name that says nothing, because those of many say "test".</summary>
    private static string Copy(string file, string copy, int number)
    {
        var path = $"{number / 100}/module{number}.py";
        Directory.CreateDirectory(Path.Combine(copy, Path.GetDirectoryName(path)!));
        File.Copy(file, Path.Combine(copy, path));
        return path;
    }

    private static async Task<string> PythonAsync(params string[] code)
    {
        var run = await Processes.RunAsync(new ProcessStart("python3", ["-I", "-W", "ignore", "-c", .. code])).ConfigureAwait(false);
        return run.Succeeded ? run.Text : throw new EnvironmentFailureException(run.ErrorText);
    }
}
