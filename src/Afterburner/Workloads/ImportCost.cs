using Afterburner.Workloads.Protocol;

namespace Afterburner.Workloads;

/// <summary>What the imports that a version of a file adds take each process that loads it. None of the repository's code is loaded for it.</summary>
internal static class ImportCost
{
    /// <param name="path">Of the file in the workspace.</param>
    /// <param name="file">Its text.</param>
    /// <param name="candidateFile">The same with the candidate in place.</param>
    /// <returns>CPU seconds, beside what the file and those of the repository that it imports load already. 0 where it adds none, null where that cannot be told.</returns>
    public static async Task<double?> MeasureAsync(Tree tree, string path, string file, string candidateFile, CancellationToken cancellationToken)
    {
        if (!tree.Harness.Program.Can(Abilities.Imports))
            return null;
        var run = await tree.Harness.RunAloneAsync(new ImportsRequest(path, file, candidateFile), tree.Workspace, tree.Limits, cancellationToken).ConfigureAwait(false);
        return run.Of<ImportedMessage>().FirstOrDefault()?.Seconds is { } seconds and >= 0 && double.IsFinite(seconds) ? seconds : null;
    }
}
