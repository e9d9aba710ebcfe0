namespace Afterburner.Sandboxes;

/// <summary>How an argument of a system call is compared. The numbers are libseccomp's <c>enum scmp_compare</c>.</summary>
internal enum ArgumentTest
{
    Equal = 4,
    Greater = 6,
    MaskedEqual = 7,
}

/// <summary>One refused system call, or one refused argument of it.</summary>
/// <param name="Error">errno that the caller gets.</param>
/// <param name="Argument">Index of the argument that decides; null when every call is refused.</param>
/// <param name="Value">What it is compared with; the mask for <see cref="ArgumentTest.MaskedEqual"/>.</param>
/// <param name="Masked">What is left under the mask.</param>
internal sealed record SystemCallRule(
    string Call, int Error, int? Argument = null, ArgumentTest Test = ArgumentTest.Equal, ulong Value = 0, ulong Masked = 0)
{
    /// <value>An argument that has to be greater than this as well. Defaults to null: none.</value>
    public (int Argument, ulong Value)? And { get; init; }
}

/// <summary>
/// What code in a sandbox may not ask of the kernel; the same list for every sandbox. It takes away what ends in another
/// namespace, another process or a rarely used corner of the kernel. It is a list of refusals: a hole in a system call
/// that every program needs (files, memory, TCP) is not covered, only a virtual machine around the whole is.
/// </summary>
internal static class SystemCallRules
{
    private const int NotPermitted = 1;
    private const int NoSuchCall = 38;
    private const int NoSuchFamily = 97;

    private const int ChildEnded = 17; // SIGCHLD on all processors that .NET runs on

    private static readonly string[] Refused =
    [
        "unshare", "setns", "mount", "umount2", "pivot_root", "chroot", "move_mount", "open_tree", "fsopen", "fsconfig",
        "fsmount", "fspick", "mount_setattr", "keyctl", "add_key", "request_key", "bpf", "perf_event_open", "ptrace",
        "process_vm_readv", "process_vm_writev", "userfaultfd", "io_uring_setup", "io_uring_enter", "io_uring_register",
        "kexec_load", "kexec_file_load", "init_module", "finit_module", "delete_module", "open_by_handle_at",
        "name_to_handle_at", "syslog", "reboot", "swapon", "swapoff", "acct", "quotactl", "settimeofday",
        "clock_settime", "adjtimex", "clock_adjtime", "iopl", "ioperm", "lookup_dcookie", "vmsplice",
        "landlock_create_ruleset", "memfd_secret", "fanotify_init", "open_tree_attr", "quotactl_fd",
        // What reaches into another process. pidfd_open stays: alone it only waits and signals, and event loops need it.
        "pidfd_getfd", "kcmp", "process_madvise", "move_pages", "migrate_pages",
    ];

    // CLONE_NEWUSER, NEWNS, NEWNET, NEWPID, NEWIPC, NEWUTS, NEWCGROUP.
    private static readonly ulong[] NamespaceFlags =
        [0x10000000, 0x20000, 0x40000000, 0x20000000, 0x8000000, 0x4000000, 0x2000000];

    /// <summary>All rules. A call that matches none is allowed.</summary>
    public static IReadOnlyList<SystemCallRule> All { get; } =
    [
        .. Refused.Select(call => new SystemCallRule(call, NotPermitted)),
        // clone3 hides its flags behind a pointer; "no such call" makes every C library fall back to clone.
        new("clone3", NoSuchCall),
        .. NamespaceFlags.Select(flag => new SystemCallRule("clone", NotPermitted, 0, ArgumentTest.MaskedEqual, flag, flag)),
        // All that a process may ask to be is laid out without chance (ADDR_NO_RANDOMIZE), see SandboxCommand.SameLayout.
        .. Enumerable.Range(0, 64).Where(bit => bit != 18)
            .Select(bit => new SystemCallRule("personality", NotPermitted, 0, ArgumentTest.MaskedEqual, 1UL << bit, 1UL << bit)),
        // Unix (1), IPv4 (2) and IPv6 (10) sockets; pairs are of Unix sockets.
        .. FamiliesBut("socket", 1, 2, 10),
        .. FamiliesBut("socketpair", 1),
        // TIOCSTI types into the terminal of whoever started us, TIOCLINUX pastes into it.
        new("ioctl", NotPermitted, 1, ArgumentTest.MaskedEqual, 0xffffffff, 0x5412),
        new("ioctl", NotPermitted, 1, ArgumentTest.MaskedEqual, 0xffffffff, 0x541c),
    ];

    /// <summary>
    /// The same where a first process counts the dead. The kernel keeps no account of the children of who ignores SIGCHLD, so that nobody may
    /// change what it does. (The handler itself lies in memory, where rules do not reach.)
    /// </summary>
    public static IReadOnlyList<SystemCallRule> Counted { get; } =
    [
        .. All,
        new("rt_sigaction", NotPermitted, 0, ArgumentTest.MaskedEqual, 0xffffffff, ChildEnded) { And = (1, 0) },
    ];

    // Away go netlink, packet, alg, tipc, vsock and all that come later. The comparison has 64 bits and the kernel reads 32,
    // so "greater" also catches numbers with rubbish on top.
    private static IEnumerable<SystemCallRule> FamiliesBut(string call, params ulong[] allowed) =>
    [
        new(call, NoSuchFamily, 0, ArgumentTest.Greater, allowed.Max()),
        .. Enumerable.Range(0, (int)allowed.Max()).Select(f => (ulong)f).Except(allowed)
            .Select(family => new SystemCallRule(call, NoSuchFamily, 0, ArgumentTest.Equal, family)),
    ];
}
