using Afterburner.Proposers.Downloads;

namespace Afterburner.Proposers.Models;

public enum ModelState
{
    /// <summary>The file is what was pulled.</summary>
    Sound,

    /// <summary>The lock has it, the folder has not.</summary>
    Missing,

    /// <summary>Its bytes are others than at its pull.</summary>
    Changed,

    /// <summary>It lies in the folder and was never pulled: nothing is known of it.</summary>
    Unlisted,

    /// <summary>Its pull was interrupted.</summary>
    Partial,
}

/// <param name="File">Name in the folder.</param>
/// <param name="Advice">What to do; empty for a sound file.</param>
public sealed record ModelFinding(string File, ModelState State, string Advice);

/// <summary>Compares a folder of models with its lock, by the bytes of every file.</summary>
public static class ModelVerification
{
    /// <exception cref="EnvironmentFailureException">The lock cannot be read.</exception>
    public static async Task<IReadOnlyList<ModelFinding>> RunAsync(
        ModelFolder folder, Action<string, PullProgress> progress, CancellationToken cancellationToken)
    {
        var findings = new List<ModelFinding>();
        var locked = PullLock.Read(folder.Path, ModelPull.Kind).Files;
        foreach (var (file, model) in locked)
            findings.Add(await LookAsync(folder, file, model, p => progress(file, p), cancellationToken).ConfigureAwait(false));
        if (!Directory.Exists(folder.Path))
            return findings;

        foreach (var path in Directory.EnumerateFiles(folder.Path).Order(StringComparer.Ordinal))
        {
            var file = Path.GetFileName(path);
            if (file.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase) && !locked.ContainsKey(file))
                findings.Add(new ModelFinding(file, ModelState.Unlisted, "nothing vouches for it: delete it, or move it elsewhere and name it by its path"));
            else if (file.EndsWith(".gguf" + PartialFile.Ending, StringComparison.OrdinalIgnoreCase))
                findings.Add(new ModelFinding(file, ModelState.Partial, "pull it again to go on, or delete it"));
        }

        return findings;
    }

    private static async Task<ModelFinding> LookAsync(
        ModelFolder folder, string file, LockedFile model, Action<PullProgress> progress, CancellationToken cancellationToken)
    {
        var path = folder.PathOf(file);
        if (!File.Exists(path))
            return new ModelFinding(file, ModelState.Missing, $"pull it again: afterburner models pull {model.Url}");
        try
        {
            using var content = File.OpenRead(path);
            var same = content.Length == model.Bytes
                && await FilePull.DigestAsync(content, progress, cancellationToken).ConfigureAwait(false) == model.Sha256;
            return same
                ? new ModelFinding(file, ModelState.Sound, "")
                : new ModelFinding(file, ModelState.Changed, "delete it and pull it again");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new ModelFinding(file, ModelState.Changed, $"it cannot be read: {e.Message}");
        }
    }
}
