namespace Afterburner.Proposers;

/// <summary>A server sends more than a reply may have. Others may be shorter: the model goes on to be asked.</summary>
internal sealed class ReplyTooLongException : Exception
{
    public ReplyTooLongException(string message) : base(message) { }

    public ReplyTooLongException(string message, Exception inner) : base(message, inner) { }

    public ReplyTooLongException() { }
}
