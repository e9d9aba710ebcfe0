using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace Afterburner.CSharp.Running;

/// <summary>One test of a report.</summary>
/// <param name="Outcome">In the words of the protocol.</param>
/// <param name="Text">What a failing one said; null otherwise.</param>
internal sealed record TestResult(string Id, string Outcome, double Seconds, string? Text)
{
    /// <summary>The method that it runs, with its type: several tests may run one, each with arguments of its own. Guessed from its name.</summary>
    public string Method => Id.Split('(')[0].TrimEnd();
}

/// <summary>Reads a report by Visual Studio's form (<c>.trx</c>), which every framework of tests writes.</summary>
/// <param name="Aborted">Why the run did not come to its end; null where nothing says so.</param>
internal sealed record TestReport(IReadOnlyList<TestResult> Results, string? Aborted)
{
    private const int LongestText = 4000;

    private const string Abortion = "The active test run was aborted";

    /// <exception cref="XmlException">It is none.</exception>
    public static TestReport Read(string file)
    {
        using var reader = XmlReader.Create(file, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, CheckCharacters = false });
        var root = XDocument.Load(reader).Root!;
        XName Name(string name) => root.Name.Namespace + name;
        var classes = root.Descendants(Name("UnitTest")).Where(u => u.Attribute("id") is not null).GroupBy(u => u.Attribute("id")!.Value)
            .ToDictionary(g => g.Key, g => g.First().Element(Name("TestMethod"))?.Attribute("className")?.Value.Split(',')[0] ?? "");
        var results = root.Descendants(Name("UnitTestResult")).Where(r => r.Element(Name("InnerResults")) is null).Select(r =>
        {
            var (name, type) = (r.Attribute("testName")?.Value ?? "", classes.GetValueOrDefault(r.Attribute("testId")?.Value ?? "", ""));
            var outcome = Outcome(r.Attribute("outcome")?.Value);
            return new TestResult(
                type.Length == 0 || name.StartsWith(type + ".", StringComparison.Ordinal) ? name : $"{type}.{name}", outcome, Seconds(r.Attribute("duration")?.Value),
                outcome is "passed" or "skipped" ? null : Text(r, Name));
        });
        // Whatever tests print to standard error counts as an error of the run as well.
        var aborted = root.Descendants(Name("RunInfo")).Select(r => r.Value.Trim()).FirstOrDefault(t => t.StartsWith(Abortion, StringComparison.OrdinalIgnoreCase));
        return new TestReport([.. results], aborted ?? (root.Element(Name("ResultSummary"))?.Attribute("outcome")?.Value == "Aborted" ? "the run was aborted" : null));
    }

    private static string Outcome(string? word) => word switch
    {
        "Passed" or "PassedButRunAborted" or "Completed" or "Warning" => "passed",
        "NotExecuted" or "NotRunnable" or "Inconclusive" or "Pending" => "skipped",
        "Failed" => "failed",
        _ => "error",
    };

    private static double Seconds(string? text) => TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var duration) ? duration.TotalSeconds : 0;

    private static string Text(XElement result, Func<string, XName> name)
    {
        var output = result.Element(name("Output"));
        var text = string.Join('\n', new[]
        {
            output?.Element(name("ErrorInfo"))?.Element(name("Message"))?.Value, output?.Element(name("ErrorInfo"))?.Element(name("StackTrace"))?.Value, output?.Element(name("StdOut"))?.Value,
        }.Where(t => !string.IsNullOrWhiteSpace(t)).Select(t => t!.Trim()));
        return text.Length <= LongestText ? text : text[..LongestText];
    }
}
