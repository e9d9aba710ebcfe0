using System.Reflection;
using System.Runtime.Loader;
using System.Text.Json;

namespace Afterburner.CSharp.Finding;

/// <summary>What one test project uses, found as its own process would find it.</summary>
internal sealed class LoadedProgram
{
    private readonly string _folder;
    private readonly string _program;
    private readonly AssemblyDependencyResolver _resolver;

    public LoadedProgram(string program)
    {
        (_program, _folder, _resolver) = (program, Path.GetDirectoryName(program)!, new AssemblyDependencyResolver(program));
        AssemblyLoadContext.Default.Resolving += (context, name) => _resolver.ResolveAssemblyToPath(name) is { } path ? context.LoadFromAssemblyPath(path)
            : Path.Combine(_folder, name.Name + ".dll") is var beside && File.Exists(beside) ? context.LoadFromAssemblyPath(beside) : null;
        AssemblyLoadContext.Default.ResolvingUnmanagedDll += (_, name) =>
            _resolver.ResolveUnmanagedDllToPath(name) is { } path ? System.Runtime.InteropServices.NativeLibrary.Load(path) : IntPtr.Zero;
    }

    public MethodBase? Find(DeclaredMethod method) => Own().Select(n =>
    {
        try
        {
            return method.In(AssemblyLoadContext.Default.LoadFromAssemblyName(new AssemblyName(n)));
        }
        catch (Exception e) when (e is IOException or BadImageFormatException)
        {
            return null;
        }
    }).FirstOrDefault(m => m is not null);

    /// <summary>Names of assemblies that projects of the repository are built to.</summary>
    private List<string> Own()
    {
        var file = Path.ChangeExtension(_program, ".deps.json");
        if (!File.Exists(file))
            return [.. Directory.EnumerateFiles(_folder, "*.dll").Select(f => Path.GetFileNameWithoutExtension(f))];
        using var json = JsonDocument.Parse(File.ReadAllBytes(file));
        var projects = json.RootElement.GetProperty("libraries").EnumerateObject().Where(l => l.Value.GetProperty("type").GetString() == "project").Select(l => l.Name).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. json.RootElement.GetProperty("targets").EnumerateObject().SelectMany(t => t.Value.EnumerateObject()).Where(l => projects.Contains(l.Name) && l.Value.TryGetProperty("runtime", out _))
                .SelectMany(l => l.Value.GetProperty("runtime").EnumerateObject()).Select(r => Path.GetFileNameWithoutExtension(r.Name)).Distinct(),
        ];
    }
}
