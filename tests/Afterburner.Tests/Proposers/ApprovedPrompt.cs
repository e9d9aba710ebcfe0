using System.Runtime.CompilerServices;
using Afterburner.Proposers;

namespace Afterburner.Tests.Proposers;

/// <summary>Compares a prompt, with the estimate of its tokens, with a file named after the test.</summary>
internal static class ApprovedPrompt
{
    public static void Check(Prompt prompt, [CallerMemberName] string name = "", [CallerFilePath] string caller = "") =>
        Approved.Check($"=== about {prompt.Tokens} tokens ===\n{prompt.System}\n=== user ===\n{prompt.User}", $"{name}.approved.md", caller);
}
