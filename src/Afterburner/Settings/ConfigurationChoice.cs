using Afterburner.Changes;

namespace Afterburner.Settings;

/// <summary>
/// The configuration of a run, from a side that the author of the change under review does not write: a file that the
/// command line names, or the commit that the change left its base at. What lies in the checkout never counts.
/// </summary>
/// <param name="Commit">Where the repository's own recipes are from, and the configuration unless a file was named; null when no side is to be trusted.</param>
/// <param name="Origin">For a person: where it is from.</param>
public sealed record ConfigurationChoice(Configuration Configuration, string? Commit, string Origin)
{
    /// <value>For a person: what head says otherwise, which counts once it is merged; null when it says the same.</value>
    public string? Difference { get; init; }

    /// <summary>Chooses.</summary>
    /// <param name="repository">Any folder of the git repository.</param>
    /// <param name="file">What the command line names, or null.</param>
    /// <param name="from">Ref the change is based on; null for the default branch (never an upstream: that may be the author's).</param>
    /// <param name="head">Ref under review; null for <c>HEAD</c>, whose work tree may hold a configuration that is not committed yet.</param>
    /// <exception cref="UsageException">A ref is missing, or a configuration is wrong: the one that counts, or one that is not committed yet.</exception>
    public static async Task<ConfigurationChoice> OfAsync(
        string repository, string? file, string? from, string? head, CancellationToken cancellationToken)
    {
        var named = file is null ? null : Configuration.Load(file);
        var git = await GitRepository.OpenAsync(repository, cancellationToken).ConfigureAwait(false);
        var tip = await git.ResolveAsync(head ?? "HEAD", cancellationToken).ConfigureAwait(false);
        var target = from is null
            ? await git.DefaultBranchAsync(cancellationToken).ConfigureAwait(false)
            : await git.ResolveAsync(from, cancellationToken).ConfigureAwait(false);
        var commit = target is null ? null : await git.MergeBaseAsync(target, tip, cancellationToken).ConfigureAwait(false);
        var atBase = commit is null ? null : await git.TryReadFileAsync(commit, Configuration.Path, cancellationToken).ConfigureAwait(false);

        var place = commit is null ? "" : $"{Configuration.Path} at {commit[..12]}";
        var choice = named is not null ? new ConfigurationChoice(named, commit, file!)
            : commit is null ? new(Configuration.Default, null, "the defaults, as there is no base to read it from: name a --base or a --config")
            : atBase is null ? new(Configuration.Default, commit, $"the defaults, as there is no {place}")
            : new(Configuration.Load(atBase, place), commit, place);
        var atHead = await git.TryReadFileAsync(tip, Configuration.Path, cancellationToken).ConfigureAwait(false);
        var lying = head is null && git.HasWorkTree ? InWorkTree(git.Root) : null;
        var isOwn = lying is not null && (atHead is null || !lying.AsSpan().SequenceEqual(atHead));
        var other = (isOwn ? lying : atHead) ?? [];
        return file is not null && await File.ReadAllBytesAsync(file, cancellationToken).ConfigureAwait(false) is var counts && counts.AsSpan().SequenceEqual(other)
            ? choice : choice with { Difference = Differences(atBase ?? [], other, isOwn) };
    }

    /// <summary>Null where there is none that is a regular file of that size; nothing on the way to it may be a link.</summary>
    private static byte[]? InWorkTree(string root)
    {
        using var handle = RegularFile.TryOpenBelow(root, Configuration.Path.Split('/'));
        return handle is null ? null : RegularFile.ReadAll(handle, Configuration.LargestBytes);
    }

    /// <param name="isOwn">Whether it is not committed: then it is of who runs this, who wants to know what is wrong with it.</param>
    private static string? Differences(byte[] trusted, byte[] other, bool isOwn)
    {
        var where = isOwn ? "as it lies in the work tree" : "under review";
        if (trusted.AsSpan().SequenceEqual(other))
            return null;
        try
        {
            _ = Configuration.Load(other, Configuration.Path);
            var (was, now) = (Values(trusted), Values(other));
            var keys = was.Keys.Union(now.Keys).Where(k => was.GetValueOrDefault(k) != now.GetValueOrDefault(k)).Order(StringComparer.Ordinal).ToList();
            return keys.Count == 0 ? null : $"{Configuration.Path} {where} differs in {string.Join(", ", keys)}: that counts once it is merged, or when it is named with --config";
        }
        catch (UsageException e) when (!isOwn)
        {
            return $"{Configuration.Path} {where} does not read, which would count once it is merged: {e.Message}";
        }
    }

    private static Dictionary<string, string> Values(byte[] yaml)
    {
        var values = new Dictionary<string, string>();
        if (ConfigurationReader.Document(yaml, Configuration.Path) is { } root)
            Add(root);
        return values;

        void Add(YamlValue value)
        {
            if (value.Entries is null)
                values[value.Key] = value.Items is null ? value.Scalar ?? "" : string.Join('\0', value.Items.Select(i => i.Scalar));
            foreach (var entry in value.Entries ?? [])
                Add(entry);
        }
    }
}
