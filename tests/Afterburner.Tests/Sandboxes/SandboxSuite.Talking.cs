using System.Text;
using Afterburner.Sandboxes;
using Afterburner.Trials;
using Xunit;

namespace Afterburner.Tests.Sandboxes;

/// <summary>Commands that are talked to, and what their control group tells from outside.</summary>
public abstract partial class SandboxSuite
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_command_that_is_talked_to_answers_until_it_is_ended()
    {
        await using var process = await Sandbox.StartAsync(Shell("while read line; do echo \"<$line>\"; done"), Small, Cancel);

        Assert.Equal("<one>", await AskAsync(process, "one"));
        Assert.Equal("<two>", await AskAsync(process, "two"));
    }

    [Fact]
    public async Task What_a_command_that_is_talked_to_started_is_dead_when_it_is_ended()
    {
        var mark = "afterburner-mark-" + Guid.NewGuid().ToString("N");
        await using (var process = await Sandbox.StartAsync(Shell($"setsid sh -c 'sleep 60; : {mark}' & read line; echo \"<$line>\"; sleep 60"), Small, Cancel))
        {
            Assert.Equal("<one>", await AskAsync(process, "one"));
            Assert.NotEmpty(ProcessesWith(mark));
        }

        Assert.Empty(ProcessesWith(mark));
    }

    [Fact]
    public async Task A_command_that_is_talked_to_ends_at_the_wall_time_and_says_so()
    {
        await using var process = await Sandbox.StartAsync(Shell("sleep 60"), Small with { Wall = TimeSpan.FromSeconds(2) }, Cancel);

        Assert.Equal(0, await process.Output.ReadAsync(new byte[10], Cancel));
        Assert.Equal(SandboxEnd.TimedOut, (await process.EndAsync()).End);
    }

    [Fact]
    public async Task Commands_that_are_to_be_alike_have_the_same_address_space_and_others_have_not()
    {
        async Task<int> PlacesAsync(bool alike)
        {
            var places = new HashSet<string>();
            for (var i = 0; i < 4; i++)
            {
                await using var process = await Sandbox.StartAsync(
                    Python("print([line.split()[0] for line in open('/proc/self/maps')], flush=True)") with { SameLayout = alike }, Small, Cancel);
                places.Add((await new StreamReader(process.Output).ReadLineAsync(Cancel))!);
            }

            return places.Count;
        }

        Assert.Equal((1, true), (await PlacesAsync(alike: true), await PlacesAsync(alike: false) > 1));
    }

    [Fact]
    public async Task A_command_that_is_killed_stops_being_read()
    {
        await using var process = await Sandbox.StartAsync(Shell("sleep 60"), Small, Cancel);

        process.Kill();

        Assert.Equal(0, await process.Output.ReadAsync(new byte[10], Cancel));
    }

    [Fact]
    public async Task The_work_of_children_and_threads_shows_in_the_meter_of_whoever_started_them()
    {
        SkipWithoutControlGroups();
        // A quarter of a second of CPU time, in a process that leaves its parent at once.
        const string Script =
            """
            import os, sys, time
            for line in sys.stdin:
                r, w = os.pipe()
                if line.strip() == "work" and os.fork() == 0:
                    os.setsid()
                    if os.fork():
                        os._exit(0)
                    end = time.process_time() + 0.25
                    while time.process_time() < end:
                        pass
                    os.write(w, b"x")
                    os._exit(0)
                if line.strip() == "work":
                    os.read(r, 1)
                print("done", flush=True)
            """;
        await using var process = await Sandbox.StartAsync(Python(Script), Small, Cancel);
        await AskAsync(process, "nothing");

        var meter = process.Meter!;
        var before = meter.CpuNanoseconds();
        await AskAsync(process, "work");
        Assert.True(meter.Rest(Patience));
        var used = (meter.CpuNanoseconds() - before) / 1e9;

        Assert.InRange(used, 0.25, 2);
    }

    [Fact]
    public async Task A_group_at_rest_uses_no_time_and_goes_on_where_it_was()
    {
        SkipWithoutControlGroups();
        const string Script = "import sys, threading\ndef spin():\n    while True: pass\nthreading.Thread(target=spin, daemon=True).start()\nfor line in sys.stdin: print('<' + line.strip() + '>', flush=True)";
        await using var process = await Sandbox.StartAsync(Python(Script), Small, Cancel);
        await AskAsync(process, "one");

        var meter = process.Meter!;
        Assert.True(meter.Rest(Patience));
        await Task.Delay(100, Cancel); // One of 5,000 has not quite left its core yet when it counts as stopped.
        var first = meter.CpuNanoseconds();
        await process.Input.WriteAsync(Encoding.UTF8.GetBytes("two\n"), Cancel);
        await Task.Delay(100, Cancel);
        Assert.Equal(first, meter.CpuNanoseconds());

        meter.Resume();
        Assert.Equal("<two>", await LineAsync(process));
        Assert.True(meter.CpuNanoseconds() > first);
    }

    [Fact]
    public async Task What_was_used_before_a_word_is_counted_when_the_word_arrives_though_whoever_wrote_it_goes_on()
    {
        SkipWithoutControlGroups();
        // Asking the clock in there would bring the counter up to date.
        const string Script =
            """
            import sys
            for line in sys.stdin:
                for _ in range(40_000): pass
                print("done", flush=True)
                for _ in range(300_000 if line.strip() == "go on" else 0): pass
            """;
        await using var process = await Sandbox.StartAsync(Python(Script), Small, Cancel);
        var meter = process.Meter!;
        var alone = new List<double>();
        var goingOn = new List<double>();
        for (var i = 0; i < 20; i++)
        {
            alone.Add(await UsedAsync("stop"));
            goingOn.Add(await UsedAsync("go on"));
        }

        // Nearly all: the clock of a virtual processor can lose some of what was used. A counter that is behind is so in nearly all.
        Assert.True(goingOn.Count(used => used > Medians.Of(alone) / 3) >= 18, $"{string.Join(", ", goingOn)} ns; {Medians.Of(alone)} ns where it stops");

        async Task<double> UsedAsync(string line)
        {
            await AskAsync(process, "stop");
            Assert.True(meter.Rest(Patience));
            var before = meter.CpuNanoseconds();
            meter.Resume();
            await AskAsync(process, line);
            return meter.ExactNanoseconds(Patience)!.Value - before;
        }
    }

    [Fact]
    public async Task A_process_can_set_its_own_high_water_mark_back_but_not_that_of_the_meter()
    {
        SkipWithoutControlGroups();
        const string Script =
            """
            import sys
            for line in sys.stdin:
                kept = bytearray(int(line) << 20)
                kept[::4096] = b"1" * len(kept[::4096])
                del kept
                try:
                    open("/proc/self/clear_refs", "w").write("5")
                except OSError:
                    pass
                print("done", flush=True)
            """;
        await using var process = await Sandbox.StartAsync(Python(Script), Small, Cancel);
        await AskAsync(process, "1");
        var (before, reset) = (process.Meter!.Memory()!.Value, process.Meter.ResetPeak());

        await AskAsync(process, "60");

        Assert.InRange(process.Meter.Peak()!.Value - before, 50L << 20, 120L << 20);
        Assert.Equal(process.Meter.MayResetPeak, reset);
    }

    private static async Task<string> AskAsync(SandboxProcess process, string line)
    {
        await process.Input.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"), Cancel);
        await process.Input.FlushAsync(Cancel);
        return await LineAsync(process);
    }

    private static async Task<string> LineAsync(SandboxProcess process)
    {
        var line = new List<byte>();
        var next = new byte[1];
        while (await process.Output.ReadAsync(next, Cancel) == 1 && next[0] != (byte)'\n')
            line.Add(next[0]);
        return Encoding.UTF8.GetString([.. line]);
    }
}
