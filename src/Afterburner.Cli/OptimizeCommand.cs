using System.CommandLine;

namespace Afterburner.Cli;

/// <summary><c>afterburner optimize FILE::FUNCTION</c>: one function, or with <c>--all</c> those in which most time is spent; no diff needed.</summary>
internal static class OptimizeCommand
{
    private const int MostFunctions = 1_000;

    public static Command Create()
    {
        var function = new Argument<string?>("FILE::FUNCTION")
        {
            Description = "The file relative to the repository's root, and the qualified name: src/shop.py::Cart.total", Arity = ArgumentArity.ZeroOrOne,
        };
        var all = new Option<bool>("--all") { Description = "Every function, those first in which the tests and the workload spend most time" };
        var top = new Option<int?>("--top") { Description = "With --all: of those for which there is something to propose, the first N. Default: max-functions", HelpName = "N" };
        var repository = new Option<DirectoryInfo>("--repo") { Description = "The git repository", DefaultValueFactory = _ => new DirectoryInfo("."), HelpName = "DIR" };
        var head = new Option<string?>("--head") { Description = "The commit to take it from. Default: the files as they lie in the work tree", HelpName = "REF" };
        var common = new CommonOptions();
        var command = new Command("optimize", "Optimise one function as it lies in the work tree, without a change, or all of them") { function, all, top, repository, head };
        common.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (named, everything, most) = (parsed.GetValue(function), parsed.GetValue(all), parsed.GetValue(top));
            if (named is null == !everything)
                throw new UsageException("optimize needs FILE::FUNCTION, such as src/shop.py::Cart.total, or --all, and not both");
            if (most is not null && !everything)
                throw new UsageException("--top goes with --all");
            if (most is < 1 or > MostFunctions)
                throw new UsageException($"--top {most}: a number from 1 to {MostFunctions} is expected");
            var request = await common.RequestAsync(
                parsed, parsed.GetValue(repository)!.FullName, from: null, parsed.GetValue(head), cancellationToken).ConfigureAwait(false);
            request = request with { Function = named, Everything = everything };
            if (most is { } count)
                request = request with { Configuration = request.Configuration with { MaxFunctions = count } };
            return await ReviewRun.RunAsync(request, common.Run(parsed), cancellationToken).ConfigureAwait(false);
        });
        return command;
    }
}
