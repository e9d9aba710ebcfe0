using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Afterburner.Proposers;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace Afterburner.Worker.Operations;

/// <summary>How log lines look.</summary>
internal enum LogFormat
{
    /// <summary>For a person at a terminal.</summary>
    Text,

    /// <summary>One JSON object a line, with the values of a message as members.</summary>
    Json,
}

internal sealed class LogLinesOptions : ConsoleFormatterOptions
{
    public LogFormat Format { get; set; }

    /// <summary>Values that no line may hold.</summary>
    public IReadOnlyList<Secret> Secrets { get; set; } = [];
}

/// <summary>Writes log lines, with secrets taken out of whatever was said: the worker's own, and whatever has the form of a token.</summary>
internal sealed partial class LogLines(IOptions<LogLinesOptions> options, TimeProvider time) : ConsoleFormatter(LogLines.FormatName)
{
    public const string FormatName = "afterburner";

    private static readonly JsonSerializerOptions Written = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var (at, level) = (time.GetUtcNow(), logEntry.LogLevel.ToString().ToLowerInvariant());
        var message = logEntry.Formatter(logEntry.State, logEntry.Exception);
        if (options.Value.Format == LogFormat.Text)
        {
            // Text of others makes no lines of its own.
            textWriter.WriteLine(VisibleText.Line(Masked($"{at:HH:mm:ss} {level} {logEntry.Category}: {message}")));
            foreach (var line in logEntry.Exception?.ToString().Split('\n') ?? [])
                textWriter.WriteLine($"  {VisibleText.Line(Masked(line.TrimEnd('\r')))}");
            return;
        }

        var json = new JsonObject { ["time"] = $"{at:O}", ["level"] = level, ["category"] = logEntry.Category, ["message"] = message };
        if (logEntry.Exception is { } exception)
            json["exception"] = exception.ToString();
        foreach (var (name, value) in logEntry.State as IEnumerable<KeyValuePair<string, object?>> ?? [])
        {
            if (name != "{OriginalFormat}")
                json[name] = value?.ToString();
        }

        // Of the values, before they are escaped: a key with a character that JSON escapes would not be found any more.
        foreach (var (name, value) in json.ToList())
            json[name] = value is null ? null : Masked((string)value!);
        textWriter.WriteLine(json.ToJsonString(Written));
    }

    private string Masked(string text) => Tokens().Replace(options.Value.Secrets.Aggregate(text, (t, s) => s.Mask(t)), "***");

    [GeneratedRegex(@"gh[a-z]_[A-Za-z0-9._-]{20,}|github_pat_[A-Za-z0-9_]{20,}|eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}|(?<=://[^/\s:]{0,200}:)[^\s@/]+(?=@)|(?<=[Pp]assword=)[^;\s]+")]
    private static partial Regex Tokens();
}
