namespace Afterburner.Worker.Webhooks;

/// <summary>What people can ask for in a comment.</summary>
internal enum CommandVerb
{
    /// <summary>Review the newest commit, also when it was.</summary>
    Review,

    /// <summary>Say no more about the function of this conversation.</summary>
    Ignore,

    /// <summary>Take a proven slowdown as it is.</summary>
    Accept,

    /// <summary>End the review that waits or runs.</summary>
    Stop,

    Help,

    /// <summary>It is a command, but none of these.</summary>
    Unknown,
}

/// <summary>Reads the first line of a comment.</summary>
internal static class CommandText
{
    /// <summary>What is said of the commands.</summary>
    public const string Help =
        """
        On the first line of a comment, from people who may write to this repository:

        - `/afterburner review`: review the newest commit, also when it was reviewed
        - `/afterburner stop`: end the review that waits or runs
        - `/afterburner ignore`: as a reply to a suggestion: say no more about its function
        - `/afterburner accept`: take a slowdown that the gate proved as it is
        - `/afterburner help`: this
        """;

    /// <returns>Null when it is no command.</returns>
    public static CommandVerb? Read(string? body)
    {
        var words = (body ?? "").TrimStart().Split('\n', 2)[0].Split([' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
        return words is not [var name, .. var rest] || !name.Equals("/afterburner", StringComparison.OrdinalIgnoreCase) ? null
            : rest switch
            {
                [var verb] => Of(verb),
                // The commit that is accepted.
                [var verb, _] when Of(verb) == CommandVerb.Accept => CommandVerb.Accept,
                _ => CommandVerb.Unknown,
            };
    }

    private static CommandVerb Of(string verb) => verb.ToLowerInvariant() switch
    {
        "review" => CommandVerb.Review,
        "ignore" => CommandVerb.Ignore,
        "accept" => CommandVerb.Accept,
        "stop" => CommandVerb.Stop,
        "help" => CommandVerb.Help,
        _ => CommandVerb.Unknown,
    };
}
