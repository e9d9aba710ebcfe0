using Afterburner.Sandboxes;
using Xunit;

namespace Afterburner.Tests.Sandboxes;

public sealed class BubblewrapSandboxTests(BubblewrapFixture fixture) : SandboxSuite, IClassFixture<BubblewrapFixture>
{
    protected override ISandbox Sandbox => fixture.Sandbox;
}

public sealed class BubblewrapFixture : IAsyncLifetime
{
    public BubblewrapSandbox Sandbox { get; private set; } = null!;

    public async ValueTask InitializeAsync() =>
        Sandbox = await BubblewrapSandbox.OpenAsync(new BubblewrapOptions(), TimeProvider.System, CancellationToken.None);

    public ValueTask DisposeAsync() => Sandbox.DisposeAsync();
}
