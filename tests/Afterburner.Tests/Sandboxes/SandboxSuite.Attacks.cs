using System.Net;
using System.Net.Sockets;
using System.Text;
using Afterburner.Sandboxes;
using Xunit;

namespace Afterburner.Tests.Sandboxes;

/// <summary>What hostile code tries. Each attack succeeds on this machine when it is not in a sandbox.</summary>
public abstract partial class SandboxSuite
{
    private static Limits Short => Small with { Wall = TimeSpan.FromSeconds(4) };

    [Fact]
    public async Task A_fork_bomb_is_stopped_and_leaves_nothing_alive()
    {
        var mark = "afterburner-mark-" + Guid.NewGuid().ToString("N");

        var run = await RunAsync(
            Python($"""
                import os  # {mark}
                while True:
                    try:
                        os.fork()
                    except OSError:
                        pass
                """),
            Short);

        Assert.Equal(SandboxEnd.TimedOut, run.End);
        Assert.Empty(ProcessesWith(mark));
        Assert.Equal("alive\n", (await RunAsync(Shell("echo alive"))).Text);
    }

    [Fact]
    public async Task The_number_of_processes_is_limited()
    {
        var run = await RunAsync(
            Python("""
                import os, time
                count = 0
                try:
                    while count < 500:
                        if os.fork() == 0:
                            time.sleep(60)
                            os._exit(0)
                        count += 1
                except OSError:
                    pass
                print(count, flush=True)
                os._exit(0)
                """),
            Small with { Processes = 40 });

        Assert.InRange(int.Parse(run.Text, System.Globalization.CultureInfo.InvariantCulture), 30, 41);
    }

    [Theory]
    [InlineData(2)]
    [LongData(1)]
    [LongData(8)]
    public async Task Memory_of_all_processes_together_is_limited(int processes)
    {
        SkipWithoutControlGroups();
        var run = await RunAsync(Python($"""
            import os, time
            for _ in range({processes} - 1):
                if os.fork() == 0:
                    break
            kept = []
            for _ in range(600 // {processes}):
                kept.append(bytearray(os.urandom(1) * (1 << 20)))
            time.sleep(60)
            """));

        Assert.Equal(SandboxEnd.OutOfMemory, run.End);
        if (run.PeakMemory is { } peak)
            Assert.InRange(peak, 128L << 20, Small.Memory);
    }

    [Theory]
    [InlineData("yes")]
    [LongData("yes >&2")]
    [LongData("yes & yes >&2")]
    public async Task Endless_output_is_cut_off(string script)
    {
        var run = await RunAsync(Shell(script));

        Assert.Equal(SandboxEnd.OutputLimit, run.End);
        Assert.InRange(run.Output.Length + run.Error.Length, 1 << 20, Small.Output);
    }

    [Theory]
    [InlineData("for f in (0, 1, 2): os.close(f)")]
    [InlineData("pass  # keeps standard output and error open")]
    public async Task A_daemon_does_not_outlive_its_run_and_does_not_hold_it_up(string files)
    {
        var mark = "afterburner-mark-" + Guid.NewGuid().ToString("N");

        var run = await RunAsync(Python($"""
            import os
            if os.fork() == 0:
                os.setsid()
                if os.fork() == 0:
                    {files}
                    os.execvp('sleep', ['{mark}', '300'])
                os._exit(0)
            os.wait()
            print('parent')
            """));

        Assert.Equal((SandboxEnd.Exited, 0, "parent\n"), (run.End, run.ExitCode, run.Text));
        Assert.Empty(ProcessesWith(mark));
    }

    [Theory]
    [InlineData("while True: pass")]
    [InlineData("import signal\nsignal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True: pass")]
    public async Task Endless_computing_is_stopped_by_the_limit_of_processor_time(string script)
    {
        var run = await RunAsync(Python(script), Small with { Cpu = TimeSpan.FromSeconds(1) });

        Assert.Equal(SandboxEnd.TimedOut, run.End);
    }

    [Fact]
    public async Task Endless_waiting_is_stopped_by_the_limit_of_wall_time_and_output_so_far_is_kept()
    {
        var run = await RunAsync(Shell("echo before; sleep 300"), Short);

        Assert.Equal((SandboxEnd.TimedOut, "before\n"), (run.End, run.Text));
    }

    [Fact]
    public async Task Nothing_outside_scratch_space_can_be_written()
    {
        var run = await RunAsync(Python("""
            import os
            for path in ['/usr/x', '/usr/local/x', '/bin/x', '/lib/x', '/etc/x', '/etc/passwd', '/x', '/dev/x', '/root/x', '/var/tmp/x', '/run/x',
                         '/home/x', '/work/x', '/sys/x', '/proc/sys/kernel/hostname', '/proc/sys/kernel/core_pattern', '/proc/sysrq-trigger',
                         '/sys/fs/cgroup/x', '/sys/fs/cgroup/memory/memory.limit_in_bytes', '/etc/hosts', '/etc/resolv.conf']:
                try:
                    open(path, 'a').close()
                    print('opened', path)
                except OSError:
                    pass
            """));

        Assert.Equal((SandboxEnd.Exited, ""), (run.End, run.Text));
        Assert.Equal("", run.ErrorText);
    }

    [Fact]
    public async Task Processes_of_this_machine_are_neither_seen_nor_killed()
    {
        var run = await RunAsync(Python($$"""
            import os
            print(sum(name.isdigit() for name in os.listdir('/proc')) < 8)
            for process in ({{Environment.ProcessId}}, -1):
                try:
                    os.kill(process, 0) if process > 0 else open('/proc/{{Environment.ProcessId}}/cmdline').read()
                    print('reached')
                except OSError:
                    pass
            """));

        Assert.Equal("True\n", run.Text);
    }

    [Fact]
    public async Task The_network_of_this_machine_is_out_of_reach()
    {
        using var listener = new TcpListener(IPAddress.Any, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        using (var control = new TcpClient())
            await control.ConnectAsync(IPAddress.Loopback, port, Cancel);
        var addresses = Dns.GetHostAddresses(Dns.GetHostName(), AddressFamily.InterNetwork).Append(IPAddress.Loopback).Distinct();

        var run = await RunAsync(Python($"""
            import socket
            for address in [{string.Join(", ", addresses.Select(a => $"'{a}'"))}, '169.254.169.254', '172.17.0.1']:
                with socket.socket() as client:
                    client.settimeout(2)
                    try:
                        client.connect((address, {port}))
                        print('connected', address)
                    except OSError:
                        pass
            """));

        Assert.Equal((SandboxEnd.Exited, "", ""), (run.End, run.Text, run.ErrorText));
    }

    [Fact]
    public async Task A_server_on_the_sandboxs_own_loopback_works()
    {
        var run = await RunAsync(Python("""
            import socket
            server = socket.create_server(('127.0.0.1', 0))
            socket.create_connection(server.getsockname()).close()
            print(socket.gethostbyname('localhost'))
            """));

        Assert.Equal("127.0.0.1\n", run.Text);
    }

    [Fact]
    public async Task Sockets_that_reach_around_the_network_do_not_exist()
    {
        // vsock leads to the host of a virtual machine. The last one has rubbish in the half that the kernel does not read.
        var run = await RunAsync(Python("""
            import ctypes, errno, os, platform, socket
            for family in (40, 16, 17, 38, 9, 31, 44):
                try:
                    socket.socket(family, socket.SOCK_RAW if family in (16, 17) else socket.SOCK_STREAM)
                    print('open', family)
                except OSError as e:
                    if e.errno != errno.EAFNOSUPPORT:
                        print(family, e)
            libc = ctypes.CDLL(None, use_errno=True)
            number = {'x86_64': 41, 'aarch64': 198}[platform.machine()]
            libc.syscall(number, ctypes.c_long(0x100000010), ctypes.c_long(3), ctypes.c_long(0))
            print(errno.errorcode[ctypes.get_errno()])
            """));

        Assert.Equal("EAFNOSUPPORT\n", run.Text);
    }

    [Fact]
    public async Task Pairs_of_sockets_are_of_Unix_sockets_alone()
    {
        // tipc (30) makes pairs that reach other machines. The last has rubbish in the half that the kernel does not read.
        var run = await RunAsync(Python("""
            import ctypes, errno, platform, socket
            socket.socketpair()[0].close()
            libc = ctypes.CDLL(None, use_errno=True)
            number = {'x86_64': 53, 'aarch64': 199}[platform.machine()]
            pair = (ctypes.c_int * 2)()
            for family in (0, 2, 10, 16, 30, 40, 0x10000001e):
                status = libc.syscall(number, ctypes.c_long(family), ctypes.c_long(1), ctypes.c_long(0), pair)
                if status == 0 or ctypes.get_errno() != errno.EAFNOSUPPORT:
                    print(family, 'made' if status == 0 else errno.errorcode[ctypes.get_errno()])
            print('tried')
            """));

        Assert.Equal("tried\n", run.Text);
    }

    [Fact]
    public async Task Memory_and_files_of_another_process_are_not_taken_but_it_can_be_waited_for()
    {
        var run = await RunAsync(Python("""
            import ctypes, errno, os, platform, select
            libc = ctypes.CDLL(None, use_errno=True)
            arm = platform.machine() == 'aarch64'
            child = os.fork()
            if child == 0:
                select.select([], [], [], 0.2)
                os._exit(0)
            handle = os.pidfd_open(child)
            buffer = ctypes.create_string_buffer(64)
            pages = (ctypes.c_void_p * 1)(ctypes.addressof(buffer))
            where = (ctypes.c_int * 1)()
            vector = (ctypes.c_size_t * 2)(ctypes.addressof(buffer), 64)
            def attempt(name, number, *arguments):
                status = libc.syscall(number, *[ctypes.c_long(a) if isinstance(a, int) else a for a in arguments])
                print(name, 'done' if status >= 0 else errno.errorcode[ctypes.get_errno()])
            attempt('pidfd_getfd', 438, handle, 1, 0)
            attempt('kcmp', 272 if arm else 312, os.getpid(), child, 0, 1, 1)
            attempt('process_madvise', 440, handle, vector, 1, 20, 0)
            attempt('process_vm_readv', 270 if arm else 310, child, vector, 1, vector, 1, 0)
            attempt('process_vm_writev', 271 if arm else 311, child, vector, 1, vector, 1, 0)
            attempt('move_pages', 239 if arm else 279, child, 1, pages, None, where, 0)
            attempt('migrate_pages', 238 if arm else 256, child, 0, None, None)
            for persona in (0x0400000, 0x0000008, 0xffffffff, 1 << 40):
                attempt('personality', 92 if arm else 135, persona)
            print(select.select([handle], [], [], 20)[0] == [handle], os.waitpid(child, 0)[1])
            """));

        Assert.Equal(
            "pidfd_getfd EPERM\nkcmp EPERM\nprocess_madvise EPERM\nprocess_vm_readv EPERM\nprocess_vm_writev EPERM\nmove_pages EPERM\nmigrate_pages EPERM\npersonality EPERM\npersonality EPERM\npersonality EPERM\npersonality EPERM\nTrue 0\n",
            run.Text);
    }

    [Fact]
    public async Task A_directory_that_was_exchanged_after_it_was_checked_is_not_mounted()
    {
        Write("checked/a.txt", "checked");
        Write("other/a.txt", "other");
        var path = Path.Combine(Workspace, "checked");
        var command = Shell("cat /opt/checked/a.txt") with
        {
            Mounts = new Dictionary<string, MachineDirectory> { ["/opt/checked"] = MachineDirectory.Own(path) },
        };
        Assert.Equal("checked", (await RunAsync(command)).Text);

        Directory.Move(path, path + "-before");
        File.CreateSymbolicLink(path, "other");
        var link = await RunAsync(command);
        File.Delete(path);
        Directory.Move(Path.Combine(Workspace, "other"), path);
        var directory = await RunAsync(command);

        Assert.All([link, directory], run =>
        {
            Assert.Equal(SandboxEnd.Failed, run.End);
            Assert.Contains("not the directory any more", run.Failure, StringComparison.Ordinal);
        });
    }

    [Fact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public async Task A_closed_directory_stays_closed_whatever_it_is_wanted_for()
    {
        if (!Environment.IsPrivilegedProcess)
            Assert.Skip("not root: the sandbox's user is this one, so nothing of it is closed");
        const UnixFileMode Closed = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Write("closed/a.txt", "closed");
        var path = Path.Combine(Workspace, "closed");
        File.SetUnixFileMode(path, Closed);

        var mounted = await RunAsync(Shell("cat /opt/closed/a.txt") with
        {
            Mounts = new Dictionary<string, MachineDirectory> { ["/opt/closed"] = MachineDirectory.Own(path) },
        });
        var worked = await RunAsync(new SandboxCommand(["cat", "a.txt"], path));

        Assert.Equal(Closed, File.GetUnixFileMode(path));
        Assert.All([mounted, worked], run =>
        {
            Assert.Equal(SandboxEnd.Failed, run.End);
            Assert.Contains("chmod o+rx", run.Failure, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Namespaces_mounts_tracing_and_terminal_input_are_refused()
    {
        var run = await RunAsync(Python("""
            import ctypes, errno, fcntl, os
            libc = ctypes.CDLL(None, use_errno=True)
            def attempt(name, *arguments):
                status = getattr(libc, name)(*arguments)
                print(name, 'done' if status == 0 else errno.errorcode[ctypes.get_errno()])
            attempt('unshare', 0x10000000)
            attempt('unshare', 0x20000)
            attempt('mount', b'none', b'/tmp', b'tmpfs', 0, None)
            attempt('setns', 0, 0)
            attempt('ptrace', 16, os.getppid(), 0, 0)
            for request in (0x5412, 0x541c):
                try:
                    fcntl.ioctl(0, request, b'x')
                    print('typed')
                except OSError as e:
                    print('ioctl', errno.errorcode[e.errno])
            """));

        Assert.Equal(
            "unshare EPERM\nunshare EPERM\nmount EPERM\nsetns EPERM\nptrace EPERM\nioctl EPERM\nioctl EPERM\n", run.Text);
    }

    [Theory]
    [InlineData("/tmp")]
    [LongData("/dev/shm")]
    [LongData("/work")]
    [InlineData("/out")]
    public async Task Scratch_space_is_no_larger_than_it_may_be(string directory)
    {
        var run = await RunAsync(
            Python($"""
                import errno
                written = 0
                try:
                    for number in range(100):
                        with open(f'{directory}/{"{number}"}', 'wb') as file:
                            file.write(bytes(1 << 20))
                        written += 1
                except OSError as e:
                    print(errno.errorcode[e.errno], written)
                """) with { Writable = true, Artefacts = ["0"] },
            Small with { Disk = 16L << 20 });

        // Only root can mount a file system of a certain size for /out; for others it is watched, and the run is killed.
        if (directory == "/out" && !Environment.IsPrivilegedProcess)
            Assert.Equal(SandboxEnd.OutputLimit, run.End);
        else
            Assert.Matches("^ENOSPC (15|16)\n$", run.Text);
    }

    [Fact]
    public async Task Artefacts_that_are_links_pipes_or_huge_are_refused()
    {
        Write("inside.txt", "of the workspace");

        var run = await RunAsync(
            Python("""
                import os
                os.symlink('/etc/passwd', '/out/link')
                os.symlink('/etc', '/out/directory')
                os.mkfifo('/out/pipe')
                os.mkdir('/out/folder')
                open('/out/sparse', 'wb').truncate(120 << 20)
                open('/out/good', 'w').write('fine')
                os.symlink('good', '/out/link-to-good')
                """) with
            { Artefacts = ["link", "directory/passwd", "pipe", "folder", "sparse", "link-to-good", "good"] },
            Small with { Disk = 128L << 20 });

        Assert.Equal((SandboxEnd.Exited, ""), (run.End, run.ErrorText));
        Assert.Equal(["good"], run.Artefacts.Keys);
        Assert.Equal("fine", Encoding.UTF8.GetString(run.Artefacts["good"]));
    }

    [Fact]
    public async Task Secrets_in_the_environment_of_this_process_stay_out()
    {
        var secret = "secret-" + Guid.NewGuid().ToString("N");
        Environment.SetEnvironmentVariable("AFTERBURNER_TEST_TOKEN", secret);
        try
        {
            var run = await RunAsync(Shell("env; cat /proc/*/environ /proc/*/cmdline | tr '\\0' '\\n'"));

            Assert.Contains("HOME=/tmp", run.Text, StringComparison.Ordinal);
            Assert.DoesNotContain(secret, run.Text, StringComparison.Ordinal);
        }
        finally
        {
            Environment.SetEnvironmentVariable("AFTERBURNER_TEST_TOKEN", null);
        }
    }

    [Fact]
    public async Task Files_of_this_machine_and_files_only_root_may_read_stay_closed()
    {
        if (!Environment.IsPrivilegedProcess)
            Assert.Skip("not root: the sandbox's user owns the same files as this test, so there is nothing that only root may read");
        Write("secret.txt", "only root");
        await Processes.RunAsync(new ProcessStart("chmod", "600", Path.Combine(Workspace, "secret.txt")), cancellationToken: Cancel);
        var outside = Path.Combine("/var/tmp", "afterburner-test-" + Guid.NewGuid().ToString("N"));
        await File.WriteAllTextAsync(outside, "for everyone", Cancel);
        try
        {
            var run = await RunAsync(Shell($"cat secret.txt {outside} /etc/shadow /root/.bashrc /proc/kcore /proc/1/root{outside} /proc/1/cwd/../{outside}; id -u"));

            Assert.Equal("1000\n", run.Text);
        }
        finally
        {
            File.Delete(outside);
        }
    }
}
