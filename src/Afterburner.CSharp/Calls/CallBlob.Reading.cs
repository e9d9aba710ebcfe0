namespace Afterburner.CSharp.Calls;

internal static partial class CallBlob
{
    /// <summary>Makes the values of a recorded call, fresh ones each time.</summary>
    /// <param name="find">A type by its name and the name of its assembly, divided by a comma and a space: see <see cref="ValueReader.In"/>.</param>
    /// <exception cref="InvalidDataException">It is none, or does not fit the code that is there.</exception>
    public static RecordedValues Read(byte[] blob, Func<string, Type> find)
    {
        try
        {
            var (types, roots) = ValueReader.Make(ValueGraph.Read(blob), find);
            return roots.Length == 0 ? throw new InvalidDataException("it is no call") : new RecordedValues(types, roots[0], roots[1..]);
        }
        catch (Exception e) when (e is not (InvalidDataException or OutOfMemoryException))
        {
            throw new InvalidDataException($"its values do not fit the code that is there: {(e as System.Reflection.TargetInvocationException)?.InnerException?.Message ?? e.Message}", e);
        }
    }
}

/// <summary>What a recorded call is made with.</summary>
/// <param name="TypeArguments">Of the type that declares the method, then of the method.</param>
/// <param name="Self">Null for none.</param>
/// <param name="Arguments">Null for one that is only given back.</param>
internal sealed record RecordedValues(Type[] TypeArguments, object? Self, object?[] Arguments);
