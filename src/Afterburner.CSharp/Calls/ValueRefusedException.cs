#nullable disable
#pragma warning disable
namespace Afterburner.CSharp.Calls
{
    /// <summary>A value cannot be written down. The message says why, in words that follow "it": "holds a Task".</summary>
    internal sealed class ValueRefusedException : System.Exception
    {
        public ValueRefusedException(string reason)
            : base(reason)
        {
        }
    }
}
