using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using Afterburner.Workloads.Protocol;

namespace Afterburner.Workloads;

/// <summary>
/// Reads the files in which most test runners can say how their tests ended: <c>testsuite</c> and <c>testcase</c> elements as JUnit's Ant task
/// wrote them first. Written in the reach of hostile code: no entity is expanded, nothing is fetched, and what is no such file has no tests.
/// </summary>
internal static class JUnitReport
{
    private const int MostCharacters = 16 << 20;
    private const int DeepestElement = 64;
    private const int LongestText = 4_000;

    private static readonly XmlReaderSettings Strict = new()
    {
        DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = MostCharacters, IgnoreComments = true,
    };

    public static IReadOnlyList<OutcomeMessage> Read(byte[] report)
    {
        try
        {
            // Whoever nests deeper means to exhaust the stack of who reads it.
            using (var looking = XmlReader.Create(new MemoryStream(report), Strict))
            {
                while (looking.Read())
                {
                    if (looking.Depth > DeepestElement)
                        return [];
                }
            }

            using var reader = XmlReader.Create(new MemoryStream(report), Strict);
            return [.. XDocument.Load(reader).Descendants().Where(e => e.Name.LocalName == "testcase").Select(Outcome).OfType<OutcomeMessage>()];
        }
        catch (XmlException)
        {
            return [];
        }
    }

    private static OutcomeMessage? Outcome(XElement test)
    {
        if (test.Attribute("name")?.Value is not { } name)
            return null;
        var id = test.Attribute("classname")?.Value is { Length: > 0 } owner ? $"{owner}.{name}" : name;
        var seconds = double.TryParse(test.Attribute("time")?.Value, CultureInfo.InvariantCulture, out var time) && double.IsFinite(time) ? time : 0;
        var (outcome, about) = Find("error") is { } error ? ("error", error) : Find("failure") is { } failure ? ("failed", failure)
            : Find("skipped") is { } skipped ? ("skipped", skipped) : ("passed", null);
        var text = about is null || outcome == "skipped" ? null : $"{about.Attribute("message")?.Value}\n{about.Value}".Trim();
        return new OutcomeMessage(id, outcome, seconds, text is { Length: > LongestText } ? text[..LongestText] : text);

        XElement? Find(string kind) => test.Elements().FirstOrDefault(e => e.Name.LocalName == kind);
    }
}
