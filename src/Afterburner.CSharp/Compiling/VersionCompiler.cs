using System.Text.Json;
using Afterburner.CSharp.Finding;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;

namespace Afterburner.CSharp.Compiling;

/// <summary>What a process is asked to compile.</summary>
/// <param name="Folder">Of the project.</param>
/// <param name="Path">Of the file that is replaced, absolute.</param>
/// <param name="Text">Its text.</param>
/// <param name="Traced">The function whose lines and arms are told; null for none.</param>
/// <param name="Output">Where the assembly goes.</param>
internal sealed record AskedVersion(IReadOnlyList<string> Arguments, string Folder, string Path, string Text, TracedFunction? Traced, string Output);

internal sealed record TracedFunction(string Name, int Line);

/// <summary>Compiles one version of one file with all others of its project, without analyzers. In a process of its own, as generators are code of the repository.</summary>
internal static class VersionCompiler
{
    private const int MostErrors = 3;

    /// <param name="asked">A file of <see cref="AskedVersion"/>.</param>
    /// <param name="answered">Gets why it does not compile; empty where it does.</param>
    public static void Run(string asked, string answered)
    {
        string problem;
        try
        {
            problem = Compile(JsonSerializer.Deserialize<AskedVersion>(File.ReadAllBytes(asked))!) ?? "";
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or ArgumentException or NotSupportedException)
        {
            problem = $"it cannot be compiled: {e.GetType().Name}: {e.Message}";
        }

        File.WriteAllText(answered, problem);
    }

    private static string? Compile(AskedVersion asked)
    {
        var order = CSharpCommandLineParser.Default.Parse(asked.Arguments, asked.Folder, sdkDirectory: null);
        var options = order.ParseOptions;
        SyntaxTree? replaced = null;
        var trees = new List<SyntaxTree>();
        foreach (var source in order.SourceFiles)
        {
            var isIt = source.Path == asked.Path;
            var text = SourceText.From(isIt ? asked.Text : File.ReadAllText(source.Path), order.Encoding ?? System.Text.Encoding.UTF8);
            var tree = CSharpSyntaxTree.ParseText(text, options, source.Path);
            trees.Add(tree);
            if (isIt)
                replaced = tree;
        }

        if (replaced is null)
            return "its project does not compile its file";
        var references = order.MetadataReferences.Select(r => (MetadataReference)MetadataReference.CreateFromFile(r.Reference, r.Properties));
        // What is only said of code keeps nothing from running.
        var settings = order.CompilationOptions.WithGeneralDiagnosticOption(ReportDiagnostic.Default)
            .WithSpecificDiagnosticOptions(new Dictionary<string, ReportDiagnostic>()).WithStrongNameProvider(new DesktopStrongNameProvider([asked.Folder]));
        Compilation compilation = CSharpCompilation.Create(order.CompilationName, trees, references, settings);
        if (asked.Traced is { } traced)
        {
            if (FoundFunction.Locate(replaced, traced.Name, traced.Line) is not { } found)
                return $"there is no function {traced.Name}";
            var probed = ProbedFile.Of(asked.Text, found.Node, compilation.GetSemanticModel(replaced));
            compilation = compilation.ReplaceSyntaxTree(replaced, CSharpSyntaxTree.ParseText(SourceText.From(probed, System.Text.Encoding.UTF8), options, asked.Path))
                .AddSyntaxTrees(CSharpSyntaxTree.ParseText(SourceText.From(ProbedFile.Hearer, System.Text.Encoding.UTF8), options, "/afterburner/Ran.g.cs"));
        }

        var loader = new PlainLoader();
        var generators = order.AnalyzerReferences.SelectMany(a => new AnalyzerFileReference(Path.GetFullPath(a.FilePath, asked.Folder), loader).GetGenerators(LanguageNames.CSharp)).ToList();
        if (generators.Count > 0)
        {
            var configs = AnalyzerConfigSet.Create<List<AnalyzerConfig>>([.. order.AnalyzerConfigPaths.Where(File.Exists).Select(p => AnalyzerConfig.Parse(SourceText.From(File.ReadAllText(p)), p))]);
            var driver = CSharpGeneratorDriver.Create(generators, order.AdditionalFiles.Select(f => new PlainText(f.Path)), (CSharpParseOptions)options, new Configured(configs));
            driver.RunGeneratorsAndUpdateCompilation(compilation, out compilation, out _);
        }

        using var output = File.Create(asked.Output);
        var result = compilation.Emit(output, manifestResources: order.ManifestResources, options: new EmitOptions());
        return result.Success ? null : "it does not compile: " + string.Join("; ", result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).Take(MostErrors)
            .Select(d => $"line {d.Location.GetLineSpan().StartLinePosition.Line + 1}: {d.Id}: {d.GetMessage(System.Globalization.CultureInfo.InvariantCulture)}"));
    }

    private sealed class PlainLoader : IAnalyzerAssemblyLoader
    {
        private readonly List<string> _folders = [];

        public PlainLoader() => AppDomain.CurrentDomain.AssemblyResolve += (_, name) =>
            _folders.Select(f => Path.Combine(f, new System.Reflection.AssemblyName(name.Name).Name + ".dll")).FirstOrDefault(File.Exists) is { } path ? System.Reflection.Assembly.LoadFrom(path) : null;

        public void AddDependencyLocation(string fullPath) => _folders.Add(Path.GetDirectoryName(fullPath)!);

        public System.Reflection.Assembly LoadFromPath(string fullPath)
        {
            _folders.Add(Path.GetDirectoryName(fullPath)!);
            return System.Reflection.Assembly.LoadFrom(fullPath);
        }
    }

    private sealed class PlainText(string path) : AdditionalText
    {
        public override string Path { get; } = path;

        public override SourceText? GetText(CancellationToken cancellationToken = default) => File.Exists(Path) ? SourceText.From(File.ReadAllText(Path)) : null;
    }

    private sealed class Configured(AnalyzerConfigSet configs) : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } = new Known(configs.GlobalConfigOptions.AnalyzerOptions);

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => new Known(configs.GetOptionsForSourcePath(tree.FilePath).AnalyzerOptions);

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => new Known(configs.GetOptionsForSourcePath(textFile.Path).AnalyzerOptions);

        private sealed class Known(IReadOnlyDictionary<string, string> options) : AnalyzerConfigOptions
        {
            public override bool TryGetValue(string key, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? value) => options.TryGetValue(key, out value);
        }
    }
}
