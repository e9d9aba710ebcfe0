using System.Text.RegularExpressions;

namespace Afterburner.Languages.JavaScript;

/// <summary>Finds out of a package's scripts how its tests are run. What words mean beyond that is left to the sandbox's shell.</summary>
internal static partial class NodeScripts
{
    /// <summary>Runners that are known, as users spell it.</summary>
    public const string Known = "node --test, Vitest, Jest or Mocha";

    private const int Deepest = 4, MostCommands = 40;

    private static readonly HashSet<string> Builders = new(StringComparer.Ordinal)
    {
        "tsc", "tsup", "rollup", "esbuild", "unbuild", "webpack", "swc", "babel", "tshy", "pkgroll", "microbundle", "bunchee", "tsdown", "ncc", "node", "tsx", "cp", "mkdir", "rimraf", "rm", "cpy", "shx", "del-cli",
    };

    private static readonly HashSet<string> Wrappers = new(StringComparer.Ordinal) { "npx", "c8", "nyc", "cross-env", "cross-env-shell", "env", "dotenv", "node", "yarn", "pnpm", "npm", "bunx", "exec", "run", "dlx" };

    // Who has another one runs its tests by that, whatever else is installed.
    private static readonly string[] Others = ["ava", "tap", "uvu", "jasmine", "karma", "bun", "deno", "tape", "lab", "qunit", "playwright", "cypress"];

    private static readonly string[] ByPackage = ["vitest", "jest", "mocha"];

    // Flags that a word follows.
    private static readonly HashSet<string> WithWord = new(StringComparer.Ordinal)
    {
        "--import", "--require", "-r", "--loader", "--experimental-loader", "--conditions", "-C", "--config", "-c", "--root", "--dir", "--project", "--environment", "--env", "--pool", "--mode", "-t",
        "--testNamePattern", "--testTimeout", "--hookTimeout", "--retry", "--timeout", "--ui", "-u", "--extension", "--spec", "--file", "--ignore", "--grep", "-g", "--fgrep", "-f", "--node-option", "-n", "--package",
        "--rootDir", "--roots", "--selectProjects", "--setupFilesAfterEnv", "--testPathPattern", "--testPathPatterns", "--test-name-pattern", "--test-timeout", "--testMatch", "-R", "-O", "--reporter", "--reporters", "--reporter-option", "--reporter-options", "--outputFile", "--preset", "--slow", "--env-file",
    };

    // How much is told, to whom, and which files run at once, is said by the harness.
    private static readonly Regex[] Dropped = [Reports(), Coverage(), Watching()];

    /// <summary>How the tests of a package are run; null where it is by nothing that is known.</summary>
    /// <param name="scripts">Of package.json.</param>
    /// <param name="installed">Names of packages that it needs.</param>
    public static NodeTests? Tests(IReadOnlyDictionary<string, string> scripts, IReadOnlySet<string> installed)
    {
        if (!scripts.ContainsKey("test"))
            return Installed(installed);
        var commands = new List<Command>();
        Expand("test", scripts, isBuild: false, 0, commands);
        for (var place = 0; place < commands.Count; place++)
        {
            if (Read(commands[place].Text) is { } tests)
                return tests with { Before = [.. commands.Take(place).Where(c => c.IsBuild || Builds(c.Text)).Select(c => c.Text)] };
        }

        return commands.Exists(c => c.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Any(w => Others.Contains(Base(w)))) || commands.Count == 0 ? null : Installed(installed);
    }

    private static NodeTests? Installed(IReadOnlySet<string> installed) =>
        ByPackage.Where(installed.Contains).Select(n => new NodeTests(n, "", "")).FirstOrDefault();

    /// <summary>The command lines of a script one by one, with those of scripts that it calls in their places.</summary>
    private static void Expand(string name, IReadOnlyDictionary<string, string> scripts, bool isBuild, int depth, List<Command> commands)
    {
        foreach (var each in new[] { $"pre{name}", name, $"post{name}" })
        {
            if (each == $"post{name}" && name == "test" || !scripts.TryGetValue(each, out var script))
                continue;
            foreach (var text in script.Split(["&&", ";"], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            {
                if (commands.Count >= MostCommands)
                    return;
                var called = Called(text).Where(scripts.ContainsKey).ToList();
                if (called.Count == 0 || depth >= Deepest)
                    commands.Add(new Command(text, isBuild || BuildName().IsMatch(each)));
                foreach (var other in depth >= Deepest ? [] : called)
                    Expand(other, scripts, isBuild || BuildName().IsMatch(other), depth + 1, commands);
            }
        }
    }

    /// <summary>Names of scripts that a command line runs; none where it runs a program.</summary>
    private static IEnumerable<string> Called(string text)
    {
        if (Runs().Match(text) is { Success: true } one)
            return [one.Groups["name"].Value];
        return Several().Match(text) is { Success: true } several
            ? several.Groups["names"].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(w => !w.StartsWith('-')) : [];
    }

    /// <summary>Commands that make files. What only looks at the code says nothing of what tests do.</summary>
    private static bool Builds(string text)
    {
        var words = Split(Assignments().Replace(text, ""));
        return words.Count > 0 && Builders.Contains(Base(words[0] is "npx" && words.Count > 1 ? words[1] : words[0])) && !text.Contains("--noEmit", StringComparison.Ordinal)
            || words is ["vite", "build", ..];
    }

    private static NodeTests? Read(string text)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        var words = Split(text);
        var at = 0;
        for (; at < words.Count; at++)
        {
            if (Assignment().Match(words[at]) is { Success: true } set)
                variables[set.Groups["name"].Value] = set.Groups["value"].Value.Trim('\'', '"');
            else if (!Wrappers.Contains(words[at]) || words[at] == "node")
                break;
        }

        // Programs around it have flags of their own.
        for (var place = at; place < words.Count; place++)
        {
            var rest = words.Skip(place + 1).ToList();
            if ((place == at || IsWrapped(words, at)) && Base(words[place]) is "node" or "tsx" && rest.FindIndex(w => w == "--test") is var test and >= 0 && (test == 0 || rest[0].StartsWith('-')))
            {
                var flags = rest.Take(test).ToList();
                if (Base(words[place]) == "tsx")
                    flags.InsertRange(0, ["--import", "tsx"]);
                return Made("node", flags, [.. rest.Skip(test + 1)], variables);
            }

            if (Runner(Base(words[place])) is { } runner && (place == at || IsWrapped(words, at)))
            {
                var node = words.Take(place).SkipWhile(w => Base(w) != "node").Skip(1).Where(w => w.StartsWith('-'));
                variables["NODE_OPTIONS"] = string.Join(' ', new[] { variables.GetValueOrDefault("NODE_OPTIONS", "") }.Concat(node).Where(w => w.Length > 0));
                var (flags, patterns) = Separated(rest);
                if (runner == "vitest")
                    patterns = [.. patterns.Where((w, n) => n > 0 || w is not ("run" or "watch" or "dev"))];
                return Made(runner, flags, patterns, variables);
            }
        }

        return null;
    }

    private static bool IsWrapped(List<string> words, int at) => words.Take(at).Any(Wrappers.Contains) || at < words.Count && Base(words[at]) == "node";

    private static NodeTests Made(string runner, IReadOnlyList<string> flags, IReadOnlyList<string> patterns, Dictionary<string, string> variables) =>
        new(runner, Kept(flags), Kept(patterns))
        {
            Options = variables.GetValueOrDefault("NODE_OPTIONS", ""),
            Variables = variables.Where(v => v.Key is not ("NODE_OPTIONS" or "PATH" or "HOME" or "TMPDIR")).ToDictionary(),
        };

    private static string Kept(IReadOnlyList<string> words) =>
        string.Join(' ', Dropped.Aggregate(string.Join(' ', words) + " ", (all, each) => each.Replace(all, " ")).Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private static (IReadOnlyList<string> Flags, IReadOnlyList<string> Patterns) Separated(List<string> words)
    {
        var (flags, patterns) = (new List<string>(), new List<string>());
        for (var place = 0; place < words.Count; place++)
        {
            if (!words[place].StartsWith('-'))
            {
                patterns.Add(words[place]);
                continue;
            }

            flags.Add(words[place]);
            if (WithWord.Contains(words[place]) && place + 1 < words.Count)
                flags.Add(words[++place]);
        }

        return (flags, patterns);
    }

    private static string? Runner(string program) => program switch
    {
        "vitest" or "vitest.mjs" => "vitest",
        "jest" or "jest.js" => "jest",
        "mocha" or "_mocha" or "mocha.js" or "mocha.mjs" => "mocha",
        _ => null,
    };

    private static string Base(string word) => word[(word.LastIndexOf('/') + 1)..];

    private static List<string> Split(string text) => [.. Words().Matches(text).Select(m => m.Value)];

    [GeneratedRegex("""(?:"[^"]*"|'[^']*'|[^\s"'])+""")]
    private static partial Regex Words();

    [GeneratedRegex("""^(?<name>[A-Za-z_]\w*)=(?<value>.*)$""")]
    private static partial Regex Assignment();

    [GeneratedRegex("""^(?:[A-Za-z_]\w*=\S*\s+)+""")]
    private static partial Regex Assignments();

    [GeneratedRegex(@"^(?:(?:npm|pnpm|yarn|bun)\s+(?:--?[\w-]+\s+)*(?:run(?:-script)?\s+)?(?:--?[\w-]+\s+)*)(?<name>[\w:.@/-]+)(?:\s+(?:--.*)?)?$")]
    private static partial Regex Runs();

    [GeneratedRegex(@"^(?:run-s|npm-run-all|run-p)\s+(?<names>[\w:. -]+)$")]
    private static partial Regex Several();

    [GeneratedRegex(@"^(?:pre|post)?(?:build|compile|transpile|bundle|prepare|dist)\b", RegexOptions.IgnoreCase)]
    private static partial Regex BuildName();

    [GeneratedRegex(@"(?<!\S)(?:--test-(?:reporter|reporter-destination|concurrency)(?:=|\s+)\S+|--(?:reporters?|outputFile|reporter-options?)(?:\.\w+)?(?:=|\s+)\S+|-R\s+\S+|-O\s+\S+|--(?:json|silent|verbose|ci|parallel|no-parallel|runInBand|maxWorkers=\S+|max-workers=\S+|jobs=\S+|bail=?\S*)|-[ib])(?=\s)")]
    private static partial Regex Reports();

    [GeneratedRegex(@"(?<!\S)--(?:no-)?(?:coverage(?:\.[\w.]+)?(?:=\S+)?|collectCoverage(?:From)?(?:=\S+)?|experimental-test-coverage|test-coverage-\w+=\S+|typecheck(?:\.\w+)?(?:=\S+)?)(?=\s)")]
    private static partial Regex Coverage();

    [GeneratedRegex(@"(?<!\S)(?:--(?:watch|watchAll|run|open|changed|onlyChanged|passWithNoTests)(?:=\S+)?|-[wo])(?=\s)")]
    private static partial Regex Watching();

    private readonly record struct Command(string Text, bool IsBuild);
}
