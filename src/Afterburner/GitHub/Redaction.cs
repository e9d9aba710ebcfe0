using System.Text.RegularExpressions;
using Afterburner.Proposers;

namespace Afterburner.GitHub;

/// <summary>Takes tokens out of text before it is printed, posted or thrown: the one in use, and whatever has the form of one.</summary>
public sealed partial class Redaction(Secret token)
{
    public string Mask(string text) => Tokens().Replace(token.Mask(text), "***");

    // ghs_ may carry a JSON web token of several hundred characters, so no length is assumed.
    [GeneratedRegex(@"gh[a-z]_[A-Za-z0-9._-]{20,}|github_pat_[A-Za-z0-9_]{20,}|(?<=x-access-token:)[^\s@]+")]
    private static partial Regex Tokens();
}
