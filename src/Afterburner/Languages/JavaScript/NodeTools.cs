using Afterburner.Functions;

namespace Afterburner.Languages.JavaScript;

/// <summary>The pinned packages (<c>action/tools/package.json</c>) that the harness has beside it inside sandboxes.</summary>
internal static class NodeTools
{
    /// <summary>Reads JavaScript.</summary>
    /// <inheritdoc cref="Find"/>
    public static string Parser() => Find("acorn/dist/acorn.js", "acorn, which reads JavaScript,");

    /// <summary>Takes types out of TypeScript, as Node.js itself does.</summary>
    /// <inheritdoc cref="Find"/>
    public static string Stripper() => Find("@swc/wasm-typescript/wasm.js", "@swc/wasm-typescript, which takes types out of TypeScript,");

    /// <summary>Beside the running program, or below <c>action/tools</c> of the checkout that it was built in, as <see cref="AstGrep.FindProgram()"/> looks.</summary>
    /// <exception cref="EnvironmentFailureException">It is not there; the message holds the command that installs it.</exception>
    private static string Find(string file, string what)
    {
        foreach (var folder in AstGrep.ToolFolders(AppContext.BaseDirectory))
        {
            var path = Path.Combine(folder, "node_modules", file);
            if (File.Exists(path))
                return path;
        }

        throw new EnvironmentFailureException($"{what} is not installed: run `{AstGrep.InstallCommand}` in Afterburner's own directory.");
    }
}
