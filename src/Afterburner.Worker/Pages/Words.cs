using Afterburner.Worker.Inbox;

namespace Afterburner.Worker.Pages;

/// <summary>How pages say things.</summary>
internal static class Words
{
    public static string Of(DeliveryState state) => state switch
    {
        DeliveryState.Dead => "put aside",
        DeliveryState.Released => "next",
        DeliveryState.Received => "not read yet",
        _ => state.ToString().ToLowerInvariant(),
    };

    public static string Age(TimeSpan age) => age < TimeSpan.FromSeconds(2) ? "just now" : $"{Length(age)} ago";

    public static string Length(TimeSpan time) => time switch
    {
        { TotalSeconds: < 120 } => $"{(int)time.TotalSeconds} s",
        { TotalMinutes: < 120 } => $"{(int)time.TotalMinutes} min",
        { TotalHours: < 48 } => $"{(int)time.TotalHours} h",
        _ => $"{(int)time.TotalDays} days",
    };
}
