using Afterburner.Cli;
using Afterburner.Worker;
using Afterburner.Worker.Demo;
using Afterburner.Worker.Reviews;

ProgramPath.LeaveFolder();
// What the engine makes for a while lies there.
using var work = WorkFolder.Open(Path.GetTempPath(), TimeProvider.System);
Environment.SetEnvironmentVariable("TMPDIR", work.Path);
try
{
    if (args is ["--demo", .. var rest])
    {
        using var interruption = new Interruption();
        await WorkerDemo.RunAsync(TimeProvider.System, Console.Out, stays: rest is not ["--once"], interruption.Token);
        return ExitCode.Done;
    }

    var settings = WorkerSettings.Read(new ConfigurationBuilder().AddEnvironmentVariables("AFTERBURNER_").AddCommandLine(args).Build());
    await using var worker = await WorkerHost.StartAsync(settings, TimeProvider.System);
    await worker.EndedAsync();
    return ExitCode.Done;
}
catch (UsageException e)
{
    await Console.Error.WriteLineAsync($"afterburner worker: {e.Message}");
    return ExitCode.Usage;
}
catch (EnvironmentFailureException e)
{
    await Console.Error.WriteLineAsync($"afterburner worker: {e.Message}");
    return ExitCode.Environment;
}
