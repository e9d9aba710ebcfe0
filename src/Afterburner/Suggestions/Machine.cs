using System.Reflection;
using System.Runtime.InteropServices;

namespace Afterburner.Suggestions;

/// <summary>What somebody needs to know about this machine who wants to repeat a run.</summary>
public static class Machine
{
    /// <summary>Version of Afterburner.</summary>
    public static string Version { get; } =
        typeof(Machine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    public static MachineReport Describe() => new()
    {
        Cpu = Value("/proc/cpuinfo", "model name") ?? RuntimeInformation.ProcessArchitecture.ToString(),
        Cores = Environment.ProcessorCount,
        MemoryBytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
        System = RuntimeInformation.OSDescription,
    };

    public static IReadOnlyDictionary<string, string> EnvironmentOf()
    {
        var machine = Describe();
        return new Dictionary<string, string>
        {
            ["afterburner"] = Version,
            ["dotnet"] = Environment.Version.ToString(),
            ["cpu"] = machine.Cpu,
            ["cores"] = machine.Cores.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["system"] = machine.System,
        };
    }

    private static string? Value(string file, string name) =>
        !File.Exists(file) ? null
        : File.ReadLines(file).FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal))?.Split(':', 2)[^1].Trim();
}
