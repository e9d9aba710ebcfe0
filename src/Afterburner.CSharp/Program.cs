using Afterburner.CSharp.Capturing;
using Afterburner.CSharp.Checking;
using Afterburner.CSharp.Comparing;
using Afterburner.CSharp.Compiling;
using Afterburner.CSharp.Finding;
using Afterburner.CSharp.Running;
using Afterburner.CSharp.Speaking;
using Afterburner.CSharp.Timing;

// `dotnet Afterburner.CSharp.dll COMMAND` answers one JSON request with JSON lines. Nothing of the repository is loaded by that process.
// `made ASKED ANSWERED`, `compiled ASKED ANSWERED` and `played ORDER` are children of it, which do load what the repository's code is built to, or its generators.
var command = args is [var named] ? named : "";
if (args is ["made", var asked, var answered])
{
    CallMaker.Run(asked, answered);
    return 0;
}

if (args is ["compiled", var version, var compiled])
{
    CompilerOfSdk.Find();
    VersionCompiler.Run(version, compiled);
    return 0;
}

if (args is ["played", var played])
{
    VersionPlayer.Run(played);
    return 0;
}

if (command == "runner")
{
    CompilerOfSdk.Find();
    VersionRunner.Run();
    return 0;
}

try
{
    using var request = HarnessInput.Read(Console.OpenStandardInput());
    switch (command)
    {
        case "prepare":
            ProjectPreparation.Run(request);
            return 0;
        case "tests":
            RepositoryRun.Tests(request);
            return 0;
        case "capture":
            CompilerOfSdk.Find();
            CapturePasses.Run(request);
            return 0;
        case "answers":
            AnswerComparison.Run(request);
            return 0;
        case "functions":
            CompilerOfSdk.Find();
            FunctionList.Run(request);
            return 0;
        case "check":
            CompilerOfSdk.Find();
            CandidateRules.Run(request);
            return 0;
        default:
            throw new InvalidOperationException($"this language has no {command}");
    }
}
catch (Exception e)
{
    HarnessOutput.Write(new { type = "error", message = $"{e.GetType().Name}: {e.Message}", trace = e.StackTrace });
    return 1;
}
