using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Afterburner.GitHub;

/// <summary>Fetches files of a commit, many in one request, and checks that they are the bytes git has.</summary>
internal sealed class HeadFiles(GitHubApi api, PullRequestName name)
{
    private const int Batch = 25;
    private const int LargestFile = 1 << 20;

    /// <param name="commit">Full hash. Commits of a fork's pull request are in the base repository too.</param>
    /// <returns>By path; a file that is not there, a link, or larger than 1 MiB is missing.</returns>
    public async Task<Dictionary<string, byte[]>> FetchAsync(string commit, IEnumerable<string> paths)
    {
        var files = new Dictionary<string, byte[]>();
        foreach (var batch in paths.Distinct().Chunk(Batch))
        {
            var variables = new Dictionary<string, object> { ["owner"] = name.Owner, ["name"] = name.Repository };
            for (var i = 0; i < batch.Length; i++)
                variables[Variable(i)] = $"{commit}:{batch[i]}";
            var reply = GitHubApi.Required(
                await api.QueryAsync<JsonElement?>(Query(batch.Length), variables).ConfigureAwait(false), "the files at head");
            if (reply.Data is not { ValueKind: JsonValueKind.Object } data || data.GetProperty("repository") is not { ValueKind: JsonValueKind.Object } repository)
                continue;
            for (var i = 0; i < batch.Length; i++)
            {
                if (await ReadAsync(repository.GetProperty(Alias(i))).ConfigureAwait(false) is { } bytes)
                    files[batch[i]] = bytes;
            }
        }

        return files;
    }

    /// <summary>One aliased field for each file; every path is a variable, never part of the query.</summary>
    internal static string Query(int count)
    {
        var declared = string.Concat(Enumerable.Range(0, count).Select(i => $", ${Variable(i)}: String!"));
        var fields = string.Concat(Enumerable.Range(0, count).Select(i =>
            $"    {Alias(i)}: object(expression: ${Variable(i)}) {{ __typename ... on Blob {{ oid byteSize isBinary isTruncated text }} }}\n"));
        return $"query Files($owner: String!, $name: String!{declared}) {{\n  repository(owner: $owner, name: $name) {{\n{fields}  }}\n}}\n";
    }

    private static string Variable(int i) => string.Create(CultureInfo.InvariantCulture, $"file{i}");

    private static string Alias(int i) => string.Create(CultureInfo.InvariantCulture, $"f{i}");

    private async Task<byte[]?> ReadAsync(JsonElement blob)
    {
        if (blob.ValueKind != JsonValueKind.Object || blob.GetProperty("__typename").GetString() != "Blob"
            || blob.GetProperty("byteSize").GetInt32() > LargestFile)
            return null;
        var oid = blob.GetProperty("oid").GetString()!;
        // GraphQL gives text, not bytes: where the text is not the file, the file is asked for.
        if (blob.GetProperty("text").GetString() is { } text && Encoding.UTF8.GetBytes(text) is var bytes && IsBlob(bytes, oid))
            return bytes;
        var reply = await api.GetAsync<BlobReply>($"{name.RepositoryPath}/git/blobs/{oid}").ConfigureAwait(false);
        return reply.Value is { } fetched && Convert.FromBase64String(fetched.Content.Replace("\n", "", StringComparison.Ordinal)) is var exact && IsBlob(exact, oid)
            ? exact
            : null;
    }

    /// <summary>Git's own name for these bytes, in either of its hash formats.</summary>
    private static bool IsBlob(byte[] bytes, string oid)
    {
        byte[] blob = [.. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"blob {bytes.Length}\0")), .. bytes];
#pragma warning disable CA5350 // The hash is git's choice; here it finds damage, not attackers.
        return Convert.ToHexStringLower(oid.Length == 40 ? SHA1.HashData(blob) : SHA256.HashData(blob)) == oid;
#pragma warning restore CA5350
    }
}
