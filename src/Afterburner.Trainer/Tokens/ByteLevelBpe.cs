using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Afterburner.Trainer.Files;

namespace Afterburner.Trainer.Tokens;

/// <summary>
/// Byte pairs that are merged again and again (arXiv 1508.07909) over the bytes of a text (GPT-2), inside of the pieces that Qwen2 cuts it into. What is encoded and
/// decoded is the same text. Special tokens are never made of a text.
/// </summary>
public sealed partial class ByteLevelBpe
{
    private const int Bytes = 256, MostKnown = 1 << 18;

    private const string Composed = "NFC";

    private static readonly char[] Letters = MakeLetters();
    private static readonly Dictionary<char, byte> BytesOf = Letters.Select((letter, value) => (letter, value)).ToDictionary(p => p.letter, p => (byte)p.value);

    private readonly List<string> _tokens;
    private readonly Dictionary<string, int> _ids;
    private readonly List<(string Left, string Right)> _merges;
    private readonly HashSet<int> _special;
    private readonly Dictionary<(int Left, int Right), (int Rank, int Id)> _pairs = [];
    private readonly ConcurrentDictionary<string, int[]> _known = [];

    /// <param name="tokens">By their ids, in GPT-2's letters for bytes.</param>
    /// <param name="merges">The first comes first.</param>
    /// <param name="special">Ids of tokens that stand for themselves.</param>
    public ByteLevelBpe(IReadOnlyList<string> tokens, IReadOnlyList<(string Left, string Right)> merges, IEnumerable<int> special)
    {
        (_tokens, _merges, _special) = ([.. tokens], [.. merges], [.. special]);
        _ids = _tokens.Select((token, id) => (token, id)).ToDictionary(p => p.token, p => p.id, StringComparer.Ordinal);
        foreach (var ((left, right), rank) in _merges.Select((m, i) => (m, i)))
            _pairs.TryAdd((_ids[left], _ids[right]), (rank, _ids[left + right]));
    }

    /// <value>Whether texts are composed (Unicode's NFC) before they are cut, as Qwen's are. Defaults to false.</value>
    public bool IsComposed { get; init; }

    /// <value>By their ids, in GPT-2's letters for bytes; special ones as they are.</value>
    public IReadOnlyList<string> Tokens => _tokens;

    public IReadOnlyList<(string Left, string Right)> Merges => _merges;

    /// <value>Ids of special tokens.</value>
    public IReadOnlyCollection<int> Special => _special;

    /// <summary>Learns which pairs are frequent.</summary>
    /// <param name="size">Tokens at most, special ones counted; at least 256 more than those.</param>
    public static ByteLevelBpe Learn(IEnumerable<string> texts, int size, params IReadOnlyList<string> special)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, Bytes + special.Count);
        List<string> tokens = [.. Letters.Select(l => l.ToString())];
        var merges = new List<(string, string)>();
        List<(List<int> Ids, int Count)> words = [.. texts.SelectMany(Pieces).CountBy(p => p).OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => (Encoding.UTF8.GetBytes(p.Key).Select(b => (int)b).ToList(), p.Value))];
        var counts = new Dictionary<(int, int), int>();
        var places = new Dictionary<(int, int), HashSet<int>>();
        for (var i = 0; i < words.Count; i++)
            Count(i, 1);
        while (tokens.Count < size - special.Count && counts.Count > 0)
        {
            // Of equal ones the smallest ids, so that it comes out alike everywhere.
            var ((left, right), most) = counts.OrderByDescending(p => p.Value).ThenBy(p => p.Key).First();
            if (most < 2)
                break;
            merges.Add((tokens[left], tokens[right]));
            tokens.Add(tokens[left] + tokens[right]);
            foreach (var word in places[(left, right)].ToList())
            {
                Count(word, -1);
                Join(words[word].Ids, left, right, tokens.Count - 1);
                Count(word, 1);
            }
        }

        return new ByteLevelBpe([.. tokens, .. special], merges, Enumerable.Range(tokens.Count, special.Count));

        void Count(int word, int times)
        {
            var (ids, number) = words[word];
            for (var i = 0; i + 1 < ids.Count; i++)
            {
                var pair = (ids[i], ids[i + 1]);
                var count = counts.GetValueOrDefault(pair) + (times * number);
                if (count == 0)
                    counts.Remove(pair);
                else
                    counts[pair] = count;
                if (times > 0)
                    (places.TryGetValue(pair, out var at) ? at : places[pair] = []).Add(word);
            }
        }
    }

    /// <exception cref="ArgumentException">There is no such token.</exception>
    public int IdOf(string token) => _ids.TryGetValue(token, out var id) ? id : throw new ArgumentException($"there is no token '{token}'", nameof(token));

    public IReadOnlyList<int> Encode(string text)
    {
        var ids = new List<int>();
        foreach (var piece in Pieces(IsComposed && !text.IsNormalized() ? text.Normalize() : text))
        {
            if (_known.Count > MostKnown)
                _known.Clear();
            ids.AddRange(_known.GetOrAdd(piece, Merged));
        }

        return ids;
    }

    /// <summary>The text of some tokens; special ones are left out. Bytes that are no text become the sign for that.</summary>
    public string Decode(IEnumerable<int> ids) => Encoding.UTF8.GetString([.. ids.Where(i => !_special.Contains(i)).SelectMany(i => _tokens[i].Select(letter => BytesOf[letter]))]);

    /// <summary>Writes it as Hugging Face's <c>tokenizer.json</c>.</summary>
    public void Write(string file) => WholeFile.WriteJson(file, new JsonObject
    {
        ["version"] = "1.0", ["truncation"] = null, ["padding"] = null,
        ["added_tokens"] = new JsonArray([.. _special.Order().Select(id => new JsonObject
        {
            ["id"] = id, ["content"] = _tokens[id], ["single_word"] = false, ["lstrip"] = false, ["rstrip"] = false, ["normalized"] = false, ["special"] = true,
        })]),
        ["normalizer"] = IsComposed ? new JsonObject { ["type"] = Composed } : null,
        ["pre_tokenizer"] = new JsonObject
        {
            ["type"] = "Sequence",
            ["pretokenizers"] = new JsonArray(
                new JsonObject { ["type"] = "Split", ["pattern"] = new JsonObject { ["Regex"] = Piece().ToString() }, ["behavior"] = "Isolated", ["invert"] = false },
                new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["trim_offsets"] = false, ["use_regex"] = false }),
        },
        ["post_processor"] = null,
        ["decoder"] = new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["trim_offsets"] = false, ["use_regex"] = false },
        ["model"] = new JsonObject
        {
            ["type"] = "BPE", ["dropout"] = null, ["unk_token"] = null, ["fuse_unk"] = false, ["byte_fallback"] = false,
            ["vocab"] = new JsonObject(_tokens.Select((t, id) => KeyValuePair.Create(t, (JsonNode?)id)).Where(p => !_special.Contains((int)p.Value!))),
            ["merges"] = new JsonArray([.. _merges.Select(m => (JsonNode)$"{m.Left} {m.Right}")]),
        },
    });

    /// <summary>Reads a <c>tokenizer.json</c> of this kind.</summary>
    /// <exception cref="UsageException">It cannot be read, or is of another kind.</exception>
    public static ByteLevelBpe Read(string file)
    {
        try
        {
            var read = JsonNode.Parse(File.ReadAllText(file), documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false }) as JsonObject ?? throw new InvalidDataException("it is no object");
            if (read["normalizer"] is { } normal && (string?)normal["type"] != Composed)
                throw new InvalidDataException("it changes texts before it cuts them, in a way that is not known");
            if (read["model"] is not JsonObject model || (string?)model["type"] is not (null or "BPE") || model["vocab"] is not JsonObject vocabulary || model["merges"] is not JsonArray merges)
                throw new InvalidDataException("it has no model of byte pairs");
            var special = (read["added_tokens"] as JsonArray ?? []).OfType<JsonObject>().ToDictionary(t => t["id"]!.GetValue<int>(), t => t["content"]!.GetValue<string>());
            var tokens = vocabulary.ToDictionary(t => t.Value!.GetValue<int>(), t => t.Key);
            foreach (var (id, token) in special)
                tokens[id] = token;
            if (tokens.Count == 0 || tokens.Keys.Max() != tokens.Count - 1 || tokens.Keys.Min() != 0)
                throw new InvalidDataException("its ids are not those from 0 on");
            var all = tokens.OrderBy(t => t.Key).Select(t => t.Value).ToList();
            // "a b", or ["a", "b"] as newer files have it.
            var pairs = merges.Select(m => m is JsonArray { Count: 2 } two ? (two[0]!.GetValue<string>(), two[1]!.GetValue<string>()) : m!.GetValue<string>().Split(' ') is [var left, var right] ? (left, right) : throw new InvalidDataException("a merge is no pair")).ToList();
            var known = all.ToHashSet(StringComparer.Ordinal);
            if (known.Count != all.Count || pairs.Any(p => !known.Contains(p.Item1) || !known.Contains(p.Item2) || !known.Contains(p.Item1 + p.Item2)) || Letters.Any(l => !known.Contains(l.ToString())))
                throw new InvalidDataException("it is not over all bytes, or merges what it does not have");
            return new ByteLevelBpe(all, pairs, special.Keys) { IsComposed = read["normalizer"] is not null };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or InvalidDataException or InvalidOperationException or FormatException or NullReferenceException or ArgumentException)
        {
            throw new UsageException($"{file} is no tokenizer that can be read here: {e.Message}", e);
        }
    }

    private int[] Merged(string piece)
    {
        List<int> ids = [.. Encoding.UTF8.GetBytes(piece).Select(b => _ids[Letters[b].ToString()])];
        while (ids.Count > 1)
        {
            var (best, found) = (int.MaxValue, default((int Left, int Right, int Id)));
            for (var i = 0; i + 1 < ids.Count; i++)
            {
                if (_pairs.TryGetValue((ids[i], ids[i + 1]), out var pair) && pair.Rank < best)
                    (best, found) = (pair.Rank, (ids[i], ids[i + 1], pair.Id));
            }

            if (best == int.MaxValue)
                break;
            Join(ids, found.Left, found.Right, found.Id);
        }

        return [.. ids];
    }

    private static void Join(List<int> ids, int left, int right, int joined)
    {
        for (var i = 0; i + 1 < ids.Count; i++)
        {
            if (ids[i] == left && ids[i + 1] == right)
            {
                ids[i] = joined;
                ids.RemoveAt(i + 1);
            }
        }
    }

    private static IEnumerable<string> Pieces(string text) => Piece().Matches(text).Select(m => m.Value);

    /// <summary>GPT-2's letters: bytes that can be printed stand for themselves, the others for letters from 256 on.</summary>
    private static char[] MakeLetters()
    {
        var (letters, other) = (new char[Bytes], Bytes);
        for (var value = 0; value < Bytes; value++)
            letters[value] = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF) ? (char)value : (char)other++;
        return letters;
    }

    // Qwen2's.
    [GeneratedRegex(@"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+", RegexOptions.CultureInvariant)]
    private static partial Regex Piece();
}
