using System.Text;

namespace Afterburner.Worker.Demo;

internal sealed partial class StandIn
{
    private static Dictionary<string, string> GitEnvironment => new()
    {
        ["PATH"] = ProgramPath.Current.Text,
        ["GIT_CONFIG_NOSYSTEM"] = "1",
        ["GIT_CONFIG_GLOBAL"] = "/dev/null",
        ["GIT_CONFIG_COUNT"] = "3",
        ["GIT_CONFIG_KEY_0"] = "safe.directory",
        ["GIT_CONFIG_VALUE_0"] = "*",
        ["GIT_CONFIG_KEY_1"] = "uploadpack.allowFilter",
        ["GIT_CONFIG_VALUE_1"] = "true",
        ["GIT_CONFIG_KEY_2"] = "uploadpack.allowAnySHA1InWant",
        ["GIT_CONFIG_VALUE_2"] = "true",
    };

    /// <summary>Makes the head of a branch that of a pull request, as GitHub does when it is pushed.</summary>
    /// <returns>Its full hash.</returns>
    public static async Task<string> HeadAsync(string directory, string branch, int number, CancellationToken cancellationToken)
    {
        var read = await Processes.RunAsync(
            new ProcessStart("git", ["-C", directory, "rev-parse", "--verify", branch]) { Environment = GitEnvironment }, cancellationToken: cancellationToken).ConfigureAwait(false);
        var head = read.Text.Trim();
        var written = await Processes.RunAsync(
            new ProcessStart("git", ["-C", directory, "update-ref", $"refs/pull/{Text(number)}/head", head]) { Environment = GitEnvironment }, cancellationToken: cancellationToken).ConfigureAwait(false);
        return read.Succeeded && written.Succeeded ? head : throw new EnvironmentFailureException($"git failed: {read.ErrorText}{written.ErrorText}");
    }

    /// <summary>Git's own server, over HTTP.</summary>
    private void MapGit()
    {
        _app.MapGet("/{owner}/{repo}.git/info/refs", c => GitHttpAsync(c, "info/refs"));
        _app.MapPost("/{owner}/{repo}.git/git-upload-pack", c => GitHttpAsync(c, "git-upload-pack"));
    }

    private async Task GitHttpAsync(HttpContext context, string path)
    {
        var name = $"{context.Request.RouteValues["owner"]}/{context.Request.RouteValues["repo"]}";
        if (!MayUse(context, name) || !_repositories.TryGetValue(name, out var repository) || repository.Directory is not { } directory)
        {
            context.Response.Headers.WWWAuthenticate = "Basic realm=\"stand-in\"";
            context.Response.StatusCode = 401;
            return;
        }

        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted).ConfigureAwait(false);
        var run = await Processes.RunAsync(
            new ProcessStart("git", ["http-backend"])
            {
                Environment = new Dictionary<string, string>(GitEnvironment)
                {
                    ["GIT_PROJECT_ROOT"] = directory,
                    ["GIT_HTTP_EXPORT_ALL"] = "1",
                    ["PATH_INFO"] = $"/.git/{path}",
                    ["REQUEST_METHOD"] = context.Request.Method,
                    ["QUERY_STRING"] = context.Request.QueryString.Value?.TrimStart('?') ?? "",
                    ["CONTENT_TYPE"] = context.Request.ContentType ?? "",
                    ["HTTP_CONTENT_ENCODING"] = context.Request.Headers.ContentEncoding.ToString(),
                    ["GIT_PROTOCOL"] = context.Request.Headers["Git-Protocol"].ToString(),
                    ["REMOTE_ADDR"] = "127.0.0.1",
                },
                Input = body.ToArray(),
            },
            cancellationToken: context.RequestAborted).ConfigureAwait(false);
        await AnswerAsync(context, run.Output).ConfigureAwait(false);
    }

    /// <summary>Headers, an empty line, the body (RFC 3875).</summary>
    private static async Task AnswerAsync(HttpContext context, byte[] output)
    {
        var end = output.AsSpan().IndexOf("\r\n\r\n"u8);
        foreach (var line in Encoding.ASCII.GetString(output, 0, Math.Max(0, end)).Split("\r\n"))
        {
            if (line.Split(": ", 2) is not [var name, var value])
                continue;
            if (name == "Status")
                context.Response.StatusCode = int.Parse(value[..3], System.Globalization.CultureInfo.InvariantCulture);
            else
                context.Response.Headers[name] = value;
        }

        await context.Response.Body.WriteAsync(output.AsMemory(end < 0 ? 0 : end + 4)).ConfigureAwait(false);
    }
}
