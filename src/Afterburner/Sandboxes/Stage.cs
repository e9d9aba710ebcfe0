namespace Afterburner.Sandboxes;

/// <summary>
/// Directories behind closed ones (a checkout or an interpreter under <c>/root</c>). Root mounts them at an open place
/// before it becomes the sandbox's user, in a mount namespace that only this run sees.
/// </summary>
/// <param name="place">An empty directory that everyone may enter.</param>
internal sealed class Stage(string place)
{
    private readonly List<string> _hidden = [];

    /// <summary>The path under which the sandbox's user can reach a directory.</summary>
    public string Place(Reachable source)
    {
        if (!source.Hidden)
            return source.Path;
        _hidden.Add(source.Path);
        return Path.Combine(place, _hidden.Count.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>Put before the command that needs them; nothing when all directories are in reach.</summary>
    public IReadOnlyList<string> Arguments
    {
        get
        {
            const string Script =
                "set -e; place=$1; count=$2; shift 2; mount -t tmpfs -o mode=755,size=1m none \"$place\"; i=0; " +
                "while [ \"$i\" -lt \"$count\" ]; do i=$((i + 1)); " +
                "if [ -d \"$1\" ]; then mkdir \"$place/$i\"; else : > \"$place/$i\"; fi; " +
                "mount --rbind \"$1\" \"$place/$i\"; shift; done; exec \"$@\"";
            return _hidden.Count == 0
                ? []
                :
                [
                    "unshare", "--mount", "--propagation", "private", "/bin/sh", "-c", Script, "sh", place,
                    _hidden.Count.ToString(System.Globalization.CultureInfo.InvariantCulture), .. _hidden,
                ];
        }
    }
}
