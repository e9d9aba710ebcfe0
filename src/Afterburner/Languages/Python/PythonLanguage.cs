using Afterburner.Functions;

namespace Afterburner.Languages.Python;

internal static class PythonLanguage
{
    public static Language Python { get; } = Language.Find("python")!;
}
