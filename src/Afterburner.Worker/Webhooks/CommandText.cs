namespace Afterburner.Worker.Webhooks;

/// <summary>What people can ask for in a comment.</summary>
internal enum CommandVerb
{
    /// <summary>Review the newest commit, also when it was.</summary>
    Review,

    /// <summary>Make one function faster, changed or not.</summary>
    Optimize,

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
    private const int LongestFunction = 500;

    /// <summary>What is said of the commands.</summary>
    public const string Help =
        """
        On the first line of a comment, from people who may write to this repository:

        - `/afterburner review`: review the newest commit, also when it was reviewed
        - `/afterburner optimize PATH::FUNCTION`: make that function faster, also where the pull request does not touch it
        - `/afterburner stop`: end the review that waits or runs
        - `/afterburner ignore`: as a reply to a suggestion: say no more about its function
        - `/afterburner accept`: take a slowdown that the gate proved as it is
        - `/afterburner help`: this
        """;

    /// <returns>What is asked for, and of what function; null when it is no command.</returns>
    public static (CommandVerb Verb, string? Function)? Read(string? body)
    {
        var words = (body ?? "").TrimStart().Split('\n', 2)[0].Split([' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
        return words is not [var name, .. var rest] || !name.Equals("/afterburner", StringComparison.OrdinalIgnoreCase) ? null
            : rest switch
            {
                [var verb] => (Of(verb), null),
                // The commit that is accepted.
                [var verb, _] when Of(verb) == CommandVerb.Accept => (CommandVerb.Accept, null),
                [var verb, var function] when verb.Equals("optimize", StringComparison.OrdinalIgnoreCase) =>
                    FunctionOf(function) is { } named ? (CommandVerb.Optimize, named) : (CommandVerb.Unknown, null),
                _ => (CommandVerb.Unknown, null),
            };
    }

    /// <summary>A function as people name it, with the ticks around it or without.</summary>
    /// <returns>Null when it is none.</returns>
    public static string? FunctionOf(string text)
    {
        text = text.Trim('`', ' ');
        return text.Length <= LongestFunction && text.Split("::") is [{ Length: > 0 } path, { Length: > 0 }]
            && path[0] is not ('/' or '-') && !text.Contains("..", StringComparison.Ordinal) && !text.Any(char.IsControl) ? text : null;
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
