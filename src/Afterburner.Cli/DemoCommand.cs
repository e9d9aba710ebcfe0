using System.CommandLine;

namespace Afterburner.Cli;

/// <summary><c>afterburner demo</c>: a real review of the bundled sample repository.</summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        var keep = new Option<DirectoryInfo?>("--into") { Description = "Where the sample repository is made. Default: a temporary folder", HelpName = "DIR" };
        var common = new CommonOptions();
        var command = new Command("demo", "Make a small sample repository with a branch to review, and review it") { keep };
        common.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var directory = parsed.GetValue(keep)?.FullName
                ?? Directory.CreateTempSubdirectory("afterburner-demo-").FullName;
            await SampleRepository.CreateAsync(directory, cancellationToken).ConfigureAwait(false);
            var options = common.Run(parsed);
            if (!options.Json)
                Console.WriteLine($"afterburner review --repo {directory} --base {SampleRepository.BaseBranch} --head {SampleRepository.ChangeBranch}");
            var request = await common.RequestAsync(
                parsed, directory, SampleRepository.BaseBranch, SampleRepository.ChangeBranch, cancellationToken).ConfigureAwait(false);
            return await ReviewRun.RunAsync(request, options, cancellationToken).ConfigureAwait(false);
        });
        return command;
    }
}
