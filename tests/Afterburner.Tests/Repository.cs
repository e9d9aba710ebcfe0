namespace Afterburner.Tests;

/// <summary>Where this project's own files are.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Afterburner.sln")))
                return directory.FullName;
        }

        throw new InvalidOperationException("the tests run from a checkout of the project");
    }
}
