namespace Afterburner.CSharp.Running;

/// <summary>How the tests of one project are run.</summary>
/// <param name="Path">Of the project file, from the workspace.</param>
/// <param name="Framework">The one of several that it is built for; null where it has one.</param>
/// <param name="Target">What is built.</param>
/// <param name="Kind">By what.</param>
/// <param name="RunSettings">A file; empty for none.</param>
internal sealed record TestProject(string Path, string? Framework, string Target, TestKind Kind, string RunSettings)
{
    /// <summary>Finds out by what the tests in something built are run; null where nothing that is known does.</summary>
    /// <param name="properties">Of its project.</param>
    public static TestKind? KindOf(string target, IReadOnlyDictionary<string, string> properties)
    {
        var file = System.IO.Path.ChangeExtension(target, ".deps.json");
        var needs = File.Exists(file) ? File.ReadAllText(file) : "";
        bool Has(string package) => needs.Contains($"\"{package}/", StringComparison.OrdinalIgnoreCase);
        bool Is(string name) => properties.GetValueOrDefault(name, "").Equals("true", StringComparison.OrdinalIgnoreCase);
        // Some of them only lie there, and are no part of the program; VSTest looks for the same files.
        var adapted = Directory.EnumerateFiles(System.IO.Path.GetDirectoryName(target)!, "*.dll").Select(f => System.IO.Path.GetFileName(f))
            .Any(f => f.EndsWith("TestAdapter.dll", StringComparison.OrdinalIgnoreCase) || f.StartsWith("xunit.runner.visualstudio", StringComparison.OrdinalIgnoreCase));
        if (Has("xunit.v3.core") || Has("xunit.v3.core.mtp-v1") || Has("xunit.v3.core.mtp-v2") || Has("xunit.v3.extensibility.core"))
            return Is("UseMicrosoftTestingPlatformRunner") ? TestKind.XunitPlatform : adapted ? TestKind.Adapter : TestKind.XunitConsole;
        if (Is("IsTestingPlatformApplication") && Has("Microsoft.Testing.Extensions.TrxReport"))
            return TestKind.Platform;
        return adapted ? TestKind.Adapter : null;
    }
}

/// <summary>By what tests are run.</summary>
internal enum TestKind
{
    /// <summary>VSTest, with the adapter of their framework.</summary>
    Adapter,

    /// <summary>Microsoft.Testing.Platform, which writes a report by an extension.</summary>
    Platform,

    /// <summary>Microsoft.Testing.Platform with xUnit, which writes reports itself.</summary>
    XunitPlatform,

    /// <summary>The console of xUnit 3.</summary>
    XunitConsole,
}
