using System.Text.Json.Serialization;
using Afterburner.Trainer.Files;
using Parquet.Serialization;

namespace Afterburner.Trainer.Data;

/// <summary>
/// Prompts as verl reads them (<see href="https://verl.readthedocs.io/en/latest/preparation/prepare_data.html">its page</see>): a Parquet file whose rows hold the prompt as turns of a chat,
/// the task as what is true of it, and what the reward function is told beside.
/// </summary>
public static class VerlFile
{
    /// <summary>Writes them, whole or not at all.</summary>
    public static async Task WriteAsync(string file, IEnumerable<RewardedExample> examples, CancellationToken cancellationToken)
    {
        using var written = new MemoryStream();
        await ParquetSerializer.SerializeAsync(examples.Select(e => new Row
        {
            Source = RewardedExample.VerlSource, Prompt = [.. e.Turns.Select(t => new Turn { Role = t.Role, Content = t.Content })], Ability = RewardedExample.VerlAbility, Reward = new RewardModel { Style = "rule", Task = e.Task },
            Beside = new Beside { Original = e.Original, Objective = e.Objective },
        }).ToList(), written, cancellationToken: cancellationToken).ConfigureAwait(false);
        WholeFile.Write(file, stream => stream.Write(written.GetBuffer().AsSpan(0, (int)written.Length)));
    }

    // Parquet.Net reads these by their names.
    internal sealed class Row
    {
        [JsonPropertyName("data_source")]
        public string Source { get; set; } = "";

        [JsonPropertyName("prompt")]
        public List<Turn> Prompt { get; set; } = [];

        [JsonPropertyName("ability")]
        public string Ability { get; set; } = "";

        [JsonPropertyName("reward_model")]
        public RewardModel Reward { get; set; } = new();

        [JsonPropertyName("extra_info")]
        public Beside Beside { get; set; } = new();
    }

    internal sealed class Turn
    {
        [JsonPropertyName("role")]
        public string Role { get; set; } = "";

        [JsonPropertyName("content")]
        public string Content { get; set; } = "";
    }

    internal sealed class RewardModel
    {
        [JsonPropertyName("style")]
        public string Style { get; set; } = "";

        [JsonPropertyName("ground_truth")]
        public string Task { get; set; } = "";
    }

    internal sealed class Beside
    {
        [JsonPropertyName("original")]
        public string Original { get; set; } = "";

        [JsonPropertyName("objective")]
        public string Objective { get; set; } = "";
    }
}
