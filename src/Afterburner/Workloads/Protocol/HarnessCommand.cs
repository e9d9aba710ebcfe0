namespace Afterburner.Workloads.Protocol;

/// <summary>What a harness can be asked to do: the argument that follows <see cref="HarnessProgram.Start"/>, in small letters.</summary>
public enum HarnessCommand
{
    /// <summary>Runs the repository's tests.</summary>
    Tests,

    /// <summary>Runs the tests and looks at, or stores, the calls they make; or makes stored calls again.</summary>
    Capture,

    /// <summary>Runs tests and, at some calls, compares a function with itself in forked children.</summary>
    ForkCompare,

    /// <summary>Runs each test with one version of a function, then with the other.</summary>
    SwapTrial,

    /// <summary>Compares stored answers. Runs alone: none of the repository's code is loaded.</summary>
    Answers,

    /// <summary>Makes larger calls of stored ones.</summary>
    Amplify,

    /// <summary>Times the lines of a function over stored calls.</summary>
    Lines,

    /// <summary>Says whether a candidate keeps the static rules.</summary>
    Check,

    /// <summary>Finds the code that a function uses and that calls it, and makes one stored call for its answer.</summary>
    Context,

    /// <summary>Finds what is often slow, in a function's text.</summary>
    Detect,

    /// <summary>Rewrites a function's text by recipes.</summary>
    Flow,

    /// <summary>Times what imports that a version of a file adds take at the start. None of the repository's code is loaded.</summary>
    Imports,
}

/// <summary>What a request says beside its <see cref="HarnessProgram.Settings"/>, which every request has.</summary>
/// <param name="Command">What it is for.</param>
public abstract record HarnessRequest([property: System.Text.Json.Serialization.JsonIgnore] HarnessCommand Command);
