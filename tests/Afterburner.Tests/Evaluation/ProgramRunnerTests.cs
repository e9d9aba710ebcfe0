using Afterburner.Evaluation.Programs;
using Afterburner.Evaluation.Tasks;
using Xunit;

namespace Afterburner.Tests.Evaluation;

/// <summary>Programs of others, run for their answers and their costs.</summary>
public sealed class ProgramRunnerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("print(int(input()) + 1)")]
    [InlineData("import sys\nsys.stdout.write(str(int(sys.stdin.read()) + 1))")]
    [InlineData("import sys\nprint(int(sys.stdin.buffer.readline()) + 1)")]
    [InlineData("n = int(open(0).read())\nprint(n + 1)\nexit()")]
    [InlineData("import sys, threading\nsys.setrecursionlimit(10**6)\nthreading.stack_size(1 << 26)\ndef main():\n    print(int(input()) + 1)\nthreading.Thread(target=main).start()")]
    [InlineData("import sys, io, os, atexit\nout = io.StringIO()\nsys.stdout = out\natexit.register(lambda: os.write(1, out.getvalue().encode()))\nprint(int(input()) + 1)")]
    [InlineData("import os\nos.write(1, b'%d' % (int(input()) + 1))\nos._exit(0)")]
    [InlineData("class A:\n    def f(self):\n        return int(input()) + 1\nif __name__ == '__main__':\n    print(A().f())")]
    public async Task A_program_answers_however_it_reads_and_writes(string program)
    {
        var ends = await (await Programs.RunnerAsync()).AnswersAsync(new EvaluationTask("t", ""), program, [new TaskTest("41\n", []), new TaskTest("0\n", [])], Cancel);

        Assert.Equal(["42", "1"], ends.Select(e => e.Failure ?? e.Answer.Trim()));
    }

    [Theory]
    [InlineData("import os\nraise ValueError('no')", "ValueError: no")]
    [InlineData("while True:\n    pass", "too long")]
    [InlineData("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)", "it failed")]
    [InlineData("print('x' * (17 << 20))", "16 MiB")]
    [InlineData("import sys\nsys.exit(3)", "it failed")]
    public async Task What_is_no_answer_is_one_failure_and_the_next_input_is_run_all_the_same(string program, string says)
    {
        var whole = $"if input() == 'fail':\n{string.Join('\n', program.Split('\n').Select(l => "    " + l))}\nelse:\n    print('fine')\n";

        var ends = await (await Programs.RunnerAsync()).AnswersAsync(new EvaluationTask("t", ""), whole, [new TaskTest("fail\n", []), new TaskTest("go on\n", [])], Cancel);

        Assert.Contains(says, ends[0].Failure, StringComparison.Ordinal);
        Assert.Equal((null, "fine\n"), (ends[1].Failure, ends[1].Answer));
    }

    [Theory]
    [InlineData("def f(:", "does not compile")]
    public async Task A_program_that_cannot_be_run_says_why(string program, string says)
    {
        var runner = await Programs.RunnerAsync();

        var failed = await Assert.ThrowsAsync<ProgramFailedException>(() => runner.AnswersAsync(new EvaluationTask("t", ""), program, [new TaskTest("", [])], Cancel));

        Assert.Contains(says, failed.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("import sys\nframe = sys._getframe()\nseen = ''\nwhile frame:\n    seen += ' '.join(repr(v)[:4000] for v in frame.f_locals.values() if isinstance(v, (list, tuple)))\n    frame = frame.f_back\nprint('seen' if '9173' in seen else 9173)", "9173")]
    [InlineData("import gc\nprint('seen' if any('9173' in repr(o)[:200] for o in gc.get_objects() if type(o) in (tuple, list, bytes)) else 91 * 100 + 73)", "9173")]
    public async Task Answers_of_earlier_runs_are_not_in_the_memory_of_later_ones(string program, string right)
    {
        var ends = await (await Programs.RunnerAsync()).AnswersAsync(new EvaluationTask("t", ""), program, [.. Enumerable.Range(0, 4).Select(_ => new TaskTest("same\n", []))], Cancel);

        Assert.All(ends, e => Assert.Equal((null, right), (e.Failure, e.Answer.Trim())));
    }

    [Theory]
    [InlineData("import os\nfor name in os.listdir('/tmp'):\n    os.unlink('/tmp/' + name)\nfor name in ('run', 'out0', 'out1', 'in0'):\n    os.mkfifo('/tmp/' + name)\nprint(1)")]
    [InlineData("import os\nfor name in ('run', 'out0', 'err0'):\n    os.makedirs('/tmp/' + name, exist_ok=True)\nprint(1)")]
    public async Task Nothing_can_take_the_place_of_an_answer(string program)
    {
        var ends = await (await Programs.RunnerAsync()).AnswersAsync(new EvaluationTask("t", ""), program, [new TaskTest("", []), new TaskTest("", [])], Cancel);

        Assert.All(ends, e => Assert.Equal((null, "1\n"), (e.Failure, e.Answer)));
    }

    [Theory]
    [InlineData("import time\ntime.sleep(60)")]
    [InlineData("import threading\nthreading.Event().wait(60)")]
    [InlineData("import subprocess\nsubprocess.run(['sleep', '60'])")]
    public async Task One_that_sleeps_and_does_not_work_takes_too_long(string program)
    {
        var ends = await (await Programs.RunnerAsync(new ProgramOptions { MostTime = TimeSpan.FromMinutes(10) })).AnswersAsync(new EvaluationTask("t", ""), program, [new TaskTest("", [])], Cancel);

        Assert.Equal("it took too long", ends[0].Failure);
    }

    [Theory]
    [InlineData("import os\nos.posix_fadvise(os.open('/usr/bin/python3', os.O_RDONLY), 0, 0, os.POSIX_FADV_DONTNEED)")]
    [InlineData("import os\nos.preadv(os.open('/usr/bin/python3', os.O_RDONLY), [bytearray(8)], 0, os.RWF_NOWAIT)")]
    [InlineData("import socket\nsocket.socket(socket.AF_INET)")]
    [InlineData("import socket\nsocket.socket(socket.AF_INET6, socket.SOCK_DGRAM)")]
    public async Task The_kernel_refuses_what_a_program_of_a_contest_has_no_use_for(string program)
    {
        var ends = await (await Programs.RunnerAsync()).AnswersAsync(
            new EvaluationTask("t", ""), $"try:\n{string.Join('\n', program.Split('\n').Select(l => "    " + l))}\n    print('done')\nexcept OSError:\n    print('refused')\n", [new TaskTest("", [])], Cancel);

        Assert.Equal((null, "refused\n"), (ends[0].Failure, ends[0].Answer));
    }

    [Fact]
    public async Task A_sample_is_asked_each_input_once_and_in_its_order()
    {
        var ends = await (await Programs.RunnerAsync()).AnswersAsync(
            new EvaluationTask("t", ""), "print(input())", [.. new[] { "a", "b", "a", "+<ü>", "b" }.Select(i => new TaskTest(i + "\n", []))], Cancel);

        Assert.Equal(["a", "b", "a", "+<ü>", "b"], ends.Select(e => e.Answer.Trim()));
    }

    [Fact]
    public async Task A_program_cannot_end_what_runs_it()
    {
        var ends = await (await Programs.RunnerAsync()).AnswersAsync(
            new EvaluationTask("t", ""), "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\nprint(os.getppid())\n", [new TaskTest("", [])], Cancel);

        Assert.Equal((null, "1\n"), (ends[0].Failure, ends[0].Answer));
    }

    [Fact]
    public async Task What_ends_a_program_with_words_is_told()
    {
        var ends = await (await Programs.RunnerAsync()).AnswersAsync(new EvaluationTask("t", ""), "raise SystemExit('no way')", [new TaskTest("", [])], Cancel);

        Assert.Equal("it failed: no way", ends[0].Failure);
    }

    [Fact]
    public async Task A_task_in_a_compiled_language_is_measured()
    {
        const string Sum = "#include <iostream>\nint main() { long n, s = 0; std::cin >> n; for (long i = 0; i < n; i++) s += i; std::cout << s << '\\n'; }\n";
        var runner = await Programs.RunnerAsync();
        var task = Programs.Sum with { Language = "cpp", Solutions = [Sum] };

        var prepared = await new Preparation(runner).PrepareAsync(task, Cancel);

        Assert.True(prepared.People[0].Measured.Passed);
        Assert.True((await runner.MeasureAsync(task, prepared.Tests, Sum, Cancel)).Passed);
    }

    [Theory]
    [InlineData("def add(a, b):\n    print('noise')\n    return a + b")]
    [InlineData("class Solution:\n    def add(self, a, b):\n        return a + b")]
    [InlineData("def add(a, b):\n    return (a + b) if isinstance(a, int) else tuple(a) + tuple(b)")]
    [InlineData("def add(a, b):\n    if isinstance(a, int):\n        return a + b\n    return (x for l in (a, b) for x in l)")]
    public async Task A_function_is_called_with_what_JSON_or_an_expression_says(string program)
    {
        var task = new EvaluationTask("t", "") { Entry = "add", Comparison = Comparison.Values };

        var ends = await (await Programs.RunnerAsync()).AnswersAsync(task, program, [new TaskTest("[1, 2]", []), new TaskTest("[[None] * 2, [1]]", []) { IsExpression = true }], Cancel);

        Assert.Equal(["3", "[null, null, 1]"], ends.Select(e => e.Failure ?? e.Answer));
    }

    [Fact]
    public async Task Nothing_is_left_from_one_run_to_the_next()
    {
        const string Program = """
            import builtins, os, time
            places = ['/tmp/seen', '/tmp/deep/er', '/dev/shm/seen', '/var/tmp/seen']
            seen = [getattr(builtins, 'seen', 0), *(p for p in places if os.path.exists(p))]
            builtins.seen = 1
            for place in places:
                try:
                    os.makedirs(place)
                except OSError:
                    pass
            processes = sum(name.isdigit() for name in os.listdir('/proc'))
            print(seen, processes)
            if os.fork() == 0:
                os.setsid()
                if os.fork() == 0:
                    time.sleep(60)
                os._exit(0)
            """;

        var ends = await (await Programs.RunnerAsync()).AnswersAsync(new EvaluationTask("t", ""), Program, [new TaskTest("a\n", []), new TaskTest("b\n", []), new TaskTest("c\n", [])], Cancel);

        Assert.All(ends, e => Assert.StartsWith("[0] ", e.Failure ?? e.Answer, StringComparison.Ordinal));
        Assert.Single(ends.Select(e => e.Answer).Distinct());
    }

    [Theory]
    [InlineData("n = libc.shmget(4711, 4096, 0o1666)\nlibc.shmat.restype = ctypes.c_void_p\nheld = (ctypes.c_char * 4096).from_address(libc.shmat(n, None, 0))\nseen = held[0]\nheld[0] = b'x'")]
    [InlineData("seen = libc.msgget(4711, 0) + 1\nlibc.msgget(4711, 0o1666)")]
    [InlineData("seen = libc.semget(4711, 1, 0) + 1\nlibc.semget(4711, 1, 0o1666)")]
    [InlineData("libc.mq_open.restype = ctypes.c_int\nseen = libc.mq_open(b'/seen', 0) + 1\nlibc.mq_open(b'/seen', 0o102, 0o666, None)")]
    [InlineData("seen = os.listxattr('/tmp')\ntry:\n    os.setxattr('/tmp', 'user.seen', b'x')\nexcept OSError:\n    pass")]
    [InlineData("seen = os.stat('/tmp').st_mtime_ns == 4711\nos.utime('/tmp', ns=(4711, 4711))")]
    public async Task Nothing_is_left_with_the_kernel_from_one_run_to_the_next(string program)
    {
        var ends = await (await Programs.RunnerAsync()).AnswersAsync(
            new EvaluationTask("t", ""), $"import ctypes, os\nlibc = ctypes.CDLL(None)\n{program}\nprint(seen)\n", [new TaskTest("a\n", []), new TaskTest("b\n", []), new TaskTest("c\n", [])], Cancel);

        Assert.All(ends, e => Assert.Null(e.Failure));
        Assert.Single(ends.Select(e => e.Answer).Distinct());
    }

    [Theory]
    [InlineData("os.makedirs('/tmp/x/y', exist_ok=True)\n    os.chmod('/tmp/x', 0)", "os.path.exists('/tmp/x')")]
    [InlineData("open('/tmp/kept', 'w').close()\n    os.chmod('/tmp', 0o300)", "os.path.exists('/tmp/kept')")]
    [InlineData("os.symlink('/usr', '/tmp/link')", "os.path.lexists('/tmp/link')")]
    [InlineData("os.chmod('/tmp', 0o1733)", "oct(os.stat('/tmp').st_mode)")]
    public async Task What_nobody_may_list_is_taken_away_all_the_same(string does, string sees)
    {
        var ends = await (await Programs.RunnerAsync()).AnswersAsync(
            new EvaluationTask("t", ""), $"import os\nseen = {sees}\nif True:\n    {does}\nprint(seen)\n", [.. "abc".Select(c => new TaskTest($"{c}", []))], Cancel);

        Assert.Single(ends.Skip(1).Select(e => e.Failure ?? e.Answer).Distinct());
        Assert.All(ends, e => Assert.Null(e.Failure));
        Assert.DoesNotContain("True", ends[2].Answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("resource.prlimit(os.getppid(), resource.RLIMIT_RSS, (4711, resource.RLIM_INFINITY))")]
    [InlineData("os.sched_setscheduler(os.getppid(), os.SCHED_BATCH, os.sched_param(0))")]
    public async Task One_that_changes_what_runs_it_fails(string does)
    {
        var ends = await (await Programs.RunnerAsync()).AnswersAsync(new EvaluationTask("t", ""), $"import os, resource\n{does}\nprint(1)\n", [new TaskTest("a", [])], Cancel);

        Assert.Contains("it changed the process that runs it", ends[0].Failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_only_asks_whether_all_are_right_waits_for_the_first_that_fails()
    {
        var runner = await Programs.RunnerAsync();
        await using var entrant = await runner.StartAsync(new EvaluationTask("t", ""), "x = input()\nprint(x)\nassert x != 'b'\n", [], Cancel);

        var stopped = await entrant.Process.RunAsync(["a", "b", "c"], follows: false, stops: true, Cancel);
        var whole = await entrant.Process.RunAsync(["a", "b", "c"], follows: false, stops: false, Cancel);

        Assert.Equal([true, false], stopped.Ends.Select(e => e.Failure is null));
        Assert.Equal([true, false, true], whole.Ends.Select(e => e.Failure is null));
    }

    [Fact]
    public async Task What_is_answered_together_is_bounded()
    {
        var ends = await (await Programs.RunnerAsync()).AnswersAsync(new EvaluationTask("t", ""), "print('a\\n' * (7 << 20))\n", [.. "abcde".Select(c => new TaskTest($"{c}", []))], Cancel);

        Assert.Equal([true, true, true, false, false], ends.Select(e => e.Failure is null));
        Assert.Contains("48 MiB", ends[4].Failure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ruby", "programs in ruby are not run: python, cpp")]
    [InlineData("rust", "programs in rust cannot be run in the sandbox")]
    public async Task A_language_that_cannot_be_run_here_is_told(string language, string said)
    {
        Assert.SkipWhen(File.Exists($"/usr/bin/{language}c"), $"there is a compiler for {language} here");

        var unusable = await Assert.ThrowsAsync<UnusableTaskException>(async () => await new Preparation(await Programs.RunnerAsync()).PrepareAsync(Programs.Sum with { Language = language }, Cancel));

        Assert.Contains(said, unusable.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_checker_that_writes_rubbish_finds_nothing_right()
    {
        var runner = await Programs.RunnerAsync();
        var task = new EvaluationTask("t", "") { Checker = "import os\n\n\ndef is_right(*_):\n    os.write(1, b'garbage{')\n    os._exit(0)\n" };

        Assert.Equal(0, await runner.WrongAsync(task, [new TaskTest("1", ["2"])], ["3"], Cancel));
    }

    [Fact]
    public async Task What_runs_it_is_out_of_a_programs_reach()
    {
        const string Program = """
            import os
            for path in (f'/proc/{process}/{name}' for process in (1, os.getppid()) for name in ('mem', 'fd/1')):
                try:
                    os.close(os.open(path, os.O_RDWR))
                    print('reached', path)
                except OSError:
                    pass
            print(open('/dev/stdin').read())
            """;

        var ends = await (await Programs.RunnerAsync()).AnswersAsync(new EvaluationTask("t", ""), Program, [new TaskTest("a", [])], Cancel);

        Assert.Equal((null, "a"), (ends[0].Failure, ends[0].Answer.Trim()));
    }

    [Fact]
    public async Task A_compiled_program_that_writes_over_itself_fails()
    {
        var task = new EvaluationTask("t", "") { Language = "cpp" };
        const string Program = """
            #include <cstdio>
            #include <cstdlib>
            #include <unistd.h>
            int main(int, char** arguments) {
                char path[4096] = {};
                readlink("/proc/self/exe", path, sizeof path - 1);
                unlink(path);
                FILE* file = fopen(path, "w");
                fputs("#!/bin/sh\necho known\n", file);
                fclose(file);
                chmod(path, 0755);
                puts("found");
            }
            """;

        var ends = await (await Programs.RunnerAsync()).AnswersAsync(task, Program.Replace("<unistd.h>", "<unistd.h>\n#include <sys/stat.h>", StringComparison.Ordinal), [new TaskTest("a", []), new TaskTest("b", [])], Cancel);

        Assert.All(ends, e => Assert.Contains("which it is run from", e.Failure, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_right_answers_are_nowhere_in_the_sandbox_and_a_program_that_looks_for_them_fails()
    {
        const string Program = """
            import glob, os
            found = []
            for path in glob.glob('/judge/*') + glob.glob('/tmp/*') + [f'/proc/{os.getppid()}/{name}' for name in ('environ', 'cmdline')]:
                try:
                    found.append(open(path, errors='replace').read())
                except OSError:
                    pass
            print('4711' if any('4711' in text for text in found) else 'not found')
            """;
        var runner = await Programs.RunnerAsync();
        var task = new EvaluationTask("t", "") { Tests = [new TaskTest("1\n", ["4711\n"])], Solutions = ["input()\nprint(4700 + 11)\n"] };
        var prepared = await new Preparation(runner).PrepareAsync(task, Cancel);

        var measured = await runner.MeasureAsync(task, prepared.Tests, Program, Cancel);

        Assert.Equal((false, "test 1: another answer than the right one"), (measured.Passed, measured.Failure));
    }

    [Fact]
    public async Task A_task_is_frozen_and_slow_programs_cost_more_than_quick_ones()
    {
        var runner = await Programs.RunnerAsync();

        // Some thousand times what the others take, so that no busy machine makes them look alike.
        var slow = Programs.Slow.Replace("40", "200", StringComparison.Ordinal);

        var prepared = await new Preparation(runner).PrepareAsync(Programs.Sum with { Solutions = [.. Programs.Sum.Solutions.Select(s => s == Programs.Slow ? slow : s)] }, Cancel);

        // One of four is wrong; what is timed is what takes long.
        Assert.Equal(3, prepared.People.Count);
        Assert.Equal(slow, prepared.People[^1].Program);
        Assert.True(prepared.People[^1].Measured.Seconds > prepared.People[0].Measured.Seconds);
        Assert.Contains(prepared.Tests.Timed, i => prepared.Tests.Checked[i].Input == "20000\n");
        Assert.All(prepared.People, p => Assert.True(p.Measured is { Passed: true, Failure: null }));
    }

    [Fact]
    public async Task Answers_that_a_data_set_lacks_are_those_of_most_people()
    {
        var task = Programs.Sum with
        {
            Generators = ["def generate_input():\n    import random\n    return f'{random.randint(50, 90)}\\n'", "def generate_input():\n    raise ValueError('broken')"],
            Solutions = [.. Programs.Sum.Solutions, "n = int(input())\nprint(n * (n - 1) // 2 + (40 < n < 99))\n"],
        };
        var runner = await Programs.RunnerAsync(Programs.Quick with { MostPeople = 10 });

        var (first, second) = (await new Preparation(runner).PrepareAsync(task, Cancel), await new Preparation(runner).PrepareAsync(task, Cancel));

        // The same input each time, since it is drawn by a seed; whoever is wrong there is no person who passes.
        var made = Assert.Single(first.Tests.Checked, t => task.Tests.All(known => known.Input != t.Input));
        var n = int.Parse(made.Input, System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal($"{n * (n - 1) / 2}", Assert.Single(made.Expected));
        Assert.Contains(second.Tests.Checked, t => t.Input == made.Input);
        Assert.Equal(3, first.People.Count);
    }

    [Fact]
    public async Task A_task_that_nobody_solves_says_so()
    {
        var preparation = new Preparation(await Programs.RunnerAsync());

        var unusable = await Assert.ThrowsAsync<UnusableTaskException>(() => preparation.PrepareAsync(Programs.Sum with { Solutions = ["print(0)", "print(1)"] }, Cancel));

        Assert.Contains("none of 2 programs of people passes", unusable.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Memory_is_that_of_the_program()
    {
        const string Much = "n = int(input())\nheld = bytearray(64 << 20)\nprint(sum(range(n)))\n";
        var runner = await Programs.RunnerAsync();
        var prepared = await new Preparation(runner).PrepareAsync(Programs.Sum, Cancel);

        var (little, much) = (await runner.MeasureAsync(Programs.Sum, prepared.Tests, Programs.Right, Cancel), await runner.MeasureAsync(Programs.Sum, prepared.Tests, Much, Cancel));

        Assert.InRange(much.PeakBytes - little.PeakBytes, 50 << 20, 80 << 20);
        Assert.True(much.ByteSeconds > little.ByteSeconds);
    }

    [Theory]
    [InlineData("cpp", "g++", "#include <iostream>\nint main() { long n; std::cin >> n; std::cout << n + 1; }")]
    [InlineData("java", "javac", "class Main { public static void main(String[] a) { System.out.print(new java.util.Scanner(System.in).nextLong() + 1); } }")]
    [InlineData("javascript", "node", "process.stdout.write(String(Number(require('fs').readFileSync(0)) + 1));")]
    public async Task A_program_in_another_language_is_compiled_and_run(string language, string needs, string program)
    {
        Assert.SkipWhen(!File.Exists($"/usr/bin/{needs}"), $"{needs} is not in /usr/bin here");
        var task = new EvaluationTask("t", "") { Language = language };

        var ends = await (await Programs.RunnerAsync()).AnswersAsync(task, program, [new TaskTest("41\n", [])], Cancel);

        Assert.Equal((null, "42"), (ends[0].Failure, ends[0].Answer));
    }
}
