using System.Text.Json.Nodes;

namespace Afterburner.Sandboxes;

/// <summary>
/// <see cref="SystemCallRules"/> in the format of Docker, whose own default leaves vsock sockets open up to version 22:
/// through them a container talks to the host of the virtual machine, whatever its network.
/// </summary>
internal static class DockerSeccomp
{
    /// <summary>The profile, as one line of JSON.</summary>
    public static string Profile { get; } = Make().ToJsonString();

    private static JsonObject Make() => new()
    {
        ["defaultAction"] = "SCMP_ACT_ALLOW",
        ["syscalls"] = new JsonArray([.. SystemCallRules.All.Select(Entry)]),
    };

    private static JsonObject Entry(SystemCallRule rule)
    {
        var arguments = new JsonArray();
        if (rule.Argument is { } index)
        {
            arguments.Add(new JsonObject
            {
                ["index"] = index, ["value"] = rule.Value, ["valueTwo"] = rule.Masked, ["op"] = Operator(rule.Test),
            });
        }

        return new JsonObject
        {
            ["names"] = new JsonArray(rule.Call), ["action"] = "SCMP_ACT_ERRNO", ["errnoRet"] = rule.Error, ["args"] = arguments,
        };
    }

    private static string Operator(ArgumentTest test) => test switch
    {
        ArgumentTest.Equal => "SCMP_CMP_EQ",
        ArgumentTest.Greater => "SCMP_CMP_GT",
        ArgumentTest.MaskedEqual => "SCMP_CMP_MASKED_EQ",
    };
}
