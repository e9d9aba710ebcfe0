using Afterburner.Functions;

namespace Afterburner.Languages.JavaScript;

/// <summary>The pinned parser of JavaScript (<c>action/tools/package.json</c>), which the harness has beside it inside sandboxes.</summary>
internal static class NodeTools
{
    private const string Relative = "node_modules/acorn/dist/acorn.js";

    /// <summary>Beside the running program, or below <c>action/tools</c> of the checkout that it was built in, as <see cref="AstGrep.FindProgram()"/> looks.</summary>
    /// <exception cref="EnvironmentFailureException">It is not there; the message holds the command that installs it.</exception>
    public static string Parser()
    {
        foreach (var folder in AstGrep.ToolFolders(AppContext.BaseDirectory))
        {
            if (File.Exists(Path.Combine(folder, Relative)))
                return Path.Combine(folder, Relative);
        }

        throw new EnvironmentFailureException($"acorn, which reads JavaScript, is not installed: run `{AstGrep.InstallCommand}` in Afterburner's own directory.");
    }
}
