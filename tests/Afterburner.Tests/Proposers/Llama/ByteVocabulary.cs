using System.Text;

namespace Afterburner.Tests.Proposers.Llama;

/// <summary>
/// A byte-level vocabulary as GPT-2 and Qwen2 have it: a token for every byte, written in printable characters, then pairs
/// that are merged, then whole pieces that only a model can write, then control tokens.
/// </summary>
internal sealed class ByteVocabulary
{
    /// <summary>Every byte as a character: itself when it is printable, else the next free one from U+0100 on.</summary>
    private static readonly char[] Letters = MakeLetters();

    private readonly List<string> _tokens = [.. Letters.Select(c => c.ToString())];
    private readonly List<string> _merges = [];
    private readonly int _ordinary;

    /// <param name="text">Pairs are learnt from its words.</param>
    /// <param name="merges">At most so many, the most frequent first.</param>
    public ByteVocabulary(string text, int merges, IEnumerable<string> pieces, IEnumerable<string> control)
    {
        Learn(text, merges);
        _tokens.AddRange(pieces.Select(Written));
        _ordinary = _tokens.Count;
        _tokens.AddRange(control);
    }

    public int Count => _tokens.Count;

    /// <summary>Number of the token of a piece or of a control token.</summary>
    public int this[string text] => _tokens.IndexOf(text) is var control && control >= _ordinary ? control : _tokens.IndexOf(Written(text));

    public void WriteTo(GgufFile file)
    {
        const int Normal = 1, Control = 3;
        file.Set("tokenizer.ggml.model", "gpt2");
        file.Set("tokenizer.ggml.pre", "qwen2");
        file.Set("tokenizer.ggml.tokens", _tokens);
        file.Set("tokenizer.ggml.token_type", [.. _tokens.Select((_, i) => i < _ordinary ? Normal : Control)]);
        file.Set("tokenizer.ggml.merges", _merges);
        file.Set("tokenizer.ggml.add_bos_token", false);
    }

    private void Learn(string text, int merges)
    {
        // A space belongs to the word behind it, as Qwen2's rules have it.
        var words = text.Replace(" ", "\n ", StringComparison.Ordinal).Split('\n')
            .Select(w => Written(w).Select(c => c.ToString()).ToList()).ToList();
        for (var i = 0; i < merges; i++)
        {
            var best = words.SelectMany(w => w.Zip(w.Skip(1))).CountBy(p => p)
                .OrderByDescending(p => p.Value).ThenBy(p => p.Key).FirstOrDefault();
            if (best.Value < 2)
                return;
            var (left, right) = best.Key;
            _merges.Add($"{left} {right}");
            _tokens.Add(left + right);
            foreach (var word in words)
                Merge(word, left, right);
        }
    }

    private static void Merge(List<string> word, string left, string right)
    {
        for (var i = 0; i + 1 < word.Count; i++)
        {
            if (word[i] != left || word[i + 1] != right)
                continue;
            word[i] = left + right;
            word.RemoveAt(i + 1);
        }
    }

    private static string Written(string text) => string.Concat(Encoding.UTF8.GetBytes(text).Select(b => Letters[b]));

    private static char[] MakeLetters()
    {
        var free = 256;
        return [.. Enumerable.Range(0, 256).Select(b => b is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or >= 0xAE ? (char)b : (char)free++)];
    }
}
