namespace Afterburner.Basics;

/// <summary>
/// The machine or the repository is not in a state that allows a review: no sandbox, tests that do not pass on the
/// baseline, a model that cannot be reached. The message says what to do. Exit code 3.
/// </summary>
public sealed class EnvironmentFailureException : Exception
{
    public EnvironmentFailureException(string message) : base(message) { }

    public EnvironmentFailureException(string message, Exception inner) : base(message, inner) { }

    public EnvironmentFailureException() { }
}

/// <summary>The user asked for something that cannot be: an unknown key, a missing ref. The message says what to do. Exit code 2.</summary>
public sealed class UsageException : Exception
{
    public UsageException(string message) : base(message) { }

    public UsageException(string message, Exception inner) : base(message, inner) { }

    public UsageException() { }
}
