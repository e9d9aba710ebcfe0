using System.Diagnostics;
using System.Globalization;
using Afterburner.Functions;

namespace Afterburner.Benchmarks;

/// <summary>
/// Functions of 1,000 files of Python's standard library: how many, against what Python's own parser counts in the same
/// files, and how long it takes. Goal: the same count, under 2 s.
/// </summary>
public static class ExtractionBenchmark
{
    private const int Files = 1000;
    private const int Rounds = 5;

    private const string CountFunctions = """
        import ast, sys
        count = 0
        for path in sys.stdin.read().split("\0"):
            with open(path, "rb") as file:
                tree = ast.parse(file.read())
            count += sum(isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef)) for n in ast.walk(tree))
        print(count)
        """;

    public static async Task<int> RunAsync(string[] args)
    {
        var library = await PythonAsync("import sysconfig; print(sysconfig.get_path('stdlib'))", "").ConfigureAwait(false);
        var copy = Directory.CreateTempSubdirectory("afterburner-extraction-").FullName;
        try
        {
            var paths = Copy(args.Length > 0 ? args[0] : library.Trim(), copy);
            var finder = new FunctionFinder(AstGrep.Find());
            var seconds = new List<double>();
            var found = new FoundFunctions([], []);
            for (var round = 0; round < Rounds; round++)
            {
                var watch = Stopwatch.StartNew();
                found = await finder.FindAsync(copy, paths).ConfigureAwait(false);
                seconds.Add(watch.Elapsed.TotalSeconds);
            }

            var read = paths.Except(found.LeftOut.Select(l => l.Path)).ToList();
            var expected = int.Parse(await PythonAsync(CountFunctions, string.Join('\0', read.Select(p => Path.Combine(copy, p)))).ConfigureAwait(false), CultureInfo.InvariantCulture);
            seconds.Sort();
            Console.WriteLine($"files: {paths.Count} ({paths.Count - read.Count} left out), {paths.Sum(p => new FileInfo(Path.Combine(copy, p)).Length) / 1e6:F1} MB");
            foreach (var leftOut in found.LeftOut)
                Console.WriteLine($"  {leftOut.Path}: {leftOut.Reason}");
            Console.WriteLine($"functions: {found.Functions.Count}; Python's own parser: {expected}");
            Console.WriteLine($"seconds: median {seconds[Rounds / 2]:F2}, least {seconds[0]:F2}, most {seconds[^1]:F2} of {Rounds} (goal: under 2)");
            return found.Functions.Count == expected && seconds[Rounds / 2] < 2 ? 0 : 1;
        }
        finally
        {
            Directory.Delete(copy, recursive: true);
        }
    }

    /// <summary>The first files by name, in numbered folders, because the names of many say "test".</summary>
    private static List<string> Copy(string library, string copy)
    {
        var paths = new List<string>();
        foreach (var file in Directory.EnumerateFiles(library, "*.py", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Take(Files))
        {
            var path = $"{paths.Count / 100}/module{paths.Count}.py";
            Directory.CreateDirectory(Path.Combine(copy, Path.GetDirectoryName(path)!));
            File.Copy(file, Path.Combine(copy, path));
            paths.Add(path);
        }

        return paths;
    }

    private static async Task<string> PythonAsync(string code, string input)
    {
        var run = await Processes.RunAsync(new ProcessStart("python3", "-W", "ignore", "-c", code) { Input = System.Text.Encoding.UTF8.GetBytes(input) }).ConfigureAwait(false);
        return run.Succeeded ? run.Text : throw new EnvironmentFailureException(run.ErrorText);
    }
}
