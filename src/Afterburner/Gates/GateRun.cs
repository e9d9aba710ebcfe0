using Afterburner.Changes;
using Afterburner.Runs;
using Afterburner.Settings;
using Afterburner.Verdicts;

namespace Afterburner.Gates;

/// <summary>What every comparison of one gate has in common.</summary>
/// <param name="Head">Tree of the code under test.</param>
/// <param name="Base">Tree of what it is compared with.</param>
/// <param name="Progress">Told what is being done, a line at a time.</param>
internal sealed record GateRun(
    string Head, string Base, Change Change, Configuration Configuration, Journal Journal, TimeBook Book, Action<string> Progress)
{
    /// <value>What the code under test is called where progress is told. Defaults to head.</value>
    public string HeadName { get; init; } = "head";

    /// <value>What has to be proven faster. Defaults to nothing.</value>
    public RequiredGains Required { get; init; } = RequiredGains.None;

    /// <summary>Of every run of the repository's code.</summary>
    public Sandboxes.Limits Limits { get; } = Configuration.ToLimits();

    /// <summary>Writes down what a comparison measured.</summary>
    /// <param name="name">The function's id, or the command.</param>
    public void Note(string name, Evidence evidence)
    {
        foreach (var measured in TrialMeasured.Of(0, evidence))
            Journal.Write(measured with { Function = name });
    }
}
