namespace Afterburner.Proposers.Models;

/// <summary>The folder that pulled models lie in, with their lock.</summary>
public sealed class ModelFolder(string path)
{
    public const string Variable = "AFTERBURNER_MODELS";

    public string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>
    /// The folder a user means: the one named, else AFTERBURNER_MODELS, else <c>afterburner/models</c> in the user's data
    /// directory (<c>~/.local/share</c> on Linux).
    /// </summary>
    /// <exception cref="UsageException">None is named and the user has no data directory, or the variable is relative.</exception>
    public static ModelFolder For(string? named)
    {
        if (named is { Length: > 0 })
            return new ModelFolder(named);
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given)
            return System.IO.Path.IsPathRooted(given) ? new ModelFolder(given) : throw new UsageException($"{Variable} is '{given}': give an absolute path.");
        var own = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return own.Length > 0
            ? new ModelFolder(System.IO.Path.Combine(own, "afterburner", "models"))
            : throw new UsageException($"this user has no data directory: say where models lie with --directory DIR or {Variable}.");
    }

    public string PathOf(string file) => System.IO.Path.Combine(Path, file);

    /// <summary>
    /// The file that a user's <c>--model</c> means: a path, a name of the catalogue, or the name of a pulled file with or
    /// without its ending.
    /// </summary>
    /// <param name="here">What a path is relative to. Defaults to null: the current directory.</param>
    /// <exception cref="UsageException">There is none, or it is no GGUF file; the message says what to do.</exception>
    public string Resolve(string model, string? here = null)
    {
        var path = System.IO.Path.Combine(here ?? Environment.CurrentDirectory, model); // As written, for messages.
        var catalogued = ModelCatalogue.Find(model);
        var file = catalogued?.File ?? (model.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase) ? model : model + ".gguf");
        // A path is looked at first only where it is one: a name must not be caught by a file of the directory one is in.
        var found = model.Contains('/', StringComparison.Ordinal) || model.Contains('\\', StringComparison.Ordinal) ? path
            : ModelPull.Kind.IsFileName(file) && File.Exists(PathOf(file)) ? PathOf(file)
            : File.Exists(path) ? path
            : throw Missing(model, catalogued);
        GgufFile.Check(found);
        return System.IO.Path.GetFullPath(found);
    }

    private UsageException Missing(string model, CatalogueModel? catalogued) => new(catalogued is not null
        ? $"the model '{catalogued.Name}' is not in {Path} yet: run afterburner models pull {catalogued.Name}"
        : $"there is no model '{model}': give the path of a GGUF file, a file in {Path}, or a name of the catalogue ({ModelCatalogue.Names}).");
}
