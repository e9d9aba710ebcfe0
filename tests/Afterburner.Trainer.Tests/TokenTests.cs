using Afterburner.Trainer.Tokens;
using Xunit;

namespace Afterburner.Trainer.Tests;

public sealed class TokenTests : IDisposable
{
    private const string Code = "def total(values):\n    result = 0\n    for value in values:\n        result += value\n    return result\n";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(Code)]
    [InlineData("")]
    [InlineData("  \t\r\n mixed   blanks \n\n")]
    [InlineData("größer als 4711 😀 ﷽ e\u0301")]
    [InlineData("<|end|> is text here")]
    public void What_is_encoded_and_decoded_is_the_same_text(string text)
    {
        var tokenizer = Learned();

        Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text)));
        Assert.DoesNotContain(tokenizer.IdOf("<|end|>"), tokenizer.Encode(text));
    }

    [Fact]
    public void What_is_frequent_becomes_one_token()
    {
        var tokenizer = Learned();

        Assert.Single(tokenizer.Encode(" value"));
        Assert.True(tokenizer.Encode(Code).Count < Code.Length / 2);
        Assert.InRange(tokenizer.Tokens.Count, 280, 300);
    }

    [Fact]
    public void Learning_counts_pairs_and_takes_the_most_frequent_first()
    {
        // "ab" stands three times, then "abc" twice.
        var tokenizer = ByteLevelBpe.Learn(["ab abc abc"], 260);

        Assert.Equal([("a", "b"), ("Ġ", "ab"), ("Ġab", "c")], tokenizer.Merges);
    }

    [Fact]
    public void It_is_the_same_after_it_was_read()
    {
        var tokenizer = Learned();
        tokenizer.Write(_folder.At("tokenizer.json"));

        var again = ByteLevelBpe.Read(_folder.At("tokenizer.json"));

        Assert.Equal(tokenizer.Tokens, again.Tokens);
        Assert.Equal(tokenizer.Special, again.Special);
        Assert.Equal(tokenizer.Encode(Code), again.Encode(Code));
        Assert.Empty(again.Decode([again.IdOf("<|end|>")]));
    }

    [Theory]
    [InlineData("{", "can be read here")]
    [InlineData("""{"model":{"type":"Unigram"}}""", "no model of byte pairs")]
    [InlineData("""{"model":{"type":"BPE","vocab":{"a":5},"merges":[]}}""", "not those from 0 on")]
    [InlineData("""{"model":{"type":"BPE","vocab":{"a":0,"b":1},"merges":["a b"]}}""", "not over all bytes")]
    public void One_that_is_of_another_kind_is_told(string content, string said)
    {
        File.WriteAllText(_folder.At("tokenizer.json"), content);

        Assert.Contains(said, Assert.Throws<UsageException>(() => ByteLevelBpe.Read(_folder.At("tokenizer.json"))).Message, StringComparison.Ordinal);
    }

    private static ByteLevelBpe Learned() => ByteLevelBpe.Learn(Enumerable.Range(0, 20).Select(i => Code + $"x{i} = {i}\n"), 300, "<|end|>");
}
