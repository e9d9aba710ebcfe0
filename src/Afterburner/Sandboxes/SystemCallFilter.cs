using System.Runtime.InteropServices;

namespace Afterburner.Sandboxes;

/// <summary>Compiles <see cref="SystemCallRules"/> to the program that the kernel runs on every system call.</summary>
internal static partial class SystemCallFilter
{
    private const string Library = "libseccomp.so.2";
    private const uint Allow = 0x7fff0000;
    private const uint Errno = 0x00050000;
    private const int UnknownCall = -1;

    /// <summary>Writes the compiled filter to a new file.</summary>
    /// <param name="rules">What is refused; all else is allowed.</param>
    /// <exception cref="EnvironmentFailureException">libseccomp is not installed, or refused a rule.</exception>
    public static void Write(string path, IReadOnlyList<SystemCallRule> rules)
    {
        try
        {
            Compile(path, rules);
        }
        catch (DllNotFoundException e)
        {
            throw new EnvironmentFailureException(
                $"{Library} is missing; install it (Debian, Ubuntu: apt-get install libseccomp2; Fedora: dnf install libseccomp)", e);
        }
    }

    private static void Compile(string path, IReadOnlyList<SystemCallRule> rules)
    {
        var filter = Init(Allow);
        if (filter == 0)
            throw new EnvironmentFailureException($"{Library} could not start a filter");
        try
        {
            foreach (var rule in rules)
                Add(filter, rule);
            using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write);
            Check(ExportBpf(filter, (int)file.DangerousGetHandle()), "export");
        }
        finally
        {
            Release(filter);
        }
    }

    private static void Add(nint filter, SystemCallRule rule)
    {
        var number = Resolve(rule.Call);
        if (number == UnknownCall)
            return; // An older library or another processor: where it has no number, it cannot be called by one known to it.
        List<Comparison> all = [];
        if (rule.Argument is { } argument)
            all.Add(new Comparison { Argument = (uint)argument, Test = (int)rule.Test, Value = rule.Value, Masked = rule.Masked });
        if (rule.And is { } and)
            all.Add(new Comparison { Argument = (uint)and.Argument, Test = (int)ArgumentTest.Greater, Value = and.Value });
        Comparison[] comparisons = [.. all];
        Check(AddRule(filter, Errno | (uint)rule.Error, number, (uint)comparisons.Length, comparisons), rule.Call);
    }

    private static void Check(int status, string what)
    {
        if (status < 0)
            throw new EnvironmentFailureException($"{Library} refused the rule for {what} (error {-status}); update the library");
    }

    [LibraryImport(Library, EntryPoint = "seccomp_init")]
    private static partial nint Init(uint defaultAction);

    [LibraryImport(Library, EntryPoint = "seccomp_release")]
    private static partial void Release(nint filter);

    [LibraryImport(Library, EntryPoint = "seccomp_syscall_resolve_name", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Resolve(string name);

    [LibraryImport(Library, EntryPoint = "seccomp_rule_add_array")]
    private static partial int AddRule(nint filter, uint action, int call, uint count, Comparison[] comparisons);

    [LibraryImport(Library, EntryPoint = "seccomp_export_bpf")]
    private static partial int ExportBpf(nint filter, int descriptor);

    /// <summary>libseccomp's <c>struct scmp_arg_cmp</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Comparison
    {
        public uint Argument;
        public int Test;
        public ulong Value;
        public ulong Masked;
    }
}
