using Afterburner.Sandboxes;
using Afterburner.Tests;
using Xunit;

[assembly: AssemblyFixture(typeof(SharedSandbox))]

namespace Afterburner.Tests;

/// <summary>The sandbox of all tests that only need one that works: opened and tried at the first of them, closed after the last.</summary>
public sealed class SharedSandbox : IAsyncDisposable
{
    private static readonly Lazy<Task<ISandbox>> Opened = new(() => SandboxChoice.OpenAsync(SandboxKind.Auto, new SandboxOptions(), TimeProvider.System, CancellationToken.None));

    public static Task<ISandbox> OpenAsync() => Opened.Value;

    public async ValueTask DisposeAsync()
    {
        if (Opened is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
            await (await Opened.Value).DisposeAsync();
    }
}
