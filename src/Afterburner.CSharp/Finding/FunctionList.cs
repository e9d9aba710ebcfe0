using Afterburner.CSharp.Speaking;

namespace Afterburner.CSharp.Finding;

/// <summary>Tells which functions some files hold.</summary>
internal static class FunctionList
{
    /// <summary>Answers <c>functions</c>.</summary>
    public static void Run(HarnessInput request)
    {
        foreach (var path in request.Texts("paths") ?? [])
        {
            var tree = FoundFunction.Parse(File.ReadAllText(path));
            HarnessOutput.Write(new { type = "functions", path, functions = FoundFunction.In(tree).Select(f => new { name = f.Name, line = f.Line }) });
        }

        HarnessOutput.Done(null);
    }
}
