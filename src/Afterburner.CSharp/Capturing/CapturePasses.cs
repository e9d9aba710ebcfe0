using Afterburner.CSharp.Speaking;

namespace Afterburner.CSharp.Capturing;

/// <summary>The passes of a capture.</summary>
internal static class CapturePasses
{
    /// <summary>Answers <c>capture</c>.</summary>
    public static void Run(HarnessInput request)
    {
        switch (request.Text("pass"))
        {
            case "survey":
                SurveyPass.Run(request);
                break;
            case "record":
                RecordPass.Run(request);
                break;
            case "confirm":
                ConfirmPass.Run(request);
                break;
            default:
                throw new InvalidOperationException($"there is no pass {request.Text("pass")} of a capture");
        }
    }

    /// <summary>The functions that a request names, in its order.</summary>
    public static IReadOnlyList<WatchTarget> TargetsOf(HarnessInput request) =>
        [.. request.Parts("targets").Select((t, number) => new WatchTarget(number, t.Text("path")!, t.Text("name")!, t.Number("line")))];
}
