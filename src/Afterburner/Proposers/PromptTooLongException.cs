namespace Afterburner.Proposers;

/// <summary>The prompt for one function does not fit into the model's context. Others may fit: the model goes on to be asked.</summary>
internal sealed class PromptTooLongException : Exception
{
    public PromptTooLongException(string message) : base(message) { }

    public PromptTooLongException(string message, Exception inner) : base(message, inner) { }

    public PromptTooLongException() { }
}
