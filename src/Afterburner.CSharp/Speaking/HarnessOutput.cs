using System.Text.Json;

namespace Afterburner.CSharp.Speaking;

/// <summary>What the harness says: JSON objects, one a line.</summary>
internal static class HarnessOutput
{
    private static readonly JsonSerializerOptions Options = new() { DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull };
    private static readonly Stream Output = Console.OpenStandardOutput();

    public static void Write<T>(T message)
    {
        Output.Write(JsonSerializer.SerializeToUtf8Bytes(message, Options));
        Output.Write("\n"u8);
        Output.Flush();
    }

    /// <param name="problem">Why tests could not be run, all the same; null where they could.</param>
    public static void Done(string? problem) => Write(new { type = "done", problem });
}
