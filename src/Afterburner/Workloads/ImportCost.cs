using Afterburner.Sandboxes;
using Afterburner.Workloads.Protocol;

namespace Afterburner.Workloads;

/// <summary>What the imports that a version of a file adds take each process that loads it. None of the repository's code is loaded for it.</summary>
internal static class ImportCost
{
    /// <param name="file">Text of the file.</param>
    /// <param name="candidateFile">The same with the candidate in place.</param>
    /// <returns>CPU seconds, at most: other modules may import the same. 0 where it adds none, null where that cannot be told.</returns>
    public static async Task<double?> MeasureAsync(Harness harness, string file, string candidateFile, Limits limits, CancellationToken cancellationToken)
    {
        if (!harness.Program.Can(Abilities.Imports))
            return null;
        var run = await harness.RunAloneAsync(new ImportsRequest(file, candidateFile), limits, cancellationToken).ConfigureAwait(false);
        return run.Of<ImportedMessage>().FirstOrDefault()?.Seconds is { } seconds and >= 0 && double.IsFinite(seconds) ? seconds : null;
    }
}
