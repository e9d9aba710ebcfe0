using System.Collections;
using System.Reflection;

namespace Afterburner.CSharp.Calls;

/// <summary>What a call did, as far as a user could see it.</summary>
/// <param name="Way">How it ended: <c>returned</c> or <c>raised</c>.</param>
/// <param name="Result">What it gave, waited for and read to its end; or what it threw.</param>
internal sealed record ObservedCall(string Way, object? Result)
{
    /// <summary>Items of a sequence that are read, at most: it may have no end.</summary>
    public const int MostItems = 1000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Makes the call.</summary>
    public static ObservedCall Of(Func<object?, object?[], object?> function, object? self, object?[] arguments)
    {
        try
        {
            return new ObservedCall("returned", Whole(function(self, arguments)));
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return new ObservedCall("raised", e is AggregateException { InnerExceptions: [var only] } ? only : e);
        }
    }

    /// <summary>What of a result is only begun, brought to its end: tasks are waited for, sequences read.</summary>
    public static object? Whole(object? result)
    {
        switch (result)
        {
            case null or string or Array:
                return result;
            case Task task:
                return task.Wait(Patience) ? Whole(ResultOf(task)) : throw new TimeoutException("it is not over after 10 s");
            case ValueTask task:
                return Whole(task.AsTask());
        }

        var type = result.GetType();
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ValueTask<>))
            return Whole(type.GetMethod(nameof(ValueTask<int>.AsTask))!.Invoke(result, null));
        if (type.GetInterfaces().FirstOrDefault(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IAsyncEnumerable<>)) is { } stream)
        {
            var read = typeof(ObservedCall).GetMethod(nameof(ReadAsync), BindingFlags.Static | BindingFlags.NonPublic)!.MakeGenericMethod(stream.GetGenericArguments());
            return Whole(read.Invoke(null, [result]));
        }

        return IsLater(type) && result is IEnumerable sequence ? Read(sequence.GetEnumerator()) : IsLater(type) && result is IEnumerator enumerator ? Read(enumerator) : result;
    }

    /// <summary>Whether a sequence is worked out while it is read.</summary>
    private static bool IsLater(Type type) => type.Name.StartsWith('<') && !type.Name.StartsWith("<>z__", StringComparison.Ordinal) || type.Namespace == "System.Linq" && !type.Name.StartsWith("Lookup", StringComparison.Ordinal) && !type.Name.StartsWith("Grouping", StringComparison.Ordinal);

    private static List<object?> Read(IEnumerator sequence)
    {
        var items = new List<object?>();
        try
        {
            while (items.Count < MostItems && sequence.MoveNext())
                items.Add(Whole(sequence.Current));
        }
        finally
        {
            (sequence as IDisposable)?.Dispose();
        }

        return items;
    }

    private static async Task<List<object?>> ReadAsync<T>(IAsyncEnumerable<T> sequence)
    {
        var items = new List<object?>();
        await foreach (var item in sequence.ConfigureAwait(false))
        {
            items.Add(item);
            if (items.Count == MostItems)
                break;
        }

        return items;
    }

    private static object? ResultOf(Task task)
    {
        for (var type = task.GetType(); type is not null; type = type.BaseType)
        {
            if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Task<>))
                return type.GetGenericArguments()[0].Name == "VoidTaskResult" ? null : type.GetProperty(nameof(Task<int>.Result))!.GetValue(task);
        }

        return null;
    }
}
