namespace Afterburner.Cli;

/// <summary>What the program tells its caller. Documented in the reference; a script may rely on it.</summary>
internal static class ExitCode
{
    /// <summary>The work is done, with suggestions or without.</summary>
    public const int Done = 0;

    /// <summary>A regression is proven, or a gain that is required is not (gate, and publish of its run), or an edit is slower or different (check).</summary>
    public const int Regression = 1;

    /// <summary>The call or the configuration is wrong.</summary>
    public const int Usage = 2;

    /// <summary>The environment failed: no sandbox, tests that do not pass on the baseline, a model that cannot be reached.</summary>
    public const int Environment = 3;

    /// <summary>Interrupted by the user.</summary>
    public const int Cancelled = 130;
}
